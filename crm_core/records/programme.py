"""Loyalty programmes: their rules in versions, who would move under others, and what they cost."""
import datetime as dt
import json
import re

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_, t
from crm_core.programme.rules import BadRules, Rules, in_force, parse, said
from crm_core.records.movements import EXPIRED_UNTIL, versions_of
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.schema import (
    PROGRAMME_COSTS,
    membership,
    points_entry,
    programme,
    programme_cost,
    programme_rules,
    setting,
)
from crm_core.scope import Scope
from crm_core.store.record import Change

CODE = re.compile(r"[a-z0-9_-]{1,40}")
CURRENCY = re.compile(r"[A-Z]{3}")
LONGEST_NAME, LONGEST_NOTE = 80, 400
MOST_COST = 10**12
ABSENT = N_("There is no such programme.")


@lookup("read")
def programmes(connection: Connection, scope: Scope) -> list[dict]:
    """Return the programmes: the row, with the `rules` in force on the as-of date (as rules.said() writes them; None: the source tells the
    tiers) and the `number` of the latest version, 0 without any."""
    versions = versions_of(connection)
    rows = connection.execute(select(programme).order_by(programme.c.id)).mappings()
    return [{**row, "rules": _said(in_force(versions.get(row["id"], ()), scope.as_of)), "number": _latest(versions, row["id"])} for row in rows]


def _said(rules: Rules | None) -> dict | None:
    return rules and said(rules)


def _latest(versions: dict, programme_id: int) -> int:
    return max((version.number for version in versions.get(programme_id, ())), default=0)


@lookup("read")
def rules_versions(connection: Connection, scope: Scope, *, programme_id: int) -> list[dict]:
    """Return the versions of a programme's rules, newest first: number, from_on, rules (a dict), note, actor, at."""
    r = programme_rules.c
    rows = connection.execute(select(r.number, r.from_on, r.rules, r.note, r.actor, r.at).where(r.programme_id == programme_id).order_by(r.number.desc()))
    return [{**row, "rules": json.loads(row["rules"])} for row in rows.mappings()]


@lookup("read")
def costs(connection: Connection, scope: Scope, *, programme_id: int | None = None) -> list[dict]:
    """Return what programmes cost the scope's properties, the newest month first: the rows, amounts in minor units of their currency."""
    c = programme_cost.c
    mine = [c.property_id.in_(scope.properties), *([c.programme_id == programme_id] if programme_id else [])]
    return [dict(row) for row in connection.execute(select(programme_cost).where(*mine).order_by(c.month_on.desc(), c.property_id, c.kind)).mappings()]


# --- actions ------------------------------------------------------------------------------------------------------------
@action("settings", "save", "programme")
def save_programme(change: Change, scope: Scope, *, name: str, currency: str, code: str = "", id: int | None = None, version: int = 0) -> int:
    """Add a programme, or (with its `id` and `version`) give it another name or currency; return its id.

    The first programme of a house takes in the members that have none yet. Raises Stale where somebody changed it meanwhile, Refused for a code
    that is taken, and for another currency where amounts were posted in the old one.
    """
    named = {"name": _name(name), "currency": _currency(currency), "revision": change.revision}
    if id is not None:
        return _changed(change, id, version, named)
    if not CODE.fullmatch(code):
        raise Refused(N_("A programme's code has small letters, digits, _ and - only, 40 at most."))
    if change.connection.execute(select(programme.c.id).where(programme.c.code == code)).first():
        raise Refused(N_("There is a programme with this code: choose another."))
    first = change.connection.execute(select(programme.c.id)).first() is None
    made = change.connection.execute(sa.insert(programme).values(code=code, **named).returning(programme.c.id)).scalar_one()
    if first:
        without = membership.c.programme_id.is_(None)
        change.connection.execute(sa.update(membership).where(without).values(programme_id=made, revision=change.revision))
    return made


def _changed(change: Change, id: int, version: int, values: dict) -> int:
    p = programme.c
    row = change.connection.execute(select(programme).where(p.id == id)).mappings().one_or_none()
    if row is None:
        raise Refused(ABSENT)
    if row["currency"] != values["currency"] and _has_amounts(change.connection, id):
        raise Refused(N_("Amounts were posted in this programme's currency: it stays as it is."))
    if change.connection.execute(sa.update(programme).where(p.id == id, p.version == version).values(**values, version=version + 1)).rowcount != 1:
        raise Stale(dict(row))
    return id


