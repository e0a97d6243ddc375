"""Any figure by any dimension, down to the guest."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Explore"))
