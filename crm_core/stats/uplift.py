"""What a campaign added: treated guests beside those held out at random, everybody who was assigned counted, with an interval (95 %).

Functions take numbers or arrays that broadcast, one entry per campaign or group. Where there is nothing to estimate the answer is NaN, without
error or warning. How bookings are credited to touches is another question (`attribution`), and no answer to this one.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, norm
from scipy.stats import t as student

from crm_core.stats.alerts import adjusted
from crm_core.stats.attribution import (
    credit,
    first_touch,
    last_touch,
    linear,
    markov_attribution,
    position,
    removal_effects,
    shapley_attribution,
    time_decay,
)
from crm_core.stats.intervals import Z, newcombe
from crm_core.stats.trials import BROKEN, HALVINGS, balance, detectable, required_n, srm

__all__ = [
    "BROKEN", "Heterogeneity", "Lift", "MeanLift", "Pooled", "balance", "cost_per", "credit", "detectable", "first_touch", "heterogeneity", "last_touch",
    "lift", "lift_mean", "lift_mean_of", "linear", "markov_attribution", "pooled", "position", "removal_effects", "required_n", "romi",
    "shapley_attribution", "srm", "time_decay", "verdict",
]  # fmt: skip

EVENTS = 5  # fewer in an arm tell no ratio
LEAST = 100  # people per arm; fewer tell no lift
FAR = 10  # e^10 either way of a ratio of at least five events lies beyond its limits


@dataclass(frozen=True)
class Lift:
    """Rates of those who did it among all assigned; `relative` is NaN below 5 of them in an arm.

    `incremental` is the number of those treated who would not have done it otherwise: people treated × difference.
    """

    treated: float
    control: float
    difference: float
    low: float
    high: float
    p: float  # two-sided
    relative: float
    relative_low: float
    relative_high: float
    incremental: float
    incremental_low: float
    incremental_high: float
    treated_n: float
    control_n: float
    z: float


@dataclass(frozen=True)
class Pooled(Lift):
    """The lift over strata (campaigns, properties), each against its own control; rates are those of the treated's mix of strata."""

    strata: int
    left_out: int  # strata with people in one arm only


@dataclass(frozen=True)
class MeanLift:
    """Amounts per person assigned, those who spent nothing counted as 0; `relative` is NaN where the control spent nothing."""

    treated: float
    control: float
    difference: float
    low: float
    high: float
    p: float  # two-sided
    relative: float
    incremental: float  # people treated × difference
    incremental_low: float
    incremental_high: float
    treated_n: float
    control_n: float
    t: float
    freedom: float


@dataclass(frozen=True)
class Heterogeneity:
    """One entry per group; `p_same` is the p of all groups sharing one lift. q: what was looked for in many groups at once."""

    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    q: np.ndarray
    p_same: float


def lift(treated_successes, treated_n, control_successes, control_n) -> Lift:
    """The difference of two rates: Newcombe's interval, the z test with the pooled rate, Koopman's interval of the ratio.

    Koopman 1984, Biometrics 40:513–517. Raises ValueError for counts that cannot be.
    """
    k1, n1, k0, n0 = _counts(treated_successes, treated_n, control_successes, control_n)
    with np.errstate(invalid="ignore", divide="ignore"):
        treated, control = k1 / n1, k0 / n0
        z = _z(treated - control, _error(k1, n1, k0, n0))
        relative = _relative((k1, n1), (k0, n0), (k1 >= EVENTS) & (k0 >= EVENTS))
    low, high = newcombe(k1, n1, k0, n0)
    difference = treated - control
    return Lift(treated, control, difference, low, high, 2 * norm.sf(np.abs(z)), *relative, n1 * difference, n1 * low, n1 * high, n1, n0, z)


def _counts(*counts):
    """The four counts as floats. Raises ValueError where an arm has more successes than people, or fewer than none."""
    k1, n1, k0, n0 = counts = [np.asarray(a, float)[()] for a in counts]
    if any((a < 0).any() for a in counts):
        raise ValueError("A count cannot be negative: give successes and people of both arms as numbers from 0 up.")
    if (k1 > n1).any() or (k0 > n0).any():
        raise ValueError("An arm has more successes than people: count each person once, however often they booked.")
    return counts


def _error(k1, n1, k0, n0):
    """The standard error of the difference if there were no lift."""
    rate = (k1 + k0) / (n1 + n0)
    return np.sqrt(rate * (1 - rate) * (1 / n1 + 1 / n0))


def _z(difference, error):
    """Where nothing varies nothing differs either."""
    return np.where(error == 0, 0, difference / np.where(error == 0, 1, error))[()]


