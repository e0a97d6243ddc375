"""How likely a guest comes again within twelve months, learnt from earlier guests; used only where it beats the lifetime model later on.

Three cut-off dates, each with features known then and what came within the twelve months after: the earliest teaches, the next calibrates, the
last judges. Nothing is ever split at random.
"""

import warnings
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit
from scipy.stats import rankdata

FEWEST, FEWEST_RETURNED = 500, 100
TAUGHT = 200_000  # rows; more teach nothing new, and take long
ISOTONIC_FROM = 1000  # rows; below, the two numbers of Platt's line
NEAR = 0.03  # the most by which the mean predicted may miss what came
FAR = 10.0  # standard deviations
USED, FEW, NO_BASELINE, AUC, BRIER, DRIFT = "used", "few", "no_baseline", "auc", "brier", "drift"


@dataclass(frozen=True)
class Cut:
    """Guests as known at one date (rows × features), and who came within the twelve months after it."""

    features: np.ndarray
    returned: np.ndarray


@dataclass(frozen=True)
class Judged:
    """Predictions beside what came: area under the ROC curve, Brier score, expected calibration error over tenths, the share who came in the
    top tenth over that of all, the mean predicted and the share who came."""

    auc: float
    brier: float
    ece: float
    lift_10: float
    mean_predicted: float
    observed: float


@dataclass(frozen=True)
class Model:
    """A logistic regression of standardised features, and what its score has meant later: probabilities joined by straight lines (isotonic), or
    slope and intercept of the log-odds (Platt)."""

    mean: np.ndarray
    spread: np.ndarray
    weight: np.ndarray
    intercept: float
    steps: tuple[np.ndarray, np.ndarray] = ()
    line: tuple[float, float] = ()

    def score(self, features) -> np.ndarray:
        """Log-odds of each row before calibration."""
        return self.standardised(features) @ self.weight + self.intercept

    def standardised(self, features) -> np.ndarray:
        """Features in standard deviations from the mean, at most 10; 0 for what is not known."""
        x = np.asarray(features, float).reshape(-1, len(self.mean))
        return np.clip((np.where(np.isfinite(x), x, self.mean) - self.mean) / self.spread, -FAR, FAR)

    def predict(self, features) -> np.ndarray:
        """The probability of each row."""
        score = self.score(features)
        return np.interp(score, *self.steps) if self.steps else expit(self.line[0] * score + self.line[1])


@dataclass(frozen=True)
class Propensity:
    """The learnt model and the lifetime model (`baseline`) on the same later guests, whether the learnt one is `used`, and `why`: "used", or the
    first rule that failed: "few" guests, "no_baseline", a lower "auc", a higher "brier", or "drift" of what it says from what came.

    `weights` are what one standard deviation of a feature adds to the log-odds, the largest first; a positive one goes with coming again.
    """

    used: bool
    why: str
    learnt: Judged | None = None
    baseline: Judged | None = None
    weights: tuple[tuple[str, float], ...] = ()
    model: Model | None = None

    def predict(self, features) -> np.ndarray:
        """The probability of each row; NaN everywhere where nothing could be learnt. Ask only where `used`."""
        return self.model.predict(features) if self.model else np.full(len(features), np.nan)


def fit(train: Cut, calibrate: Cut, test: Cut, baseline, names, seed=7) -> Propensity:
    """Learn, calibrate and judge at three cut-off dates, the earliest first; `baseline` is the lifetime model's probability for the test's guests,
    None or NaN where it has none; `names` are those of the features, which come as they shall be weighed (money as its logarithm).

    An unknown feature (NaN) counts as the mean of the known ones at the first date. Below 500 guests, or 100 who came, or 100 who did not, at any
    date: "few". Otherwise it is used if on the last date its AUC is higher than the baseline's, its Brier score lower, and its mean within .03
    of what came. Allowing its Brier score to be .003 worse would do for an equal of the lifetime model; "only where it beats it" is the stricter
    reading, and holds here. Above 200,000 guests a seeded sample teaches.
    """
    train, calibrate, test = (_read(cut, len(names)) for cut in (train, calibrate, test))
    if not all(_enough(cut.returned) for cut in (train, calibrate, test)):
        return Propensity(False, FEW)
    model = _calibrated(_learnt(_thinned(train, seed)), calibrate)
    baseline = np.full(len(test.returned), np.nan) if baseline is None else np.asarray(baseline, float)
    both = np.isfinite(baseline)
    comparable = _enough(test.returned[both])
    rows = both if comparable else np.ones(len(both), bool)
    learnt = judged(model.predict(test.features[rows]), test.returned[rows])
    usual = judged(baseline[both], test.returned[both]) if comparable else None
    why = verdict(learnt, usual)
    weights = sorted(zip(names, map(float, model.weight), strict=True), key=lambda one: -abs(one[1]))
    return Propensity(why == USED, why, learnt, usual, tuple(weights), model)


