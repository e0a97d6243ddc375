"""Intervals (95 %, two-sided) for shares, ratios, medians and NPS, from counts and sums.

Every function takes numbers or arrays that broadcast. Where there is nothing to estimate the answer is NaN, without error or warning.
"""

import numpy as np
from scipy.stats import binom, norm, t

Z = 1.959964
BOOTSTRAP_UP_TO = 5000


def wilson(k, n):
    """(low, high) of the share k/n, between 0 and 1; NaN where n = 0. Wilson 1927, the score interval without continuity correction."""
    p, n = _share(k, n)
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return np.clip(centre - half, 0, p), np.clip(centre + half, p, 1)


def score_p(share, known, n):
    """Two-sided p of a share of n against one that is known: below .05 just where Wilson's interval leaves that one out; NaN where it is 0 or 1."""
    share, known, n = (np.asarray(a, float) for a in (share, known, n))
    spread = np.sqrt(np.where((known > 0) & (known < 1), known * (1 - known), np.nan) / n)
    return 2 * norm.sf(np.abs(share - known) / spread)


def newcombe(k1, n1, k2, n2):
    """(low, high) of the difference of two independent shares, k1/n1 − k2/n2; NaN where either n = 0.

    Newcombe 1998, Statistics in Medicine 17:873–890, method 10 (hybrid score).
    """
    (p1, _), (p2, _) = _share(k1, n1), _share(k2, n2)
    (low1, high1), (low2, high2) = wilson(k1, n1), wilson(k2, n2)
    difference = p1 - p2
    return difference - np.hypot(p1 - low1, high2 - p2), difference + np.hypot(high1 - p1, p2 - low2)


def apart(first, second):
    """(low, high) of first − second: two independent estimates, each with its interval as (value, low, high).

    Each limit moves by the distance of the nearer limits (MOVER; Zou & Donner 2008, Statistics in Medicine 27:1693–1702).
    """
    (v1, low1, high1), (v2, low2, high2) = first, second
    return v1 - v2 - np.hypot(v1 - low1, high2 - v2), v1 - v2 + np.hypot(high1 - v1, v2 - low2)


def _share(k, n):
    """(k/n, n) as floats, both NaN where k is not among n > 0 cases."""
    k, n = np.asarray(k, float), np.asarray(n, float)
    n = np.where((n > 0) & (k >= 0) & (k <= n), n, np.nan)
    return k / n, n


def ratio(clusters, x, y, xx, xy, yy):
    """(low, high) of Σx/Σy, linearised over clusters (guests): number of clusters, then Σx, Σy, Σx², Σxy, Σy² of their totals.

    NaN below two clusters or where Σy = 0. Cochran 1977, Sampling Techniques, §6.3, without the finite population correction.
    """
    value, variance = _linearised(clusters, x, y, xx, xy, yy)
    half = Z * np.sqrt(variance)
    return value - half, value + half


def ratio_difference(first, second):
    """(low, high) of first − second: two independent ratios, each the six moments that `ratio` takes.

    Guests who are in both make their ratios move together, so that this interval is then a little too wide, never too narrow.
    """
    (value1, variance1), (value2, variance2) = _linearised(*first), _linearised(*second)
    half = Z * np.sqrt(variance1 + variance2)
    return value1 - value2 - half, value1 - value2 + half


def _linearised(clusters, x, y, xx, xy, yy):
    """(Σx/Σy, its variance): the residuals x − value·y of the clusters sum to zero, so their squares come from the moments."""
    clusters, x, y, xx, xy, yy = (np.asarray(a, float) for a in (clusters, x, y, xx, xy, yy))
    m, y = np.where(clusters >= 2, clusters, np.nan), np.where(y == 0, np.nan, y)
    value = x / y
    squares = np.maximum(xx - 2 * value * xy + value**2 * yy, 0)
    return value, m / (m - 1) * squares / y**2


def bootstrap_ratio(x, y, count, draws=2000, seed=7):
    """(low, high) of Σx/Σy by percentile bootstrap over clusters: `count` clusters share the totals (x, y) of their group.

    Draws without any y are left out. NaN below two clusters or where Σy = 0. Efron & Tibshirani 1993, chapter 13.
    """
    pairs, count = np.column_stack([x, y]).astype(float), np.asarray(count, int)
    if count.sum() < 2 or count @ pairs[:, 1] == 0:
        return np.nan, np.nan
    sums = resampled_sums(pairs, count, draws, np.random.default_rng(seed))
    sums = sums[sums[:, 1] != 0]
    return tuple(np.quantile(sums[:, 0] / sums[:, 1], [0.025, 0.975]))


