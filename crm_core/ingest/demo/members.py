"""Members of the loyalty programme: who joined, when, and on which tier."""
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, Profile, iso
from crm_core.ingest.demo.stays import Stays
from crm_core.ingest.demo.streams import Streams, pick, ranks

NEVER = -1
ASKED = (1, 2, 4)
WAYS = ("front_desk", "own_site", "app")
COLUMNS = ("id", "profile_id", "source", "external_id", "number", "tier", "status", "enrolled_on", "enrolled_via", "batch_id", "revision")


@dataclass(frozen=True)
class Members:
    """One entry per person of the block: the card's number (None: no member), the day of enrolment (NEVER), and the tier."""

    number: list[str | None]
    enrolled: np.ndarray
    tier: np.ndarray

    def at(self, guest: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return whether each of these persons is a member by that day."""
        return self.joined[guest] & (self.enrolled[guest] <= day)

    def premium(self, stays: Stays) -> np.ndarray:
        """Return what each stay brings against the same guest's stay without a card (lesson L6: what the programme causes)."""
        return np.where(self.at(stays.guest, stays.arrival), 1 + p.MEMBER_PREMIUM, 1.0)

    @property
    def joined(self) -> np.ndarray:
        return self.enrolled != NEVER


def members(streams: Streams, profile: Profile, stays: Stays, first_id: int, persons: int) -> Members:
    """Return who of the block's persons is a member: they are asked on the departures of their first, second and fourth stay."""
    u = streams.draw("member", 3, persons)
    over = stays.realised & (stays.departure < DAYS)
    count = np.bincount(stays.guest[over], minlength=persons)
    asked = np.array(p.MEMBERS[profile.name])
    joined = u[0] < asked[np.searchsorted(ASKED[1:], count, side="right")]
    at_stay = np.array(ASKED)[np.minimum(np.searchsorted(asked, u[0], side="right"), len(ASKED) - 1)]
    enrolled = np.where(joined, _day(stays, over, count, at_stay, u[1]), NEVER)
    nights = np.bincount(stays.guest[over], stays.nights[over], persons)
    tier = np.full(persons, NEVER)
    tier[joined] = pick(ranks(nights[joined] + 3 * u[2][joined]), tuple(p.TIERS.values()))
    cards = [f"TH{(first_id + n) * 7 % 10**7:07d}" if yes else None for n, yes in enumerate(joined.tolist())]
    return Members(cards, enrolled, tier)


def _day(stays: Stays, over: np.ndarray, count: np.ndarray, at_stay: np.ndarray, u: np.ndarray) -> np.ndarray:
    """The departure of that stay of the person; who has not stayed yet joins on the site, on any day of history."""
    departures = stays.departure[over]
    which = np.minimum(np.cumsum(count) - count + at_stay - 1, max(len(departures) - 1, 0))
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
