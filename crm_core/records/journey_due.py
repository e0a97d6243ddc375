"""What falls due on journeys: written down day by day, listed, exported to be sent, and told of each guest."""
import datetime as dt
import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.outreach import platforms
from crm_core.outreach.journeys import STANDING, Journey
from crm_core.outreach.waterfall import HELD
from crm_core.records import reachable
from crm_core.records.guests import visible
from crm_core.records.holdout import outreach
from crm_core.records.journey_events import events
from crm_core.records.journey_steps import CONTACT, DUE, LEFT, coming, salt_of, why_not
from crm_core.records.journeys import ABSENT, Version, find, in_force, versions_of
from crm_core.records.persons import own_id, person_of, shown
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import DUE_STATES, guest, journey, journey_due, setting
from crm_core.scope import Scope
from crm_core.store import audit
from crm_core.store.bulk import among
from crm_core.store.record import Change

EXPORTED = DUE_STATES[1]
RUN_UNTIL = "journeys_run_until"  # the setting that says until which day the journeys have run
MISSED = 7  # days, the present one among them, that a run catches up
GOOD_FOR = 7  # days for which an exported list may be used
Meets = Mapping[int, Mapping[int, Collection[int]]]  # by journey and step, whom the step's rule means


@dataclass(frozen=True)
class Export:
    """A file for a platform: its columns and rows, the last day on which it may be used, and how many fell out since they were due, by reason."""

    columns: list[str]
    rows: list[list[str]]
    expires_on: dt.date
    left: dict[str, int]


# --- the daily run ------------------------------------------------------------------------------------------------------
def running(connection: Connection, scope: Scope, day: dt.date) -> list[tuple[dict, Version]]:
    """Return the journeys of the scope that run on a day, with their rules in force."""
    rows = connection.execute(select(journey).where(journey.c.is_active == 1, journey.c.archived_at.is_(None)).order_by(journey.c.id)).mappings()
    mine = [(dict(row), versions_of(connection, row["id"])) for row in rows if set(json.loads(row["properties"])) <= set(scope.properties)]
    return [(row, in_force(versions, day)) for row, versions in mine if versions and versions[0].from_on <= day]


def run_until(connection: Connection) -> dt.date | None:
    """Return the day until which the journeys have run; None before the first run."""
    said = connection.execute(select(setting.c.value).where(setting.c.key == RUN_UNTIL)).scalar()
    return dt.date.fromisoformat(said) if said else None


@action("campaign", "run", "journey")
def run_journeys(change: Change, scope: Scope, *, day: dt.date | None = None, meets: Meets | None = None) -> int:
    """Write down what falls due on a day (not said: the as-of date) on the running journeys, and return how many steps that are.

    A second run of a day adds nothing. Days that were missed since the last run are caught up, up to a week. A journey whose steps have rules
    runs where `meets` tells whom they mean, and waits otherwise.
    """
    return run(change, scope, day or scope.as_of, meets or {})


def run(change: Change, scope: Scope, day: dt.date, meets: Meets) -> int:
    """Do the same for a caller that has a change open."""
    written = sum(_run_day(change, scope, one, meets) for one in days_to_run(run_until(change.connection), day))
    if (run_until(change.connection) or dt.date.min) < day:
        change.connection.execute(sa.delete(setting).where(setting.c.key == RUN_UNTIL))
        change.connection.execute(sa.insert(setting).values(key=RUN_UNTIL, value=day.isoformat()))
    return written


def days_to_run(last: dt.date | None, day: dt.date) -> list[dt.date]:
    """Return a day and those before it, of the same week, that were missed."""
    missed = min(max((day - last).days, 1), MISSED) if last else 1
    return [day - dt.timedelta(back) for back in reversed(range(missed))]


def _run_day(change: Change, scope: Scope, day: dt.date, meets: Meets) -> int:
    rows = due_on(change.connection, scope, day, meets)
    if rows:
        change.connection.execute(sa.insert(journey_due), [row | {"at": change.at, "revision": change.revision} for row in rows])
    return len(rows)


def due_on(connection: Connection, scope: Scope, day: dt.date, meets: Meets) -> list[dict]:
    """Return the steps that come up on a day on the running journeys and were not written down yet."""
    return [row for one, version in running(connection, scope, day) if _is_told(one["id"], version.journey, meets)
            for row in _of_journey(connection, replace(scope, as_of=day), one, version, meets.get(one["id"]))]


