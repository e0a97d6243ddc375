"""One campaign: what it caused beside those held out, for whom, what rules say of it, how its list was made, and its people."""
import streamlit as st

from crm_core.ui import campaign, campaign_cards, campaign_people

card = campaign.asked()
if card is None:
    campaign.unknown()
elif not campaign.begun(card):
    plan = campaign.plan(card)
    campaign.head(card, plan)
    campaign.experiment(card, plan)
    campaign_cards.audience(card)
elif campaign.counts_only(card):
    plan = campaign.plan(card)
    campaign.head(card, plan)
    campaign.tiles(card)
    left, right = st.columns([1.35, 1])
    with left:
        campaign_cards.funnel(card)
    with right:
        campaign.experiment(card, plan)
else:
    plan = campaign.plan(card)
    campaign.head(card, plan)
    campaign.tiles(card)
    left, right = st.columns(2)
    with left:
        campaign_cards.groups(card)
    with right:
        campaign_cards.rules(card)
    campaign_cards.audience(card)
    left, right = st.columns(2)
    with left:
        campaign_cards.funnel(card)
    with right:
        campaign_cards.days(card)
    left, right = st.columns(2)
    with left:
        campaign_cards.arms(card)
    with right:
        campaign_cards.harm(card)
    left, right = st.columns([1, 1.35])
    with left:
        campaign.experiment(card, plan)
    with right:
        campaign_people.people(card)
