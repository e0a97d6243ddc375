"""An assessment as the assessor walks through the house: a section at a time, each answer saved at once, usable with a thumb, completed at the end."""
import datetime as dt
from collections.abc import Mapping

import streamlit as st

from crm_core import jobs
from crm_core.association.standards import Item
from crm_core.association.texts import said
from crm_core.i18n import language, t
from crm_core.records import assessments as records
from crm_core.records.registry import Refused, Stale
from crm_core.schema import ASSESSMENT_KINDS
from crm_core.ui import standards_words as words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import filled, panel, small, told
from crm_core.ui.standards import MAY, Chosen
from crm_core.ui.text import plain, safe

NOTHING = {"evidence": "", "evidence_on": None}
PARAMETER = "assessment"  # the draft that is open, in the URL: a reload comes back to it


# --- the way in --------------------------------------------------------------------------------------------------------------
def begin(at: Chosen) -> None:
    """Draw the drafts to go on with, and the button that begins another assessment, for who may assess."""
    if not view().scope.may(MAY):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for number, draft in enumerate(at.drafts):
            label = t("Go on: {held}", held=words.held(draft))
            st.button(safe(label), icon=":material/directions_walk:", type=filled() if number == 0 else "secondary", key=f"go_on_{draft['id']}", on_click=_enter,
                      args=(draft["id"],))
        if len(at.drafts) < len(ASSESSMENT_KINDS):
            with st.popover(t("Begin an assessment"), icon=":material/add:"):
                _form(at)


def _form(at: Chosen) -> None:
    free = [kind for kind in ASSESSMENT_KINDS if kind not in {draft["kind"] for draft in at.drafts}]
    st.segmented_control(t("Who assesses"), free, default=free[0], format_func=lambda k: t(words.KINDS[k]), required=True, key="walk_kind")
    st.text_input(t("Assessor"), key="walk_assessor", max_chars=records.LONGEST_NAME)
    st.date_input(t("Day"), view().scope.as_of, max_value=_last_day(), key="walk_day", format="YYYY-MM-DD")
    st.button(t("Begin"), type="secondary" if at.drafts else filled(), key="walk_begin", on_click=_start, args=(at,))


def _last_day() -> dt.date:
    """The last day that has come; a demo stands still."""
    return view().scope.as_of if view().settings.is_demo else max(view().scope.as_of, dt.date.today())


def _start(at: Chosen) -> None:
    kind, who, day = (st.session_state[f"walk_{name}"] for name in ("kind", "assessor", "day"))
    with told():
        _enter(act(records.start_assessment, property_id=at.house, standard_id=at.row["id"], kind=kind, assessor=who or "", on_day=day))


def _enter(draft: int) -> None:
    st.query_params[PARAMETER] = str(draft)


def _leave() -> None:
    st.query_params.pop(PARAMETER, None)
    st.session_state.pop("walk", None)


def opened() -> dict | None:
    """Return the assessment that the URL names, as assessment_card() does; None where it names none that is here and open."""
    said_ = st.query_params.get(PARAMETER, "")
    if not said_:
        return None
    number = int(said_) if said_.isascii() and said_.isdigit() and len(said_) < 10 else 0
    card = look(records.assessment_card, view().whole, id=number)
    if card is None or card["state"] != "draft" or not view().scope.may(MAY):
        st.warning(safe(t("There is no such open assessment: it may be complete, dropped, or of another house.")), icon=":material/search_off:")
        return None
    return card


# --- the walk -------------------------------------------------------------------------------------------------------------------
@st.fragment
def walk(number: int) -> None:
    """One draft: how far it has come, a section at a time, and its end. What is tapped is saved at once and read anew on every run."""
    card = look(records.assessment_card, view().whole, id=number)
    if card is None or card["state"] != "draft":  # somebody else has ended it since
        _leave()
        st.rerun()
    st.session_state["walk"] = card
    sections = card["standard"].sections
    _head(card)
    codes = [section.code for section in sections]
    widget = f"walk_section_{number}"
    if st.session_state.get(widget) not in codes:
        st.session_state[widget] = codes[0]
    names = {section.code: plain(said(section.name, language())) for section in sections}
    code = st.selectbox(t("Section"), codes, format_func=names.get, key=widget)
    section = sections[codes.index(code)]
    small(safe(words.progress_said(*words.progress(_result(card, item.code) for item in section.items))), grey=True)
    for item in section.items:
        _item(card, item)
    _onward(card, widget, codes, code)


