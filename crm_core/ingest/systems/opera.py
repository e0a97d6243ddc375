"""Oracle OPERA Cloud: what its reporting and analytics hands out. A report has the columns that its author chose, up to 520."""
from crm_core.i18n import N_
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import deriving
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form

STATUSES = {"reserved": "confirmed", "duein": "confirmed", "expected": "confirmed", "checkedin": "in_house", "inhouse": "in_house",
            "dueout": "in_house", "checkedout": "checked_out", "cancelled": "cancelled", "canceled": "cancelled", "noshow": "no_show",
            "prospect": "tentative", "waitlist": "tentative", "waitlisted": "tentative"}
MEMBER = {"a": "active", "y": "active", "i": "suspended", "n": "suspended"}


def prepare_profiles(chunk: Chunk, form: Form) -> None:
    """Read the opt-in flags as consents of the day the profile was last changed, and let anonymised profiles be nobody."""
    for column in ("email_consent", "sms_consent", "post_consent"):
        deriving.change(chunk, column, deriving.consent)
    deriving.change(chunk, "anonymized", anonymised)
    deriving.change(chunk, "email", _address)
    deriving.fill(chunk, "phone", deriving.raw(chunk, "phoneNo", "homePhoneNumber", "businessPhoneNumber"))
    deriving.fill(chunk, "seen_on", chunk.column("email_consent_on"))
    deriving.forget_anonymized(chunk)


def prepare_reservations(chunk: Chunk, form: Form) -> None:
    """Settle channel and rate class of columns that are often empty, and let anonymised guests be nobody."""
    deriving.fill(chunk, "channel", deriving.raw(chunk, "originOfBookingDesc", "originOfBooking"))
    deriving.fill(chunk, "channel", ("Other",) * len(chunk))
    flags = zip(deriving.raw(chunk, "houseUseYn"), deriving.raw(chunk, "complimentaryYn"), strict=True)
    chunk.cells["rate_class"] = tuple("house_use" if deriving.flag(house) else "complimentary" if deriving.flag(free) else ""
        for house, free in flags)
    chunk.cells["anonymized"] = tuple(map(anonymised, deriving.raw(chunk, "anonymizationStatus")))
    deriving.forget_anonymized(chunk)


def prepare_communications(chunk: Chunk, form: Form) -> None:
    """One column holds addresses and numbers of all kinds: what has an @ is an e-mail address, what has digits a phone number."""
    values = deriving.raw(chunk, "communicationValue")
    deriving.fill(chunk, "email", (value if "@" in value else "" for value in values))
    deriving.fill(chunk, "phone", ("" if "@" in value or sum(map(str.isdigit, value)) < 5 else value for value in values))


def prepare_transactions(chunk: Chunk, form: Form) -> None:
    """Name each movement of points: an adjustment where it says so, a redemption where points go, else earned."""
    adjusted = zip(deriving.raw(chunk, "adjustmentYn"), chunk.column("points"), strict=True)
    chunk.cells["kind"] = tuple("adjust" if deriving.flag(yes) else "burn" if points.strip().startswith(("-", "−", "(")) else "earn"
        for yes, points in adjusted)
    deriving.fill(chunk, "posted_on", deriving.raw(chunk, "pointsCreditDate"))


def anonymised(status: str) -> str:
    """Return yes for a status such as ANONYMIZED or COMPLETED, "" for one that only asks for it."""
    return "yes" if status.strip().casefold() in ("y", "yes", "anonymized", "anonymised", "completed", "complete") else ""


def _address(cell: str) -> str:
    return cell if "@" in cell else ""  # beside eMail there is a flag of nearly the same name