def _has_amounts(connection: Connection, programme_id: int) -> bool:
    theirs = select(membership.c.id).where(membership.c.programme_id == programme_id)
    amounts = select(points_entry.c.id).where(points_entry.c.membership_id.in_(theirs), points_entry.c.amount_minor.is_not(None)).limit(1)
    return connection.execute(amounts).first() is not None


def _name(name: str) -> str:
    plain = name.replace("\x00", "").strip()
    if not 0 < len(plain) <= LONGEST_NAME:
        raise Refused(N_("A programme needs a name of at most 80 characters."))
    return plain


def _currency(currency: str) -> str:
    if not CURRENCY.fullmatch(currency):
        raise Refused(N_("Write a currency in three capital letters, like EUR."))
    return currency


@action("settings", "save rules", "programme")
def save_rules(change: Change, scope: Scope, *, programme_id: int, rules: dict, from_on: dt.date, number: int, note: str = "") -> int:
    """Save rules (as rules.said() writes them) as the next version, in force from a day on, and return its number.

    `number` is the latest version that was seen, 0 for none. Raises Stale where somebody saved another since. The first rules may begin in the
    past, all others today at the earliest: what was promised stays. Raises Refused with what is wrong in the rules.
    """
    connection, r = change.connection, programme_rules.c
    if connection.execute(select(programme.c.id).where(programme.c.id == programme_id)).first() is None:
        raise Refused(ABSENT)
    checked, latest = checked_rules(rules), _latest(versions_of(connection), programme_id)
    if latest != number:
        raise Stale(dict(connection.execute(select(programme_rules).where(r.programme_id == programme_id, r.number == latest)).mappings().one_or_none() or {}))
    if latest and from_on < scope.as_of:
        raise Refused(N_("New rules begin today or later: what members were promised until now stays."))
    values = {"programme_id": programme_id, "number": latest + 1, "from_on": from_on, "rules": json.dumps(said(checked), ensure_ascii=False),
              "note": note.strip()[:LONGEST_NOTE], "actor": scope.user, "at": change.at, "revision": change.revision}
    connection.execute(sa.insert(programme_rules).values(values))
    connection.execute(sa.delete(setting).where(setting.c.key == EXPIRED_UNTIL))  # the next expiry looks at all accounts anew
    return latest + 1


def checked_rules(rules: dict) -> Rules:
    """Return rules that were written as a dict. Raises Refused with the sentence of what is wrong in them."""
    try:
        return parse(rules)
    except BadRules as wrong:
        raise Refused(t(wrong.message, **wrong.values)) from wrong


@action("settings", "save cost", "programme_cost")
def set_cost(change: Change, scope: Scope, *, programme_id: int, property_id: int, month_on: dt.date, kind: str, amount_minor: int, currency: str,
             version: int = 0) -> int:
    """Say what a programme cost a property in a month, by kind, in minor units; `version` of the row that stands, 0 for none. Return its id.

    Raises Stale where somebody else said so meanwhile, Refused for another's property or a value that cannot be.
    """
    if property_id not in scope.properties:
        raise Refused(N_("This property is not among yours."))
    if kind not in PROGRAMME_COSTS or not 0 <= amount_minor <= MOST_COST or month_on.day != 1:
        raise Refused(N_("A cost belongs to a month and a kind, and is not below zero."))
    if change.connection.execute(select(programme.c.id).where(programme.c.id == programme_id)).first() is None:
        raise Refused(ABSENT)
    key = {"programme_id": programme_id, "property_id": property_id, "month_on": month_on, "kind": kind}
    values = {"amount_minor": amount_minor, "currency": _currency(currency), "actor": scope.user, "at": change.at, "version": version + 1}
    return _cost(change.connection, key, values, version)


def _cost(connection: Connection, key: dict, values: dict, version: int) -> int:
    here = sa.and_(*(programme_cost.c[name] == value for name, value in key.items()))
    row = connection.execute(select(programme_cost).where(here)).mappings().one_or_none()
    if (row["version"] if row else 0) != version:
        raise Stale(dict(row or {}))
    if row:
        connection.execute(sa.update(programme_cost).where(programme_cost.c.id == row["id"]).values(values))
        return row["id"]
    return connection.execute(sa.insert(programme_cost).values(**key, **values).returning(programme_cost.c.id)).scalar_one()
