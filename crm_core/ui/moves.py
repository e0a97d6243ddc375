"""The card of moves between groups: where the guests of an earlier day stand now, as ribbons and as a table, with the guests of each way."""
import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import sankey
from crm_core.i18n import N_, t
from crm_core.marts import rfm
from crm_core.queries import moves as queries
from crm_core.ui import guest_rows, kind_words
from crm_core.ui.load import load, view
from crm_core.ui.parts import mode, panel, selectable_chart, small, table_height
from crm_core.ui.text import safe

KINDS = {"rfm": N_("RFM group"), "spend": N_("Fifth of spend")}
BACK = (365, 182, 730, 1095)
MOST_WAYS = 12
LEAST_HISTORY = 90  # days before the first date: without them everyone would be new


@st.fragment
def card() -> None:
    """The moves between two dates; a ribbon or a row opens to its guests."""
    days = _days()
    if not days:
        with panel(t("How guests moved between groups"), height="content"):
            small(safe(t("Half a year of history is needed to compare two dates.")), grey=True)
        return
    since, kind = st.session_state.get("moves_since") or days[0], st.session_state.get("moves_kind") or "rfm"
    flows = load("group_moves", since=since, kind=kind)
    with panel(kind_words.moves_title(flows, kind, since), t("Guests by group on both dates, by the same windows and cut points · click a ribbon or tick a row"),
               right=lambda: _choose(days)):
        if flows.empty:
            small(safe(t("Each property has fifths of its own: choose one property, or all.") if kind == "spend" else t("Nobody has stayed yet.")), grey=True)
            return
        left, right = st.columns([1.62, 1])
        with left:
            clicked = selectable_chart(_ribbons(flows, kind, since), kind_words.moves_title(flows, kind, since), key=f"moves_{kind}_{since}")
        with right:
            ticked = _ways(flows, key=f"ways_{kind}_{since}")
        small(safe(_note(kind, since)), grey=True)
        if way := ticked or clicked:
            _movers(way, kind, since)


def _days() -> list[dt.date]:
    """The days one may look back to, a year first; those before history are left out."""
    as_of, first = view().scope.as_of, view().warehouse.version.history_from
    return [day for back in BACK if (day := as_of - dt.timedelta(back)) and first and day >= first + dt.timedelta(LEAST_HISTORY)]


def _choose(days: list[dt.date]) -> None:
    st.selectbox(t("Since"), days, format_func=lambda day: t("since {day}", day=formats.date(day)), key="moves_since", label_visibility="collapsed", width=170)
    st.segmented_control(t("Groups"), list(KINDS), format_func=lambda kind: t(KINDS[kind]), default="rfm", required=True, key="moves_kind",
                         label_visibility="collapsed")


def _order(kind: str) -> tuple[str, ...]:
    groups = rfm.GROUPS if kind == "rfm" else (*queries.FIFTHS, queries.NO_STAY, queries.UNPRICED)
    return (*groups, queries.NEW)


def _ribbons(flows: pd.DataFrame, kind: str, since: dt.date) -> dict:
    left, right = ([g for g in _order(kind) if g in set(flows[side])] for side in ("before", "now"))
    rows = list(flows.itertuples())
    return sankey.sankey(
        mode(), [kind_words.move_name(g) for g in left], [kind_words.move_name(g) for g in right],
        [(left.index(r.before), right.index(r.now), r.guests) for r in rows], [f"{_way(r.before, r.now)}: {formats.count(r.guests)}" for r in rows],
        accent=_named(flows, kind, left, right), heads=(formats.date(since), formats.date(view().scope.as_of)), say=formats.count,
        keys=[f"{r.before}/{r.now}" for r in rows],
    )  # fmt: skip


def _named(flows: pd.DataFrame, kind: str, left: list[str], right: list[str]) -> list[tuple[int, int]]:
    return [(left.index(r.before), right.index(r.now)) for r in flows.itertuples() if kind_words.slipped(kind, r.before, r.now)]


def _way(before: str, now: str) -> str:
    return t("{before} → {now}", before=kind_words.move_name(before), now=kind_words.move_name(now))


def _ways(flows: pd.DataFrame, key: str) -> str | None:
    """The largest moves from one group to another, and the way of the one that is ticked."""
    whole = flows.groupby("before")["guests"].sum()
    moved = flows[(flows["before"] != flows["now"]) & (flows["before"] != queries.NEW)].sort_values("guests", ascending=False).head(MOST_WAYS)
    table = pd.DataFrame({
        t("Group before"): [kind_words.move_name(g) for g in moved["before"]], t("Group now"): [kind_words.move_name(g) for g in moved["now"]],
        t("Guests"): [formats.count(n) for n in moved["guests"]],
        t("Of them"): [formats.percent(n / whole[g], 0) for g, n in zip(moved["before"], moved["guests"], strict=True)],
    })  # fmt: skip
    right = {t("Guests"): 70, t("Of them"): 76}
    picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), key=key, on_select="rerun", selection_mode="single-row",
                          column_config={name: st.column_config.Column(width=width, alignment="right") for name, width in right.items()},
                          alt=t("Largest moves")).selection.rows
    return f"{moved['before'].iloc[picked[0]]}/{moved['now'].iloc[picked[0]]}" if picked and picked[0] < len(moved) else None


def _note(kind: str, since: dt.date) -> str:
    first = view().warehouse.version.history_from
    parts = [t("New: no stay before the first date.")]
    if kind == "spend":
        parts.append(t("Fifths of the spend of 36 months, cut at both dates where today's begin."))
    if since - dt.timedelta(rfm.WINDOW) < first:
        parts.append(t("History begins on {day}: stays before it are not seen, so that at the first date some guests look newer than they are.",
                       day=formats.date(first)))
    return " ".join(parts)


def _movers(way: str, kind: str, since: dt.date) -> None:
    before, now = way.split("/")
    asked = {"since": since, "kind": kind, "before": before, "now": now}
    flows = load("group_moves", since=since, kind=kind)
    total = int(flows.loc[(flows["before"] == before) & (flows["now"] == now), "guests"].sum())
    st.markdown(f"**{safe(_way(before, now))}**")
    guest_rows.listing(f"moved_{before}_{now}_{since}", total, lambda offset, limit: load("group_movers", **asked, offset=offset, limit=limit), _columns,
                       t("Guests of this way"))


def _columns(frame: pd.DataFrame) -> dict[str, list]:
    currency = view().currency
    return {
        t("Stays, then"): frame["then_stays"], t("Stays, now"): frame["now_stays"],
        t("Spend, then"): [formats.money(s, currency) for s in frame["then_spend"]], t("Spend, now"): [formats.money(s, currency) for s in frame["now_spend"]],
        t("Last departure"): frame["now_last"].map(guest_rows.day),
    }
