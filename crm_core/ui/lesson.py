"""One lesson on a page: what is asked, the view that it begins with, its hints one by one, and what to notice."""
from collections.abc import Mapping

import streamlit as st

from crm_core.association.forms import CODE
from crm_core.association.lessons import Lesson, key_of
from crm_core.association.texts import said
from crm_core.i18n import language, t
from crm_core.records.lessons import lesson_card
from crm_core.ui import classroom_large, keeping_words, lesson_words, lessons
from crm_core.ui.load import look, view
from crm_core.ui.parts import PAGES, empty, filled, mode, panel, small
from crm_core.ui.text import safe
from crm_core.views import View


def chosen() -> dict | None:
    """Return the lesson that the address names, as records.lessons does; None where there is none."""
    code = st.query_params.get("lesson", "")
    return look(lesson_card, code=code, truths=tuple(lessons.truths()) or None) if CODE.fullmatch(code) else None


def unknown() -> None:
    """There is no lesson of this code, or none was named."""
    st.header(t("Lesson"), anchor=False)
    empty(t("There is no such lesson"), t("The link may be old, or the lesson may lie in the other store."))
    st.page_link(PAGES / "lessons.py", label=t("All lessons"), icon=":material/arrow_back:")


def takes_part() -> bool:
    """Say whether the visitor is one of a class, who shall find out: neither what to notice nor what is right is told here."""
    return view().scope.role == "participant"


def is_open_here(row: Mapping) -> bool:
    """Say whether the store that is open is the one that the lesson speaks of."""
    return view().settings.is_demo or not lesson_words.needs_demo(row)


def right_answers(lesson: Lesson) -> dict[str, float | str | None]:
    """Return the right answer of each question, None where it is sealed with a demo that is not open."""
    sealed = lessons.truths().get(lesson.truth)
    return {question.key: key_of(question, sealed) for question in lesson.quiz}


# --- the head of the page ---------------------------------------------------------------------------------------------------------
def heading(row: Mapping) -> None:
    """Draw the lesson's title with the way back, its length, and what can be done with it."""
    st.page_link(PAGES / "lessons.py", label=t("All lessons"), icon=":material/arrow_back:")
    left, right = st.columns([1.62, 1], vertical_alignment="center")
    with left:
        st.header(safe(lesson_words.name(row["lesson"])), anchor=False)
        small(safe(f"{row['code']} · {lesson_words.minutes(row['lesson'].minutes)}"), grey=True)
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        _doings(row)
    for problem in row["problems"]:
        st.warning(safe(problem), icon=":material/warning:")


def _doings(row: Mapping) -> None:
    may, teaches = view().scope.may("standards"), lessons.teaches()
    if may and not row["is_shipped"]:
        _go(t("Change"), ":material/edit:", "edit", row)
    elif may and teaches:
        _go(t("Write my own version"), ":material/file_copy:", "copy", row)
    if teaches and is_open_here(row):
        _go(t("Present"), ":material/slideshow:", "present", row, type=filled())


def _go(label: str, icon: str, what: str, row: Mapping, **options) -> None:
    st.button(label, icon=icon, key=f"lesson_{what}", on_click=st.query_params.from_dict, args=({"lesson": row["code"], what: "1"},), **options)


# --- the question and its view ----------------------------------------------------------------------------------------------------
def question(row: Mapping) -> None:
    """Draw what is asked, large, and the view to look at; on another store than the lesson's the way to that one instead."""
    lesson = row["lesson"]
    with panel(t("The question"), height="content"):
        st.html(classroom_large.words(said(lesson.question, language()), "line", mode()))
        if is_open_here(row):
            view_link(lesson_words.naive(lesson), t("Open the view"))
            hints(lesson)
    if not is_open_here(row):
        lessons.demo_offered()


def view_link(shown: View, label: str) -> None:
    """Draw the button that opens a view in a tab of its own: what was typed into the quiz stays; of a page that is gone there is none."""
    if not lesson_words.is_there(shown):
        small(f":orange[:material/warning: {safe(t('Its page “{page}” is gone.', page=shown.page))}]")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button(label, lesson_words.link(shown, view().settings.store), icon=":material/open_in_new:")
        small(safe(keeping_words.proposed(shown)), grey=True)


@st.fragment
def hints(lesson: Lesson) -> None:
    """Draw the hints that were asked for so far, and the button that asks for one more."""
    key = f"lesson_hints_{lesson.code}"
    given = min(st.session_state.get(key, 0), len(lesson.hints))
    for number, hint in enumerate(lesson.hints[:given], 1):
        st.markdown(f":gray[{number}.] {safe(said(hint, language()))}")
    if given < len(lesson.hints):
        label = t("Give me a hint") if given == 0 else t("One more hint")
        st.button(label, type="tertiary", icon=":material/lightbulb:", key=f"{key}_more", on_click=lambda: st.session_state.update({key: given + 1}))


def notice(row: Mapping) -> None:
    """Draw what to take home, folded until somebody wants to know, with the view that tells it."""
    lesson, there = row["lesson"], lesson_words.honest(row["lesson"])
    if takes_part():
        return
    with st.expander(t("What to notice"), icon=":material/visibility:"):
        paragraphs(said(lesson.notice, language()))
        if there and is_open_here(row):
            view_link(there, t("Open the view that tells"))


def presenter(lesson: Lesson) -> None:
    """Draw the notes for who presents it, folded, because a class may see this screen."""
    notes = said(lesson.presenter, language())
    if notes and lessons.teaches():
        with st.expander(t("Notes for the trainer"), icon=":material/speaker_notes:"):
            paragraphs(notes)


def paragraphs(text: str) -> None:
    """Write a text of several paragraphs; everything in it is text."""
    for part in text.split("\n"):
        if part.strip():
            st.markdown(safe(part))
