"""Which records are the same person: pairs that wait for a decision, what was decided, and how to take it back."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import duplicates
from crm_core.ui.parts import PAGES

if (PAGES / "contacts.py").exists():
    st.page_link(PAGES / "contacts.py", label=t("Contacts"), icon=":material/arrow_back:")
st.header(t("Duplicates"), anchor=False)
waiting = duplicates.summary()
duplicates.review(waiting)
left, right = st.columns([1.62, 1])
with left:
    duplicates.history()
with right:
    duplicates.search_again()
