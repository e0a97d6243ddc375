"""Advocates: who recommends the house, what those whom they invited brought, and whom to thank or to give a code."""
import streamlit as st

from crm_core.ui import advocates, programme_life, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
elif not programme_life.anybody():
    programme_life.nobody()
else:
    tiles.kpi_row(advocates.KEYS, columns=4)
    left, right = st.columns([1, 1.35])
    with left:
        advocates.invited()
    with right:
        advocates.promoters()
    advocates.work()
    advocates.referred()
