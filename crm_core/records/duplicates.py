"""The queue of records that may be one person: looked at side by side, merged or kept apart, and every merge undone again."""
import json

import sqlalchemy as sa
from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records import identity
from crm_core.records.guests import known
from crm_core.records.persons import SHOWN, persons_of
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import consent, guest, guest_link, match_pair, match_run, note, profile, setting, stay
from crm_core.scope import Scope

FIELDS = (*SHOWN, "street", "postcode", "city", "loyalty_number")
# The properties (by id, separated by commas) whose guests are merged by a person only.
BY_HAND = "merge_by_hand"
ONE_ALREADY = N_("These two records are one person already: reload the page.")


def seen(scope: Scope, record: sa.Column) -> sa.ColumnElement[bool]:
    """Return the predicate of a guest record that has a profile or a reservation at one of the scope's properties."""
    at_profile = exists().where(profile.c.guest_id == record, profile.c.property_id.in_(scope.properties))
    at_stay = exists().where(profile.c.guest_id == record, stay.c.profile_id == profile.c.id, stay.c.property_id.in_(scope.properties))
    return or_(at_profile, at_stay)


def _both(scope: Scope, table: sa.Table) -> sa.ColumnElement[bool]:
    return seen(scope, table.c.a_id) & seen(scope, table.c.b_id)


@lookup("people")
def waiting(connection: Connection, scope: Scope, *, limit: int = 50, offset: int = 0) -> list[dict]:
    """Return pairs that wait for a decision, the most probable first: a_id, b_id, probability, evidence, conflict."""
    p = match_pair.c
    rows = connection.execute(select(match_pair).where(_both(scope, match_pair)).order_by(p.conflict, p.probability.desc(), p.a_id, p.b_id)
                              .limit(limit).offset(offset))
    return [{**row, "evidence": json.loads(row["evidence"])} for row in rows.mappings()]


@lookup("people")
def waiting_count(connection: Connection, scope: Scope) -> int:
    """Return how many pairs wait."""
    return connection.execute(select(func.count()).select_from(match_pair).where(_both(scope, match_pair))).scalar_one()


@lookup("people")
def record_counts(connection: Connection, scope: Scope) -> dict[str, int]:
    """Return how many guest records there are, how many persons they are, and how many merges a rule and a person made."""
    here = guest.c.erased_at.is_(None) & seen(scope, guest.c.id)
    records, merged = connection.execute(select(func.count(), func.count(guest.c.merged_into)).select_from(guest).where(here)).one()
    by_rule = func.coalesce(func.sum(case((guest_link.c.decided_by == "rule", 1), else_=0)), 0)
    links = connection.execute(select(func.count(), by_rule).select_from(guest_link).where(identity.STANDING, _both(scope, guest_link))).one()
    return {"records": records, "persons": records - merged, "by_rule": int(links[1]), "by_person": links[0] - int(links[1])}


