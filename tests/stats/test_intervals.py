"""Intervals match the published and worked examples, hold for any counts, and say nothing where there is nothing to say."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.stats.intervals import (
    apart,
    bootstrap_ratio,
    bootstrap_total,
    median_interval,
    median_of,
    newcombe,
    nps,
    nps_sum,
    ratio,
    ratio_difference,
    score_p,
    total,
    wilson,
)

counts = st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    "k, n, low, high",
    [
        (81, 263, 0.255289, 0.366210),
        (15, 148, 0.062386, 0.160487),
        (0, 20, 0, 0.161125),
        (1, 29, 0.006113, 0.171755),
        (3, 20, 0.052369, 0.360419),
        (0, 10, 0, 0.277533),
        (10, 10, 0.722467, 1),
        (4, 50, 0.031550, 0.188382),
        (40, 500, 0.059298, 0.107106),
        (688, 1000, 0.658611, 0.715950),
    ],
)
def test_wilson_matches_the_worked_examples(k, n, low, high):
    assert wilson(k, n) == pytest.approx((low, high), abs=1e-6)


def test_no_cases_have_no_interval_and_no_warning():
    assert np.isnan(wilson(0, 0)).all()
    assert np.isnan(newcombe(0, 0, 3, 20)).all()
    assert np.isnan(nps(0, 0, 0)).all()


def test_wilson_takes_arrays_with_empty_groups_among_them():
    low, high = wilson([[3], [0]], [20, 0])
    np.testing.assert_allclose(low, [[0.052369, np.nan], [0, np.nan]], atol=1e-6)
    np.testing.assert_allclose(high, [[0.360419, np.nan], [0.161125, np.nan]], atol=1e-6)


@given(counts)
def test_wilson_holds_the_share_and_stays_between_0_and_1(kn):
    k, n = kn
    low, high = wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1
    assert low < high


@given(counts, st.floats(0.001, 0.999))
def test_a_share_differs_from_a_known_one_just_where_wilsons_interval_leaves_that_one_out(kn, known):
    k, n = kn
    low, high = wilson(k, n)
    if min(abs(known - low), abs(known - high)) > 1e-6:
        assert (score_p(k / n, known, n) < 0.05) == (not low <= known <= high)


def test_nothing_differs_from_a_share_that_cannot_be_otherwise():
    np.testing.assert_array_equal(score_p([0.5, 0.5, np.nan], [0.0, 1.0, 0.5], 20), [np.nan] * 3)


@given(counts)
def test_wilson_of_the_others_is_the_mirror_image(kn):
    k, n = kn
    low, high = wilson(k, n)
    assert wilson(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize(
    "one, other, low, high",
    [
        ((56, 70), (48, 80), 0.052431, 0.333873),
        ((9, 10), (3, 10), 0.170523, 0.809018),
        ((10, 10), (0, 20), 0.679086, 1),
        ((5, 56), (0, 29), -0.038137, 0.192560),
        ((55, 10_000), (50, 10_000), -0.001532, 0.002544),
    ],
)
def test_newcombe_matches_the_worked_examples(one, other, low, high):
    assert newcombe(*one, *other) == pytest.approx((low, high), abs=1e-6)


@given(counts, counts)
def test_newcombe_holds_the_difference_and_turns_round_with_it(one, other):
    low, high = newcombe(*one, *other)
    assert -1 <= low <= one[0] / one[1] - other[0] / other[1] <= high <= 1
    assert newcombe(*other, *one) == pytest.approx((-high, -low), abs=1e-12)


def estimate(k, n):
    """(share, low, high) with Wilson's limits."""
    return k / n, *wilson(k, n)


