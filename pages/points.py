"""Points: what came and went, whose expire next, what they are redeemed for, what is owed for them, and a roll-forward for the accountant."""
import streamlit as st

from crm_core.ui import points, points_owed, points_reported, programme_life, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
elif not programme_life.anybody():
    programme_life.nobody()
elif not points.anything():
    points.nothing()
else:
    tiles.kpi_row(points.KEYS, columns=6)
    left, right = st.columns(2)
    with left:
        points.flow()
    with right:
        points_owed.owed()
    points_owed.triangle()
    points_reported.roll_forward()
    left, right = st.columns(2)
    with left:
        points.ages()
    with right:
        points.redeemed()
    points.expiring()
    points_owed.workings()
