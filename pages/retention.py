"""Who comes back, and when: cohorts, return curves, the rate within a year, time between stays, and what these numbers hide."""
import streamlit as st

from crm_core.ui import retention, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
else:
    tiles.kpi_row(retention.KEYS, columns=5)
    left, right = st.columns([1.35, 1])
    with left:
        retention.matrix()
    with right:
        retention.curves()
        retention.by_cohort()
    left, right = st.columns([1.35, 1])
    with left:
        retention.goes_with()
    with right:
        retention.between()
    retention.limits()
