"""One lesson: its question, its view, its quiz."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Lesson"))
