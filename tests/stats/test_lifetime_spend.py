"""What a stay is worth: Gamma-Gamma gives the published figures, leaves out what is no value, and months are discounted one by one."""
from pathlib import Path

import numpy as np
import pytest

from crm_core.stats import lifetime

X, T_X, T, Z, N = np.loadtxt(Path(__file__).with_name("cdnow.csv"), delimiter=",", skiprows=3, unpack=True)


@pytest.fixture(scope="module")
def spend():
    """Gamma-Gamma on the CDNOW sample."""
    return lifetime.fit_spend(X, Z, N)


def spenders(n, seed=2, p=6.0, q=4.0, v=150.0):
    """(x, mean value of the x stays) of guests drawn from the model, value by value."""
    random = np.random.default_rng(seed)
    x = random.integers(0, 8, n)
    scale = random.gamma(q, 1 / v, n)
    return x, np.where(x > 0, random.gamma(p * np.maximum(x, 1), 1) / scale / np.maximum(x, 1), 0)


def test_gamma_gamma_gives_the_figures_of_fader_and_hardie(spend):
    assert spend.n == 946
    assert spend.params == pytest.approx({"p": 6.25, "q": 3.74, "v": 15.44}, abs=0.01)
    assert spend.population == pytest.approx(35.17, abs=0.01)
    assert spend.expected(2, 22.35).value == pytest.approx(24.66, abs=0.01)
    assert spend.correlation == pytest.approx(0.114, abs=0.0005)
    assert spend.is_independent and spend.converged and spend.enough


def test_guests_without_a_repeat_stay_are_expected_to_spend_what_all_do(spend):
    found = spend.expected([0, 3, 2], [0, 0, -5])
    assert found.value == pytest.approx(spend.population)
    assert (found.low < found.value).all() and (found.value < found.high).all()


def test_one_time_guests_refunds_and_zeros_do_not_move_the_fit(spend):
    more = lifetime.fit_spend(np.append(X, [0, 2, 1]), np.append(Z, [500.0, 0, -20]), np.append(N, [10_000, 50, 50]))
    assert more.params == spend.params and more.n == 946


def test_minor_units_give_the_same_model(spend):
    cents = lifetime.fit_spend(X, 100 * Z, N)
    assert cents.params == pytest.approx({**spend.params, "v": 100 * spend.params["v"]}, rel=1e-6)
    assert cents.log_likelihood == pytest.approx(spend.log_likelihood - 946 * np.log(100), rel=1e-9)
    assert cents.interval("q") == pytest.approx(spend.interval("q"), rel=1e-5)


def test_counts_are_guests():
    x, z = spenders(4000)
    z = np.ceil(z / 10) * 10
    one, folded = lifetime.fit_spend(np.repeat(x, 2), np.repeat(z, 2)), lifetime.fit_spend(x, z, np.full(4000, 2))
    assert folded.params == pytest.approx(one.params, rel=1e-6) and folded.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-9)


def test_guests_drawn_give_back_their_parameters():
    fit = lifetime.fit_spend(*spenders(50_000))
    errors = np.log(list(fit.params.values())) - np.log([6.0, 4.0, 150.0])
    assert (np.abs(errors) <= 3 * np.sqrt(fit.covariance.diagonal())).all()
    assert fit.population == pytest.approx(300, rel=0.01)


def test_value_that_goes_with_frequency_is_said():
    x, z = spenders(5000)
    assert lifetime.fit_spend(x, z).is_independent
    fit = lifetime.fit_spend(x, z * (1 + x))
    assert fit.correlation > 0.3 and not fit.is_independent


@pytest.mark.parametrize("x, z", [([0] * 500, 0), ([2] * 99, 50), ([1] * 500, 80), ([3] * 500, 0), ([3] * 500, -10)])
def test_without_enough_or_different_values_there_is_no_figure(x, z):
    fit = lifetime.fit_spend(x, np.full(len(x), float(z)))
    assert not fit.converged
    assert np.isnan([fit.population, fit.log_likelihood, *fit.interval("p"), fit.expected(2, 50).value]).all()
    assert not fit.is_independent


@pytest.mark.parametrize("x, z", [([1, 2], [3]), ([-1], [3]), ([1], [np.nan]), ([], [])])
def test_impossible_values_are_refused(x, z):
    with pytest.raises(ValueError, match=r"give|must"):
        lifetime.fit_spend(x, z)


def test_a_population_mean_without_limit_is_not_shown():
    fit = lifetime.SpendFit({"p": 2.0, "q": 0.9, "v": 10.0}, 0.0, np.zeros((3, 3)), 500, 0.0, True)
    assert np.isnan(fit.population) and np.isnan(fit.expected(0, 0).value)
    assert fit.expected(2, 50).value == pytest.approx(2 * (10 + 100) / (4 + 0.9 - 1))


def test_value_is_discounted_at_the_end_of_each_month():
    assert lifetime.value([12.0], 10, 0.1) == pytest.approx(10 * sum(1.1 ** (-m / 12) for m in range(1, 13)))
    assert lifetime.value([[1, 0, 0], [0, 0, 1]], 100, 0.1) == pytest.approx([95.0041, 78.5158], abs=0.0001)


def test_without_discount_value_is_stays_times_margin_of_one_or_of_each():
    stays = [[1, 0.5, 0.25], [0, 0, 0], [2, np.nan, 0]]
    assert lifetime.value(stays, 40, 0)[:2] == pytest.approx([70, 0])
    assert lifetime.value(stays, [40, 50, 60], 0)[0] == pytest.approx(70)
    assert np.isnan(lifetime.value(stays, 40, 0)[2])


def test_a_discount_of_everything_is_refused():
    with pytest.raises(ValueError, match="above −1"):
        lifetime.value([1], 10, -1)
