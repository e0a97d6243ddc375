"""Events that the hotel holds, and who registered for them."""
import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.targets.definition import (
    EMAIL,
    FAMILY_NAME,
    GIVEN_NAME,
    GUEST_REF,
    PHONE,
    PROPERTY,
    Column,
    Target,
    words,
)
from crm_core.ingest.targets.landing import Landing, Misfit, Row, land, on
from crm_core.ingest.targets.persons import known_or_new
from crm_core.schema import attendance, event

STATUSES = words(
    "registered", "attended", "cancelled", "no_show", registered="booked confirmed yes invited rsvp", attended="present came checkedin",
    cancelled="canceled declined no", no_show="absent noshow missed")


def _event(landing: Landing, row: Row) -> dict:
    return {"property_id": landing.place(row).id, "name": row["name"], "kind": row["kind"] or "other", "starts_on": on(row["starts_on"]),
            "ends_on": on(row["ends_on"]), "place": row["place"], "capacity": row["capacity"]}


def write_events(landing: Landing) -> None:
    """Write events."""
    land(landing, event, _event)


def _attendance(landing: Landing, row: Row) -> dict:
    held = _held(landing, row)
    return {"event_id": held.id, "profile_id": known_or_new(landing, row, held.property_id), "status": row["status"] or "registered",
            "registered_on": on(row["registered_on"]), "party": row["party"] or 1}


def _held(landing: Landing, row: Row) -> sa.Row:
    """Return the event of that number: the same source's, else the only one that any source has; raises Misfit."""
    found = landing.connection.execute(sa.select(event).where(event.c.external_id == row["event_id"])).all()
    if row.property:
        found = [one for one in found if one.property_id == landing.places[row.property].id]
    own = [one for one in found if one.source == landing.source] or found
    if len(own) != 1:
        raise Misfit("event_id", "no_such_event")
    return own[0]


def write_attendance(landing: Landing) -> None:
    """Write who came; people who are not known become profiles."""
    land(landing, attendance, _attendance)


EVENTS = Target("events", N_("Events of the hotel"), N_("One row per event."), (
    Column("event_id", N_("The event's number."), "id", False, "EV-3"),
    PROPERTY,
    Column("name", N_("The event's name."), "text", True, "Garden concert"),
    Column("kind", N_("The kind of event in your own word."), "text", False, "concert"),
    Column("starts_on", N_("The first day."), "day", True, "2025-05-10"),
    Column("ends_on", N_("The last day, where there are several."), "day", False, ""),
    Column("place", N_("Where it is held."), "text", False, "Garden"),
    Column("capacity", N_("How many people fit."), "whole", False, "80"),
), number="event_id", write=write_events)

ATTENDANCE = Target("attendance", N_("Who came to events"), N_("One row per person and event."), (
    Column("attendance_id", N_("The registration's number."), "id", False, "A-41"),
    Column("event_id", N_("The event's number."), "id", True, "EV-3"),
    PROPERTY, GIVEN_NAME, FAMILY_NAME, EMAIL, PHONE, GUEST_REF,
    Column("status", N_("registered, attended, cancelled or no_show; registered where it is empty."), "word", False, "attended", STATUSES),
    Column("registered_on", N_("The day of the registration."), "day", False, "2025-04-02"),
    Column("party", N_("How many people the registration is for; 1 where it is empty."), "whole", False, "2"),
), number="attendance_id", write=write_attendance)
