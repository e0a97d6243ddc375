"""The cards of the page of guests at risk: the work list, and what became of earlier ones."""
import math

import pandas as pd
import streamlit as st

from crm_core import exports, formats
from crm_core.i18n import N_, t
from crm_core.queries.at_risk import SORTS
from crm_core.records.audiences import MOST, audiences
from crm_core.records.guests import names
from crm_core.ui import list_saving
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import downloads, guest_link, panel, small, table_height
from crm_core.ui.text import plain, safe

KEYS = ("guests_at_risk", "p_alive_mean", "expected_stays_12m", "clv_3y_margin")
PAGE_ROWS = 50
BY = {"at_stake": N_("Most at stake"), "alive_ppm": N_("Likeliest gone"), "silent_days": N_("Longest silent"), "stays": N_("Most stays")}
REACH = {"any": N_("All of them"), "reachable": N_("Can be reached"), "unreachable": N_("Cannot be reached")}
MILLION = 1_000_000
UNHAPPY = 7000
MOST_LISTS = 8


@st.fragment
def work() -> None:
    """The list: who is late, how much is at stake, what was last, how to reach them, and what to do."""
    sort, reach = st.session_state.get("risk_sort") or "at_stake", st.session_state.get("risk_reach") or "any"
    total = load("risk_total", reach=reach).iloc[0]
    guests, currency = int(total["guests"]), view().currency
    with panel(_title(total, currency), _said(), right=_choose):
        if not guests:
            _nobody(reach)
            return
        pages = max(1, math.ceil(guests / PAGE_ROWS))
        page = min(st.session_state.get("risk_page") or 1, pages)
        frame = load("risk_list", sort=sort, reach=reach, offset=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS)
        picked = st.dataframe(_words(frame), hide_index=True, row_height=34, height=table_height(len(frame), 14), key="risk_rows", on_select="rerun",
                              selection_mode="multi-row", column_config=_widths(), alt=t("Guests at risk, {sort} first", sort=t(BY[sort]).lower())).selection.rows
        _under(frame, picked, pages, guests, sort, reach)
        ticked = [int(frame["guest_id"].iloc[i]) for i in picked if i < len(frame)]
        list_saving.save("win_back", t("Win-back"), guests, ticked, lambda: _everyone(sort, reach), main=True, list="at_risk", reach=reach, sort=sort)


def _everyone(sort: str, reach: str) -> list[int]:
    return [int(i) for i in load("risk_list", sort=sort, reach=reach, limit=MOST)["guest_id"]]


def earlier() -> None:
    """What became of earlier lists: who came within the window, beside those who were held out."""
    saved = {row["id"]: row for row in look(audiences)}
    found = load("list_outcomes")
    found = found[found["audience_id"].isin(saved)]
    with panel(_earlier_title(found), t("Came within the window of those contacted, less the same of those held out by lot; interval after Newcombe")):
        if found.empty:
            small(safe(t("No list was saved yet. Save one above with a part held out: then this shows what contacting them did.")), grey=True)
            return
        for row in found.head(MOST_LISTS).itertuples():
            st.markdown(f"**{safe(saved[row.audience_id]['name'])}** · {safe(outcome(row))}  \n:small[:gray[{safe(_basis(row))}]]")


def _earlier_title(found: pd.DataFrame) -> str:
    sure = found[found["is_ripe"] & ~found["few"] & (found["low"] > 0)] if len(found) else found
    return t("Earlier lists: {n} brought guests back", n=len(sure)) if len(sure) else t("What became of earlier lists")


def outcome(row) -> str:
    """Return the verdict on an earlier list in words."""
    if not row.is_ripe:
        return t("too early: its {days} are not over", days=formats.days(row.window_days))
    if row.held_out == 0:
        return t("nobody was held out: who would have come anyway, nobody can tell")
    said = f"{formats.points(row.difference)} ({formats.points_interval(row.low, row.high)})"
    if row.few:
        return t("{difference}: too few to tell", difference=said)
    return t("{difference}: contact brought guests back", difference=said) if row.low > 0 else t("{difference}: no effect shown", difference=said)


def _basis(row) -> str:
    parts = [t("saved {day}", day=formats.date(row.saved_on)), t("contacted: {came} came within {days}", days=formats.days(row.window_days),
                                                                 came=formats.n_of(row.contacted_came, row.contacted))]
    if row.held_out:
        parts.append(t("held out: {came}", came=formats.n_of(row.held_out_came, row.held_out)))
    return " · ".join(parts)


def _choose() -> None:
    st.selectbox(t("Sort by"), list(SORTS), format_func=lambda key: t(BY[key]), key="risk_sort", label_visibility="collapsed", width=170)
    st.selectbox(t("Reach"), list(REACH), format_func=lambda key: t(REACH[key]), key="risk_reach", label_visibility="collapsed", width=170)


