"""Lifetime models on what hotels really bring: too few guests, impossible histories, one-time guests only, one day only."""
import numpy as np
import pytest

from crm_core.stats import lifetime
from tests.stats.simulating import guests

PARAMS = {"r": 0.5, "alpha": 120.0, "a": 0.8, "b": 2.5}


def some(n, seed=1):
    random = np.random.default_rng(seed)
    T = random.integers(0, 1000, n).astype(float)
    x, t_x, _ = guests(PARAMS, T, random)
    return x, np.minimum(np.ceil(t_x), T), T


def says_nothing(fit):
    """Whether every figure of a fit is NaN."""
    found = [fit.expected(365, [0, 2], [0, 50], 100), fit.returns(365, 0, 0, 100), fit.alive(0, 0, 100), fit.total(365, [0, 2], [0, 50], 100),
             fit.expected_total([10, 20], [0, 1])]
    others = [fit.log_likelihood, fit.covariance, list(fit.params.values()), fit.frequencies(3, [100]), fit.spread(365, 0, 0, 100),
              *map(fit.interval, fit.params)]
    return not fit.converged and all(np.isnan(part).all() for one in found for part in (one.value, one.low, one.high)) and all(
        np.isnan(one).all() for one in others)


@pytest.mark.parametrize("model", list(lifetime.MODELS))
@pytest.mark.parametrize("x, t_x, T, enough", [
    ([0] * 5000, 0, 400, False),  # nobody came back
    ([2] * 5000, 100, 400, True),  # everybody did
    ([1], 1, 2, False), ([0], 0, 0, False),  # a single guest
    ([0] * 20 + [1] * 10, [0] * 20 + [30] * 10, 60, False),  # a small inn
])  # fmt: skip
def test_too_little_is_no_fit_and_no_figure(model, x, t_x, T, enough):
    fit = lifetime.fit(model, x, t_x, T)
    assert says_nothing(fit) and fit.enough is enough
    assert (fit.n, fit.repeats) == (len(x), sum(x))


def test_the_least_that_is_fitted_is_500_guests_and_100_repeats():
    assert (lifetime.MIN_GUESTS, lifetime.MIN_REPEATS) == (500, 100)
    x, t_x, T = some(500)
    assert lifetime.fit("mbgnbd", x, t_x, T).enough
    assert not lifetime.fit("mbgnbd", x[1:], t_x[1:], T[1:]).enough
    assert not lifetime.fit("mbgnbd", [0] * 901 + [1] * 99, [0] * 901 + [20] * 99, 400).enough


def test_all_stays_on_one_day_make_no_fit_and_no_crash():
    for model in ("mbgnbd", "bgnbd", "paretonbd"):
        fit = lifetime.fit(model, [0] * 600 + [1] * 200, 0, 0)
        assert (fit.n, fit.repeats, fit.enough) == (800, 200, True)
        assert not np.isinf(fit.expected(365, 1, 0, 0).value)


def test_a_first_stay_on_the_as_of_date_and_several_stays_on_one_day_are_possible():
    x, t_x, T = some(5000)
    fit = lifetime.fit("mbgnbd", np.append(x, [0, 2, 1]), np.append(t_x, [0, 0, 0]), np.append(T, [0, 0, 300]))
    assert fit.converged and fit.n == 5003


@pytest.mark.parametrize("x, t_x, T, says", [
    ([1], [5], [4], "t_x is later than T"), ([-1], [0], [4], "whole number"), ([0.5], [1], [4], "whole number"), ([1], [-1], [4], "negative"),
    ([1], [np.nan], [4], "missing"), ([0, 1], [0, 1], [5, 5, 5], "one entry per guest"), ([0], [3], [4], "t_x must be 0 where x is 0"),
    ([], [], [], "no guest"),
])  # fmt: skip
def test_an_impossible_history_is_refused_with_what_to_do(x, t_x, T, says):
    with pytest.raises(ValueError, match=says):
        lifetime.fit("mbgnbd", x, t_x, T)


@pytest.mark.parametrize("n, says", [([1, 2], "one count per history"), ([-1], "count from 0"), ([np.nan], "count from 0"), ([0], "no guest")])
def test_an_impossible_count_is_refused_too(n, says):
    with pytest.raises(ValueError, match=says):
        lifetime.fit("mbgnbd", [1], [2], [3], n)


def test_days_since_the_last_stay_are_not_taken_for_t_x():
    x, t_x, T = some(1000)
    with pytest.raises(ValueError, match="it is not the time since the last one"):
        lifetime.fit("mbgnbd", x, T - t_x, T)


def test_an_unknown_model_and_a_time_before_now_are_refused():
    with pytest.raises(ValueError, match="take one of mbgnbd, bgnbd, paretonbd, bgbb"):
        lifetime.fit("gamma", [1], [2], [3])
    with pytest.raises(ValueError, match="time ahead"):
        lifetime.fit("mbgnbd", [1], [2], [3]).expected(-1, 1, 2, 3)


def test_seasons_are_counted_in_whole_numbers_and_used_once_each():
    for x, t_x, T, says in (([1], [1.5], [3], "whole numbers"), ([3], [2], [4], "at most one stay a season")):
        with pytest.raises(ValueError, match=says):
            lifetime.fit("bgbb", x, t_x, T, [10_000]).alive(x, t_x, T)
