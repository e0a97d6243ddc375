"""The card of a guest's source profiles: who calls this person what, and the way to take a record out again."""
import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t, tn
from crm_core.records.duplicates import split_record
from crm_core.ui.load import act, load, view
from crm_core.ui.parts import PAGES, panel, told
from crm_core.ui.text import safe

PROFILES = 12


def known_as(person: dict) -> None:
    """The source profiles this guest is known by; a record that turns out to be another person can be taken out."""
    several = len(person["records"]) > 1
    merged = tn("{n} record merged into one person", "{n} records merged into one person", len(person["records"]))
    with panel(t("Source profiles"), merged if several else t("What the sources call this guest"), height="content"):
        places = load("properties").set_index("property_id")["name"] if view().warehouse else {}
        for profile in person["profiles"][:PROFILES]:
            with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                _profile(profile, places)
                if several and view().scope.may("people"):
                    _take_out(profile["guest_id"], profile["id"])
        if several and view().scope.may("people"):
            st.page_link(PAGES / "duplicates.py", label=t("All decisions on duplicates"), icon=":material/arrow_forward:", icon_position="right")


def _profile(profile: dict, places) -> None:
    name = " ".join(filter(None, (profile["given_name"], profile["family_name"]))) or formats.DASH
    where = " · ".join(filter(None, (str(places.get(profile["property_id"], "")), profile["source"], profile["email"] or profile["phone"])))
    st.markdown(f":small[{safe(name)}  \n:gray[{safe(where)}]]", width="stretch")


def _take_out(record: int, profile: int) -> None:
    """Offer to make a record a person of its own again."""
    with st.popover("", icon=":material/call_split:", help=t("This is another person"), width="content"):
        st.markdown(safe(t("Record {id} becomes a person of its own again, with its stays. The others stay together.", id=record)))
        st.button(t("Take it out"), key=f"take_out_{profile}", on_click=_split, args=(record,))


def _split(record: int) -> None:
    with told():
        act(split_record, id=record)
        jobs.start_refresh(view().settings)
