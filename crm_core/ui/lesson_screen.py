"""A lesson before a class: large type, one idea on each screen, moved by buttons or the arrow keys."""
from collections.abc import Callable, Mapping

import streamlit as st

from crm_core.association.texts import said
from crm_core.classroom.steps import Step, steps
from crm_core.classroom.words import option_words
from crm_core.i18n import language, t
from crm_core.ui import classroom_large, lesson, lesson_words, lessons
from crm_core.ui.parts import filled, mode, small
from crm_core.ui.text import safe


def is_open(row: Mapping | None) -> bool:
    """Say whether the address asks for the layout of a presenter, and the visitor may have it."""
    return bool(row) and "present" in st.query_params and lessons.teaches() and lesson.is_open_here(row)


def screens(row: Mapping) -> tuple[Step, ...]:
    """Return the screens of one lesson: those of a class without its lobby and its end."""
    return steps([row["lesson"]])[1:-1]


def screen(row: Mapping) -> None:
    """Draw the screen that the address names, and the buttons that move it."""
    found, at = screens(row), _place(len(screens(row)))
    _controls(row, found, at)
    _SCREENS[found[at].kind](found[at])
    lesson.presenter(row["lesson"])


def _place(screens: int) -> int:
    """The number of the screen, 0 for what is none."""
    said_ = st.query_params.get("screen", "")
    return min(int(said_), screens - 1) if said_.isascii() and said_.isdigit() and len(said_) < 4 else 0


def _controls(row: Mapping, found: tuple[Step, ...], at: int) -> None:
    left, right = st.columns([1, 1.62], vertical_alignment="center")
    with left:
        st.header(safe(row["code"]), anchor=False)
    with right, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        small(safe(t("{n} of {all}", n=at + 1, all=len(found))), grey=True)
        st.button(t("Back"), key="present_back", disabled=at == 0, on_click=_go, args=(at - 1,), shortcut="Left")
        following = found[min(at + 1, len(found) - 1)]
        label = t("Reveal") if following.kind == "revealed" else t("Next")
        st.button(label, type=filled(), key="present_next", disabled=at + 1 == len(found), on_click=_go, args=(at + 1,), shortcut="Right")
        st.button(t("End"), type="tertiary", icon=":material/close:", key="present_end", on_click=st.query_params.from_dict, args=({"lesson": row["code"]},))


def _go(place: int) -> None:
    st.query_params["screen"] = str(place)


# --- screens ----------------------------------------------------------------------------------------------------------------------
def _title(step: Step) -> None:
    large(lesson_words.name(step.lesson), "title")
    large(lesson_words.minutes(step.lesson.minutes), "text", "mute")


def _view(step: Step) -> None:
    large(said(step.lesson.question, language()), "question")
    lesson.view_link(lesson_words.naive(step.lesson), t("Open the view"))
    for number, hint in enumerate(step.lesson.hints, 1):
        with st.expander(t("Hint {n}", n=number)):
            large(said(hint, language()), "text")


def _quiz(step: Step) -> None:
    large(said(step.question.text, language()), "title")
    for option, _ in step.question.options:
        large(option_words(step.question, option), "text")
    if step.question.kind == "number" and said(step.question.unit, language()):
        large(t("in {unit}", unit=said(step.question.unit, language())), "text", "mute")


def _revealed(step: Step) -> None:
    large(said(step.question.text, language()), "question")
    large(lesson_words.key_line(step.question, lesson.right_answers(step.lesson)[step.question.key]), "key", "accent")
    large(said(step.question.why, language()), "text", "mute")


def _notice(step: Step) -> None:
    large(t("What to notice"), "text", "mute")
    large(said(step.lesson.notice, language()), "question")
    for line in lesson_words.turned(step.lesson, lessons.truths().get(step.lesson.truth)):
        large(line, "text", "accent")
    if there := lesson_words.honest(step.lesson):
        lesson.view_link(there, t("Open the view that tells"))


_SCREENS: dict[str, Callable[[Step], None]] = {"title": _title, "view": _view, "quiz": _quiz, "revealed": _revealed, "notice": _notice}


def large(text: str, size: str, colour: str = "ink") -> None:
    """Write a text that is read from the back of the room; nothing of no text."""
    if text:
        st.html(classroom_large.words(text, size, mode(), colour))
