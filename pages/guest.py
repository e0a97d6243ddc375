"""One guest, everything known: who it is, what to recognise at arrival, history, spend, wishes, consent, messages and notes."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import guest_feedback, guest_loyalty, guest_messages, guest_outlook, guest_profile, guest_records, states
from crm_core.ui.parts import PAGES

st.page_link(PAGES / "guests.py", label=t("Guests"), icon=":material/arrow_back:")
person = guest_profile.asked()
if person is None:
    states.unknown_guest()
else:
    members = guest_loyalty.memberships(person)
    guest_profile.head(person, guest_loyalty.badges(person, members))
    guest_profile.figures(person)
    left, right = st.columns([1, 1.62])
    with left:
        guest_profile.recognise(person)
        guest_feedback.open_cases(person)
        guest_loyalty.cards(person, members)
        guest_outlook.card(person)
        guest_messages.may_we_write(person)
        guest_messages.audiences(person)
        guest_messages.journeys(person)
        guest_profile.spend(person)
        guest_records.known_as(person)
    with right:
        guest_profile.timeline(person)
        guest_feedback.said(person)
        guest_messages.messages(person)
        guest_profile.notes(person)
