"""How likely an enquiry becomes a booking: a logistic regression, calibrated and tested on later leads; points where it cannot be fitted.

Features are arrays by name, one entry per lead, in order of time: via, kind (codes), value, nights, party, ahead (days to arrival), age
(days since the enquiry), messages, weekday (0 = Monday), country, returning (1 = yes), answered (minutes); NaN = not known.
"""
from dataclasses import dataclass

import numpy as np

from crm_core.stats.intervals import wilson

VERSION = "lead score 1"
# Below the first there is no score at all, below the second points instead of a probability.
FEWEST_LEADS, FEWEST_CONVERSIONS = 30, 200
MODEL, POINTS, NONE = "model", "points", "none"
# The oldest 60 % teach, the next 20 % calibrate, the last 20 % test.
TAUGHT, CALIBRATED = 0.6, 0.8
RARE = 10  # leads below which a level is nobody's reason
# A band never says "never" or "always".
LEAST, MOST = 0.01, 0.99
REASONS = 3
SLIGHT = 0.1  # of a log-odd: a push below this is no reason

# Each number is read as a band: upper limits, and the names of the bands.
BANDS: dict[str, tuple[tuple[float, ...], tuple[str, ...]]] = {
    "nights": ((1, 3, 7), ("1", "2-3", "4-7", "8+")),
    "party": ((1, 2, 4), ("1", "2", "3-4", "5+")),
    "ahead": ((-1, 7, 30, 90, 180), ("past", "0-7", "8-30", "31-90", "91-180", "181+")),
    "age": ((6, 29), ("1", "7", "30")),
    "messages": ((1, 2), ("0-1", "2", "3+")),
    "weekday": ((4,), ("weekday", "weekend")),
    "country": ((0,), ("no", "yes")),
    "returning": ((0,), ("no", "yes")),
    "answered": ((60, 240, 1440), ("1h", "4h", "24h", "later")),
}
# Points of judgement, for houses whose past is too short to fit: everyone starts at 40, more is better (assumptions, not estimates).
START = 40
GIVEN: dict[tuple[str, str], int] = {
    ("returning", "yes"): 20, ("via", "walk_in"): 15, ("via", "referral"): 10, ("via", "phone"): 10, ("via", "social"): -5,
    ("answered", "1h"): 10, ("answered", "4h"): 5, ("answered", "later"): -10, ("answered", "unknown"): -5,
    ("ahead", "past"): -25, ("ahead", "0-7"): 10, ("ahead", "8-30"): 10, ("ahead", "31-90"): 5, ("ahead", "181+"): -10,
    ("messages", "2"): 5, ("messages", "3+"): 10, ("country", "yes"): 5, ("age", "7"): -5, ("age", "30"): -15, ("value", "high"): -5,
    ("kind", "group"): -5, ("kind", "wedding"): -5,
}  # fmt: skip

Features = dict[str, np.ndarray]
Reason = tuple[str, str, str]  # feature, level, "+" or "-"


