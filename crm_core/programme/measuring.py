"""What members did in a window, and which tiers that reaches: activity and rules in arrays, days as numbers since 1970."""

import numpy as np

from crm_core.programme.fifo import NEVER, UNKNOWN
from crm_core.programme.months import later_days
from crm_core.programme.terms import MEASURES, Rules

NO_NUMBER = np.iinfo(np.int64).max  # asked for where a measure counts for nothing: nobody reaches it


class Activity:
    """The activity of members, numbered from 0 on: nights, stays and points by member and day."""

    def __init__(self, member: np.ndarray, day: np.ndarray, *amounts: np.ndarray):
        self.member, self.day, self.amounts = member, day, amounts
        self.key = _key(member, day)
        self.sums = np.zeros((len(MEASURES), len(member) + 1), np.int64)
        np.cumsum(amounts, axis=1, out=self.sums[:, 1:])

    def where(self, stays: np.ndarray) -> "Activity":
        return Activity(self.member[stays], self.day[stays], *(amount[stays] for amount in self.amounts))

    def of(self, measures: np.ndarray) -> np.ndarray:
        """Which rows say anything of some measures."""
        return np.any([amount != 0 for amount, is_asked in zip(self.amounts, measures, strict=True) if is_asked], axis=0)

    def between(self, member: np.ndarray, after: np.ndarray, until: np.ndarray) -> np.ndarray:
        """(measures × n) what each of some members did after a day, up to and including another."""
        begin, end = (np.searchsorted(self.key, _key(member, day), "right") for day in (after, until))
        return self.sums[:, end] - self.sums[:, begin]


def _key(member: np.ndarray, day: np.ndarray) -> np.ndarray:
    return member * (2 * NEVER - 2 * UNKNOWN) + day - UNKNOWN


class Ladder:
    """The tiers of some rules: what leads into each, what keeps it, and for how long."""

    def __init__(self, rules: Rules):
        self.rules, self.names = rules, [tier.name for tier in rules.tiers]
        self.qualify = np.array([[tier.qualify.get(measure, NO_NUMBER) for measure in MEASURES] for tier in rules.tiers])
        self.retain = np.array([[tier.retain.get(measure, NO_NUMBER) for measure in MEASURES] for tier in rules.tiers])
        self.asked = ((self.qualify != NO_NUMBER) | (self.retain != NO_NUMBER)).any(axis=0)  # by measure: whether a tier asks for it
        self.retain[[not tier.retain for tier in rules.tiers]] = 0  # asks for nothing

    def reached(self, done: np.ndarray) -> np.ndarray:
        """The highest tier that what was done (measures × n) leads into; 0: the lowest."""
        return _highest(self.qualify, done, np.full(done.shape[1], len(self.names)))

    def kept(self, done: np.ndarray, rank: np.ndarray) -> np.ndarray:
        """The highest tier, at most that of `rank`, that what was done keeps."""
        return _highest(self.retain, done, rank)

    def window(self, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(after, until): the days that count for a tier on a day."""
        return (_new_year(day, 0) - 1 if self.rules.window == "calendar" else months(day, -self.rules.window_months)), day

    def last_window(self, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(after, until): the days that count for keeping a tier that is over on a day; of calendar years the one that has just ended."""
        return self.window(day - 1) if self.rules.window == "calendar" else self.window(day)

    def valid(self, day: np.ndarray) -> np.ndarray:
        """The day on which a tier is over that was reached on a day."""
        return _new_year(day, 2) if self.rules.window == "calendar" else months(day, self.rules.valid_months)

    def valid_again(self, day: np.ndarray) -> np.ndarray:
        """The day on which a tier is over that was kept, or fallen to, on a day; a calendar year's is kept by the year before."""
        return self.valid(day - 1) if self.rules.window == "calendar" else self.valid(day)


def _highest(wanted: np.ndarray, done: np.ndarray, most: np.ndarray) -> np.ndarray:
    found = np.zeros(done.shape[1], np.int64)
    for rank in range(1, len(wanted)):
        found[(done >= wanted[rank][:, None]).any(axis=0) & (rank <= most)] = rank
    return found


def months(day: np.ndarray, number: int) -> np.ndarray:
    return later_days(day.astype("datetime64[D]"), number).astype(np.int64)


def _new_year(day: np.ndarray, years: int) -> np.ndarray:
    """1 January so many years after the year of a day."""
    return (day.astype("datetime64[D]").astype("datetime64[Y]") + years).astype("datetime64[D]").astype(np.int64)
