"""Within how many business hours cases are answered and solved, by property and priority, and when each property's desk is there."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.schema import CASE_PRIORITIES, property, service_target
from crm_core.scope import Scope
from crm_core.service.hours import MOST_HOURS, BadDesk, Desk, due

# Hours to answer and to solve where a property has not said otherwise.
DEFAULTS = {"urgent": (1, 4), "high": (2, 8), "normal": (4, 24), "low": (8, 72)}
DESK = ("desk_from", "desk_to", "desk_days")


@lookup("read")
def service_targets(connection: Connection, scope: Scope) -> list[dict]:
    """Return one row per property of the scope and priority: property_id, property, priority, answer_hours, solve_hours, version (0: a default)."""
    t, p = service_target.c, property.c
    kept = {(row["property_id"], row["priority"]): dict(row) for row in connection.execute(select(service_target)).mappings()}
    places = connection.execute(select(p.id, p.name).where(p.id.in_(scope.properties)).order_by(p.name, p.id)).all()
    default = lambda priority: dict(zip(("answer_hours", "solve_hours"), DEFAULTS[priority], strict=True)) | {"version": 0}  # noqa: E731
    return [{"property_id": id_, "property": name, "priority": priority} |
            {key: value for key, value in kept.get((id_, priority), default(priority)).items() if key in (t.answer_hours.key, t.solve_hours.key, "version")}
            for id_, name in places for priority in reversed(CASE_PRIORITIES)]


@lookup("read")
def desk_hours(connection: Connection, scope: Scope) -> list[dict]:
    """Return one row per property of the scope: id, name, time_zone, desk_from, desk_to, desk_days, version."""
    columns = [property.c[name] for name in ("id", "name", "time_zone", *DESK, "version")]
    return [dict(row) for row in connection.execute(select(*columns).where(property.c.id.in_(scope.properties)).order_by(property.c.name)).mappings()]


@action("settings", "set", "service_target", marks=False)
def set_service_target(change, scope: Scope, *, property_id: int, priority: str, answer_hours: int, solve_hours: int, version: int = 0) -> int:
    """Say within how many business hours cases of a priority are answered and solved; return the version. New cases are due by it.

    Raises Stale where somebody else was first, Refused for hours that cannot be.
    """
    if property_id not in scope.properties or priority not in CASE_PRIORITIES:
        raise Refused(N_("There is no such property or priority."))
    if not 0 < answer_hours <= solve_hours <= MOST_HOURS:
        raise Refused(N_("Answering takes at least one hour, solving at least as long, and both at most 2,000."))
    t, values = service_target.c, {"answer_hours": answer_hours, "solve_hours": solve_hours, "version": version + 1}
    mine = (t.property_id == property_id) & (t.priority == priority)
    row = change.connection.execute(select(service_target).where(mine)).mappings().one_or_none()
    if (row["version"] if row else 0) != version:
        raise Stale(dict(row) if row else {})
    statement = sa.update(service_target).where(mine) if row else sa.insert(service_target)
    change.connection.execute(statement.values(property_id=property_id, priority=priority, **values))
    return version + 1


@action("settings", "set", "property", marks=False)
def set_desk_hours(change, scope: Scope, *, id: int, version: int, desk_from: str, desk_to: str, desk_days: str) -> int:
    """Say when a property's desk is there (local times such as 08:00, weekdays as digits, 1 = Monday); return the version.

    Cases that are open keep their due times. Raises Stale, and Refused for hours that no desk has.
    """
    days = "".join(sorted(set(desk_days)))
    try:
        Desk("UTC", desk_from, desk_to, days)
    except BadDesk as error:
        raise Refused(N_("Write when the desk opens and closes, such as 08:00 and 20:00, and on which weekdays.")) from error
    p, here = property.c, property.c.id.in_(scope.properties)
    values = {"desk_from": desk_from, "desk_to": desk_to, "desk_days": days, "version": version + 1}
    if change.connection.execute(sa.update(property).where(p.id == id, here, p.version == version).values(values)).rowcount == 1:
        return version + 1
    row = change.connection.execute(select(property).where(p.id == id, here)).mappings().one_or_none()
    if row is None:
        raise Refused(N_("There is no such property."))
    raise Stale(dict(row))


def due_times(connection: Connection, place: sa.Row, priority: str, opened_at: str) -> dict[str, str]:
    """Return when a case of a property (its row) is to be answered and solved: answer_due_at and due_at, as instants."""
    t = service_target.c
    kept = connection.execute(select(t.answer_hours, t.solve_hours).where(t.property_id == place.id, t.priority == priority)).first()
    desk, opened = Desk(place.time_zone, place.desk_from, place.desk_to, place.desk_days), dt.datetime.fromisoformat(opened_at)
    hours = zip(("answer_due_at", "due_at"), tuple(kept) if kept else DEFAULTS[priority], strict=True)
    return {name: due(desk, opened, hour).isoformat(timespec="seconds") for name, hour in hours}