def _is_told(id: int, one: Journey, meets: Meets) -> bool:
    return all(not step.rule or number in meets.get(id, {}) for number, step in enumerate(one.steps, 1))


def _of_journey(connection: Connection, scope: Scope, row: dict, version: Version, meets: Mapping[int, Collection[int]] | None) -> list[dict]:
    places, day = tuple(json.loads(row["properties"])) or scope.properties, scope.as_of
    found = coming(connection, replace(scope, properties=places), version.journey, day, day + dt.timedelta(1), salt_of(row["id"]), id=row["id"],
                   since=version.from_on, meets=meets)  # fmt: skip
    return [one | {"journey_id": row["id"], "number": version.number} for one in found.rows.to_dict("records")]


# --- what has fallen due ------------------------------------------------------------------------------------------------
@lookup("campaign")
def due_list(connection: Connection, scope: Scope, *, id: int, from_on: dt.date, to_on: dt.date) -> list[dict]:
    """Return what fell due on a journey from one day until before another: id, guest_id (the person), property_id, occasion, step, message, due_on,
    arm, state and why; empty where there is no journey that the scope may see."""
    if find(connection, scope, id) is None:
        return []
    return _rows(connection, scope, journey_due.c.journey_id == id, journey_due.c.due_on >= from_on, journey_due.c.due_on < to_on)


@lookup("contact")
def guest_journeys(connection: Connection, scope: Scope, *, guest_id: int) -> list[dict]:
    """Return what fell due for a guest, by whichever record, newest first: the columns of due_list with `journey` (its name) and kind;
    empty for a guest outside the scope."""
    person = person_of(connection, guest_id)
    if connection.execute(select(guest.c.id).where(guest.c.id == person, visible(scope))).first() is None:
        return []
    rows = _rows(connection, scope, own_id() == person)
    seen = {row.id: row for row in connection.execute(select(journey.c.id, journey.c.name, journey.c.kind))}
    return [{**row, "journey": seen[row["journey_id"]].name, "kind": seen[row["journey_id"]].kind} for row in reversed(rows)]


def _rows(connection: Connection, scope: Scope, *where: sa.ColumnElement[bool]) -> list[dict]:
    d = journey_due.c
    columns = (d.id, d.journey_id, d.number, own_id().label("guest_id"), d.property_id, d.occasion, d.step, d.due_on, d.arm, d.state, d.why)
    rows = connection.execute(select(*columns).select_from(journey_due.join(guest, guest.c.id == d.guest_id))
                              .where(d.property_id.in_(scope.properties), *where).order_by(d.due_on, d.id)).mappings().all()
    named = {(id_, one.number): one.journey.steps for id_ in {row["journey_id"] for row in rows} for one in versions_of(connection, id_)}
    return [{**row, "message": _message(named.get((row["journey_id"], row["number"]), ()), row["step"])} for row in rows]


def _message(steps: tuple, number: int) -> str:
    return steps[number - 1].message if number <= len(steps) else ""


@action("campaign", "prepare", "journey_due")
def export_due(change: Change, scope: Scope, *, id: int, platform: str, from_on: dt.date, to_on: dt.date) -> Export:
    """Return the file of what fell due from one day until before another, for a platform (platforms.NAMES); its rows are exported then.

    Only who is to be contacted is in it, and whoever may no longer be written to at this moment is left instead, with the reason: who was erased,
    withdrew, complained, booked or cancelled since, or has had enough messages. The audit keeps the columns and how many rows.
    """
    for right in ("export", "contact"):
        scope.require(right)
    row = find(change.connection, scope, id)
    if row is None:
        raise Refused(ABSENT)
    if platform not in platforms.NAMES:
        raise Refused(N_("There is no such platform: choose from the list."))
    versions, d = versions_of(change.connection, id), journey_due.c
    if not versions:
        raise Refused(N_("This journey has no rules yet."))
    one = in_force(versions, scope.as_of).journey
    due = _rows(change.connection, scope, d.journey_id == id, d.due_on >= from_on, d.due_on < to_on, d.state == DUE, d.arm == CONTACT)
    why = _fallen_out(change.connection, scope, one, due)
    _settle(change, due, why)
    made = _file(change.connection, row["name"], one, platform, [each for each in due if each["id"] not in why], scope.as_of + dt.timedelta(GOOD_FOR))
    said = audit.Entry(scope.user, "export", "journey_due", str(id), scope=scope.digest(), fields=(platform, *made.columns, f"rows={len(made.rows)}"))
    audit.append(change.connection, said, change.at)
    return replace(made, left=dict(sorted(Counter(why.values()).items())))


