"""Whom to win back: valuable guests who are late against their own rhythm, what to do, and what became of earlier lists."""

from crm_core.ui import at_risk, states, tiles
from crm_core.ui.load import load

if load("freshness").empty:
    states.no_stays()
else:
    tiles.kpi_row(at_risk.KEYS, columns=4)
    at_risk.work()
    at_risk.earlier()
