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

from crm_core.records import joining
from crm_core.records.persons import SHOWN, persons_of
from crm_core.schema import guest, guest_link, match_pair, profile, survivor
from crm_core.stats.matching import clusters
from crm_core.store.bulk import among
from crm_core.store.record import Change

STANDING = (guest_link.c.decision == "same") & guest_link.c.ended_at.is_(None)
DIFFERENT = (guest_link.c.decision == "different") & guest_link.c.ended_at.is_(None)
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
    """End links (or decisions that two records differ): the records are what they were before, and points of joined accounts go back."""
    joining.part(change, _end(change, links, actor))


def _end(change: Change, links: Iterable[int], actor: str) -> set[int]:
    ids = list(links)
    rows = change.connection.execute(select(guest_link.c.a_id, guest_link.c.b_id).where(among(change.connection, guest_link.c.id, ids))).all()
    still = among(change.connection, guest_link.c.id, ids) & guest_link.c.ended_at.is_(None)
    change.connection.execute(sa.update(guest_link).where(still).values(ended_at=change.at, ended_by=actor))
    touched = {id_ for row in rows for id_ in row}
    settle(change, touched)
    return touched


def take_out(change: Change, record: int, actor: str) -> None:
    """Make one record a person of its own; the others of the person stay together."""
    standing = change.connection.execute(select(guest_link).where(STANDING, _touches(record))).mappings().all()
    others = sorted({row["a_id"] if row["b_id"] == record else row["b_id"] for row in standing})
    touched = _end(change, [row["id"] for row in standing], actor)
    for first, second in pairwise(others):
        link(change, first, second, decided_by="kept together", actor=actor)
    joining.part(change, touched)


def _touches(record: int) -> sa.ColumnElement[bool]:
    return or_(guest_link.c.a_id == record, guest_link.c.b_id == record)


def _decide(change: Change, a: int, b: int, decision: str, decided_by: str, actor: str, probability, evidence, picks) -> int:
    change.connection.execute(sa.delete(match_pair).where(match_pair.c.a_id == min(a, b), match_pair.c.b_id == max(a, b)))
    return change.connection.execute(sa.insert(guest_link).values(
        a_id=min(a, b), b_id=max(a, b), decision=decision, probability=probability, evidence=json.dumps(evidence or {}),
        decided_by=decided_by, picks=json.dumps(picks or {}), actor=actor, at=change.at).returning(guest_link.c.id)).scalar_one()


def link_all(change: Change, pairs: Iterable[tuple[int, int, float, dict]], *, decided_by: str, actor: str) -> int:
    """Link many pairs (a, b, probability, evidence), the most probable first, where nobody has said that they differ; return how many were.

    What a rule once linked and somebody undid is not linked by a rule again: it waits for a person. A pair whose records are one person
    already is passed over, so that the links stay trees.
    """
    pairs = list(pairs)
    undone = (guest_link.c.decision == "same") & guest_link.c.ended_at.is_not(None) & (guest_link.c.decided_by == "rule")
    apart = _apart(change.connection, or_(DIFFERENT, undone))
    root = persons_of(change.connection, {i for a, b, *_ in pairs for i in (a, b)})
    joined: dict[int, int] = {}

    def person(record: int) -> int:
        record = root.get(record, record)
        while record in joined:
            record = joined[record]
        return record

    rows = []
    for a, b, probability, evidence in pairs:
        kept, gone = sorted((person(a), person(b)))
        if kept != gone and gone not in apart.get(kept, ()):
            joined[gone] = kept
            for other in apart.pop(gone, set()):
                apart[other] = (apart[other] - {gone}) | {kept}
                apart.setdefault(kept, set()).add(other)
            rows.append({"a_id": min(a, b), "b_id": max(a, b), "decision": "same", "probability": probability,
                         "evidence": json.dumps(evidence), "decided_by": decided_by, "actor": actor, "at": change.at})
    if rows:
        change.connection.execute(sa.insert(guest_link), rows)
        settle(change, {row[side] for row in rows for side in ("a_id", "b_id")})
    return len(rows)


