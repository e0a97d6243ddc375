"""The screen of a class that runs: one idea at a time, large, with what the class answers as it answers."""

import streamlit as st

from crm_core import formats
from crm_core.association.texts import said
from crm_core.classroom import running
from crm_core.classroom.addresses import view_link
from crm_core.classroom.running import Class
from crm_core.classroom.steps import Step
from crm_core.classroom.words import key_words, option_words
from crm_core.i18n import language, t, tn
from crm_core.ui import classroom, classroom_large
from crm_core.ui.load import view
from crm_core.ui.parts import filled, mode, small, told
from crm_core.ui.text import safe

EVERY = "2s"  # what the class does meanwhile


def screen(shown: Class) -> None:
    """Draw the screen of a class and the buttons that move it."""
    _controls(shown)
    if shown.mode == "alone":
        _alone(shown)
    else:
        _SCREENS[shown.step.kind](shown, shown.step)
        _notes(shown.step)


def _controls(shown: Class) -> None:
    left, right = st.columns([1.62, 1], vertical_alignment="center")
    with left:
        small(safe(" · ".join(filter(None, (t("code {code}", code=shown.code), _place(shown))))), grey=True)
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        if shown.mode == "follow":
            last = len(shown.steps) - 1
            st.button(t("Back"), icon=":material/arrow_back:", key="class_back", disabled=shown.at == 0, on_click=_go, args=(shown.code, shown.at - 1))
            st.button(_next(shown), icon=":material/arrow_forward:", icon_position="right", type=filled(), key="class_next", disabled=shown.at == last, on_click=_go,
                      args=(shown.code, shown.at + 1))
        with st.popover(t("End the class"), type="tertiary"):
            st.markdown(safe(t("Nobody joins or answers after that, and every right answer is told.")))
            st.button(t("End it now"), key="class_end", on_click=_end, args=(shown.code,))


def _place(shown: Class) -> str:
    codes, lesson = [one.code for one in shown.lessons], shown.step.lesson
    return t("lesson {n} of {all}", n=codes.index(lesson.code) + 1, all=len(codes)) if lesson and shown.mode == "follow" else ""


def _next(shown: Class) -> str:
    """The button says what comes: a reveal is nothing to stumble into."""
    following = shown.steps[min(shown.at + 1, len(shown.steps) - 1)]
    return t("Reveal") if following.kind == "revealed" and not shown.is_revealed(following.lesson, following.question) else t("Next")


def _go(code: str, place: int) -> None:
    with told():
        running.go(view().settings, code, place)


def _end(code: str) -> None:
    with told():
        running.end(view().settings, code)


# --- screens ----------------------------------------------------------------------------------------------------------------------
def _lobby(shown: Class, _step: Step) -> None:
    left, right = st.columns([1.62, 1])
    with left:
        _large(t("Join on your phone"), "question")
        _large(classroom.address(), "text", "mute")
        _large(shown.code, "code", "accent", spaced=True)
        _joined(shown)
    with right:
        classroom.square(shown)


@st.fragment(run_every=EVERY)
def _joined(shown: Class) -> None:
    names = running.participants(view().settings, shown.code)
    _large(tn("{n} has joined", "{n} have joined", len(names), n=formats.count(len(names))), "text")
    _large(" · ".join(names), "line", "mute")


def _title(_shown: Class, step: Step) -> None:
    _large(said(step.lesson.title, language()), "title")
    _large(tn("{n} minute", "{n} minutes", step.lesson.minutes, n=formats.count(step.lesson.minutes)), "text", "mute")


def _view(_shown: Class, step: Step) -> None:
    _large(said(step.lesson.question, language()), "question")
    st.link_button(t("Open the view"), view_link(step.lesson, language()), icon=":material/open_in_new:")
    for number, hint in enumerate(step.lesson.hints, 1):
        with st.expander(t("Hint {n}", n=number)):
            _large(said(hint, language()), "text")


