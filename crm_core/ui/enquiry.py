"""The form that a receptionist keeps open: an enquiry is taken down while the guest is still on the phone."""
import streamlit as st

from crm_core.i18n import t
from crm_core.records import hotel, pipeline
from crm_core.schema import LEAD_SOURCES
from crm_core.telling.lead_words import called
from crm_core.ui.lead_form import fields
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import PAGES, filled, panel, small, told
from crm_core.ui.text import plain, safe


def form() -> None:
    """Draw the form; what was saved last stays named above it, with the way to it."""
    _saved()
    generation, places = st.session_state.get("enquiries", 0), look(hotel.properties)
    with panel(t("Who asks, and for what?"), t("A name or any way to reach them is enough; the rest can wait"), height="content"):
        place = _place(places, generation)
        with st.form(f"enquiry_{generation}", border=False, enter_to_submit=False):
            values = fields({"via": _source()}, place["currency"], generation)
            left, right = st.columns(2)
            values["next_step"] = left.text_input(t("Next step"), key=f"enquiry_step_{generation}", placeholder=t("Send the offer, call back …"))
            values["due_on"] = right.date_input(t("Due"), None, key=f"enquiry_due_{generation}", format="YYYY-MM-DD")
            if st.form_submit_button(t("Save the enquiry"), icon=":material/check:", type=filled()):
                with told():
                    _keep(place["id"], values, generation)


def _keep(place: int, values: dict, generation: int) -> None:
    made = act(pipeline.add_lead, property_id=place, values=values | {"owner": view().scope.user if view().scope.user != "local" else ""})
    st.session_state["enquiry_saved"] = (made, called({**values, "id": made}))
    st.session_state["enquiries"] = generation + 1
    st.rerun()


def _saved() -> None:
    saved = st.session_state.get("enquiry_saved")
    if saved:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/check: :small[{safe(t('Saved: {name}', name=plain(saved[1])))}]", width="content")
            st.page_link(PAGES / "lead.py", label=t("Open lead"), icon=":material/arrow_forward:", icon_position="right",
                         query_params={"lead": str(saved[0])})  # fmt: skip


def _place(places: list[dict], generation: int) -> dict:
    if len(places) == 1:
        return places[0]
    names = {place["id"]: place["name"] for place in places}
    chosen = st.selectbox(t("Property"), list(names), format_func=lambda i: names.get(i, str(i)), key="enquiry_place")
    return next(place for place in places if place["id"] == chosen)


def _source() -> str:
    """The source that the link names, for example /enquiry?source=phone."""
    named = st.query_params.get("source", "phone")
    return named if named in LEAD_SOURCES else "phone"


def no_property() -> None:
    """Nobody can ask a hotel that has no properties yet."""
    small(safe(t("Add a property in Settings first.")))
