"""Our own files: the columns of every target, and what a row of it cannot do without."""
from crm_core.i18n import N_
from crm_core.ingest.systems.source import Source

PERSON = ("given_name", "family_name", "full_name", "email", "phone")

COLUMNS: dict[str, tuple[str, ...]] = {target: tuple(columns.split()) for target, columns in {
    "bookings": "confirmation channel_ref property status booked_on arrival departure nights cancelled_on channel segment room_type room"
        " rooms rate_class adults children infants guest_country currency room_revenue total_amount commission food_revenue spa_revenue"
        " other_revenue cancellation_fee guest_ref given_name family_name full_name email phone birth_date street postcode city language"
        " document loyalty_number guest_is_booker preferences email_consent email_consent_on email_consent_source",
    "guests": "guest_ref property given_name family_name full_name email phone birth_date street postcode city country language document"
        " loyalty_number guest_is_booker preferences email_consent email_consent_on email_consent_source sms_consent post_consent tags"
        " merged_into_ref anonymized seen_on",
    "charges": "charge_id property confirmation posted_on department currency amount",
    "reviews": "review_id property reviewed_on stay_month score score_scale title text liked disliked language guest_country author tags"
        " confirmation email guest_ref room answer answered_on",
    "campaigns": "campaign_id campaign_name subject channel purpose sent_at sent delivered bounces soft_bounces hard_bounces opens_reported"
        " opens_proxy clicks unsubscribes complaints conversions attributed_revenue cost currency",
    "sends": "send_id campaign_id campaign_name email guest_ref sent_at arm",
    "send_events": "event_id send_id campaign_id email kind at url is_machine",
    "memberships": "membership_number property guest_ref given_name family_name email phone tier status enrolled_on enrolled_via expires_on"
        " points",
    "points": "entry_id membership_number posted_on kind points amount currency confirmation reference",
    "cases": "case_id property opened_at kind severity status answered_at closed_at reopened text resolution compensation currency room"
        " owner confirmation guest_ref email",
    "interactions": "interaction_id property at channel direction subject text by thread guest_ref email phone lead_id",
    "leads": "lead_id property created_at name given_name family_name email phone company kind via stage value currency arrival nights"
        " rooms guests owner next_step due_on lost_reason closed_at note country language confirmation",
    "events": "event_id property name kind starts_on ends_on place capacity",
    "attendance": "attendance_id event_id property given_name family_name email phone guest_ref status registered_on party",
    "commissions": "confirmation property commission currency",
}.items()}

# What a row needs; of several in one group, any one is enough.
REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "bookings": (("property",), ("status",), ("arrival",), ("departure", "nights"), ("channel",), ("room_revenue", "total_amount")),
    "guests": (PERSON,),
    "charges": (("confirmation",), ("posted_on",), ("department",), ("amount",)),
    "reviews": (("reviewed_on",),),
    "campaigns": (("campaign_name",),),
    "sends": (("campaign_id",), ("email",), ("sent_at",)),
    "send_events": (("kind",), ("at",)),
    "memberships": (("membership_number",),),
    "points": (("membership_number",), ("posted_on",), ("kind",), ("points",)),
    "cases": (("opened_at",), ("kind",)),
    "interactions": (("at",), ("channel",), ("direction",)),
    "leads": (("created_at",),),
    "events": (("name",), ("starts_on",)),
    "attendance": (("event_id",),),
    "commissions": (("confirmation",), ("commission",)),
}

TITLES = {
    "bookings": N_("Bookings (our template)"), "guests": N_("Guests (our template)"), "charges": N_("Charges (our template)"),
    "reviews": N_("Reviews (our template)"), "campaigns": N_("Campaigns (our template)"), "sends": N_("Campaign sends (our template)"),
    "send_events": N_("Campaign events (our template)"), "memberships": N_("Memberships (our template)"),
    "points": N_("Points (our template)"), "cases": N_("Cases (our template)"), "interactions": N_("Interactions (our template)"),
    "leads": N_("Leads (our template)"), "events": N_("Events (our template)"), "attendance": N_("Attendance of events (our template)"),
    "commissions": N_("Commissions (our template)"),
}

SOURCES = tuple(Source(target, TITLES[target], target) for target in COLUMNS)
