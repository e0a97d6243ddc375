"""A fitted lifetime model: what it says about guests of any history, and how sure it is."""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crm_core.stats.intervals import Z
from crm_core.stats.lifetime import estimates as es
from crm_core.stats.lifetime.bgbb import BetaBernoulli
from crm_core.stats.lifetime.bgnbd import BetaGeometric
from crm_core.stats.lifetime.estimates import Estimate
from crm_core.stats.lifetime.fitting import nowhere, summit
from crm_core.stats.lifetime.histories import checked, counted, distinct, grouped
from crm_core.stats.lifetime.paretonbd import ParetoNbd

VERSION = "lifetime 1"
MIN_GUESTS, MIN_REPEATS = 500, 100  # below these no model is fitted (assumption)
MODELS = {"mbgnbd": BetaGeometric(1), "bgnbd": BetaGeometric(0), "paretonbd": ParetoNbd(), "bgbb": BetaBernoulli()}


@dataclass(frozen=True)
class Fit:
    """A model fitted to n guests with so many repeat stays; a plain value, that can be stored and made again from its fields.

    `covariance` is of the log-parameters, in the order of `params`. Histories are x, t_x and T as in `fit`, arrays of one shape or scalars
    that stand for all; answers have that shape, with 95 % intervals from the parameters alone: hold out a period to see what else is
    uncertain (`backtest`). Where the fit did not converge every answer is NaN.
    """

    model: str
    params: dict[str, float]
    log_likelihood: float
    covariance: np.ndarray
    n: int
    repeats: int
    converged: bool

    @property
    def enough(self) -> bool:
        """Whether there were the guests and repeat stays that a fit needs: MIN_GUESTS and MIN_REPEATS."""
        return self.n >= MIN_GUESTS and self.repeats >= MIN_REPEATS

    def interval(self, name: str) -> tuple[float, float]:
        """(low, high) 95 % of a parameter, by its log."""
        half = Z * np.sqrt(self.covariance.diagonal()[list(self.params).index(name)])
        return self.params[name] * float(np.exp(-half)), self.params[name] * float(np.exp(half))

    def alive(self, x, t_x, T) -> Estimate:
        """P(still a customer at T; BG/BB: at the opportunity after T)."""
        x, t_x, T = checked(x, t_x, T)
        return self._estimated(lambda params: self._of.alive(params, x, t_x, T), es.share, x.shape)

    def expected(self, t, x, t_x, T) -> Estimate:
        """Expected stays in the t after T; t is 0 or more, in the unit of the histories (BG/BB: a whole number of opportunities)."""
        t, x, t_x, T = _ahead(t, x, t_x, T)
        return self._estimated(self._log_expected(t, x, t_x, T), np.exp, x.shape)

    def _log_expected(self, t, x, t_x, T) -> Callable:
        mean = _once(self._of.mean, t, x, T)
        return lambda params: es.log_share(self._of.alive(params, x, t_x, T)) + es.log(mean(params))

    def returns(self, h, x, t_x, T) -> Estimate:
        """P(at least one stay in the h after T)."""
        h, x, t_x, T = _ahead(h, x, t_x, T)
        first = _once(self._of.first, h, x, T)
        log_odds = lambda params: es.odds(es.log_share(self._of.alive(params, x, t_x, T)) + es.log(first(params)))  # noqa: E731
        return self._estimated(log_odds, es.share, x.shape)

    def spread(self, t, x, t_x, T) -> np.ndarray:
        """Variance of the number of stays of one guest in the t after T, were the parameters known."""
        t, x, t_x, T = _ahead(t, x, t_x, T)
        if not self.converged:
            return _unknown(x.shape)
        at = self._at
        mean, twice = _once(self._of.mean, t, x, T)(at), _once(self._of.twice, t, x, T)(at)
        alive = es.share(self._of.alive(at, x, t_x, T))
        return alive * (twice + mean) - (alive * mean) ** 2

    def total(self, t, x, t_x, T, n=None, group=None) -> Estimate:
        """Stays of all guests together in the t after T, with what parameters and chance leave open in the 95 % interval.

        n guests share each history; `group` holds codes 0, 1, … of the histories, of which the answer has one entry each (without: one in all).
        """
        t, x, t_x, T = (np.atleast_1d(a) for a in _ahead(t, x, t_x, T))
        n = counted(n if n is None else np.atleast_1d(n), x.shape)
        group = np.zeros(len(x), int) if group is None else np.asarray(group)
        size = int(group.max()) + 1
        if not self.converged:
            return Estimate(*(_unknown(size) for _ in range(3)))
        log_expected = self._log_expected(t, x, t_x, T)
        sums = lambda params: np.bincount(group, n * np.exp(log_expected(params)), size)  # noqa: E731
        value, slopes = sums(self._at), es.gradient(sums, self._at)
        chance = np.bincount(group, n * self.spread(t, x, t_x, T), size)
        half = Z * np.sqrt(((self.covariance @ slopes) * slopes).sum(axis=0) + chance)
        return Estimate(value, np.maximum(value - half, 0), value + half)

    def expected_total(self, times, first, n=None) -> Estimate:
        """Expected repeat stays of all guests up to each time; `first` holds the times of first stays on the same axis, n guests share each.

        The line to draw beside what happened (tracking plot): it knows nothing of the guests' later stays.
        """
        times, first = np.atleast_1d(np.asarray(times, float)), np.atleast_1d(np.asarray(first, float))
        (first,), at = distinct(first)
        n = np.bincount(at, counted(n, at.shape))
        since = np.maximum(times[:, None] - first, 0)
        one = self._log_expected(since, *np.zeros((3, *since.shape)))
        return self._estimated(lambda params: es.log(np.exp(one(params)) @ n), np.exp, times.shape)

    def frequencies(self, most: int, T, n=None) -> np.ndarray:
        """(most + 1) guests expected to have 0, 1, …, `most` or more repeat stays by T after the first; n guests share each T."""
        T = np.atleast_1d(np.asarray(T, float))
        n = counted(n, T.shape)
        if not self.converged:
            return _unknown(most + 1)
        (T,), at = distinct(T)
        below = np.bincount(at, n) @ self._of.frequencies(self._at, most, T)
        return np.append(below, n.sum() - below.sum())

    @property
    def _of(self):
        return MODELS[self.model]

    @property
    def _at(self) -> np.ndarray:
        return np.array(list(self.params.values()))

    def _estimated(self, function: Callable, back: Callable, shape: tuple) -> Estimate:
        if self.converged:
            return es.estimated(function, back, self._at, self.covariance)
        return Estimate(*(_unknown(shape) for _ in range(3)))


