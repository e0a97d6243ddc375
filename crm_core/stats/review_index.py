"""The open review index: the mean rating of a year in which what is older and less trusted weighs less, drawn towards a prior."""
import numpy as np

from crm_core.stats.intervals import BOOTSTRAP_UP_TO, Z, resampled_sums

HALF_LIFE = 90  # days after which a rating weighs half
PRIOR_WEIGHT = 10  # as much as ten ratings of today


def weights(age, source=1.0):
    """The weight of ratings so many days old, times that of their source."""
    return np.exp2(-np.asarray(age, float) / HALF_LIFE) * source


def index(rating, weight, count, prior, *, draw=True, draws=2000, seed=7):
    """(value, low, high) of (Σ w·r + m·prior) / (Σ w + m), 0 to 100, over `count` ratings of each kind; NaN without ratings or a prior.

    The interval is a percentile bootstrap over ratings up to 5,000 of them, and with draw=False or above that linearised: the prior stands,
    the ratings vary. It is NaN below two ratings.
    """
    rating, weight, count = np.asarray(rating, float), np.asarray(weight, float), np.asarray(count, int)
    n = count.sum()
    if not n or np.isnan(prior):
        return np.nan, np.nan, np.nan
    value = _shrunk(count @ (weight * rating), count @ weight, prior)
    if n < 2:
        return value, np.nan, np.nan
    return value, *(_drawn(rating, weight, count, prior, draws, seed) if draw and n <= BOOTSTRAP_UP_TO else _linearised(rating, weight, count, prior, value))


def _shrunk(rated, weight, prior):
    return (rated + PRIOR_WEIGHT * prior) / (weight + PRIOR_WEIGHT)


def _drawn(rating, weight, count, prior, draws, seed):
    sums = resampled_sums(np.column_stack([weight * rating, weight]), count, draws, np.random.default_rng(seed))
    return np.quantile(_shrunk(sums[:, 0], sums[:, 1], prior), [0.025, 0.975])


def _linearised(rating, weight, count, prior, value):
    """Each rating moves the index by its weighted distance from it, over all weights (delta method)."""
    n, moved = count.sum(), weight * (rating - value) / (count @ weight + PRIOR_WEIGHT)
    spread = count @ moved**2 - (count @ moved) ** 2 / n
    half = Z * np.sqrt(n / (n - 1) * max(spread, 0.0))
    return value - half, value + half
