"""The trainer's desk of a class: who takes part, what is on, what was answered."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Class"))
