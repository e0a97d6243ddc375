"""BG/BB: a guest has one opportunity a season, comes or not with a probability of his own, and may be lost for good before each.

Probabilities to come are Beta(α, β), of being lost before an opportunity Beta(γ, δ). T counts the opportunities after the first stay, t_x is the
number of the last one used. For houses whose guests come once a year: months without them mean nothing there.
Fader, Hardie & Shang 2010, Marketing Science 29(6).
"""
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crm_core.stats.lifetime import estimates as es


@dataclass(frozen=True)
class BetaBernoulli:
    """The model's likelihood and what follows from its parameters; "alive" is not lost before the next opportunity, as in the paper."""

    names: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")

    def start(self, T: np.ndarray, n: np.ndarray) -> np.ndarray:
        """Where to look first."""
        return np.array([1.0, 1.0, 0.5, 2.5])

    def likelihood(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, n: np.ndarray) -> Callable:
        """Return params → (log-likelihood, its derivatives by the log-parameters) of n guests with each history."""
        from scipy.special import betaln, psi

        _check(x, t_x, T)
        used, was_lost, possible = _last_chances(t_x, T)
        x, total = x[:, None], n.sum()

        def of(params: np.ndarray) -> tuple[float, np.ndarray]:
            alpha, beta, gamma, delta = params
            log = _paths(params, x, used, was_lost, possible)
            most = log.max(axis=1, keepdims=True)
            part = np.exp(log - most)
            value = n @ (most[:, 0] + np.log(part.sum(axis=1))) - total * (betaln(alpha, beta) + betaln(gamma, delta))
            weight = part / part.sum(axis=1, keepdims=True) * n[:, None]
            come, chances = psi(alpha + beta + used), psi(gamma + was_lost + delta + used)
            slope = [
                (weight * (psi(alpha + x) - come)).sum() - total * (psi(alpha) - psi(alpha + beta)),
                (weight * (psi(beta + np.maximum(used - x, 0)) - come)).sum() - total * (psi(beta) - psi(alpha + beta)),
                (weight * (psi(gamma + was_lost) - chances)).sum() - total * (psi(gamma) - psi(gamma + delta)),
                (weight * (psi(delta + used) - chances)).sum() - total * (psi(delta) - psi(gamma + delta)),
            ]
            return value, params * np.array(slope)

        return of

    def alive(self, params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Log-odds that the guest is not lost before opportunity T + 1."""
        _check(x, t_x, T)
        _, _, gamma, delta = params
        flat = [column.ravel() for column in (x, t_x, T)]
        log = _paths(params, flat[0][:, None], *_last_chances(*flat[1:]))
        not_lost = log[:, 0] - np.logaddexp.reduce(log, axis=1)
        return es.odds(not_lost.reshape(x.shape) + np.log((delta + T) / (gamma + delta + T)))

    def first(self, params: np.ndarray, h: np.ndarray, x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """P(at least one stay at the next h opportunities) of a guest not lost before the first of them."""
        alpha, beta, _, _ = params
        total, come = np.zeros(x.shape), (alpha + x) / (alpha + beta + T)
        for chance, there in _next(params, h, T):
            total += come * there
            come = come * (beta + T - x + chance) / (alpha + beta + T + 1 + chance)
        return total

    def mean(self, params: np.ndarray, t: np.ndarray, x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Expected stays at the next t opportunities of the same guest."""
        alpha, beta, _, _ = params
        return (alpha + x) / (alpha + beta + T) * sum((there for _, there in _next(params, t, T)), np.zeros(x.shape))

    def twice(self, params: np.ndarray, t: np.ndarray, x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """E[X(X − 1)] of the same guest: two opportunities used, the later one while not lost."""
        alpha, beta, _, _ = params
        both = (alpha + x) / (alpha + beta + T) * (alpha + x + 1) / (alpha + beta + T + 1)
        return 2 * both * sum((chance * there for chance, there in _next(params, t, T)), np.zeros(x.shape))

    def frequencies(self, params: np.ndarray, most: int, T: np.ndarray) -> np.ndarray:
        """(T × 0 … most − 1) P(so many repeat stays at T opportunities): by the last opportunity before the guest was lost."""
        from scipy.special import betaln, gammaln

        alpha, beta, gamma, delta = params
        x = np.arange(most)[:, None]

        def at(chances: int) -> np.ndarray:
            used, was_lost, _ = _last_chances(np.zeros(1), np.array([chances]))
            ways = gammaln(used + 1) - gammaln(x + 1) - gammaln(np.maximum(used - x, 0) + 1)
            log = ways + _paths(params, x, used, was_lost, used >= x) - betaln(alpha, beta) - betaln(gamma, delta)
            return np.exp(log).sum(axis=1)

        return np.stack([at(chances) for chances in T])


def _check(x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> None:
    _whole(t_x, T)
    if (x > t_x).any():
        raise ValueError("More stays than opportunities: count at most one stay a season, and t_x as the number of the last season used.")


def _whole(*columns: np.ndarray) -> None:
    if any((column != np.floor(column)).any() for column in columns):
        raise ValueError('"bgbb" counts opportunities: give t_x, T and the time ahead as whole numbers of seasons.')


def _last_chances(t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(histories × ways) the opportunities a guest had before being lost, whether he was, and whether the way exists: never, or after t_x + i."""
    after = np.arange(int((T - t_x).max(initial=0)))
    used = np.column_stack([T, t_x[:, None] + after])
    return used, np.arange(used.shape[1]) > 0, np.column_stack([np.ones(len(T), bool), used[:, 1:] < T[:, None]])


def _paths(params: np.ndarray, x: np.ndarray, used: np.ndarray, was_lost: np.ndarray, possible: np.ndarray) -> np.ndarray:
    """Logs of each way's part of the likelihood, up to the constant of the parameters."""
    from scipy.special import betaln

    alpha, beta, gamma, delta = params
    return np.where(possible, betaln(alpha + x, beta + np.maximum(used - x, 0)) + betaln(gamma + was_lost, delta + used), -np.inf)


def _next(params: np.ndarray, t: np.ndarray, T: np.ndarray):
    """Yield (0, 1, …, P(not lost before that opportunity after T + 1)) for the t opportunities ahead; 0 beyond them."""
    _whole(t)
    _, _, gamma, delta = params
    there = np.ones(t.shape)
    for chance in range(int(t.max(initial=0))):
        yield chance, there * (chance < t)
        there = there * (delta + T + 1 + chance) / (gamma + delta + T + 1 + chance)