def fit(model: str, x, t_x, T, n=None) -> Fit:
    """Fit a model ("mbgnbd", "bgnbd", "paretonbd", "bgbb") to guests by greatest likelihood.

    x: repeat stays, t_x: first to last stay, T: first stay to the as-of date, in one unit (days; BG/BB: numbers of opportunities). With n,
    each entry stands for n guests; without it equal guests are folded first, with the same result.
    Not converged, with NaN for parameters: below MIN_GUESTS or MIN_REPEATS, without a guest who came once, or without a summit.
    Raises ValueError for impossible histories and where there is no guest.
    """
    if model not in MODELS:
        raise ValueError(f"There is no model {model!r}: take one of {', '.join(MODELS)}.")
    x, t_x, T, n = grouped(x, t_x, T, n)
    of, guests, repeats = MODELS[model], n.sum(), (n * x).sum()
    few = guests < MIN_GUESTS or repeats < MIN_REPEATS or x.min() > 0
    likelihood = of.likelihood(x, t_x, T, n)
    found = nowhere(len(of.names)) if few else summit(likelihood, of.start(T, n), guests)
    params = dict(zip(of.names, found.params.tolist(), strict=True))
    return Fit(model, params, found.log_likelihood, found.covariance, round(guests), round(repeats), found.converged)


def _ahead(t, x, t_x, T):
    """(t, x, t_x, T) of one shape, checked."""
    t = np.asarray(t, float)
    if not (np.isfinite(t).all() and (t >= 0).all()):
        raise ValueError("The time ahead must be a number from 0.")
    return np.broadcast_arrays(t, *checked(x, t_x, T))


def _once(function: Callable, *columns: np.ndarray) -> Callable:
    """Return params → function(params, *columns), computed for distinct rows only: guests of one x and T differ by t_x, which it does not need."""
    rows, at = distinct(*(column.ravel() for column in columns))
    return lambda params: function(params, *rows)[at].reshape(columns[0].shape)


def _unknown(shape) -> np.ndarray:
    return np.full(shape, np.nan)
