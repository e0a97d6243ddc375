"""Who would be in another tier under other rules: told before anybody saves them."""
import datetime as dt
from collections import Counter

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.programme.rules import Version, in_force
from crm_core.programme.tiers import many
from crm_core.records.activity import activity
from crm_core.records.movements import versions_of
from crm_core.records.persons import own_id
from crm_core.records.programme import checked_rules
from crm_core.records.registry import lookup
from crm_core.schema import guest, membership, profile
from crm_core.scope import Scope

SHOWN_GUESTS = 50


@lookup("settings")
def preview_rules(connection: Connection, scope: Scope, *, programme_id: int, rules: dict) -> dict:
    """Return who would be in another tier today, had these rules (as rules.said() writes them) been in force all along.

    `n` open members at the scope's properties; `moves`: (tier today, tier then, members), those who stay among them, from the lowest up;
    `guests`: at most fifty of those who would move (guest_id, tier today, tier then). Tiers given by hand count for neither.
    Raises Refused with what is wrong in the rules.
    """
    proposed, versions = Version(1, dt.date.min, checked_rules(rules)), versions_of(connection).get(programme_id, ())
    members = _members(connection, scope, programme_id)
    did = _columns(activity(connection, [row.id for row in members], scope.as_of))
    now, then = (_tiers(members, did, which, scope.as_of) for which in (versions, (proposed,)))
    pairs = list(zip((row.person for row in members), now, then, strict=True))
    order = {name: place for place, name in enumerate(_ladder(versions, scope.as_of) + [tier.name for tier in proposed.rules.tiers])}
    counted = sorted(Counter(pair[1:] for pair in pairs).items(), key=lambda one: tuple(order.get(name, -1) for name in one[0]))
    moved = [pair for pair in pairs if pair[1] != pair[2]]
    return {"n": len(pairs), "moves": [(*pair, count) for pair, count in counted], "guests": moved[:SHOWN_GUESTS]}


def _ladder(versions: tuple[Version, ...], on: dt.date) -> list[str]:
    rules = in_force(versions, on)
    return [tier.name for tier in rules.tiers] if rules else []


def _members(connection: Connection, scope: Scope, programme_id: int) -> list[sa.Row]:
    """Return the open memberships at the scope's properties, by id; one without a day of enrolment began when its guest became known."""
    m = membership.c
    joined = membership.join(profile, profile.c.id == m.profile_id).join(guest, guest.c.id == profile.c.guest_id)
    rows = connection.execute(
        select(m.id, own_id().label("person"), m.tier, m.enrolled_on, guest.c.created_at).select_from(joined)
        .where(m.programme_id == programme_id, m.closed_on.is_(None), profile.c.property_id.in_(scope.properties), guest.c.erased_at.is_(None))
        .order_by(m.id))
    return list(rows)


def since(row: sa.Row) -> dt.date:
    """Return the day from which a membership counts: that of enrolment, else the day on which its guest became known."""
    return row.enrolled_on or dt.date.fromisoformat(row.created_at[:10])


def _columns(did: dict[int, list]) -> dict[str, list]:
    found: dict[str, list] = {name: [] for name in ("member", "day", "nights", "stays", "points")}
    for id_, some in sorted(did.items()):
        for day, nights, stays, points in some:
            for name, value in (("member", id_), ("day", day), ("nights", nights), ("stays", stays), ("points", points)):
                found[name].append(value)
    return found


def _tiers(members: list[sa.Row], did: dict[str, list], versions: tuple[Version, ...], on: dt.date) -> list[str]:
    """Return the tier of each of the members on a day, under some versions of rules."""
    if not members:
        return []
    who = {"member": [row.id for row in members], "enrolled_on": [since(row) for row in members], "closed_on": [None] * len(members),
           "tier": [row.tier for row in members]}
    return [tier or "" for tier in many(who, did, versions, None, on)[1]["tier"].tolist()]
