"""Mews: customers, reservations and memberships as its connector hands them out, one JSON object per line."""
from crm_core.i18n import N_
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import deriving
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form
from crm_core.stats.relays import is_relay

STATES = {"inquired": "tentative", "optional": "tentative", "requested": "tentative", "confirmed": "confirmed", "started": "in_house",
          "processed": "checked_out", "canceled": "cancelled", "cancelled": "cancelled"}
CHANNELS = {"inperson": "Walk-in", "channel": "Online travel agency", "phone": "Phone", "email": "E-mail", "website": "Own site",
            "message": "E-mail", "callcenter": "Phone", "roominglist": "Group", "distributor": "Own site",
            "channelmanager": "Online travel agency", "commander": "Direct", "import": "Other", "connector": "Other",
                "navigator": "Own site"}
PURPOSES = {"leisure": "leisure", "business": "business", "student": "other"}


def prepare_customers(chunk: Chunk, form: Form) -> None:
    """Read tags and consents out of their lists, and leave out addresses that Mews knows to be a travel site's."""
    deriving.change(chunk, "tags", deriving.listed)
    cells = deriving.raw(chunk, "Options")
    options = {cell: frozenset(deriving.parts(cell)) for cell in set(cells)}
    for column, option in (("email_consent", "SendMarketingEmails"), ("post_consent", "SendMarketingPostalMail")):
        deriving.fill(chunk, column, ("" if not cell.strip() else "given" if option in options[cell] else "withdrawn" for cell in cells))
    masked = zip(deriving.raw(chunk, "HasOtaEmail"), chunk.column("email"), strict=True)
    chunk.cells["email"] = tuple("" if deriving.flag(ota) and not is_relay(email) else email for ota, email in masked)
    second = zip(chunk.column("family_name"), deriving.raw(chunk, "SecondLastName"), strict=True)
    chunk.cells["family_name"] = tuple(f"{first} {then}".strip() for first, then in second)
    diets = deriving.raw(chunk, "DietaryRequirements")
    deriving.fill(chunk, "preferences", (f"diet: {' '.join(diet.replace(';', ',').split())}" if diet.strip() else "" for diet in diets))
    deriving.hotel_days(chunk, "seen_on")
    deriving.fill(chunk, "email_consent_on", chunk.column("seen_on"))


def prepare_reservations(chunk: Chunk, form: Form) -> None:
    """Turn instants to days of the hotel, count the party, and tell a guest who never came from one who cancelled."""
    deriving.hotel_days(chunk, "arrival", "departure", "booked_on", "cancelled_on")
    deriving.translate(chunk, "status", STATES)
    reasons = zip(chunk.column("status"), deriving.raw(chunk, "CancellationReason"), strict=True)
    chunk.cells["status"] = tuple("no_show" if status == "cancelled" and reason.strip().casefold() == "noshow" else status
        for status, reason in reasons)
    deriving.fill(chunk, "adults", (str(_party(cell)) if cell.strip() else "" for cell in deriving.raw(chunk, "PersonCounts")))
    deriving.fill(chunk, "channel", deriving.raw(chunk, "CommanderOrigin"))
    deriving.translate(chunk, "channel", CHANNELS)
    deriving.fill(chunk, "channel", ("Other",) * len(chunk))


def _party(cell: str) -> int:
    """Return the people in "AgeCategoryId: …, Count: 2; AgeCategoryId: …, Count: 1"."""
    counts = (part.rpartition(":") for part in deriving.parts(cell))
    return sum(int(number) for name, _, number in counts if name.strip().casefold() == "count" and number.strip().isdecimal())


SOURCES = (
    Source(
        "mews_customers", N_("Mews customers (JSON lines)"), "guests",
        columns={
            "guest_ref": ("Id",), "given_name": ("FirstName",), "family_name": ("LastName",), "email": ("Email",), "phone": ("Phone",),
            "birth_date": ("BirthDate",), "country": ("NationalityCode", "Address.CountryCode"), "street": ("Address.Line1",),
            "city": ("Address.City",), "postcode": ("Address.PostalCode",), "language": ("PreferredLanguageCode", "LanguageCode"),
            "loyalty_number": ("LoyaltyCode",), "tags": ("Classifications",), "merged_into_ref": ("MergeTargetId",),
                "seen_on": ("UpdatedUtc",)},
        constants={"email_consent_source": "Mews Options"}, prepare=prepare_customers,
        derives=("email_consent", "email_consent_on", "post_consent", "preferences"), closed=True,
        reads=("Options", "HasOtaEmail", "SecondLastName", "DietaryRequirements"), system="mews",
        signature=("HasOtaEmail", "Classifications", "NationalityCode", "MergeTargetId", "PreferredLanguageCode", "SecondLastName",
            "ItalianFiscalCode", "UpdatedUtc", "LoyaltyCode"), enough=3),
    Source(
        "mews_reservations", N_("Mews reservations (JSON lines)"), "bookings",
        columns={
            "confirmation": ("Number",), "channel_ref": ("ChannelNumber",), "status": ("State",), "booked_on": ("CreatedUtc",),
            "arrival": ("ScheduledStartUtc", "StartUtc"), "departure": ("ScheduledEndUtc", "EndUtc"), "cancelled_on": ("CancelledUtc",),
            "channel": ("Origin",), "segment": ("Purpose",), "guest_ref": ("AccountId", "CustomerId")},
        constants={"room_revenue": "0"}, words={"status": STATES, "segment": PURPOSES}, prepare=prepare_reservations,
        derives=("adults",), closed=True, reads=("CancellationReason", "PersonCounts", "CommanderOrigin"), system="mews",
        signature=("ScheduledStartUtc", "ScheduledEndUtc", "CommanderOrigin", "PersonCounts", "ReleasedUtc", "RequestedResourceCategoryId",
            "ActualStartUtc", "ChannelManagerNumber", "BusinessSegmentId"), enough=3, notes=("days_of_utc", "no_amounts")),
    Source(
        "mews_memberships", N_("Mews loyalty memberships (JSON lines)"), "memberships",
        columns={"membership_number": ("MembershipNumber", "ProviderMembershipId"), "guest_ref": ("AccountId",), "tier": ("LoyaltyTierId",),
            "status": ("State",), "expires_on": ("ExpirationDate",), "points": ("Points",)},
        words={"status": {"enabled": "active", "disabled": "suspended", "pending": "suspended"}},
        closed=True, system="mews", signature=("LoyaltyProgramId", "LoyaltyTierId", "ProviderMembershipId", "MembershipNumber",
            "IsPrimary"), enough=3),
)
