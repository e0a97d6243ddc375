"""Members of the loyalty programme: who joined, when and where, and who left again."""
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, HORIZON, Profile, iso
from crm_core.ingest.demo.programmes import PROGRAMME
from crm_core.ingest.demo.stays import Stays
from crm_core.ingest.demo.streams import Streams, pick

NEVER = -1
STILL = HORIZON  # the account is open
ASKED = (1, 2, 4)
WAYS = tuple(p.WAYS)
DESK = WAYS.index("front_desk")
YEAR = 365
LATER = 60  # days after the departure within which the site and the app are used
COLUMNS = ("id", "profile_id", "programme_id", "source", "external_id", "number", "tier", "status", "enrolled_on", "enrolled_via", "closed_on",
           "batch_id", "revision")


@dataclass(frozen=True)
class Members:
    """One entry per person of the block: the card's number (None: no member), the day of enrolment (NEVER) and the way, and the day on which the
    account was closed (STILL: it is open)."""

    number: list[str | None]
    enrolled: np.ndarray
    way: np.ndarray
    closed: np.ndarray

    def at(self, guest: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return whether each of these persons is a member on that day."""
        return self.joined[guest] & (self.enrolled[guest] <= day) & (day < self.closed[guest])

    def premium(self, stays: Stays) -> np.ndarray:
        """Return what each stay brings against the same guest's stay without a card (lesson L6: what the programme causes)."""
        return np.where(self.at(stays.guest, stays.arrival), 1 + p.MEMBER_PREMIUM, 1.0)

    def credited(self, stays: Stays) -> np.ndarray:
        """Return which stays earn points: those that are over and began with the card, and the one at whose end a guest joined at the desk."""
        joining = (self.way[stays.guest] == DESK) & (stays.departure == self.enrolled[stays.guest])
        over = stays.realised & (stays.departure < np.minimum(DAYS, self.closed[stays.guest]))
        return over & (self.at(stays.guest, stays.arrival) | (joining & self.joined[stays.guest]))

    @property
    def joined(self) -> np.ndarray:
        return self.enrolled != NEVER


def members(streams: Streams, profile: Profile, stays: Stays, first_id: int, persons: int) -> Members:
    """Return who of the block's persons is a member: they are asked on the departures of their first, second and fourth stay.

    Whether a person joins rests on the stays so far and on chance, never on what comes later.
    """
    u = streams.draw("member", 4, persons)
    way = pick(u[1], tuple(p.WAYS.values()))
    enrolled = _enrolled(stays, np.array(p.MEMBERS[profile.name]), u[0], np.where(way == DESK, 0, 1 + (u[2] * LATER).astype(int)))
    closed = enrolled + 1 + (-np.log(1 - u[3]) / p.CLOSES * YEAR).astype(int)
    cards = [f"TH{(first_id + n) * 7 % 10**7:07d}" if day != NEVER else None for n, day in enumerate(enrolled.tolist())]
    return Members(cards, enrolled, way, np.where((enrolled != NEVER) & (closed < DAYS), closed, STILL))


def _enrolled(stays: Stays, asked: np.ndarray, u: np.ndarray, wait: np.ndarray) -> np.ndarray:
    """The days on which persons join: so long after the departure of the stay at which they said yes, if there was one."""
    over = stays.realised & (stays.departure < DAYS)
    departures, count = stays.departure[over], np.bincount(stays.guest[over], minlength=len(u))
    yes = np.searchsorted(asked, u, side="right")
    at_stay = np.array([*ASKED, DAYS])[yes]
    had = count >= at_stay
    which = np.where(had, np.cumsum(count) - count + at_stay - 1, 0)
    day = (departures[which] if len(departures) else 0) + wait
    return np.where(had & (day < DAYS), day, NEVER)


def write(block, writer) -> None:
    """Write the block's memberships, each on the first record of its person, with the tier that follows from the rules."""
    who, kept = block.members, block.records
    rows = np.array([account.person for account in block.accounts], int)
    closed = who.closed[rows]
    left = np.where(closed < DAYS, closed, 0)
    writer.rows(schema.membership, COLUMNS, (
        (number, block.profile_ids[kept.first_of[n]], PROGRAMME, "demo", who.number[n], who.number[n], account.tier,
         "closed" if gone else "active", day, WAYS[who.way[n]], end if gone else None, 1, writer.revision)
        for number, n, account, day, gone, end in zip(
            block.membership_ids, rows.tolist(), block.accounts, iso(who.enrolled[rows]), (closed < DAYS).tolist(), iso(left), strict=True)))
    writer.truth.effect(*_effect(block))


def _effect(block) -> tuple[int, int, int]:
    """Members a year before the as-of date, EUR cents that they spent in that year, and what of it would not be there without the programme."""
    who, stays, spent, begin = block.members, block.stays, block.spent, DAYS - YEAR
    then = who.at(np.arange(len(who.enrolled)), np.full(len(who.enrolled), begin))
    cents = stays.lodging + np.bincount(spent.stay, spent.minor, len(stays.guest))
    rows = then[stays.guest] & stays.realised & (stays.arrival >= begin) & (stays.departure < DAYS)
    cents, factor = (cents * stays.euro)[rows], who.premium(stays)[rows]
    return int(then.sum()), round(cents.sum()), round((cents * (1 - 1 / factor)).sum())
