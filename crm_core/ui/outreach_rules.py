"""The card of what holds for all campaigns: who is held out of every one by lot, and how many messages are enough."""
import datetime as dt

import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t
from crm_core.records.holdout import LONGEST_WINDOW, MOST_HELD_OUT, MOST_MESSAGES, outreach_settings, set_cap, set_holdout
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import panel, small, told
from crm_core.ui.text import safe


def title(now: dict) -> str:
    """Return what holds, as the card's title."""
    if not now["holdout_bp"] or now["holdout_from"] is None:
        return t("Nobody is held out of all campaigns yet")
    share = formats.percent(now["holdout_bp"] / 10_000, 0)
    return t("{share} of all guests are held out of every campaign since {day}", share=share, day=formats.date(now["holdout_from"]))


@st.fragment
def card() -> None:
    """The settings in words, and the fields to change them for a role that may."""
    now = look(outreach_settings)
    with panel(title(now), t("Marketing of all properties · messages about a booking are not held back"), height="content"):
        st.markdown(safe(t("A lot keeps the same guests out of every marketing campaign. Beside all others they show what all campaigns together cause.")))
        if view().scope.may("campaign"):
            _holdout(now)
        st.markdown(safe(t("At most {n} marketing messages in {days}; who has had them is left off the next list.", n=formats.count(now["marketing_cap"]),
                           days=formats.days(now["marketing_cap_days"]))))
        if view().scope.may("campaign"):
            _cap(now)


def _holdout(now: dict) -> None:
    today = view().scope.as_of
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        share = st.number_input(t("Held out of everything, %"), 0.0, MOST_HELD_OUT / 100, now["holdout_bp"] / 100, 1.0, format="%.1f", key="holdout_share",
                                width=190)
        begun = now["holdout_from"] or today
        from_on = st.date_input(t("From"), begun, min(begun, today), today + dt.timedelta(365), key="holdout_from", format="YYYY-MM-DD", width=160)
        if st.button(t("Save the holdout"), key="holdout_save"):
            _do(set_holdout, share_bp=round(share * 100), from_on=from_on)
    small(safe(t("A larger share adds guests; who is held out stays so. It begins today or later: until now the others were written to.")), grey=True)


def _cap(now: dict) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        messages = st.number_input(t("Messages at most"), 1, MOST_MESSAGES, now["marketing_cap"], 1, key="cap_messages", width=150)
        days = st.number_input(t("In how many days"), 1, LONGEST_WINDOW, now["marketing_cap_days"], 1, key="cap_days", width=150)
        if st.button(t("Save the limit"), key="cap_save"):
            _do(set_cap, messages=int(messages), days=int(days))


def _do(action, **values) -> None:
    with told():
        act(action, view().whole, **values)
        jobs.start_refresh(view().settings)
        st.toast(t("Saved."), icon=":material/check:")
        st.rerun()
