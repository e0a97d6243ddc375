"""Marketing messages that follow from what a guest does: a welcome, a greeting before the birthday, a word to who was not seen for long."""
import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from crm_core.ingest.demo import campaign_parameters as c
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.campaign_plans import JOURNEYS, NUMBERS, PLANS
from crm_core.ingest.demo.campaign_reach import Reach
from crm_core.ingest.demo.hotels import DAYS
from crm_core.ingest.demo.records import NOBODY, Records
from crm_core.ingest.demo.stays import CHECKED_OUT, CONFIRMED, IN_HOUSE, Stays
from crm_core.ingest.demo.trip_rows import Columns
from crm_core.outreach import draw
from crm_core.outreach.journeys import SHIPPED

SHIPPED_BY_KIND = {one.code: one.journey for one in SHIPPED}
BIRTHDAY, LAPSED = SHIPPED_BY_KIND["birthday"], SHIPPED_BY_KIND["lapsed"]
NO_YEAR = "1900"
FAR = 10**6
STAYS = np.array([CHECKED_OUT, IN_HOUSE, CONFIRMED])


@dataclass(frozen=True)
class Greetings(Columns):
    """One row per greeting: the person, the campaign's number, the day; its occasion and step; who is held out of the journey, or left it before and
    why (""); whether it is the one by whose link the person leaves."""

    person: np.ndarray
    number: np.ndarray
    day: np.ndarray
    occasion: np.ndarray
    step: np.ndarray
    held: np.ndarray
    why: np.ndarray
    leaves: np.ndarray

    @property
    def sent(self) -> np.ndarray:
        """Whether the greeting was written."""
        return ~self.held & (self.why == "")


def birthday(born: dt.date, year: int) -> dt.date:
    """Return the day of a birthday in a year; of who was born on 29 February the 28th in a year without it."""
    return dt.date(year, 2, 28) if (born.month, born.day) == (2, 29) and year % 4 else born.replace(year=year)


def salt(kind: str) -> str:
    """Return the salt of the lot that holds guests out of a journey."""
    return f"journey/{JOURNEYS[kind]}"


def greetings(reach: Reach, lessons: dict[int, np.ndarray], kept: Records, stays: Stays, ids: range) -> Greetings:
    """Return the block's greetings; `lessons` are the people of lists around whose days nothing else is written to them."""
    rows = [*_welcomes(reach), *_birthdays(kept), *_silent(kept, stays)]
    person, number, day, occasion, step = (np.array(column) for column in zip(*(row[:5] for row in rows), strict=True)) if rows else np.zeros((5, 0), int)
    found = Greetings(person, number, day, occasion, step, np.zeros(len(rows), bool), np.array([row[5] for row in rows], object), np.zeros(len(rows), bool))
    found = found.take(reach.may(person, day) & (day >= 0) & (day < DAYS) & ~_near(found, lessons))
    found = replace(found, held=_held(found, kept, ids))
    return replace(found, leaves=_last(reach, found))


def _welcomes(reach: Reach):
    """The day after a guest is known."""
    for person in np.flatnonzero(reach.gave & (reach.since < DAYS)).tolist():
        yield person, NUMBERS["welcome"], int(reach.since[person]) + 1, 0, 0, ""


def _birthdays(kept: Records):
    """So many days before each birthday, the year as its occasion."""
    begin, days = (c.LAUNCHED["birthday"] - p.START).days, BIRTHDAY.days
    for person, first in enumerate(kept.first_of.tolist()):
        born = kept.known[first].birth if first != NOBODY else None
        if born and not born.startswith(NO_YEAR):
            for year in range(c.LAUNCHED["birthday"].year, p.AS_OF.year + 1):
                day = (birthday(dt.date.fromisoformat(born), year) - p.START).days - days
                if begin <= day < DAYS:
                    yield person, NUMBERS["birthday"], day, year, 1, ""


def _silent(kept: Records, stays: Stays):
    """So many days after a stay under the first record, until another one is known; who books meanwhile leaves the journey."""
    rows = np.flatnonzero((kept.of_stay == kept.first_of[stays.guest]) & np.isin(stays.status, STAYS))
    begin, due, known = (c.LAUNCHED["lapsed"] - p.START).days, LAPSED.due(), {}
    for s, person, booked, arrival, left in zip(*(column[rows][::-1].tolist() for column in (
            np.arange(len(stays.guest)), stays.guest, stays.booked, stays.arrival, stays.departure)), strict=True):
        after, first = known.get(person, FAR), left + due[0]
        known[person] = min(after, booked, arrival)
        if first >= begin and first <= after:
            for step, days in enumerate(due, 1):
                yield person, NUMBERS["lapsed"], left + days, s, step, "booked" if after < left + days else ""


def _near(found: Greetings, lessons: dict[int, np.ndarray]) -> np.ndarray:
    near = np.zeros(len(found.person), bool)
    for campaign, people in lessons.items():
        near |= (np.abs(found.day - PLANS[campaign - 1].number) <= c.QUIET) & np.isin(found.person, people)
    return near


def _held(found: Greetings, kept: Records, ids: range) -> np.ndarray:
    """Whom the lot of the journey holds out."""
    guest, held = ids.start + kept.first_of[found.person], np.zeros(len(found.person), bool)
    for kind, journey in (("birthday", BIRTHDAY), ("lapsed", LAPSED)):
        rows = np.flatnonzero(found.number == NUMBERS[kind])
        out = draw.held(set(guest[rows].tolist()), salt(kind), journey.holdout_bp)
        held[rows] = [one in out for one in guest[rows].tolist()]
    return held


def _last(reach: Reach, found: Greetings) -> np.ndarray:
    """The last greeting of those who leave by one."""
    last = {person: row for row, person in sorted(zip(range(len(found.day)), found.person.tolist(), strict=True), key=lambda one: found.day[one[0]])
            if found.sent[row] and reach.by_journey[person]}
    leaves = np.zeros(len(found.day), bool)
    leaves[list(last.values())] = True
    return leaves
