"""What guests are worth: over three years with its doubt, whom to care for, where such guests come from, and whether it can be believed."""
import streamlit as st

from crm_core.ui import states, tiles, value
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
else:
    tiles.kpi_row(value.KEYS, columns=5)
    if value.foretold():
        left, right = st.columns([1.35, 1])
        with left:
            value.tenths()
            value.care()
        with right:
            value.believed()
            value.acquired()
        left, right = st.columns([1.35, 1])
        with left:
            value.simple()
        with right:
            value.fits()
    else:
        value.simple()
