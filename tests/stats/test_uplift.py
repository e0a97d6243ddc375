"""What a campaign added: the worked examples to the last printed digit, honest error rates, and nothing said where nothing can be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.stats.uplift import (
    balance,
    cost_per,
    detectable,
    heterogeneity,
    lift,
    lift_mean,
    lift_mean_of,
    pooled,
    required_n,
    romi,
    srm,
    verdict,
)

arms = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_the_worked_example_of_a_lift_that_shows():
    one = lift(400, 50_000, 250, 50_000)
    assert (one.treated, one.control, one.difference) == pytest.approx((0.008, 0.005, 0.003))
    assert (100 * one.low, 100 * one.high) == pytest.approx((0.2007, 0.4005), abs=1e-4)
    assert [100 * share for share in (one.relative, one.relative_low, one.relative_high)] == pytest.approx([60.0, 36.7, 87.3], abs=0.05)
    assert (one.incremental, one.incremental_low, one.incremental_high) == pytest.approx((150, 100.4, 200.2), abs=0.1)
    assert one.z == pytest.approx(5.9027, abs=1e-4)
    assert one.p == pytest.approx(3.576e-9, rel=1e-3)


def test_its_money_is_worth_three_times_its_cost():
    one = lift(400, 50_000, 250, 50_000)
    margin = [120 * bookings for bookings in (one.incremental, one.incremental_low, one.incremental_high)]
    assert [100 * share for share in romi(*margin, 6000)] == pytest.approx([200, 100.7, 300.5], abs=0.1)
    assert cost_per(one.incremental, one.incremental_low, one.incremental_high, 6000) == pytest.approx((40.00, 29.96, 59.78), abs=0.01)


def test_the_worked_example_of_a_lift_that_does_not_show():
    one = lift(72, 9000, 5, 1000)
    assert (100 * one.difference, 100 * one.low, 100 * one.high) == pytest.approx((0.300, -0.385, 0.653), abs=1e-3)
    assert (one.incremental, one.incremental_low, one.incremental_high) == pytest.approx((27, -34.7, 58.7), abs=0.1)
    assert np.isnan(cost_per(one.incremental, one.incremental_low, one.incremental_high, 6000)).all()
    assert verdict(one, detectable(9000, 1000, 0.005), 0.4) == "not_shown"


@pytest.mark.parametrize(
    "counts, low, high",
    [
        ((56, 70, 48, 80), 0.052431, 0.333873),
        ((9, 10, 3, 10), 0.170523, 0.809018),
        ((10, 10, 0, 20), 0.679086, 1),
        ((5, 56, 0, 29), -0.038137, 0.192560),
        ((55, 10_000, 50, 10_000), -0.001532, 0.002544),
    ],
)
def test_the_difference_has_newcombes_interval(counts, low, high):
    one = lift(*counts)
    assert (one.low, one.high) == pytest.approx((low, high), abs=1e-6)


def test_the_interval_of_the_ratio_is_koopmans():
    """8 of 20 against 5 of 30; limits also computed with statsmodels 0.15 (method "score", without correction)."""
    one = lift(8, 20, 5, 30)
    assert (one.relative, one.relative_low, one.relative_high) == pytest.approx((1.4, 0.948749 - 1, 6.172028 - 1), abs=1e-5)


def test_below_five_events_in_an_arm_no_ratio_is_told():
    one = lift([5, 5, 4], [50, 50, 50], [5, 4, 5], [50, 50, 50])
    assert np.isnan(one.relative).tolist() == np.isnan(one.relative_low).tolist() == np.isnan(one.relative_high).tolist() == [False, True, True]


def test_everybody_in_both_arms_is_no_lift():
    one = lift(20, 20, 30, 30)
    assert (one.difference, one.p, one.relative) == (0, 1, 0)
    assert one.relative_low < 0 < one.relative_high


def test_without_people_in_an_arm_nothing_is_said():
    one = lift(0, 0, 3, 20)
    assert np.isnan([one.treated, one.difference, one.low, one.high, one.p, one.relative, one.incremental]).all()
    assert (one.control, one.treated_n, one.control_n) == (0.15, 0, 20)


def test_one_person_in_each_arm_is_a_wide_interval_and_too_few():
    """Wilson of 1/1 is .206543 … 1 and of 0/1 0 … .793457, each .793457 away from its share: 1 − .793457 · √2."""
    one = lift(1, 1, 0, 1)
    assert (one.difference, one.low, one.high) == pytest.approx((1, 1 - 0.793457 * 2**0.5, 1), abs=1e-5)
    assert verdict(one, 0.9, 1.0) == "few"


def test_counts_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="more successes than people"):
        lift(11, 10, 0, 10)
    with pytest.raises(ValueError, match="negative"):
        lift([1, -1], 10, 0, 10)


@given(arms, arms)
def test_swapping_the_arms_turns_the_lift_round(treated, control):
    one, other = lift(*treated, *control), lift(*control, *treated)
    assert (one.difference, one.low, one.high) == pytest.approx((-other.difference, -other.high, -other.low), abs=1e-12)
    assert one.p == pytest.approx(other.p)
    if not np.isnan(one.relative):
        assert 1 + one.relative_low == pytest.approx(1 / (1 + other.relative_high), rel=1e-6)


@given(arms, arms)
def test_a_single_stratum_pools_to_its_own_lift(treated, control):
    one, whole = vars(lift(*treated, *control)), vars(pooled(*treated, *control))
    assert (whole.pop("strata"), whole.pop("left_out")) == (1, 0)
    assert list(whole.values()) == pytest.approx(list(one.values()), rel=1e-9, abs=1e-9, nan_ok=True)


def test_strata_are_compared_each_with_its_own_control():
    """Summer 30/100 − 20/100 and winter 20/1,000 − 2/200 = 10 pp and 1 pp: 10 + 10 bookings, where the plain sums say −2.8 pp."""
    whole = pooled([30, 20], [100, 1000], [20, 2], [100, 200])
    assert whole.incremental == pytest.approx(20)
    assert (whole.treated, whole.control, whole.difference) == pytest.approx((50 / 1100, 30 / 1100, 20 / 1100))
    apart = lift([30, 20], [100, 1000], [20, 2], [100, 200])
    below = np.hypot(*(apart.incremental - apart.incremental_low))
    assert whole.incremental_low == pytest.approx(20 - below)
    assert whole.relative == pytest.approx(2 / 3)
    assert whole.relative_low < 2 / 3 < whole.relative_high
    assert lift(50, 1100, 22, 300).difference < 0


def test_strata_of_one_arm_only_are_left_out_and_counted():
    whole = pooled([10, 9, 0, 0], [100, 90, 0, 0], [5, 0, 7, 0], [100, 0, 70, 0])
    assert (whole.strata, whole.left_out) == (1, 2)
    assert (whole.incremental, whole.treated_n, whole.control_n) == (5, 100, 100)
    nobody = pooled([3], [10], [0], [0])
    assert (nobody.strata, nobody.left_out, nobody.treated_n) == (0, 1, 0)
    assert np.isnan([nobody.difference, nobody.low, nobody.p, nobody.incremental]).all()


def test_a_pooled_lift_keeps_its_error_rate_and_covers():
    """2,000 times five campaigns of unlike rates: without a lift 4–6 % are called one; of planted lifts at least 93 % are covered."""
    random = np.random.default_rng(7)
    base, n1, n0 = np.array([0.02, 0.05, 0.1, 0.2, 0.3]), np.array([900, 450, 1800, 300, 600]), np.array([100, 450, 200, 300, 200])
    control = random.binomial(n0, base, (2000, 5))
    assert 0.04 <= np.mean(pooled(random.binomial(n1, base, (2000, 5)), n1, control, n0).p < 0.05) <= 0.06
    found = pooled(random.binomial(n1, base + 0.03, (2000, 5)), n1, control, n0)
    assert np.mean((found.low <= 0.03) & (found.high >= 0.03)) >= 0.93
    more = 0.03 / (n1 @ base / n1.sum())
    assert np.mean((found.relative_low <= more) & (found.relative_high >= more)) >= 0.93


def test_the_planted_lift_is_covered_in_most_of_500_campaigns():
    random = np.random.default_rng(7)
    one = lift(random.binomial(9000, 0.012, 500), 9000, random.binomial(3000, 0.008, 500), 3000)
    assert np.mean((one.low <= 0.004) & (one.high >= 0.004)) >= 0.93
    assert np.mean((one.relative_low <= 0.5) & (one.relative_high >= 0.5)) >= 0.93


def test_arms_that_are_alike_differ_in_one_of_twenty_comparisons():
    random = np.random.default_rng(7)
    one = lift(random.binomial(5000, 0.03, 2000), 5000, random.binomial(5000, 0.03, 2000), 5000)
    assert 0.04 <= np.mean(one.p < 0.05) <= 0.06
    assert 0.04 <= np.mean((one.low > 0) | (one.high < 0)) <= 0.06


def test_looking_every_day_finds_lifts_that_are_not_there():
    """The same arms, looked at on each of 30 days and called a lift at the first p below .05: far more than one in twenty."""
    random = np.random.default_rng(7)
    daily = (random.binomial(200, 0.03, (2000, 30)).cumsum(axis=1) for _ in range(2))
    people = 200 * np.arange(1, 31)
    p = lift(next(daily), people, next(daily), people).p
    assert np.mean(p[:, -1] < 0.05) <= 0.06
    assert np.mean((p < 0.05).any(axis=1)) >= 0.2


def test_mean_amounts_are_compared_after_welch():
    """Means 4 and 1, variances 56/3 of 4 and 3 of 3: t = 3 / √(14/3 + 1), on (17/3)² / ((14/3)² / 3 + 1/2) degrees of freedom."""
    one = lift_mean([0, 2, 4, 10], [0, 0, 3])
    assert (one.treated, one.control, one.difference, one.relative) == (4, 1, 3, 3)
    assert (one.t, one.p, one.freedom) == pytest.approx((1.260252, 0.273959, 4.138425), abs=1e-6)
    assert (one.low, one.high) == pytest.approx((-3.522982, 9.522982), abs=1e-6)
    assert (one.incremental, one.incremental_low) == (12, pytest.approx(4 * -3.522982, abs=1e-5))


def test_sums_tell_the_same_as_rows():
    rows, sums = lift_mean([0, 2, 4, 10], [0, 0, 3]), lift_mean_of(4, 16, 120, 3, 3, 9)
    assert list(vars(rows).values()) == pytest.approx(list(vars(sums).values()))


def test_mean_amounts_need_two_people_and_something_that_varies():
    assert np.isnan([lift_mean([5], [1, 2]).low, lift_mean([], [1, 2]).difference, lift_mean([0, 0], [0, 0]).p]).all()
    assert lift_mean([5], [1, 2]).difference == 3.5
    one = lift_mean_of([4, 0], [16, 0], [120, 0], 3, 3, 9)
    assert np.isnan(one.p).tolist() == [False, True]
    assert np.isnan(lift_mean_of(3, 0.3, 0.03, 3, 0.3, 0.03).low)
    with pytest.raises(ValueError, match="write 0"):
        lift_mean([1, np.nan], [1, 2])


def test_what_cost_nothing_or_is_not_known_has_no_return_on_it():
    assert np.isnan([romi(100, 50, 150, cost) for cost in (0, None, -1)]).all()
    assert romi(0, -10, 10, 100) == (-1, -1.1, -0.9)


def test_a_cost_per_booking_needs_a_lift_above_nothing():
    found = np.array(cost_per([10, 10, -10], [5, 0, -20], [20, 20, -5], 100))
    assert found[:, 0].tolist() == [10, 5, 20]
    assert np.isnan(found[:, 1:]).all()


@pytest.mark.parametrize(
    "more, treated, n",
    [
        (0.1, 0.5, (327_922, 327_922)),
        (0.2, 0.5, (85_862, 85_862)),
        (0.5, 0.5, (15_599, 15_599)),
        (1, 0.5, (4_673, 4_673)),
        (0.2, 0.9, (441_222, 49_025)),
        (0.5, 0.9, (82_517, 9_169)),
        (1, 0.9, (25_474, 2_831)),
    ],
)
def test_the_worked_examples_of_sample_size(more, treated, n):
    assert required_n(0.005, more, treated) == n


@pytest.mark.parametrize("treated, control, pp", [(5000, 5000, 0.480), (20_000, 20_000, 0.218), (9000, 1000, 0.978), (45_000, 5000, 0.355)])
def test_the_worked_examples_of_what_arms_can_show(treated, control, pp):
    assert 100 * detectable(treated, control, 0.005) == pytest.approx(pp, abs=1e-3)


@settings(max_examples=50)
@given(st.floats(0.001, 0.4), st.floats(0.05, 1), st.floats(0.1, 0.9))
def test_what_arms_can_show_is_their_size_turned_round(base, more, share):
    treated, control = required_n(base, more, share)
    least = detectable(treated, control, base)
    assert least <= base * more * (1 + 1e-9)
    assert required_n(base, least / base, treated / (treated + control)) == pytest.approx((treated, control), abs=1)


def test_sizes_that_cannot_be_are_not_told():
    assert np.isnan(required_n([0, 1, 0.5, 0.5, 0.5, np.nan], [0.5, 0.5, 1.0, 0, 0.1, 0.1], [0.5, 0.5, 0.5, 0.5, 1, 0.5])).all()
    assert np.isnan(detectable([0, 10, 2], [10, 0, 2], [0.1, 0.1, 0.9])).all()
    assert 0 < detectable(200, 200, 0) < 0.1


def test_a_trial_of_the_required_size_has_its_power():
    random = np.random.default_rng(7)
    one = lift(random.binomial(15_599, 0.0075, 4000), 15_599, random.binomial(15_599, 0.005, 4000), 15_599)
    assert np.mean(one.p < 0.05) == pytest.approx(0.80, abs=0.02)


def test_the_worked_examples_of_the_sample_ratio():
    assert srm((9000, 1100), (90, 10)) == pytest.approx((8.911, 0.00283), abs=1e-3)
    assert srm((5000, 4800), (0.5, 0.5)) == pytest.approx((4.082, 0.04335), abs=1e-3)
    assert srm((5000, 4800), (1, 1))[1] == pytest.approx(0.04335, abs=1e-5)


def test_no_split_is_no_check():
    assert np.isnan([srm((0, 0), (1, 1)), srm((5, 5), (1, 0)), srm((), ()), srm((5,), (1,))]).all()
    with pytest.raises(ValueError, match="3 arms were counted and 2 planned"):
        srm((1, 2, 3), (1, 1))


def test_arms_out_of_balance_are_seen():
    """Half of one arm and 30 % of the other are from summer: 20 points; 80 of 200, so χ² = 2 · 100/40 + 2 · 100/60 = 8.3333."""
    assert balance([[50, 50], [30, 70]]) == pytest.approx((20, 0.003892), abs=1e-6)
    assert balance([[50, 50, 0], [0, 0, 0], [500, 500, 0]]) == (0, 1)
    assert np.isnan(balance([[50, 50], [0, 0]])).all()
    assert balance([[50], [40]]) == (0, pytest.approx(np.nan, nan_ok=True))


def test_groups_are_judged_together():
    """Errors of .0550 and .0451 (Newcombe's widths): Q = .19² / (.0550² + .0451²) with one degree of freedom."""
    found = heterogeneity([30, 11, 0], [100, 100, 0], [10, 10, 5], [100, 100, 50])
    assert found.difference[:2] == pytest.approx([0.2, 0.01])
    assert found.p[0] == pytest.approx(0.000407, abs=1e-6)
    assert found.q[0] == pytest.approx(2 * found.p[0])
    assert np.isnan([found.difference[2], found.q[2]]).all()
    assert found.p_same == pytest.approx(0.00758, abs=1e-5)


def test_groups_of_one_lift_are_rarely_told_apart():
    random = np.random.default_rng(7)
    base, n = np.array([0.02, 0.05, 0.1, 0.2]), np.array([800, 500, 400, 300])
    found = [heterogeneity(random.binomial(n, base + 0.02), n, random.binomial(n, base), n).p_same for _ in range(300)]
    assert 0.02 <= np.mean(np.array(found) < 0.05) <= 0.08
    assert np.isnan(heterogeneity(1, 10, 2, 10).p_same)


@pytest.mark.parametrize(
    "counts, p, says",
    [
        ((400, 50_000, 250, 50_000), 0.5, "shown"),
        ((400, 50_000, 250, 50_000), 0.0009, "broken"),
        ((400, 50_000, 250, 50_000), np.nan, "shown"),
        ((250, 50_000, 400, 50_000), 0.5, "harm"),
        ((99, 99, 0, 5000), 0.5, "few"),
        ((60, 100, 40, 100), 0.5, "shown"),
        ((50, 100, 49, 100), 0.5, "not_shown"),
        ((0, 0, 0, 0), np.nan, "few"),
        ((0, 589, 2, 143), 0.5, "few"),  # the interval leaves 0 by two bookings
        ((0, 589, 5, 143), 0.5, "harm"),
    ],
)
def test_a_lift_gets_one_of_five_verdicts(counts, p, says):
    assert verdict(lift(*counts), 0.01, p) == says


def test_arms_that_can_show_nothing_are_too_few():
    assert verdict(lift(100, 100, 99, 100), detectable(100, 100, 0.99), 0.5) == "few"
