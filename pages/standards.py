"""How the house meets its association's standards, what guests say of the same thing, and what is to be done."""
import streamlit as st

from crm_core.ui import standards, standards_plan, standards_said, standards_walk, tiles

draft = standards_walk.opened()
at = None if draft else standards.chosen()
if draft:
    standards_walk.walk(draft["id"])
elif at:
    card = standards.card(at)
    standards_walk.begin(at)
    if card:
        evidence = standards_said.evidence(at, card)
        standards_said.otherwise(card, evidence)
        standards_said.wrote(at)
        left, right = st.columns([1.35, 1])
        with left:
            standards.sections(at, card, evidence)
        with right:
            standards.trend(at)
        left, right = st.columns([1, 1.35])
        with left:
            tiles.card("standards_score")
            standards.houses(at)
        with right:
            standards_plan.plan(at, card)
    else:
        standards.unassessed(at)
        standards_plan.plan(at, card)
