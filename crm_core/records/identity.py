"""Which guest records are one person: links are made and ended, and who is whom follows from the links that stand.

A record never changes when it is merged. That is why every merge can be undone to the exact former state, in any order.
"""
import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from crm_core.records.persons import SHOWN, persons_of
from crm_core.schema import guest, guest_link, match_pair, profile, survivor
from crm_core.store.bulk import among
from crm_core.store.record import Change

STANDING = (guest_link.c.decision == "same") & guest_link.c.ended_at.is_(None)
# How the value that stands for a person is chosen among its records. `picks` of a reviewer come first.
RULES = {"name": "most", "email": "newest", "phone": "newest", "birth_on": "most", "country": "most", "language": "newest"}


def link(change: Change, a: int, b: int, *, decided_by: str, actor: str, probability: float | None = None,
         evidence: dict | None = None, picks: dict | None = None) -> int | None:
    """Say that two guest records are one person; return the link's id, None where they already are.

    `picks` maps a field of SHOWN to the record whose value shall stand. Links form trees: ending one always splits one person in two.
    """
    whose = persons_of(change.connection, (a, b))
    if whose[a] == whose[b]:
        return None
    made = _decide(change, a, b, "same", decided_by, actor, probability, evidence, picks)
    settle(change, (a, b))
    return made


def keep_apart(change: Change, a: int, b: int, *, decided_by: str, actor: str, probability: float | None = None) -> int:
    """Say that two guest records are two persons: they are not proposed again. Return the decision's id."""
    made = _decide(change, a, b, "different", decided_by, actor, probability, None, None)
    settle(change, (a, b))
    return made


def end(change: Change, links: Iterable[int], actor: str) -> None:
    """End links (or decisions that two records differ): the records are what they were before."""
    ids = list(links)
    rows = change.connection.execute(select(guest_link.c.a_id, guest_link.c.b_id).where(among(change.connection, guest_link.c.id, ids))).all()
    still = among(change.connection, guest_link.c.id, ids) & guest_link.c.ended_at.is_(None)
    change.connection.execute(sa.update(guest_link).where(still).values(ended_at=change.at, ended_by=actor))
    settle(change, {id_ for row in rows for id_ in row})


def take_out(change: Change, record: int, actor: str) -> None:
    """Make one record a person of its own; the others of the person stay together."""
    standing = change.connection.execute(select(guest_link).where(STANDING, _touches(record))).mappings().all()
    others = sorted({row["a_id"] if row["b_id"] == record else row["b_id"] for row in standing})
    end(change, [row["id"] for row in standing], actor)
    for first, second in pairwise(others):
        link(change, first, second, decided_by="kept together", actor=actor)


def _touches(record: int) -> sa.ColumnElement[bool]:
    return or_(guest_link.c.a_id == record, guest_link.c.b_id == record)


def _decide(change: Change, a: int, b: int, decision: str, decided_by: str, actor: str, probability, evidence, picks) -> int:
    change.connection.execute(sa.delete(match_pair).where(match_pair.c.a_id == min(a, b), match_pair.c.b_id == max(a, b)))
    return change.connection.execute(sa.insert(guest_link).values(
        a_id=min(a, b), b_id=max(a, b), decision=decision, probability=probability, evidence=json.dumps(evidence or {}),
        decided_by=decided_by, picks=json.dumps(picks or {}), actor=actor, at=change.at).returning(guest_link.c.id)).scalar_one()


def settle(change: Change, touched: Iterable[int]) -> None:
    """Work out anew who is whom around some guest records, from the links that stand and the pairs that wait."""
    connection = change.connection
    links, pairs, everyone = _around(connection, set(touched))
    root, loose = roots(everyone, [(row.a_id, row.b_id) for row in links]), roots(everyone, pairs)
    rows = connection.execute(select(guest).where(among(connection, guest.c.id, everyone))).mappings().all()
    wanted = {id_: (root[id_] if root[id_] != id_ else None, loose[id_] if loose[id_] != id_ else None) for id_ in everyone}
    changed = [row["id"] for row in rows if (row["merged_into"], row["loose_id"]) != wanted[row["id"]]]
    connection.execute(*_moves(wanted, changed)) if changed else None
    persons = defaultdict(list)
    for row in rows:
        persons[root[row["id"]]].append(row)
    _survivors(connection, persons, links)
    again = [row["id"] for row in rows if len(persons[root[row["id"]]]) > 1]
    touched_rows = among(connection, guest.c.id, {*changed, *again, *touched})
    connection.execute(sa.update(guest).where(touched_rows).values(revision=change.revision))


