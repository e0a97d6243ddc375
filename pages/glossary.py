"""What does a number mean: every KPI with its formula in words, unit, direction, uncertainty and source."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import glossary

st.header(t("Glossary"), anchor=False)
glossary.search()
