"""The editor of a lesson: its words in every language, its views, its quiz, and how it will look."""
from collections.abc import Callable, Mapping

import streamlit as st

from crm_core import views
from crm_core.association import lessons as forms
from crm_core.association.lessons import LONGEST_LESSON, BadLesson
from crm_core.i18n import LANGUAGES, N_, SOURCE, language, t
from crm_core.records import lessons as records
from crm_core.records.registry import Refused, Stale
from crm_core.ui import keeping_words, lesson, lesson_draft, lesson_files, lesson_quiz, lesson_quiz_edit, lesson_words, lessons, standing
from crm_core.ui.lesson_draft import Draft
from crm_core.ui.lesson_fields import field, spoken
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import PAGES, filled, panel, small
from crm_core.ui.text import safe

NOT_YET = {"title": N_("title"), "question": N_("question"), "notice": N_("what to notice"), "hints": N_("hints"), "presenter": N_("notes for the trainer"),
           "quiz": N_("quiz")}
SIDES = {"write": N_("Write"), "preview": N_("Preview")}
SHOWN = "lesson_draft"  # where the session keeps what is being written


def is_open(row: Mapping | None) -> bool:
    """Say whether the address asks for the editor: of a view that was handed on, of a lesson that was written here, or of a copy of one."""
    return _wanted(row) is not None


def _wanted(row: Mapping | None) -> Callable[[], Draft] | None:
    asked, may = st.query_params, view().scope.may("standards")
    if row and may and "edit" in asked and not row["is_shipped"]:
        return lambda: lesson_draft.of_row(row)
    if row and may and "copy" in asked and lessons.teaches():  # a copy bears the right answers
        return lambda: lesson_draft.from_lesson(row["lesson"], _taken())
    handed = standing.handed() if may else None
    return (lambda: lesson_draft.from_view(handed, _taken())) if handed else None


def _taken() -> list[str]:
    return [row["code"] for away in (False, True) for row in look(records.lesson_list, archived=away)]


def editor(row: Mapping | None) -> None:
    """Draw the editor of what the address asks for; what was typed is kept for the session, until it is saved or another one is begun."""
    draft = _begun(row)
    st.page_link(PAGES / "lessons.py", label=t("All lessons"), icon=":material/arrow_back:")
    left, right = st.columns([1.62, 1], vertical_alignment="center")
    left.header(t("A new lesson") if draft.id is None else safe(t("Change lesson {code}", code=draft.form["code"])), anchor=False)
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        side = st.segmented_control(t("Shown"), list(SIDES), default="write", format_func=lambda one: t(SIDES[one]), required=True, key="lesson_side",
                                    label_visibility="collapsed")
    (_write if side == "write" else _preview)(draft)


def _begun(row: Mapping | None) -> Draft:
    fresh = _wanted(row)()
    kept = st.session_state.get(SHOWN)
    if kept is None or kept.of != fresh.of:
        fresh.turn = st.session_state["lesson_turn"] = st.session_state.get("lesson_turn", 0) + 1
        st.session_state[SHOWN] = kept = fresh
    return kept


def _write(draft: Draft) -> None:
    left, right = st.columns([1.62, 1])
    with left:
        _words(draft)
        lesson_quiz_edit.quiz(draft, spoken())
    with right:
        _views(draft)
        _facts(draft)
    _saving(draft)


# --- words ------------------------------------------------------------------------------------------------------------------------
def _languages() -> None:
    st.session_state.setdefault("lesson_words_in", language())
    st.segmented_control(t("Words in"), list(LANGUAGES), format_func=LANGUAGES.get, key="lesson_words_in", required=True, label_visibility="collapsed")


def _words(draft: Draft) -> None:
    with panel(t("Words"), t("English is needed: it is shown wherever you wrote no other language"), _languages, height="content"):
        in_ = spoken()
        for name, label, height in (("title", t("Title, best as a question"), None), ("question", t("What is asked, and what the view seems to say"), 110),
                                    ("notice", t("What to notice: what the view hides, and what is true"), 110)):
            draft.write(name, in_, field(draft, name, label, draft.words(name, in_), draft.words(name, SOURCE), height))
        draft.write_hints(in_, field(draft, "hints", t("Hints, one on each line"), draft.hints(in_), draft.hints(SOURCE), 110))
        notes = t("Notes for the trainer: before, how to run it, the common wrong answer, the moral")
        draft.write("presenter", in_, field(draft, "presenter", notes, draft.words("presenter", in_), draft.words("presenter", SOURCE), 150))
        if lone := lesson_draft.missing(draft.form, in_):
            small(safe(t("Not written in {language} yet: {fields}.", language=LANGUAGES[in_], fields=", ".join(t(NOT_YET[one]) for one in lone))), grey=True)


