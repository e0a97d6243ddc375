"""What was said between guests and us: who waits for an answer, how soon answers come, and every word."""
import streamlit as st

from crm_core.ui import interactions

if not interactions.nothing_yet():
    interactions.totals()
    left, right = st.columns([1.35, 1])
    with left:
        interactions.by_channel()
        interactions.volume()
    with right:
        interactions.waiting()
    interactions.log()
