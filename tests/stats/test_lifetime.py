"""Lifetime models give the published figures, and find the parameters that guests were drawn with."""
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crm_core.stats import lifetime
from tests.stats.simulating import guests, known, leaving_guests, seasonal_guests

X, T_X, T, Z, N = np.loadtxt(Path(__file__).with_name("cdnow.csv"), delimiter=",", skiprows=3, unpack=True)
RAW = Path(__file__).parents[3] / "shared/data/cdnow_sample/CDNOW_sample.txt"
# Fader, Hardie & Shang 2010: 11,104 donors of one cohort over six years, by gifts, year of the last gift, and donors.
DONATIONS = np.array([
    (0, 0, 3464), (1, 1, 1091), (1, 2, 277), (1, 3, 129), (1, 4, 78), (1, 5, 119), (1, 6, 129), (2, 2, 613), (2, 3, 255), (2, 4, 155), (2, 5, 173),
    (2, 6, 234), (3, 3, 322), (3, 4, 181), (3, 5, 225), (3, 6, 357), (4, 4, 240), (4, 5, 284), (4, 6, 512), (5, 5, 335), (5, 6, 728), (6, 6, 1203),
]).T  # fmt: skip
TRUE = {
    "mbgnbd": {"r": 0.5, "alpha": 120.0, "a": 0.8, "b": 2.5}, "bgnbd": {"r": 0.5, "alpha": 120.0, "a": 0.8, "b": 2.5},
    "paretonbd": {"r": 0.6, "alpha": 120.0, "s": 0.8, "beta": 400.0}, "bgbb": {"alpha": 1.2, "beta": 2.0, "gamma": 0.7, "delta": 2.5},
}  # fmt: skip
DRAWN = {"mbgnbd": guests, "bgnbd": guests, "paretonbd": leaving_guests, "bgbb": seasonal_guests}


@pytest.fixture(scope="module")
def fits():
    """Each model fitted to its published data."""
    found = {model: lifetime.fit(model, X, T_X, T, N) for model in ("mbgnbd", "bgnbd", "paretonbd")}
    return {**found, "bgbb": lifetime.fit("bgbb", DONATIONS[0], DONATIONS[1], 6, DONATIONS[2])}


def drawn(model, n, seed, ahead=0, params=None):
    """(x, t_x, T, stays in the time ahead) of guests of a model; times in days of the last three years, or in six seasons."""
    random = np.random.default_rng(seed)
    T = random.integers(1, 7, n).astype(float) if model == "bgbb" else random.uniform(0, 3 * 365, n)
    more = {"lost_at_first": False} if model == "bgnbd" else {}
    x, t_x, later = DRAWN[model](params or TRUE[model], T, random, ahead=ahead, **more)
    return x, t_x, T, later


def test_the_sample_is_the_published_one():
    assert (N.sum(), N @ X, N[X == 0].sum()) == (2357, 2457, 1411)


@pytest.mark.shared
@pytest.mark.skipif(not RAW.exists(), reason=f"the public data set is not beside the project: {RAW}")
def test_the_sample_follows_from_its_purchases_by_the_definitions_of_x_t_x_t_and_z():
    raw = pd.read_csv(RAW, sep=r"\s+", header=None, names=["_", "id", "on", "count", "value"])
    raw["on"] = pd.to_datetime(raw["on"].astype(str))
    days = raw[raw["on"] <= "1997-09-30"].groupby(["id", "on"])["value"].sum().reset_index()
    first = days.groupby("id")["on"].transform("min")
    repeats, by = days[days["on"] > first].groupby("id"), days.groupby("id")["on"]
    week = pd.Timedelta(days=7)
    found = pd.DataFrame({"x": by.size() - 1, "t_x": (by.max() - by.min()) / week, "T": (pd.Timestamp("1997-09-30") - by.min()) / week,
                          "z": repeats["value"].mean()}).fillna(0).sort_values(["x", "T", "t_x", "z"])  # fmt: skip
    assert (len(found), found["x"].sum(), (found["x"] == 0).sum()) == (2357, 2457, 1411)
    order = np.lexsort((Z, T_X, T, X))
    for name, column in (("x", X), ("t_x", T_X), ("T", T), ("z", Z)):
        assert np.abs(found[name].to_numpy() - np.repeat(column[order], N[order].astype(int))).max() <= 0.0051


