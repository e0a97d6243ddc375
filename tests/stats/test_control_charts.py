"""Control charts ring as rarely by chance as they say, and soon when something changed."""
import numpy as np
import pytest
from scipy.stats import binom

from crm_core.stats import control_charts as charts


def test_exact_limits_of_a_share():
    found = charts.p_chart([0, 3, 4, 9], [30, 30, 30, 0], 0.1, 0.01)
    assert found.high[0] == pytest.approx(8 / 30)  # P(K > 8) = .002 ≤ .005 < P(K > 7) = .0078
    assert binom.sf(8, 30, 0.1) <= 0.005 < binom.sf(7, 30, 0.1)
    assert found.low[0] == 0
    assert found.signal.tolist() == [False] * 4
    assert np.isnan(found.value[3])


def test_a_share_far_beyond_its_limits_rings_on_either_side():
    assert charts.p_chart([9, 20, 30], [30, 100, 100], 0.1, 0.01).signal.tolist() == [True, True, True]
    assert charts.p_chart([20], [100], 0.5, 0.01).signal.tolist() == [True]


def test_shares_ring_by_chance_at_most_as_often_as_stated():
    random = np.random.default_rng(3)
    rung = charts.p_chart(random.binomial(40, 0.15, 50_000), np.full(50_000, 40), 0.15, 0.02).signal.mean()
    assert 0.004 < rung <= 0.021


def test_the_width_of_the_moving_average_is_the_published_one():
    assert charts.run_length(2.859, 0.2) == pytest.approx(370, rel=0.03)  # Lucas and Saccucci 1990
    assert charts.limit_width(370.4, 0.2) == pytest.approx(2.86, abs=0.01)


def test_the_moving_average_by_hand():
    found = charts.ewma([10, 20], [1, 4], 12.0, 5.0, 370.4)
    assert found.value.tolist() == pytest.approx([0.2 * 10 + 0.8 * 12, 0.2 * 20 + 0.8 * 11.6])
    spread = np.sqrt([0.04 * 25, 0.04 * 25 / 4 + 0.64 * 0.04 * 25])
    assert found.high.tolist() == pytest.approx((12 + charts.limit_width(370.4) * spread).tolist())


def test_a_week_without_values_moves_nothing_and_does_not_ring():
    found = charts.ewma([1.0, np.nan], [1, 0], 12.0, 1.0, 50)
    assert found.value[1] == found.value[0]
    assert found.signal.tolist() == [True, False]


def test_the_moving_average_rings_by_chance_about_as_rarely_as_stated():
    random, n = np.random.default_rng(5), 60_000
    runs = charts.ewma(random.normal(0, 1, n), np.ones(n), 0.0, 1.0, 100)
    begins = np.flatnonzero(np.diff(runs.signal.astype(int)) == 1)
    assert 60 < n / len(begins) < 220  # a ring may last some points, and the next begins later


def test_a_lasting_fall_is_noticed_within_weeks():
    mean = np.r_[np.zeros(10), np.full(10, -1.0)]
    assert charts.ewma(mean, np.full(20, 4.0), 0.0, 1.0, 572).signal[10:].argmax() <= 3
