"""One interaction on the screen, and the form that writes one down: shared by leads, guests and the log."""
import datetime as dt

import streamlit as st

from crm_core.i18n import t
from crm_core.records.interactions import log_interaction
from crm_core.telling.lead_words import CHANNELS, DIRECTIONS, ICONS, clock
from crm_core.ui.load import act, view
from crm_core.ui.parts import told
from crm_core.ui.text import safe

LONGEST = 400


def instant(at: str) -> dt.datetime:
    """Return a stored instant."""
    return dt.datetime.fromisoformat(at)


def row(event: dict, zone: str | None) -> None:
    """One message, call or talk: when, how, whose word it was, and what was said. Subject and text are the guest's."""
    with st.container(horizontal=True, wrap=False, gap="small"):
        st.markdown(f":small[:gray[{safe(clock(event['at'], zone))}]]", width=128)
        st.markdown(f":material/{ICONS.get(event['channel'], 'forum')}:", width=20)
        by = f" :small[:gray[{safe(event['by'])}]]" if event["by"] else ""
        who = t(DIRECTIONS[event["direction"]]) if event["direction"] in DIRECTIONS else ""
        head = f"**{safe(event['subject'] or who)}**" + (f" :small[:gray[{safe(who)}]]" if event["subject"] else "") + by
        st.markdown(f"{head}  \n:small[{safe(short(event['text']))}]" if event["text"] else head, width="stretch")


def short(text: str) -> str:
    """Return the beginning of a text as one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} …"


def log_form(property_id: int, *, lead_id: int | None = None, guest_id: int | None = None) -> None:
    """A form that writes down what was said; nothing typed is lost where it is refused."""
    if not view().scope.may("lead"):
        return
    generation = st.session_state.get("logged", 0)
    with st.expander(t("Write down what was said"), icon=":material/add_comment:", key=f"log_{generation}"):
        with st.form(f"log_form_{generation}", border=False):
            left, right = st.columns(2)
            channel = left.selectbox(t("How"), list(CHANNELS), 1, format_func=lambda c: t(CHANNELS[c]), key=f"log_channel_{generation}")
            direction = right.selectbox(t("Whose word"), list(DIRECTIONS), format_func=lambda d: t(DIRECTIONS[d]), key=f"log_way_{generation}")
            text = st.text_area(t("What was said"), key=f"log_text_{generation}", height=80)
            if st.form_submit_button(t("Save"), icon=":material/check:"):
                with told():
                    act(log_interaction, property_id=property_id, channel=channel, direction=direction, text=text, lead_id=lead_id, guest_id=guest_id)
                    st.session_state["logged"] = generation + 1
                    st.rerun()