def _apart(connection: Connection, which: sa.ColumnElement[bool] = DIFFERENT) -> dict[int, set[int]]:
    """Return for each person the persons that somebody said are others."""
    said = select(guest_link.c.a_id, guest_link.c.b_id).where(which)
    rows = connection.execute(said).all()
    whose, found = persons_of(connection, {i for row in rows for i in row}), defaultdict(set)
    for a, b in rows:
        found[whose[a]].add(whose[b])
        found[whose[b]].add(whose[a])
    return found


def differing(connection: Connection) -> set[tuple[int, int]]:
    """Return the pairs of persons (lower id first) that somebody said are two."""
    return {(one, other) for one, others in _apart(connection).items() for other in others if one < other}


def renew(change: Change) -> None:
    """Choose anew what stands for the merged persons of whom this change has touched a record."""
    record = guest.alias("record")
    merged = or_(guest.c.merged_into.is_not(None), guest.c.id.in_(select(record.c.merged_into).where(record.c.merged_into.is_not(None))))
    touched = change.connection.execute(select(guest.c.id).where(guest.c.revision == change.revision, merged)).scalars().all()
    if touched:
        settle(change, touched)


def settle(change: Change, touched: Iterable[int]) -> None:
    """Work out anew who is whom around some guest records, from the links that stand and the pairs that wait."""
    connection = change.connection
    links, pairs, everyone = _around(connection, set(touched))
    root, loose = clusters(everyone, [(row.a_id, row.b_id) for row in links]), clusters(everyone, pairs)
    rows = connection.execute(select(guest).where(among(connection, guest.c.id, everyone))).mappings().all()
    moved = [row for row in rows if (row["merged_into"] or row["id"], row["loose_id"] or row["id"]) != (root[row["id"]], loose[row["id"]])]
    _move(change, moved, root, loose)
    persons = defaultdict(list)
    for row in rows:
        persons[root[row["id"]]].append(row)
    _survivors(connection, persons, links)


def _move(change: Change, moved: list, root: dict[int, int], loose: dict[int, int]) -> None:
    """Write where records belong now, and mark them and the persons that they left or joined for the next refresh."""
    if not moved:
        return
    here = sa.update(guest).where(guest.c.id == sa.bindparam("record")).values(merged_into=sa.bindparam("person"), loose_id=sa.bindparam("perhaps"))
    ids = [row["id"] for row in moved]
    change.connection.execute(here, [
        {"record": i, "person": root[i] if root[i] != i else None, "perhaps": loose[i] if loose[i] != i else None} for i in ids])
    marked = {*ids, *(root[i] for i in ids), *(row["merged_into"] for row in moved if row["merged_into"])}
    change.connection.execute(sa.update(guest).where(among(change.connection, guest.c.id, marked)).values(revision=change.revision))


def _around(connection: Connection, found: set[int]) -> tuple[list, list[tuple[int, int]], list[int]]:
    """Return the standing links and the waiting or linked pairs that can be reached from some records, and all records on the way."""
    new, links, pairs, g = set(found), {}, set(), guest.c
    while new:
        def near(*columns, ids=frozenset(new)):
            return or_(*(among(connection, column, ids) for column in columns))
        standing = connection.execute(select(guest_link).where(STANDING, near(guest_link.c.a_id, guest_link.c.b_id))).all()
        waiting = connection.execute(select(match_pair.c.a_id, match_pair.c.b_id).where(near(match_pair.c.a_id, match_pair.c.b_id))).all()
        merged = connection.execute(select(g.id, g.merged_into).where(near(g.id, g.merged_into))).all()
        links |= {row.id: row for row in standing}
        pairs |= {tuple(row) for row in waiting}
        seen = {i for row in (*waiting, *merged, *((row.a_id, row.b_id) for row in standing)) for i in row if i}
        new, found = seen - found, found | seen
    return list(links.values()), [*pairs, *((row.a_id, row.b_id) for row in links.values())], sorted(found)


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
