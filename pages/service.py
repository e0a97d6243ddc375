"""Service in figures: what waits, how fast cases are solved, what they come from, who comes back, and what was promised to whom."""
import streamlit as st

from crm_core.ui import service, service_hours, service_recovery, service_rules, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
else:
    if service.anything():
        tiles.kpi_row(service.KEYS)
        service.speed()
        left, right = st.columns(2)
        with left:
            service.backlog()
        with right:
            service.causes()
        left, right = st.columns([1, 1.35])
        with left:
            service.rates()
        with right:
            service_recovery.card()
    else:
        service.nothing()
    left, right = st.columns([1, 1.35])
    with left:
        service_hours.targets()
    with right:
        service_rules.editor()
