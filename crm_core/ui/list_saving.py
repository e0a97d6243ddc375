"""Keeps the guests of a work list as an audience: a part is held out by lot, so that its effect can be seen later."""
from collections.abc import Callable

import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t
from crm_core.records.audiences import LONGEST_WINDOW, WINDOW, save_audience
from crm_core.ui.load import act, view
from crm_core.ui.parts import filled, told


def save(kind: str, usual: str, total: int, ticked: list[int], everyone: Callable[[], list[int]], *, window: int = WINDOW, main: bool = False, **said) -> None:
    """Draw the button that saves the ticked guests, or all on the list, for a role that may; `everyone` returns the latter when it is pressed.

    kind: one of schema.AUDIENCE_KINDS. usual: the name that is suggested. window: the days afterwards that are looked at, unless changed.
    main: it is the page's one filled button. `said` is kept with the audience: how the list was chosen.
    """
    if not view().scope.may("segment") or not total:
        return
    label = t("Save {n} ticked guests as audience", n=len(ticked)) if ticked else t("Save all {n} as audience", n=formats.count(total))
    with st.popover(label, icon=":material/group_add:", key=f"{kind}_audience", type=filled() if main else "secondary"):
        name = st.text_input(t("Name"), t("{list}, {day}", list=usual, day=formats.date(view().scope.as_of)), key=f"{kind}_name", max_chars=80)
        held = st.slider(t("Held out by lot, %"), 0, 50, 20, 5, key=f"{kind}_held",
                         help=t("Guests who are not contacted. Without them nobody can tell who would have come anyway."))
        days = st.number_input(t("Look at the days after"), 1, LONGEST_WINDOW, window, 30, key=f"{kind}_window")
        if st.button(t("Save audience"), key=f"{kind}_save"):
            with told():
                chosen = sorted(set(ticked or everyone()))
                act(save_audience, name=name, kind=kind, definition={"list": kind, "ticked": bool(ticked), **said}, guests=chosen, holdout_bp=held * 100,
                    window_days=int(days))
                jobs.start_refresh(view().settings)
                st.toast(t("Saved: {n} guests, {held} of them held out.", n=formats.count(len(chosen)), held=formats.percent(held / 100, 0)),
                         icon=":material/check:")
