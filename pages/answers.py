"""The response desk: what waits for an answer, who answers how fast, and one review with the answer that a person writes."""
import streamlit as st

from crm_core.ui import answers, feedback, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
elif not feedback.anything() and not answers.chosen():
    feedback.nothing()
else:
    answers.desk()
    tiles.kpi_row(answers.KEYS, columns=4)
    answers.queue()
    left, right = st.columns([1, 1.35])
    with left:
        answers.ages()
    with right:
        answers.answering()
    answers.template_editor()
