"""How ratings go with what is praised and blamed: each aspect's share of the spread that all of them explain, and what ten points more go with."""
from dataclasses import dataclass
from math import factorial

import numpy as np

from crm_core.stats.intervals import Z

DRAWS, SEED, AT_ONCE = 200, 7, 20
FEWEST = 200  # reviews with text


@dataclass(frozen=True)
class Drivers:
    """One entry per aspect, all arrays of one length; association, never cause.

    share: of the explained spread (adds up to 1), with a bootstrap interval; effect: change of the rating that goes with ten points more of
    positive share, with its interval; explained: R² of all aspects together; n: reviews.
    """

    share: np.ndarray
    share_low: np.ndarray
    share_high: np.ndarray
    effect: np.ndarray
    effect_low: np.ndarray
    effect_high: np.ndarray
    explained: float
    n: int


def drivers(polarity, rating, count=None, draws: int = DRAWS, seed: int = SEED) -> Drivers | None:
    """Decompose the R² of a regression of `rating` (n) on `polarity` (n × k: −1 … 1, 0 where not named) by Shapley values.

    `count` says how many reviews share a row. None below FEWEST reviews, or where nothing varies. The share is that of Lindeman, Merenda
    and Gold (1980); its interval is a percentile bootstrap over reviews. The effect comes from the regression's coefficients with their
    heteroscedasticity-robust errors (White 1980) and the share of reviews that name the aspect.
    """
    x, y = np.asarray(polarity, float), np.asarray(rating, float)
    n = np.ones(len(y)) if count is None else np.asarray(count, float)
    if n.sum() < FEWEST or not np.ptp(y) or not np.ptp(x, axis=0).all():
        return None
    weights = _shapley_weights(x.shape[1])
    parts = _explained(_correlations(x, y, n[None, :]), weights)[0]
    if not parts.sum() > 0:
        return None
    low, high = _bootstrap(x, y, n, weights, draws, seed)
    effect, error = _effects(x, y, n)
    return Drivers(parts / parts.sum(), low, high, effect, effect - Z * error, effect + Z * error, float(parts.sum()), int(n.sum()))


def _shapley_weights(k: int) -> np.ndarray:
    """(2^k × k): what the R² of each subset of regressors adds to the share of each regressor."""
    inside = (np.arange(2**k)[:, None] >> np.arange(k)) & 1
    size = inside.sum(axis=1)
    weight = np.array([factorial(s) * factorial(k - s - 1) / factorial(k) if s < k else 0.0 for s in range(k + 1)])
    return np.where(inside == 1, weight[size - 1][:, None], -weight[size][:, None])


def _correlations(x: np.ndarray, y: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(draws × k × k) correlations of the regressors and (draws × k) with the rating, for each row of counts (draws × rows)."""
    z = np.column_stack((x, y))
    total = n.sum(axis=1)[:, None]
    mean = n @ z / total
    second = np.einsum("dr,ri,rj->dij", n, z, z, optimize=True) / total[:, :, None]
    cov = second - mean[:, :, None] * mean[:, None, :]
    scale = np.sqrt(np.maximum(np.einsum("dii->di", cov), 1e-12))
    whole = cov / scale[:, :, None] / scale[:, None, :]
    return whole[:, :-1, :-1], whole[:, :-1, -1]


def _explained(found: tuple[np.ndarray, np.ndarray], weights: np.ndarray) -> np.ndarray:
    """(draws × k) Shapley parts of R²: each subset's own R² from the correlations, regressors outside it being held at nothing."""
    among, beside = found
    k = beside.shape[1]
    inside = ((np.arange(2**k)[:, None] >> np.arange(k)) & 1).astype(float)
    matrix = among[:, None] * inside[None, :, :, None] * inside[None, :, None, :]
    matrix = matrix + np.eye(k) * (1 - inside)[None, :, :, None] + 1e-9 * np.eye(k)
    target = beside[:, None, :] * inside[None]
    solved = np.linalg.solve(matrix, target[..., None])[..., 0]
    return np.einsum("dsk,dsk->ds", solved, target) @ weights


def _bootstrap(x, y, n, weights, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(low, high) of the shares by resampling reviews, some draws at once to spare memory."""
    random, found = np.random.default_rng(seed), []
    for at in range(0, draws, AT_ONCE):
        counts = random.multinomial(int(n.sum()), n / n.sum(), min(AT_ONCE, draws - at)).astype(float)
        parts = _explained(_correlations(x, y, counts), weights)
        found.append(parts / parts.sum(axis=1, keepdims=True))
    return tuple(np.percentile(np.concatenate(found), (2.5, 97.5), axis=0))


def _effects(x: np.ndarray, y: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(change of the rating per ten points of positive share, its standard error) for each aspect.

    Ten points more among those who name it move its mean polarity by 0.2 times the share of reviews that name it.
    """
    design = np.column_stack((np.ones(len(y)), x))
    inverse = np.linalg.pinv(design.T @ (design * n[:, None]))
    beta = inverse @ (design.T @ (y * n))
    left = (y - design @ beta) ** 2 * n
    error = np.sqrt(np.diag(inverse @ (design.T @ (design * left[:, None])) @ inverse))[1:]
    step = 0.2 * (n[:, None] * (x != 0)).sum(axis=0) / n.sum()
    return beta[1:] * step, error * step
