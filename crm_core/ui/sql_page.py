"""The page for questions in SQL: what may be read, the question with examples, and its answer."""
import hashlib
from dataclasses import dataclass

import pandas as pd
import streamlit as st
from pandas.api.types import is_integer_dtype

from crm_core import formats, settings
from crm_core.i18n import N_, t, tn
from crm_core.records.questions import asked_in_sql
from crm_core.sandbox import asking, views
from crm_core.sandbox.child import MEMORY, MOST_ROWS, SECONDS
from crm_core.sandbox.problems import NotAnswered
from crm_core.ui.load import view
from crm_core.ui.parts import downloads, empty, filled, panel, small, table_height
from crm_core.ui.text import safe

SHOWN = 500
GUEST = "guest_id"
KINDS = {"whole": N_("whole number"), "number": N_("number"), "date": N_("date"), "instant": N_("date and time"), "text": N_("text")}
EXAMPLES = (
    (N_("Room nights by month and channel"),
     "SELECT date_trunc('month', night_on)::DATE AS month, channel, sum(sold) AS nights\nFROM nights\nGROUP BY ALL\nORDER BY month, nights DESC"),
    (N_("Cancellations by lead time"),
     "SELECT lead_band, count(*) AS bookings, avg((status = 'cancelled')::INTEGER) AS cancelled\nFROM stays\nGROUP BY lead_band\nORDER BY bookings DESC"),
    (N_("How many guests came how often"),
     "WITH each_guest AS (\n  SELECT guest_id, count(*) AS stays FROM stays WHERE is_stay = 1 AND guest_id IS NOT NULL GROUP BY guest_id\n)\n"
     "SELECT stays, count(*) AS guests FROM each_guest GROUP BY stays ORDER BY stays"),
    (N_("Noise in reviews, by floor"),
     "SELECT floor, count(*) AS mentions, avg((label = 'negative')::INTEGER) AS negative\nFROM mentions\nWHERE aspect = 'noise'\nGROUP BY floor\n"
     "HAVING count(DISTINCT cluster) >= 5\nORDER BY negative DESC"),
)


@dataclass(frozen=True)
class Asked:
    """The last question of a visitor with its answer or the reason why there is none; `place` is the version and view that it was asked of."""

    question: str
    place: str
    answer: asking.Answer | None
    problem: NotAnswered | None


def is_open() -> bool:
    """Say whether questions may be asked here; where the operator has not opened it, say how. Raises NotAllowed without the right."""
    view().scope.require("sql")
    if settings.has_sql():
        return True
    empty(t("Questions in SQL are switched off"),
          t("Whoever runs Innsight can open them to the local user. Questions only read, only what the scope allows, and each is written to the audit."))
    st.code("CRM_SQL=1 make run", language="bash")
    return False


def tables() -> None:
    """Draw the tables that a question may read: choose one, see its grain and columns."""
    offered = {found.name: found for found in views.offered(view().scope)}
    title = tn("{n} table to read", "{n} tables to read", len(offered), n=len(offered))
    with panel(title, t("What Innsight's own pages read. No guest's name or contact is among it."), height="content"):
        name = st.selectbox(t("Table"), list(offered), index=list(offered).index("stays"), key="sql_table")
        chosen = offered[name]
        st.markdown(safe(chosen.grain))
        rows = [{t("Column"): column, t("Kind"): t(KINDS[kind])} for column, kind in chosen.columns]
        st.dataframe(rows, hide_index=True, row_height=34, height=table_height(len(rows)), key="sql_columns")
        small(safe(t("Money is in whole minor units (cents), 1 and 0 say yes and no, guest_id is the number in the link to a guest.")), grey=True)


