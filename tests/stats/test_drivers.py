"""The spread of ratings is shared out among aspects: whole, fairly, with an interval, and without a claim where there is too little."""
import itertools

import numpy as np
import pytest

from crm_core.stats import drivers as d


def simulated(n=2000, effects=(6.0, 3.0, 0.0), seed=1):
    random = np.random.default_rng(seed)
    x = random.choice((-1.0, 0.0, 1.0), (n, len(effects)), p=(0.2, 0.5, 0.3))
    return x, 70 + x @ np.array(effects) + random.normal(0, 8, n)


def test_shares_add_up_and_follow_what_was_planted():
    found = d.drivers(*simulated())
    assert found.share.sum() == pytest.approx(1)
    assert found.share[0] > 0.7 > 0.3 > found.share[1] > found.share[2]
    assert np.all(found.share_low <= found.share) and np.all(found.share <= found.share_high)


def test_of_independent_regressors_each_has_its_own_r_squared():
    pattern = np.array(list(itertools.product((-1.0, 1.0), repeat=2)))
    x = np.repeat(pattern, 100, axis=0)
    found = d.drivers(x, 2 * x[:, 0] + x[:, 1])
    assert found.share == pytest.approx([0.8, 0.2], abs=1e-6)
    assert found.explained == pytest.approx(1, abs=1e-6)


def test_two_regressors_that_are_the_same_share_alike():
    x = np.tile([[1.0], [-1.0]], (150, 2))
    assert d.drivers(x, x[:, 0] + np.tile([0.5, -0.2, 0.1], 100)).share == pytest.approx([0.5, 0.5], abs=1e-3)


def test_the_effect_is_that_of_ten_points_among_those_who_name_it():
    x, y = simulated(20_000)
    found = d.drivers(x, y, draws=20)
    assert found.effect[0] == pytest.approx(6.0 * 0.2 * 0.5, abs=0.03)
    assert found.effect_low[0] < 0.6 < found.effect_high[0]
    assert found.effect_low[2] < 0 < found.effect_high[2]


def test_grouped_and_single_rows_say_the_same():
    x, y = simulated(400)
    whole, grouped = d.drivers(x, y, draws=20), d.drivers(x, y, np.full(400, 3), draws=20)
    assert grouped.share == pytest.approx(whole.share)
    assert grouped.n == 1200


@pytest.mark.parametrize("x, y", [simulated(199), (np.ones((300, 2)), np.arange(300.0)), (simulated(300)[0], np.full(300, 80.0))])
def test_too_little_or_nothing_that_varies_gives_no_answer(x, y):
    assert d.drivers(x, y) is None
