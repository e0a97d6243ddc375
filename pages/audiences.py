"""Audiences: who may be written to, who not and why, who is held out by lot, and the list for the e-mail platform."""
import streamlit as st

from crm_core.ui import audience_build, audience_open, audiences, offers, outreach_rules

if audience_open.asked():
    audience_open.page()
else:
    audiences.listing()
    audience_build.card()
    left, right = st.columns(2)
    with left:
        outreach_rules.card()
    with right:
        offers.editor()
