"""The page of decisions: what came of those whose day has come, what still runs, and what was learnt."""
import streamlit as st

from crm_core import formats
from crm_core.charts import interval
from crm_core.i18n import t, tn
from crm_core.metrics import CATALOGUE, Metric
from crm_core.records import decisions as records
from crm_core.reports.outcomes import FILTERS, outcome
from crm_core.telling import decisions as verdicts
from crm_core.telling.figures import axis_text
from crm_core.ui import decisions_words as words
from crm_core.ui import standing
from crm_core.ui.keeping_names import Names
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import PAGES, chart, downloads, empty, filled, mode, panel, small, table_height, told
from crm_core.ui.text import plain, safe
from crm_core.views import View

COLUMNS = ("was", "expected", "came")


def rows() -> list[dict]:
    """Return the decisions in sight, those due first at the top; where there are none, the page says how one comes about."""
    found = look(records.decisions, view().whole)
    if not found:
        empty(t("No decision is written down yet"), t("Open any figure by its name, choose “Decide”, and say what you will do and what you expect by when: "
                                                      "on that day the figure comes back beside it."))
    return found


def is_due(row: dict) -> bool:
    """Whether a decision waits for somebody: its figure is to be read, or what was learnt to be said."""
    return row["closed_at"] is None and (row["state"] == "read" or row["due_on"] <= view().scope.as_of)


def line() -> None:
    """One line for the briefing where decisions wait; nothing else."""
    waiting = sum(map(is_due, look(records.decisions, view().whole)))
    if waiting:
        text, link = st.columns([6, 1.5], vertical_alignment="center")
        text.markdown(f":orange[:material/flag:] {safe(tn('{n} decision is due: see what came of it.', '{n} decisions are due: see what came of them.', waiting))}")
        link.page_link(PAGES / "decisions.py", label=t("Decisions"), icon=":material/arrow_forward:", icon_position="right", width="stretch")


# --- whose day has come -----------------------------------------------------------------------------------------------------------
def due(found: list[dict]) -> None:
    """The decisions that wait, each with what came of it beside what was expected."""
    waiting = [row for row in found if is_due(row)]
    for place, row in enumerate(waiting):
        _outcome(row, is_first=place == 0)


def _outcome(row: dict, is_first: bool) -> None:
    k = CATALOGUE.get(row["kpi"])
    code = verdicts.read(k, row, view().scope.as_of) if k else "few"
    is_read = k and row["state"] == "read"
    title = t("{figure}: {verdict}", figure=t(k.name), verdict=verdicts.said(code)) if is_read else t("To be read: {figure}", figure=_name(row))
    with panel(title, _said(row), height="content"):
        left, right = st.columns([1.35, 1])
        with left:
            st.markdown(f"**{safe(row['will_do'])}**")
            if k:
                st.markdown(safe(words.sentence(k, row, view().currency)))
                _picture(k, row, code, title)
        with right:
            (_close if row["state"] == "read" else _read)(row, is_first)


def _name(row: dict) -> str:
    return t(CATALOGUE[row["kpi"]].name) if row["kpi"] in CATALOGUE else row["kpi"]


def _said(row: dict) -> str:
    days = t("{first} to {last}", first=formats.date(row["from_on"]), last=formats.date(row["due_on"]))
    return " · ".join(filter(None, (row["owner"], days, Names().said(row["view"], days=False))))


def _picture(k: Metric, row: dict, code: str, title: str) -> None:
    """Before, expected and what came as three rows, those that are not known left out."""
    named = {"was": t("Before"), "expected": t("Expected"), "came": t("Came")}
    there = [name for name in COLUMNS if row[name] is not None]
    if len(there) < 2:
        return
    ends = [[row.get(f"{name}_{end}") if row.get(f"{name}_{end}") is not None else row[name] for name in there] for end in ("low", "high")]
    tones = [verdict_tone(code) if name == "came" else "line" for name in there]
    drawn = interval.forest(mode(), [named[name] for name in there], [row[name] for name in there], *ends,
                            [words.number(k, row, name, view().currency) for name in there], tones=tones, say=lambda v: axis_text(k, v, view().currency))
    chart(drawn, title, key=f"decision_{row['id']}")


def verdict_tone(code: str) -> str:
    """Return the token of the chart in which what came is drawn: colour is a claim, so only where there is a verdict."""
    return words.TONES.get(code, "accent")


