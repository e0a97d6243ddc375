"""Explore: any figure by any dimensions, as a chart, as a table with totals, and down to the guest."""
from crm_core.ui import explore

explore.page()
