"""The record store's tables by domain; each table's comment is its grain, and columns with personal data are marked."""
from crm_core.schema.association import (
    assessment,
    assessment_item,
    benchmark,
    certificate,
    course,
    improvement,
    learning,
    lesson,
    market,
    network_entry,
    pack,
    playbook,
    staff,
    standard,
)
from crm_core.schema.audit import audit, store_state, warehouse_version
from crm_core.schema.campaigns import campaign, campaign_reading, journey, journey_due, journey_version, offer, send, send_event
from crm_core.schema.columns import metadata
from crm_core.schema.community import attendance, event
from crm_core.schema.feedback import (
    answer_template,
    clause_reading,
    correction,
    invitation,
    mention,
    review,
    review_benchmark,
    review_score,
    review_source,
    survey,
)
from crm_core.schema.hotel import channel, exchange_rate, property, room, rooms_available, setting
from crm_core.schema.imports import bulk_action, former, import_batch, import_mapping, import_reject
from crm_core.schema.leads import lead, lead_step
from crm_core.schema.loyalty import (
    membership,
    points_entry,
    programme,
    programme_cost,
    programme_rules,
    referral,
    referral_code,
    tier_override,
)
from crm_core.schema.people import (
    consent,
    guest,
    guest_link,
    interaction,
    match_pair,
    match_run,
    note,
    preference,
    profile,
    search_term,
    survivor,
    tag,
)
from crm_core.schema.segments import audience, audience_left, audience_member, segment, segment_version
from crm_core.schema.service import case_rule, case_step, service_case, service_target
from crm_core.schema.stays import charge, stay
from crm_core.schema.views import annotation, board, board_view, decision, report, report_run, saved_view

__all__ = [
    "APPEND_ONLY", "PERSONAL", "annotation", "answer_template", "assessment", "assessment_item", "attendance", "audience",
    "audience_left", "audience_member", "audit", "benchmark", "board", "board_view", "bulk_action", "campaign", "campaign_reading",
    "case_rule", "case_step", "certificate", "channel", "charge", "clause_reading", "consent", "correction", "course", "decision",
    "event", "exchange_rate", "former", "guest", "guest_link", "import_batch", "import_mapping", "import_reject", "improvement",
    "interaction", "invitation", "journey", "journey_due", "journey_version", "lead", "lead_step", "learning", "lesson", "market",
    "match_pair", "match_run", "membership", "mention", "metadata", "network_entry", "note", "offer", "pack", "playbook",
    "points_entry", "preference", "profile", "programme", "programme_cost", "programme_rules", "property", "referral", "referral_code",
    "report", "report_run", "review", "review_benchmark", "review_score", "review_source", "room", "rooms_available", "saved_view",
    "search_term", "segment", "segment_version", "send", "send_event", "service_case", "service_target", "setting", "staff",
    "standard", "stay", "store_state", "survey", "survivor", "tag", "tier_override", "warehouse_version",
]

STATUSES = ("tentative", "confirmed", "in_house", "checked_out", "cancelled", "no_show")
RATE_CLASSES = ("paid", "complimentary", "house_use")
SEGMENTS = ("leisure", "business", "group", "contract", "complimentary", "other")
DIRECT_KINDS = ("own_site", "phone", "email", "form", "walk_in", "direct")
CHANNEL_KINDS = (*DIRECT_KINDS, "ota", "operator", "corporate", "group", "gds", "complimentary", "other")
DEPARTMENTS = ("fnb", "spa", "minibar", "laundry", "transfer", "events", "other", "cancellation_fee")
PURPOSES = ("marketing", "survey")
CONSENT_CHANNELS = ("email", "sms", "post")
CONSENT_STATES = ("given", "withdrawn", "objected", "expired")
PREFERENCES = ("bed", "floor", "quiet", "pillow", "diet", "crib", "newspaper", "other")
# Of a profile's name, e-mail address, phone and birth date.
FIELD_STATES = ("missing", "valid", "invalid", "placeholder", "relay", "bounced")
LEAD_STAGES = ("enquiry", "qualified", "offer", "won", "lost")
LEAD_KINDS = ("room", "group", "wedding", "meeting", "other")
LEAD_SOURCES = ("form", "phone", "email", "event", "referral", "social", "walk_in", "file", "other")
INTERACTION_CHANNELS = ("email", "phone", "chat", "social", "front_desk", "app", "sms", "post")
DIRECTIONS = ("in", "out")
CASE_KINDS = ("noise", "cleanliness", "air", "billing", "wifi", "staff", "food", "request", "other")
CASE_STATUSES = ("open", "answered", "waiting", "closed")  # waiting: for the guest
CASE_PRIORITIES = ("low", "normal", "high", "urgent")
CASE_ORIGINS = ("review", "interaction", "desk", "alert", "import")
CASE_STEPS = ("opened", "taken", "answered", "waiting", "closed", "reopened", "told", "changed", "noted")
HOTEL_DEPARTMENTS = ("front_desk", "housekeeping", "maintenance", "restaurant", "spa", "accounts", "it", "management")
REVIEW_KINDS = ("review", "survey")
PLATFORMS = ("booking_com", "tripadvisor", "google", "expedia", "airbnb", "survey", "other")
SURVEY_KINDS = ("in_stay", "post_stay")
ASPECTS = ("room", "cleanliness", "staff", "food", "location", "value", "facilities", "checkin", "wifi", "noise", "general")
LABELS = ("positive", "neutral", "negative")
CONCERNS = ("safety", "discrimination", "pests", "health")
SEND_EVENTS = ("delivered", "bounced", "opened", "clicked", "unsubscribed", "complained")
CAMPAIGN_PURPOSES = ("marketing", "survey", "transactional")
PRIMARY_KPIS = ("booked", "margin")
READINGS = ("planned", "peek")
BOUNCES = ("hard", "soft")
JOURNEY_KINDS = ("pre_arrival", "in_stay", "post_stay", "birthday", "abandoned_enquiry", "cancellation", "ota_win_back", "lapsed")
DUE_STATES = ("due", "exported", "left")
AUDIENCE_KINDS = ("segment", "win_back", "tier_rise", "tier_keep", "advocates")
ARMS = ("contact", "held_out")
POINTS_KINDS = ("earn", "burn", "expire", "adjust", "transfer", "reverse", "opening")
# The programme's account on the other side of a movement; what is reversed goes back where it came from.
COUNTERS = {"earn": "issued", "opening": "issued", "burn": "redeemed", "expire": "expired", "adjust": "adjusted", "transfer": "transferred"}
EVENT_KINDS = ("social", "member_evening", "culture", "food", "sport", "family", "business", "other")
EVENT_AUDIENCES = ("everyone", "guests", "members")
ATTENDANCE = ("registered", "attended", "cancelled", "no_show")
ANNOTATION_KINDS = ("price", "works", "team", "market", "other")
RHYTHMS = ("daily", "weekly", "monthly", "asked")
REPORT_FORMS = ("html", "pdf")
DECISION_STATES = ("open", "read", "dropped")
ASSESSMENT_KINDS = ("self", "audit")
ASSESSMENT_STATES = ("draft", "complete")
MEMBER_STATUSES = ("active", "suspended", "closed", "expired")
PROGRAMME_COSTS = ("fees", "benefits", "staff", "other")

PERSONAL = tuple(c for t in metadata.sorted_tables for c in t.columns if c.info.get("personal"))
APPEND_ONLY = (audit, consent)
