"""Deliverability, fatigue, and when and how messages are sent."""
import streamlit as st

from crm_core.ui import campaigns, reach, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
elif not reach.anything():
    reach.nothing()
else:
    campaigns.unfiltered()
    tiles.kpi_row(reach.KEYS)
    left, right = st.columns(2)
    with left:
        reach.complaints()
    with right:
        reach.bounces()
    reach.providers()
    left, right = st.columns(2)
    with left:
        reach.fatigue()
    with right:
        reach.lifts()
    left, right = st.columns([1, 1.35])
    with left:
        reach.spread()
    with right:
        reach.times()
    left, right = st.columns(2)
    with left:
        reach.purposes()
    with right:
        reach.mediums()
    reach.reported()
