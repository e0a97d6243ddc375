"""Who works here, which certificates hold, and which run out."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Training"))
