"""Lessons L2 and L3: who books after a campaign, on which day, in which arm, and who opened it; some bookings are moved so that the counts are met."""
from dataclasses import dataclass, replace

import numpy as np

from crm_core.ingest.demo import campaign_parameters as c
from crm_core.ingest.demo.campaign_plans import LESSONS, NOVEMBER, PLANS, SEPTEMBER
from crm_core.ingest.demo.campaign_reach import Reach
from crm_core.ingest.demo.hotels import PERSONS, Profile
from crm_core.ingest.demo.records import Records
from crm_core.ingest.demo.stays import CHECKED_OUT, CONFIRMED, IN_HOUSE, Stays
from crm_core.ingest.demo.streams import Streams, ranks

OF_ALL_BLOCKS = 999_999  # the draws of slots are not a block's
DAY = {plan.lesson: plan.number for plan in PLANS if plan.lesson}


class Owed:
    """How many of a count that is planted among 40,000 guests are due up to a block; what one block lacks, the next one makes good."""

    def __init__(self):
        self._through = 0
        self._done: dict[object, int] = {}

    def begin(self, persons: int) -> None:
        """Go on by a block of so many persons."""
        self._through += persons

    def due(self, cell: object, count: float) -> int:
        """Return how many of a cell are due now."""
        return max(0, int(count * self._through / PERSONS + 1e-9) - self._done.get(cell, 0))

    def did(self, cell: object, count: int) -> None:
        """Note that so many were found."""
        self._done[cell] = self.done(cell) + count

    def done(self, cell: object) -> int:
        """Return how many were found so far."""
        return self._done.get(cell, 0)


@dataclass(frozen=True)
class Slots:
    """The bookings after a lesson's campaign, in the order in which blocks fill them: day after sending, arm, whether the message was opened."""

    day: np.ndarray
    treated: np.ndarray
    opened: np.ndarray


@dataclass(frozen=True)
class Bookers:
    """Persons of a block who fill slots of a lesson's campaign."""

    person: np.ndarray
    day: np.ndarray
    treated: np.ndarray
    opened: np.ndarray


def slots(seed: int, profile: str, lesson: str) -> Slots:
    """Return all slots of a lesson's campaign."""
    plan, streams = LESSONS[lesson], Streams(seed, profile, OF_ALL_BLOCKS)
    early, late = plan["early"] + plan["held early"], plan["booked"] + plan["held booked"] - plan["early"] - plan["held early"]
    day = np.concatenate([_spread(early, 0, c.EARLY), _spread(late, c.EARLY, c.WINDOW + 1)])
    order, arms, opens = (streams.draw(f"{name} {lesson}", early + late) for name in (c.ORDER_DRAW, c.ARMS_DRAW[lesson], c.OPENED_DRAW))
    held = _first(arms, np.arange(early + late) < early, plan)
    if plan["later"]:  # the extra bookings make the later days of the treated fuller
        moved = np.flatnonzero((day == c.EARLY) & ~held)
        day[moved[3 * len(moved) // 5:]] = c.LATER_FROM
    opened = np.zeros(len(day), bool)
    treated = np.flatnonzero(~held)
    opened[treated[np.argsort(opens[treated], kind="stable")[:plan["opened"]]]] = True
    rows = np.argsort(order, kind="stable")
    return Slots(day[rows], ~held[rows], opened[rows])


def _spread(count: int, low: int, high: int) -> np.ndarray:
    return low + ((np.arange(count) + .5) / max(count, 1) * (high - low)).astype(int)


def _first(u: np.ndarray, early: np.ndarray, plan: dict) -> np.ndarray:
    """Which slots are of held-out guests: so many early ones, so many late ones."""
    held = np.zeros(len(u), bool)
    for rows, count in ((np.flatnonzero(early), plan["held early"]), (np.flatnonzero(~early), plan["held booked"] - plan["held early"])):
        held[rows[np.argsort(u[rows], kind="stable")[:count]]] = True
    return held


def bookers(streams: Streams, profile: Profile, owed: Owed, reach: Reach, kept: Records, stays: Stays) -> tuple[Stays, dict[str, Bookers]]:
    """Return the stays, some of them booked on another day, and who of the block books after which lesson's campaign."""
    if profile.name != "group":
        return stays, {}
    used, found = np.zeros(len(stays.guest), bool), {}
    for lesson in (SEPTEMBER, NOVEMBER):
        stays, found[lesson] = _filled(streams, profile, owed, lesson, reach, kept, stays, used)
    return stays, found


def _filled(streams: Streams, profile: Profile, owed: Owed, lesson: str, reach: Reach, kept: Records, stays: Stays, used: np.ndarray):
    """Give each slot that is due the booking that lies nearest; the booking is moved to the slot's day."""
    due, begin = slots(streams.seed, profile.name, lesson), owed.done(lesson)
    end = begin + owed.due(lesson, len(due.day))
    free, booked, taken = _candidates(lesson, reach, kept, stays) & ~used, stays.booked.copy(), []
    new = c.NEW_GUESTS * ~_stayed_before(kept, stays, DAY[lesson])
    for k in range(begin, end):
        wanted = DAY[lesson] + int(due.day[k % len(due.day)])  # a larger demo fills them again
        apart = np.abs(stays.booked - wanted)
        rows = np.flatnonzero(free & (stays.arrival >= wanted) & (apart <= c.MOVED))
        if not len(rows):
            break
        best = int(rows[np.argmin(apart[rows] + new[rows])])
        booked[best], used[best] = wanted, True
        free &= stays.guest != stays.guest[best]
        taken.append((int(stays.guest[best]), k))
    owed.did(lesson, len(taken))
    person, slot = np.array(taken, int).reshape(-1, 2).T
    slot = slot % len(due.day)
    return replace(stays, booked=booked), Bookers(person, due.day[slot], due.treated[slot], due.opened[slot])


def _candidates(lesson: str, reach: Reach, kept: Records, stays: Stays) -> np.ndarray:
    """Bookings of reachable persons under their first record, who have no other one in the window; not that with which the record began."""
    day, first = DAY[lesson], reach.record[stays.guest]
    inside = in_window(stays, day)
    others = np.bincount(stays.guest, inside, len(reach.record))[stays.guest] - inside
    opening = np.zeros(len(stays.guest), bool)
    opening[np.unique(kept.of_stay, return_index=True)[1]] = True
    may = reach.at(day, c.SELECTED_BEFORE) & ~reach.by_journey
    stands = np.isin(stays.status, (CHECKED_OUT, IN_HOUSE, CONFIRMED))
    return may[stays.guest] & (kept.of_stay == first) & ~opening & stands & (others == 0) & (stays.booked > reach.since[stays.guest])


def _stayed_before(kept: Records, stays: Stays, day: int) -> np.ndarray:
    """Return which bookings stand under a record that knows a stay that was over by then."""
    left = np.full(len(kept) + 1, day)  # the last entry is for bookings without a record
    over = stays.status == CHECKED_OUT
    np.minimum.at(left, kept.of_stay[over], stays.departure[over])
    return left[kept.of_stay] < day


def in_window(stays: Stays, day: int) -> np.ndarray:
    """Return which bookings were made on the days that count after a campaign."""
    return (stays.booked >= day) & (stays.booked <= day + c.WINDOW)


def proxied(streams: Streams, persons: int, found: dict[str, Bookers]) -> np.ndarray:
    """Return whose mail program opens messages by itself: a share of the block's persons, none of them of the lessons' bookers."""
    books = np.zeros(persons, bool)
    for those in found.values():
        books[those.person] = True
    return ranks(streams.draw("mail program", persons) + books) < c.PROXIED
