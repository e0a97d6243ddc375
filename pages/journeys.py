"""Journeys: messages that follow from what a guest does, with whom they reach, who is held out, and what that causes."""

from crm_core.ui import journeys, journeys_open, states
from crm_core.ui.load import load

if journeys_open.asked():
    journeys_open.page()
elif load("freshness").empty:
    states.no_stays()
else:
    journeys.listing()
    journeys.lifts()
    journeys.examples()
