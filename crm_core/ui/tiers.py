"""The cards of tiers: who moved between two dates, how long a tier lasts, and how it is computed."""
import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import heat, interval, sankey
from crm_core.i18n import t, tn
from crm_core.programme.rules import Rules
from crm_core.queries.retention import YEAR
from crm_core.queries.tiers import LEAST
from crm_core.ui import guest_rows
from crm_core.ui import loyalty_words as words
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, chart, mode, panel, selectable_chart, small, table_height
from crm_core.ui.text import plain, safe

CELL = 60  # px of a row of the matrix: share, accounts, interval
FIRST_DAY = dt.date(1990, 1, 1)


# --- moves ------------------------------------------------------------------------------------------------------------------
@st.fragment
def moves() -> None:
    """Where the members of one day stand on a later one: as shares, as ribbons and as a matrix; a ribbon or a cell opens to its members."""
    since, until = _days()
    flows = load("tier_moves", from_on=since, to_on=until)
    with panel(words.moves_title(flows), t("Accounts that were open on the first day, by their tier on both · click a ribbon or a cell"), right=_choose):
        if flows.empty:
            small(safe(t("No account was open on {day}.", day=formats.date(since))), grey=True)
            return
        _findings(words.moved(flows))
        left, right = st.columns(2)
        with left:
            clicked = selectable_chart(_ribbons(flows, since, until), words.moves_title(flows), key=f"tier_flows_{since}_{until}")
        with right:
            cell = selectable_chart(_matrix(flows), t("Share of each tier's members by their later tier"), key=f"tier_matrix_{since}_{until}")
        small(safe(_note(flows)), grey=True)
        if (picked := clicked or cell) is not None and int(picked) in flows.index:
            _movers(flows.loc[int(picked)], since, until)


def _days() -> tuple[dt.date, dt.date]:
    """The two days that are compared, in their order; the last year unless others are chosen."""
    as_of = view().scope.as_of
    usual = as_of - dt.timedelta(YEAR)
    chosen = [st.session_state.get(key) or _linked(key) or day for key, day in (("tiers_from", usual), ("tiers_to", as_of))]
    since, until = sorted(min(max(day, FIRST_DAY), as_of) for day in chosen)
    return (since, until) if since < until else (until - dt.timedelta(1), until)


def _linked(key: str) -> dt.date | None:
    """A day of the URL, which its widget has not read yet when the title is written."""
    try:
        return dt.date.fromisoformat(st.query_params.get(key, ""))
    except ValueError:
        return None


def _choose() -> None:
    as_of = view().scope.as_of
    for key, label, day in (("tiers_from", t("From"), as_of - dt.timedelta(YEAR)), ("tiers_to", t("To"), as_of)):
        st.date_input(label, day, min_value=FIRST_DAY, max_value=as_of, key=key, label_visibility="collapsed", width=132, format="YYYY-MM-DD",
                      bind="query-params")


def _findings(found: pd.DataFrame) -> None:
    """One card for each thing that can happen to a member, with its interval."""
    with st.grid(4, min_column_width=140, gap="xsmall"):
        for move, row in found.iterrows():
            with st.container(border=True, height="stretch", gap="xxsmall"):
                few = row["of"] < LEAST
                st.metric(t(words.MOVED[move]), formats.DASH if few else formats.percent(row["share"]))
                said = formats.n_of(int(row["members"]), int(row["of"]))
                small(safe(said if few else f"{formats.share_interval(row['low'], row['high'])} · {said}"), grey=True)


