"""Where do guests come from: the map, the ranked list beside it, and the country that is ticked."""
import streamlit as st

from crm_core.ui import origins, states

frame = origins.together()
if frame.empty:
    states.no_stays()
else:
    left, right = st.columns([1.62, 1])
    with right:
        picked = origins.ranked(frame)
    with left:
        origins.world(frame)
    origins.selected(frame, picked)
