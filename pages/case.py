"""One case: what happened, how its clocks stand, guest, stay and review, what was done, and what comes next."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import case, case_actions
from crm_core.ui.parts import PAGES

st.page_link(PAGES / "cases.py", label=t("Cases"), icon=":material/arrow_back:")
row, review = case.asked(), case.begun()
if row is not None:
    case.head(row)
    case.clocks(row)
    left, right = st.columns([1, 1.35])
    with left:
        case.about(row)
        case.review(row)
    with right:
        case_actions.card(row)
        case.story(row)
elif review is not None:
    case.opening(review)
else:
    case.unknown()
