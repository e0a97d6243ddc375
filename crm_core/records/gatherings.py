"""The hotel's events: listed with how full they are, planned, changed, called off, and who is on their lists."""
import datetime as dt
import re

import sqlalchemy as sa
from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records import placed
from crm_core.records.guests import visible
from crm_core.records.persons import own_id, shown
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import ATTENDANCE, EVENT_AUDIENCES, EVENT_KINDS, attendance, event, guest, profile, property
from crm_core.scope import Scope
from crm_core.store.bulk import among
from crm_core.store.record import Change

SOURCE = "innsight"
USUAL = {"name": "", "kind": "other", "audience": "everyone", "starts_on": None, "ends_on": None, "starts_time": "", "place": "", "capacity": None,
         "cost_minor": None, "currency": "", "register_until": None, "about": ""}  # fmt: skip
HOLDS_A_PLACE = ("registered", "attended")
LONGEST_NAME, LONGEST_ABOUT, MOST_PLACES, DEAREST = 80, 1000, 100_000, 10**12
TIME, CURRENCY = re.compile(r"([01]\d|2[0-3]):[0-5]\d"), re.compile(r"[A-Z]{3}")
ABSENT = N_("There is no such event.")


# --- look-ups -------------------------------------------------------------------------------------------------------------
@lookup("read")
def gatherings(connection: Connection, scope: Scope, *, since: dt.date | None = None, until: dt.date | None = None,
               property_id: int | None = None) -> list[dict]:  # fmt: skip
    """Return the events of the scope's properties that begin from `since` to before `until`, the earliest first.

    The row, with `property`, `registered` (people for whom a place is taken), `attended` (people), `cancelled` and `no_show`
    (registrations), `places_left` (None without a limit) and `state`: coming, over at the as-of date, or cancelled.
    """
    e = event.c
    asked = _rows(scope).where(*([e.starts_on >= since] if since else []), *([e.starts_on < until] if until else []))
    asked = asked if property_id is None else asked.where(e.property_id == property_id)
    return _with_counts(connection, scope, asked.order_by(e.starts_on, e.starts_time, e.id))


@lookup("read")
def gathering_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return an event as gatherings() does; None where there is none in sight."""
    return next(iter(_with_counts(connection, scope, _rows(scope).where(event.c.id == id))), None)


@lookup("contact")
def gathering_people(connection: Connection, scope: Scope, *, id: int) -> list[dict]:
    """Return who is on an event's list, in the order of ATTENDANCE and then by name: the registration's id and version, guest_id, name, status, party,
    registered_on, cancelled_local.

    A person with several registrations (records that were merged) stands there once. guest_id and name are None where nobody is known; there is
    nobody on the list of an event out of sight.
    """
    if placed.found(connection, scope, event, id) is None:
        return []
    one = once()
    columns = ("id", "version", "status", "party", "registered_on", "cancelled_local", "guest_id")
    rows = [dict(row) for row in connection.execute(select(*(one.c[name] for name in columns)).where(one.c.event_id == id)).mappings()]
    known = {row["guest_id"] for row in rows if row["guest_id"]}
    names = {row.id: row.name for row in connection.execute(shown().where(among(connection, guest.c.id, known), visible(scope)))}
    told = [row | {"guest_id": row["guest_id"] if row["guest_id"] in names else None, "name": names.get(row["guest_id"])} for row in rows]
    return sorted(told, key=lambda row: (ATTENDANCE.index(row["status"]), row["name"] is None, (row["name"] or "").casefold(), row["id"]))


@lookup("read")
def social_spaces(connection: Connection, scope: Scope) -> list[str]:
    """Return the places where events of the scope's properties are held, by name."""
    e = event.c
    return sorted(connection.execute(select(e.place).distinct().where(e.property_id.in_(scope.properties), e.place != "")).scalars(), key=str.casefold)


def once() -> sa.Subquery:
    """One row per event and person on its list: the registration that says most, with `guest_id` (the person, None where nobody is known)."""
    a, person = attendance.c, own_id()
    says_most = case({status: at for at, status in enumerate(("attended", "registered", "no_show"))}, value=a.status, else_=3)
    turn = func.row_number().over(partition_by=(a.event_id, func.coalesce(person, -a.id)), order_by=(says_most, a.id.desc()))
    joined = attendance.outerjoin(profile, profile.c.id == a.profile_id).outerjoin(guest, guest.c.id == profile.c.guest_id)
    each = select(attendance, person.label("guest_id"), turn.label("turn")).select_from(joined).subquery("each_registration")
    return select(each).where(each.c.turn == 1).subquery("once")


def _rows(scope: Scope) -> sa.Select:
    joined = event.join(property, property.c.id == event.c.property_id)
    return select(event, property.c.name.label("property")).select_from(joined).where(event.c.property_id.in_(scope.properties))


def _with_counts(connection: Connection, scope: Scope, statement: sa.Select) -> list[dict]:
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    counts = _counts(connection, [row["id"] for row in rows])
    return [row | counts[row["id"]] | {"places_left": places_left(row["capacity"], counts[row["id"]]["registered"]), "state": state(row, scope.as_of)}
            for row in rows]  # fmt: skip


