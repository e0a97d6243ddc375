"""A guest as a member: tier with what is missing, points by lot, the ledger, tiers given by hand, codes, and what the next stay would change."""
import datetime as dt
from collections import Counter, defaultdict

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.formats import exponent
from crm_core.programme import ledger
from crm_core.programme.months import later
from crm_core.programme.rules import MEASURES, Rules, Version, in_force, points_for
from crm_core.programme.tiers import Standing, spells, standing
from crm_core.records.activity import Did, Visit, activity, visits
from crm_core.records.guests import visible
from crm_core.records.leads import factors
from crm_core.records.movements import Movement, entries_of, joined_to, versions_of
from crm_core.records.persons import members, person_of, persons_of
from crm_core.records.registry import lookup
from crm_core.schema import charge, guest, membership, profile, programme, referral, referral_code, stay, tier_override
from crm_core.scope import Scope
from crm_core.store.bulk import among

SHOWN_ROWS = 50
CHARGED = charge.c.department != "cancellation_fee"


@lookup("contact")
def memberships_of(connection: Connection, scope: Scope, *, guest_id: int) -> list[dict]:
    """Return the memberships of a person, by any record and at any property, the open ones first; none for a guest outside the scope.

    Each is the membership's row (number and version among it) with `programme` (name), `currency`, `rules` (None: the source tells the tier),
    `joined_to` (the membership that took over, if any), and, at the end of the as-of date:
    `standing` and `spells` (programme.tiers; None and [] where the day of enrolment or all rules are to come), `counts_until` (the last day on
    which all of what `standing` has still counts, None where it has nothing), `balance`, `lots` (open parts,
    oldest first: lot_id, issued_on, expires_on, points), `expiring` (day, points), `ledger` (the last fifty rows, newest first, each with the
    `balance` after it, and whether it `was_reversed`), `overrides`, `codes` (each with its `invitations`), and `next_stay` (see `_next_stay`).
    """
    person = person_of(connection, guest_id)
    if connection.execute(select(guest.c.id).where(guest.c.id == person, visible(scope))).first() is None:
        return []
    rows = _memberships(connection, person)
    ids = [row["id"] for row in rows]
    did, entries, versions = activity(connection, ids, scope.as_of), entries_of(connection, ids), versions_of(connection)
    usual, hand, codes = _Usual(connection, person, scope.as_of), _overrides(connection, ids), _codes(connection, scope, ids)
    found = [{**row, **_tier(row, did[row["id"]], versions.get(row["programme_id"], ()), hand[row["id"]], scope.as_of, usual),
              **_points(entries[row["id"]], versions.get(row["programme_id"], ()), scope.as_of), "joined_to": _joined(row, entries[row["id"]]),
              "overrides": hand[row["id"]], "codes": codes[row["id"]]} for row in rows]
    return sorted(found, key=lambda one: (one["closed_on"] is not None, one["id"]))


def _memberships(connection: Connection, person: int) -> list[dict]:
    m = membership.c
    joined = (membership.join(profile, profile.c.id == m.profile_id).join(guest, guest.c.id == profile.c.guest_id)
              .outerjoin(programme, programme.c.id == m.programme_id))
    rows = connection.execute(select(membership, programme.c.name.label("programme"), programme.c.currency, guest.c.created_at)
                              .select_from(joined).where(profile.c.guest_id.in_(members(person))).order_by(m.id)).mappings()
    return [{**row, "enrolled_on": row["enrolled_on"] or dt.date.fromisoformat(row["created_at"][:10])} for row in rows]


def _joined(row: dict, entries: list[Movement]) -> int | None:
    return (joined_to(row["id"], entries) or (None,))[0] if row["closed_on"] else None


# --- tier ---------------------------------------------------------------------------------------------------------------
def _tier(row: dict, did: list[Did], versions: tuple[Version, ...], overrides: list[dict], on: dt.date, usual: "_Usual") -> dict:
    given = [(one["tier"], one["from_on"], one["ends_on"]) for one in overrides if one["from_on"] < one["ends_on"]]
    asked = (versions, row["enrolled_on"], row["closed_on"], given, on, row["tier"])
    now, rules = standing(did, *asked), in_force(versions, on)
    return {"standing": now, "spells": spells(did, *asked) if now or row["closed_on"] else [], "rules": rules,
            "counts_until": _counts_until(did, rules, now.measure, on) if now and rules and now.has else None,
            "next_stay": _next_stay(usual, did, asked, now, rules, row["currency"]) if now and rules else None}


def _counts_until(did: list[Did], rules: Rules, measure: str, on: dt.date) -> dt.date | None:
    """Return the last day on which everything still counts that counts on a day."""
    if rules.window == "calendar":
        return dt.date(on.year, 12, 31)
    after, which = later(on, -rules.window_months), 1 + MEASURES.index(measure)
    counted = [one[0] for one in did if after < one[0] <= on and one[which]]
    return _last_day(min(counted), rules.window_months) if counted else None


def _last_day(day: dt.date, months: int) -> dt.date:
    """Return the last day whose window of so many months has a day in it: that is later than the months say where the month has no such day."""
    last = later(day, months) - dt.timedelta(1)
    while later(last + dt.timedelta(1), -months) < day:
        last += dt.timedelta(1)
    return last


