"""What members add: spend beside guests who are like them, why the plain difference misleads, and whether the programme pays."""
import streamlit as st

from crm_core.ui import member_value, programme_life, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
elif not programme_life.anybody():
    programme_life.nobody()
else:
    tiles.kpi_row(member_value.KEYS, columns=4)
    left, right = st.columns([1.35, 1])
    with left:
        member_value.beside()
    with right:
        member_value.trap()
    left, right = st.columns([1.35, 1])
    with left:
        member_value.economics()
    with right:
        member_value.balance()
