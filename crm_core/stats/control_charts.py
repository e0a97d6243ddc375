"""Control charts with a stated rate of false alarms: the p-chart of a share, with exact limits, and the EWMA of a mean."""
from dataclasses import dataclass
from functools import cache

import numpy as np

WEIGHT = 0.2  # of the newest week in the moving average


@dataclass(frozen=True)
class Chart:
    """One entry per point in time: value, its limits and whether it lies beyond them. centre is the level of the baseline."""

    value: np.ndarray
    centre: float
    low: np.ndarray
    high: np.ndarray
    signal: np.ndarray


def p_chart(successes, n, centre: float, false_alarm: float) -> Chart:
    """Shares successes/n against exact binomial limits around `centre`: a point rings by chance with at most `false_alarm` (both sides).

    The limits are the most extreme shares that do not ring; where n = 0 there is neither value nor limit. Shewhart's p-chart with
    Clopper's limits in place of 3σ, which misjudge small n.
    """
    from scipy.stats import binom

    k, n = np.asarray(successes, float), np.asarray(n, float)
    some = n > 0
    value = np.divide(k, n, out=np.full(len(n), np.nan), where=some)
    tail = false_alarm / 2
    least = np.where(some, binom.ppf(tail, n, centre), np.nan)  # the smallest k with P(K ≤ k) ≥ tail: what lies below it is rarer
    most = np.where(some, binom.isf(tail, n, centre), np.nan)  # P(K > k) ≤ tail
    low, high = least / np.where(some, n, np.nan), most / np.where(some, n, np.nan)
    with np.errstate(invalid="ignore"):
        return Chart(value, centre, low, high, (k < least) | (k > most))


def ewma(mean, n, centre: float, sigma: float, points_between_alarms: float, weight: float = WEIGHT) -> Chart:
    """The moving average of weekly means against limits that ring by chance once in so many points (Roberts 1959).

    mean, n: (points) of single values with standard deviation `sigma`; a point without values leaves the average as it is. Its variance
    follows weight and n point by point, so that early and thin weeks have wide limits. centre: the baseline's mean.
    """
    mean, n = np.asarray(mean, float), np.asarray(n, float)
    width = limit_width(points_between_alarms, weight)
    level, variance = centre, 0.0
    values, spread = np.empty(len(mean)), np.empty(len(mean))
    for i, (x, size) in enumerate(zip(mean, n, strict=True)):
        if size > 0:
            level = weight * x + (1 - weight) * level
            variance = weight**2 * sigma**2 / size + (1 - weight) ** 2 * variance
        values[i], spread[i] = level, np.sqrt(variance)
    low, high = centre - width * spread, centre + width * spread
    return Chart(values, centre, low, high, (n > 0) & ((values < low) | (values > high)))


@cache
def limit_width(points_between_alarms: float, weight: float = WEIGHT) -> float:
    """How many standard deviations wide an EWMA's limits are if it is to ring by chance once in so many points.

    Solved by bisection on the average run length of a Markov chain (Brook and Evans 1972); λ = 0.2 and 2.86 σ give about 370.
    """
    low, high = 0.5, 6.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if run_length(middle, weight) < points_between_alarms else (low, middle)
    return (low + high) / 2


def run_length(width: float, weight: float = WEIGHT, states: int = 101) -> float:
    """The average number of points until an EWMA of normal noise rings, with limits `width` standard deviations wide."""
    from scipy.stats import norm

    limit = width * np.sqrt(weight / (2 - weight))
    step = 2 * limit / states
    at = -limit + step * (np.arange(states) + 0.5)
    edges = -limit + step * np.arange(states + 1)
    moves = norm.cdf((edges[None, :] - (1 - weight) * at[:, None]) / weight)
    within = np.diff(moves, axis=1)
    return float(np.linalg.solve(np.eye(states) - within, np.ones(states))[states // 2])
