"""Tiers: who moved between two dates, who is near the next one or about to lose theirs, how long a tier lasts, and how it is computed."""
import streamlit as st

from crm_core.ui import programme_life, states, tier_work, tiers
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
elif not programme_life.anybody():
    programme_life.nobody()
else:
    tiers.moves()
    for kind in tier_work.KINDS:
        tier_work.work(kind)
    left, right = st.columns(2)
    with left:
        tiers.lasting()
    with right:
        tiers.rules()
