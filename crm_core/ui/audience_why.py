"""Why a guest is or is not on an audience: as it was frozen, each condition of the rule and each step as they are today."""
import datetime as dt
from dataclasses import replace

import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.records.audience_cards import Check, why
from crm_core.records.guests import search
from crm_core.rule import conditions
from crm_core.ui import audience_cards as cards
from crm_core.ui import audience_words as words
from crm_core.ui import rule_editor, rule_words
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import guest_link, panel, small
from crm_core.ui.text import plain, safe


@st.fragment
def asked_guest(card: dict) -> None:
    """Find a guest, and say why the guest is on this audience or is not."""
    if not view().scope.may("contact"):
        return
    with panel(t("Why is somebody on this list, or not?"), t("Search a guest by name, e-mail or booking number"), height="content"):
        text = st.text_input(t("Guest"), key="why_text", placeholder=t("Name, e-mail or booking number"), label_visibility="collapsed", width=360)
        hits = look(search, view().whole, text=text or "", limit=8)
        if not hits:
            if text:
                small(safe(t("Nobody is found: write at least three letters of the name.")), grey=True)
            return
        named = {hit.guest_id: " · ".join(filter(None, (plain(hit.name) or t("Guest {id}", id=hit.guest_id), hit.email))) for hit in hits}
        chosen = st.selectbox(t("Found"), list(named), format_func=lambda i: plain(named[i]), key="why_guest", label_visibility="collapsed", width=360)
        answer(card, chosen)


def answer(card: dict, guest: int) -> None:
    """Say why a guest is on an audience or is not."""
    said = look(why, view().whole, id=card["id"], guest_id=guest)
    if said is None:
        small(safe(t("Nothing is known of this guest here.")), grey=True)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{safe(words.frozen_said(said))}**", width="stretch")
        guest_link(guest, t("Open guest"), icon=":material/person:")
    left, right = st.columns(2)
    with left:
        clauses(said["definition"], guest, tuple(card["properties"]))
    with right:
        steps(said["now"])


def clauses(definition: dict, guest: int, properties: tuple[int, ...] = ()) -> None:
    """Each condition of the rule that the list was drawn by, whether it holds today: at the properties it was drawn for, or all the visitor's."""
    small(safe(t("The rule today")), grey=True)
    rule = cards.rule_of(definition)
    if rule is None:
        st.markdown(safe(cards.defined(definition)))
        return
    scope = replace(view().whole, properties=properties or view().whole.properties, segment=None)
    found, asked = load("clause_check", scope, rule=rule, guest=guest), list(dict.fromkeys(conditions(rule)))
    for row in found.itertuples():
        _line(bool(row.holds), rule_words.clause(asked[row.place], rule_editor.names(), view().currency))
    fits = bool(found["fits"].max()) if len(found) else True
    st.markdown(safe(t("Together: the rule fits.") if fits else t("Together: the rule does not fit.")))


def steps(checks: list[Check]) -> None:
    """Each step on the way to being written to, as it is today."""
    small(safe(t("The way to a message today")), grey=True)
    for check in checks:
        since = t("since {day}", day=formats.date(dt.date.fromisoformat(check.since[:10]))) if check.since else ""
        _line(check.passed, t(words.ASKED[check.step]), " · ".join(filter(None, (words.reason(check.why) if check.why else "", since))))


def _line(passed: bool, text: str, more: str = "") -> None:
    icon = ":green[:material/check:]" if passed else ":orange[:material/close:]"
    grey = f" :small[:gray[{safe(more)}]]" if more else ""
    st.markdown(f"{icon} {safe(text)} :small[:gray[{safe(t('yes') if passed else t('no'))}]]{grey}")
