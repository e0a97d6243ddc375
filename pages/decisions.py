"""What was decided about a figure, what was expected, and what came of it."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Decisions"))
