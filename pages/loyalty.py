"""Whether the programme is alive: members, who joins and where, tiers through time, what members bring, and how soon new ones act."""
import streamlit as st

from crm_core.ui import programme_life, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
elif not programme_life.anybody():
    programme_life.nobody()
else:
    tiles.kpi_row(programme_life.KEYS, columns=6)
    left, right = st.columns(2)
    with left:
        programme_life.joins()
    with right:
        programme_life.mix()
    left, right = st.columns(2)
    with left:
        programme_life.shares()
    with right:
        programme_life.early()
