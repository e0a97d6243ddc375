"""Campaigns: what each reached, what it caused beside those held out, what it earned, and what limits these figures."""
import streamlit as st

from crm_core.ui import campaigns, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
elif not campaigns.anything():
    campaigns.nothing()
    campaigns.platforms()
else:
    campaigns.unfiltered()
    tiles.kpi_row(campaigns.KEYS)
    campaigns.together()
    campaigns.table()
    left, right = st.columns([1.35, 1])
    with left:
        campaigns.lifts()
    with right:
        campaigns.holdout()
    left, right = st.columns([1.35, 1])
    with left:
        campaigns.platforms()
    with right:
        campaigns.cautions()
