"""BG/NBD and MBG/NBD: a guest stays at random at a rate of his own and may be lost for good after each stay.

Rates are Gamma(r, α), the probability of being lost after a stay is Beta(a, b), both independent of each other. In MBG/NBD a guest may be lost
after the first stay already, in BG/NBD only after a repeat. Fader, Hardie & Lee 2005, Marketing Science 24(2); Batislam, Denizel & Filiztekin
2007, International Journal of Research in Marketing 24(3).
"""
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crm_core.stats.lifetime.estimates import FURTHEST
from crm_core.stats.lifetime.quadrature import beta_average

ROWS = 8192  # histories at a time: they fit the cache, and the library of dot products leaves them on one core


@dataclass(frozen=True)
class BetaGeometric:
    """The two models in one: k is how often a guest may be lost before the first repeat (BG 0, MBG 1)."""

    k: int
    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    def start(self, T: np.ndarray, n: np.ndarray) -> np.ndarray:
        """Where to look first."""
        return np.array([0.5, max(np.average(T, weights=n) / 4, 1e-3), 0.8, 2.5])

    def likelihood(self, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, n: np.ndarray) -> Callable:
        """Return params → (log-likelihood, its derivatives by the log-parameters) of n guests with each history."""
        from scipy.special import gammaln, psi

        counts, at = np.unique(x, return_inverse=True)
        guests, total = np.bincount(at, n), n.sum()
        lasts = n * (x + self.k > 0)  # guests with a stay after which they may be lost
        parts = [tuple(column[rows : rows + ROWS] for column in (at, x, t_x, T, n, lasts)) for rows in range(0, len(x), ROWS)]

        def of(params: np.ndarray) -> tuple[float, np.ndarray]:
            r, alpha, a, b = params
            kept = self._kept(b, counts)
            by_part = [_part(r, alpha, np.log(a / kept), *part) for part in parts]
            value, by_r, by_alpha, lost = (sum(one) for one in zip(*by_part, strict=True))
            grown, both = b + counts + self.k, a + b + counts + self.k
            value += guests @ (gammaln(r + counts) + gammaln(grown) - gammaln(both))
            value += total * (r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b))
            by_both = guests @ psi(both) - total * psi(a + b)
            slope = (
                by_r + guests @ psi(r + counts) + total * (np.log(alpha) - psi(r)),
                by_alpha + total * r / alpha,
                lost.sum() / a - by_both,
                guests @ psi(grown) - total * psi(b) - by_both - lost @ (1 / kept),
            )
            return float(value), params * slope

        return of

    def _kept(self, b: float, x: np.ndarray) -> np.ndarray:
        """b and the stays after which the guest was not lost, the last one apart; 1 where BG/NBD has no stay to be lost after."""
        return np.where(x + self.k > 0, b + x - 1 + self.k, 1.0)

    def alive(self, params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Log-odds that the guest was not lost after the last stay."""
        r, alpha, a, b = params
        against = np.log(a) - np.log(self._kept(b, x)) + (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
        return np.clip(np.where(x + self.k > 0, -against, FURTHEST), -FURTHEST, FURTHEST)

    def first(self, params: np.ndarray, h: np.ndarray, x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """P(at least one stay within h) of a guest not lost at T."""
        r, alpha, _, _ = params
        return -np.expm1(-(r + x) * np.log1p(h / (alpha + T)))

    def mean(self, params: np.ndarray, t: np.ndarray, x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Expected stays within t of a guest not lost at T: E[(1 − (1 + pu)^−s)/p] with s = r + x, u = t/(α + T), p ~ Beta(a, b + x + k).

        It equals the papers' hyp2f1 form, which is 0/0 at a = 1, where this one has nothing to guard.
        """
        r, alpha, a, b = params
        s, u = (r + x)[:, None], (t / (alpha + T))[:, None]
        return beta_average(lambda p, rows: -np.expm1(-s[rows] * np.log1p(p * u[rows])) / p, a, b + x + self.k, u[:, 0])

    def twice(self, params: np.ndarray, t: np.ndarray, x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """E[X(X − 1)] of the same guest: the average of 2(1 − p)(1 − (1 + m)e^−m)/p², where m = pλt, over p and the rate λ."""
        r, alpha, a, b = params
        s, u = (r + x)[:, None], (t / (alpha + T))[:, None]

        def given(p: np.ndarray, rows: slice) -> np.ndarray:
            reached = p * u[rows]
            none = np.exp(-s[rows] * np.log1p(reached))
            return 2 * (1 - p) / p**2 * np.maximum(1 - none * (1 + s[rows] * reached / (1 + reached)), 0)

        return beta_average(given, a, b + x + self.k, u[:, 0])

    def frequencies(self, params: np.ndarray, most: int, T: np.ndarray) -> np.ndarray:
        """(T × 0 … most − 1) P(so many repeat stays within T of the first): by the number that came and by where the guest was lost."""
        from scipy.special import betaln, gammaln

        r, alpha, a, b = params
        x, T = np.arange(most), T[:, None]
        share = T / (alpha + T)
        came = np.exp(gammaln(r + x) - gammaln(r) - gammaln(x + 1) - r * np.log1p(T / alpha)) * share**x
        at_least = 1 - np.cumsum(came, axis=1) + came
        stayed = np.exp(betaln(a, b + x + self.k) - betaln(a, b))
        lost = np.exp(betaln(a + 1, np.maximum(b + x + self.k - 1, 1e-9)) - betaln(a, b)) * (x + self.k > 0)
        return stayed * came + lost * at_least


def _part(r: float, alpha: float, log_ratio: np.ndarray, at, x, t_x, T, n, lasts) -> tuple:
    """What depends on times, of some histories: (log-likelihood, derivatives by r and α, guests of each x lost after their last stay)."""
    log_T, rate = np.log(alpha + T), r + x
    since = log_T - np.log(alpha + t_x)
    odds = log_ratio[at] + rate * since
    rest = np.exp(-np.abs(odds))
    lost = lasts * np.where(odds > 0, 1, rest) / (1 + rest)
    value = lasts @ (np.maximum(odds, 0) + np.log(1 + rest)) - n @ (rate * log_T)
    by_alpha = (lost - n) @ (rate / (alpha + T)) - lost @ (rate / (alpha + t_x))
    return value, lost @ since - n @ log_T, by_alpha, np.bincount(at, lost, len(log_ratio))
