"""Which guests belong together, by rules that one can read: saved, counted, looked at, used as filter and as audience."""
import streamlit as st

from crm_core.ui import comparing, groups, moves, segments

segments.saved()
segments.builder()
segments.audiences()

groups.rfm()
left, right = st.columns([1.35, 1])
with left:
    groups.patterns()
with right:
    groups.tiers()
    groups.clusters()
moves.card()
comparing.card()
