"""How are we doing this morning: the key figures, what left its usual range, who arrives, and whether the data is complete."""
import streamlit as st

from crm_core.ui import briefing, states, tiles
from crm_core.ui.load import load

KEYS = ("room_revenue", "occupancy", "revpar", "direct_share_nights", "repeat_ratio_guests", "cancellation_rate")

if load("freshness").empty:
    states.no_stays()
else:
    shown = tiles.kpi_row(KEYS)
    left, right = st.columns([1.62, 1])
    with left:
        briefing.changes()
    with right:
        briefing.arrivals()
    left, right = st.columns([1.62, 1])
    with left:
        briefing.by_month()
    with right:
        briefing.channels(shown["direct_share_nights"])
    briefing.freshness()