@pytest.mark.parametrize(
    "one, other, low, high",
    [
        ((56, 70), (48, 80), 0.052431, 0.333873),
        ((9, 10), (3, 10), 0.170523, 0.809018),
        ((10, 10), (0, 20), 0.679086, 1),
        ((5, 56), (0, 29), -0.038137, 0.192560),
        ((55, 10_000), (50, 10_000), -0.001532, 0.002544),
    ],
)
def test_estimates_apart_are_newcombes_where_their_limits_are_wilsons(one, other, low, high):
    assert apart(estimate(*one), estimate(*other)) == pytest.approx((low, high), abs=1e-6)


def test_estimates_apart_move_by_the_distance_of_the_limits_that_face_each_other():
    """7 (4 to 11) less 2 (1 to 6): down by √(3² + 4²), up by √(4² + 1²)."""
    assert apart((7, 4, 11), (2, 1, 6)) == pytest.approx((5 - 5, 5 + 17**0.5))
    assert apart((2, 1, 6), (7, 4, 11)) == pytest.approx((-5 - 17**0.5, -5 + 5))


def test_estimates_apart_take_arrays_and_say_nothing_where_a_limit_is_missing():
    low, high = apart((np.array([7.0, 7.0]), np.array([4.0, np.nan]), np.array([11.0, 11.0])), (2, 1, 6))
    np.testing.assert_allclose(low, [0, np.nan])
    np.testing.assert_allclose(high, [5 + 17**0.5] * 2)
    assert np.isnan(apart((np.nan,) * 3, (2, 1, 6))).all()


def moments(x, y):
    return len(x), x.sum(), y.sum(), (x * x).sum(), (x * y).sum(), (y * y).sum()


def guests(random, n, share=0.3):
    """(returns, stays) of n guests: some come often, and they return more."""
    stays = 1 + random.poisson(random.gamma(1, 1.5, n))
    return random.binomial(stays, np.clip(share + 0.05 * (stays - 2), 0, 1)).astype(float), stays.astype(float)


def test_a_ratio_by_hand():
    x, y = np.array([1.0, 2, 3]), np.array([2.0, 2, 2])
    low, high = ratio(*moments(x, y))  # residuals −1, 0, 1; variance 3/2 × 2 / 36 = 1/12
    assert (low, high) == pytest.approx((1 - 1.959964 / 12**0.5, 1 + 1.959964 / 12**0.5))


def test_the_linearised_ratio_agrees_with_the_plain_bootstrap_over_guests():
    x, y = guests(np.random.default_rng(1), 3000)
    random = np.random.default_rng(2)
    draws = [random.integers(3000, size=3000) for _ in range(2000)]
    plain = np.quantile([x[i].sum() / y[i].sum() for i in draws], [0.025, 0.975])
    assert ratio(*moments(x, y)) == pytest.approx(tuple(plain), abs=0.1 * (plain[1] - plain[0]))


def test_the_linearised_ratio_covers_the_truth_about_95_times_in_100():
    random = np.random.default_rng(3)
    x, y = guests(random, 1_000_000)
    low, high = ratio(*np.array([moments(*guests(random, 400)) for _ in range(1000)]).T)
    assert 0.93 <= np.mean((low <= x.sum() / y.sum()) & (x.sum() / y.sum() <= high)) <= 0.97


@pytest.mark.parametrize("nothing", [(1, 5, 2, 25, 10, 4), (0, 0, 0, 0, 0, 0), (10, 0, 0, 0, 0, 0)])
def test_one_guest_or_no_denominator_has_no_interval(nothing):
    assert np.isnan(ratio(*nothing)).all()
    assert np.isnan(ratio_difference(nothing, (3, 6, 6, 14, 12, 12))).all()


def test_two_periods_differ_by_the_root_of_both_variances():
    one = (3, 6, 6, 14, 12, 12)  # the ratio by hand above: 1, variance 1/12
    low, high = ratio_difference(one, (3, 3, 6, 5, 6, 12))  # x = 0, 1, 2: ratio 1/2, same variance
    assert (low, high) == pytest.approx((0.5 - 1.959964 / 6**0.5, 0.5 + 1.959964 / 6**0.5))