def _title(total: pd.Series, currency: str) -> str:
    if not total["guests"] and not load("guest_models")["kind"].isin(("own", "group")).any():
        return t("Whom to win back")
    if not total["guests"]:
        return t("No valuable guest is late against their own rhythm")
    return t("{n} valuable guests are late against their own rhythm; they brought {spend} in the last 36 months", n=formats.count(total["guests"]),
             spend=formats.compact_money(total["recent_spend"], currency))


def _said() -> str:
    return t("At stake = value over three years were the guest still a customer × the chance that the guest is gone · nobody with a stay on the books")


def _nobody(reach: str) -> None:
    if reach != "any":
        small(safe(t("Nobody on the list: choose another reach above.")), grey=True)
    elif not load("guest_models")["kind"].isin(("own", "group")).any():
        small(safe(t("No forecast is shown for these guests: the page Guest value says why.")), grey=True)
    else:
        small(safe(t("Guests at risk have come back before, are likelier gone than not, and are among the best three tenths by value.")), grey=True)


def _words(frame: pd.DataFrame) -> pd.DataFrame:
    currency, places = view().currency, load("properties").set_index("property_id")["name"]
    known = look(names, ids=tuple(int(i) for i in frame["guest_id"])) if view().scope.may("contact") else {}
    return pd.DataFrame({
        t("Guest"): [plain(known.get(int(i))) or t("Guest {id}", id=int(i)) for i in frame["guest_id"]],
        t("Property"): [str(places.get(p, "")) for p in frame["last_property"]],
        t("Stays"): [formats.count(n) for n in frame["stays"]],
        t("Usual gap"): frame["gap_days"].map(formats.days),
        t("Silent for"): [f"{formats.days(silent)}, {formats.decimal(silent / max(gap, 1), 0)}×"
                          for silent, gap in zip(frame["silent_days"], frame["gap_days"], strict=True)],
        t("Chance gone"): [round(100 * (1 - p / MILLION)) for p in frame["alive_ppm"]],
        t("At stake"): [formats.money(v, currency) for v in frame["at_stake"]],
        t("Last experience"): [experience(row) for row in frame.itertuples()],
        t("Reach"): [_reach(row) for row in frame.itertuples()],
        t("Next step"): [t(step(row)) for row in frame.itertuples()],
    })


def experience(row) -> str:
    """Return what is known of the guest's last stay: its review and its complaints."""
    score = "" if pd.isna(row.score_bp) else t("score {score}", score=formats.decimal(row.score_bp / 1000, 0))
    case = t("a service case") if row.cases else ""
    return " · ".join(filter(None, (score, case))) or t("nothing said")


def step(row) -> str:
    """Return the next step that suits a guest on the list; the reader decides."""
    unhappy = (not pd.isna(row.score_bp) and row.score_bp < UNHAPPY) or row.cases
    if unhappy:
        return N_("Call and make good")
    if row.is_reachable:
        return N_("Write, with their season") if row.season != "mixed" else N_("Write a personal word")
    return N_("Call") if row.has_phone else N_("Ask for consent")


def _reach(row) -> list[str]:
    ways = [t("e-mail")] * bool(row.is_reachable) + [t("SMS")] * bool(row.has_phone)
    return ways or [t("none")]


def _widths() -> dict:
    right = {t("Stays"): 56, t("Usual gap"): 88, t("Silent for"): 110, t("At stake"): 84}
    left = {t("Guest"): 150, t("Property"): 150, t("Last experience"): 118, t("Next step"): 170}
    return {
        **{name: st.column_config.Column(width=w) for name, w in left.items()},
        **{name: st.column_config.Column(width=w, alignment="right") for name, w in right.items()},
        t("Chance gone"): st.column_config.ProgressColumn(width=100, min_value=0, max_value=100, format="%d%%", color="gray"),
        t("Reach"): st.column_config.MultiselectColumn(width=110, options=[t("e-mail"), t("SMS"), t("none")], color=["green", "green", "gray"]),
    }


def _under(frame: pd.DataFrame, picked: list[int], pages: int, guests: int, sort: str, reach: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key="risk_page")
        first = ((st.session_state.get("risk_page") or 1) - 1) * PAGE_ROWS
        said = t("{first}–{last} of {total}", first=formats.count(first + 1), last=formats.count(first + len(frame)), total=formats.count(guests))
        st.markdown(f":small[:gray[{safe(said)}]]", width="stretch")
        if len(picked) == 1 and picked[0] < len(frame):
            guest_link(int(frame["guest_id"].iloc[picked[0]]), t("Open guest"), icon=":material/person:")
        downloads("at-risk", list(_words(frame).columns), lambda: _all(sort, reach))


def _all(sort: str, reach: str) -> list[tuple]:
    table = _words(load("risk_list", sort=sort, reach=reach, limit=exports.MOST_ROWS))
    return list(table.assign(**{t("Reach"): table[t("Reach")].map(", ".join)}).itertuples(index=False, name=None))
