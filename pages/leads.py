"""Who asked and has not booked yet: the pipeline, what becomes of leads by source and stage, and how likely the open ones are."""
import streamlit as st

from crm_core.ui import lead_figures, leads

leads.totals()
leads.work()
left, right = st.columns(2)
with left:
    lead_figures.by_source()
with right:
    lead_figures.by_stage()
lead_figures.score()
