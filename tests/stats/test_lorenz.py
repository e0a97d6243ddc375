"""The share that the largest hold: by hand, against a bootstrap without formulas, and where there is nothing to share."""
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.stats.lorenz import top_share


@pytest.mark.parametrize(("amounts", "part", "share"), [
    ([50, 10, 10, 10, 10, 2, 2, 2, 2, 2], 0.1, 0.5),  # one of ten
    ([50, 10, 10, 10, 10, 2, 2, 2, 2, 2], 0.2, 0.6),
    ([50, 30, 5, 5, 2, 2, 2, 1, 1, 1, 1], 0.1, 0.8),  # 1.1 of eleven are two
    ([5, 5, 5, 5], 0.5, 0.5),
    ([0, 0, 0, 7], 0.1, 1),
    ([7], 0.1, 1),
    ([90, 30, -20], 0.1, 0.9),  # a refund is less than nothing
    (range(1, 101), 0.1, 955 / 5050),
])  # fmt: skip
def test_the_largest_part_is_rounded_up_to_whole_holders(amounts, part, share):
    assert top_share(amounts, part)[0] == pytest.approx(share)


def test_three_tenths_of_ten_are_three_though_a_float_says_a_little_more():
    assert 0.1 * 3 * 10 > 3
    assert top_share([10, 10, 10, *[1] * 7], 0.1 * 3)[0] == pytest.approx(30 / 37)


@pytest.mark.parametrize("amounts", [[], [0, 0], [5, -5], [-3, -4]])
def test_nothing_is_said_where_there_is_nothing_to_share(amounts):
    assert all(map(math.isnan, top_share(amounts, 0.1)))


def test_one_holder_has_all_and_no_interval():
    share, low, high = top_share([7], 0.1)
    assert share == 1
    assert math.isnan(low)
    assert math.isnan(high)


def drawn_again(amounts: np.ndarray, part: float, random: np.random.Generator, draws: int = 2000) -> tuple[float, float]:
    """Percentile bootstrap over holders, without any formula."""
    top = math.ceil(part * len(amounts))
    again = np.sort(random.choice(amounts, (draws, len(amounts))), axis=1)[:, ::-1]
    return tuple(np.quantile(again[:, :top].sum(axis=1) / again.sum(axis=1), [0.025, 0.975]))


@pytest.mark.parametrize(("law", "n", "within"), [("gamma", 400, 0.006), ("gamma", 3000, 0.002), ("lognormal", 3000, 0.006), ("many alike", 1000, 0.002)])
def test_the_interval_is_that_of_a_bootstrap_over_holders(law, n, within):
    random = np.random.default_rng(7)
    amounts = {"gamma": lambda: random.gamma(1.2, 300, n), "lognormal": lambda: random.lognormal(5, 0.9, n),
               "many alike": lambda: np.repeat([100.0, 150.0, 300.0, 900.0], n // 4)}[law]()
    share, *interval = top_share(amounts, 0.1)
    assert interval == pytest.approx(drawn_again(amounts, 0.1, random), abs=within)
    assert interval[0] < share < interval[1]


def test_of_many_samples_most_intervals_hold_the_true_share():
    """Of exponential amounts the largest tenth holds 0.1 · (1 + ln 10) of the whole."""
    random, true = np.random.default_rng(7), 0.1 * (1 + math.log(10))
    found = [top_share(random.exponential(1, 500), 0.1) for _ in range(400)]
    assert 0.92 <= np.mean([low <= true <= high for _, low, high in found]) <= 0.98


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60), st.sampled_from([0.05, 0.1, 0.5, 1.0]))
def test_the_share_of_any_amounts_is_one_and_lies_in_its_interval(amounts, part):
    share, low, high = top_share(amounts, part)
    if sum(amounts) == 0:
        assert math.isnan(share)
        return
    assert part - 1e-9 <= share <= 1 + 1e-9
    if len(amounts) > 1:
        assert 0 <= low <= share + 1e-12
        assert share - 1e-12 <= high <= 1
