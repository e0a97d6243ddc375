"""When members redeem: on occasions of their own, each of which takes all the points that are there (lesson L11)."""
from math import exp

import numpy as np

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.account import lasts_until
from crm_core.ingest.demo.hotels import DAYS, MONTH_OF_HISTORY

MONTH = 365.25 / 12
LAST = p.EXPIRY * MONTH
SCALE = p.REDEEMED_MONTHS * MONTH
NOT_YET = exp(-LAST / SCALE)
# The law is that of the time until the next event of a renewal process: gaps with the survival exp(−x / SCALE) up to the expiry, and a mean
# residual of BEYOND after it, have just this forward recurrence time (density = survival of the gap / mean gap; Cox 1962, Renewal Theory, §5.1).
MEAN_GAP = SCALE * (1 - NOT_YET) / p.REDEEMED
BEYOND = (1 - p.REDEEMED) * MEAN_GAP / NOT_YET
OCCASIONS = 12  # more than anybody has in four years
TRIES = 16
QUARTER = MONTH_OF_HISTORY[:DAYS] // 3
ENDS = np.append(np.flatnonzero(np.diff(QUARTER)) + 1, DAYS)  # the first day after each quarter


def redeemed(days: np.ndarray) -> np.ndarray:
    """Return the share of points that is redeemed by an age in days."""
    return p.REDEEMED * (1 - np.exp(-np.clip(days, 0, LAST) / SCALE)) / (1 - NOT_YET)


def still_redeemed(days: np.ndarray) -> np.ndarray:
    """Return the share of points open at an age in days that will yet be redeemed."""
    so_far = redeemed(days)
    return (p.REDEEMED - so_far) / (1 - so_far)


def waits(u: np.ndarray) -> np.ndarray:
    """Return the days from joining to each occasion, from uniforms (… × OCCASIONS): whichever day points are issued on, the law redeems them."""
    first, gaps = u[..., :1], u[..., 1:]
    first = np.where(first < p.REDEEMED, -SCALE * np.log(1 - np.minimum(first / p.REDEEMED, 1) * (1 - NOT_YET)),
                     LAST - BEYOND * np.log(np.minimum((1 - first) / (1 - p.REDEEMED), 1)))
    gaps = np.where(gaps < 1 - NOT_YET, -SCALE * np.log(1 - gaps), LAST - BEYOND * np.log(np.minimum((1 - gaps) / NOT_YET, 1)))
    return np.cumsum(np.ceil(np.concatenate([first, gaps], axis=-1)), axis=-1).astype(int)


class Quota:
    """How far what is redeemed lies off the law, by quarter of issue and up to each quarter's end; all blocks share it.

    A few members hold most points: left to chance alone, they would bend the law by more than what one wants to see.
    """

    def __init__(self):
        self._off = np.zeros((len(ENDS), len(ENDS)))
        self._law = np.rint(1000 * redeemed(ENDS - np.arange(DAYS)[:, None]))
        self._over = np.array([lasts_until(day) for day in range(DAYS)])

    def choose(self, issued: np.ndarray, points: np.ndarray, tries: np.ndarray) -> np.ndarray:
        """Return the row of `tries` (days of occasions) that keeps closest to the law, for a member's points by day of issue."""
        into = (QUARTER[issued] == np.arange(len(ENDS))[:, None]) * points
        # Whole thousandths and whole points: sums are exact, and the choice is the same on every machine.
        off = self._off + np.rint(into @ (1000 * self._by_then(issued, tries) - self._law[issued]) / 1000)
        best = int(np.argmin((off**2).sum(axis=(1, 2))))
        self._off = off[best]
        return tries[best]

    def _by_then(self, issued: np.ndarray, tries: np.ndarray) -> np.ndarray:
        """Whether what was issued is redeemed by the end of each quarter (tries × issued × quarters)."""
        following = (tries[:, :, None] < issued).sum(axis=1)
        day = np.take_along_axis(tries, np.minimum(following, tries.shape[1] - 1), axis=1)
        return (np.where(day < self._over[issued], day, DAYS)[:, :, None] < ENDS).astype(float)
