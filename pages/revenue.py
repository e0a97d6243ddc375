"""Which booking keeps what it sells: net rate by way of booking, the books, cancellations, rooms, and the house beside its market."""
import streamlit as st

from crm_core.ui import revenue, revenue_market, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
else:
    tiles.kpi_row(revenue.KEYS)
    tiles.kpi_row(revenue.MARKET_KEYS)
    left, right = st.columns([1.62, 1])
    with left:
        revenue.kept()
    with right:
        revenue.direct()
    revenue_market.market()
    left, right = st.columns(2)
    with left:
        revenue_market.books()
    with right:
        revenue.cancelled()
    left, right = st.columns(2)
    with left:
        revenue.rooms()
    with right:
        revenue.products()
