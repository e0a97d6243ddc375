"""Enquiries on their way to a booking."""
import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.quality import email_state
from crm_core.ingest.targets.definition import (
    CURRENCY,
    FAMILY_NAME,
    GIVEN_NAME,
    LANGUAGE,
    PHONE,
    PROPERTY,
    Column,
    Target,
    words,
)
from crm_core.ingest.targets.landing import Landing, Row, instant, land, on
from crm_core.schema import lead, lead_step

KINDS = words("room", "group", "wedding", "meeting", "other", room="rooms stay individual fit transient leisure", group="groups tour",
    wedding="weddings", meeting="mice conference event corporate meetings business")
SOURCES = words(
    "form", "phone", "email", "event", "referral", "social", "walk_in", "file", "other", form="webform website web contactform online",
    phone="call telephone", email="mail", event="fair tradeshow", referral="recommendation wordofmouth",
    social="facebook instagram linkedin", walk_in="frontdesk reception")
STAGES = words(
    "enquiry", "qualified", "offer", "won", "lost", enquiry="inquiry new lead open prospect contacted request",
    qualified="qualification prospecting negotiation", offer="offered quote quoted proposal tentative option",
    won="booked closedwon confirmed definite converted", lost="closedlost declined rejected cancelled canceled turneddown")


def _lead(landing: Landing, row: Row) -> dict:
    stay = landing.find.stay(row, landing.places[row.property].id if row.property else None)
    place = landing.place(row, stay)
    currency = landing.currency(row, "value", place.currency)
    same = ("phone", "company", "country", "language", "nights", "rooms", "guests", "owner", "next_step", "lost_reason", "note")
    name = row["name"] or f"{row['given_name'] or ''} {row['family_name'] or ''}".strip()
    relay = email_state(row["email"]) == "relay"
    landing.counts["relay"] += relay
    return {name: row[name] for name in same} | {
        "property_id": place.id, "guest_id": landing.find.guest(row, stay), "kind": row["kind"] or "room", "via": row["via"] or "other",
        "stage": row["stage"] or "enquiry", "name": name, "email": None if relay else row["email"], "currency": currency,
        "value_minor": landing.money(row, "value", currency), "arrival_on": on(row["arrival"]), "due_on": on(row["due_on"]),
        "created_at": instant(row["created_at"], place.time_zone), "closed_at": instant(row["closed_at"], place.time_zone),
        "stay_id": stay and stay.id}


def _steps(landing: Landing, row: Row, id_: int, record: dict, former: sa.RowMapping | None) -> None:
    """Note the stages that a lead entered: the file tells when it began and when it ended, any other stage is dated at the import."""
    steps = [] if former else [("enquiry", record["created_at"])]
    if record["stage"] != (former["stage"] if former else "enquiry"):
        steps.append((record["stage"], record["closed_at"] or landing.change.at))
    if steps:
        landing.connection.execute(sa.insert(lead_step), [
            {"lead_id": id_, "stage": stage, "at": at, "actor": landing.actor, "batch_id": landing.batch, "revision": landing.change.revision}
            for stage, at in steps])


def write(landing: Landing) -> None:
    """Write enquiries with the stages that they entered, each linked with its guest and booking where they are known."""
    land(landing, lead, _lead, _steps)


LEADS = Target("leads", N_("Enquiries"), N_("One row per enquiry."), (
    Column("lead_id", N_("The enquiry's number. With it a later file updates the enquiry."), "id", False, "L-12"),
    PROPERTY,
    Column("created_at", N_("The moment of the enquiry; a time without a zone is the property's."), "instant", True, "2025-01-08T11:20:00"),
    Column("name", N_("The name of who asked, where the file does not divide it."), "text", False, ""),
    GIVEN_NAME, FAMILY_NAME,
    Column("email", N_("The e-mail address of who asked."), "email", False, "anna.weber@example.com"), PHONE,
    Column("company", N_("The company or agency."), "text", False, ""),
    Column("kind", N_("room, group, wedding, meeting or other; room where it is empty."), "word", False, "wedding", KINDS, "other"),
    Column("via", N_("Where the enquiry came from: form, phone, email, event, referral, social, walk_in or other."), "word", False, "form",
        SOURCES, "other"),
    Column("stage", N_("enquiry, qualified, offer, won or lost; enquiry where it is empty."), "word", False, "offer", STAGES),
    Column("value", N_("What the enquiry is worth."), "amount", False, "4200.00"),
    CURRENCY,
    Column("arrival", N_("The day of arrival that was asked for."), "day", False, "2025-06-20"),
    Column("nights", N_("The number of nights."), "whole", False, "3"),
    Column("rooms", N_("The number of rooms."), "whole", False, "12"),
    Column("guests", N_("The number of guests."), "whole", False, "24"),
    Column("owner", N_("Who looks after the enquiry."), "text", False, "sales"),
    Column("next_step", N_("What is to be done next."), "prose", False, "Call about the menu"),
    Column("due_on", N_("The day by which it is to be done."), "day", False, "2025-01-20"),
    Column("lost_reason", N_("Why the enquiry was lost."), "text", False, ""),
    Column("closed_at", N_("The moment it was won or lost."), "instant", False, ""),
    Column("note", N_("What else is known."), "prose", False, ""),
    Column("country", N_("The country as a code or an English name."), "country", False, "DE"),
    LANGUAGE,
    Column("confirmation", N_("The number of the booking that came of it."), "id", False, ""),
), number="lead_id", write=write)
