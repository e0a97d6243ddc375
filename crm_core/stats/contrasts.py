"""Each of several groups against all others: the difference with its interval (95 %), and how easily chance alone makes as large a one.

Groups and their others come as arrays of one entry per group. The p-values are two-sided; what was looked for in several groups at once is
judged by `alerts.adjusted`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from crm_core.stats import intervals


@dataclass(frozen=True)
class Contrast:
    """One entry per group: its value and the value of its others, each with an interval, their difference with its interval, and p.

    NaN where a side has nothing to estimate.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    rest: np.ndarray
    difference: np.ndarray
    difference_low: np.ndarray
    difference_high: np.ndarray
    p: np.ndarray


def shares(part, size, rest_part, rest_size) -> Contrast:
    """Shares of independent cases, part of size: Newcombe's interval, and the z test with the pooled share."""
    k, n, others_k, others = (np.asarray(a, float) for a in (part, size, rest_part, rest_size))
    with np.errstate(invalid="ignore", divide="ignore"):
        own, rest, pooled = k / n, others_k / others, (k + others_k) / (n + others)
        error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / others))
    return Contrast(own, *intervals.wilson(k, n), rest, own - rest, *intervals.newcombe(k, n, others_k, others), _two_sided(own - rest, error))


def clustered_shares(own, rest) -> Contrast:
    """Shares of cases of which a guest may have several, both sides as the six moments that `intervals.ratio` takes.

    As `shares`, on as many independent cases as the cases of those guests are worth: their number over the design effect, at least 1 (Kish 1965;
    Korn & Graubard 1998, Survey Methodology 24:193–201). So a share of 0 keeps its interval, and ten bookings of one guest are not ten guests.
    """
    return shares(*_effective(own), *_effective(rest))


def _effective(side):
    """(part, size) of the share, both divided by the design effect."""
    clusters, part, size, *squares = (np.asarray(a, float) for a in side)
    low, high = intervals.ratio(clusters, part, size, *squares)
    with np.errstate(invalid="ignore", divide="ignore"):
        alone = part / size * (1 - part / size) / size
        effect = np.where(alone > 0, np.fmax(((high - low) / (2 * intervals.Z)) ** 2 / alone, 1), 1)
    return part / effect, size / effect


def ratios(own, rest) -> Contrast:
    """Ratios over guests, both sides as the six moments that `intervals.ratio` takes: linearised variances, and their z test."""
    with np.errstate(invalid="ignore", divide="ignore"):
        value, others = (np.asarray(side[1], float) / np.where(np.asarray(side[2]) == 0, np.nan, side[2]) for side in (own, rest))
    low, high = intervals.ratio_difference(own, rest)
    return Contrast(value, *intervals.ratio(*own), others, value - others, low, high, _two_sided(value - others, (high - low) / (2 * intervals.Z)))


def estimates(own, rest) -> Contrast:
    """Independent estimates, both sides as (value, low, high): the difference after MOVER, and the p at which its interval would touch zero.

    So p is below 0.05 just where the interval leaves zero out.
    """
    own, rest = (tuple(np.asarray(a, float) for a in side) for side in (own, rest))
    low, high = intervals.apart(own, rest)
    difference = own[0] - rest[0]
    towards_zero = np.where(difference > 0, difference - low, high - difference)
    return Contrast(*own, rest[0], difference, low, high, _two_sided(difference, towards_zero / intervals.Z))


def _two_sided(difference, error):
    """The normal p of a difference with its standard error; where that is 0 nothing varies, and the two differ for certain or not at all."""
    with np.errstate(invalid="ignore", divide="ignore"):
        sure = np.where(difference == 0, 1.0, np.where(np.isnan(difference), np.nan, 0.0))
        return np.where(error == 0, sure, 2 * norm.sf(np.abs(difference) / np.where(error > 0, error, np.nan)))
