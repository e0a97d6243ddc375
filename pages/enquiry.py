"""An enquiry is taken down: on the phone, at the desk, from a letter."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import enquiry, states
from crm_core.ui.load import view
from crm_core.ui.parts import PAGES

st.page_link(PAGES / "leads.py", label=t("Leads"), icon=":material/arrow_back:")
st.header(t("New enquiry"), anchor=False)
if not view().scope.may("lead"):
    states.not_allowed()
elif not view().scope.properties:
    enquiry.no_property()
else:
    enquiry.form()
