"""Planning: calendar, budget, sample sizes, plans and the log of experiments."""
import streamlit as st

from crm_core.ui import planning, planning_plan, planning_size, states
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
else:
    planning.calendar()
    left, right = st.columns([1.35, 1])
    with left:
        planning_size.card()
    with right:
        planning.budget()
    planning_plan.card()
    planning.log()
