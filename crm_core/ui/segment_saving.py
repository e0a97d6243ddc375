"""What can be done with a rule: saved under a name, saved as the next version, kept as an audience, and its earlier versions."""
import datetime as dt

import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t, tn
from crm_core.marts.fields import FIELDS
from crm_core.records import segments as records
from crm_core.records.audiences import LONGEST_WINDOW, MOST, WINDOW, save_audience
from crm_core.records.registry import Stale
from crm_core.rule import BadRule, Rule, dump, loads
from crm_core.ui import rule_editor, rule_words, segment_open
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import filled, small, told
from crm_core.ui.segment_open import Opened
from crm_core.ui.text import safe


def controls(here: Opened, rule: Rule, guests: int) -> None:
    """The buttons under a rule that can be counted."""
    if not view().scope.may("segment"):
        return
    changed = here.is_changed(rule)
    with st.container(horizontal=True, gap="xsmall"):
        if here.row:
            number = here.row["number"] + 1
            if st.button(t("Save as version {number}", number=number), key=f"{here.key}_version", type=filled(), disabled=not changed):
                _version(here, rule)
            _as_new(here, rule, t("Save as new"), "secondary")
        else:
            _as_new(here, rule, t("Save"), filled())
        _audience(here, rule, guests, changed)


def _version(here: Opened, rule: Rule) -> None:
    with told():
        try:
            act(records.save_segment_version, view().whole, id=here.row["id"], version=here.row["version"], rule=rule)
        except Stale as problem:
            here.row = here.row | {"version": problem.current["version"]}  # who reads this and saves again means it
            raise
        st.toast(t("Saved."), icon=":material/check:")
        segment_open.show(here.row["id"])


def _as_new(here: Opened, rule: Rule, label: str, type: str) -> None:
    with st.popover(label, type=type, icon=":material/bookmark_add:", key=f"{here.key}_as"):
        name = st.text_input(t("Name"), key=f"{here.key}_name", max_chars=records.LONGEST_NAME)
        note = st.text_input(t("Note"), key=f"{here.key}_note", max_chars=records.LONGEST_NOTE, placeholder=t("What it is for"))
        if st.button(t("Save segment"), key=f"{here.key}_save"):
            with told():
                made = act(records.save_segment, view().whole, name=name, rule=rule, note=note)
                st.toast(t("Saved."), icon=":material/check:")
                segment_open.show(made)


def _audience(here: Opened, rule: Rule, guests: int, changed: bool) -> None:
    """Keep those who fit now as a list to be contacted, a part of them held out by lot, so that its effect can be seen later."""
    with st.popover(t("Save as audience"), icon=":material/group_add:", disabled=guests == 0, key=f"{here.key}_audience"):
        usual = t("{segment}, {day}", segment=here.row["name"] if here.row else t("New rule"), day=formats.date(view().scope.as_of))
        name = st.text_input(t("Name"), usual[:records.LONGEST_NAME], key=f"{here.key}_audience_name", max_chars=records.LONGEST_NAME)
        held = st.slider(t("Held out by lot, %"), 0, 50, 20, 5, key=f"{here.key}_held",
                         help=t("Guests who are not contacted. Without them nobody can tell who would have come anyway."))
        window = st.number_input(t("Look at the days after"), 1, LONGEST_WINDOW, WINDOW, 30, key=f"{here.key}_window")
        kept = (guests * held * 100 + 5000) // 10_000
        small(safe(t("{contact} to contact, {held} held out", contact=formats.count(guests - kept), held=formats.count(kept))), grey=True)
        if st.button(t("Save audience"), key=f"{here.key}_audience_save"):
            with told():
                _save_audience(here, rule, changed, name, held, int(window))


def _save_audience(here: Opened, rule: Rule, changed: bool, name: str, held: int, window: int) -> None:
    of = {} if changed else {"segment": here.row["id"], "version": here.row["number"]}
    ids = [int(i) for i in load("segment_members", rule=rule, limit=MOST + 1)["guest_id"]]
    act(save_audience, name=name, kind="segment", definition={**of, "rule": dump(rule)}, guests=ids, holdout_bp=held * 100, window_days=window)
    jobs.start_refresh(view().settings)
    st.toast(t("Saved: {n} guests, {held} of them held out.", n=formats.count(len(ids)), held=formats.percent(held / 100, 0)), icon=":material/check:")
    st.rerun()


def versions(here: Opened) -> None:
    """The rules that an open segment had, newest first, each of which can be taken up again."""
    card = look(records.segment_card, view().whole, id=here.row["id"]) if here.row else None
    if card is None:
        return
    with st.expander(tn("{n} version", "{n} versions", len(card["versions"])), icon=":material/history:"):
        for one in card["versions"]:
            _row(here, one)


def _row(here: Opened, one: dict) -> None:
    when = formats.instant(dt.datetime.fromisoformat(one["at"]))
    with st.container(horizontal=True, vertical_alignment="center"):
        try:
            rule = loads(one["rule"], FIELDS)
        except BadRule as problem:
            rule, words = None, segment_open.problem_text(problem)
        else:
            words = rule_words.sentence(rule, rule_editor.names(), view().currency)
        st.markdown(f"{safe(t('Version {number}', number=one['number']))} · :small[{safe(words)}]  \n:small[:gray[{safe(when)} · {safe(one['actor'])}]]",
                    width="stretch")
        if rule:
            st.button(t("Take up"), key=f"{here.key}_take_{one['number']}", help=t("Put this rule into the builder; nothing is saved yet"),
                      on_click=segment_open.put, args=(rule,))
