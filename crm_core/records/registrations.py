"""A guest on the list of an event: registered, cancelled, there or not."""
import datetime as dt
import zoneinfo

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_, t
from crm_core.records import gatherings, placed
from crm_core.records.guests import visible
from crm_core.records.persons import members, person_of
from crm_core.records.registry import Refused, Stale, action
from crm_core.schema import attendance, event, guest, profile, property
from crm_core.scope import Scope
from crm_core.store.record import Change

MOST_PARTY = 100
ABSENT = N_("There is no such registration.")
PRESENCE = ("attended", "no_show", "registered")


@action("standards", "register", "attendance")
def register_guest(change: Change, scope: Scope, *, id: int, guest_id: int, party: int = 1, is_here: bool = False) -> int:
    """Put a guest on the list of an event, with a party of so many people, and return the registration's number; `is_here`: the guest came.

    Raises Refused for an event that is full, over or called off, after the last day on which one registers (not for somebody who is here),
    and for a guest who is on the list already. Who had cancelled takes the old registration up again.
    """
    row = placed.there(change.connection, scope, event, id, gatherings.ABSENT)
    person = _person(change.connection, scope, guest_id)
    _check_open(change, scope, row, is_here)
    if not 1 <= party <= MOST_PARTY:
        raise Refused(N_("A party has 1 to 100 people."))
    before = _former(change.connection, id, person)
    left = gatherings.places_left(row["capacity"], gatherings.people_on(change.connection, id))
    if left is not None and party > left:
        raise Refused(t("Places left: {left}. Register fewer people, or give the event more places.", left=left))
    values = {"status": "attended" if is_here else "registered", "party": party, "registered_on": placed.today(change, scope), "cancelled_local": None}
    if before:
        return _again(change, before, scope.user, values)
    where = _profile(change.connection, person, row["property_id"])
    return placed.added(change, scope, attendance, event_id=id, profile_id=where, source=gatherings.SOURCE, **values)


def _check_open(change: Change, scope: Scope, row: dict, is_here: bool) -> None:
    today = placed.today(change, scope)
    if row["cancelled_at"]:
        raise Refused(N_("This event was called off."))
    if is_here:
        placed.come(change, scope, row["starts_on"])
    elif gatherings.last_day(row) < today:
        raise Refused(N_("This event is over: only who was there can be added."))
    elif row["register_until"] and row["register_until"] < today:
        raise Refused(N_("The last day for registering is past."))


def _person(connection: Connection, scope: Scope, guest_id: int) -> int:
    person = person_of(connection, guest_id)
    if connection.execute(select(guest.c.id).where(guest.c.id == person, visible(scope))).first() is None:
        raise Refused(N_("There is no such guest."))
    return person


def _former(connection: Connection, id: int, person: int) -> dict | None:
    """The cancelled registration of a person for an event. Raises Refused where the person is on the list."""
    one = gatherings.once()
    row = connection.execute(select(one).where(one.c.event_id == id, one.c.guest_id == person)).mappings().one_or_none()
    if row and row["status"] != "cancelled":
        raise Refused(N_("This guest is on the list already."))
    return dict(row) if row else None


def _again(change: Change, before: dict, actor: str, values: dict) -> int:
    raised = {"version": before["version"] + 1, "actor": actor, "revision": change.revision}
    change.connection.execute(sa.update(attendance).where(attendance.c.id == before["id"]).values(**values, **raised))
    return before["id"]


def _profile(connection: Connection, person: int, property_id: int) -> int:
    """The person's profile at the event's property, else their first one anywhere."""
    p = profile.c
    return connection.execute(select(p.id).where(p.guest_id.in_(members(person))).order_by(p.property_id != property_id, p.id)).scalars().first()


@action("standards", "cancel", "attendance")
def cancel_registration(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Take a guest off the list and return the registration's new version; the local minute is kept, so that a late one counts as such.

    Raises Refused for somebody who came or had cancelled, Stale where somebody else changed it since.
    """
    row = _find(change.connection, scope, id)
    if row["status"] != "registered":
        raise Refused(N_("Only who is registered can cancel: load the list again."))
    zone = change.connection.execute(select(property.c.time_zone).where(property.c.id == row["property_id"])).scalar_one()
    return _change(change, scope, id, version, status="cancelled", cancelled_local=local_minute(placed.now(change, scope), zone))


@action("standards", "check in", "attendance")
def check_in(change: Change, scope: Scope, *, id: int, version: int, status: str = "attended") -> int:
    """Say that a guest came (attended) or did not (no_show), or take that back (registered), and return the registration's new version.

    Raises Refused before the event's first day and for somebody who had cancelled, Stale where somebody else changed it since.
    """
    row = _find(change.connection, scope, id)
    if status not in PRESENCE:
        raise Refused(N_("Say whether the guest came."))
    if row["status"] == "cancelled":
        raise Refused(N_("This guest had cancelled: register them again."))
    placed.come(change, scope, row["starts_on"])
    return _change(change, scope, id, version, status=status)


def local_minute(at: str, zone: str) -> str:
    """Return an instant as the local minute of a time zone, such as 2025-05-09T18:30; a time zone that nobody knows counts as UTC."""
    try:
        there = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        there = dt.UTC
    return dt.datetime.fromisoformat(at).astimezone(there).strftime("%Y-%m-%dT%H:%M")


def _find(connection: Connection, scope: Scope, id: int) -> dict:
    """A registration with its event's property_id and starts_on. Raises Refused where there is none in sight."""
    joined = attendance.join(event, event.c.id == attendance.c.event_id)
    mine = (attendance.c.id == id) & event.c.property_id.in_(scope.properties)
    row = connection.execute(select(attendance, event.c.property_id, event.c.starts_on).select_from(joined).where(mine)).mappings().one_or_none()
    if row is None:
        raise Refused(ABSENT)
    return dict(row)


def _change(change: Change, scope: Scope, id: int, version: int, **values) -> int:
    mine = (attendance.c.id == id) & (attendance.c.version == version)
    raised = {"version": version + 1, "actor": scope.user, "revision": change.revision}
    if change.connection.execute(sa.update(attendance).where(mine).values(**values, **raised)).rowcount != 1:
        raise Stale(_find(change.connection, scope, id))
    return version + 1
