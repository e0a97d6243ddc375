"""How long until something happens where some still wait: curves after Kaplan and Meier with their band, medians, and the log-rank test.

Times are days (or any unit) from a beginning to the event; `returned` is false where it had not happened when last seen.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from crm_core.stats.intervals import Z, wilson

# Whole numbers up to here are counted by place instead of being sorted: 270 years of days.
WHOLE_UP_TO = 100_000
ROUNDING = 1e-12  # a product of fractions that is one half may come out a little above it


@dataclass(frozen=True)
class Curve:
    """The share still waiting just after each distinct time, its 95 % log-log band and Greenwood's standard error; `n` cases, `events` in all.

    The band is never narrower than what was seen: before the first event it is Wilson's of none among those at risk, where the formula gives
    a certainty of 1, and once everybody has returned its upper end stays where it was.
    """

    time: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray
    error: np.ndarray  # NaN once everybody has returned
    at_risk: np.ndarray  # just before that time
    n: int
    events: int

    def returned(self, t):
        """(value, low, high, at_risk): the share who had returned by t (1 − survival), and how many were still followed at t.

        NaN, and 0 at risk, beyond the last time observed and wherever nobody was at risk.
        """
        at_risk = np.append(self.at_risk, 0)[np.searchsorted(self.time, t)]
        step = np.searchsorted(self.time, t, side="right")
        survival, high = np.append(1.0, self.survival)[step], np.append(1.0, self.high)[step]
        low = np.where(step > 0, np.append(1.0, self.low)[step], 1 - wilson(0, at_risk)[1])
        return *(np.where(at_risk > 0, 1 - share, np.nan)[()] for share in (survival, high, low)), at_risk

    def median(self):
        """(median, low, high): the time by which half had returned."""
        return self.quantile(0.5)

    def quantile(self, share):
        """(time, low, high): the first time by which so large a share had returned, by the curve and by each end of its band; NaN where not reached.

        Brookmeyer & Crowley 1982, Biometrics 38:29–41, on the log-log band.
        """
        low, high = np.where(self.survival < 1, self.low, 1), np.where(self.survival > 0, self.high, 0)
        return tuple(self._first(waiting, 1 - share) for waiting in (self.survival, low, high))

    def _first(self, waiting, left):
        under = np.flatnonzero(waiting <= left + ROUNDING)
        return float(self.time[under[0]]) if len(under) else np.nan

    def known_until(self, least=10):
        """The last time at which at least `least` are at risk; NaN where there never are as many."""
        enough = np.flatnonzero(self.at_risk >= least)
        return float(self.time[enough[-1]]) if len(enough) else np.nan


def kaplan_meier(time, returned, n=None, entry=None) -> Curve:
    """The `Curve` of cases, or of groups of `n` cases each that share time and `returned`: both give the same to the last bit.

    With `entry`, a case is at risk only after that time (delayed entry: before it, he could not have been seen); at or below 0 means from the
    beginning. Who left no later than he entered was never at risk and is not counted. ValueError for a missing or negative time.
    Kaplan & Meier 1958; Greenwood 1926; log-log band: Kalbfleisch & Prentice 1980.
    """
    time, returned, n, entry = _checked(time, returned, n, entry)
    late = entry > 0
    at, place = _coded(np.concatenate([time, entry[late]]))
    left, entered = place[: len(time)], place[len(time) :]
    ended, leaving, entering = _counts(left, n * returned, at), _counts(left, n, at), _counts(entered, n[late], at)
    at_risk = n[~late].sum() + np.cumsum(entering) - entering - np.cumsum(leaving) + leaving
    seen = leaving + entering > 0
    at, ended, at_risk = at[seen], ended[seen], at_risk[seen]
    survival, error, low, high = _estimated(ended, at_risk)
    return Curve(at, survival, low, high, error, at_risk, int(leaving.sum()), int(ended.sum()))


def _checked(time, returned, n, entry):
    """(time, returned, n, entry) of all who were ever at risk, as arrays of equal length."""
    time, returned = np.asarray(time, float), np.asarray(returned, bool)
    n = np.ones(len(time), np.int64) if n is None else np.asarray(n, np.int64)
    entry = np.zeros(len(time)) if entry is None else np.asarray(entry, float)
    if not (np.isfinite(time).all() and np.isfinite(entry).all() and time.min(initial=0) >= 0):
        raise ValueError("A time is missing or negative.")
    there = (entry <= 0) | (entry < time)
    return time[there], returned[there], n[there], entry[there]


def _coded(values):
    """(rising values, the place of each of `values` among them); whole numbers are their own places, so that a million need no sorting."""
    days = values.astype(np.int64) if values.max(initial=0) <= WHOLE_UP_TO else None
    if days is None or not np.array_equal(days, values):
        return np.unique(values, return_inverse=True)
    return np.arange(days.max(initial=-1) + 1, dtype=float), days


def _counts(place, n, at):
    """How many cases lie at each of the times `at`."""
    return np.rint(np.bincount(place, n, minlength=len(at))).astype(np.int64)


def _estimated(ended, at_risk):
    """(survival, its standard error, low, high) after each time."""
    there = np.maximum(at_risk, 1)
    survival = np.cumprod(1 - ended / there)
    last = ended == there
    greenwood = np.cumsum(np.where(last, np.nan, ended / (there * np.where(last, 1, there - ended))))
    return survival, survival * np.sqrt(greenwood), *_band(survival, np.sqrt(greenwood), at_risk)


def _band(survival, error, at_risk):
    """(low, high) of survival from the standard error of its log."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.exp(Z * error / np.log(survival))
        low, high = np.where(survival > 0, survival ** (1 / scale), 0), survival**scale
    low = np.where(survival < 1, low, 1 - wilson(0, at_risk)[1])
    start = wilson(0, at_risk[:1])[1]  # the upper end where everybody returns at once
    before = np.append(start, high)[np.cumsum(survival > 0)]
    return np.minimum(low, survival), np.where(survival > 0, np.where(survival < 1, high, 1), before)