@lookup("people")
def side(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a guest record as a reviewer compares it: FIELDS, where it is from, stays, last departure, notes, whether mail is allowed."""
    own = connection.execute(select(guest).where(guest.c.id == id, seen(scope, guest.c.id))).mappings().one_or_none()
    if own is None:
        return None
    rows = connection.execute(select(profile).where(profile.c.guest_id == id).order_by(profile.c.id.desc())).mappings().all()
    kept = {name: next((row[name] for row in rows if row[name]), None) for name in FIELDS if name not in SHOWN}
    stays = select(func.count(), func.max(stay.c.departure_on)).join(profile, profile.c.id == stay.c.profile_id)
    counted = connection.execute(stays.where(profile.c.guest_id == id, stay.c.status.in_(("checked_out", "in_house")))).one()
    notes = connection.execute(select(func.count()).select_from(note).where(note.c.guest_id == id)).scalar_one()
    said = connection.execute(select(consent.c.state).where(consent.c.guest_id == id, consent.c.purpose == "marketing", consent.c.channel == "email")
                              .order_by(consent.c.at.desc(), consent.c.id.desc())).scalars().first()
    return {"id": id, **{name: own[name] for name in SHOWN}, **kept, "sources": sorted({row["source"] for row in rows}),
            "properties": sorted({row["property_id"] for row in rows} & set(scope.properties)), "created_at": own["created_at"],
            "stays": counted[0], "last_on": counted[1], "notes": notes, "consent": said}


@lookup("people")
def merges(connection: Connection, scope: Scope, *, limit: int = 50, guest_id: int | None = None) -> list[dict]:
    """Return decisions on records, newest first, with both names: standing and ended ones, of everyone or around one record."""
    a, b = guest.alias("a"), guest.alias("b")
    rows = select(guest_link, a.c.name.label("a_name"), b.c.name.label("b_name")).join(a, a.c.id == guest_link.c.a_id).join(
        b, b.c.id == guest_link.c.b_id).where(_both(scope, guest_link))
    if guest_id is not None:
        rows = rows.where(or_(*(func.coalesce(one.c.merged_into, one.c.id) == guest_id for one in (a, b))))
    return [dict(row) for row in connection.execute(rows.order_by(guest_link.c.id.desc()).limit(limit)).mappings()]


@lookup("people")
def last_search(connection: Connection, scope: Scope) -> dict | None:
    """Return the last search for records of the same person: when, how many profiles and pairs, and the blocks that were too large."""
    row = connection.execute(select(match_run).order_by(match_run.c.id.desc()).limit(1)).mappings().one_or_none()
    return row and {**row, "dropped": json.loads(row["dropped"])}


@lookup("people")
def merged_by_hand(connection: Connection, scope: Scope) -> tuple[int, ...]:
    """Return the scope's properties whose guests are never merged by a rule."""
    return tuple(i for i in by_hand(connection) if i in scope.properties)


def by_hand(connection: Connection) -> list[int]:
    """Return every property whose guests are merged by a person only."""
    said = connection.execute(select(setting.c.value).where(setting.c.key == BY_HAND)).scalar()
    return [int(i) for i in said.split(",")] if said else []


@action("people", "edit", "setting")
def set_merged_by_hand(change, scope: Scope, *, properties: tuple[int, ...]) -> None:
    """Say at which of the scope's properties only a person merges guests; what others said of theirs stays."""
    others = set(by_hand(change.connection)) - set(scope.properties)
    kept = sorted(others | (set(properties) & set(scope.properties)))
    change.connection.execute(sa.delete(setting).where(setting.c.key == BY_HAND))
    if kept:
        change.connection.execute(sa.insert(setting).values(key=BY_HAND, value=",".join(map(str, kept))))


@action("people", "merge", "guest")
def merge_records(change, scope: Scope, *, id: int, other: int, picks: dict[str, int]) -> int:
    """Make two records one person and return the link's id. `picks` names the record whose value stands, by field."""
    for record in (id, other):
        _must_see(change.connection, scope, record)
    wrong = {field for field, record in picks.items() if field not in SHOWN or record not in (id, other)}
    if wrong:
        raise Refused(N_("A value can only be kept from one of the two records."))
    pair = change.connection.execute(select(match_pair).where(match_pair.c.a_id == min(id, other), match_pair.c.b_id == max(id, other))).one_or_none()
    found = {"probability": pair.probability, "evidence": json.loads(pair.evidence)} if pair else {}
    made = identity.link(change, id, other, decided_by="person", actor=scope.user, picks=picks, **found)
    if made is None:
        raise Refused(ONE_ALREADY)
    return made


@action("people", "keep apart", "guest")
def keep_records_apart(change, scope: Scope, *, id: int, other: int) -> int:
    """Say that two records are two persons: they are not proposed again. Return the decision's id, which may stand already.

    Raises Refused where they are one person: a merge is undone first.
    """
    for record in (id, other):
        _must_see(change.connection, scope, record)
    if len(set(persons_of(change.connection, (id, other)).values())) == 1:
        raise Refused(ONE_ALREADY)
    said = select(guest_link.c.id).where(identity.DIFFERENT, guest_link.c.a_id == min(id, other), guest_link.c.b_id == max(id, other))
    stands = change.connection.execute(said).scalar()
    if stands is not None:
        return stands
    return identity.keep_apart(change, id, other, decided_by="person", actor=scope.user)


@action("people", "undo merge", "guest_link")
def undo_decision(change, scope: Scope, *, id: int) -> None:
    """End a merge, or a decision that two records differ: both are what they were before."""
    mine = select(guest_link.c.id).where(guest_link.c.id == id, guest_link.c.ended_at.is_(None), _both(scope, guest_link))
    if change.connection.execute(mine).first() is None:
        raise Refused(N_("There is no such merge, or it was undone already."))
    identity.end(change, [id], scope.user)


@action("people", "split", "guest")
def split_record(change, scope: Scope, *, id: int) -> None:
    """Make one record of a person a person of its own again."""
    _must_see(change.connection, scope, id)
    known(change.connection, scope, id)
    identity.take_out(change, id, scope.user)


def _must_see(connection: Connection, scope: Scope, record: int) -> None:
    if connection.execute(select(guest.c.id).where(guest.c.id == record, guest.c.erased_at.is_(None), seen(scope, guest.c.id))).first() is None:
        raise Refused(N_("There is no such guest."))
