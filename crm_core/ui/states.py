"""The designed states of a page that cannot show what was asked."""

import streamlit as st

from crm_core import jobs
from crm_core.i18n import t
from crm_core.ui.load import View, view
from crm_core.ui.parts import PAGES, clear_filters, empty, panel
from crm_core.ui.text import safe


def nothing_yet(shown: View) -> None:
    """The first view of a machine without data: how to bring the first file in, or look at the demo."""
    st.header(t("Welcome to Innsight"), anchor=False)
    with panel(t("No data yet"), t("Nothing leaves this computer."), height="content"):
        st.markdown(safe(t("Bring in an export of your property system, of a travel site or our own template: Innsight finds out how it is written.")))
        st.page_link(PAGES / "data.py", label=t("Bring files in"), icon=":material/upload:")
        st.markdown(safe(t("Or look around first in a hotel that does not exist:")))
        st.code("python -m crm_core demo", language="bash")


@st.fragment(run_every="3s")
def rebuilding() -> None:
    """The figures are of another version of Innsight: they are being built anew, and the page opens by itself when they are ready."""
    running = jobs.is_refreshing(view().settings)
    st.header(t("One moment"), anchor=False)
    with panel(t("The figures are being built for this version of Innsight"), t("Nothing is lost; this happens once after an update."), height="content"):
        st.markdown(safe(t("This page opens by itself when they are ready.")))
    if not running:
        st.rerun()


def no_stays() -> None:
    """No reservation fits the filters."""
    empty(
        t("No stays in this view"),
        t("Nothing is wrong with the data: no stay fits this period and these filters."),
        (t("Clear the filters"), clear_filters),
    )


def unknown_guest() -> None:
    """The same answer for a guest who does not exist and one of another hotel."""
    st.header(t("Guest"), anchor=False)
    empty(t("There is no such guest"), t("The link may be old, or the guest may belong to a property that is not yours."))


def unknown_lead() -> None:
    """The same answer for a lead that does not exist, one of another hotel, and a role that may not work on leads."""
    st.header(t("Lead"), anchor=False)
    empty(t("There is no such lead"), t("The link may be old, the lead may belong to a property that is not yours, or your role works on no leads."))


def not_allowed() -> None:
    """A role's rights end here; what it may see of the page stands above."""
    empty(
        t("This page is not open to your role"),
        t("Your role does not carry the right that it needs. Whoever gave you the role can change it."),
    )


def closed_while_teaching() -> None:
    """What belongs to the hotel's own store while this Innsight serves a class, which opens the demo only."""
    empty(
        t("Closed while a class is served"),
        t("What you bring in goes to your own hotel, and that stays closed to the class. Stop the class and start Innsight as usual."),
    )
