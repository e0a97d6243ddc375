"""How the house stands beside others: a set of hotels, figures of the trade, what the house gives to a pool, and the pool itself."""
import streamlit as st

from crm_core.ui import benchmarks, benchmarks_giving, benchmarks_pooling, benchmarks_reference

benchmarks.indices()
benchmarks.sets()
benchmarks_reference.table()
left, right = st.columns(2)
with left:
    benchmarks_giving.give()
with right:
    benchmarks_pooling.pool()
