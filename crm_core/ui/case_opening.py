"""A new case: what is asked, what the rules make of it and why, at the desk or from a review."""
import streamlit as st

from crm_core.i18n import t
from crm_core.records import guests
from crm_core.records.case_work import case_route, open_case
from crm_core.records.registry import Refused
from crm_core.telling import case_words as words
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import PAGES, filled, small, told
from crm_core.ui.text import plain, safe


def about(card: dict) -> dict:
    """Return what a case of a review is opened with: its property, kind, words and room."""
    return {"property_id": card["property_id"], "kind": words.kind_of(card), "text": words.complaint(card), "room": card["room"] or "",
            "review_id": card["id"], "opened_from": "review", "severity": "major" if (card["score"] or {}).get("concern") else "minor"}


def begin() -> None:
    """Ask for the form of a new case, from a button's callback; it stays open while it is filled in."""
    st.session_state["new_case_open"] = True


def dialog() -> None:
    """Draw the form of a new case beside the page where it was asked for."""
    if st.session_state.get("new_case_open"):
        st.dialog(t("New case"), width="medium", on_dismiss=_away)(lambda: form({}, "desk"))()


def _away() -> None:
    st.session_state.pop("new_case_open", None)


def form(known: dict, key: str) -> None:
    """Ask what happened, show who gets it by the rules, and open the case; `known`: what a review says already."""
    values = {**_where(known, key), **_what(known, key)}
    _routing(values)
    if st.button(t("Open the case"), type=filled(), key=f"open_{key}", icon=":material/flag:"):
        with told():
            _open(values)


def _where(known: dict, key: str) -> dict:
    """The property, the room, and the guest where it is not known from a review."""
    names = load("properties").set_index("property_id")["name"]
    places = [int(i) for i in names.index if int(i) in view().scope.properties]
    if known:
        return {name: known[name] for name in ("property_id", "review_id", "opened_from")} | {
            "room": st.text_input(t("Room"), known["room"], key=f"room_{key}", max_chars=20, width=160)}
    left, right = st.columns([2, 1])
    place = left.selectbox(t("Property"), places, format_func=lambda i: str(names[i]), key=f"place_{key}")
    room = right.text_input(t("Room"), key=f"room_{key}", max_chars=20)
    return {"property_id": place, "room": room or "", "opened_from": "desk", "guest_id": _guest(key)}


def _guest(key: str) -> int | None:
    text = st.text_input(t("Guest"), key=f"guest_{key}", placeholder=t("Name, e-mail, phone or confirmation number; may stay empty"))
    if not (text or "").strip():
        return None
    hits = {hit.guest_id: hit for hit in look(guests.search, text=text, limit=8)}
    if not hits:
        small(safe(t("Nobody fits: the case will be nobody's.")), grey=True)
        return None
    say = lambda i: plain(" · ".join(filter(None, (hits[i].name, hits[i].email or hits[i].phone))))  # noqa: E731
    return st.selectbox(t("Which guest"), list(hits), format_func=say, key=f"which_{key}")


def _what(known: dict, key: str) -> dict:
    left, right = st.columns(2)
    kinds, severities = list(words.KINDS), list(words.SEVERITIES)
    kind = left.selectbox(t("Kind"), kinds, kinds.index(known.get("kind", "noise")), format_func=lambda k: t(words.KINDS[k]), key=f"kind_{key}")
    with right:
        severity = st.segmented_control(t("How bad"), severities, format_func=lambda s: t(words.SEVERITIES[s]), default=known.get("severity", "minor"),
                                        required=True, key=f"severity_{key}")
    text = st.text_area(t("What happened"), known.get("text", ""), key=f"text_{key}", height=120, max_chars=4000)
    return {"kind": kind, "severity": severity, "text": text or ""}


def _routing(values: dict) -> None:
    """Who gets it and how fast, by which rule, before it is opened."""
    asked = {name: value for name, value in values.items() if name != "guest_id"}
    found = words.routed(look(case_route, **asked)) if values["property_id"] else []
    with st.container(gap="xxsmall"):
        for field, value, why in found:
            st.markdown(f":material/alt_route: {safe(field)}: **{safe(value)}** :small[:gray[{safe(why)}]]")
        if not found:
            small(safe(t("No rule fits: the case goes to nobody, with normal priority.")), grey=True)


def _open(values: dict) -> None:
    """Open the case and go to it; where the review has one already, go to that one."""
    try:
        made = act(open_case, **values)
    except Refused as refusal:
        made = getattr(refusal, "case_id", None)
        if made is None:
            raise
    _away()
    st.switch_page(PAGES / "case.py", query_params={"case": str(made)})
