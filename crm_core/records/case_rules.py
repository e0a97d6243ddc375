"""The routing rules of service cases: kept in order, changed, moved, switched off, and tried on the last hundred cases."""
import json
import tomllib
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.schema import (
    ASPECTS,
    CASE_KINDS,
    CASE_ORIGINS,
    CASE_PRIORITIES,
    CONCERNS,
    HOTEL_DEPARTMENTS,
    PLATFORMS,
    case_rule,
    property,
    review,
    review_score,
    room,
    service_case,
)
from crm_core.scope import Scope
from crm_core.service.concerns import concern
from crm_core.service.routing import BadRule, Rule, checked, route

FILE = Path(__file__).parents[2] / "data" / "service" / "rules.toml"
SEVERITIES = ("minor", "major")
KNOWN = {"kind": CASE_KINDS, "aspect": ASPECTS, "severity": SEVERITIES, "platform": PLATFORMS, "concern": CONCERNS, "opened_from": CASE_ORIGINS,
         "department": HOTEL_DEPARTMENTS, "priority": CASE_PRIORITIES}
TRIED_ON = 100
ABSENT = N_("There is no such rule.")


@lookup("contact")
def case_rules(connection: Connection, scope: Scope) -> list[dict]:
    """Return the rules in the order in which they are asked: id, name, fits (lists of values by key), sets, is_active, version."""
    rows = connection.execute(select(case_rule).order_by(case_rule.c.place, case_rule.c.id)).mappings()
    return [{**row, "fits": json.loads(row["fits"]), "sets": json.loads(row["sets"])} for row in rows]


@action("case", "save", "case_rule", marks=False)
def save_case_rule(change, scope: Scope, *, name: str, fits: dict, sets: dict, id: int | None = None, version: int = 0) -> int:
    """Save a rule at the end of the list, or (with `id` and `version`) change one where it stands; return its id.

    Raises Refused for a rule that cannot work, Stale where somebody else was first.
    """
    rule = _rule(name, fits, sets)
    values = {"name": rule.name, "fits": json.dumps(rule.fits, ensure_ascii=False), "sets": json.dumps(rule.sets, ensure_ascii=False)}
    if id is not None:
        return _write(change, id, version, **values)
    last = change.connection.execute(select(func.max(case_rule.c.place))).scalar() or 0
    return change.connection.execute(sa.insert(case_rule).values(**values, place=last + 1).returning(case_rule.c.id)).scalar_one()


@action("case", "move", "case_rule", marks=False)
def move_case_rule(change, scope: Scope, *, id: int, version: int, place: int) -> int:
    """Put a rule at a place in the list (1: it is asked first) and return its id. Raises Stale, Refused."""
    ids = list(change.connection.execute(select(case_rule.c.id).order_by(case_rule.c.place, case_rule.c.id)).scalars())
    if id not in ids:
        raise Refused(ABSENT)
    _write(change, id, version)
    ids.remove(id)
    ids.insert(max(place, 1) - 1, id)
    for at, one in enumerate(ids, 1):
        change.connection.execute(sa.update(case_rule).where(case_rule.c.id == one).values(place=at))
    return id


@action("case", "switch", "case_rule", marks=False)
def switch_case_rule(change, scope: Scope, *, id: int, version: int, is_active: bool) -> int:
    """Switch a rule on or off and return its id. Raises Stale, Refused."""
    return _write(change, id, version, is_active=int(is_active))


@action("case", "start", "case_rule", marks=False)
def start_with_rules(change, scope: Scope) -> int:
    """Write the rules that come with Innsight, after those there are, and return how many; one whose name is there already is left out."""
    there = set(change.connection.execute(select(case_rule.c.name)).scalars())
    last = change.connection.execute(select(func.max(case_rule.c.place))).scalar() or 0
    missing = [rule for rule in shipped() if rule.name not in there]
    rows = [{"place": at, "name": r.name, "fits": json.dumps(r.fits), "sets": json.dumps(r.sets)} for at, r in enumerate(missing, last + 1)]
    if rows:
        change.connection.execute(sa.insert(case_rule), rows)
    return len(rows)


@cache
def shipped() -> tuple[Rule, ...]:
    """Return the rules that come with Innsight."""
    written = tomllib.loads(FILE.read_text(encoding="utf-8"))["rule"]
    return tuple(_rule(rule["name"], rule.get("fits", {}), rule["sets"]) for rule in written)


@lookup("contact")
def try_case_rules(connection: Connection, scope: Scope, *, rules: list[dict] | None = None) -> list[dict]:
    """Return how rules (name, fits, sets; None: those in force) would have routed the scope's last hundred cases, newest first.

    Per case: id, kind, priority, department, owner, `would` (key: value) and `why` (key: the rule's name), `changes` (keys that differ).
    """
    asked = in_force(connection) if rules is None else [_rule(rule["name"], rule["fits"], rule["sets"]) for rule in rules]
    c = service_case.c
    rows = connection.execute(select(service_case).where(c.property_id.in_(scope.properties)).order_by(c.opened_at.desc(), c.id.desc()).limit(TRIED_ON))
    return [_tried(connection, row._mapping, asked) for row in rows]


def _tried(connection: Connection, row: sa.RowMapping, rules: list[Rule]) -> dict:
    found = route(facts(connection, row), rules)
    would, why = {key: one.value for key, one in found.items()}, {key: one.rule for key, one in found.items()}
    return {**{key: row[key] for key in ("id", "kind", "priority", "department", "owner")}, "would": would, "why": why,
            "changes": sorted(key for key, value in would.items() if row[key] != value)}


def in_force(connection: Connection) -> list[Rule]:
    """Return the rules that are switched on, in their order."""
    rows = connection.execute(select(case_rule).where(case_rule.c.is_active == 1).order_by(case_rule.c.place, case_rule.c.id))
    return [Rule(row.name, json.loads(row.fits), json.loads(row.sets)) for row in rows]


def facts(connection: Connection, case: dict | sa.RowMapping) -> dict[str, str]:
    """Return what rules look at in a case (a row, or what is to become one): its own values, its property's code, its review's, its room's block."""
    p, r, s = property.c, review.c, review_score.c
    code = connection.execute(select(p.code).where(p.id == case["property_id"])).scalar()
    joined = review.outerjoin(review_score, s.review_id == r.id)
    about = connection.execute(select(r.platform, r.language, s.concern).select_from(joined).where(r.id == case["review_id"])).first()
    block = connection.execute(select(room.c.block).where(room.c.property_id == case["property_id"], room.c.room == case["room"])).scalar()
    language = about.language if about else ""
    alarm = (about.concern if about else "") or concern(case["text"] or "", language or "")
    own = {key: case[key] or "" for key in ("kind", "aspect", "severity", "room", "opened_from")}
    return own | {"property": code or "", "platform": about.platform if about else "", "language": language or "", "concern": alarm, "block": block or ""}


def _rule(name: str, fits: dict, sets: dict) -> Rule:
    try:
        return checked(name, fits, sets, KNOWN)
    except BadRule as error:
        raise Refused(str(error)) from error


def _write(change, id: int, version: int, **values) -> int:
    c = case_rule.c
    if change.connection.execute(sa.update(case_rule).where(c.id == id, c.version == version).values(**values, version=version + 1)).rowcount == 1:
        return id
    row = change.connection.execute(select(case_rule).where(c.id == id)).mappings().one_or_none()
    if row is None:
        raise Refused(ABSENT)
    raise Stale(dict(row))
