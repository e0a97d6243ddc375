"""Did the forecast come true? A model fitted up to a cut, held against the stays after it: totals, shares, calibration and the gate."""
from dataclasses import dataclass

import numpy as np

from crm_core.stats.lifetime.fitted import Fit
from crm_core.stats.lifetime.histories import checked, counted

# The gate, our own rule: only a model that passes it is shown.
MAX_ERROR = 0.25  # of the actual total; an interval that holds the actual total passes too
MAX_DRIFT = 0.03  # between the mean predicted probability to return and the share that returned
DECILES = 10
PASSED, FEW, NOT_CONVERGED, BIASED, MISCALIBRATED = "passed", "few", "not_converged", "biased", "miscalibrated"


@dataclass(frozen=True)
class Deciles:
    """Guests by predicted P(return), the least likely tenth first: how many, the mean prediction, and how many returned.

    Guests of one prediction stay together, so that tenths may differ in size; one may be empty, with NaN as its mean.
    """

    n: np.ndarray
    predicted: np.ndarray
    returned: np.ndarray


@dataclass(frozen=True)
class Backtest:
    """What was predicted for the period held back, and what came.

    predicted, low, high, actual: stays in all, with a 95 % interval from the parameters and from chance; error: (predicted − actual)/actual.
    brier: mean squared error of P(return), base_brier: that of telling everyone the share that returned, which nobody knew beforehand.
    mean_predicted, observed: P(return) and the share that returned. coverage: share of groups whose total lies in its interval, NaN without
    groups. why: "passed", or the first reason against: "few", "not_converged", "biased", "miscalibrated".
    """

    predicted: float
    low: float
    high: float
    actual: float
    error: float
    brier: float
    base_brier: float
    mean_predicted: float
    observed: float
    deciles: Deciles
    coverage: float
    why: str

    @property
    def passed(self) -> bool:
        """Whether the model may be shown."""
        return self.why == PASSED


def backtest(fit: Fit, x, t_x, T, actual, horizon: float, n=None, group=None) -> Backtest:
    """Hold a model fitted up to a cut against `actual` stays in the `horizon` after it; histories as at the cut, one entry per guest.

    With n, each entry stands for n guests of one history and one actual number; `group` holds labels (property, segment) of the entries.
    Raises ValueError where the arrays differ in length, for impossible entries and without any guest.
    """
    x, t_x, T, actual = (np.atleast_1d(a) for a in (*checked(x, t_x, T), np.asarray(actual, float)))
    if actual.shape != x.shape or not (actual >= 0).all():
        raise ValueError("actual must hold a number of stays, 0 or more, for every guest.")
    n = counted(None if n is None else np.atleast_1d(n), x.shape)
    whole = fit.total(horizon, x, t_x, T, n)
    (predicted,), (low,), (high,), came = whole.value, whole.low, whole.high, float((n * actual).sum())
    share, returned = fit.returns(horizon, x, t_x, T).value, (actual > 0).astype(float)
    mean, observed = (float(np.average(one, weights=n)) for one in (share, returned))
    found = {
        "predicted": float(predicted), "low": float(low), "high": float(high), "actual": came, "mean_predicted": mean, "observed": observed,
        "error": float(predicted - came) / came if came else np.nan,
        "brier": float(np.average((share - returned) ** 2, weights=n)), "base_brier": observed * (1 - observed),
    }  # fmt: skip
    coverage = np.nan if group is None else _coverage(fit, x, t_x, T, actual, horizon, n, group)
    return Backtest(**found, deciles=_deciles(share, returned, n), coverage=coverage, why=_why(fit, found))


def _why(fit: Fit, found: dict[str, float]) -> str:
    if not fit.enough:
        return FEW
    if not fit.converged:
        return NOT_CONVERGED
    near = abs(found["predicted"] - found["actual"]) <= MAX_ERROR * found["actual"]
    if not (near or found["low"] <= found["actual"] <= found["high"]):
        return BIASED
    return PASSED if abs(found["mean_predicted"] - found["observed"]) <= MAX_DRIFT else MISCALIBRATED


def _coverage(fit: Fit, x, t_x, T, actual, horizon, n, group) -> float:
    labels, at = np.unique(np.asarray(group), return_inverse=True)
    one = fit.total(horizon, x, t_x, T, n, at)
    came = np.bincount(at, n * actual, len(labels))
    return float(np.mean((one.low <= came) & (came <= one.high))) if fit.converged else np.nan


def _deciles(share: np.ndarray, returned: np.ndarray, n: np.ndarray) -> Deciles:
    at = np.unique(share, return_inverse=True)[1]
    size = np.bincount(at, n)
    middle = np.cumsum(size) - size / 2
    tenth = np.minimum((middle / n.sum() * DECILES).astype(int), DECILES - 1)[at]
    guests, sums, came = (np.bincount(tenth, n * one, DECILES) for one in (np.ones(len(n)), share, returned))
    with np.errstate(invalid="ignore"):
        return Deciles(guests, np.where(guests > 0, sums / guests, np.nan), came)