def total(clusters, x, xx):
    """(low, high) of Σx over clusters (guests) by Student's t: number of clusters, then Σx and Σx² of their totals; NaN below two clusters."""
    clusters, x, xx = (np.asarray(a, float) for a in (clusters, x, xx))
    m = np.where(clusters >= 2, clusters, np.nan)
    half = t.ppf(0.975, m - 1) * np.sqrt(m / (m - 1) * np.maximum(xx - x**2 / m, 0))
    return x - half, x + half


def bootstrap_total(x, count, draws=2000, seed=7):
    """(low, high) of Σx by percentile bootstrap over clusters: `count` clusters share the total x of their group; NaN below two clusters."""
    pairs, count = np.column_stack([x, np.ones(len(x))]).astype(float), np.asarray(count, int)
    if count.sum() < 2:
        return np.nan, np.nan
    return tuple(np.quantile(resampled_sums(pairs, count, draws, np.random.default_rng(seed))[:, 0], [0.025, 0.975]))


def resampled_sums(pairs, count, draws, random):
    """(draws × 2) sums over as many clusters as there are, drawn with replacement."""
    n = count.sum()
    if n < 8 * len(count):  # drawing a cluster costs about an eighth of drawing a group's multinomial weight (measured)
        clusters = np.repeat(pairs.T, count, axis=1)
        return np.array([clusters.take(random.integers(n, size=n), axis=1).sum(axis=1) for _ in range(draws)])
    return random.multinomial(n, count / n, size=draws) @ pairs


def median_of(values, count):
    """The median of a histogram (`count` cases have each value), the middle two averaged; NaN without cases."""
    values, upto = _ordered(values, count)
    n = upto[-1] if len(upto) else 0
    return _at_rank(values, upto, [(n + 1) // 2, n // 2 + 1]).mean() if n else np.nan


def median_interval(values, count, draws=2000, seed=7):
    """(low, high) of the median of a histogram; NaN below two cases.

    Up to 5,000 cases a percentile bootstrap, above them the binomial order-statistic interval (Conover 1999, §3.2).
    """
    values, upto = _ordered(values, count)
    n = upto[-1] if len(upto) else 0
    if n < 2:
        return np.nan, np.nan
    if n <= BOOTSTRAP_UP_TO:
        return tuple(np.quantile(_resampled_medians(values, upto, draws, np.random.default_rng(seed)), [0.025, 0.975]))
    rank = binom.ppf(0.025, n, 0.5)
    return tuple(_at_rank(values, upto, [rank, n + 1 - rank]))


def _ordered(values, count):
    """(values in rising order, number of cases up to and including each); values without cases are left out."""
    values, count = np.asarray(values, float), np.asarray(count, int)
    values, count = values[count > 0], count[count > 0]
    order = np.argsort(values)
    return values[order], np.cumsum(count[order])


def _at_rank(values, upto, rank):
    """The value of the rank-th case, counted from 1."""
    return values[np.searchsorted(upto, rank)]


def _resampled_medians(values, upto, draws, random):
    """(draws) medians of resamples.

    A resample is n uniform draws on the ranks, and its middle ones are order statistics of uniforms, which follow beta laws.
    So two beta numbers replace a multinomial weight for every value, and the medians have exactly the same distribution.
    """
    n = upto[-1]
    lower = (n + 1) // 2
    below = random.beta(lower, n + 1 - lower, draws)
    above = below if n % 2 else below + (1 - below) * random.beta(1, n - lower, draws)
    return (_at_rank(values, upto, np.ceil(below * n)) + _at_rank(values, upto, np.ceil(above * n))) / 2


def nps(promoters, passives, detractors):
    """(value, low, high) of the Net Promoter Score in points, −100 … 100; NaN without answers.

    Where all answers are of one kind the standard error is 0 and Wilson's limit L of n/n takes its place: 100·(2L − 1) for promoters,
    mirrored for detractors, ± 100·(1 − L) for passives.
    """
    value, error, n = _nps(promoters, passives, detractors)
    doubt = 100 * (1 - wilson(n, n)[0])
    half = np.where(error == 0, doubt * (1 + np.abs(value) / 100), Z * error)
    return value, np.clip(value - half, -100, 100), np.clip(value + half, -100, 100)


def nps_sum(promoters, passives, detractors, weight):
    """(value, low, high) of Σ weight × NPS over independent groups of answers, in points.

    Weights are shares of stays for a post-stratified NPS, or +1 and −1 for the difference of two.
    """
    value, error, _ = _nps(promoters, passives, detractors)
    total, half = np.dot(weight, value), Z * np.sqrt(np.dot(np.square(weight), error**2))
    return total, total - half, total + half


def _nps(promoters, passives, detractors):
    """(NPS, its multinomial standard error, answers); NPS and error in points."""
    promoters, passives, detractors = (np.asarray(a, float) for a in (promoters, passives, detractors))
    p, n = _share(promoters, promoters + passives + detractors)
    d = detractors / n
    return 100 * (p - d), 100 * np.sqrt((p + d - (p - d) ** 2) / n), n