def _counts(connection: Connection, ids: list[int]) -> dict[int, dict[str, int]]:
    one, names = once(), ("registered", "attended", "cancelled", "no_show")
    people = lambda *statuses: func.coalesce(func.sum(case((one.c.status.in_(statuses), one.c.party))), 0)  # noqa: E731
    number = lambda status: func.count(case((one.c.status == status, 1)))  # noqa: E731
    found = {id_: dict.fromkeys(names, 0) for id_ in ids}
    for row in connection.execute(select(one.c.event_id, people(*HOLDS_A_PLACE), people("attended"), number("cancelled"), number("no_show")).where(
            among(connection, one.c.event_id, ids)).group_by(one.c.event_id)):  # fmt: skip
        found[row[0]] = {name: int(value) for name, value in zip(names, row[1:], strict=True)}
    return found


def places_left(capacity: int | None, taken: int) -> int | None:
    """Return how many more people an event takes, None where there is no limit."""
    return None if capacity is None else max(0, capacity - taken)


def people_on(connection: Connection, id: int) -> int:
    """Return for how many people a place at an event is taken."""
    return _counts(connection, [id])[id]["registered"]


def last_day(row: dict) -> dt.date:
    """Return the last day of an event."""
    return row["ends_on"] or row["starts_on"]


def state(row: dict, as_of: dt.date) -> str:
    """Return whether an event is coming (or goes on), over, or cancelled."""
    return "cancelled" if row["cancelled_at"] else "over" if last_day(row) < as_of else "coming"


# --- actions ---------------------------------------------------------------------------------------------------------------
@action("standards", "plan", "event")
def plan_gathering(change: Change, scope: Scope, *, property_id: int, values: dict) -> int:
    """Plan an event of a property and return its number; `values` are columns of USUAL, name and starts_on at least.

    cost_minor without a currency is in the property's. Raises Refused for what cannot be.
    """
    checked = _checked(change.connection, placed.place(scope, property_id), USUAL | values)
    return placed.added(change, scope, event, property_id=property_id, source=SOURCE, **checked)


@action("standards", "edit", "event")
def change_gathering(change: Change, scope: Scope, *, id: int, version: int, values: dict) -> int:
    """Change an event's columns (of USUAL) and return its new version. Raises Stale, or Refused for what cannot be or fewer places than are taken."""
    row = placed.there(change.connection, scope, event, id, ABSENT)
    checked = _checked(change.connection, row["property_id"], {name: row[name] for name in USUAL} | values, (*EVENT_KINDS, row["kind"]))
    if checked["capacity"] is not None and checked["capacity"] < people_on(change.connection, id):
        raise Refused(N_("More people are registered than this: cancel some of them first, or let it have as many places."))
    return placed.changed(change, scope, event, id, version, ABSENT, **checked)


@action("standards", "cancel", "event")
def cancel_gathering(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Call an event off and return its new version: it takes nobody any more, and its list stays for telling people."""
    return placed.changed(change, scope, event, id, version, ABSENT, cancelled_at=change.at)


@action("standards", "restore", "event")
def restore_gathering(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Hold an event after all and return its new version."""
    return placed.changed(change, scope, event, id, version, ABSENT, cancelled_at=None)


def _checked(connection: Connection, property_id: int, values: dict, kinds: tuple[str, ...] = EVENT_KINDS) -> dict:
    """The columns as they are stored. A file's own word for a kind may stay. Raises Refused for what cannot be."""
    if set(values) - set(USUAL):
        raise Refused(N_("There is no such field of an event."))
    own = connection.execute(select(property.c.currency).where(property.c.id == property_id)).scalar_one()
    _check_days(values)
    _check_choices(values, kinds)
    _check_numbers(values)
    currency = (values["currency"] or own) if values["cost_minor"] is not None else ""
    return values | {"name": placed.line(values["name"], LONGEST_NAME, N_("Write the event's name.")), "place": placed.line(values["place"], LONGEST_NAME),
                     "about": placed.passage(values["about"], LONGEST_ABOUT), "currency": currency}  # fmt: skip


def _check_days(values: dict) -> None:
    if values["starts_on"] is None:
        raise Refused(N_("Say on which day it begins."))
    if values["ends_on"] and values["ends_on"] < values["starts_on"]:
        raise Refused(N_("It ends before it begins: correct one of the days."))
    if values["register_until"] and values["register_until"] > last_day(values):
        raise Refused(N_("Nobody can register after the event: choose an earlier day."))
    if values["starts_time"] and not TIME.fullmatch(values["starts_time"]):
        raise Refused(N_("Write the time as 19:00."))


def _check_choices(values: dict, kinds: tuple[str, ...]) -> None:
    if values["kind"] not in kinds or values["audience"] not in EVENT_AUDIENCES:
        raise Refused(N_("Choose what kind of event it is, and for whom."))
    if values["currency"] and not CURRENCY.fullmatch(values["currency"]):
        raise Refused(N_("A currency has three capital letters, such as EUR."))


def _check_numbers(values: dict) -> None:
    if values["capacity"] is not None and not 0 < values["capacity"] <= MOST_PLACES:
        raise Refused(N_("An event has 1 to 100,000 places, or no limit."))
    if values["cost_minor"] is not None and not 0 <= values["cost_minor"] <= DEAREST:
        raise Refused(N_("What it cost is an amount from 0 on."))
