"""What members do more than others who are like them: exact matching on strata, from sums per stratum, with an interval (95 %).

A stratum holds the people who are alike in all that was matched on. Every measure comes as three arrays per side, one entry per stratum: how many
people, the sum of their values, the sum of their squares; so a database can count a million people and only sums travel. It is a difference
between people who are alike in what was looked at, and no proof.
"""

from dataclasses import dataclass

import numpy as np

from crm_core.stats.intervals import Z

PAIRS = 100  # fewer tell too little


@dataclass(frozen=True)
class Effect:
    """Members beside others: as they come (`raw`), and in strata that hold both (`effect`, on those of the members who have a counterpart).

    Counts are people; `pairs` is how many could be formed without anybody twice. Below 100 pairs the effect is NaN; a raw interval needs two
    people on each side.
    """

    members: int
    others: int
    matched: int
    matched_others: int
    strata: int  # that hold both
    dropped: int  # strata that hold only one side
    pairs: int
    member_mean: float
    other_mean: float
    raw: float
    raw_low: float
    raw_high: float
    effect: float
    low: float
    high: float


def effect(members, others) -> Effect:
    """The mean difference per member, members and others each as (people, sum, sum of squares) by stratum.

    Strata are weighted by their members (the effect on the treated). Variances are those within strata and add up (Neyman 1923; Imbens & Rubin
    2015, Causal Inference, §9.5); a side with one person in a stratum borrows the variance that its side has within strata as a whole.
    """
    members, others = ([np.asarray(a, float) for a in side] for side in (members, others))
    n1, n0 = members[0], others[0]
    both = (n1 > 0) & (n0 > 0)
    counts = n1.sum(), n0.sum(), n1[both].sum(), n0[both].sum(), both.sum(), (~both & (n1 + n0 > 0)).sum(), np.minimum(n1, n0).sum()
    enough = counts[-1] >= PAIRS
    found = _matched([a[both] for a in members], [a[both] for a in others]) if enough else (np.nan, np.nan, np.nan)
    return Effect(*map(int, counts), *_raw(members, others), *found)


def _raw(members, others):
    """(mean of members, of others, their difference, low, high), without looking at strata (Welch 1947, normal quantile)."""
    (mean1, error1), (mean0, error0) = (_mean(*(a.sum() for a in side)) for side in (members, others))
    return _around(mean1 - mean0, error1 + error0, mean1, mean0)


def _around(difference, variance, *before):
    half = Z * np.sqrt(variance)
    return tuple(map(float, (*before, difference, difference - half, difference + half)))


def _mean(n, total, square):
    """(mean, its variance); NaN without people, the variance also with one."""
    if n == 0:
        return np.nan, np.nan
    return total / n, (max(square - total**2 / n, 0) / (n - 1) / n if n > 1 else np.nan)


def _matched(members, others):
    """(difference, low, high) over strata that hold both."""
    weight = members[0] / members[0].sum()
    variance = weight**2 @ (_variance(*members) / members[0] + _variance(*others) / others[0])
    return _around(_gap(members, others), variance)


def _gap(members, others):
    """The mean of members − others within strata that hold both, weighted by members; sums may have a column per covariate."""
    (n1, sum1), (n0, sum0) = members[:2], others[:2]
    return n1 / n1.sum() @ ((sum1.T / n1).T - (sum0.T / n0).T)


def _variance(n, total, square):
    """Variance within each stratum; where there is one person, that of all strata taken together, NaN where none has two."""
    within = np.maximum(square - total**2 / n, 0)
    freedom = (n - 1).sum()
    pooled = within.sum() / freedom if freedom > 0 else np.nan
    return np.where(n > 1, within / np.maximum(n - 1, 1), pooled)


def balance(members, others) -> tuple[np.ndarray, np.ndarray]:
    """(before, after): the standardised mean difference of each covariate, over everybody, and over the matched as `effect` weights them.

    Each side: (people by stratum, sums and sums of squares: strata × covariates). A category is one covariate of zeros and ones for each of its
    levels. Both are measured in the standard deviations before matching, √((v₁ + v₀) / 2), so that only means can mend them; beyond .1 is
    commonly called out of balance (Austin 2009, Statistics in Medicine 28:3083–3107). 0 where nothing differs; NaN where nothing varies yet
    the means differ, and after matching where nobody is matched.
    """
    members, others = ([np.asarray(a, float) for a in side] for side in (members, others))
    both = (members[0] > 0) & (others[0] > 0)
    (mean1, variance1), (mean0, variance0) = _moments(*members), _moments(*others)
    scale = np.sqrt((variance1 + variance0) / 2)
    size = np.fmax(np.abs(mean1), np.abs(mean0))
    matched = _gap([a[both] for a in members], [a[both] for a in others]) if both.any() else np.full(len(scale), np.nan)
    return _in_spreads(mean1 - mean0, scale, size), _in_spreads(matched, scale, size)


def _moments(n, total, square):
    """(mean, variance) of each covariate over all strata; NaN without people."""
    people = n.sum() or np.nan
    mean = total.sum(axis=0) / people
    return mean, np.maximum(square.sum(axis=0) / people - mean**2, 0)


def _in_spreads(difference, scale, size):
    """Difference / scale. What the squares of equal values leave after rounding is no spread, and such a difference none."""
    varies = scale > 1e-7 * size
    still = np.where(np.abs(difference) <= 1e-9 * size, 0, np.nan)
    return np.where(varies, np.divide(difference, scale, out=np.zeros_like(scale), where=varies), still)
