"""The form of an event: planned anew, or changed."""
import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t
from crm_core.records.gatherings import LONGEST_ABOUT, LONGEST_NAME, MOST_PLACES, USUAL, change_gathering, plan_gathering, social_spaces
from crm_core.schema import EVENT_AUDIENCES
from crm_core.telling.gathering_words import AUDIENCES, KINDS
from crm_core.ui import gatherings_words as words
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import filled, told
from crm_core.ui.text import plain

OPEN = "event_form"


def button() -> None:
    """Draw the page's filled button, for those who may plan; the form stays open while it is filled in."""
    if view().scope.may("standards"):
        st.button(t("Plan an event"), type=filled(), icon=":material/add:", key="plan_event", on_click=begin)


def begin(row: dict | None = None) -> None:
    """Ask for the form of a new event, or of one that is to be changed, from a button's callback."""
    st.session_state[OPEN] = row or {}


def dialog() -> None:
    """Draw the form over the page where it was asked for."""
    row = st.session_state.get(OPEN)
    if row is not None:
        st.dialog(t("Change the event") if row else t("Plan an event"), width="medium", on_dismiss=_away)(lambda: _form(row))()


def _away() -> None:
    st.session_state.pop(OPEN, None)


def _form(row: dict) -> None:
    key = f"event_{row['id']}_{row['version']}" if row else "event_new"
    value = lambda name: row[name] if row else USUAL[name]  # noqa: E731
    place = None if row else _property(key)
    values = _what(key, value) | _when(key, value) | _size(key, value, row)
    values["about"] = st.text_area(t("What it is about"), value("about"), key=f"{key}_about", max_chars=LONGEST_ABOUT, height=80) or ""
    if st.button(t("Save"), type=filled(), key=f"{key}_save"):
        with told():
            _save(row, place, values)


def _property(key: str) -> int:
    names = load("properties").set_index("property_id")["name"]
    places = [int(i) for i in names.index if int(i) in view().scope.properties]
    return st.selectbox(t("Property"), places, format_func=lambda i: plain(str(names[i])), key=f"{key}_property")


def _what(key: str, value) -> dict:
    name = st.text_input(t("Name"), value("name"), key=f"{key}_name", max_chars=LONGEST_NAME)
    kinds = [*KINDS, *([value("kind")] if value("kind") not in KINDS else [])]
    spaces = list(dict.fromkeys([*filter(None, (value("place"),)), *look(social_spaces)]))
    with st.grid(3, min_column_width=170, gap="small"):
        kind = st.selectbox(t("Kind"), kinds, kinds.index(value("kind")), format_func=words.kind, key=f"{key}_kind")
        audience = st.selectbox(t("For whom"), EVENT_AUDIENCES, EVENT_AUDIENCES.index(value("audience")), format_func=lambda code: t(AUDIENCES[code]),
                                key=f"{key}_audience")
        space = st.selectbox(t("Place"), spaces, spaces.index(value("place")) if value("place") in spaces else None, key=f"{key}_place", format_func=plain,
                             accept_new_options=True, placeholder=t("Choose or write"))
    return {"name": name or "", "kind": kind, "audience": audience, "place": space or ""}


def _when(key: str, value) -> dict:
    with st.grid(4, min_column_width=130, gap="small"):
        starts = st.date_input(t("Day"), value("starts_on"), key=f"{key}_starts")
        ends = st.date_input(t("Last day"), value("ends_on"), key=f"{key}_ends")
        time = st.text_input(t("Time"), value("starts_time"), key=f"{key}_time", max_chars=5, placeholder="19:00")
        until = st.date_input(t("Registers until"), value("register_until"), key=f"{key}_until")
    return {"starts_on": starts, "ends_on": ends, "starts_time": time or "", "register_until": until}


def _size(key: str, value, row: dict) -> dict:
    currency = (row and row["currency"]) or view().currency
    unit = 10 ** formats.exponent(currency)
    with st.grid(2, min_column_width=170, gap="small"):
        capacity = st.number_input(t("Places, empty without a limit"), 1, MOST_PLACES, value("capacity"), key=f"{key}_capacity")
        cost = st.number_input(t("Cost, {currency}", currency=currency), 0.0, None, None if value("cost_minor") is None else value("cost_minor") / unit,
                               key=f"{key}_cost")
    return {"capacity": capacity, "cost_minor": None if cost is None else round(cost * unit), "currency": "" if cost is None else currency}


def _save(row: dict, place: int | None, values: dict) -> None:
    if row:
        changed = {name: value for name, value in values.items() if value != row[name]}
        act(change_gathering, id=row["id"], version=row["version"], values=changed)
    else:
        st.query_params["event"] = str(act(plan_gathering, property_id=place, values=values))
    _away()
    jobs.start_refresh(view().settings)
    st.toast(t("Event saved."), icon=":material/check:")
    st.rerun()
