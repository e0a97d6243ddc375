"""The attribution lab: what rules credit a campaign with, beside what it caused."""
import streamlit as st

from crm_core.ui import attribution, campaigns, states
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
elif not attribution.anything():
    attribution.nothing()
else:
    campaigns.unfiltered()
    campaign = attribution.chosen()
    attribution.lab(campaign)
    attribution.rules(campaign)
    attribution.ranks()
    left, right = st.columns(2)
    with left:
        attribution.anyway()
    with right:
        attribution.double()
    attribution.caution()
    attribution.terms()
