"""Cloudbeds: the reservation report and the answers of its programming interface, version 1.3."""
from crm_core.i18n import N_
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import deriving
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form

STATUSES = {"notconfirmed": "tentative", "confirmationpending": "tentative", "confirmed": "confirmed", "inhouse": "in_house",
            "checkedin": "in_house", "checkedout": "checked_out", "canceled": "cancelled", "cancelled": "cancelled", "noshow": "no_show"}
PERSON = {
    "guest_ref": ("guestID",), "full_name": ("guestName",), "given_name": ("firstName", "guestFirstName"),
    "family_name": ("lastName", "guestLastName"), "email": ("email", "guestEmail"),
    "phone": ("cellPhone", "guestCellPhone", "phone", "guestPhone"), "birth_date": ("birthDate", "guestBirthDate"),
    "street": ("address", "guestAddress1"), "postcode": ("zip", "guestZip"), "city": ("city", "guestCity"),
    "country": ("country", "guestCountry"), "document": ("documentNumber", "guestDocumentNumber"), "email_consent": ("guestOptIn",),
    "email_consent_on": ("dateModified",), "merged_into_ref": ("newGuestID",), "anonymized": ("isAnonymized",)}
RESERVATION = {
    "confirmation": ("reservationID",), "channel_ref": ("thirdPartyIdentifier",), "property": ("propertyID",), "status": ("status",),
    "booked_on": ("dateCreated",), "arrival": ("startDate",), "departure": ("endDate",), "cancelled_on": ("dateCancelled",),
    "channel": ("sourceName", "source"), "adults": ("adults",), "children": ("children",), "guest_ref": ("guestID",),
    "full_name": ("guestName",), "email": ("guestEmail",)}


def prepare_guests(chunk: Chunk, form: Form) -> None:
    """Read the flags: an anonymised guest stays nobody, and only a merged one has another in its place."""
    deriving.change(chunk, "anonymized", deriving.yes_no)
    deriving.change(chunk, "email_consent", deriving.consent)
    deriving.fill(chunk, "phone", deriving.raw(chunk, "phone", "guestPhone"))
    merged = deriving.raw(chunk, "isMerged")
    if any(merged):
        into = zip(merged, chunk.column("merged_into_ref"), strict=True)
        chunk.cells["merged_into_ref"] = tuple(ref if deriving.flag(is_merged) else "" for is_merged, ref in into)
    deriving.forget_anonymized(chunk)


def prepare_reservations(chunk: Chunk, form: Form) -> None:
    """An anonymised guest's name is a placeholder, and no name."""
    chunk.cells["anonymized"] = deriving.raw(chunk, "isAnonymized")
    deriving.change(chunk, "anonymized", deriving.yes_no)
    deriving.forget_anonymized(chunk)


def prepare_report(chunk: Chunk, form: Form) -> None:
    """Take the second of the two telephone columns where the first is empty."""
    deriving.fill(chunk, "phone", deriving.raw(chunk, "Mobile"))


SOURCES = (
    Source(
        "cloudbeds", N_("Cloudbeds reservation report"), "bookings",
        columns={
            "full_name": ("Name",), "email": ("Email",), "phone": ("Phone Number", "Mobile"), "birth_date": ("Date of Birth",),
            "document": ("Document Number",), "street": ("Street Address",), "city": ("City",), "postcode": ("Postal / ZIP Code",),
            "confirmation": ("Reservation Number",), "channel_ref": ("Third Party Confirmation Number",), "adults": ("Adults",),
            "children": ("Children",), "room": ("Room Number",), "room_revenue": ("Accommodation Total",), "arrival": ("Check in Date",),
            "departure": ("Check out Date",), "nights": ("Nights",), "room_type": ("Room Type",), "total_amount": ("Grand Total",),
            "booked_on": ("Reservation Date",), "channel": ("Source",), "status": ("Status",), "guest_country": ("Country",),
            "cancelled_on": ("Cancelation Date", "Cancellation Date"), "cancellation_fee": ("Cancelation fee", "Cancellation fee")},
        words={"status": STATUSES}, prepare=prepare_report, reads=("Mobile",),
        signature=("Third Party Confirmation Number", "Accommodation Total", "Balance Due", "Guest Status", "Cancelation Date",
            "Apt, suite, floor etc.", "Postal / ZIP Code", "Check in Date", "Estimated Arrival Time", "Grand Total"), enough=4),
    Source(
        "cloudbeds_reservations", N_("Cloudbeds reservations (JSON)"), "bookings", columns=RESERVATION,
        constants={"room_revenue": "0"}, words={"status": STATUSES}, prepare=prepare_reservations, closed=True,
        reads=("isAnonymized",), system="cloudbeds",
        signature=("reservationID", "startDate", "endDate", "sourceName", "profileID", "subReservationID", "groupInventory"), enough=4,
        notes=("no_amounts",)),
    Source(
        "cloudbeds_reservation", N_("Cloudbeds reservations in detail (JSON)"), "bookings",
        columns=RESERVATION | {"total_amount": ("total",)}, words={"status": STATUSES}, prepare=prepare_reservations, closed=True,
        reads=("isAnonymized",), system="cloudbeds",
        signature=("reservationID", "startDate", "endDate", "total", "balanceDetailed", "cardsOnFile", "thirdPartyIdentifier",
            "guestEmail"),
        enough=5),
    Source(
        "cloudbeds_guests", N_("Cloudbeds guests (JSON)"), "guests", columns=PERSON, prepare=prepare_guests, closed=True,
        reads=("phone", "guestPhone", "isMerged"), system="cloudbeds",
        constants={"email_consent_source": "Cloudbeds guestOptIn"},
        signature=("guestID", "guestName", "isMainGuest", "isAnonymized", "guestOptIn", "isMerged", "newGuestID", "guestFirstName",
            "guestLastName", "guestDocumentNumber", "firstName", "cellPhone", "guestRequirements"), enough=4),
)