def _read(row: dict, is_first: bool) -> None:
    """Its day has come and nobody has read the figure: usually the refresh does."""
    small(safe(t("The day has come. The figure is read with every refresh; here it can be read at once.")), grey=True)
    if view().scope.may("view") and st.button(t("Read the figure"), key=f"decision_{row['id']}_read", type=filled() if is_first else "secondary"):
        with told():
            try:
                came = outcome(Names().source, row)
            except ValueError as problem:
                st.warning(safe(t("What this decision names is no longer here: {problem}", problem=str(problem))), icon=":material/link_off:")
                return
            _do(records.read_outcome, row, came=came.value, low=came.low, high=came.high, n=came.n)


def _close(row: dict, is_first: bool) -> None:
    small(safe(t(verdicts.CAUTION)), grey=True)
    if not view().scope.may("view"):
        return
    learnt = st.text_area(t("What was learnt?"), key=f"decision_{row['id']}_{row['version']}_learnt", max_chars=records.LONGEST, height=100)
    if st.button(t("Close"), key=f"decision_{row['id']}_close", icon=":material/check:", type=filled() if is_first else "secondary"):
        _do(records.close_decision, row, learnt=learnt or "")


def _do(action, row: dict, **values) -> None:
    with told():
        act(action, view().whole, id=row["id"], version=row["version"], **values)
        st.rerun()


# --- what still runs --------------------------------------------------------------------------------------------------------------
def running(found: list[dict]) -> None:
    """The decisions whose day lies ahead."""
    ahead = [row for row in found if row["state"] == "open" and not is_due(row)]
    if not ahead:
        return
    with panel(tn("{n} decision is under way", "{n} decisions are under way", len(ahead)), t("The nearest day first"), height="content"):
        for row in ahead:
            _ahead(row)


def _ahead(row: dict) -> None:
    k, names = CATALOGUE.get(row["kpi"]), Names()
    figure = f"{_name(row)}: {words.sentence(k, row, view().currency)}" if k else _name(row)
    below = " · ".join(filter(None, (words.ahead(row, view().scope.as_of), formats.date(row["due_on"]), row["owner"])))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{safe(row['will_do'])}**  \n:small[{safe(figure)}]  \n:small[:gray[{safe(below)}]]", width="stretch")
        if k:
            filters = {key: value for key, value in row["view"].params.items() if key in FILTERS}
            standing.link(View("figure", {"kpi": k.key, **filters}), t("Figure"), names.by_parameter, icon=":material/arrow_forward:", icon_position="right")
        if view().scope.may("view"):
            _more(row)


def _more(row: dict) -> None:
    with st.popover("", icon=":material/more_horiz:", type="tertiary", help=t("More"), key=f"decision_{row['id']}_more"):
        key = f"decision_{row['id']}_{row['version']}"
        will = st.text_area(t("What will be done"), row["will_do"], key=f"{key}_do", max_chars=records.LONGEST, height=80)
        owner = st.text_input(t("Who"), row["owner"], key=f"{key}_owner", max_chars=records.LONGEST_OWNER)
        if st.button(t("Save"), key=f"{key}_save"):
            _do(records.change_decision, row, will_do=will or "", owner=owner or "")
        why = st.text_input(t("Or give it up, because"), key=f"{key}_why", max_chars=records.LONGEST)
        if st.button(t("Give up"), key=f"{key}_drop", disabled=not why):
            _do(records.drop_decision, row, why=why or "")


# --- what was learnt --------------------------------------------------------------------------------------------------------------
def ended(found: list[dict]) -> None:
    """The decisions that are closed or were given up, with what was learnt, and all of them as a file."""
    done = [row for row in found if row["closed_at"] is not None][::-1]
    if not found:
        return
    title = tn("{n} decision has ended", "{n} decisions have ended", len(done)) if done else t("No decision has ended yet")
    with panel(title, t("What came, and what was learnt"), height="content"):
        if done:
            st.dataframe(dict(zip(headings(), zip(*map(cells, done), strict=True), strict=True)), hide_index=True, row_height=34,
                         height=table_height(len(done)), alt=title)
        downloads("decisions", headings(), lambda: [cells(row) for row in found])


def headings() -> list[str]:
    """Return the columns of the table."""
    return [t("What was done"), t("Figure"), t("Who"), t("From"), t("By when"), t("Before"), t("Expected"), t("Came"), t("Verdict"), t("Learnt")]


def cells(row: dict) -> tuple:
    """Return a decision as a row of the table."""
    k = CATALOGUE.get(row["kpi"])
    numbers = [words.number(k, row, name, view().currency) if k else formats.DASH for name in COLUMNS]
    verdict = t("given up") if row["state"] == "dropped" else verdicts.said(verdicts.read(k, row, view().scope.as_of)) if k else formats.DASH
    days = formats.date(row["from_on"]), formats.date(row["due_on"])
    return plain(row["will_do"]), _name(row), plain(row["owner"]), *days, *numbers, verdict, plain(row["learnt"])