# --- views, code, length ----------------------------------------------------------------------------------------------------------
def _views(draft: Draft) -> None:
    with panel(t("Its views"), t("Open a view in another tab, choose its filters, and paste its address here"), height="content"):
        for honest, label in ((False, t("The view that it begins with")), (True, t("The view that tells the truth, if another"))):
            _view(draft, honest, label)


def _view(draft: Draft, honest: bool, label: str) -> None:
    key, before = f"write{draft.turn}_view_{honest}", draft.view(honest)
    st.session_state.setdefault(key, lesson_words.address(before) if before else "")
    found = lesson_words.view_of(st.text_input(label, key=key, max_chars=4_000) or "", _names())
    draft.look_at(found, honest)
    if found and lesson_words.is_there(found):
        small(safe(keeping_words.proposed(found)), grey=True)
    for problem in views.problems(found) if found else ():
        small(f":orange[:material/warning: {safe(problem)}]")


def _names() -> views.Names:
    """What the codes of an address are called, as the filters write them into it."""
    places, channels = load("properties", view().whole), load("channels", view().whole)
    return {"properties": places.set_index("property_id")["name"].to_dict(), "channels": channels.set_index("channel")["name"].to_dict(),
            "among": {one["id"]: one["name"] for one in view().saved}}


def _facts(draft: Draft) -> None:
    with panel(t("Length and code"), height="content"):
        st.session_state.setdefault(f"write{draft.turn}_minutes", int(draft.form["minutes"]))
        draft.form["minutes"] = st.number_input(t("Minutes"), 1, LONGEST_LESSON, key=f"write{draft.turn}_minutes", step=5)
        st.session_state.setdefault(f"write{draft.turn}_code", draft.form["code"])
        draft.form["code"] = st.text_input(t("Code, for links and files"), key=f"write{draft.turn}_code", max_chars=40, disabled=draft.id is not None) or ""


# --- looking and saving -----------------------------------------------------------------------------------------------------------
def _preview(draft: Draft) -> None:
    """Draw the lesson as others will see it, in the language of the interface."""
    try:
        made = forms.parse(draft.said())
    except BadLesson as problem:
        lesson_files.problems(problem.problems, t("Still to be done:"))
        return
    row = {"code": made.code, "lesson": made, "is_shipped": False, "problems": []}
    st.subheader(safe(lesson_words.name(made)), anchor=False)
    lesson.question(row)
    left, right = st.columns([1.62, 1])
    with left:
        lesson_quiz.quiz(row)
    with right:
        lesson.notice(row)
        lesson_quiz.answers(made)
        lesson.presenter(made)


def _saving(draft: Draft) -> None:
    with st.container(horizontal=True):
        is_asked = st.button(t("Save the lesson"), type=filled(), icon=":material/check:", key="lesson_save")
        st.button(t("Throw away what I wrote"), type="tertiary", key="lesson_discard", on_click=lambda: st.session_state.pop(SHOWN, None))
    if is_asked:
        _save(draft)


def _save(draft: Draft) -> None:
    try:
        if draft.id is None:
            act(records.save_lesson, form=draft.said())
        else:
            act(records.change_lesson, id=draft.id, version=draft.version, form=draft.said())
    except Refused as problem:
        lesson_files.problems([t(one) for one in str(problem).split("\n")], t("Not saved yet. What you wrote is kept:"))
    except Stale as problem:
        draft.version = problem.current["version"]
        st.warning(safe(t("Somebody else changed this lesson while you were writing. Yours is still here: save again, and it takes the place of theirs.")),
                   icon=":material/sync_problem:")
    else:
        _saved(draft)


def _saved(draft: Draft) -> None:
    st.session_state.pop(SHOWN, None)
    st.query_params.from_dict({"lesson": draft.form["code"]})
    st.toast(t("Saved."), icon=":material/check:")
    st.rerun()
