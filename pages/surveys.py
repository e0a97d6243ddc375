"""Surveys: who answers, whom to ask, and what is asked."""
import streamlit as st

from crm_core.ui import states, surveys, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
else:
    tiles.kpi_row(surveys.KEYS, columns=5)
    left, right = st.columns(2)
    with left:
        surveys.rates()
    with right:
        surveys.asking()
    surveys.answers()
    surveys.questionnaires()
