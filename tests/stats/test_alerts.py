"""Alerts are rare on noise, sure on a real drop, silent where nothing can be said."""

import numpy as np
import pytest

from crm_core.stats.alerts import adjusted, benjamini_hochberg, unusual

WEEKDAYS = np.array([80, 80, 85, 95, 120, 130, 110])
PUBLISHED_1995 = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1]


def nights(random, weeks, series, noise=0.10):
    """(days × series) daily counts around a weekday pattern: log-normal day noise, then Poisson."""
    pattern = np.tile(WEEKDAYS, weeks)[:, None]
    return random.poisson(pattern * np.exp(random.normal(0, noise, (7 * weeks, series)))).astype(float)


def wobbling(weeks=29):
    """(days × 1) counts of 100 and 110 in turn, week by week: the median of eight weeks lies between, so the noise is known by hand."""
    return np.repeat(np.where(np.arange(weeks) % 2, 110.0, 100.0), 7)[:, None]


def test_the_published_example_has_four_discoveries_at_five_percent():
    assert benjamini_hochberg(PUBLISHED_1995, q=0.05).tolist() == [True] * 4 + [False] * 11


def test_discoveries_do_not_depend_on_the_order_and_untested_series_do_not_count():
    shuffled = [np.nan, *PUBLISHED_1995[::-1], np.nan]
    assert benjamini_hochberg(shuffled, q=0.05).tolist() == [False] * 12 + [True] * 4 + [False]


def test_a_p_value_above_its_own_step_is_carried_by_a_later_one_that_passes():
    assert benjamini_hochberg([0.06, 0.07], q=0.10).tolist() == [True, True]
    assert benjamini_hochberg([0.06, 0.50], q=0.10).tolist() == [False, False]


@pytest.mark.parametrize("p", [[], [np.nan, np.nan], [0.9]])
def test_nothing_to_discover_is_no_error(p):
    assert not benjamini_hochberg(p).any()


def test_the_published_example_has_its_q_values():
    """p × 15 / rank, none above that of a larger p: .0278 × 15/6 = .0695 is drawn down to .0298 × 15/7 = .0639."""
    q = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.063857, 0.063857, 0.0645, 0.0765, 0.486, 0.581182, 0.714875, 0.753231, 0.813214, 1]
    assert adjusted(PUBLISHED_1995) == pytest.approx(q, abs=5e-7)


@pytest.mark.parametrize("q", [0.01, 0.05, 0.0639, 0.10, 0.50])
def test_a_q_value_flags_what_the_step_up_rule_flags_in_any_order_beside_what_is_not_known(q):
    p = np.array([np.nan, *PUBLISHED_1995[::-1], np.nan])
    assert (adjusted(p) <= q).tolist() == benjamini_hochberg(p, q).tolist()
    assert np.isnan(adjusted(p)).tolist() == np.isnan(p).tolist()


def test_no_tests_have_no_q_values():
    assert adjusted([]).tolist() == []
    assert np.isnan(adjusted([np.nan])).all()


def test_the_last_week_is_compared_with_the_median_of_eight_weeks_on_the_log_scale():
    last = unusual(wobbling())
    assert last.value == [700]
    usual = np.sqrt(700.5 * 770.5)  # the middle between four weeks of 700 and four of 770
    half_step = np.log(770.5 / 700.5) / 2  # the size of nearly every residual, up or down
    np.testing.assert_allclose(last.expected, [usual - 0.5])
    np.testing.assert_allclose(last.z, [-1 / 1.4826])
    np.testing.assert_allclose(last.p, [0.5000], atol=5e-5)
    np.testing.assert_allclose(last.low, [usual * np.exp(-3.5 * 1.4826 * half_step) - 0.5])
    np.testing.assert_allclose(last.high, [usual * np.exp(3.5 * 1.4826 * half_step) - 0.5])
    assert not last.flagged.any()


def test_a_flagged_value_lies_outside_the_usual_range_and_others_inside():
    values = nights(np.random.default_rng(5), 52, 200, noise=0.05)
    values[-7:, :50] *= np.linspace(0.5, 1.6, 50)
    last = unusual(values)
    inside = (last.low <= last.value) & (last.value <= last.high)
    assert last.flagged.sum() > 20
    assert not (inside & last.flagged).any()
    assert (inside == (np.abs(last.z) <= 3.5)).all()


def test_a_value_just_outside_is_flagged_alone_but_not_among_a_thousand_series():
    values = wobbling()
    values[-7:] = (np.sqrt(700.5 * 770.5) * np.exp(3.6 * 1.4826 * np.log(770.5 / 700.5) / 2) - 0.5) / 7  # z = 3.6, p = .0003
    assert unusual(values).flagged.all()
    assert not unusual(np.hstack([values, np.tile(wobbling(), 999)])).flagged.any()


