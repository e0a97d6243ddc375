"""An audience opened: its steps, its arms and how alike they are, who left it and why, and why one guest is or is not on it."""
import json
from collections import Counter
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from crm_core.outreach.arms import Cell, imbalance
from crm_core.outreach.waterfall import HELD, STEPS, Person, why_left
from crm_core.records import audiences, reachable
from crm_core.records.guests import visible
from crm_core.records.holdout import Outreach, outreach
from crm_core.records.persons import members, person_of, persons_of
from crm_core.records.registry import lookup
from crm_core.schema import ARMS, audience_left, audience_member, campaign, guest, profile, send, send_event
from crm_core.scope import Scope

# What a step of the waterfall looks at, and what lets everybody pass the others.
LOOKS_AT = {"has_address": ("has_address",), "valid_address": ("address_state",), "consent": ("word", "has_proof"),
            "not_suppressed": ("complained", "erased", "recent", "in_other", "is_minor")}  # fmt: skip
PASSES = {"has_address": True, "address_state": "valid", "word": "given", "has_proof": True, "complained": False, "erased": False, "recent": 0,
          "in_other": False, "is_minor": False}  # fmt: skip
EVENTS = {"bounced": "bounced", "complained": "complained"}


@dataclass(frozen=True)
class Check:
    """A step as it is for a guest now: passed or not, for what reason, and since when (None: not known)."""

    step: str
    passed: bool
    why: str
    since: str | None


@lookup("read")
def audience_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return an audience: the row, with definition, shares, strata and steps; `arms` (arm, cell, n); `cells` of the strata and the largest
    `gap` between them in percentage points; `left` (step, why, n); `campaign_id` and `campaign`. None out of sight."""
    row = audiences.find(connection, scope, id)
    if row is None:
        return None
    written = connection.execute(select(campaign.c.id, campaign.c.name).where(campaign.c.audience_id == id).order_by(campaign.c.id)).first()
    said = {name: json.loads(row[name]) for name in ("definition", "shares", "strata", "steps", "properties")}
    return {**row, **said, **_arms(connection, id), "left": _left(connection, id), "campaign_id": written and written.id, "campaign": written and written.name}


def _arms(connection: Connection, id: int) -> dict:
    """How many are in each arm, and how each stratum is split."""
    m = audience_member.c
    rows = connection.execute(select(m.guest_id, m.arm, m.cell, m.stratum).where(m.audience_id == id)).all()
    counts = Counter((row.arm, row.cell) for row in rows)
    strata = {row.guest_id: row.stratum for row in rows if row.stratum}
    cells: list[Cell] = []
    gap = None
    if strata:
        cells, gap = imbalance({row.guest_id: row.cell or row.arm for row in rows}, strata)
    return {"arms": [(*key, n) for key, n in sorted(counts.items())], "cells": cells, "gap": gap}


def _left(connection: Connection, id: int) -> list[tuple[str, str, int]]:
    a = audience_left.c
    rows = connection.execute(select(a.step, a.why, func.count()).where(a.audience_id == id).group_by(a.step, a.why))
    return sorted(map(tuple, rows), key=lambda row: (STEPS.index(row[0]), -row[2], row[1]))


@lookup("people")
def audience_left_of(connection: Connection, scope: Scope, *, id: int, step: str | None = None, offset: int = 0,
                     limit: int = 200) -> list[tuple[int, str, str]]:
    """Return (person, step, why) of those who were selected and left, by person; of one step where it is named."""
    if audiences.find(connection, scope, id) is None:
        return []
    a = audience_left.c
    rows = connection.execute(select(a.guest_id, a.step, a.why).where(a.audience_id == id, *([a.step == step] if step else []))
                              .order_by(a.guest_id).offset(offset).limit(limit)).all()
    who = persons_of(connection, [guest_id for guest_id, *_ in rows])
    return [(who[guest_id], *why) for guest_id, *why in rows]


@lookup("contact")
def why(connection: Connection, scope: Scope, *, id: int, guest_id: int) -> dict | None:
    """Return why a guest is on an audience or not, as it was frozen: `arm`, `cell` and `stratum`; or `step` and `why`; or none of these (not
    selected: compare the `definition`). `now` tells each step as it is today. None where audience or guest is out of sight."""
    row, person = audiences.find(connection, scope, id), person_of(connection, guest_id)
    if row is None or connection.execute(select(guest.c.id).where(guest.c.id == person, visible(scope))).first() is None:
        return None
    said = {"guest_id": person, "name": row["name"], "as_of": row["as_of"], "at": row["at"], "definition": json.loads(row["definition"])}
    return said | frozen(connection, id, person) | {"now": _now(connection, scope, row, person)}


def frozen(connection: Connection, id: int, person: int) -> dict:
    """Return what an audience says of a person, whatever records it was saved by: contacted if one of them was to be."""
    m, a = audience_member.c, audience_left.c
    on = connection.execute(select(m.arm, m.cell, m.stratum).where(m.audience_id == id, m.guest_id.in_(members(person))).order_by(m.arm)).mappings().first()
    off = connection.execute(select(a.step, a.why).where(a.audience_id == id, a.guest_id.in_(members(person))).order_by(a.guest_id)).mappings().first()
    empty = dict.fromkeys(("arm", "cell", "stratum", "step", "why"), "")
    return empty | dict(on or off or {}) | {"on": on is not None}


def _now(connection: Connection, scope: Scope, row: dict, person: int) -> list[Check]:
    purpose, channel, rules = row["purpose"], row["channel"], outreach(connection)
    (known,) = reachable.people(connection, scope, [person], purpose=purpose, channel=channel, apart_from=row["id"])
    word = reachable.words(connection, reachable.records_of(connection, [person]), purpose, channel).get(person)
    cap = rules.cap if purpose == "marketing" else None
    checks = [_check(connection, known, step, cap, word) for step in LOOKS_AT]
    return [*checks, _held(connection, scope, row, person, rules)]


def _check(connection: Connection, known: Person, step: str, cap: int | None, word: reachable.Word | None) -> Check:
    others = {name: value for name, value in PASSES.items() if name not in LOOKS_AT[step]}
    _, reason = why_left(replace(known, **others), cap) or ("", "")
    since = word.at if step == "consent" and word else _happened(connection, known.guest_id, EVENTS[reason]) if reason in EVENTS else None
    return Check(step, not reason, reason, since)


def _happened(connection: Connection, person: int, kind: str) -> str | None:
    """Return when a thing last happened to a message to this person."""
    mine = send_event.join(send, send.c.id == send_event.c.send_id).join(profile, profile.c.id == send.c.profile_id)
    return connection.execute(select(func.max(send_event.c.at)).select_from(mine).where(
        send_event.c.kind == kind, profile.c.guest_id.in_(members(person)))).scalar()


def _held(connection: Connection, scope: Scope, row: dict, person: int, rules: Outreach) -> Check:
    step = HELD[0][0]
    if row["purpose"] == "marketing" and rules.held([person], scope.as_of):
        return Check(step, False, HELD[0][1], rules.holdout_from.isoformat())
    held = frozen(connection, row["id"], person)["arm"] == ARMS[1]
    return Check(step, not held, HELD[1][1] if held else "", row["at"] if held else None)
