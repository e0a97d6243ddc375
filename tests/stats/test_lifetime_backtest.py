"""The test against a period held back: it passes models that told the truth, and says why others do not pass."""
from dataclasses import replace

import numpy as np
import pytest

from crm_core.stats import lifetime
from tests.stats.simulating import guests, known

PARAMS = {"r": 0.5, "alpha": 120.0, "a": 0.8, "b": 2.5}


@pytest.fixture(scope="module")
def world():
    """(x, t_x, T, stays in the year after) of 20,000 guests, and the model fitted to the first three."""
    random = np.random.default_rng(9)
    T = random.integers(0, 1000, 20_000).astype(float)
    x, t_x, later = guests(PARAMS, T, random, ahead=365)
    return x, t_x, T, later, lifetime.fit("mbgnbd", x, t_x, T)


def test_a_model_that_tells_the_truth_passes(world):
    x, t_x, T, later, fit = world
    found = lifetime.backtest(fit, x, t_x, T, later, 365)
    assert found.passed and found.why == "passed"
    assert found.actual == later.sum() and found.low < found.actual < found.high
    assert found.error == pytest.approx((found.predicted - found.actual) / found.actual)
    assert abs(found.error) < 0.05
    assert found.observed == pytest.approx((later > 0).mean())
    assert found.mean_predicted == pytest.approx(found.observed, abs=0.01)
    assert found.brier < found.base_brier == pytest.approx(found.observed * (1 - found.observed))


def test_deciles_rise_hold_every_guest_and_come_true(world):
    x, t_x, T, later, fit = world
    deciles = lifetime.backtest(fit, x, t_x, T, later, 365).deciles
    assert deciles.n.sum() == 20_000 and deciles.returned.sum() == (later > 0).sum()
    assert (np.diff(deciles.predicted) > 0).all()
    error = np.sqrt(deciles.predicted * (1 - deciles.predicted) / deciles.n)
    assert (np.abs(deciles.returned / deciles.n - deciles.predicted) < 4 * error).all()


def test_deciles_do_not_depend_on_the_order_of_guests_nor_on_folding(world):
    x, t_x, T, later, fit = world
    t_x = np.where(x > 0, np.minimum(np.ceil(t_x / 30) * 30, T), 0)
    rows = np.unique(np.column_stack([x, t_x, T, later]), axis=0, return_counts=True)
    one, folded = lifetime.backtest(fit, x, t_x, T, later, 365), lifetime.backtest(fit, *rows[0].T, 365, n=rows[1])
    for name in ("n", "predicted", "returned"):
        assert getattr(folded.deciles, name) == pytest.approx(getattr(one.deciles, name))
    assert (folded.predicted, folded.low, folded.brier) == pytest.approx((one.predicted, one.low, one.brier))


def test_nineteen_of_twenty_groups_lie_in_their_intervals(world):
    x, t_x, T, later, fit = world
    labels = np.array([f"property {at % 200}" for at in range(20_000)])
    assert lifetime.backtest(fit, x, t_x, T, later, 365, group=labels).coverage == pytest.approx(0.95, abs=0.05)
    assert np.isnan(lifetime.backtest(fit, x, t_x, T, later, 365).coverage)
    assert lifetime.backtest(fit, x, t_x, T, 5 * later, 365, group=labels).coverage < 0.2


def test_a_total_far_off_is_bias_and_a_third_less_is_too_much(world):
    x, t_x, T, later, fit = world
    assert lifetime.backtest(fit, x, t_x, T, 2 * later, 365).why == "biased"
    assert lifetime.backtest(fit, x, t_x, T, later * (np.arange(20_000) % 3 > 0), 365).why == "biased"
    assert lifetime.backtest(fit, x, t_x, T, 0 * later, 365).why == "biased"


def test_a_right_total_of_wrong_guests_is_miscalibrated(world):
    x, t_x, T, later, fit = world
    few = np.zeros(20_000)
    few[:100] = later.sum() / 100
    found = lifetime.backtest(fit, x, t_x, T, few, 365)
    assert found.why == "miscalibrated" and not found.passed
    assert found.mean_predicted - found.observed > 0.03


def test_too_few_guests_and_a_fit_without_a_summit_do_not_pass(world):
    x, t_x, T, later, fit = world
    few = lifetime.backtest(lifetime.fit("mbgnbd", x[:300], t_x[:300], T[:300]), x[:300], t_x[:300], T[:300], later[:300], 365, group=x[:300])
    assert few.why == "few" and few.actual == later[:300].sum()
    assert np.isnan([few.predicted, few.low, few.error, few.brier, few.mean_predicted, few.coverage, *few.deciles.predicted]).all()
    assert lifetime.backtest(replace(fit, converged=False), x, t_x, T, later, 365).why == "not_converged"


def test_an_interval_that_holds_what_came_is_enough_where_chance_alone_moves_the_total():
    fit = known("mbgnbd", PARAMS)
    predicted = fit.total(365, [0] * 40, 0, 100).value[0]
    actual = np.zeros(40)
    actual[:15] = 1
    found = lifetime.backtest(fit, [0] * 40, 0, 100, actual, 365)
    assert found.predicted == pytest.approx(predicted) and found.low <= 15 <= found.high
    assert abs(found.error) > 0.25 and found.why != "biased"


@pytest.mark.parametrize("actual", [[1, 2], [-1], [np.nan]])
def test_impossible_stays_of_the_period_are_refused(actual):
    with pytest.raises(ValueError, match="number of stays, 0 or more, for every guest"):
        lifetime.backtest(known("mbgnbd", PARAMS), [1], [2], [3], actual, 365)
