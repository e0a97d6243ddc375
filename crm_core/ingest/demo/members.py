"""Members of the loyalty programme: who joined, when, and on which tier."""
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, Profile, iso
from crm_core.ingest.demo.stays import Stays
from crm_core.ingest.demo.streams import Streams, pick, ranks

NEVER = -1
WAYS = ("front_desk", "own_site", "app")
COLUMNS = ("id", "profile_id", "source", "external_id", "number", "tier", "status", "enrolled_on", "enrolled_via", "batch_id", "revision")


@dataclass(frozen=True)
class Members:
    """One entry per person of the block: the card's number (None: no member), the day of enrolment (NEVER), and the tier."""

    number: list[str | None]
    enrolled: np.ndarray
    tier: np.ndarray

    @property
    def joined(self) -> np.ndarray:
        return self.enrolled != NEVER


def members(streams: Streams, profile: Profile, stays: Stays, first_id: int, persons: int) -> Members:
    """Return who of the block's persons is a member: guests with more stays join more often, on a day of departure."""
    u = streams.draw("member", 4, persons)
    over = stays.realised & (stays.departure < DAYS)
    count = np.bincount(stays.guest[over], minlength=persons)
    chance = np.array(p.MEMBERS[profile.name])[np.searchsorted((2, 4), count, side="right")]
    joined = u[0] < chance
    enrolled = np.where(joined, _day(stays, over, count, u[1]), NEVER)
    nights = np.bincount(stays.guest[over], stays.nights[over], persons)
    tier = np.full(persons, NEVER)
    tier[joined] = pick(ranks(nights[joined] + 3 * u[2][joined]), tuple(p.TIERS.values()))
    cards = [f"TH{(first_id + n) * 7 % 10**7:07d}" if yes else None for n, yes in enumerate(joined.tolist())]
    return Members(cards, enrolled, tier)


def _day(stays: Stays, over: np.ndarray, count: np.ndarray, u: np.ndarray) -> np.ndarray:
    """The departure of one of the person's stays; who has not stayed yet joins on the site, on any day of history."""
    departures = stays.departure[over]
    start = np.cumsum(count) - count
    which = np.minimum(start + (u * np.minimum(count, 4)).astype(int), max(len(departures) - 1, 0))
    return np.where(count > 0, departures[which] if len(departures) else 0, (u * DAYS).astype(int))


def write(block, writer) -> None:
    """Write the block's memberships, each on the first record of its person."""
    who, kept = block.members, block.records
    rows = np.flatnonzero(who.joined & (kept.first_of >= 0))
    tiers = list(p.TIERS)
    writer.rows(schema.membership, COLUMNS, (
        (number, block.profile_ids[kept.first_of[n]], "demo", who.number[n], who.number[n], tiers[who.tier[n]], "active", day,
         WAYS[who.enrolled[n] % 3], 1, writer.revision)
        for number, n, day in zip(writer.take(schema.membership, len(rows)), rows.tolist(), iso(who.enrolled[rows]), strict=True)))