def test_a_change_that_is_noise_is_called_a_change_about_5_times_in_100():
    random = np.random.default_rng(4)
    first, second = (np.array([moments(*guests(random, 400)) for _ in range(1000)]).T for _ in range(2))
    low, high = ratio_difference(first, second)
    assert 0.03 <= np.mean((low > 0) | (high < 0)) <= 0.07


def grouped(x, y):
    pairs, count = np.unique(np.column_stack([x, y]), axis=0, return_counts=True)
    return pairs[:, 0], pairs[:, 1], count


def test_the_grouped_bootstrap_agrees_with_the_linearised_ratio_whether_groups_are_few_or_many():
    x, y = guests(np.random.default_rng(5), 4000)
    low, high = ratio(*moments(x, y))
    for groups in (grouped(x, y), (x, y, np.ones(4000, int))):
        assert bootstrap_ratio(*groups) == pytest.approx((low, high), abs=0.1 * (high - low))


def test_the_bootstrap_gives_the_same_digits_every_time():
    groups = grouped(*guests(np.random.default_rng(5), 500))
    assert bootstrap_ratio(*groups) == bootstrap_ratio(*groups)
    assert bootstrap_ratio(*groups) != bootstrap_ratio(*groups, seed=8)


@pytest.mark.parametrize("nothing", [([], [], []), ([1], [2], [1]), ([1, 2], [0, 0], [3, 3])])
def test_a_bootstrap_of_one_guest_or_no_denominator_has_no_interval(nothing):
    assert np.isnan(bootstrap_ratio(*nothing)).all()


def test_draws_without_a_denominator_are_left_out():
    low, high = bootstrap_ratio([1, 0], [2, 0], [1, 1])
    assert (low, high) == (0.5, 0.5)


def test_a_total_by_hand():
    """Ten guests with 0.9 and twenty with −0.1: Σx = 7, Σx² = 8.3; 2.04523 · √(30/29 · (8.3 − 49/30)) = 5.37104."""
    assert total(30, 7, 8.3) == pytest.approx((7 - 5.37104, 7 + 5.37104), abs=1e-5)


def test_the_bootstrap_of_a_total_agrees_with_students():
    x = np.random.default_rng(5).normal(0.2, 1, 400)
    low, high = total(400, x.sum(), (x * x).sum())
    assert bootstrap_total(x, np.ones(400, int)) == pytest.approx((low, high), abs=0.1 * (high - low))


def test_a_total_covers_the_truth_about_95_times_in_100():
    random = np.random.default_rng(8)
    x = random.exponential(1, (4000, 40)) - 0.8
    low, high = total(40, x.sum(axis=1), (x * x).sum(axis=1))
    assert 0.92 <= np.mean((low <= 8) & (high >= 8)) <= 0.96  # skewed: a little less


def test_a_total_of_one_guest_has_no_interval():
    assert np.isnan(total([0, 1], [0, 3], [0, 9])).all()
    assert np.isnan(bootstrap_total([3], [1])).all()
    assert np.isnan(bootstrap_total([], [])).all()


def test_a_bootstrap_over_two_thousand_groups_does_not_make_a_page_wait():
    random = np.random.default_rng(6)
    x, y, count = random.random(2000), 1 + random.random(2000), random.integers(1, 4, 2000)
    start = time.process_time()
    bootstrap_ratio(x, y, count)
    assert time.process_time() - start < 0.6  # about 0.06 s; generous, for a busy machine


@pytest.mark.parametrize(
    "values, count, median",
    [
        ([3, 1, 2], [1, 1, 1], 2),
        ([1, 2, 9], [2, 1, 1], 1.5),
        ([5, 1], [3, 3], 3),
        ([1, 8, 9], [0, 0, 2], 9),
        ([7], [1], 7),
        ([], [], np.nan),
    ],
)
def test_the_median_of_a_histogram_is_the_median_of_its_cases(values, count, median):
    assert median_of(values, count) == pytest.approx(median, nan_ok=True)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 5)), max_size=20))
