"""What guests say of us: the index and NPS, what they talk about and what changed, who is not heard, and what they wrote."""
import streamlit as st

from crm_core.ui import feedback, feedback_phrases, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
elif not feedback.anything():
    feedback.nothing()
else:
    tiles.kpi_row(feedback.KEYS, columns=6)
    feedback.formula()
    left, right = st.columns([1.35, 1])
    with left:
        feedback.talk()
        feedback.silent()
    with right:
        feedback.recommending()
        feedback.waiting()
    feedback_phrases.phrases()
    feedback.written()
