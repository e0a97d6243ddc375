"""Kinds of guests that are there again when the guests are drawn anew: k-means, refused where it would cut a cloud into pieces.

Of every feature the lowest and the highest half percent are drawn in to where the rest ends, so that one guest with 900 stays is no kind of his
own. What then has a long upper tail (skewness above 1) and hardly anything below 0 (counts, money) is taken as log(1 + x), and all are
standardised.
"""

import warnings
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

KS = (3, 4, 5, 6)
FEWEST = 500
SAMPLE = 4000  # rows on which k is chosen
SILHOUETTE = 1000  # of them, for it compares every two
BOOTSTRAPS = 20
STABLE = 0.8  # the least mean adjusted Rand index
VALLEY, WITHIN = 0.5, 0.1  # the most that may lie half-way between two centres, of what lies within a tenth of the way around each
LEAST = 0.01  # of the rows in every cluster: fewer are no kind
SKEWED, BELOW = 1.0, 0.01
TAIL = 0.005


@dataclass(frozen=True)
class Clusters:
    """Clusters 1 … k, the first with the highest mean of the first feature; k = 0 where there are none, and why: "few" guests, all "alike",
    clusters "unstable", or stable ones that only cut a "cloud" (or a sliver off it).

    `label` has one entry per row, 0 where there is no cluster or a feature is NaN. `stability` is the mean adjusted Rand index of each k tried
    between the clusters and those of 20 bootstrap samples; `valley` how densely guests lie half-way between two centres, over the thinner of
    both centres, for the worst pair (0: a gap, 1 and more: one cloud). `centres` (k × features) in standard deviations from the mean of all;
    `deviant` two features per cluster, the most unusual first, with "+" or "-". `logged` names the features taken as logarithms.
    """

    k: int
    why: str
    label: np.ndarray
    names: tuple[str, ...]
    stability: dict[int, float] = field(default_factory=dict)
    valley: dict[int, float] = field(default_factory=dict)
    centres: np.ndarray | None = None
    sizes: tuple[int, ...] = ()
    deviant: tuple[tuple[tuple[str, str], ...], ...] = ()
    logged: tuple[str, ...] = ()


def find(features, names=None, seed=7) -> Clusters:
    """The `Clusters` of features by name, or of an array (rows × names).

    Of k = 3 … 6 those stay whose mean adjusted Rand index over 20 bootstrap refits is at least .8 (Hennig 2007, CSDA 52:258–271, with Hubert &
    Arabie's index), whose centres all have a valley between them (a long cloud is cut at the same places every time, and still has no kinds),
    and whose clusters all hold 1 % of the rows. Among them the best silhouette wins. Chosen on at most 4,000 rows; then every row without a
    NaN gets the nearest centre. None below 500 such rows.
    """
    names, x = _table(features, names)
    known = np.isfinite(x).all(axis=1)
    label = np.zeros(len(x), int)
    if known.sum() < FEWEST:
        return Clusters(0, "few", label, names)
    import sklearn.cluster  # noqa: F401  before the limit, which holds for what is loaded
    from threadpoolctl import threadpool_limits

    z, logged = _standardised(x[known])
    with threadpool_limits(1):  # hundreds of small fits: threads that wait for a busy core make them ten times slower
        stability, valley, nearest = _chosen(z, seed)
    logged = tuple(name for name, one in zip(names, logged, strict=True) if one)
    if nearest is None:
        return Clusters(0, _refused(stability), label, names, stability, valley, logged=logged)
    place, centres, sizes = _ordered(z, nearest(z), x[known])
    label[known] = place + 1
    return Clusters(len(sizes), "", label, names, stability, valley, centres, sizes, _deviant(centres, names), logged)


def _refused(stability):
    return "alike" if not stability else "cloud" if max(stability.values()) >= STABLE else "unstable"


def _table(features, names):
    if isinstance(features, dict):
        names, features = list(features), np.column_stack([np.asarray(values, float) for values in features.values()])
    return tuple(names), np.asarray(features, float).reshape(-1, len(names))


def _standardised(x):
    """(rows × features in standard deviations, which were taken as logarithms); a constant feature is 0 everywhere."""
    x = np.clip(x, *np.quantile(x, [TAIL, 1 - TAIL], axis=0))
    logged = ((_scaled(x) ** 3).mean(axis=0) > SKEWED) & ((x < 0).mean(axis=0) <= BELOW)
    return _scaled(np.where(logged, np.log1p(np.maximum(x, 0)), x)), logged


def _scaled(x):
    spread = np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), np.inf)
    return (x - x.mean(axis=0)) / spread


def _chosen(z, seed):
    """(stability of each k, valley of each k, the function that gives each row its place among the best k's centres, or None)."""
    from sklearn.metrics import silhouette_score

    random = np.random.default_rng(seed)
    rows = z[random.choice(len(z), min(SAMPLE, len(z)), replace=False)]
    distinct = len(np.unique(rows, axis=0))
    stability, valley, best, nearest = {}, {}, -1.0, None
    for k in (k for k in KS if k <= distinct):
        model = _means(rows, k, seed)
        stability[k] = _stability(rows, model, random)
        valley[k] = max(_between(rows, model, *two) for two in combinations(range(k), 2))
        if stability[k] < STABLE or valley[k] > VALLEY or np.bincount(model.labels_).min() < LEAST * len(rows):
            continue
        score = silhouette_score(rows, model.labels_, sample_size=min(SILHOUETTE, len(rows)), random_state=seed)
        if score > best:
            best, nearest = score, model.predict
    return stability, valley, nearest


def _means(rows, k, seed):
    from sklearn.cluster import KMeans

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a sample may hold fewer distinct rows than k
        return KMeans(k, n_init=3, random_state=seed).fit(rows)


def _stability(rows, model, random):
    from sklearn.metrics import adjusted_rand_score

    draws = (random.integers(len(rows), size=len(rows)) for _ in range(BOOTSTRAPS))
    seeds = random.integers(2**31, size=BOOTSTRAPS)
    again = (_means(rows[draw], model.n_clusters, int(seed)).predict(rows) for draw, seed in zip(draws, seeds, strict=True))
    return float(np.mean([adjusted_rand_score(model.labels_, labels) for labels in again]))


def _between(rows, model, one, other):
    """How many of two clusters lie half-way along the line from centre to centre, over how many lie around the emptier centre."""
    start, line = model.cluster_centers_[one], model.cluster_centers_[other] - model.cluster_centers_[one]
    along = (rows[np.isin(model.labels_, (one, other))] - start) @ line / (line @ line)
    here, halfway, there = ((np.abs(along - at) <= WITHIN).sum() for at in (0, 0.5, 1))
    return float(halfway / max(min(here, there), 1))


def _ordered(z, place, x):
    """(each row's place, centres, sizes) with the clusters in falling order of the mean of the first feature, then of the next."""
    k = place.max() + 1
    sizes = np.bincount(place, minlength=k)
    centres, means = (np.column_stack([np.bincount(place, column, k) for column in table.T]) / sizes[:, None] for table in (z, x))
    order = np.lexsort(-means.T[::-1])
    return np.argsort(order)[place], centres[order], tuple(sizes[order].tolist())


def _deviant(centres, names):
    most = np.argsort(-np.abs(centres), axis=1, kind="stable")[:, :2]
    return tuple(tuple((names[j], "+" if row[j] > 0 else "-") for j in two if row[j]) for row, two in zip(centres, most, strict=True))
