"""How good are our contacts, where does each guest stand, and what is there to put in order."""
import streamlit as st

from crm_core.ui import contacts, stages, states, worklists
from crm_core.ui.load import load

if load("contact_quality")["profiles"].iloc[0] == 0:
    states.no_stays()
else:
    contacts.figures()
    left, right = st.columns([1.62, 1])
    with left:
        stages.life_cycle()
    with right:
        contacts.identity()
    worklists.work()
    contacts.quality()
