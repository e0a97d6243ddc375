"""The rules of the loyalty programme: edited as a draft, checked, tried on the members, and saved as the next version; and what it costs."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import programme_costs, programme_preview, programme_rules, programme_versions
from crm_core.ui.load import view

st.header(t("Rules of the programme"), anchor=False)
row = programme_rules.chosen()
if row is None:
    programme_rules.first()
else:
    versions = programme_rules.versions_of(row)
    programme_rules.head(row, versions)
    start = programme_rules.opened(row, versions)
    draft = programme_rules.editor(row, start)
    rules = programme_rules.checked(draft)
    programme_rules.follow(row, start, versions, rules)
    if rules and view().scope.may("settings"):
        programme_preview.card(row, rules)
        programme_versions.save(row, start, versions, rules)
    left, right = st.columns(2)
    with left:
        programme_versions.history(row, versions)
    with right:
        programme_costs.card(row)
