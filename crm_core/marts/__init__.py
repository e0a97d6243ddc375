"""The marts: warehouse tables, each filled by one select over the record tables. FILLS is their order of building."""
import hashlib
from functools import cache

from crm_core.marts import (
    assigned,
    audiences,
    campaigns,
    charges,
    community,
    credits,
    daily,
    feedback,
    guests,
    hotel,
    interactions,
    leads,
    market,
    memberships,
    nights,
    pickups,
    points,
    profiles,
    programmes,
    referrals,
    sends,
    service,
    stages,
    standards,
    stays,
    tables,
)

FILLS = (
    (tables.properties, hotel.property_rows),
    (tables.rooms, feedback.room_rows),
    (tables.channels, hotel.channel_rows),
    (tables.rates, hotel.rate_rows),
    (tables.days, hotel.day_rows),
    (tables.stays, stays.rows),
    (tables.nights, nights.rows),
    (tables.daily, daily.rows),
    (tables.charges, charges.rows),
    (tables.visits, guests.visit_rows),
    (tables.guests, guests.guest_rows),
    (tables.profiles, profiles.rows),
    (tables.stages, stages.rows),
    (tables.interactions, interactions.rows),
    (tables.enquiries, leads.enquiry_rows),
    (tables.lead_stages, leads.stage_rows),
    (tables.audience_members, audiences.rows),
    (tables.programmes, programmes.rows),
    (tables.programme_costs, programmes.cost_rows),
    (tables.memberships, memberships.rows),
    (tables.overrides, programmes.override_rows),
    (tables.points, points.rows),
    (tables.referrals, referrals.rows),
    (tables.said, feedback.said_rows),
    (tables.marks, feedback.mark_rows),
    (tables.complaints, service.complaint_rows),
    (tables.invited, feedback.invited_rows),
    (tables.benchmarks, feedback.benchmark_rows),
    (tables.plans, campaigns.plan_rows),
    (tables.sends, sends.rows),
    (tables.send_days, sends.day_rows),
    (tables.dues, campaigns.due_rows),
    (tables.draws, campaigns.draw_rows),
    (tables.events, community.event_rows),
    (tables.registrations, community.registration_rows),
    (tables.market, market.rows),
    (tables.findings, standards.finding_rows),
    (tables.certified, standards.certified_rows),
)
# What is told beside the stays, once the as-of date is known.
FILLS_LAST = (
    (tables.reviews, feedback.review_rows),
    (tables.mentions, feedback.mention_rows),
    (tables.cases, service.case_rows),
    (tables.invitations, feedback.invitation_rows),
    (tables.assigned, assigned.rows),
    (tables.credits, credits.rows),
    (tables.campaigns, campaigns.campaign_rows),
    (tables.journey_steps, campaigns.step_rows),
    (tables.held_out, campaigns.held_rows),
    (tables.advocates, community.advocate_rows),
    (tables.attendances, community.attendance_rows),
    (tables.market_days, market.day_rows),
    (tables.pickups, pickups.rows),
    (tables.assessed, standards.assessed_rows),
    (tables.credentials, standards.credential_rows),
)


@cache  # every run of a page asks
def fingerprint() -> str:
    """Return a hash of the marts' columns: a warehouse that another version of Innsight built may lack some."""
    columns = [(table.name, [(c.name, str(c.type)) for c in table.c]) for table in tables.marts.tables.values()]
    return hashlib.sha256(repr(columns).encode()).hexdigest()[:16]
