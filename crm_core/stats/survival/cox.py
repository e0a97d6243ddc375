"""What goes with returning sooner: proportional hazards after Cox, an association and never a cause."""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc
from scipy.stats import rankdata

from crm_core.stats.intervals import Z

SAMPLE = 50_000
EVENTS_EACH = 10  # for every feature, below which estimates wander (Peduzzi and others 1995)
STEEP = 10  # standard deviations' worth of log hazard, or of its error: no optimum, but the way to infinity


@dataclass(frozen=True)
class Hazard:
    """One feature: by how much one unit more multiplies the hazard, with the 95 % interval and p; `drift` is the correlation of its scaled
    Schoenfeld residuals with the rank of time, and a small `drift_p` says that the ratio is not the same early and late."""

    name: str
    ratio: float
    low: float
    high: float
    p: float
    drift: float
    drift_p: float


@dataclass(frozen=True)
class Hazards:
    """A row per feature, or none and why: "no_events", "few" events, a "constant" feature, "collinear" ones, or "diverged".

    `n` cases and `events` went into it, `sampled` if they are a random part of more; why is "" where it was fitted.
    """

    rows: tuple[Hazard, ...]
    why: str
    n: int
    events: int
    sampled: bool = False
    log_likelihood: float = np.nan


def hazards(features, time, returned, names, groups=None, entry=None, seed=7) -> Hazards:
    """Cox's proportional hazards of `features` (cases × names), ties after Efron.

    `groups` marks cases that belong together (the stays of one guest) and makes the errors robust to that; `entry` is delayed entry as in
    `kaplan_meier`. Cases with anything unknown are left out. Above 50,000 a seeded sample is fitted. Cox 1972, JRSS B 34:187–220;
    the check of proportionality: Grambsch & Therneau 1994, Biometrika 81:515–526.
    """
    x, time, returned, groups, entry, sampled = _cases(features, time, returned, groups, entry, seed)
    told = len(x), int(returned.sum()), sampled
    why = _refused(x, told[1])
    if why:
        return Hazards((), why, *told)
    spread = x.std(axis=0)
    x = (x - x.mean(axis=0)) / spread
    found = _fitted(x, time, returned, groups, entry)
    if found is None:
        return Hazards((), "diverged", *told)
    weight, error, covariance, log_likelihood = found
    drift = _drift(x, time, returned, entry, weight, covariance)
    rows = zip(names, *_ratios(weight / spread, error / spread), *drift, strict=True)
    return Hazards(tuple(Hazard(name, *map(float, row)) for name, *row in rows), "", *told, log_likelihood)


def _cases(features, time, returned, groups, entry, seed):
    """The same for all that is known, sampled, with whether it was; entry in a form that lets those from the beginning return on day 0."""
    time = np.asarray(time, float)
    x = np.asarray(features, float).reshape(len(time), -1) if len(time) else np.zeros((0, 1))
    entry = np.full(len(time), -1.0) if entry is None else np.where(np.asarray(entry, float) > 0, entry, -1.0)
    good = np.flatnonzero(np.isfinite(x).all(axis=1) & np.isfinite(time) & (entry < time))
    sampled = len(good) > SAMPLE
    if sampled:
        good = np.sort(np.random.default_rng(seed).choice(good, SAMPLE, replace=False))
    return x[good], time[good], np.asarray(returned, bool)[good], None if groups is None else np.asarray(groups)[good], entry[good], sampled


def _refused(x, events):
    """Why there is nothing to fit, or ""."""
    if not events:
        return "no_events"
    if not np.ptp(x, axis=0).all():
        return "constant"
    if events < EVENTS_EACH * x.shape[1]:
        return "few"
    return "collinear" if np.linalg.matrix_rank((x - x.mean(axis=0)) / x.std(axis=0)) < x.shape[1] else ""


def _fitted(x, time, returned, groups, entry):
    """(log hazard ratios, their errors, their covariance were cases independent, log-likelihood), or None where there is no optimum."""
    from statsmodels.duration.hazard_regression import PHReg

    # It takes no entry below 0, and would count somebody who enters on the day of an event as at risk of it.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = PHReg(time + 1, x, status=returned, entry=np.nextafter(entry + 1, np.inf), ties="efron")
            fit = model.fit(groups=groups)
            covariance = np.linalg.inv(-model.hessian(fit.params))
        except np.linalg.LinAlgError:
            return None
    settled = np.abs(model.score(fit.params)).max() < 1e-4 * len(x)
    size = np.concatenate([fit.params, fit.bse, np.diag(covariance)])
    if not (settled and np.isfinite(size).all() and np.abs(size).max() < STEEP):
        return None
    return fit.params, fit.bse, covariance, float(fit.llf)


def _ratios(weight, error):
    """(ratio, low, high, p)."""
    with np.errstate(over="ignore"):
        return np.exp(weight), np.exp(weight - Z * error), np.exp(weight + Z * error), chdtrc(1, (weight / error) ** 2)


def _drift(x, time, returned, entry, weight, covariance):
    """(correlation of the scaled Schoenfeld residuals with the rank of time, its p) of each feature."""
    residual, at = _schoenfeld(x, time, returned, entry, weight)
    scaled, rank = len(at) * residual @ covariance, rankdata(at)
    rank = rank - rank.mean()
    statistic = (rank @ scaled) ** 2 / (len(at) * np.diag(covariance) * (rank @ rank or np.nan))
    around = scaled - scaled.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = rank @ around / np.sqrt((rank @ rank) * (around**2).sum(axis=0))
    return correlation, chdtrc(1, statistic)


def _schoenfeld(x, time, returned, entry, weight):
    """(residuals: events × features, their times): each event's features less what those at risk then would have made one expect.

    Of d events at one time the l-th expects what is left when l/d of the weight of all d is taken away (Efron).
    """
    order = np.argsort(time, kind="stable")
    x, time, returned, entry = x[order], time[order], returned[order], entry[order]
    load = np.exp(x @ weight)[:, None] * np.column_stack([np.ones(len(x)), x])
    events, at = load[returned], time[returned]
    first, last = np.searchsorted(at, at), np.searchsorted(at, at, side="right")
    tied = _sums(events)[last] - _sums(events)[first]
    there = _from(load, np.searchsorted(time, at)) - _from(load[np.argsort(entry, kind="stable")], np.searchsorted(np.sort(entry), at))
    left = there - ((np.arange(len(at)) - first) / (last - first))[:, None] * tied
    return x[returned] - left[:, 1:] / left[:, :1], at


def _sums(rows):
    return np.vstack([np.zeros(rows.shape[1]), np.cumsum(rows, axis=0)])


def _from(rows, place):
    """Sums of the rows from each place to the end."""
    sums = _sums(rows)
    return sums[-1] - sums[place]