def _moves(wanted: dict[int, tuple[int | None, int | None]], changed: list[int]) -> tuple:
    moved = sa.update(guest).where(guest.c.id == sa.bindparam("record")).values(
        merged_into=sa.bindparam("person"), loose_id=sa.bindparam("perhaps"))
    return moved, [{"record": id_, "person": wanted[id_][0], "perhaps": wanted[id_][1]} for id_ in changed]


def _around(connection: Connection, found: set[int]) -> tuple[list, list[tuple[int, int]], set[int]]:
    """Return the standing links and the waiting or linked pairs that can be reached from some records, and all records on the way."""
    new, links, pairs = set(found), {}, set()
    while new:
        a, b = guest_link.c.a_id, guest_link.c.b_id
        rows = connection.execute(select(guest_link).where(STANDING, or_(among(connection, a, new), among(connection, b, new)))).all()
        links |= {row.id: row for row in rows}
        waiting = or_(among(connection, match_pair.c.a_id, new), among(connection, match_pair.c.b_id, new))
        pairs |= {tuple(row) for row in connection.execute(select(match_pair.c.a_id, match_pair.c.b_id).where(waiting))}
        merged = connection.execute(select(guest.c.id, guest.c.merged_into).where(
            or_(among(connection, guest.c.id, new), among(connection, guest.c.merged_into, new)))).all()
        seen = {row.a_id for row in rows} | {row.b_id for row in rows} | {i for pair in pairs for i in pair} | {i for row in merged for i in row if i}
        new, found = seen - found, found | seen
    return list(links.values()), [*pairs, *((row.a_id, row.b_id) for row in links.values())], found


def roots(records: Iterable[int], links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return for each record the lowest of those that are linked with it, however many links lie between."""
    root = {record: record for record in records}

    def top(record: int) -> int:
        while root[record] != record:
            root[record] = record = root[root[record]]
        return record

    for a, b in links:
        first, second = sorted((top(a), top(b)))
        root[second] = first
    return {record: top(record) for record in root}


def _survivors(connection: Connection, persons: dict[int, list], links: list) -> None:
    everyone = [row["id"] for rows in persons.values() for row in rows]
    connection.execute(sa.delete(survivor).where(among(connection, survivor.c.guest_id, everyone)))
    several = {root: rows for root, rows in persons.items() if len(rows) > 1}
    if not several:
        return
    doubtful, picks = _doubtful(connection, everyone), _picks(links)
    connection.execute(sa.insert(survivor), [
        {"guest_id": root, **surviving(rows, doubtful, picks)} for root, rows in several.items()])


def _doubtful(connection: Connection, everyone: list[int]) -> dict[str, set[int]]:
    """Return the records whose e-mail address or phone is known not to reach the guest."""
    found = {}
    for field in ("email", "phone"):
        wrong = profile.c[f"{field}_state"].in_(("invalid", "placeholder", "relay", "bounced"))
        found[field] = set(connection.execute(select(profile.c.guest_id).where(among(connection, profile.c.guest_id, everyone), wrong)).scalars())
    return found


def _picks(links: list) -> dict[str, set[int]]:
    """Return the records that reviewers picked, by field."""
    found = defaultdict(set)
    for row in links:
        for field, record in json.loads(row.picks).items():
            found[field].add(record)
    return found


def surviving(rows: list, doubtful: dict[str, set[int]], picks: dict[str, set[int]]) -> dict:
    """Return the values that stand for a person of several records, by the RULES: what most records say, or the newest one.

    A value that a reviewer picked comes first, one that is known to be wrong comes last; nothing is ever made up from two values.
    """
    chosen = {}
    for field in SHOWN:
        have = [row for row in sorted(rows, key=lambda row: row["id"]) if row[field]]
        have = [row for row in have if row["id"] in picks.get(field, ())] or [
            row for row in have if row["id"] not in doubtful.get(field, ())] or have
        chosen[field] = _chosen(have, field)
    return chosen


def _chosen(rows: list, field: str) -> str | dt.date | None:
    if not rows:
        return None
    if RULES[field] == "newest":
        return rows[-1][field]
    said = Counter(row[field] for row in rows)
    return max(rows, key=lambda row: (said[row[field]], row["id"]))[field]
