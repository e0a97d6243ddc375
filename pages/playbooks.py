"""Best practices that the figures call for now."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Playbooks"))