def _relative(treated, control, told):
    """(r_T / r_C − 1, low, high), NaN where not told."""
    (k1, n1), (k0, n0) = (tuple(np.where(told, a, np.nan) for a in arm) for arm in (treated, control))
    if not np.any(told):
        return k1 / n1, k1 / n1, k0 / n0
    value = np.log(k1 / n1) - np.log(k0 / n0)
    low = _crossing(Z, value - FAR, value, k1, n1, k0, n0)
    high = _crossing(-Z, value, value + FAR, k1, n1, k0, n0)
    return tuple(np.expm1(limit)[()] for limit in (value, low, high))


def _crossing(level, low, high, *counts):
    """The logarithm of the ratio, between low and high, at which its score falls through the level."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        is_above = _score(np.exp(middle), *counts) > level
        low, high = np.where(is_above, middle, low), np.where(is_above, high, middle)
    return high


def _score(ratio, k1, n1, k0, n0):
    """How many standard errors the rates lie from this ratio of them, the errors being those of the rates that are likeliest under it."""
    half = ratio * (n1 + k0) + k1 + n0
    rate = 2 * (k1 + k0) / (half + np.sqrt(np.maximum(half**2 - 4 * (n1 + n0) * ratio * (k1 + k0), 0)))
    variance = ratio * rate * (1 - ratio * rate) / n1 + ratio**2 * rate * (1 - rate) / n0
    return (k1 / n1 - ratio * k0 / n0) / np.sqrt(np.maximum(variance, 0))


def pooled(treated_successes, treated_n, control_successes, control_n) -> Pooled:
    """The lift over strata, the last axis of the arrays: Σ treated × (r_T − r_C), so that what each stratum is compared with is its own control.

    Limits move by the root of the strata's squared distances (MOVER; Zou & Donner 2008), the z test by Σ of their variances without a lift; those
    of the ratio are Koopman's for as many people as the weighted rates are worth. With one stratum all are those of `lift`.
    """
    counts = np.atleast_1d(*np.broadcast_arrays(*_counts(treated_successes, treated_n, control_successes, control_n)))
    is_both = (counts[1] > 0) & (counts[3] > 0)
    k1, n1, k0, n0 = (np.where(is_both, a, 0) for a in counts)
    people, held = n1.sum(axis=-1), n0.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight, rates = n1 / people[..., None], [np.where(is_both, k / n, 0) for k, n in ((k1, n1), (k0, n0))]
        treated, control = ((weight * rate).sum(axis=-1) for rate in rates)
        z = _z(treated - control, _length(weight * np.where(is_both, _error(k1, n1, k0, n0), 0)))
        worth = [_worth(weight, rate, n) for rate, n in zip(rates, (n1, n0), strict=True)]
        relative = _relative(*worth, np.minimum(k1.sum(axis=-1), k0.sum(axis=-1)) >= EVENTS)
    difference = treated - control
    below, above = (_length(weight * np.where(is_both, np.abs(limit - (rates[0] - rates[1])), 0)) for limit in newcombe(k1, n1, k0, n0))
    added = (people * a for a in (difference, difference - below, difference + above))
    left_out = (~is_both & (counts[1] + counts[3] > 0)).sum(axis=-1)
    return Pooled(treated, control, difference, difference - below, difference + above, 2 * norm.sf(np.abs(z)), *relative, *added, people, held, z,
                  is_both.sum(axis=-1), left_out)  # fmt: skip


def _length(parts):
    return np.sqrt(np.square(parts).sum(axis=-1))


def _worth(weight, rate, n):
    """(k, n) of one simple sample whose rate is as sure as the weighted one (Korn & Graubard 1998, Survey Methodology 24:193–201)."""
    whole = (weight * rate).sum(axis=-1)
    variance = (weight**2 * rate * (1 - rate) / np.where(n > 0, n, 1)).sum(axis=-1)
    size = np.where(variance > 0, whole * (1 - whole) / variance, n.sum(axis=-1))
    return whole * size, size


def lift_mean(treated, control) -> MeanLift:
    """The difference of mean amounts of two arms, one entry per person, zeros included. Raises ValueError where an amount is not known."""
    arms = [np.asarray(a, float).ravel() for a in (treated, control)]
    if not all(np.isfinite(a).all() for a in arms):
        raise ValueError("An amount is missing: write 0 for a person who spent nothing.")
    return _welch(*(part for a in arms for part in (len(a), a.mean() if len(a) else np.nan, a.var(ddof=1) if len(a) > 1 else np.nan)))


def lift_mean_of(n1, sum1, squares1, n2, sum2, squares2) -> MeanLift:
    """As `lift_mean`, from people, Σ amount and Σ amount² of the treated and of the control."""
    return _welch(*_moments(n1, sum1, squares1), *_moments(n2, sum2, squares2))


def _moments(n, total, squares):
    """(people, mean, variance); what the squares of equal amounts leave after rounding is no variance."""
    n, total, squares = (np.asarray(a, float) for a in (n, total, squares))
    mean = total / np.where(n > 0, n, np.nan)
    around = squares - n * mean**2
    return n, mean, np.where(around > 1e-12 * squares, around, 0 * around) / np.where(n > 1, n - 1, np.nan)


def _welch(n1, mean1, variance1, n0, mean0, variance0):
    """Welch 1947, Biometrika 34:28–35. No interval below two people in an arm, nor where no amount varies."""
    n1, mean1, variance1, n0, mean0, variance0 = (np.asarray(a, float)[()] for a in (n1, mean1, variance1, n0, mean0, variance0))
    with np.errstate(invalid="ignore", divide="ignore"):
        part1, part0 = variance1 / n1, variance0 / n0
        error = np.sqrt(np.where(part1 + part0 > 0, part1 + part0, np.nan))[()]
        freedom = error**4 / (part1**2 / (n1 - 1) + part0**2 / (n0 - 1))
        relative = mean1 / np.where(mean0 > 0, mean0, np.nan)[()] - 1
    difference, half = mean1 - mean0, student.ppf(0.975, freedom) * error
    low, high, t = difference - half, difference + half, difference / error
    p = 2 * student.sf(np.abs(t), freedom)
    return MeanLift(mean1, mean0, difference, low, high, p, relative, n1 * difference, n1 * low, n1 * high, n1, n0, t, freedom)


def romi(incremental_margin, low, high, cost):
    """(value, low, high) of (incremental margin − cost) / cost, 2.0 being 200 %; NaN where the cost is 0 or missing."""
    cost = _known_cost(cost)
    cost = np.where(cost > 0, cost, np.nan)
    return tuple(((np.asarray(a, float) - cost) / cost)[()] for a in (incremental_margin, low, high))


def cost_per(incremental, low, high, cost):
    """(value, low, high) of the cost per incremental booking; NaN where no lift was shown, that is, where the interval touches 0."""
    incremental, low, high = (np.where(np.asarray(low, float) > 0, np.asarray(a, float), np.nan) for a in (incremental, low, high))
    return tuple((_known_cost(cost) / a)[()] for a in (incremental, high, low))


def _known_cost(cost):
    """The cost as a float; what is missing (None) or negative is no cost."""
    cost = np.asarray(cost, float)
    return np.where(cost >= 0, cost, np.nan)


def heterogeneity(treated_successes, treated_n, control_successes, control_n) -> Heterogeneity:
    """The lift in each of several groups, with q-values, and whether they could share one.

    `p_same` is Cochran's Q (1954, Biometrics 10:101–129) over the groups with both arms, each weighted by the width of its Newcombe interval, so that
    a group in which nobody booked has a weight too; NaN below two groups.
    """
    one = lift(*(np.atleast_1d(a) for a in (treated_successes, treated_n, control_successes, control_n)))
    told = np.isfinite(one.difference)
    difference, error = one.difference[told], (one.high - one.low)[told] / (2 * Z)
    p_same = np.nan
    if len(difference) > 1:
        common = np.average(difference, weights=error**-2)
        p_same = float(chi2.sf((((difference - common) / error) ** 2).sum(), len(difference) - 1))
    return Heterogeneity(one.difference, one.low, one.high, one.p, adjusted(one.p), p_same)


def verdict(one: Lift | MeanLift, detectable, srm_p, least: int = LEAST) -> str:
    """What a lift says: "broken" split, too "few" people, "shown", "harm", or "not_shown".

    Too few are also those who could show no increase at all (`detectable` is NaN) and show none; a detectable of None was not looked at.
    So are arms with fewer than five successes together: one booking more or less would turn what they say.
    """
    if srm_p is not None and srm_p < BROKEN:
        return "broken"
    if not min(one.treated_n, one.control_n) >= least or np.isnan(one.low):
        return "few"
    if isinstance(one, Lift) and one.treated * one.treated_n + one.control * one.control_n < EVENTS - 0.5:
        return "few"
    if one.low > 0 or one.high < 0:
        return "shown" if one.low > 0 else "harm"
    return "not_shown" if detectable is None or np.isfinite(detectable) else "few"
