"""The greatest likelihood over log-parameters: L-BFGS-B with the analytic gradient, one step of Newton, and the covariance there."""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crm_core.stats.lifetime.estimates import gradient

REACH = 12.0  # a log-parameter that ran so far from its start is lost
FLAT = 1e-6  # the slope per guest that still counts as a summit
UPHILL = 1e10  # stands for a likelihood that cannot be computed


@dataclass(frozen=True)
class Summit:
    """Where the likelihood is greatest; NaN throughout where no summit was found."""

    params: np.ndarray
    log_likelihood: float
    covariance: np.ndarray
    converged: bool


def nowhere(size: int) -> Summit:
    """Return what stands for a fit that was not possible."""
    return Summit(np.full(size, np.nan), np.nan, np.full((size, size), np.nan), False)


def summit(likelihood: Callable, start: np.ndarray, guests: float) -> Summit:
    """Maximise likelihood(params) → (log-likelihood, its derivatives by the log-parameters) from a start, scaled by the number of guests.

    The covariance is of the log-parameters: the inverse of the Hessian from central differences of the gradient. Converged means: a slope
    of nothing, curved down in every direction, away from the limits.
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = likelihood(np.exp(theta))
        sound = np.isfinite(value) and np.isfinite(slope).all()
        return (-value / guests, -slope / guests) if sound else (UPHILL, np.zeros(len(theta)))

    def curvature(theta: np.ndarray) -> np.ndarray:
        half = gradient(lambda params: objective(np.log(params))[1], np.exp(theta))
        return (half + half.T) / 2

    first = np.log(start)
    with np.errstate(all="ignore"), threadpool_limits(1):  # steps of four numbers: threads that wait for a busy core are what they would cost
        found = minimize(objective, first, jac=True, method="L-BFGS-B", bounds=[(at - REACH, at + REACH) for at in first],
                         options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8})
        theta = _stepped(found.x, objective, curvature(found.x))
        hessian, (value, slope) = curvature(theta), objective(theta)
        inside = np.abs(theta - first).max() < REACH - 0.1
        if not (inside and np.abs(slope).max() < FLAT and _curved(hessian)):
            return nowhere(len(first))
    return Summit(np.exp(theta), float(-value * guests), np.linalg.inv(hessian) / guests, True)


def _stepped(theta: np.ndarray, objective: Callable, hessian: np.ndarray) -> np.ndarray:
    """Take Newton's step where it makes the slope gentler: the last digits, which L-BFGS-B leaves open."""
    if not _curved(hessian):
        return theta
    slope = objective(theta)[1]
    better = theta - np.linalg.solve(hessian, slope)
    return better if np.abs(objective(better)[1]).max() < np.abs(slope).max() else theta


def _curved(hessian: np.ndarray) -> bool:
    return bool(np.isfinite(hessian).all() and np.linalg.eigvalsh(hessian).min() > 0)
