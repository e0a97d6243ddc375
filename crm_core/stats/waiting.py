"""How long something takes where some still wait: the median after Kaplan and Meier, with its interval."""
import numpy as np

from crm_core.stats.intervals import Z


def median(times, ended):
    """(median, low, high, n): the time by which half have ended; `ended` is false where it still went on when last seen.

    Kaplan & Meier 1958; the interval holds the times at which the log-log band around the curve (Greenwood) crosses one half
    (Brookmeyer & Crowley 1982). NaN where the curve, or its band, has not come down to one half yet.
    """
    times, ended = np.asarray(times, float), np.asarray(ended, bool)
    at, survival, error = _curve(times, ended)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.exp(Z * error / np.log(survival))
        low, high = survival ** (1 / scale), survival**scale
    low, high = np.where(survival > 0, low, 0), np.where(survival > 0, high, 0)
    return _first(at, survival), _first(at, np.minimum(low, survival)), _first(at, np.maximum(high, survival)), len(times)


def _curve(times: np.ndarray, ended: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(times of ends, share still waiting just after each, standard error of its log)."""
    at, ends = np.unique(times[ended], return_counts=True)
    risk = (len(times) - np.searchsorted(np.sort(times), at)).astype(float)
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(np.where(risk > ends, ends / (risk * (risk - ends)), 0))
    return at, np.cumprod(1 - ends / risk), np.sqrt(greenwood)


def _first(at: np.ndarray, share: np.ndarray) -> float:
    under = np.flatnonzero(share <= 0.5)
    return float(at[under[0]]) if len(under) else np.nan
