"""Events that the hotel holds, and who registered for them."""
import datetime as dt

import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.aliases import folded
from crm_core.ingest.targets.definition import (
    CURRENCY,
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
from crm_core.records.gatherings import DEAREST, MOST_PLACES
from crm_core.records.registrations import MOST_PARTY, local_minute
from crm_core.schema import ATTENDANCE as STATES
from crm_core.schema import EVENT_AUDIENCES, EVENT_KINDS, attendance, event

# Words for kinds of events that are ours; any other word stays as the hotel writes it.
KINDS = words(
    *EVENT_KINDS, social="party reception mixer", member_evening="members membersevening", culture="concert music exhibition lecture film theatre reading",
    food="tasting dinner wine cooking brunch", sport="yoga run golf tennis wellness", family="kids children", business="conference meeting seminar workshop")
AUDIENCES = words(*EVENT_AUDIENCES, everyone="all public open neighbours anyone", guests="guest guestsonly inhouse inhouseguests residents",
    members="member membersonly loyalty loyaltymembers")
STATUSES = words(
    *STATES, registered="booked confirmed yes invited rsvp", attended="present came checkedin",
    cancelled="canceled declined no", no_show="absent noshow missed")
# What people enter here too: a file that says nothing of it takes nothing away.
ENTERED_HERE = ("place", "capacity", "starts_time", "cost_minor", "currency", "register_until")
MIDNIGHT, LAST_MINUTE = "T00:00", "T23:59"


# --- events ------------------------------------------------------------------------------------------------------------------
def _event(landing: Landing, row: Row) -> dict:
    place = landing.place(row)
    begins, ends = _minute(row["starts_on"], place.time_zone), on(row["ends_on"])
    first, until = on(begins[:10]), on(row["register_until"])
    _check_days(first, ends, until)
    if row["capacity"] is not None and not 0 < row["capacity"] <= MOST_PLACES:
        raise Misfit("capacity", "places")
    currency = landing.currency(row, "cost", place.currency)
    told = "" if begins.endswith(MIDNIGHT) else begins[11:]
    return {"property_id": place.id, "name": row["name"], "kind": KINDS.get(folded(row["kind"]), row["kind"]) or "other", "starts_on": first,
            "ends_on": ends, "starts_time": row["starts_time"] or told, "place": row["place"], "capacity": row["capacity"],
            "audience": row["audience"] or "everyone", "cost_minor": (cost := _cost(landing, row, currency)),
            "currency": "" if cost is None else currency, "register_until": until}


def _check_days(first: dt.date, ends: dt.date | None, until: dt.date | None) -> None:
    if ends and ends < first:
        raise Misfit("ends_on", "ends_before_start")
    if until and until > (ends or first):
        raise Misfit("register_until", "registers_after")


def _cost(landing: Landing, row: Row, currency: str) -> int | None:
    cost = landing.money(row, "cost", currency)
    if cost is not None and cost > DEAREST:
        raise Misfit("cost", "too_large")
    return cost


def _kept_event(landing: Landing, row: Row, former: sa.RowMapping, values: dict) -> dict:
    told = {name: value for name, value in values.items() if value not in (None, "") or name not in ENTERED_HERE}
    return told if row["audience"] else told | {"audience": former["audience"]}


def write_events(landing: Landing) -> None:
    """Write events; what a file does not tell of one stays as people entered it here."""
    land(landing, event, _event, keep=_kept_event)


def _minute(said: str, zone: str) -> str:
    """Return a moment that was read as its local minute, such as 2025-05-09T18:30; one with a zone of its own is turned into the property's."""
    at = dt.datetime.fromisoformat(said)
    return local_minute(said, zone) if at.tzinfo else at.strftime("%Y-%m-%dT%H:%M")


# --- who came ------------------------------------------------------------------------------------------------------------------
def _attendance(landing: Landing, row: Row) -> dict:
    held = _held(landing, row)
    zone = next(place.time_zone for place in landing.places.values() if place.id == held.property_id)
    cancelled = _cancelled(row, zone)
    if (row["party"] or 1) > MOST_PARTY:
        raise Misfit("party", "too_large")
    return {"event_id": held.id, "profile_id": known_or_new(landing, row, held.property_id), "registered_on": on(row["registered_on"]),
            "status": "cancelled" if cancelled else row["status"] or "registered", "cancelled_local": cancelled, "party": row["party"] or 1}


def _cancelled(row: Row, zone: str) -> str | None:
    """Return the local minute of a cancellation; a day without a time counts to its end. Raises Misfit for one of somebody who came."""
    if not row["cancelled_at"]:
        return None
    if row["status"] in ("attended", "no_show"):
        raise Misfit("cancelled_at", "came_and_cancelled")
    minute = _minute(row["cancelled_at"], zone)
    if row["registered_on"] and minute[:10] < row["registered_on"]:
        raise Misfit("cancelled_at", "cancelled_before")
    return minute.replace(MIDNIGHT, LAST_MINUTE)


def _held(landing: Landing, row: Row) -> sa.Row:
    """Return the event of that number: the same source's, else the only one that any source has; raises Misfit."""
    found = landing.connection.execute(sa.select(event).where(event.c.external_id == row["event_id"])).all()
    if row.property:
        found = [one for one in found if one.property_id == landing.places[row.property].id]
    own = [one for one in found if one.source == landing.source] or found
    if len(own) != 1:
        raise Misfit("event_id", "no_such_event")
    return own[0]


def _kept_presence(landing: Landing, row: Row, former: sa.RowMapping, values: dict) -> dict:
    """What a later file writes over a registration: that somebody came or cancelled here stays where the file knows only the registration."""
    if values["status"] != "registered" or not (former["actor"] or row["status"] is None):
        return values
    return {name: value for name, value in values.items() if name not in ("status", "cancelled_local")}


def write_attendance(landing: Landing) -> None:
    """Write who came; people who are not known become profiles."""
    land(landing, attendance, _attendance, keep=_kept_presence)


EVENTS = Target("events", N_("Events of the hotel"), N_("One row per event."), (
    Column("event_id", N_("The event's number."), "id", False, "EV-3"),
    PROPERTY,
    Column("name", N_("The event's name."), "text", True, "Garden concert"),
    Column("kind", N_("social, member_evening, culture, food, sport, family, business or other; or your own word."), "text", False, "culture"),
    Column("starts_on", N_("The first day; a time beside it is the time at which it begins."), "instant", True, "2025-05-10"),
    Column("starts_time", N_("The local time at which it begins: 19:00, or 7 pm."), "time", False, "19:00"),
    Column("ends_on", N_("The last day, where there are several."), "day", False, ""),
    Column("place", N_("Where it is held."), "text", False, "Garden"),
    Column("audience", N_("For whom it is: everyone, guests or members; everyone where it is empty."), "word", False, "everyone", AUDIENCES),
    Column("capacity", N_("How many people fit."), "whole", False, "80"),
    Column("register_until", N_("The last day on which people register."), "day", False, "2025-05-08"),
    Column("cost", N_("What it cost the house."), "amount", False, "640.00"),
    CURRENCY,
), number="event_id", content=("property", "name", "starts_on"), write=write_events)

ATTENDANCE = Target("attendance", N_("Who came to events"), N_("One row per person and event."), (
    Column("attendance_id", N_("The registration's number."), "id", False, "A-41"),
    Column("event_id", N_("The event's number."), "id", True, "EV-3"),
    PROPERTY, GIVEN_NAME, FAMILY_NAME, EMAIL, PHONE, GUEST_REF,
    Column("status", N_("registered, attended, cancelled or no_show; registered where it is empty."), "word", False, "attended", STATUSES),
    Column("registered_on", N_("The day of the registration."), "day", False, "2025-04-02"),
    Column("cancelled_at", N_("The moment of the cancellation, in the property's time; a day without a time counts to its end."), "instant", False, ""),
    Column("party", N_("How many people the registration is for; 1 where it is empty."), "whole", False, "2"),
), number="attendance_id", content=("event_id", "property", "given_name", "family_name", "email", "phone", "guest_ref"), write=write_attendance)