def _next_stay(usual: "_Usual", did: list[Did], asked: tuple, now: Standing, rules: Rules, currency: str) -> dict | None:
    """Return what one more stay like those so far would bring, ending on the as-of date: `nights` (mean, rounded), `spend` (mean, in minor units
    of the programme's currency), `points`, the `tier` then, and whether that `rises`. None without stays so far, or without a rate."""
    spend = usual.spend(currency)
    if spend is None:
        return None
    on = asked[4]
    points = sum(points_for(rules, kind, amount, exponent(currency), now.tier, on) for kind, amount in spend.items())
    then = standing([*did, (on, usual.nights, 1, points)], *asked)
    return {"nights": usual.nights, "spend": sum(spend.values()), "points": points, "tier": then.tier, "rises": then.rank > now.rank}


class _Usual:
    """A person's mean stay: nights, and spend by kind."""

    def __init__(self, connection: Connection, person: int, on: dt.date):
        self.stays: list[Visit] = visits(connection, [person], on)[person]
        self.connection, self.on = connection, on
        self.nights = max(1, round(sum(one.nights for one in self.stays) / len(self.stays))) if self.stays else 0

    def spend(self, currency: str) -> dict[str, int] | None:
        """Return the mean spend of a stay by kind, in minor units of a currency; None without stays, or where a rate is missing."""
        ids = [id_ for one in self.stays for id_ in one.stays]
        s, c, worth = stay.c, charge.c, factors(self.connection, self.on)
        room = select(sa.literal("room"), s.currency, s.room_revenue_minor).where(among(self.connection, s.id, ids))
        other = select(c.department, c.currency, c.amount_minor).where(among(self.connection, c.stay_id, ids), CHARGED)
        total: Counter[str] = Counter()
        for kind, own, amount in [*self.connection.execute(room), *self.connection.execute(other)]:
            if not worth.get(own) or not worth.get(currency):
                return None
            total[kind] += amount * worth[own] / worth[currency]
        return {kind: round(amount / len(self.stays)) for kind, amount in total.items()} if self.stays else None


# --- points -------------------------------------------------------------------------------------------------------------
def _points(entries: list[Movement], versions: tuple[Version, ...], on: dt.date) -> dict:
    """Return balance, open lots, what expires when, and the last rows; rows to come are not counted."""
    known = [entry for entry in entries if entry.posted_on <= on]
    settled = ledger.settle(known, on, versions)
    lots = [{"lot_id": part.lot_id, "issued_on": part.issued_on, "expires_on": part.expires_on, "points": part.points}
            for part in settled.parts if part.fate == "open"]
    expiring: Counter[dt.date] = Counter()
    for lot in lots:
        if lot["expires_on"]:
            expiring[lot["expires_on"]] += lot["points"]
    return {"balance": settled.balance, "lots": lots, "expiring": sorted(expiring.items()), "ledger": _rows(known)}


def _rows(entries: list[Movement]) -> list[dict]:
    undone, balance, found = {entry.reverses_id for entry in entries}, 0, []
    shown = ("id", "posted_on", "kind", "points", "spend", "amount_minor", "currency", "reference", "reason", "actor", "source", "reverses_id")
    for entry in sorted(entries, key=lambda one: (one.posted_on, one.id)):
        balance += entry.points
        found.append({**{name: getattr(entry, name) for name in shown}, "balance": balance, "was_reversed": entry.id in undone})
    return [row for row in reversed(found) if row["points"]][:SHOWN_ROWS]


# --- by hand ------------------------------------------------------------------------------------------------------------
def _overrides(connection: Connection, ids: list[int]) -> dict[int, list[dict]]:
    """Return tiers given by hand, the latest first; `ends_on` is the day from which each counts no more."""
    o, found = tier_override.c, defaultdict(list)
    for row in connection.execute(select(tier_override).where(among(connection, o.membership_id, ids)).order_by(o.from_on.desc(), o.id.desc())).mappings():
        ends = min(row["until_on"], row["ended_on"]) if row["ended_on"] else row["until_on"]
        found[row["membership_id"]].append({**row, "ends_on": ends})
    return found


def _codes(connection: Connection, scope: Scope, ids: list[int]) -> dict[int, list[dict]]:
    c, found = referral_code.c, defaultdict(list)
    rows = connection.execute(select(referral_code).where(among(connection, c.membership_id, ids)).order_by(c.issued_on.desc(), c.id.desc())).mappings().all()
    invited = _invitations(connection, scope, [row["id"] for row in rows])
    for row in rows:
        found[row["membership_id"]].append({**row, "invitations": invited[row["id"]]})
    return found


def _invitations(connection: Connection, scope: Scope, codes: list[int]) -> dict[int, list[dict]]:
    """Return whom codes invited, the latest first: invited_on, channel, and the `guest_id` of whoever is a guest of the scope."""
    r, found = referral.c, defaultdict(list)
    rows = connection.execute(
        select(r.id, r.referral_code_id, r.invited_on, r.channel, profile.c.guest_id).select_from(referral.outerjoin(profile, profile.c.id == r.profile_id))
        .where(among(connection, r.referral_code_id, codes)).order_by(r.invited_on.desc(), r.id.desc())).all()
    whose = persons_of(connection, [row.guest_id for row in rows if row.guest_id])
    here = set(connection.execute(select(guest.c.id).where(among(connection, guest.c.id, set(whose.values())), visible(scope))).scalars())
    for row in rows:
        person = whose.get(row.guest_id)
        found[row.referral_code_id].append({"id": row.id, "invited_on": row.invited_on, "channel": row.channel, "guest_id": person if person in here else None})
    return found