def _order(flows: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The tiers on both days from the highest down; closed accounts last."""
    before = flows.sort_values("before_rank", ascending=False)["before"].drop_duplicates().tolist()
    now = flows.sort_values("now_rank", ascending=False, na_position="last")["now"].drop_duplicates().tolist()
    return before, now


def _ribbons(flows: pd.DataFrame, since: dt.date, until: dt.date) -> dict:
    left, right = _order(flows)
    went = [row for row in flows.itertuples() if row.members]
    right = [tier for tier in right if tier in {row.now for row in went}]
    return sankey.sankey(
        mode(), [words.tier_name(tier) for tier in left], [words.tier_name(tier) for tier in right],
        [(left.index(r.before), right.index(r.now), r.members) for r in went],
        [f"{words.way(r.before, r.now)}: {formats.count(r.members)}" for r in went],
        accent=[(left.index(r.before), right.index(r.now)) for r in went if r.move == words.more(flows)],
        heads=(formats.date(since), formats.date(until)), say=formats.count, keys=[r.Index for r in went],
    )  # fmt: skip


def _matrix(flows: pd.DataFrame) -> dict:
    rows, columns = _order(flows)
    at = {(row["before"], row["now"]): row for _, row in flows.iterrows()}
    cells = [[at[row, column] for column in columns] for row in rows]
    return heat.heat(
        mode(), [words.tier_name(tier) for tier in columns], [words.tier_name(tier) for tier in rows],
        [[cell["share"] for cell in line] for line in cells], [[_cell(cell) for cell in line] for line in cells],
        notes=[formats.count(line[0]["of"]) for line in cells], few=[[bool(cell["few"]) for cell in line] for line in cells],
        keys=[[cell.name for cell in line] for line in cells], row_height=CELL,
    )  # fmt: skip


def _cell(cell: pd.Series) -> str:
    """What stands in a cell: the share, how many that are, and the interval; a way that nobody went is a nought."""
    if not cell["members"]:
        return formats.count(0)
    return f"{formats.percent(cell['share'], 0)}\n{formats.count(cell['members'])}\n{formats.share_interval(cell['low'], cell['high'], 0)}"


def _note(flows: pd.DataFrame) -> str:
    parts = [t("Each row of the matrix is a tier on the first day and adds up to 100%: share, accounts, 95% interval after Wilson")]
    if flows["few"].any():
        parts.append(t("grey: fewer than {n} accounts began there", n=LEAST))
    return " · ".join(parts)


def _movers(way: pd.Series, since: dt.date, until: dt.date) -> None:
    before, now, total = way["before"], way["now"], int(way["members"])
    st.markdown(f"**{safe(words.way(before, now))}**")
    if not total:
        small(safe(t("Nobody.")), grey=True)
        return
    asked = {"before": before, "now": now, "from_on": since, "to_on": until}
    guest_rows.listing("tier_movers", total, lambda offset, limit: load("tier_movers", **asked, offset=offset, limit=limit), _moved_on,
                       t("Members of this way"))


def _moved_on(frame: pd.DataFrame) -> dict[str, list]:
    places = load("properties").set_index("property_id")["name"]
    return {t("Property"): [str(places.get(p, "")) for p in frame["property_id"]], t("Since"): frame["moved_on"].map(guest_rows.day)}


# --- time in a tier -----------------------------------------------------------------------------------------------------------
def lasting() -> None:
    """How long members stay in a tier: the median, with those who are still in it counted for as long as they were seen."""
    found = load("time_in_tier")
    with panel(words.lasting_title(found), t("Median months in a tier, up or down, Kaplan-Meier with 95% interval")):
        if found.empty:
            small(safe(t("Nobody has been in a tier yet.")), grey=True)
            return
        found = found.sort_values("tier_rank", ascending=False)
        months = {name: found[name].where(~found["few"].astype(bool)) / words.MONTH for name in ("days", "low", "high")}
        # An end that is not known yet is drawn as far as the others reach.
        reach = max([value for column in months.values() for value in column if pd.notna(value)], default=12.0)
        figure = interval.forest(
            mode(), [words.tier_name(tier) for tier in found["tier"]], months["days"], months["low"], months["high"].fillna(reach).where(months["days"].notna()),
            [_median(row) for row in found.itertuples()], no_effect=t("enters it"), say=lambda value: formats.decimal(value, 0),
            height=max(34 * len(found) + 50, 220),
        )  # fmt: skip
        chart(figure, words.lasting_title(found), key="time_in_tier")
        small(safe(t("A member who is still in a tier counts for as long as that was seen; closing the account ends it.")), grey=True)


def _median(row) -> str:
    spells = formats.n(int(row.spells))
    if row.few:
        return t("too few · {n}", n=spells)
    if pd.isna(row.days):
        return t("most are still in it · {n}", n=spells)
    low, high = (formats.decimal(day / words.MONTH, 1) if pd.notna(day) else "?" for day in (row.low, row.high))
    return f"{formats.decimal(row.days / words.MONTH, 1)} ({low}–{high}) · {spells}"


# --- how a tier is computed ----------------------------------------------------------------------------------------------------
def rules() -> None:
    """The rules in force in words, and the way to them."""
    programmes = load("programmes")
    with panel(t("How a tier is computed"), _programme_said(programmes)):
        known = [(row, found) for row in _in_force(programmes).itertuples() if (found := words.rules_of(row.rules))]
        if not known:
            small(safe(t("The programme has no rules: a member's tier is the one that the source tells, since the day of joining. With rules it would "
                         "follow from stays and points, with its dates.")))
        for row, found in known:
            if len(known) > 1:
                st.markdown(f"**{safe(row.name)}**")
            _ladder(found, row.Index)
        st.page_link(PAGES / "programme.py", label=t("Rules of the programme"), icon=":material/arrow_forward:", icon_position="right")


def _in_force(programmes: pd.DataFrame) -> pd.DataFrame:
    """The last version of each programme's rules that has begun by the as-of date."""
    begun = programmes[pd.to_datetime(programmes["from_on"]) <= pd.Timestamp(view().scope.as_of)]
    return begun.sort_values("number").drop_duplicates("programme_id", keep="last")


def _programme_said(programmes: pd.DataFrame) -> str:
    known = _in_force(programmes)
    if len(known) != 1:
        return tn("{n} programme", "{n} programmes", programmes["programme_id"].nunique(), n=formats.count(programmes["programme_id"].nunique()))
    row = known.iloc[0]
    return t("{programme}, version {number} of its rules, in force since {day}", programme=row["name"], number=int(row["number"]),
             day=formats.date(row["from_on"]))


def _ladder(found: Rules, key: int) -> None:
    table = pd.DataFrame({
        t("Tier"): [plain(tier.name) for tier in found.tiers], t("Reached with"): [words.criteria(tier.qualify) for tier in found.tiers],
        t("Kept with"): [words.kept_said(tier) if tier.qualify else formats.DASH for tier in found.tiers],
        t("Points"): [formats.times(tier.factor, 2) for tier in found.tiers],
    })  # fmt: skip
    widths = {t("Tier"): 110, t("Reached with"): 170, t("Kept with"): 170}
    st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), key=f"ladder_{key}", alt=t("Tiers and what they ask for"),
                 column_config={**{name: st.column_config.Column(width=width) for name, width in widths.items()},
                                t("Points"): st.column_config.Column(width=70, alignment="right")})
    small(safe(words.window_said(found)))
    small(safe(t("Who does not keep a tier falls to the highest lower one whose criteria are met. A tier given by hand counts while it lasts.")), grey=True)