def _fallen_out(connection: Connection, scope: Scope, one: Journey, due: list[dict]) -> dict[int, str]:
    """By row: why nothing may be sent any more."""
    if not due:
        return {}
    cap = outreach(connection).cap if one.purpose == "marketing" else None
    people = why_not(connection, scope, one, sorted({row["guest_id"] for row in due}), cap)
    ended, held = _ended(connection, scope, one, due), _also_held(connection, due)
    found = {row["id"]: ended.get(row["id"]) or people.get(row["guest_id"]) or HELD[1][1] * (row["guest_id"] in held) for row in due}
    return {id_: why for id_, why in found.items() if why}


def _also_held(connection: Connection, due: list[dict]) -> set[int]:
    """The persons of whom another record is held out of the journey: they turned out to be one only after the lot was drawn."""
    d, mine = journey_due.c, among(connection, own_id(), {row["guest_id"] for row in due})
    rows = connection.execute(select(own_id(), d.guest_id, d.arm).select_from(journey_due.join(guest, guest.c.id == d.guest_id))
                              .where(d.journey_id == due[0]["journey_id"], mine).distinct()).all()
    held = {(person, record) for person, record, arm in rows if arm != CONTACT}
    return {person for person, record, arm in rows if arm == CONTACT and any(one == person and other != record for one, other in held)}


def _ended(connection: Connection, scope: Scope, one: Journey, due: list[dict]) -> dict[int, str]:
    """By row: what has ended the journey since it fell due, or on the same day."""
    frame = pd.DataFrame({"guest_id": [row["guest_id"] for row in due], "on": pd.to_datetime([row["due_on"] for row in due])})
    first, until = frame["on"].min().date(), scope.as_of + dt.timedelta(1)
    happened = events(connection, scope, replace(one, cap=None), frame, first, until)
    of_guest = {guest_id: list(some.itertuples()) for guest_id, some in happened.groupby("guest_id")}
    return {row["id"]: event.kind for row in due for event in reversed(of_guest.get(row["guest_id"], [])) if _ends(event, row, one)}


def _ends(event, row: dict, one: Journey) -> bool:
    if event.occasion:
        return event.occasion == row["occasion"]
    return event.kind in one.exit and (event.kind in STANDING or event.on.date() >= row["due_on"])


def _settle(change: Change, due: list[dict], why: dict[int, str]) -> None:
    d, sent = journey_due.c, [row["id"] for row in due if row["id"] not in why]
    change.connection.execute(sa.update(journey_due).where(among(change.connection, d.id, sent)).values(state=EXPORTED, revision=change.revision))
    for reason in sorted(set(why.values())):
        ids = [id_ for id_, said in why.items() if said == reason]
        change.connection.execute(sa.update(journey_due).where(among(change.connection, d.id, ids)).values(state=LEFT, why=reason, revision=change.revision))


def _file(connection: Connection, name: str, one: Journey, platform: str, due: list[dict], expires_on: dt.date) -> Export:
    who = reachable.records_of(connection, [row["guest_id"] for row in due])
    places, words = reachable.addresses(connection, who, one.channel), reachable.words(connection, who, one.purpose, one.channel)
    about = {row.id: row for row in connection.execute(shown().where(among(connection, guest.c.id, set(who.values()))))}
    same = {"campaign": name, "expires_on": expires_on.isoformat()}
    rows = [platforms.row(platform, _person(about[row["guest_id"]], places[row["guest_id"]], words.get(row["guest_id"]), one.channel)
                          | same | {"cell": row["message"]}) for row in due]  # fmt: skip
    return Export(platforms.columns(platform), rows, expires_on, {})


def _person(about: sa.Row, place: reachable.Address, word: reachable.Word | None, channel: str) -> dict:
    proof = {"consent_id": word.consent_id, "consent_at": word.at, "consent_proof": word.proof} if word else {}
    return {"given_name": place.given_name, "family_name": place.family_name, "language": about.language, "country": about.country,
            "phone" if channel == "sms" else "email": place.value, "guest_ref": about.id, **proof}  # fmt: skip
