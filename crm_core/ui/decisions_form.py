"""Deciding from an opened number: what will be done, by whom, what is expected by when; it comes back on that day."""
import datetime as dt
import math

import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.records.decisions import LATEST, LONGEST, LONGEST_OWNER, decide
from crm_core.records.registry import Refused
from crm_core.telling.figures import Tile
from crm_core.ui import decisions_words as words
from crm_core.ui import standing
from crm_core.ui.load import act, view
from crm_core.ui.parts import PAGES, small
from crm_core.ui.text import safe

USUAL = dt.timedelta(90)


def form(one: Tile) -> None:
    """Draw the form, folded, under a figure as its tile tells it; a role that keeps nothing sees none."""
    if not view().scope.may("view"):
        return
    k, as_of = one.metric, view().scope.as_of
    told = st.session_state.pop(f"decided_{k.key}", None)
    with st.expander(t("Decide"), expanded=told is not None, icon=":material/flag:"):
        if told is not None:
            _told(told)
        small(safe(t("On the day that you name the figure comes back beside what you expect, counted from {day} on under the filters of this page.",
                     day=formats.date(as_of))), grey=True)
        st.text_area(t("What will you do?"), key=f"decide_do_{k.key}", max_chars=LONGEST, height=80)
        left, middle, right = st.columns(3)
        left.text_input(t("Who"), key=f"decide_owner_{k.key}", max_chars=LONGEST_OWNER)
        middle.date_input(t("By when"), as_of + USUAL, as_of + dt.timedelta(1), as_of + LATEST, key=f"decide_due_{k.key}", format="YYYY-MM-DD")
        unit = words.unit(k, view().currency)
        label = t("What you expect, in {unit}", unit=unit) if unit else t("What you expect")
        right.number_input(label, value=words.typed(k, None if one.few else one.value, view().currency), key=f"decide_expected_{k.key}", step=None)
        st.button(t("Write it down"), key=f"decide_{k.key}", icon=":material/edit_note:", on_click=_write, args=(one,))


def _told(told: str) -> None:
    """What became of the last click."""
    if told:
        st.error(t(told), icon=":material/error:")
    else:
        st.success(t("Written down."), icon=":material/check:")
        st.page_link(PAGES / "decisions.py", label=t("All decisions"), icon=":material/arrow_forward:", icon_position="right")


def _write(one: Tile) -> None:
    """Write the decision with the figure as the tile told it; a callback, so that the drawer stays open around it."""
    k, shown = one.metric, standing.here()
    typed = {name: st.session_state.get(f"decide_{name}_{k.key}") for name in ("do", "owner", "due", "expected")}
    known = lambda x: None if one.few or math.isnan(x) else float(x)  # noqa: E731
    try:
        act(decide, kpi=k.key, will_do=typed["do"] or "", owner=typed["owner"] or "", due_on=typed["due"] or view().scope.as_of,
            expected=words.stored(k, typed["expected"], view().currency), page=shown.page, params=dict(shown.params),
            was=known(one.value), was_low=known(one.low), was_high=known(one.high), was_n=known(one.n))
    except Refused as problem:
        st.session_state[f"decided_{k.key}"] = str(problem)
    else:
        st.session_state[f"decided_{k.key}"] = ""
        st.session_state[f"decide_do_{k.key}"] = ""
