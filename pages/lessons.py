"""Lessons that can be taught from the demo, and those written here."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Lessons"))
