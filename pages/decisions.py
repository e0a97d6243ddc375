"""What was decided about which figure, what was expected by when, and what came of it."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import decisions, filters

st.header(t("Decisions"), anchor=False)
filters.stamp()
found = decisions.rows()
decisions.due(found)
decisions.running(found)
decisions.ended(found)
