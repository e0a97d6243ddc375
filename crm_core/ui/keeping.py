"""The row at the end of a page that keeps what it shows: as a saved view, a lesson, a note on the time axis, or in SQL."""
import inspect

import pandas as pd
import streamlit as st

from crm_core import jobs
from crm_core.i18n import t, tn
from crm_core.queries import QUERIES
from crm_core.queries.sql import statements_of
from crm_core.records import boards as boards_
from crm_core.records.annotations import LONGEST, annotate
from crm_core.records.kept import LONGEST_NOTE
from crm_core.records.segments import LONGEST_NAME
from crm_core.records.views import save_view
from crm_core.schema import ANNOTATION_KINDS
from crm_core.ui import boards_words, drawer, keeping_words, standing
from crm_core.ui.keeping_names import Names
from crm_core.ui.load import Question, act, asked, load, look, view
from crm_core.ui.parts import filled, small, table_height, told
from crm_core.ui.text import plain, safe


def row(has_filters: bool) -> None:
    """Draw what can be kept of the page: of pages with filters the view, of every page that asked something the queries."""
    questions, may = asked(), view().scope.may
    if not questions:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if has_filters and may("view"):
            _opener("view", t("Save this view"), ":material/bookmark_add:")
            _opener("note", t("Note on the time axis"), ":material/edit_calendar:")
        if has_filters and may("standards"):
            standing.lesson_link(t("Make this a lesson"), icon=":material/school:")
        _opener("queries", t("Queries of this page"), ":material/code:")
    _opened(questions)


def _opener(kind: str, label: str, icon: str) -> None:
    st.button(label, type="tertiary", icon=icon, key=f"keep_{kind}", on_click=_open, args=(kind,))


def _open(kind: str) -> None:
    st.session_state["keeping"] = (kind, standing.here().page)


def _close() -> None:
    st.session_state.pop("keeping", None)


def _opened(questions: tuple[Question, ...]) -> None:
    """Open over the page what was asked for, until it is closed or the page is left."""
    kind, page = st.session_state.get("keeping") or ("", "")
    if page != standing.here().page:
        _close()
    elif kind == "view":
        st.dialog(t("Save this view"), on_dismiss=_close)(_save)()
    elif kind == "note":
        st.dialog(t("Note on the time axis"), on_dismiss=_close)(_note)()
    elif kind == "queries":
        st.dialog(t("Queries of this page"), width="large", position="right", on_dismiss=_close)(lambda: _queries(questions))()


def _done(said: str) -> None:
    _close()
    st.toast(said, icon=":material/check:")
    st.rerun()


def _save() -> None:
    shown = standing.here()
    small(safe(Names().said(shown)), grey=True)
    name = st.text_input(t("Name"), keeping_words.proposed(shown) or standing.title(), key="keep_name", max_chars=LONGEST_NAME)
    noted = st.text_area(t("Note"), key="keep_note_text", max_chars=LONGEST_NOTE, height=80, placeholder=t("What to look for, and why"))
    there = look(boards_.boards, view().whole)
    names = {"": t("No board"), **{one["id"]: plain(one["name"]) for one in there}, **({} if there else {0: t(boards_words.FIRST_BOARD)})}
    board = st.selectbox(t("Board"), list(names), index=1, format_func=names.get, key="keep_board")
    if st.button(t("Save"), type=filled(), key="keep_save"):
        with told():
            made = act(save_view, view().whole, name=name or "", page=shown.page, params=dict(shown.params), note=noted or "")
            _put_on(board, made)
            _done(t("Saved: page Boards."))


def _put_on(board: int | str, made: int) -> None:
    """Put a new view on a board; 0 stands for the first board, which is begun with it."""
    if board == "":
        return
    number = board or act(boards_.save_board, view().whole, name=t(boards_words.FIRST_BOARD))
    card = look(boards_.board_card, view().whole, id=number)
    act(boards_.add_to_board, view().whole, id=number, version=card["version"] if card else 0, view_id=made)


# --- notes on the time axis -------------------------------------------------------------------------------------------------------
def _note() -> None:
    small(safe(t("What a chart by day, week or month cannot know: it stands beside its line on the page Explore.")), grey=True)
    places = load("properties", view().whole).set_index("property_id")["name"].to_dict()
    place = st.selectbox(t("Property"), list(places), format_func=lambda one: plain(places[one]), key="annotate_property")
    left, right = st.columns(2)
    begins = left.date_input(t("Day"), view().scope.as_of, key="annotate_on", format="YYYY-MM-DD")
    ends = right.date_input(t("Last day, if several"), None, key="annotate_until", format="YYYY-MM-DD")
    kind = st.selectbox(t("Kind"), list(ANNOTATION_KINDS), format_func=lambda one: t(keeping_words.ANNOTATIONS[one]), key="annotate_kind")
    words = st.text_input(t("In a few words"), key="annotate_said", max_chars=LONGEST)
    if st.button(t("Save"), type=filled(), key="annotate_save"):
        with told():
            act(annotate, view().whole, property_id=place, on_day=begins, until_on=ends, kind=kind, said=words or "")
            jobs.start_refresh(view().settings)
            _done(t("Noted."))


# --- queries of the page ----------------------------------------------------------------------------------------------------------
def _queries(questions: tuple[Question, ...]) -> None:
    small(safe(tn("{n} question to the warehouse; choose it to see its statements.",
                  "{n} questions to the warehouse; choose one to see its statements.", len(questions))), grey=True)
    table = pd.DataFrame([(one.name, meaning(one.name), parameters(one)) for one in questions], columns=[t("Query"), t("What it answers"), t("Parameters")])
    picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 9), key="keep_asked", on_select="rerun",
                          selection_mode="single-row", alt=t("Queries of this page")).selection.rows
    if picked and picked[0] < len(questions):
        one = questions[picked[0]]
        st.markdown(f"**{safe(one.name)}**  \n:small[{safe(meaning(one.name))}]")
        drawer.written(statements_of(one.warehouse, one.scope, one.name, **dict(one.params)), expanded=True)


def meaning(name: str) -> str:
    """Return what the rows of a query are: the first line of its own words."""
    return (inspect.getdoc(QUERIES[name].run) or "").split("\n", 1)[0]


def parameters(one: Question) -> str:
    """Return a question's own parameters; those of the filters are the same for all."""
    return plain(" · ".join(f"{name} = {value}" for name, value in one.params))[:300]
