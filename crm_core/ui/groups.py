"""The cards of guests in groups as they stand today: recency and frequency, value tiers, patterns of stays, clusters."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars, heat, squares
from crm_core.i18n import N_, t
from crm_core.marts import rfm as groups_of
from crm_core.queries.groups import one_fit
from crm_core.queries.value import LEAST, TIERS, said
from crm_core.schema import SEGMENTS
from crm_core.telling import words
from crm_core.ui import guest_rows, kind_words
from crm_core.ui.group_words import RFM
from crm_core.ui.load import load, view
from crm_core.ui.parts import mode, panel, selectable_chart, small, table_height
from crm_core.ui.text import safe

MILLION = 1_000_000
SEASONS = ("spring", "summer", "autumn", "winter", "mixed")
NOBODY = N_("Nobody has stayed yet.")


# --- recency and frequency --------------------------------------------------------------------------------------------------
@st.fragment
def rfm() -> None:
    """The groups with their rules and worth, the grid that makes them, and the guests behind what is picked."""
    cells = load("rfm_cells")
    if cells.empty:
        with panel(t("Guests by how lately and how often they stayed"), height="content"):
            small(safe(t(NOBODY)), grey=True)
        return
    groups = counted(cells)
    left, right = st.columns([1.62, 1])
    with left, panel(kind_words.rfm_title(groups), t("By stays of 36 months and the last departure, as of {day} · chance: to come within 12 months · tick a group",
                                                     day=formats.date(view().scope.as_of))):
        ticked = _group_table(groups)
        small(safe(_cut_points()), grey=True)
    with right, panel(t("The grid behind the groups"), t("Guests and their chance to come within 12 months · framed: champions and loyal guests · click a square")):
        square = selectable_chart(_grid(cells), t("Guests by days since the last departure and stays of 36 months"), key="rfm_grid")
        small(safe(t("Down: stays of 36 months. Across: days since the last departure. Windows are fixed: who changes group has changed.")), grey=True)
    if ticked:
        _in_card(t(RFM[ticked][0]), ("rfm", ticked))
    elif square:
        recency, frequency = map(int, square.split("/"))
        named = t("Last departure {recency}, stays {frequency}", recency=t(kind_words.RECENCIES[recency]), frequency=t(kind_words.FREQUENCIES[frequency]))
        _in_card(named, ("recency", recency), ("frequency", frequency))


def counted(cells: pd.DataFrame) -> pd.DataFrame:
    """Return one row per RFM group, best first, from the cells of the grid; spend is NaN where an exchange rate is missing."""
    sums = cells.groupby("rfm")[["guests", "spend", "recent_spend", "returns", "foretold", "reachable"]].agg(lambda c: c.sum(skipna=False))
    return sums.reindex(list(groups_of.GROUPS), fill_value=0)


def _group_table(groups: pd.DataFrame) -> str | None:
    total, currency = groups["guests"].sum(), view().currency
    table = pd.DataFrame({
        t("Guest group"): [[t(RFM[g][0])] for g in groups.index],
        t("Guests"): [f"{formats.count(n)} · {formats.percent(n / total, 0)}" for n in groups["guests"]],
        t("Chance"): _chances(groups), t("Spend a guest"): _means(groups, "recent_spend", currency),
        t("Reachable"): _of_guests(groups, groups["reachable"]), t("Rule"): [t(kind_words.RULES[g]) for g in groups.index],
    })  # fmt: skip
    right = {t("Guests"): 104, t("Chance"): 78, t("Spend a guest"): 104, t("Reachable"): 84}
    widths = {
        t("Guest group"): st.column_config.MultiselectColumn(width=94, options=[t(name) for name, _ in RFM.values()], color=[colour for _, colour in RFM.values()]),
        **{name: st.column_config.Column(width=width, alignment="right") for name, width in right.items()}, t("Rule"): st.column_config.Column(width=260),
    }  # fmt: skip
    picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), key="rfm_groups", on_select="rerun",
                          selection_mode="single-row", column_config=widths, alt=t("RFM groups")).selection.rows
    return groups.index[picked[0]] if picked else None


def _chances(groups: pd.DataFrame) -> list[str]:
    """The mean chance to come; groups of fewer than 30 guests have too few to tell."""
    return [formats.chance(r / n) if n >= LEAST else t("too few") if n else formats.DASH for r, n in zip(groups["returns"], groups["foretold"], strict=True)]


def _means(groups: pd.DataFrame, column: str, currency: str) -> list[str]:
    return [formats.money(s / n, currency) if n else formats.DASH for s, n in zip(groups[column], groups["guests"], strict=True)]


def _of_guests(groups: pd.DataFrame, part: pd.Series) -> list[str]:
    return [formats.percent(k / n, 0) if n >= LEAST else t("too few") if n else formats.DASH for k, n in zip(part, groups["guests"], strict=True)]


def _cut_points() -> str:
    """Where the fifths of spend begin; several properties that were scored one by one have several."""
    if not one_fit(view().scope):
        return t("Each guest stands where the property that values the guest most sees them; spend is of all chosen properties.")
    cuts = said(load("guest_models").iloc[0], "cuts").get("monetary", ())
    steps = " · ".join(formats.money(cut, view().currency) for cut in cuts[1:])
    return t("Spend: of 36 months. Its fifths (monetary score 2 to 5) begin at {cuts}.", cuts=steps)


def _grid(cells: pd.DataFrame) -> dict:
    at = cells.groupby(["recency", "frequency"])[["guests", "returns", "foretold"]].sum()
    columns, rows = list(kind_words.RECENCIES), list(kind_words.FREQUENCIES)
    values = [[int(at["guests"].get((c, r), 0)) or None for c in columns] for r in rows]
    texts = [[_square(at.loc[c, r]) if value else "" for c, value in zip(columns, line, strict=True)] for r, line in zip(rows, values, strict=True)]
    named = {(i, j) for i, r in enumerate(rows) for j, c in enumerate(columns) if values[i][j] and r >= 3 and c >= 3}
    return squares.grid_map(mode(), [t(kind_words.RECENCIES[c]) for c in columns], [t(kind_words.FREQUENCIES[r]) for r in rows], values, texts,
                            [[f"{c}/{r}" for c in columns] for r in rows], named=named)


def _square(cell: pd.Series) -> str:
    count = formats.count(cell["guests"])
    if cell["foretold"] < LEAST:
        return count
    chance = cell["returns"] / cell["foretold"]
    # "below 1%" in words is wider than a square on a phone.
    return f"{count}\n<{formats.percent(0.01, 0)}" if chance < 0.005 else f"{count}\n{formats.percent(chance, 0)}"


def _in_card(title: str, *where: tuple[str, object]) -> None:
    with panel(title, t("Highest spend of 36 months first"), height="content"):
        _guests(title, *where)


def _listed(title: str, *where: tuple[str, object]) -> None:
    st.markdown(f"**{safe(title)}**")
    _guests(title, *where)


def _guests(title: str, *where: tuple[str, object]) -> None:
    """The guests of a group, most spend first."""
    rows = lambda offset, limit: load("group_guests", where=where, offset=offset, limit=limit)  # noqa: E731
    total = rows(0, 1)["rows"]
    if not len(total):
        small(safe(t("Nobody.")), grey=True)
        return
    guest_rows.listing("_".join(("group", *(f"{name}_{value}" for name, value in where))), int(total.iloc[0]), rows, guest_columns, title)


def guest_columns(frame: pd.DataFrame) -> dict[str, list]:
    """Return what a list of guests says of where each stands."""
    currency = view().currency
    return {
        t("Guest group"): [t(RFM[g][0]) for g in frame["rfm"]], t("Value tier"): [kind_words.tier_name(tier) for tier in frame["tier"]],
        t("Stays"): frame["stays"], t("Last departure"): frame["last_on"].map(guest_rows.day),
        t("Spend, 36 months"): [formats.money(s, currency) for s in frame["recent_spend"]],
        t("Comes in 12 months"): [formats.chance(p / MILLION) if pd.notna(p) else formats.DASH for p in frame["return_ppm"]],
    }


# --- value tiers ------------------------------------------------------------------------------------------------------------
@st.fragment
def tiers() -> None:
    """What each value tier holds and what of it is at stake; by spend where no model speaks."""
    found = load("value_tiers").set_index("tier").reindex(TIERS).dropna(subset=["guests"])
    valued = found["value"].notna().any()
    measured = t("Margin expected over three years") if valued else t("Spend of 36 months: no forecast may be shown")
    with panel(kind_words.tiers_title(found), f"{measured} · {t('click a bar for its guests')}"):
        if found.empty:
            small(safe(t(NOBODY)), grey=True)
            return
        tier = selectable_chart(_tiers(found, "value" if valued else "recent_spend"), t("Value by tier"), key="tiers")
        small(safe(_each(found, "value" if valued else "recent_spend")), grey=True)
        if tier:
            _listed(kind_words.tier_name(tier), ("tier", tier))


def _tiers(found: pd.DataFrame, column: str) -> dict:
    currency, total = view().currency, found[column].sum()
    texts = [formats.compact_money(v, currency) for v in found[column]]
    notes = [formats.percent(v / total, 0) if total else "" for v in found[column]]
    return bars.bars(mode(), [kind_words.tier_name(tier) for tier in found.index], found[column], texts, [kind_words.tier_name("top")], notes=notes,
                     keys=list(found.index))


def _each(found: pd.DataFrame, column: str) -> str:
    """What a guest of the first and of the last tier is worth, and what is at stake in the best ones."""
    currency, mean = view().currency, found[column] / found["guests"]
    parts = [t("A guest of the first is worth {most}, of the last {least}", most=formats.money(mean.iloc[0], currency), least=formats.money(mean.iloc[-1], currency))
             if column == "value" else t("A guest of the first brought {most}, of the last {least}", most=formats.money(mean.iloc[0], currency),
                                         least=formats.money(mean.iloc[-1], currency))]
    if column == "value":
        parts.append(t("at stake in the best three tenths, should those who seem gone be gone: {amount}",
                       amount=formats.compact_money(found["at_stake"].reindex(["top", "high"]).sum(), currency)))
    return " · ".join((*parts, formats.n(int(found["guests"].sum()))))


# --- patterns of stays --------------------------------------------------------------------------------------------------------
@st.fragment
def patterns() -> None:
    """When guests of each purpose come, whether on weekends, with whom, and how they book."""
    found = load("stay_patterns")
    with panel(kind_words.patterns_title(found) if len(found) else t("When guests come, by purpose"),
               t("Guests by the season of most of their arrivals, % of the purpose · grey: fewer than 30 guests · click a cell")):
        if found.empty:
            small(safe(t(NOBODY)), grey=True)
            return
        rows = [p for p in SEGMENTS if p in set(found["purpose"])]
        cell = selectable_chart(_seasons(found, rows), t("Usual season by usual purpose"), key="patterns")
        _habits(found, rows)
        if cell:
            purpose, season = cell.split("/")
            _listed(f"{t(words.SEGMENTS[purpose])} · {kind_words.season_name(season)}", ("purpose", purpose), ("season", season))


def _seasons(found: pd.DataFrame, rows: list[str]) -> dict:
    table = found.pivot_table(index="purpose", columns="season", values="guests", aggfunc="sum", fill_value=0)
    table = table.reindex(index=rows, columns=list(SEASONS), fill_value=0)
    share = table.div(table.sum(axis=1), axis=0)
    few = (table.sum(axis=1) < LEAST).tolist()
    return heat.heat(
        mode(), [kind_words.season_name(s) for s in SEASONS], [t(words.SEGMENTS[p]) for p in rows], share.to_numpy(),
        [[formats.decimal(100 * v, 0) for v in line] for line in share.to_numpy()],
        few=[[thin] * len(SEASONS) for thin in few], keys=[[f"{p}/{s}" for s in SEASONS] for p in rows],
    )  # fmt: skip


def _habits(found: pd.DataFrame, rows: list[str]) -> None:
    by = found.groupby("purpose")[["guests", "stays", "weekend", "direct"]].sum().loc[rows]
    parties = found.pivot_table(index="purpose", columns="party", values="guests", aggfunc="sum", fill_value=0).loc[rows]
    table = pd.DataFrame({
        t("Purpose"): [t(words.SEGMENTS[p]) for p in rows], t("Guests"): [formats.count(n) for n in by["guests"]],
        t("Weekend arrivals"): _of_stays(by, "weekend"), t("Booked direct"): _of_stays(by, "direct"),
        t("Mostly as"): [f"{t(words.PARTIES[parties.loc[p].idxmax()])} {formats.percent(parties.loc[p].max() / parties.loc[p].sum(), 0)}" for p in rows],
    })  # fmt: skip
    right = (t("Guests"), t("Weekend arrivals"), t("Booked direct"))
    st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), key="habits", alt=t("Habits by purpose"),
                 column_config={name: st.column_config.Column(alignment="right") for name in right})


def _of_stays(by: pd.DataFrame, column: str) -> list[str]:
    return [formats.percent(k / n, 0) if guests >= LEAST else t("too few") for k, n, guests in zip(by[column], by["stays"], by["guests"], strict=True)]


# --- clusters ---------------------------------------------------------------------------------------------------------------
@st.fragment
def clusters() -> None:
    """Kinds of guests that were found again in every sample; where there are none, why."""
    models, single = load("guest_models"), one_fit(view().scope)
    found = said(models.iloc[0], "clusters") if single and len(models) else {}
    said_of = t("Guests alike in stays, silence, spend, length, weekday and way of booking · chance: to come within 12 months")
    with panel(kind_words.clusters_title(found.get("k", 0)), said_of):
        if not single:
            small(safe(t("Each property has kinds of guests of its own, which cannot be compared: choose one property, or all.")), grey=True)
        elif not found.get("k"):
            small(safe(kind_words.no_clusters(found)), grey=True)
        else:
            _kinds(found)


def _kinds(found: dict) -> None:
    table = load("guest_clusters")
    names = [kind_words.cluster_name(found["deviant"][int(c) - 1]) for c in table["cluster"]]
    shown = pd.DataFrame({
        t("Kind"): names, t("Guests"): [formats.count(n) for n in table["guests"]], t("Chance"): _chances(table),
        t("Spend a guest"): _means(table, "spend", view().currency),
    })  # fmt: skip
    right = {t("Guests"): 70, t("Chance"): 70, t("Spend a guest"): 104}
    picked = st.dataframe(shown, hide_index=True, row_height=34, height=table_height(len(shown)), key="clusters", on_select="rerun", selection_mode="single-row",
                          column_config={name: st.column_config.Column(width=width, alignment="right") for name, width in right.items()},
                          alt=t("Kinds of guests")).selection.rows
    small(safe(t("Found again in 20 samples (mean agreement {stability}, {needed} needed), with gaps between them.",
                 stability=formats.decimal(found["stability"][str(found["k"])], 2), needed=formats.decimal(0.8, 2))), grey=True)
    if picked:
        _listed(names[picked[0]], ("cluster", int(table["cluster"].iloc[picked[0]])))