@dataclass(frozen=True)
class Test:
    """What became of the latest leads: scores from before the outcome, tenths by score (10 = likeliest), the mean squared error, the share
    that earlier leads had won (what one would say of everybody without a score), and each tenth's band."""

    __test__ = False  # pytest takes classes of this name for its own

    score: np.ndarray
    decile: np.ndarray
    brier: float
    usual: float
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Fitted:
    """A fitted score, or why there is none: kind "model", "points" or "none"."""

    kind: str
    thirds: tuple[float, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    weights: np.ndarray | None = None
    centre: np.ndarray | None = None
    intercept: float = 0.0
    steps: tuple[np.ndarray, np.ndarray] | None = None
    edges: np.ndarray | None = None
    test: Test | None = None


@dataclass(frozen=True)
class Scored:
    """Scores of open leads: a probability with the band of its tenth, or points (then without band); the strongest reasons first."""

    score: np.ndarray
    low: np.ndarray
    high: np.ndarray
    decile: np.ndarray
    reasons: list[list[Reason]]


def fit(features: Features, won: np.ndarray) -> Fitted:
    """Fit, calibrate and test on leads of known outcome, oldest first; `won` is 1 where a booking came of it.

    Never more than the past allows: "none" below 30 leads; "points" below 200 conversions, where a stretch of time saw one outcome only,
    or where the fit did not converge.
    """
    won = np.asarray(won, int)
    if len(won) < FEWEST_LEADS:
        return Fitted(NONE)
    taught, calibrated = int(len(won) * TAUGHT), int(len(won) * CALIBRATED)
    parts = won[:taught], won[taught:calibrated], won[calibrated:]
    if won.sum() < FEWEST_CONVERSIONS or any(len(set(part)) < 2 for part in parts):
        return Fitted(POINTS, _thirds(features))
    return _fitted(features, won, taught, calibrated)


def _fitted(features: Features, won: np.ndarray, taught: int, calibrated: int) -> Fitted:
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import LogisticRegression

    thirds = _thirds({name: values[:taught] for name, values in features.items()})
    levels = _levels(features, thirds)
    columns = _columns({name: values[:taught] for name, values in levels.items()})
    x = _matrix(levels, columns)
    logistic = LogisticRegression(C=1.0, max_iter=1000).fit(x[:taught], won[:taught])
    if logistic.n_iter_.max() >= logistic.max_iter:
        return Fitted(POINTS, thirds)
    weights, intercept = logistic.coef_[0], float(logistic.intercept_[0])
    raw = x @ weights + intercept
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(raw[taught:calibrated], won[taught:calibrated])
    edge = 0.5 / (calibrated - taught)  # a step of nothing or of all is half a lead away from it
    steps = isotonic.X_thresholds_, np.clip(isotonic.y_thresholds_, edge, 1 - edge)
    edges = np.quantile(raw[calibrated:], np.arange(1, 10) / 10)
    test = _tested(raw[calibrated:], won[calibrated:], steps, edges, won[:calibrated].mean())
    return Fitted(MODEL, thirds, columns, weights, x[:taught].mean(axis=0), intercept, steps, edges, test)


def _tested(raw: np.ndarray, won: np.ndarray, steps, edges: np.ndarray, usual: float) -> Test:
    score, decile = np.interp(raw, *steps), np.searchsorted(edges, raw, side="right") + 1
    n, k = (np.bincount(decile, weights, minlength=11)[1:] for weights in (None, won))
    low, high = wilson(k, n)
    return Test(score, decile, float(np.mean((score - won) ** 2)), float(usual),
                np.maximum(low, LEAST), np.minimum(high, MOST))


def score(fitted: Fitted, features: Features) -> Scored:
    """Score open leads; with kind "none" there must be none."""
    levels = _levels(features, fitted.thirds)
    if fitted.kind != MODEL:
        return _pointed(levels)
    x = _matrix(levels, fitted.columns)
    raw = x @ fitted.weights + fitted.intercept
    decile = np.searchsorted(fitted.edges, raw, side="right") + 1
    pushes = (x - fitted.centre) * fitted.weights
    return Scored(np.interp(raw, *fitted.steps), fitted.test.low[decile - 1], fitted.test.high[decile - 1], decile,
                  _reasons(pushes, fitted.columns, levels))


def _pointed(levels: dict[str, np.ndarray]) -> Scored:
    columns = tuple(GIVEN)
    pushes = _matrix(levels, columns) * np.array(list(GIVEN.values()), float)
    points = np.clip(START + pushes.sum(axis=1), 5, 95)
    unknown = np.full(len(points), np.nan)
    return Scored(points, unknown, unknown, np.zeros(len(points), int), _reasons(pushes, columns, levels))


def _reasons(pushes: np.ndarray, columns: tuple[tuple[str, str], ...], levels: dict[str, np.ndarray]) -> list[list[Reason]]:
    """Add up what each feature pushed and name the strongest with the level that the lead has."""
    names = list(dict.fromkeys(feature for feature, _ in columns))
    of = np.array([[feature == name for name in names] for feature, _ in columns], float).reshape(len(columns), len(names))
    total = pushes @ of
    found = []
    for row, strongest in enumerate(np.argsort(-np.abs(total), axis=1, kind="stable")):
        told = [(names[j], str(levels[names[j]][row]), "+" if total[row, j] > 0 else "-") for j in strongest if abs(total[row, j]) > SLIGHT]
        found.append(told[:REASONS])
    return found


def _thirds(features: Features) -> tuple[float, ...]:
    known = features["value"][~np.isnan(features["value"])]
    return tuple(np.quantile(known, (1 / 3, 2 / 3))) if len(known) else ()


def _levels(features: Features, thirds: tuple[float, ...]) -> dict[str, np.ndarray]:
    """Read every feature as a level with a name."""
    bands = BANDS | ({"value": (thirds, ("low", "middle", "high"))} if thirds else {})
    found = {name: np.asarray(features[name], str).astype(object) for name in ("via", "kind")}
    for name, (limits, names) in bands.items():
        values = np.asarray(features[name], float)
        found[name] = np.where(np.isnan(values), "unknown", np.array(names, object)[np.searchsorted(limits, np.nan_to_num(values))])
    return found


def _columns(levels: dict[str, np.ndarray]) -> tuple[tuple[str, str], ...]:
    """Every level that enough of the leads have."""
    return tuple((name, str(level)) for name in sorted(levels) for level, n in zip(*np.unique(levels[name].astype(str), return_counts=True),
                                                                                  strict=True) if n >= RARE)


def _matrix(levels: dict[str, np.ndarray], columns: tuple[tuple[str, str], ...]) -> np.ndarray:
    rows = len(levels["via"])
    return np.array([levels[name] == level if name in levels else np.zeros(rows, bool) for name, level in columns], float).reshape(len(columns), rows).T
