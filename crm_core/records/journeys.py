"""Journeys saved with their rules in versions, started, stopped and put away; and tried on days that are past, with nothing written."""
import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection

from crm_core import rule
from crm_core.i18n import N_, t
from crm_core.marts.fields import FIELDS
from crm_core.outreach.journeys import BadJourney, Journey, dump, dumps, loads, parse
from crm_core.records.journey_steps import coming
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.records.segments import is_taken, plain_name, seen
from crm_core.schema import ARMS, DUE_STATES, journey, journey_due, journey_version
from crm_core.scope import Scope
from crm_core.store.record import Change

LATELY = 30  # days
LONGEST_SPAN = 366
ABSENT = N_("There is no such journey.")


@dataclass(frozen=True)
class Version:
    """The rules of a journey with their number and the day from which they hold."""

    number: int
    from_on: dt.date
    journey: Journey


@lookup("read")
def journeys(connection: Connection, scope: Scope, *, archived: bool = False) -> list[dict]:
    """Return the journeys of properties that are all in the scope, by name: the row, with the `rules` in force (a dict), their `number` and `from_on`
    (None, 0 and None where there are none yet), and how many people a message fell due for in the last 30 days (`written`), for how many
    two or more (`twice`), and how many were `held_out`."""
    put_away = journey.c.archived_at.is_not(None) if archived else journey.c.archived_at.is_(None)
    rows = [dict(row) for row in connection.execute(select(journey).where(put_away)).mappings() if seen(row["properties"], scope)]
    counts = _lately(connection, scope)
    found = [{**row, **_in_force(connection, row["id"], scope.as_of), **counts.get(row["id"], {"written": 0, "twice": 0, "held_out": 0})} for row in rows]
    return sorted(found, key=lambda row: (row["name"].casefold(), row["id"]))


def _in_force(connection: Connection, id: int, day: dt.date) -> dict:
    versions = versions_of(connection, id)
    if not versions:
        return {"rules": None, "number": 0, "from_on": None}
    now = in_force(versions, day)
    return {"rules": dump(now.journey), "number": now.number, "from_on": now.from_on}


def _lately(connection: Connection, scope: Scope) -> dict[int, dict]:
    """By journey: for how many people something fell due lately, for how many twice, and how many were held out."""
    d = journey_due.c
    since = scope.as_of - dt.timedelta(LATELY)
    each = (select(d.journey_id, d.guest_id, d.arm, func.count().label("times"))
            .where(d.due_on > since, d.due_on <= scope.as_of, d.state.in_(DUE_STATES[:2]), d.property_id.in_(scope.properties))
            .group_by(d.journey_id, d.guest_id, d.arm).subquery("each").c)  # fmt: skip
    counted = {"written": each.arm == ARMS[0], "twice": (each.arm == ARMS[0]) & (each.times > 1), "held_out": each.arm == ARMS[1]}
    rows = connection.execute(select(each.journey_id, *(func.count(case((when, 1))).label(name) for name, when in counted.items())).group_by(each.journey_id))
    return {row.pop("journey_id"): row for row in map(dict, rows.mappings())}


