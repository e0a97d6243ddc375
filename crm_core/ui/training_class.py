"""A class that has ended, written into the learning records: who of the staff each participant is."""
import datetime as dt

import streamlit as st

from crm_core import formats
from crm_core.classroom import running
from crm_core.classroom.running import Class
from crm_core.classroom.sheet import sheet, totals
from crm_core.i18n import t, tn
from crm_core.records import staff as records
from crm_core.ui import training_words as words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import PAGES, panel, small, told
from crm_core.ui.text import plain, safe

NOBODY = 0


def card() -> None:
    """Choose a class, say who its participants are, and write down what each got right of every lesson."""
    with panel(t("Write a class into the records"), t("Its score sheet, person by person"), height="content"):
        if noted := st.session_state.pop("class_noted", None):
            st.success(safe(noted), icon=":material/check:")
        ended = {one.code: one for one in running.past(view().settings)}
        people = look(records.people)
        if not ended or not people:
            _nothing(bool(ended))
            return
        code = st.selectbox(t("Class"), list(ended), format_func=lambda one: _called(ended[one]), key="note_class")
        _note(ended[code], people)


def _nothing(has_class: bool) -> None:
    said = t("Write down who works here first.") if has_class else t("No class has ended in the last days. Its score sheet can be written down here afterwards.")
    small(safe(said), grey=True)
    if not has_class:
        st.page_link(PAGES / "classroom.py", label=t("Class"), icon=":material/co_present:")


def _called(of: Class) -> str:
    return f"{of.started_at[:10]} · {plain(of.title) or of.code}"


def _note(of: Class, people: list[dict]) -> None:
    joined = totals(view().settings, of)
    if not joined:
        small(safe(t("Nobody joined this class.")), grey=True)
        return
    names = {NOBODY: t("Nobody of ours")} | {row["id"]: " · ".join((plain(row["name"]), plain(row["property"]))) for row in people}
    with st.form(f"note_{of.code}", border=False, enter_to_submit=False):
        chosen = {}
        with st.grid(3, min_column_width=230, gap="small"):
            for one in joined:
                label = t("{name} · {right} right of {n}", name=safe(one.name), right=formats.count(one.right), n=formats.count(len(of.questions)))
                match = words.matched(one.name, people) or NOBODY
                chosen[one.number] = st.selectbox(label, list(names), index=list(names).index(match), format_func=names.get, key=f"note_{of.code}_{one.number}")
        small(safe(t("Who bears a name of the staff is proposed. A result of the same person, lesson and day is replaced.")), grey=True)
        if st.form_submit_button(t("Write it down"), icon=":material/edit_note:"):
            with told():
                _write(of, {number: person for number, person in chosen.items() if person != NOBODY})


def _write(of: Class, people: dict[int, int]) -> None:
    """Write each lesson's results, for everybody who is somebody."""
    scored = words.scored(sheet(view().settings, of), {lesson.code: len(lesson.quiz) for lesson in of.lessons})
    noted = 0
    for lesson, results in scored.items():
        rows = [{"staff_id": people[number], "right_answers": right, "questions": questions}
                for number, (right, questions) in results.items() if number in people]  # fmt: skip
        if rows:
            noted += act(records.note_class, lesson=lesson, on_day=_day(of), class_code=of.code, results=rows)
    st.session_state["class_noted"] = tn("{n} result was written down.", "{n} results were written down.", noted, n=formats.count(noted))
    st.rerun()


def _day(of: Class) -> dt.date:
    """The day of the class; in the demo, whose days stand still, its as-of day at the latest."""
    held = dt.date.fromisoformat(of.started_at[:10])
    return min(held, view().scope.as_of) if view().settings.is_demo else held