def test_bgnbd_gives_the_figures_of_fader_hardie_and_lee_2005(fits):
    fit = fits["bgnbd"]
    assert fit.params == pytest.approx({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, abs=0.001)
    assert fit.log_likelihood == pytest.approx(-9582.43, abs=0.005)
    assert fit.expected(39, 2, 30.43, 38.86).value == pytest.approx(1.226, abs=0.001)
    assert (fit.n, fit.repeats, fit.converged, fit.enough) == (2357, 2457, True, True)


def test_mbgnbd_gives_the_figures_that_two_implementations_agree_on(fits):
    fit = fits["mbgnbd"]
    assert fit.params == pytest.approx({"r": 0.5248, "alpha": 6.183, "a": 0.8914, "b": 1.614}, abs=0.001)
    assert fit.log_likelihood == pytest.approx(-9582.13, abs=0.005)
    assert fit.expected(39, [2, 0], [30.43, 0], [38.86, 30]).value == pytest.approx([1.2627, 0.1995], abs=0.0002)


def test_paretonbd_gives_the_figures_of_fader_and_hardie(fits):
    fit = fits["paretonbd"]
    assert fit.params == pytest.approx({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, abs=0.002)
    assert fit.log_likelihood == pytest.approx(-9595.0, abs=0.05)


def test_bgbb_gives_the_figures_of_fader_hardie_and_shang_2010(fits):
    fit = fits["bgbb"]
    assert fit.params == pytest.approx({"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}, abs=0.001)
    assert fit.log_likelihood == pytest.approx(-33225.6, abs=0.05)
    assert fit.n == 11104


def test_the_forecast_of_the_held_back_39_weeks_has_the_measured_interval(fits):
    total = fits["bgnbd"].total(39, X, T_X, T, N)
    assert total.value[0] == pytest.approx(1653, abs=0.5)
    chance = N @ fits["bgnbd"].spread(39, X, T_X, T)
    parameters = np.sqrt(((total.high[0] - total.low[0]) / 3.92) ** 2 - chance)
    assert 1.96 * parameters == pytest.approx((1807 - 1519) / 2, rel=0.1)


def test_one_time_guests_may_be_lost_in_mbgnbd_and_never_are_in_bgnbd(fits):
    once = X == 0
    assert np.average(fits["mbgnbd"].alive(X, T_X, T).value[once], weights=N[once]) == pytest.approx(0.41, abs=0.005)
    assert (fits["bgnbd"].alive(X, T_X, T).value[once] == 1).all()


@pytest.mark.parametrize("model", ["mbgnbd", "bgnbd"])
def test_a_hundred_thousand_guests_give_back_their_parameters(model):
    fit = lifetime.fit(model, *drawn(model, 100_000, seed=3)[:3])
    assert fit.converged
    errors = np.log(list(fit.params.values())) - np.log(list(TRUE[model].values()))
    assert (np.abs(errors) <= 3 * np.sqrt(fit.covariance.diagonal())).all()


@pytest.mark.parametrize("model, n", [("paretonbd", 20_000), ("bgbb", 100_000)])
def test_other_models_give_back_their_parameters_too(model, n):
    fit = lifetime.fit(model, *drawn(model, n, seed=3)[:3])
    errors = np.log(list(fit.params.values())) - np.log(list(TRUE[model].values()))
    assert fit.converged and (np.abs(errors) <= 3 * np.sqrt(fit.covariance.diagonal())).all()


def coverage(runs, n, model="mbgnbd"):
    """The share of 95 % intervals that hold the true parameter, and the one that hold the true expectation of a guest."""
    held, seen, true = [], [], known(model, TRUE[model]).expected(365, 2, 300, 500).value
    for seed in range(runs):
        fit = lifetime.fit(model, *drawn(model, n, seed=1000 + seed)[:3])
        assert fit.converged
        held += [low <= TRUE[model][name] <= high for name in fit.params for low, high in [fit.interval(name)]]
        one = fit.expected(365, 2, 300, 500)
        seen.append(one.low <= true <= one.high)
    return np.mean(held), np.mean(seen)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    parameters, expectation = coverage(40, 4000)
    assert 0.85 <= parameters <= 1 and 0.82 <= expectation <= 1


@pytest.mark.soak
@pytest.mark.parametrize("model", ["mbgnbd", "bgnbd"])
def test_intervals_hold_the_truth_in_90_to_98_of_100_runs(model):
    parameters, expectation = coverage(200, 10_000, model)
    assert 0.90 <= parameters <= 0.98 and 0.90 <= expectation <= 0.98


@pytest.mark.parametrize("model", list(TRUE))
def test_what_is_expected_is_what_comes(model):
    ahead = 3 if model == "bgbb" else 365
    x, t_x, T, later = drawn(model, 200_000 if "SOAK_ROUNDS" in os.environ else 60_000, seed=5, ahead=ahead)
    fit = known(model, TRUE[model])
    for some in (x == 0, x == 1, x >= 3, T < 200):
        expected, variance = fit.expected(ahead, x[some], t_x[some], T[some]).value, fit.spread(ahead, x[some], t_x[some], T[some])
        returns = fit.returns(ahead, x[some], t_x[some], T[some]).value
        assert abs(later[some].sum() - expected.sum()) < 4 * np.sqrt(variance.sum())
        assert abs((later[some] > 0).sum() - returns.sum()) < 4 * np.sqrt((returns * (1 - returns)).sum())
        assert ((later[some] - expected) ** 2).sum() == pytest.approx(variance.sum(), rel=0.06)


@pytest.mark.parametrize("model", list(TRUE))
def test_frequencies_and_the_total_by_time_are_those_of_guests_drawn(model):
    x, _, T, _ = drawn(model, 100_000, seed=6)
    fit = known(model, TRUE[model])
    expected, seen = fit.frequencies(5, T), np.bincount(np.minimum(x, 5).astype(int))
    assert expected.sum() == pytest.approx(100_000)
    assert (np.abs(seen - expected) < 4 * np.sqrt(expected)).all()
    end = T.max()
    assert fit.expected_total(end, end - T).value[0] == pytest.approx(x.sum(), rel=0.02)


def test_the_total_by_time_starts_with_each_guests_first_stay(fits):
    fit = fits["mbgnbd"]
    one, ten = (fit.expected(t, 0, 0, 0).value for t in (1, 10))
    found = fit.expected_total([0, 4, 13], [3, 3, 12], [2, 1, 5])
    assert found.value == pytest.approx([0, 3 * one, 3 * ten + 5 * one], abs=1e-9)
    assert (found.low[1:] < found.value[1:]).all() and (found.value[1:] < found.high[1:]).all()


def test_a_total_adds_up_its_guests_by_group_and_chance_widens_it(fits):
    fit = fits["mbgnbd"]
    group = (X > 1).astype(int)
    total, apart = fit.total(39, X, T_X, T, N), fit.total(39, X, T_X, T, N, group)
    assert total.value[0] == pytest.approx(N @ fit.expected(39, X, T_X, T).value)
    assert apart.value.sum() == pytest.approx(total.value[0])
    half = fit.total(39, np.repeat(X, 2), np.repeat(T_X, 2), np.repeat(T, 2), np.repeat(N / 2, 2))
    assert half.low == pytest.approx(total.low)


def test_a_fit_is_a_value_that_can_be_stored_and_made_again(fits):
    fit = fits["mbgnbd"]
    again = lifetime.Fit(fit.model, dict(fit.params), fit.log_likelihood, np.array(fit.covariance.tolist()), fit.n, fit.repeats, fit.converged)
    assert again.expected(39, 2, 30.43, 38.86) == fit.expected(39, 2, 30.43, 38.86)
