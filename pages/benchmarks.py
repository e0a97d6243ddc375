"""How the house stands beside others, and what it may give to the pool."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Benchmarks"))