def test_the_median_is_that_of_the_cases_written_out(histogram):
    cases = [value for value, count in histogram for _ in range(count)]
    if cases:
        assert median_of(*zip(*histogram)) == np.median(cases)


@pytest.mark.parametrize("n", [6, 41, 200])
def test_the_median_interval_is_the_plain_bootstrap(n):
    cases = np.random.default_rng(7).lognormal(3, 1, n)
    random = np.random.default_rng(8)
    plain = np.quantile(np.median(random.choice(cases, (20_000, n)), axis=1), [0.025, 0.975])
    assert median_interval(cases, np.ones(n), draws=20_000) == pytest.approx(tuple(plain), rel=0.03)


def test_above_five_thousand_cases_the_interval_runs_between_two_ranks():
    low, high = median_interval(np.arange(1, 10_001), np.ones(10_000))
    assert (low, high) == (4902, 5099)  # 5,000 ± 1.96 × √10,000 / 2


def test_both_median_intervals_agree_where_they_meet():
    days = np.arange(400)
    weight = np.exp(-days / 60)
    small, large = (np.round(n * weight / weight.sum()) for n in (4950, 5100))
    assert small.sum() <= 5000 < large.sum()
    assert median_interval(days, small) == pytest.approx(median_interval(days, large), abs=1)


def test_equal_cases_have_a_point_and_one_case_no_interval():
    assert median_interval([4], [30]) == (4, 4)
    assert np.isnan(median_interval([4], [1])).all() and np.isnan(median_interval([], [])).all()


@pytest.mark.parametrize(
    "answers, value, low, high",
    [((50, 40, 10), 40, 26.999, 53.001), ((162, 108, 54), 33.333, 25.217, 41.449)],
)
def test_nps_matches_the_published_examples(answers, value, low, high):
    assert nps(*answers) == pytest.approx((value, low, high), abs=1e-3)


@pytest.mark.parametrize("n, half", [(100, 13.7), (400, 6.8)])
def test_nps_half_width_shrinks_with_the_answers(n, half):
    _, low, high = nps(0.55 * n, 0.33 * n, 0.12 * n)
    assert (high - low) / 2 == pytest.approx(half, abs=0.1)


def test_nps_of_unanimous_answers_is_not_certain():
    assert nps(30, 0, 0) == pytest.approx((100, 77.3, 100), abs=0.05)
    assert nps(0, 0, 30) == pytest.approx((-100, -100, -77.3), abs=0.05)
    assert nps(0, 30, 0) == pytest.approx((0, -11.35, 11.35), abs=0.01)


@given(*[st.integers(0, 10_000)] * 3)
def test_nps_holds_its_value_and_turns_round_with_the_answers(promoters, passives, detractors):
    if promoters + passives + detractors:
        value, low, high = nps(promoters, passives, detractors)
        assert -100 <= low <= value <= high <= 100
        assert nps(detractors, passives, promoters) == pytest.approx((-value, -high, -low), abs=1e-9)


def test_nps_takes_arrays():
    value, low, high = nps([50, 0, 30], [40, 0, 0], [10, 0, 0])
    np.testing.assert_allclose(value, [40, np.nan, 100])
    np.testing.assert_allclose(low, [26.999, np.nan, 77.30], atol=0.005)


def test_the_difference_of_two_nps_matches_the_worked_example():
    assert nps_sum([50, 40], [40, 40], [10, 20], weight=[1, -1]) == pytest.approx((20, 0.400, 39.600), abs=1e-3)


def test_the_post_stratified_nps_matches_the_worked_example():
    value, low, high = nps_sum([48, 8], [24, 6], [8, 6], weight=[0.3, 0.7])
    assert value == pytest.approx(22)
    assert (high - low) / 2 / 1.959964 == pytest.approx(13.195, abs=1e-3)
    assert nps(56, 30, 14)[0] == pytest.approx(42)
