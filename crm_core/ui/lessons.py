"""The shelf of lessons: those that come with the program, those written here, and the class that is started with them."""
from collections.abc import Mapping, Sequence

import streamlit as st

from crm_core import formats, settings
from crm_core.association.texts import said
from crm_core.classroom import running
from crm_core.classroom.keys import sealed
from crm_core.i18n import language, t, tn
from crm_core.records import lessons as records
from crm_core.ui import classroom, lesson_words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import PAGES, filled, panel, small, told
from crm_core.ui.text import safe

PICK = "lesson_pick_"


def shelf() -> list[dict]:
    """Return the lessons of the store that is open, each with its `problems`; a demo without sealed truth is told of once, not on each lesson."""
    return look(records.lesson_list, truths=tuple(truths()) or None)


def truths() -> Mapping[str, Mapping[str, float]]:
    """Return the sealed truths of the demo that is open; the hotel's own store has none."""
    here = view().settings
    return sealed(here) if here.is_demo else {}


def teaches() -> bool:
    """Say whether the visitor leads classes, and so may know the right answers."""
    return view().scope.may("teach")


def heading(rows: Sequence[dict]) -> None:
    """Draw the title of the page, and the way to a class at its right."""
    left, right = st.columns([1.62, 1], vertical_alignment="center")
    with left:
        st.header(safe(lesson_words.title([row["lesson"] for row in rows], _taught(), teaches())), anchor=False)
    with right:
        if teaches() and view().settings.is_demo:
            _to_class(rows)


def _taught() -> dict:
    """When each lesson was taught last, as far as classes are remembered; of the demo only, where classes are."""
    here = view().settings
    if not (teaches() and here.is_demo):
        return {}
    latest = running.latest(here)
    return lesson_words.taught([*running.past(here), *([latest] if latest else [])])


def _to_class(rows: Sequence[dict]) -> None:
    """The way to the class that runs, or the button that begins one with what is picked below."""
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        if running.latest(view().settings):
            st.page_link(PAGES / "classroom.py", label=t("Back to the class"), icon=":material/co_present:")
            return
        picked = [row["lesson"] for row in rows if st.session_state.get(PICK + row["code"])]
        if picked:
            small(safe(lesson_words.minutes(sum(one.minutes for one in picked))), grey=True)
        label = tn("Start a class with {n} lesson", "Start a class with {n} lessons", len(picked), n=formats.count(len(picked))) if picked else t("Start a class")
        if st.button(label, type=filled(), icon=":material/co_present:", key="lessons_class", disabled=not picked, help=t("Choose lessons below first.")):
            st.session_state["class_lessons"] = [one.code for one in picked]
            st.switch_page(PAGES / "classroom.py")


def on_the_demo() -> None:
    """Say what the lessons are told with, where the data that are open are others, or cannot tell their right answers."""
    if not view().settings.is_demo:
        demo_offered()
    elif not truths():
        st.warning(safe(t("The right answers of the lessons are sealed with the demo, and this one has none. Make it anew: python -m crm_core demo")),
                   icon=":material/key_off:")


def demo_offered() -> None:
    """Our own hotel is open: lessons speak of the demo, which one press opens where there is one."""
    why = t("Their questions, views and right answers are those of its guests; your own data stay out of a class")
    with panel(t("Lessons use the demo"), why, height="content"):
        if any(one.is_demo for one in settings.published()):
            st.button(t("Open the demo"), type=filled(), icon=":material/switch_access_2:", key="lessons_demo", on_click=_open_demo)
        else:
            st.markdown(safe(t("There is no demo on this machine yet. It takes a minute or two to make:")))
            st.code("python -m crm_core demo", language="bash")


def _open_demo() -> None:
    st.session_state["store"] = st.query_params["store"] = "demo"


# --- the shelf --------------------------------------------------------------------------------------------------------------------
def shipped(rows: Sequence[dict]) -> None:
    """Draw the lessons that come with the program."""
    _cards([row for row in rows if row["is_shipped"]])


def own(rows: Sequence[dict]) -> None:
    """Draw the lessons that were written here or came with a file, and those that were put away."""
    found = [row for row in rows if not row["is_shipped"]]
    st.subheader(safe(t("Written here or brought in")), anchor=False)
    if not found:
        small(safe(t("None yet. Open any page, choose its filters, and press “Make this a lesson” at its end.")), grey=True)
    _cards(found)
    _put_away()


def _cards(rows: Sequence[dict]) -> None:
    when, fit = _taught(), set(classroom.lessons()) if teaches() and view().settings.is_demo else set()
    with st.grid(3, min_column_width=290, gap="small"):
        for row in rows:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _card(row, when, row["code"] in fit)


def _card(row: dict, when: dict, may_be_taught: bool) -> None:
    lesson = row["lesson"]
    line = f":gray[{safe(row['code'])} · {safe(lesson_words.minutes(lesson.minutes))}]"
    small(line + (f" :green-badge[{safe(t('taught {day}', day=formats.day_month(when[row['code']])))}]" if row["code"] in when else ""))
    st.markdown(f"**{safe(lesson_words.name(lesson))}**")
    small(safe(said(lesson.question, language())))
    _problems(row)
    st.space("stretch")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(PAGES / "lesson.py", label=t("Open"), icon=":material/arrow_forward:", query_params={"lesson": row["code"]})
        if not row["is_shipped"] and view().scope.may("standards"):
            st.button(t("Put away"), type="tertiary", icon=":material/archive:", key=f"lesson_away_{row['code']}", on_click=_move,
                      args=(records.archive_lesson, row))
        if may_be_taught:
            st.checkbox(t("For a class"), key=PICK + row["code"])


def _problems(row: dict) -> None:
    """What no longer fits this program, and what to do."""
    for problem in row["problems"]:
        small(f":orange[:material/warning: {safe(problem)}]")


def _put_away() -> None:
    away = look(records.lesson_list, archived=True)
    if not (away and view().scope.may("standards")):
        return
    with st.expander(tn("{n} lesson put away", "{n} lessons put away", len(away), n=formats.count(len(away)))):
        for row in away:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{safe(row['code'])} · {safe(lesson_words.name(row['lesson']))}")
                st.button(t("Bring back"), type="tertiary", icon=":material/unarchive:", key=f"lesson_back_{row['code']}", on_click=_move,
                          args=(records.restore_lesson, row))


def _move(action, row: dict) -> None:
    with told():
        act(action, id=row["id"], version=row["version"])
