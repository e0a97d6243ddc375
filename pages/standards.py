"""How the house meets its association's standards, and what guests say of the same thing."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Standards"))