@lookup("read")
def journey_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a journey with its `versions`, newest first (number, rules as a dict, from_on, actor, at); None where the scope may see none."""
    row = find(connection, scope, id)
    if row is None:
        return None
    v = journey_version.c
    versions = connection.execute(select(v.number, v.rules, v.from_on, v.actor, v.at).where(v.journey_id == id).order_by(v.number.desc())).mappings()
    return {**row, "versions": [{**one, "rules": json.loads(one["rules"])} for one in versions]}


@lookup("campaign")
def simulate_journey(connection: Connection, scope: Scope, *, rules: dict, from_on: dt.date, to_on: dt.date,
                     meets: Mapping[int, Collection[int]] | None = None) -> dict:
    """Return what a journey with these rules would have written, begun on one day and run until before another; nothing is kept.

    `people` (would get a message), `twice` (two or more), `messages`, `held_out` (people), `left` (messages not due, by reason), and `rows` with
    guest_id, property_id, occasion, step, due_on, arm, state and why. The rules of steps need `meets`: by step, from 1, whom they mean.
    """
    if not 0 < (to_on - from_on).days <= LONGEST_SPAN:
        raise Refused(N_("Choose from 1 to 366 days."))
    found = coming(connection, scope, _for_all(checked(rules), meets), from_on, to_on, f"try/{json.dumps(rules, sort_keys=True)}", meets=meets)
    return {**asdict(found.counts()), "rows": found.rows.to_dict("records")}


def _for_all(one: Journey, meets: Mapping[int, Collection[int]] | None) -> Journey:
    """Refuse rules of steps for which it was not looked up whom they mean."""
    if any(step.rule and number not in (meets or {}) for number, step in enumerate(one.steps, 1)):
        raise Refused(N_("A message is for some guests only: look up first whom its rule means."))
    return one


# --- actions ------------------------------------------------------------------------------------------------------------
@action("campaign", "save", "journey")
def save_journey(change: Change, scope: Scope, *, name: str, rules: dict, properties: tuple[int, ...] = (), from_on: dt.date | None = None) -> int:
    """Save a journey under a new name, not yet started, for some of the scope's properties (none said: all), and return its id.

    Raises Refused for a name that is empty or taken, rules that cannot be meant, or a property outside the scope.
    """
    one, places = checked(rules), sorted(properties or scope.properties)
    if not places or not set(places) <= set(scope.properties):
        raise Refused(N_("This property is not among yours."))
    values = {"name": _named(change.connection, scope, name), "kind": one.on, "properties": json.dumps(places), "actor": scope.user, "created_at": change.at,
              "is_active": 0}  # fmt: skip
    made = change.connection.execute(sa.insert(journey).values(values).returning(journey.c.id)).scalar_one()
    _write(change, scope, made, 1, one, from_on or scope.as_of)
    return made


@action("campaign", "save rules", "journey")
def save_journey_rules(change: Change, scope: Scope, *, id: int, version: int, rules: dict, from_on: dt.date | None = None) -> int:
    """Save rules as a journey's next version, in force from a day on (not said: today), and return its number; the former stay.

    Raises Stale where somebody else changed the journey since, Refused for rules that cannot be meant, that begin another way or are the same,
    and for a day before today.
    """
    one, from_on = checked(rules), from_on or scope.as_of
    row = _change(change, scope, id, version)
    last = versions_of(change.connection, id)[-1]
    if one.on != row["kind"]:
        raise Refused(N_("A journey keeps what it begins with: save a new one for another beginning."))
    if one == last.journey:
        raise Refused(N_("The rules are the same as before: there is nothing to save."))
    if from_on < scope.as_of:
        raise Refused(N_("New rules begin today or later: what was written until now stays."))
    _write(change, scope, id, last.number + 1, one, from_on)
    return last.number + 1


@action("campaign", "start", "journey")
def start_journey(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Start a journey: from today on its messages fall due for whom they then begin; what began before is left alone."""
    row = _change(change, scope, id, version, is_active=1)
    if row["archived_at"] or row["is_active"]:
        raise Refused(N_("This journey runs already, or was put away."))
    last = versions_of(change.connection, id)[-1]
    if last.from_on < scope.as_of:  # its days are counted from here
        _write(change, scope, id, last.number + 1, last.journey, scope.as_of)


@action("campaign", "stop", "journey")
def stop_journey(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Stop a journey: nothing more falls due; what has fallen due stays and can be exported."""
    _change(change, scope, id, version, is_active=0)


@action("campaign", "archive", "journey")
def archive_journey(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Put a journey away, stopped; what it wrote stays known."""
    _change(change, scope, id, version, is_active=0, archived_at=change.at)


# --- parts --------------------------------------------------------------------------------------------------------------
def checked(rules: dict) -> Journey:
    """Return rules that were written as a dict. Raises Refused with the sentence of what is wrong in them."""
    try:
        return parse(rules, FIELDS)
    except (BadJourney, rule.BadRule) as wrong:
        raise Refused(t(wrong.message, **wrong.values)) from wrong


def find(connection: Connection, scope: Scope, id: int) -> dict | None:
    """Return a journey's row, None where there is none that the scope may see."""
    row = connection.execute(select(journey).where(journey.c.id == id)).mappings().one_or_none()
    return dict(row) if row and seen(row["properties"], scope) else None


def versions_of(connection: Connection, id: int) -> list[Version]:
    """Return the versions of a journey's rules, oldest first."""
    v = journey_version.c
    rows = connection.execute(select(v.number, v.from_on, v.rules).where(v.journey_id == id).order_by(v.number))
    return [Version(row.number, row.from_on, loads(row.rules)) for row in rows]


def in_force(versions: list[Version], day: dt.date) -> Version:
    """Return the latest version that holds on a day; before the first one holds, that one."""
    return next((one for one in reversed(versions) if one.from_on <= day), versions[0])


def _change(change: Change, scope: Scope, id: int, version: int, **values) -> dict:
    present = find(change.connection, scope, id)
    if present is None:
        raise Refused(ABSENT)
    mine = (journey.c.id == id) & (journey.c.version == version)
    if change.connection.execute(sa.update(journey).where(mine).values(**values, version=version + 1)).rowcount != 1:
        raise Stale(present)
    return present


def _write(change: Change, scope: Scope, id: int, number: int, one: Journey, from_on: dt.date) -> None:
    values = {"journey_id": id, "number": number, "rules": dumps(one), "from_on": from_on, "actor": scope.user, "at": change.at}
    change.connection.execute(sa.insert(journey_version).values(values))


def _named(connection: Connection, scope: Scope, name: str) -> str:
    plain = plain_name(name)
    rows = connection.execute(select(journey.c.name, journey.c.properties).where(journey.c.archived_at.is_(None)))
    if any(is_taken(plain, row, scope) for row in rows):
        raise Refused(N_("There is a journey of this name: choose another."))
    return plain
