"""The cards of training: which certificates hold in which house, whose are due, and who works here."""
import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars
from crm_core.i18n import N_, t
from crm_core.records import hotel
from crm_core.records import staff as records
from crm_core.records.staff import Reminder
from crm_core.schema import HOTEL_DEPARTMENTS
from crm_core.telling import case_words
from crm_core.ui import tiles
from crm_core.ui import training_words as words
from crm_core.ui.filters import one
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import PAGES, chart, downloads, empty, mode, panel, small, table_height, told
from crm_core.ui.text import plain, safe

KEYS = ("certificates_valid", "certificates_expiring_90d")
MAY = "standards"  # who may see the people; everybody who reads sees how many certificates hold
ANY = "any"
STAYING = {"here": N_("Work here"), "gone": N_("Have left")}
PAGE_ROWS = 50


def anything() -> bool:
    """Say whether anybody is on the staff of the chosen properties, or somebody must have a certificate there."""
    if view().scope.may(MAY) and (look(records.people) or look(records.people, gone=True)):
        return True
    return not _by_property().empty


def nothing() -> None:
    """The page of a house whose staff is not known: how people come in."""
    why = t("Write down who works here, or bring in a list of people and their certificates: then this page says which certificates hold and which run out.")
    empty(t("Nobody on the staff is written down yet"), why)
    st.page_link(PAGES / "data.py", label=t("Bring files in"), icon=":material/upload:")
    if view().scope.may(MAY):
        add()


def _by_property() -> pd.DataFrame:
    found = load("kpi_values", keys=KEYS[:1], by="property")
    return found[(found["period"] == "now") & found["group"].notna() & (found["denominator"] > 0)]


def places() -> dict[int, str]:
    """Return the chosen properties by id."""
    return {int(row.property_id): plain(row.name) for row in load("properties")[["property_id", "name"]].itertuples(index=False)}


# --- how many hold ----------------------------------------------------------------------------------------------------------------
def compliance() -> None:
    """The two figures, and beside them how much of what it must have each house has."""
    left, right = st.columns([1, 1.62])
    with left:
        tiles.kpi_row(KEYS, columns=2)
    with right:
        _houses()


def _houses() -> None:
    found, names = _by_property(), places()
    title = words.compliance_title(found, names)
    with panel(title, t("Valid certificates, of those that people must have for their department")):
        if found.empty:
            small(safe(t("No course that is offered is asked of anybody who works here.")), grey=True)
            return
        labels = [names.get(int(group), t("Not known")) for group in found["group"]]
        texts = [formats.percent(value) for value in found["value"]]
        notes = [formats.n_of(round(row.numerator), round(row.denominator)) for row in found.itertuples()]
        least = labels[found["value"].tolist().index(found["value"].min())]
        accent = [least] if found["value"].min() < 1 and len(found) > 1 else []
        chart(bars.bars(mode(), labels, found["value"], texts, accent, notes=notes), title, key="compliance")


# --- whose are due ------------------------------------------------------------------------------------------------------------------
def department() -> str | None:
    """Draw the filter by department, which narrows both lists of people, and return the one that is chosen."""
    with st.columns([1.62, 1])[1]:
        chosen = one("department", t("Department"), {ANY: N_("Any department")} | {k: v for k, v in case_words.DEPARTMENTS.items() if k})
    return None if chosen == ANY else chosen


def due(at: str | None) -> None:
    """What has expired, was never earned or ends soon, whose it is, and the list as a file to remind from."""
    found = look(records.reminders, department=at)
    title = words.due_title(found)
    with panel(title, t("What the courses ask of departments, at {day} · the worst first", day=formats.date(view().scope.as_of)), height="content"):
        if not found:
            small(safe(t("Everybody holds what the work asks for, and for 90 days more.")), grey=True)
            return
        page, shown = _page("due", found)
        coloured = _due_table(shown).assign(**{t("State"): [[t(words.DUE[one.state])] for one in shown]})
        picked = st.dataframe(coloured, hide_index=True, row_height=34, height=table_height(len(shown), 10), key=f"due_{page}", on_select="rerun",
                              selection_mode="single-row", alt=title, column_config=_widths()).selection.rows
        _below("due", len(found), page, [shown[i].staff_id for i in picked if i < len(shown)])
        downloads("training-due", list(_due_table(found[:1])), lambda: list(_due_table(found).itertuples(index=False, name=None)))


def _due_table(found: list[Reminder]) -> pd.DataFrame:
    return pd.DataFrame({
        t("State"): [t(words.DUE[one.state]) for one in found], t("Name"): [plain(one.name) for one in found],
        t("Course"): [words.course_name(one.course) for one in found], t("Ends on"): [_day(one.expires_on) for one in found],
        t("Department"): [case_words.coded("department", one.department) for one in found], t("Property"): [plain(one.property) for one in found]})


def _widths() -> dict:
    """How the columns of what is due are drawn: the state as a badge in its colour."""
    states = st.column_config.MultiselectColumn(width=160, options=[t(words.DUE[state]) for state in words.DUE],
                                                color=[words.TONES[state] for state in words.DUE])
    return {t("State"): states, t("Name"): st.column_config.Column(width=170), t("Ends on"): st.column_config.Column(width=110)}


