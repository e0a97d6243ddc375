"""Which booking keeps what it sells: net rate by channel, pick-up, cancellations, rooms, and the index beside the market."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Revenue"))
