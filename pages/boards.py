"""Views that were saved, in the order of a morning, and the reports made of them."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Boards"))
