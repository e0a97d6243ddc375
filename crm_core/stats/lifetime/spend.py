"""Gamma-Gamma: what a guest spends a stay, from the mean of his repeat stays, drawn towards everyone's mean the fewer they are.

Values of a guest's stays are Gamma(p, ν), his ν is Gamma(q, v), and neither has to do with how often he comes.
Fader & Hardie 2013, The Gamma-Gamma Model of Monetary Value; Fader, Hardie & Lee 2005, Journal of Marketing Research 42(4).
"""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crm_core.stats.intervals import Z
from crm_core.stats.lifetime import estimates as es
from crm_core.stats.lifetime.estimates import Estimate
from crm_core.stats.lifetime.fitting import nowhere, summit
from crm_core.stats.lifetime.histories import counted

NAMES = ("p", "q", "v")
MIN_SPENDERS = 100  # guests with a repeat stay of some value; below them nothing is fitted (assumption)
MOST_CORRELATION = 0.3  # beyond it, value goes with frequency and the two must not be multiplied (assumption)


@dataclass(frozen=True)
class SpendFit:
    """The value of a stay, fitted to n guests with repeat stays, in the unit of their mean values; `covariance` is of the log-parameters.

    `correlation` is between x and the mean value over those guests. Where the fit did not converge every answer is NaN.
    """

    params: dict[str, float]
    log_likelihood: float
    covariance: np.ndarray
    n: int
    correlation: float
    converged: bool

    @property
    def enough(self) -> bool:
        """Whether there were MIN_SPENDERS guests."""
        return self.n >= MIN_SPENDERS

    @property
    def is_independent(self) -> bool:
        """Whether value and frequency go together so little that expected stays may be multiplied by the value of one."""
        return bool(abs(self.correlation) <= MOST_CORRELATION)

    @property
    def population(self) -> float:
        """The mean over all guests, p·v/(q − 1); NaN where q is 1 or less and the mean has no limit."""
        p, q, v = self.params.values()
        return p * v / (q - 1) if q > 1 else np.nan

    def interval(self, name: str) -> tuple[float, float]:
        """(low, high) 95 % of a parameter, by its log."""
        half = Z * np.sqrt(self.covariance.diagonal()[NAMES.index(name)])
        return self.params[name] * float(np.exp(-half)), self.params[name] * float(np.exp(half))

    def expected(self, x, z) -> Estimate:
        """Expected value of a stay of guests with x repeat stays of mean value z; of those with x = 0 or z ≤ 0 the population's."""
        x, z = np.broadcast_arrays(np.asarray(x, float), np.asarray(z, float))
        x = np.where((z > 0) & (x > 0), x, 0)
        known = np.where(x > 0, x * z, 0)
        if not self.converged:
            return Estimate(*(np.full(x.shape, np.nan) for _ in range(3)))

        def log_mean(params: np.ndarray) -> np.ndarray:
            p, q, v = params
            return np.log(p * (v + known)) - np.log(np.where(p * x + q > 1, p * x + q - 1, np.nan))

        return es.estimated(log_mean, np.exp, np.array(list(self.params.values())), self.covariance)


def fit_spend(x, mean_value, n=None) -> SpendFit:
    """Fit to guests by greatest likelihood: x repeat stays, `mean_value` of the repeat stays only, in one currency; n guests share an entry.

    Guests without a repeat stay or with a value of 0 or below are left out. Not converged, with NaN: below MIN_SPENDERS, or where all
    values are equal. Raises ValueError where the arrays differ in length or hold impossible entries.
    """
    x, z = (np.atleast_1d(np.asarray(a, float)) for a in (x, mean_value))
    if x.shape != z.shape:
        raise ValueError(f"x and mean_value have the shapes {x.shape} and {z.shape}: give one entry per guest in each.")
    if not np.isfinite(x).all() or not np.isfinite(z[x > 0]).all() or (x < 0).any():
        raise ValueError("x must be a count from 0, and mean_value known where x is not 0.")
    n = counted(None if n is None else np.atleast_1d(n), x.shape)
    some = (x > 0) & (z > 0) & (n > 0)
    x, z, n = x[some], z[some], n[some]
    guests, unit = n.sum(), float(np.average(z, weights=n)) if some.any() else np.nan
    found = nowhere(3) if guests < MIN_SPENDERS else summit(_likelihood(x, z / unit, n), np.array([2.0, 3.0, 1.0]), guests)
    p, q, v = found.params.tolist()
    value = found.log_likelihood - float(guests * np.log(unit))
    return SpendFit({"p": p, "q": q, "v": v * unit}, value, found.covariance, round(guests), _correlation(x, z, n), found.converged)


def _likelihood(x: np.ndarray, z: np.ndarray, n: np.ndarray) -> Callable:
    """Return params → (log-likelihood, its derivatives by the log-parameters); gamma functions are evaluated at distinct x only."""
    from scipy.special import gammaln, psi

    counts, at = np.unique(x, return_inverse=True)
    guests, total = np.bincount(at, n), n.sum()
    spent, weight = x * z, n * x
    log_spent, log_z = float(weight @ np.log(spent)), float(n @ np.log(z))

    def of(params: np.ndarray) -> tuple[float, np.ndarray]:
        p, q, v = params
        shape, sums = p * counts, np.log(spent + v)
        by_guest, by_stay = n @ sums, weight @ sums
        value = (guests @ (gammaln(shape + q) - gammaln(shape)) + total * (q * np.log(v) - gammaln(q))
                 + p * log_spent - log_z - p * by_stay - q * by_guest)
        slope = (
            (guests * counts) @ (psi(shape + q) - psi(shape)) + log_spent - by_stay,
            guests @ psi(shape + q) + total * (np.log(v) - psi(q)) - by_guest,
            total * q / v - (n * (p * x + q)) @ (1 / (spent + v)),
        )
        return float(value), params * slope

    return of


def _correlation(x: np.ndarray, z: np.ndarray, n: np.ndarray) -> float:
    """Pearson's correlation over guests; NaN where either does not vary."""
    if not len(x):
        return np.nan
    x, z = x - np.average(x, weights=n), z - np.average(z, weights=n)
    size = np.sqrt((n @ x**2) * (n @ z**2))
    return float(n @ (x * z) / size) if size > 0 else np.nan
