"""What matters to guests: what ratings go with, what would be gained, how we stand beside others, and what rang."""
import streamlit as st

from crm_core.ui import drivers, feedback, states
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
elif not feedback.anything():
    feedback.nothing()
else:
    left, right = st.columns(2)
    with left:
        drivers.matters()
    with right:
        drivers.what_if()
    left, right = st.columns(2)
    with left:
        drivers.gap()
    with right:
        drivers.signals()
    drivers.watch()
