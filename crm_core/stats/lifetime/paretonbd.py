"""Pareto/NBD: a guest stays at random at a rate of his own until he is lost, which may happen at any moment, seen or not.

Rates are Gamma(r, α), rates of being lost Gamma(s, β). Schmittlein, Morrison & Colombo 1987, Management Science 33(1); the formulas follow
Fader & Hardie's notes with the integral over the time of loss in place of their hyp2f1. A cross-check of MBG/NBD: it takes ten times as long.
"""
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crm_core.stats.lifetime.estimates import FURTHEST
from crm_core.stats.lifetime.quadrature import legendre

ROWS = 8192  # histories at a time, each with its nodes


@dataclass(frozen=True)
class ParetoNbd:
    """The model's likelihood and what follows from its parameters."""

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    def start(self, T: np.ndarray, n: np.ndarray) -> np.ndarray:
        """Where to look first."""
        time = max(np.average(T, weights=n), 1e-3)
        return np.array([0.5, time / 4, 0.6, time / 3])

    def likelihood(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, n: np.ndarray) -> Callable:
        """Return params → (log-likelihood, its derivatives by the log-parameters) of n guests with each history."""
        parts = [tuple(column[at : at + ROWS] for column in (x, t_x, T, n)) for at in range(0, len(x), ROWS)]

        def of(params: np.ndarray) -> tuple[float, np.ndarray]:
            values, slopes = zip(*(_part(params, *part) for part in parts), strict=True)
            return sum(values), params * np.sum(slopes, axis=0)

        return of

    def alive(self, params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Log-odds that the guest is not lost by T."""
        flat = [column.ravel() for column in (x, t_x, T)]
        lost = np.concatenate([_lost(params, *(column[at : at + ROWS] for column in flat))[0] for at in range(0, x.size or 1, ROWS)])
        return np.clip(-lost.reshape(x.shape), -FURTHEST, FURTHEST)

    def first(self, params: np.ndarray, h: np.ndarray, x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """P(at least one stay within h) of a guest not lost at T: the next stay comes at some time by which he is still not lost."""
        rate, alpha, s, beta = _posterior(params, x, T)
        found = [
            _integral(rate[rows] + 1, alpha[rows], s, beta[rows], np.zeros_like(h[rows]), h[rows])[0]
            for rows in (slice(at, at + ROWS) for at in range(0, len(h) or 1, ROWS))
        ]
        with np.errstate(under="ignore"):
            return np.exp(np.log(rate) + rate * np.log(alpha) + s * np.log(beta) + np.concatenate(found))

    def mean(self, params: np.ndarray, t: np.ndarray, x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Expected stays within t of a guest not lost at T."""
        rate, alpha, s, beta = _posterior(params, x, T)
        return rate / alpha * beta * _power(1 - s, np.log1p(t / beta))

    def twice(self, params: np.ndarray, t: np.ndarray, x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """E[X(X − 1)] of the same guest: E[λ²] times the mean square of the time that he stays a guest of the t."""
        rate, alpha, s, beta = _posterior(params, x, T)
        log = np.log1p(t / beta)
        return rate * (rate + 1) / alpha**2 * 2 * beta**2 * np.maximum(_power(2 - s, log) - _power(1 - s, log), 0)

    def frequencies(self, params: np.ndarray, most: int, T: np.ndarray) -> np.ndarray:
        """(T × 0 … most − 1) P(so many repeat stays within T of the first): not lost by then, or lost at some time before."""
        from scipy.special import gammaln

        r, alpha, s, beta = params
        x = np.arange(most)

        def came(time: np.ndarray) -> np.ndarray:
            log = gammaln(r + x) - gammaln(r) - gammaln(x + 1) - r * np.log1p(time / alpha)[..., None]
            return np.exp(log) * (time / (alpha + time))[..., None] ** x

        log_lost, time, weight = _integral(np.zeros_like(T), alpha, s + 1, beta, np.zeros_like(T), T)
        lost = s * np.exp(s * np.log(beta) + log_lost)[:, None] * np.einsum("ij,ijk->ik", weight, came(time))
        return came(T) * np.exp(-s * np.log1p(T / beta))[:, None] + lost


def _posterior(params: np.ndarray, x: np.ndarray, T: np.ndarray) -> tuple:
    """(r, α, s, β) of a guest not lost at T."""
    r, alpha, s, beta = params
    return r + x, alpha + T, s, beta + T


def _power(q: float, log: np.ndarray) -> np.ndarray:
    """∫ y^(q−1) dy from 1 to e^log, for q = 0 too."""
    return log if abs(q) < 1e-12 else np.expm1(q * log) / q


def _part(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, n: np.ndarray) -> tuple[float, np.ndarray]:
    """(log-likelihood, derivatives by the parameters) of some histories; averages are over the time of loss between t_x and T."""
    from scipy.special import gammaln, psi

    r, alpha, s, beta = params
    odds, time, weight = _lost(params, x, t_x, T)
    lost = n / (1 + np.exp(-odds))
    kept, total, mean = n - lost, n.sum(), lambda values: (weight * values).sum(axis=1)
    value = (n @ (gammaln(r + x) + np.logaddexp(0, odds) - (r + x) * np.log(alpha + T) - s * np.log(beta + T))
             + total * (r * np.log(alpha) + s * np.log(beta) - gammaln(r)))
    return value, np.array([
        n @ psi(r + x) + total * (np.log(alpha) - psi(r)) - kept @ np.log(alpha + T) - lost @ mean(np.log(alpha + time)),
        total * r / alpha - kept @ ((r + x) / (alpha + T)) - lost @ ((r + x) * mean(1 / (alpha + time))),
        total * np.log(beta) - kept @ np.log(beta + T) + lost.sum() / s - lost @ mean(np.log(beta + time)),
        total * s / beta - kept @ (s / (beta + T)) - (s + 1) * lost @ mean(1 / (beta + time)),
    ])  # fmt: skip


def _lost(params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(log-odds of having been lost by T, times between t_x and T, the share of being lost at each)."""
    r, alpha, s, beta = params
    log, time, weight = _integral(r + x, alpha, s + 1, beta, t_x, T)
    return np.log(s) + log + (r + x) * np.log(alpha + T) + s * np.log(beta + T), time, weight


def _integral(one, alpha, two, beta, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(log ∫ (α + τ)^−one (β + τ)^−two dτ from low to high, nodes τ, each node's share of it); −∞ where low = high.

    Gauss–Legendre in e^−cw, where w is the log of τ + min(α, β) and c a quarter of the integrand's fall at `low`: the steep fall of guests
    with many stays takes as many nodes as the long tail of those with none.
    """
    low, high, one, alpha, two, beta = (np.asarray(a, float)[..., None] for a in (low, high, one, alpha, two, beta))
    y, weight = legendre()
    least = np.minimum(alpha, beta)
    fall = np.maximum((least + low) * (one / (alpha + low) + two / (beta + low)) - 1, 1e-3) / 4
    whole = -np.expm1(-fall * np.log((least + high) / (least + low)))
    rise = -np.log1p(-y * whole) / fall
    time = low + (least + low) * np.expm1(rise)
    with np.errstate(divide="ignore", invalid="ignore"):
        log = (np.log(weight * whole / fall * (least + low)) + (1 + fall) * rise
               - one * np.log(alpha + time) - two * np.log(beta + time))
    most = np.where(np.isfinite(log), log, -1e300).max(axis=-1, keepdims=True)
    part = np.exp(np.maximum(log - most, -700)) * (whole > 0)
    total = part.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        return np.where(total > 0, most + np.log(total), -np.inf)[..., 0], time, part / np.where(total > 0, total, 1)
