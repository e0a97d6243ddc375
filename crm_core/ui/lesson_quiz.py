"""The quiz of a lesson: tried alone with a word on each answer, and the right answers for who teaches."""
from collections.abc import Mapping

import streamlit as st

from crm_core.association.lessons import Lesson, Question
from crm_core.association.texts import said
from crm_core.i18n import N_, language, t, tn
from crm_core.ui import lesson, lesson_words, lessons
from crm_core.ui.parts import filled, panel, small
from crm_core.ui.text import safe

SEALED = {"naive": N_("what misleads"), "true": N_("what is true")}
ICONS = {"right": "green-badge[:material/check:", "wrong": "orange-badge[:material/replay:", "empty": "gray-badge[:material/edit:",
         "unknown": "gray-badge[:material/key_off:"}


def quiz(row: Mapping) -> None:
    """Draw the questions to try; who takes part in a class answers on the class's own page."""
    shown = row["lesson"]
    if not shown.quiz or not lesson.is_open_here(row):
        return
    subtitle = tn("{n} question; nothing is kept", "{n} questions; nothing is kept", len(shown.quiz))
    with panel(t("Try it yourself"), None if lesson.takes_part() else subtitle, height="content"):
        if lesson.takes_part():
            st.markdown(safe(t("In a class everybody answers on the page of the class.")))
            st.link_button(t("To the class"), "/class", icon=":material/how_to_vote:")
        else:
            _questions(shown)


@st.fragment
def _questions(shown: Lesson) -> None:
    right, checked = lesson.right_answers(shown), st.session_state.get(f"lesson_checked_{shown.code}", {})
    with st.form(f"lesson_quiz_{shown.code}", border=False):
        for number, question in enumerate(shown.quiz, 1):
            st.markdown(f"**{number}. {safe(said(question.text, language()))}**")
            _field(shown, question)
            if question.key in checked:
                _verdict(question, checked[question.key], right[question.key])
        st.form_submit_button(t("Check my answers"), type="secondary" if lessons.teaches() else filled(), on_click=_check, args=(shown,))


def _field(shown: Lesson, question: Question) -> None:
    """The field of an answer; it has the question for its name."""
    name, key = said(question.text, language()), _key(shown, question)
    if question.kind == "choice":
        words = {option: safe(said(text, language())) for option, text in question.options}
        st.radio(safe(name), list(words), index=None, format_func=words.get, key=key, label_visibility="collapsed")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text_input(safe(name), key=key, label_visibility="collapsed", width=160, max_chars=30)
        small(safe(said(question.unit, language())))


def _key(shown: Lesson, question: Question) -> str:
    return f"lesson_answer_{shown.code}_{question.key}"


def _check(shown: Lesson) -> None:
    st.session_state[f"lesson_checked_{shown.code}"] = {one.key: st.session_state.get(_key(shown, one)) or "" for one in shown.quiz}


def _verdict(question: Question, answer: str, key: float | str | None) -> None:
    kind, sentence = lesson_words.verdict(question, answer, key)
    st.markdown(f":{ICONS[kind]}] {safe(sentence)}")


# --- for who teaches --------------------------------------------------------------------------------------------------------------
def answers(shown: Lesson) -> None:
    """Draw the right answers with their tolerance and what the misleading view says, folded; for nobody else than who teaches."""
    if not (shown.quiz and lessons.teaches()):
        return
    right = lesson.right_answers(shown)
    with st.expander(t("The right answers"), icon=":material/key:"):
        for number, question in enumerate(shown.quiz, 1):
            small(f":gray[{number}. {safe(said(question.text, language()))}]")
            sealed = f" :gray-badge[{safe(t(SEALED[question.truth]))}]" if question.truth else ""
            st.markdown(f"**{safe(lesson_words.key_line(question, right[question.key]))}**{sealed}")
            small(safe(said(question.why, language())))
