"""Events of the hotel: what is ahead, who registered, who came, and what it brought."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Events"))
