"""The association: its members, events and news, and the packs that come in and go out."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import network, network_export, network_packs
from crm_core.ui.load import view

st.header(t("Network"), anchor=False)
if network.anything():
    rows = network.found()
    left, right = st.columns([1.62, 1])
    with left:
        network.members(rows)
    with right:
        network.events(rows)
        network.news(rows)
network.put_away()
if view().scope.may(network_packs.MAY):
    network_packs.bring_in()
network_packs.history()
if view().scope.may(network_packs.MAY):
    network_export.card()
