"""Views that are read together: the boards, their reports, and the notes beside the time axes."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import annotations, boards, boards_reports, filters

st.header(t("Boards"), anchor=False)
filters.stamp()
row = boards.chosen()
if row is not None:
    boards.head(row)
    boards.listing(row)
    boards_reports.card(row)
boards.put_away()
annotations.listing()
