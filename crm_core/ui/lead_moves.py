"""Moving a lead from any page: at once where nothing is asked, in a dialog where a booking or a reason is, and back again."""
from contextlib import contextmanager

import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.records import leads as records
from crm_core.records import pipeline
from crm_core.records.registry import Refused, Stale
from crm_core.telling.lead_words import LOST, STAGES, called
from crm_core.ui.load import act, look
from crm_core.ui.parts import filled, told
from crm_core.ui.text import plain, safe


def begin(row: dict, stage: str) -> None:
    """Move a lead, from a button's callback: won and lost ask first."""
    if stage in records.CLOSED:
        st.session_state["closing"] = (row["id"], stage)
        return
    told_in_a_corner(lambda: _done(row, stage, act(pipeline.move_lead, id=row["id"], version=row["version"], stage=stage)))


def _done(row: dict, stage: str, version: int) -> None:
    st.session_state["moved"] = {"id": row["id"], "version": version, "name": called(row), "stage": stage}
    follow(version)


def held(row: dict, key: str) -> int:
    """Return the version that stood there when the widget `key` was first drawn: what is saved is compared with it."""
    if key not in st.session_state:
        st.session_state[f"held_{key}"] = row["version"]
    return st.session_state[f"held_{key}"]


def follow(version: int) -> None:
    """Let every open form of the page follow a change of the visitor's own."""
    for key in [key for key in st.session_state if str(key).startswith("held_")]:
        st.session_state[key] = version


@contextmanager
def insisting(key: str):
    """Where somebody else was first, tell it once: saving again is then meant."""
    try:
        yield
    except Stale as told_by:
        st.session_state[f"held_{key}"] = told_by.current["version"]
        raise


def told_in_a_corner(change) -> None:
    """Say in a corner what a callback could not do: it may not draw on the page."""
    try:
        change()
    except Refused as problem:
        st.toast(t(str(problem)), icon=":material/error:")
    except Stale:
        st.toast(t("Somebody else changed this lead meanwhile: the page shows it as it is now."), icon=":material/sync_problem:")


def undo_strip(lead: int | None = None) -> None:
    """One line that says what was just done (on a lead's own page: with it), and the way back; and the dialog that a closing asks for."""
    if closing := st.session_state.get("closing"):
        _closing(*closing)
    moved = st.session_state.get("moved")
    if not moved or lead not in (None, moved["id"]):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = t("{name} is now in “{stage}”.", name=plain(moved["name"]), stage=t(STAGES[moved["stage"]]))
        st.markdown(f":material/check: :small[{safe(said)}]", width="content")
        st.button(t("Undo"), key="undo_move", type="tertiary", icon=":material/undo:", on_click=_undo, args=(moved,))


def _undo(moved: dict) -> None:
    st.session_state.pop("moved", None)
    told_in_a_corner(lambda: follow(act(pipeline.undo_move, id=moved["id"], version=moved["version"])))


def _closing(id: int, stage: str) -> None:
    """Ask what the hotel wants to know when a lead ends: which booking came of it, or why none did."""
    row = look(records.lead_card, id=id)

    @st.dialog(t("Won: which booking?") if stage == "won" else t("Lost: why?"), width="small", on_dismiss=_not_closing)
    def _asked() -> None:
        st.markdown(f"**{safe(called(row))}**")
        values = _booking(id) if stage == "won" else _why()
        if st.button(t("Save"), type=filled(), key="save_closing", icon=":material/check:"):
            with told():
                _done(row, stage, act(pipeline.move_lead, id=id, version=row["version"], stage=stage, **values))
                _not_closing()
                st.rerun()

    if row:
        _asked()


def _not_closing() -> None:
    st.session_state.pop("closing", None)


def _booking(id: int) -> dict:
    found = {stay["id"]: stay for stay in look(records.lead_bookings, id=id)}
    options = [*found, None]
    chosen = st.radio(t("Booking"), options, key="won_stay", format_func=lambda i: _stay(found[i]) if i else t("Another booking, or none"))
    if chosen:
        return {"stay_id": chosen}
    number = st.text_input(t("Confirmation number"), key="won_number", placeholder=t("Empty: won without a booking, a meeting for instance"))
    return {"confirmation": number or ""}


def _stay(stay: dict) -> str:
    return plain(f"{formats.period(stay['arrival_on'], stay['departure_on'])} · {stay['external_id'] or stay['id']}")


def _why() -> dict:
    reason = st.selectbox(t("Reason"), list(LOST), index=None, key="lost_reason", format_func=lambda code: t(LOST[code]),
                          placeholder=t("Choose a reason"))  # fmt: skip
    return {"reason": reason or ""}