def median(times, ended):
    """(median, low, high, n): the time by which half have ended; `ended` is false where it still went on when last seen.

    NaN where the curve, or its band, has not come down to one half yet.
    """
    curve = kaplan_meier(times, ended)
    return *curve.median(), curve.n


def logrank(groups):
    """(chi², degrees of freedom, p) of the hypothesis that all groups return alike; each group is (time, returned, n), n None for rows.

    A group in which nothing could have been expected is left out. NaN, with the degrees there are, where fewer than two groups are left or
    nothing varies. Mantel 1966, Cancer Chemotherapy Reports 50:163–170, hypergeometric variance.
    """
    ended, at_risk = _side_by_side([_checked(time, returned, n, None) for time, returned, n in groups])
    all_ended, all_risk = ended.sum(axis=0), np.maximum(at_risk.sum(axis=0), 1)
    share = at_risk / all_risk
    expected = share @ all_ended
    spread = all_ended * (all_risk - all_ended) / np.maximum(all_risk - 1, 1)
    covariance = np.diag(share @ spread) - (share * spread) @ share.T
    free = np.flatnonzero(expected > 0)[:-1]  # the last group's is what the others leave
    covariance, surplus = covariance[np.ix_(free, free)], (ended.sum(axis=1) - expected)[free]
    if not len(free) or np.linalg.matrix_rank(covariance, hermitian=True) < len(free):
        return np.nan, len(free), np.nan
    chi2 = float(surplus @ np.linalg.solve(covariance, surplus))
    return chi2, len(free), float(chdtrc(len(free), chi2))


def _side_by_side(groups):
    """(groups × times): how many ended at each time, and how many were at risk."""
    at, place = _coded(np.concatenate([np.zeros(0), *(time for time, *_ in groups)]))
    places = np.split(place, np.cumsum([len(time) for time, *_ in groups]))
    ended, leaving = np.zeros((2, len(groups), len(at)))
    for group, (_, returned, n, _) in enumerate(groups):
        ended[group], leaving[group] = _counts(places[group], n * returned, at), _counts(places[group], n, at)
    return ended, leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