def verdict(learnt: Judged, baseline: Judged | None) -> str:
    """The first rule that speaks for the lifetime model, or "used"."""
    if baseline is None:
        return NO_BASELINE
    if not learnt.auc > baseline.auc:
        return AUC
    if not learnt.brier < baseline.brier:
        return BRIER
    return USED if abs(learnt.mean_predicted - learnt.observed) <= NEAR else DRIFT


def judged(p, returned) -> Judged:
    """Probabilities beside what came (booleans). Guests of equal probability share their place: the order of the rows means nothing."""
    p, returned = np.asarray(p, float), np.asarray(returned, bool)
    came, n = int(returned.sum()), len(p)
    with np.errstate(divide="ignore", invalid="ignore"):
        auc = (rankdata(p)[returned].sum() - came * (came + 1) / 2) / np.float64(came * (n - came))
        lift = _top_tenth(p, returned) / np.float64(came / max(n, 1))
    mean = (float(a.mean()) if n else np.nan for a in ((p - returned) ** 2, p, returned))
    brier, predicted, observed = mean
    return Judged(float(auc), brier, _calibration_error(p, returned), float(lift), predicted, observed)


def _read(cut, width):
    return Cut(np.asarray(cut.features, float).reshape(-1, width), np.asarray(cut.returned, bool))


def _enough(returned):
    return len(returned) >= FEWEST and FEWEST_RETURNED <= returned.sum() <= len(returned) - FEWEST_RETURNED


def _thinned(cut, seed):
    if len(cut.returned) <= TAUGHT:
        return cut
    rows = np.sort(np.random.default_rng(seed).choice(len(cut.returned), TAUGHT, replace=False))
    return Cut(cut.features[rows], cut.returned[rows])


def _learnt(cut):
    """A `Model` whose score is not yet calibrated."""
    known = np.isfinite(cut.features)
    n = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, cut.features, 0).sum(axis=0) / n
    spread = np.sqrt((np.where(known, cut.features - mean, 0) ** 2).sum(axis=0) / n)
    model = Model(mean, np.where(spread > 1e-9 * np.abs(mean), spread, np.inf), np.zeros(len(mean)), 0.0)
    weight, intercept = _logistic(model.standardised(cut.features), cut.returned)
    return replace(model, weight=weight, intercept=intercept)


def _logistic(x, returned, c=1.0):
    """(weights, intercept); where it did not converge, the later date will judge it all the same."""
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = LogisticRegression(C=c, max_iter=1000).fit(x, returned)
    return fitted.coef_[0], float(fitted.intercept_[0])


def _calibrated(model, cut):
    from sklearn.isotonic import IsotonicRegression

    score, n = model.score(cut.features), len(cut.returned)
    if n < ISOTONIC_FROM:
        slope, intercept = _logistic(score[:, None], cut.returned, c=1000)
        return replace(model, line=(float(slope[0]), intercept))
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(score, cut.returned)
    edge = 0.5 / n  # a step of nobody or of all is half a guest away from it
    return replace(model, steps=(isotonic.X_thresholds_, np.clip(isotonic.y_thresholds_, edge, 1 - edge)))


def _top_tenth(p, returned):
    """The share who came among the tenth of highest p; of those level with the last of them, as large a part of each as has room."""
    _, place, n = np.unique(-p, return_inverse=True, return_counts=True)
    room = len(p) / 10
    taken = np.clip(room - (np.cumsum(n) - n), 0, n)
    return float((np.bincount(place, returned) / n * taken).sum() / room) if len(p) else np.nan


def _calibration_error(p, returned):
    """The mean distance between predicted and observed over tenths of p, weighted by their sizes."""
    if not len(p):
        return np.nan
    tenth = np.searchsorted(np.quantile(p, np.arange(1, 10) / 10), p, side="right")
    return float(np.abs(np.bincount(tenth, p - returned)).sum() / len(p))
