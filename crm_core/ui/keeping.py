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
from crm_core.ui import drawer, keeping_words, standing
from crm_core.ui.load import Question, act, asked, load, look, view
from crm_core.ui.parts import filled, small, table_height, told
from crm_core.ui.text import plain, safe

FIRST_BOARD = "My Monday"


def row(has_filters: bool) -> None:
    """Draw what can be kept of the page: of pages with filters the view, of every page that asked something the queries."""
    questions, may = asked(), view().scope.may
    if not questions:
        return
    with st.container(horizontal=True, gap="medium"):
        if has_filters and may("view"):
            if st.button(t("Save this view"), type="tertiary", icon=":material/bookmark_add:", key="keep_view"):
                _save()
            if st.button(t("Note on the time axis"), type="tertiary", icon=":material/edit_calendar:", key="keep_note"):
                note()
        if has_filters and may("standards"):
            standing.lesson_link(t("Make this a lesson"), icon=":material/school:")
        if st.button(t("Queries of this page"), type="tertiary", icon=":material/code:", key="keep_queries"):
            _queries(questions)


def _save() -> None:
    shown = standing.here()

    @st.dialog(t("Save this view"))
    def _dialog() -> None:
        small(safe(said(shown)), grey=True)
        name = st.text_input(t("Name"), keeping_words.proposed(shown), key="keep_name", max_chars=LONGEST_NAME)
        noted = st.text_area(t("Note"), key="keep_note_text", max_chars=LONGEST_NOTE, height=80, placeholder=t("What to look for, and why"))
        there = look(boards_.boards, view().whole)
        names = {None: t("No board"), **{one["id"]: plain(one["name"]) for one in there}, **({} if there else {0: t(FIRST_BOARD)})}
        board = st.selectbox(t("Board"), list(names), index=1, format_func=names.get, key="keep_board")
        if st.button(t("Save"), type=filled(), key="keep_save"):
            with told():
                made = act(save_view, view().whole, name=name or "", page=shown.page, params=dict(shown.params), note=noted or "")
                _put_on(board, made)
                st.toast(t("Saved: page Boards."), icon=":material/check:")
                st.rerun()

    _dialog()


def _put_on(board: int | None, made: int) -> None:
    """Put a new view on a board; 0 stands for the first board, which is begun with it."""
    if board is None:
        return
    number = board or act(boards_.save_board, view().whole, name=t(FIRST_BOARD))
    card = look(boards_.board_card, view().whole, id=number)
    act(boards_.add_to_board, view().whole, id=number, version=card["version"] if card else 0, view_id=made)


def said(shown) -> str:
    """Return in one line what a view counts."""
    places = load("properties", view().whole).set_index("property_id")["name"].to_dict()
    channels = load("channels", view().whole).set_index("channel")["name"].to_dict()
    return keeping_words.filters_said(shown, places, channels, {one["id"]: one["name"] for one in view().saved})


# --- notes on the time axis -------------------------------------------------------------------------------------------------------
def note() -> None:
    """Open the small form that notes something beside a time axis."""

    @st.dialog(t("Note on the time axis"))
    def _dialog() -> None:
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
                st.toast(t("Noted."), icon=":material/check:")
                st.rerun()

    _dialog()


# --- queries of the page ----------------------------------------------------------------------------------------------------------
def _queries(questions: tuple[Question, ...]) -> None:
    @st.dialog(t("Queries of this page"), width="large", position="right")
    def _drawer() -> None:
        small(safe(tn("{n} question to the warehouse; choose one to see its statements.",
                      "{n} questions to the warehouse; choose one to see its statements.", len(questions))), grey=True)
        table = pd.DataFrame([(one.name, meaning(one.name), parameters(one)) for one in questions], columns=[t("Query"), t("What it answers"), t("Parameters")])
        picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 9), key="keep_asked", on_select="rerun",
                              selection_mode="single-row", alt=t("Queries of this page")).selection.rows
        if picked and picked[0] < len(questions):
            one = questions[picked[0]]
            st.markdown(f"**{safe(one.name)}**  \n:small[{safe(meaning(one.name))}]")
            drawer.written(statements_of(one.warehouse, one.scope, one.name, **dict(one.params)), expanded=True)

    _drawer()


def meaning(name: str) -> str:
    """Return what the rows of a query are: the first line of its own words."""
    return (inspect.getdoc(QUERIES[name].run) or "").split("\n", 1)[0]


def parameters(one: Question) -> str:
    """Return a question's own parameters; those of the filters are the same for all."""
    return plain(" · ".join(f"{name} = {value}" for name, value in one.params))[:300]