def test_a_single_day_is_compared_with_its_own_weekday():
    values = nights(np.random.default_rng(2), 52, 3)
    last = unusual(values, block=1)
    middle_two = np.sort(values[-8:-58:-7], axis=0)[3:5] + 0.5  # of the eight Sundays before
    np.testing.assert_array_equal(last.value, values[-1])
    np.testing.assert_allclose(last.expected, np.sqrt(middle_two[0] * middle_two[1]) - 0.5)


@pytest.mark.parametrize("block", [1, 7])
@pytest.mark.parametrize("weeks", [17, 52])
def test_pure_noise_on_a_weekday_pattern_is_rarely_flagged(block, weeks):
    random = np.random.default_rng(11)
    flagged = np.concatenate([unusual(nights(random, weeks, 200), block).flagged for _ in range(5)])
    assert flagged.mean() <= 0.025


def test_a_week_of_a_quarter_less_is_found_four_times_in_five():
    random = np.random.default_rng(12)
    found = []
    for _ in range(10):
        values = nights(random, 104, 200)
        values[-7:, :20] = np.round(values[-7:, :20] * 0.75)
        found.append(unusual(values).flagged[:20].mean())
    assert np.mean(found) >= 0.80


@pytest.mark.parametrize("block", [1, 7])
@pytest.mark.parametrize("cut", range(7))
def test_a_weekday_pattern_alone_is_never_flagged_whatever_weekday_is_last(block, cut):
    values = np.tile(WEEKDAYS.astype(float), 40)[: 280 - cut, None]
    values = values * (1 + 0.01 * np.sin(np.arange(len(values)))[:, None])  # a little noise, so that there is a scale
    assert np.isfinite(unusual(values, block).z).all()
    assert not unusual(values, block).flagged.any()


def test_sixteen_weeks_of_history_are_needed_for_a_weekly_verdict():
    values = nights(np.random.default_rng(3), 17, 4)
    assert np.isfinite(unusual(values).z).all()
    too_short = unusual(values[7:])
    assert np.isnan(too_short.z).all() and not too_short.flagged.any()
    assert (too_short.value == values[-7:].sum(axis=0)).all()


def test_three_days_of_history_say_nothing_and_warn_of_nothing():
    last = unusual(np.full((3, 2), 10.0))
    assert np.isnan([last.value, last.expected, last.low, last.high, last.z, last.p]).all()
    assert not last.flagged.any()


def test_a_missing_day_is_masked_and_not_counted_as_zero():
    values = nights(np.random.default_rng(4), 40, 1)
    gap, zero = values.copy(), values.copy()
    gap[-36:-7:7], zero[-36:-7:7] = np.nan, 0  # the last day of each of the five weeks before
    assert np.isnan(unusual(gap).z).all()  # three known comparisons of eight are too few
    gap[-8] = values[-8]
    weeks = values.reshape(40, 7).sum(axis=1) + 0.5
    np.testing.assert_allclose(unusual(gap).expected, np.exp(np.median(np.log(weeks[[38, 33, 32, 31]]))) - 0.5)
    assert unusual(zero).expected < unusual(gap).expected


def test_a_missing_day_in_the_last_week_leaves_it_unjudged():
    values = nights(np.random.default_rng(4), 40, 2)
    values[-3, 0] = np.nan
    last = unusual(values)
    assert np.isnan([last.value[0], last.z[0]]).all() and np.isfinite(last.z[1])


def test_a_series_without_any_noise_is_not_judged_and_divides_by_nothing():
    constant = np.full((210, 2), 30.0)
    constant[-1, 1] = 0
    last = unusual(constant)
    np.testing.assert_allclose(last.expected, 210)
    assert np.isnan(last.z).all() and not last.flagged.any()


def test_a_day_without_a_single_guest_is_flagged_in_a_busy_house():
    values = nights(np.random.default_rng(6), 52, 1)
    values[-1] = 0
    last = unusual(values, block=1)
    assert last.value == [0] and last.flagged.all() and last.low > 0


def test_a_ratio_is_the_ratio_of_sums_over_the_block():
    random = np.random.default_rng(8)
    sent = np.tile([10.0, 10, 10, 10, 10, 10, 40], 40)[:, None]
    opened = random.binomial(sent.astype(int), 0.5).astype(float)
    opened[-7:] = [[9], [9], [9], [9], [9], [9], [6]]
    last = unusual(opened, over=sent)
    assert last.value == [0.60]  # 60 of 100; the mean of the days' shares would be 0.79
    np.testing.assert_allclose(last.expected, 0.5, atol=0.06)


def test_a_ratio_with_nothing_below_is_missing():
    below = np.ones((210, 1))
    below[-7:] = 0
    last = unusual(np.ones((210, 1)), over=below)
    assert np.isnan(last.value).all() and not last.flagged.any()
