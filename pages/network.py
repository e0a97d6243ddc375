"""The association: members, events, news, and packs that come and go."""
import streamlit as st

from crm_core.i18n import t

st.caption(t("Network"))
