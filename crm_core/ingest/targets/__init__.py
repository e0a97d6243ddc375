"""Everything that a file can become, by name: one small module for each domain."""
from crm_core.ingest.targets import (
    annotations,
    audience_members,
    benchmarks,
    bookings,
    campaigns,
    charges,
    commissions,
    community,
    guests,
    interactions,
    leads,
    loyalty,
    market,
    points,
    referrals,
    reviews,
    send_events,
    sends,
    service,
    staff,
)
from crm_core.ingest.targets.definition import Column, Target

__all__ = ["TARGETS", "Column", "Target"]

TARGETS: dict[str, Target] = {target.name: target for target in (
    bookings.BOOKINGS, guests.GUESTS, charges.CHARGES, reviews.REVIEWS, campaigns.CAMPAIGNS, sends.SENDS, send_events.SEND_EVENTS,
    audience_members.AUDIENCE_MEMBERS, loyalty.MEMBERSHIPS, points.POINTS, referrals.REFERRALS, service.CASES, interactions.INTERACTIONS,
    leads.LEADS, community.EVENTS, community.ATTENDANCE,
    commissions.COMMISSIONS, benchmarks.BENCHMARKS, market.COMPARISON_SETS, staff.STAFF, staff.CERTIFICATES, annotations.ANNOTATIONS)}
