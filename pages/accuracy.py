"""How accurate is this? What was measured and on what, which languages are read, and what people here say to the scorer's labels."""
import streamlit as st

from crm_core.ui import accuracy, accuracy_labels, states
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
else:
    left, right = st.columns([1.35, 1])
    with left:
        accuracy.measured()
    with right:
        accuracy.honest()
        accuracy.agreement()
    left, right = st.columns([1.35, 1])
    with left:
        accuracy_labels.labelling()
    with right:
        accuracy_labels.own_scorer()
    left, right = st.columns(2)
    with left:
        accuracy.coverage()
    with right:
        accuracy.details()
