"""A question that no page foresaw, in SQL: the tables that may be read, the question, its answer."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import sql_page

st.header(t("Questions in SQL"), anchor=False)
if sql_page.is_open():
    left, right = st.columns([1.62, 1])
    with left:
        question = sql_page.editor()
        sql_page.answer(question)
    with right:
        sql_page.tables()