SOURCES = (
    Source(
        "opera_reservations", N_("OPERA Cloud reservations"), "bookings",
        columns={
            "confirmation": ("confirmationNo", "resvNumber", "reservationNameId"), "channel_ref": ("externalReference",),
            "property": ("property", "roomResort"), "status": ("resvStatus", "computedResvStatus", "guestStatus"),
            "booked_on": ("reservationDate", "businessDateCreated", "insertDate"), "arrival": ("arrival", "arrivalDate"),
            "departure": ("departure", "departureDate"), "nights": ("nights",), "cancelled_on": ("cancellationDate",),
            "channel": ("channel", "originOfBookingDesc", "originOfBooking", "sourceName"), "segment": ("marketDesc", "marketCode"),
            "room_type": ("roomCategoryLabel", "roomCategory", "bookedRoomCategoryLabel"), "room": ("room",), "rooms": ("numberOfRooms",),
            "adults": ("adults",), "children": ("children",), "guest_country": ("guestCountry", "nationality"),
            "currency": ("currencyCode",), "room_revenue": ("roomRevenue",), "total_amount": ("totalRevenue",),
            "food_revenue": ("fbRevenue",), "guest_ref": ("guestNameId",), "full_name": ("guestName",), "email": ("guestEmail",
                "emailAddress"),
            "phone": ("guestPhone",), "language": ("guestLanguage",), "loyalty_number": ("membershipNumber",)},
        words={"status": STATUSES}, prepare=prepare_reservations, derives=("rate_class",), closed=True, system="opera",
        reads=("originOfBookingDesc", "originOfBooking", "houseUseYn", "complimentaryYn", "anonymizationStatus"),
        signature=("confirmationNo", "resvStatus", "roomCategory", "roomCategoryLabel", "marketCode", "rateCode",
            "guestEmail", "computedResvStatus", "guestNameId"), enough=4, notes=("shares",)),
    Source(
        "opera_profiles", N_("OPERA Cloud profiles"), "guests",
        columns={
            "guest_ref": ("nameId", "profileId", "guestProfileID"), "given_name": ("first", "firstName", "xfirstName"),
            "family_name": ("guestLastName", "name", "xname"), "full_name": ("displayName", "combinedName"), "email": ("eMail",),
            "phone": ("mobilePhoneNumber", "phoneNo", "phone"), "birth_date": ("birthDate",), "street": ("address1",),
            "postcode": ("zipCode", "postalCode"), "city": ("city",), "country": ("country", "countryCode", "nationality"),
            "language": ("language", "languageCode"), "loyalty_number": ("membershipNumber",), "email_consent": ("dOptInEmailFlg",),
            "email_consent_on": ("updateDate",), "sms_consent": ("dOptInSmsFlg",), "post_consent": ("dOptInMailListFlg",),
            "tags": ("vipStatus", "vIPCode"), "anonymized": ("anonymizationStatus",), "property": ("resortRegistered",
                "propertyRegistered")},
        constants={"email_consent_source": "OPERA Cloud opt-in"}, prepare=prepare_profiles, derives=("seen_on",), closed=True,
        reads=("phoneNo", "homePhoneNumber", "businessPhoneNumber"), system="opera",
        signature=("dOptInEmailFlg", "dOptInSmsFlg", "nameType", "vipStatus", "eMail", "zipCode", "mobilePhoneNumber",
            "anonymizationStatus",
            "nationality", "historyYn", "sxname", "profileType", "nameTypeDescription", "guestLastName", "centralVIPCode", "vIPCode",
            "searchName"), enough=5),
    Source(
        "opera_communications", N_("OPERA Cloud addresses and numbers of profiles"), "guests",
        columns={"guest_ref": ("profileID", "internalProfileId"), "given_name": ("firstName",), "family_name": ("lastName",),
            "language": ("emailLanguage",), "seen_on": ("updateDate",)},
        prepare=prepare_communications, derives=("email", "phone"), closed=True, reads=("communicationValue",), system="opera",
        signature=("communicationValue", "communicationRole", "communicationID", "phoneType", "emailFormat"), enough=2),
    Source(
        "opera_addresses", N_("OPERA Cloud postal addresses of profiles"), "guests",
        columns={"guest_ref": ("profileId",), "given_name": ("firstName",), "family_name": ("name",), "street": ("address1",),
            "postcode": ("postalCode",), "city": ("city",), "country": ("countryCode",), "language": ("addressLanguage",),
            "seen_on": ("updateDate",)},
        closed=True, system="opera", signature=("address1", "addressType", "addressLanguageDescription", "inCareOf", "profileAddressId",
            "foreignCountry",
            "cleansedStatus"), enough=4),
    Source(
        "opera_subscriptions", N_("OPERA Cloud subscriptions of profiles"), "guests",
        columns={"guest_ref": ("nameId", "profileId"), "tags": ("externalDatabaseName", "extDBNameID"), "seen_on": ("lastActivityDate",)},
        closed=True, system="opera", signature=("profilesubscriptionId", "externalDatabaseName", "externalProfileId", "distributeYn",
            "lastDistributeDate"),
        enough=3, notes=("no_person",)),
    Source(
        "opera_memberships", N_("OPERA Cloud memberships"), "memberships",
        columns={"membership_number": ("membershipNumber", "membershipCardNumber"), "guest_ref": ("nameId",),
            "tier": ("membershipLevel",), "status": ("membershipStatus", "memberStatus", "membershipActiveYN"),
            "enrolled_on": ("joinedDate", "joinDate"), "enrolled_via": ("enrollmentSource",), "expires_on": ("expirationDate",
                "expiration"),
            "points": ("currentPoints",), "property": ("enrollmentProperty", "enrolledAt")},
        words={"status": MEMBER}, closed=True, system="opera",
        signature=("membershipLevel", "membershipType", "nameOnCard", "currentPoints", "joinDate", "joinedDate", "membershipCardNumber",
            "enrollmentSource"), enough=4),
    Source(
        "opera_points", N_("OPERA Cloud movements of points"), "points",
        columns={"entry_id": ("membershipTransactionId",), "membership_number": ("membershipCardNo",),
            "posted_on": ("transactionDate", "pointsCreditDate"), "points": ("totalPoints",), "amount": ("totalRevenue",),
            "currency": ("currencyCode",), "confirmation": ("cRSBookingNumber", "pMSReservationNo"), "reference": ("reference",)},
        prepare=prepare_transactions, derives=("kind",), closed=True, reads=("adjustmentYn", "pointsCreditDate"), system="opera",
        signature=("membershipTransactionId", "membershipCardNo", "totalPoints", "basePoints", "bonusPoints", "transactionDate",
            "pointsCreditDate"), enough=3),
)