def editor() -> str:
    """Draw the question with its examples, ask it on the click, and return its text."""
    limits = t("One SELECT. At most {seconds} seconds, {memory} and {rows} rows.", seconds=SECONDS, memory=MEMORY, rows=formats.count(MOST_ROWS))
    with panel(t("Your question"), limits, height="content"):
        # Streamlit forgets a field that another page does not draw: the text is kept beside it.
        st.session_state.setdefault("sql_question", st.session_state.get("sql_kept", EXAMPLES[0][1]))
        question = st.text_area(t("Question in SQL"), key="sql_question", height=230, label_visibility="collapsed")
        st.session_state["sql_kept"] = question
        if st.button(t("Run"), type=filled(), icon=":material/play_arrow:", key="sql_run"):
            _ask(question)
        small(safe(t("Or begin with one of these:")), grey=True)
        with st.container(horizontal=True):
            for place, (label, example) in enumerate(EXAMPLES):
                st.button(t(label), key=f"sql_example_{place}", type="tertiary", icon=":material/edit_note:", on_click=_take, args=(example,))
    return question


def _take(example: str) -> None:
    st.session_state["sql_question"] = example


def _ask(question: str) -> None:
    """Ask once, with one audit row whatever becomes of it, and keep what came back for the runs that follow."""
    shown, waiting = view(), st.empty()
    answer, problem = None, None
    try:
        # Writing the seconds is also where Streamlit ends this run if the visitor leaves: the question ends with it.
        answer = asking.ask(shown.warehouse, shown.scope, question, lambda seconds: waiting.caption(_running(seconds)))
    except NotAnswered as refused:
        problem = refused
    finally:
        digest = hashlib.sha256(question.encode(errors="replace")).hexdigest()[:16]
        asked_in_sql(shown.store, shown.scope, id=digest, rows=len(answer.rows) if answer else 0, answered=int(answer is not None))
    waiting.empty()
    st.session_state["sql_asked"] = Asked(question, _place(), answer, problem)


def _running(seconds: float) -> str:
    return safe(t("Asking … {seconds} s", seconds=int(seconds)))


def _place() -> str:
    shown = view()
    return f"{shown.warehouse.path} {shown.warehouse.version.at} {shown.scope.digest()}"


def answer(question: str) -> None:
    """Draw what came back of the last question."""
    asked: Asked | None = st.session_state.get("sql_asked")
    if asked is None or asked.place != _place():
        return
    if asked.question != question:
        small(safe(t("The question was changed since; below is what came back before.")), grey=True)
    if asked.problem:
        _problem(asked.problem)
    else:
        _rows(asked.answer)


def _problem(problem: NotAnswered) -> None:
    st.error(safe(problem.words()), icon=":material/error:")
    if problem.said:
        st.code(problem.said, language=None, wrap_lines=False)


def _rows(found: asking.Answer) -> None:
    rows, count = found.rows, len(found.rows)
    with panel(tn("{n} row", "{n} rows", count, n=formats.count(count)), _about(found), height="content"):
        if not count:
            st.markdown(safe(t("The question is sound, but no row fits it. Look at its conditions: words are written as in the data, days as '2025-03-31'.")))
            return
        if found.more:
            st.warning(safe(t("There are more rows than may be shown: these are the first {n}. Group them, or narrow the question.", n=formats.count(count))))
        st.dataframe(_linked(rows.head(SHOWN)), hide_index=True, row_height=34, height=table_height(min(count, SHOWN)), key="sql_rows",
                     column_config={GUEST: st.column_config.LinkColumn(GUEST, display_text=r"guest=(\d+)")})
        if count > SHOWN:
            small(safe(t("The first {n} rows are shown; the files hold all of them.", n=formats.count(SHOWN))), grey=True)
        caution = t("Nothing is hidden here: groups of fewer than five guests show as they are. Review an answer before it leaves the house.")
        small(f":orange[:material/warning: {safe(caution)}]")
        downloads("question", list(rows.columns), lambda: list(rows.itertuples(index=False, name=None)))


def _linked(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with each guest's number as a link to the guest, in the store that is shown."""
    if GUEST not in rows or not is_integer_dtype(rows[GUEST].dropna().infer_objects()):
        return rows
    store = view().settings.store
    return rows.assign(**{GUEST: [None if guest is None else f"guest?guest={guest}&store={store}" for guest in rows[GUEST]]})


def _about(found: asking.Answer) -> str:
    version = view().warehouse.version
    return t("in {seconds} s · version {version} · complete before {day}",
             seconds=formats.decimal(found.seconds), version=version.number, day=formats.date(version.as_of))
