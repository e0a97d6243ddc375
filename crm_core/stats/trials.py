"""What a split of guests into treated and held out can show, and whether it was kept: sizes before a campaign, checks of the arms after it."""

import numpy as np
from scipy.stats import chi2, norm

BROKEN = 0.001  # the p of the sample-ratio check below which no lift is read (Fabijan et al. 2019, KDD)
HALVINGS = 60  # bring any bracket below the precision of a float


def srm(counts, ratio) -> tuple[float, float]:
    """(χ², p) of the arms' counts against the planned ratio, such as (9, 1) or (0.9, 0.1): is the split the one that was asked for?

    NaN without people, with one arm, or where an arm was planned to have nobody. Raises ValueError where counts and ratio are not as many.
    """
    counts, ratio = np.asarray(counts, float), np.asarray(ratio, float)
    if counts.shape != ratio.shape:
        raise ValueError(f"{counts.size} arms were counted and {ratio.size} planned: give one part of the ratio for each arm.")
    if counts.size < 2 or not (counts.sum() > 0 and (counts >= 0).all() and (ratio > 0).all()):
        return np.nan, np.nan
    expected = counts.sum() * ratio / ratio.sum()
    return _tested(((counts - expected) ** 2 / expected).sum(), counts.size - 1)


def balance(counts) -> tuple[float, float]:
    """(largest difference between arms' shares of a stratum in percentage points, p of the χ² test) from counts: arms × strata.

    Arms and strata without people are left out; NaN below two arms, the p also below two strata.
    """
    counts = np.asarray(counts, float)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if len(counts) < 2:
        return np.nan, np.nan
    people, share = counts.sum(axis=1, keepdims=True), counts.sum(axis=0) / counts.sum()
    p = _tested(((counts - people * share) ** 2 / (people * share)).sum(), (len(people) - 1) * (len(share) - 1))[1]
    return float(100 * np.ptp(counts / people, axis=0).max()), p


def _tested(statistic, freedom) -> tuple[float, float]:
    return (float(statistic), float(chi2.sf(statistic, freedom))) if freedom else (np.nan, np.nan)


def required_n(base, relative_lift, share_treated=0.5, alpha=0.05, power=0.8):
    """(treated, control): the people that show a relative lift of the base rate with this power, each arm rounded up.

    Two-sided z test of two shares, pooled under no lift (Fleiss, Levin & Paik 2003, §4.3, without continuity correction). NaN where there is no such lift.
    """
    base, lifted, treated = np.broadcast_arrays(*(np.asarray(a, float) for a in (base, np.multiply(base, np.add(1, relative_lift)), share_treated)))
    possible = (base > 0) & (base < 1) & (lifted > 0) & (lifted < 1) & (lifted != base) & (treated > 0) & (treated < 1)
    base, lifted, treated = (np.where(possible, a, np.nan) for a in (base, lifted, treated))
    n = _needed(base, lifted, (1 - treated) / treated, alpha, power)
    return np.ceil(n), np.ceil(n * (1 - treated) / treated)


def detectable(treated_n, control_n, base, alpha=0.05, power=0.8):
    """The smallest increase of the base rate, as a share (0.005 = 0.5 pp), that these arms show with this power: `required_n` turned round.

    NaN without people in an arm, at a base outside [0, 1), or where even a rate of 1 would not be enough.
    """
    treated_n, control_n, base = np.broadcast_arrays(*(np.asarray(a, float) for a in (treated_n, control_n, base)))
    possible = (treated_n > 0) & (control_n > 0) & (base >= 0) & (base < 1)
    base, k = np.where(possible, base, np.nan), np.where(possible, control_n, np.nan) / np.where(possible, treated_n, np.nan)
    low, high = np.zeros_like(base), 1 - base
    enough = _needed(base, base + high, k, alpha, power) <= treated_n
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        shown = _needed(base, base + middle, k, alpha, power) <= treated_n
        low, high = np.where(shown, low, middle), np.where(shown, middle, high)
    return np.where(enough, high, np.nan)[()]


def _needed(base, lifted, k, alpha, power):
    """How many must be treated, k held out for each of them."""
    mean = (lifted + k * base) / (1 + k)
    chance = norm.isf(alpha / 2) * np.sqrt(np.maximum(mean * (1 - mean), 0) * (1 + 1 / k))
    missed = norm.ppf(power) * np.sqrt(np.maximum(lifted * (1 - lifted), 0) + base * (1 - base) / k)
    return ((chance + missed) / (lifted - base)) ** 2