def _day(on: dt.date | None) -> str:
    return formats.date(on) if on else formats.DASH


def _page(key: str, rows: list) -> tuple[int, list]:
    """The page of a list that is open, and its rows."""
    pages = -(-len(rows) // PAGE_ROWS)
    page = max(1, min(st.session_state.get(f"page_{key}") or 1, pages))
    return page, rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]


def _below(key: str, total: int, page: int, picked: list[int]) -> None:
    """What stands under a list: its pages, and the way to the person who is ticked."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if total > PAGE_ROWS:
            st.pagination(-(-total // PAGE_ROWS), key=f"page_{key}")
        first, last = (page - 1) * PAGE_ROWS + 1, min(page * PAGE_ROWS, total)
        said = t("{first}–{last} of {total}", first=formats.count(first), last=formats.count(last), total=formats.count(total))
        st.markdown(f":small[:gray[{safe(said)} · {safe(t('tick a row to open the person'))}]]", width="stretch")
        if picked:
            st.page_link(PAGES / "training.py", label=t("Open person"), query_params={"staff": str(picked[0])}, icon=":material/badge:")


# --- who works here -----------------------------------------------------------------------------------------------------------------
def people(at: str | None) -> None:
    """Who works here, or has left, with what is due of each; a row opens the person."""
    gone = st.session_state.get("staff_staying") == "gone"
    found = look(records.people, department=at, gone=gone)
    title = words.people_title(found, gone)
    with panel(title, t("By name, at the chosen properties"), right=_staying, height="content"):
        if found:
            _people_table(found, title, gone, at)
        if not gone:
            with st.expander(t("Add a person"), icon=":material/person_add:"):
                add()


def _staying() -> None:
    st.segmented_control(t("Who"), list(STAYING), format_func=lambda code: t(STAYING[code]), default="here", required=True, key="staff_staying",
                         label_visibility="collapsed")


def _people_table(found: list[dict], title: str, gone: bool, at: str | None) -> None:
    lacks: dict[int, list[Reminder]] = {}
    for reminder in [] if gone else look(records.reminders, department=at):
        lacks.setdefault(reminder.staff_id, []).append(reminder)
    page, shown = _page("people", found)
    table = lambda rows: pd.DataFrame({  # noqa: E731
        t("Name"): [plain(row["name"]) for row in rows], t("Department"): [case_words.coded("department", row["department"]) for row in rows],
        t("Job"): [plain(row["job"]) for row in rows], t("Property"): [plain(row["property"]) for row in rows],
        t("Since"): [_day(row["joined_on"]) for row in rows], **({t("Until"): [_day(row["left_on"]) for row in rows]} if gone else
                                                                   {t("Due"): [words.due_in_short(lacks.get(row["id"], ())) for row in rows]})})
    picked = st.dataframe(table(shown), hide_index=True, row_height=34, height=table_height(len(shown), 10), key=f"people_{gone}_{page}", on_select="rerun",
                          selection_mode="single-row", alt=title, column_config={t("Name"): st.column_config.Column(width=190)}).selection.rows
    _below("people", len(found), page, [shown[i]["id"] for i in picked if i < len(shown)])
    downloads("training-people", list(table(found[:1])), lambda: list(table(found).itertuples(index=False, name=None)))


def add() -> None:
    """The form that writes a person down; it opens the person."""
    turn, where = st.session_state.get("staff_turn", 0), {place["id"]: plain(place["name"]) for place in look(hotel.properties)}
    if not where:
        small(safe(t("Add a property in Settings first.")), grey=True)
        return
    with st.form(f"staff_{turn}", border=False, enter_to_submit=False):
        left, right = st.columns(2)
        name = left.text_input(t("Name"), key=f"staff_name_{turn}", max_chars=records.LONGEST)
        place = right.selectbox(t("Property"), list(where), format_func=where.get, key=f"staff_place_{turn}")
        values = fields({}, f"new_{turn}")
        if st.form_submit_button(t("Write the person down"), icon=":material/person_add:"):
            with told():
                made = act(records.add_person, property_id=place, name=name or "", **values)
                st.session_state["staff_turn"] = turn + 1
                st.session_state["staff_opens"] = made
                st.rerun()


def fields(row: dict, key: str) -> dict:
    """Draw the choices of department, job and first day as a person has them, and return what is chosen."""
    left, middle, right = st.columns(3)
    codes = ["", *HOTEL_DEPARTMENTS]
    at = left.selectbox(t("Department"), codes, index=codes.index(row.get("department", "")), format_func=lambda code: t(case_words.DEPARTMENTS[code]),
                        key=f"staff_department_{key}")
    job = middle.text_input(t("Job"), row.get("job", ""), key=f"staff_job_{key}", max_chars=records.LONGEST)
    joined = right.date_input(t("First day"), row.get("joined_on"), key=f"staff_joined_{key}", format="YYYY-MM-DD",
                              min_value=dt.date(1950, 1, 1), max_value=dt.date(2100, 1, 1))
    return {"department": at or "", "job": job or "", "joined_on": joined}


def opened() -> None:
    """Open the person who was just written down."""
    if made := st.session_state.pop("staff_opens", None):
        st.query_params["staff"] = str(made)
