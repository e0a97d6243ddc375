"""What the hotel says of itself: properties and rooms, channels and their cost, exchange rates, the as-of date."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import hotel_settings

st.header(t("Settings"), anchor=False)
hotel_settings.properties()
hotel_settings.channels()
left, right = st.columns(2)
with left:
    hotel_settings.rates()
with right:
    hotel_settings.as_of()
    hotel_settings.refresh()