def _quiz(shown: Class, step: Step) -> None:
    _large(said(step.question.text, language()), "title")
    _live(shown, step)


@st.fragment(run_every=EVERY)
def _live(shown: Class, step: Step) -> None:
    """How many have answered and what, as it comes in; nothing tells which is right."""
    now = running.find(view().settings, shown.code)
    if now:
        _bars(now, step)


def _revealed(shown: Class, step: Step) -> None:
    _large(said(step.question.text, language()), "question")
    _large(key_words(step.question, shown.keys[step.lesson.code][step.question.key]), "key", "accent")
    _large(said(step.question.why, language()), "text", "mute")
    _bars(shown, step)


def _notice(_shown: Class, step: Step) -> None:
    _large(t("What to notice"), "text", "mute")
    _large(said(step.lesson.notice, language()), "question")
    if step.lesson.honest_page:
        st.link_button(t("Open the view that tells"), view_link(step.lesson, language(), honest=True), icon=":material/open_in_new:")


def _over(shown: Class, _step: Step) -> None:
    _large(t("That was the last lesson."), "title")
    _ranks(shown)
    classroom.score(shown)


def _ranks(shown: Class) -> None:
    told_ones = len(shown.revealed)
    for name, right, _answered in classroom.ranking(shown, 5) if told_ones else ():
        _large(t("{name}: {right} of {all} right", name=name, right=right, all=told_ones), "text")


_SCREENS = {"lobby": _lobby, "title": _title, "view": _view, "quiz": _quiz, "revealed": _revealed, "notice": _notice, "end": _over}


# --- each at their own pace ------------------------------------------------------------------------------------------------------
def _alone(shown: Class) -> None:
    left, right = st.columns([1.62, 1])
    with left:
        _large(classroom.address(), "text", "mute")
        _large(shown.code, "code", "accent", spaced=True)
        _joined(shown)
        _progress(shown)
    with right:
        classroom.square(shown)
        classroom.score(shown)


@st.fragment(run_every=EVERY)
def _progress(shown: Class) -> None:
    """How many have answered each lesson, and the button that tells its keys."""
    here = view().settings
    now, people = running.find(here, shown.code) or shown, len(running.participants(here, shown.code))
    for lesson in now.lessons:
        line, button = st.columns([1.62, 1], vertical_alignment="center")
        with line:
            _large(said(lesson.title, language()), "line")
            small(safe(t("{n} of {all} have answered", n=running.answered(here, now.code, lesson.code), all=people)), grey=True)
        is_told = all(now.is_revealed(lesson, question) for question in lesson.quiz)
        button.button(t("Told") if is_told else t("Reveal"), key=f"class_reveal_{lesson.code}", disabled=is_told, on_click=_tell, args=(now.code, lesson.code))


def _tell(code: str, lesson: str) -> None:
    with told():
        running.reveal(view().settings, code, lesson)


# --- parts ------------------------------------------------------------------------------------------------------------------------
def _bars(shown: Class, step: Step) -> None:
    here = view().settings
    found = running.counts(here, shown, step.lesson, step.question)
    people, everybody = sum(one.people for one in found), len(running.participants(here, shown.code))
    _large(t("{n} of {all} have answered", n=formats.count(people), all=formats.count(everybody)), "line", "mute")
    is_choice = step.question.kind == "choice"
    rows = [(option_words(step.question, one.answer) if is_choice else one.answer, one.people, one.is_right)
            for one in (found if is_choice else classroom_large.grouped(found))]  # fmt: skip
    if rows:
        st.html(classroom_large.bars(rows, mode()))


def _notes(step: Step) -> None:
    """What the trainer says here; folded, because the class sees this screen too."""
    notes = said(step.lesson.presenter, language()) if step.lesson else ""
    if notes:
        with st.expander(t("Notes for the trainer")):
            st.markdown(safe(notes))


def _large(text: str, size: str, colour: str = "ink", *, spaced: bool = False) -> None:
    if text:
        st.html(classroom_large.words(text, size, mode(), colour, spaced))
