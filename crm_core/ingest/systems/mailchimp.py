"""Mailchimp: campaign report (its headers are said, not verified), members of an audience, and their activity."""
from crm_core.i18n import N_
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import deriving
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form

CONSENTS = {"subscribed": "given", "unsubscribed": "withdrawn", "cleaned": "withdrawn", "pending": "", "nonsubscribed": "",
            "transactional": "", "archived": ""}
ACTIONS = {"sent": "delivered", "open": "opened", "click": "clicked", "bounce": "bounced", "unsub": "unsubscribed",
           "unsubscribe": "unsubscribed", "abuse": "complained", "abusereport": "complained"}


def prepare_members(chunk: Chunk, form: Form) -> None:
    """A consent that ended did so on the day of the last change, not on that of the opt-in."""
    deriving.translate(chunk, "email_consent", CONSENTS)
    ended = deriving.raw(chunk, "UNSUB_TIME", "last_changed")
    states = zip(chunk.column("email_consent"), ended, chunk.column("email_consent_on"), strict=True)
    chunk.cells["email_consent_on"] = tuple(end or begun if state == "withdrawn" else begun for state, end, begun in states)
    deriving.change(chunk, "tags", deriving.listed)


SOURCES = (
    Source(
        "mailchimp_campaigns", N_("Mailchimp campaign report"), "campaigns",
        columns={
            "campaign_id": ("Unique Id",), "campaign_name": ("Title",), "subject": ("Subject",), "sent_at": ("Send Date",),
            "sent": ("Total Recipients",), "delivered": ("Successful Deliveries",), "soft_bounces": ("Soft Bounces",),
            "hard_bounces": ("Hard Bounces",), "bounces": ("Total Bounces",), "opens_reported": ("Unique Opens",),
            "opens_proxy": ("Apple MPP Opens",),
            "clicks": ("Unique Clicks",), "unsubscribes": ("Unsubscribes",), "complaints": ("Abuse Complaints",),
            "conversions": ("Total Orders",), "attributed_revenue": ("Total Revenue", "Total Gross Sales"), "cost": ("Campaign Cost",)},
        constants={"channel": "email"}, confirm=True, closed=True, system="mailchimp",
        signature=("Send Date", "Abuse Complaints", "Times Forwarded", "Forwarded Opens", "Soft Bounces", "Hard Bounces", "Folder Id",
            "Unique Id", "Times Liked on Facebook"), enough=4, notes=("confirm", "opens_with_proxies", "vendor_revenue")),
    Source(
        "mailchimp_members", N_("Mailchimp members"), "guests",
        columns={
            "guest_ref": ("unique_email_id", "EUID", "LEID", "id"), "email": ("email_address",),
            "given_name": ("merge_fields.FNAME", "First Name", "FNAME"), "family_name": ("merge_fields.LNAME", "Last Name", "LNAME"),
            "phone": ("merge_fields.PHONE", "Phone Number", "PHONE"), "language": ("language",), "tags": ("tags",),
            "email_consent": ("status",), "email_consent_on": ("timestamp_opt", "CONFIRM_TIME", "OPTIN_TIME"),
            "country": ("location.country_code", "CC")},
        constants={"email_consent_source": "Mailchimp"}, prepare=prepare_members, closed=True,
        reads=("UNSUB_TIME", "last_changed"), system="mailchimp",
        signature=("email_address", "timestamp_opt", "timestamp_signup", "unique_email_id", "MEMBER_RATING", "OPTIN_TIME", "CONFIRM_TIME",
            "LEID",
            "EUID"), enough=2),
    Source(
        "mailchimp_activity", N_("Mailchimp activity"), "send_events",
        columns={"campaign_id": ("campaign_id",), "email": ("email_address", "email_id"), "kind": ("action",), "at": ("timestamp",),
            "url": ("url",), "bounce": ("type",)},
        words={"kind": ACTIONS}, closed=True, system="mailchimp", signature=("campaign_id", "action", "timestamp"), enough=3, narrow=12),
)
