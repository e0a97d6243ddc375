"""Deciding from an opened number: what will be done, by whom, what is expected by when; it comes back on that day."""
import datetime as dt
import math
from dataclasses import replace

import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.records.decisions import LATEST, LONGEST, LONGEST_OWNER, decide
from crm_core.records.registry import Refused
from crm_core.scope import Period
from crm_core.telling.figures import Tile, tile, value_text
from crm_core.ui import decisions_words as words
from crm_core.ui import standing
from crm_core.ui.load import act, load, view
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
        due = middle.date_input(t("By when"), as_of + USUAL, as_of + dt.timedelta(1), as_of + LATEST, key=f"decide_due_{k.key}", format="YYYY-MM-DD")
        before = _before(one, due or as_of + USUAL)
        unit = words.unit(k, view().currency)
        label = t("What you expect, in {unit}", unit=unit) if unit else t("What you expect")
        expected = f"decide_expected_{k.key}_{due}" if words.adds_up(k) else f"decide_expected_{k.key}"  # another day, another proposal
        right.number_input(label, value=words.typed(k, None if before.few else before.value, view().currency), key=expected, step=None)
        if words.adds_up(k):
            was = formats.DASH if before.few else value_text(k, before.value, view().currency)
            small(safe(t("As many days of the year before: {value}.", value=was)), grey=True)
        st.button(t("Write it down"), key=f"decide_{k.key}", icon=":material/edit_note:", on_click=_write, args=(before, expected))


def _before(one: Tile, due: dt.date) -> Tile:
    """What the figure of the days to come stands beside: the tile's own, of a sum that of as many days of the year before."""
    if not words.adds_up(one.metric):
        return one
    ahead = Period(view().scope.as_of, due)
    days = ahead.year_before() if ahead.days <= 364 else ahead.previous()
    return tile(load("kpi_values", replace(view().scope, period=days), keys=(one.metric.key,)), one.metric.key, view().currency)


def _told(told: str) -> None:
    """What became of the last click."""
    if told:
        st.error(t(told), icon=":material/error:")
    else:
        st.success(t("Written down."), icon=":material/check:")
        st.page_link(PAGES / "decisions.py", label=t("All decisions"), icon=":material/arrow_forward:", icon_position="right")


def _write(one: Tile, expected: str) -> None:
    """Write the decision with the figure as it was told; a callback, so that the drawer stays open around it."""
    k, shown = one.metric, standing.here()
    typed = {name: st.session_state.get(f"decide_{name}_{k.key}") for name in ("do", "owner", "due")}
    known = lambda x: None if one.few or math.isnan(x) else float(x)  # noqa: E731
    try:
        act(decide, kpi=k.key, will_do=typed["do"] or "", owner=typed["owner"] or "", due_on=typed["due"] or view().scope.as_of,
            expected=words.stored(k, st.session_state.get(expected), view().currency), page=shown.page, params=dict(shown.params),
            was=known(one.value), was_low=known(one.low), was_high=known(one.high), was_n=known(one.n))
    except Refused as problem:
        st.session_state[f"decided_{k.key}"] = str(problem)
    else:
        st.session_state[f"decided_{k.key}"] = ""
        st.session_state[f"decide_do_{k.key}"] = ""