def _head(card: Mapping) -> None:
    answered, items = words.progress(_result(card, item.code) for item in card["standard"].items)
    with panel(f"{words.name(card['standard'])} · {card['property']}", words.held(card), height="content"):
        st.progress(answered / items, text=safe(words.progress_said(answered, items)))
        with st.container(horizontal=True):
            if st.button(t("Back"), icon=":material/arrow_back:", key="walk_back", help=t("Every answer is saved: go on at any time.")):
                _leave()
                st.rerun()


def _result(card: Mapping, item: str) -> str:
    return card["items"].get(item, {}).get("result", words.UNSEEN)


def _item(card: Mapping, item: Item) -> None:
    """One item: what is looked at, how it is met, and what was seen; the widget shows what is stored, whoever stored it."""
    number, given, now = card["id"], card["items"].get(item.code) or NOTHING, _result(card, item.code)
    key = f"walk_{number}_{item.code}"
    st.session_state[key] = now if now in words.RESULTS else None
    if item.code not in st.session_state.get("walk_unsaved", ()):
        st.session_state[f"{key}_evidence"], st.session_state[f"{key}_on"] = given["evidence"], given["evidence_on"]
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"{words.ICONS[now]} {safe(words.item_text(item))}")
        st.segmented_control(words.item_text(item), list(words.RESULTS), format_func=words.result, key=key, on_change=_tap, args=(number, item.code),
                             label_visibility="collapsed", width="stretch")
        with st.expander(_seen_title(given)):
            st.text_area(t("What was seen"), key=f"{key}_evidence", max_chars=records.LONGEST_EVIDENCE, height=90,
                         on_change=_write, args=(number, item.code))
            st.date_input(t("Seen on"), None, max_value=_last_day(), key=f"{key}_on", format="YYYY-MM-DD", on_change=_write, args=(number, item.code))


def _seen_title(given: Mapping) -> str:
    return safe(words.short(plain(given["evidence"]), 50)) if given["evidence"] else t("What was seen")


def _tap(number: int, item: str) -> None:
    _save(number, item, st.session_state.get(f"walk_{number}_{item}") or words.UNSEEN)


def _write(number: int, item: str) -> None:
    _save(number, item, _result(st.session_state["walk"], item))


def _save(number: int, item: str, result: str) -> None:
    """Save an answer with what was seen. `was` is what this visitor saw, so that an answer of somebody else is never written over unseen."""
    key, seen, unsaved = f"walk_{number}_{item}", _result(st.session_state["walk"], item), st.session_state.setdefault("walk_unsaved", set())
    text, day = st.session_state.get(f"{key}_evidence"), st.session_state.get(f"{key}_on")
    unsaved.add(item)  # what was typed stays where it cannot be saved
    try:
        act(records.answer_item, view().whole, id=number, item=item, result=result, was=seen, evidence=text or "", evidence_on=day)
        unsaved.discard(item)
    except Stale:
        st.toast(t("Somebody else answered this item meanwhile: their answer stands now. Change it if yours is right."), icon=":material/sync_problem:")
    except Refused as problem:
        st.toast(t(str(problem)), icon=":material/error:")


# --- its end ---------------------------------------------------------------------------------------------------------------------
def _onward(card: Mapping, widget: str, codes: list[str], code: str) -> None:
    """To the section before and after; after the last one to the end."""
    place = codes.index(code)
    with st.container(horizontal=True, vertical_alignment="center"):
        if place:
            st.button(t("Section before"), icon=":material/chevron_left:", key="walk_before", on_click=_to, args=(widget, codes[place - 1]))
        if place + 1 < len(codes):
            st.button(t("Next section"), icon=":material/chevron_right:", icon_position="right", type=filled(), key="walk_next", on_click=_to,
                      args=(widget, codes[place + 1]))
    _end(card, is_last=place + 1 == len(codes))


def _to(widget: str, code: str) -> None:
    st.session_state[widget] = code


def _end(card: Mapping, is_last: bool) -> None:
    with panel(t("Complete the assessment"), words.left_out(card["score"]), height="content"):
        small(safe(t("A complete assessment counts in the figures and cannot be changed any more.")), grey=True)
        with st.container(horizontal=True):
            if st.button(t("Complete"), icon=":material/task_alt:", type=filled() if is_last else "secondary", key="walk_complete"):
                _ended(records.complete_assessment, card)
            with st.popover(t("Drop"), icon=":material/delete:", width="content"):
                st.markdown(safe(t("The draft goes away with all its answers.")))
                if st.button(t("Drop the draft"), key="walk_drop"):
                    _ended(records.drop_assessment, card)


def _ended(action, card: Mapping) -> None:
    with told():
        act(action, view().whole, id=card["id"], version=card["version"])
        if action is records.complete_assessment:
            jobs.start_refresh(view().settings)
            st.toast(t("Complete. The figures follow in a moment."), icon=":material/check:")
        _leave()
        st.rerun()
