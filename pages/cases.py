"""Complaints and requests: what waits and is late, who looks after it, and the critical reviews that nobody works on yet."""
from crm_core.ui import cases, states, tiles
from crm_core.ui.load import load, view

if load("freshness").empty:
    states.no_stays()
else:
    tiles.kpi_row(cases.KEYS)
    if view().scope.may("contact"):
        cases.uncased()
        cases.work()
    else:
        cases.figures_only()
