"""One lead: what it asks for, what comes next, who it is, and all that was said and done."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import lead, states
from crm_core.ui.parts import PAGES

st.page_link(PAGES / "leads.py", label=t("Leads"), icon=":material/arrow_back:")
row = lead.asked()
if row is None:
    states.unknown_lead()
else:
    lead.head(row)
    lead.figures(row)
    left, right = st.columns([1, 1.62])
    with left:
        lead.plan(row)
        lead.person(row)
        lead.details(row)
    with right:
        lead.story(row)
