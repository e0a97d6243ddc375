"""Curves, medians and the log-rank test against textbook numbers, counts by hand and lifelines; intervals against simulations of known truth."""

import math

import numpy as np
import pytest

from crm_core.stats.survival import kaplan_meier, logrank, median

# Freireich and others 1963: weeks in remission on 6-MP and on placebo, in every textbook since Cox.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
# Ten guests by hand: days to the second stay, or last seen without one.
DAYS = [30, 60, 60, 90, 120, 180, 200, 365, 365, 400]
CAME = [1, 1, 0, 1, 0, 1, 0, 1, 0, 0]
# A third group for the log-rank test.
OTHERS = ([3, 5, 7, 9, 10, 14, 18, 21, 28, 30], [1, 0, 1, 1, 0, 1, 1, 0, 1, 0], None)


def at(curve, time, what):
    """Return one of the curve's arrays at some of its times."""
    return getattr(curve, what)[np.searchsorted(curve.time, time)]


def same(first, second):
    """Say whether two curves are alike to the last bit."""
    return all(np.array_equal(getattr(first, f), getattr(second, f), equal_nan=True) for f in first.__dataclass_fields__)


# --- the curve --------------------------------------------------------------------------------------------------------
def test_freireich_is_as_printed():
    curve = kaplan_meier(WEEKS, RELAPSED)
    assert at(curve, [6, 7, 10, 13, 16, 22, 23], "survival") == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert at(curve, [6, 7, 10, 13, 16, 22, 23], "at_risk").tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert (curve.n, curve.events) == (21, 9)


def test_the_band_is_log_log():
    curve = kaplan_meier(WEEKS, RELAPSED)
    assert at(curve, [10, 23], "low") == pytest.approx([0.503, 0.188], abs=1e-3)
    assert at(curve, [10, 23], "high") == pytest.approx([0.889, 0.680], abs=1e-3)


def test_ten_guests_by_hand():
    curve = kaplan_meier(DAYS, CAME)
    assert at(curve, [30, 60, 90, 180, 365], "survival") == pytest.approx([0.9, 0.8, 0.685714, 0.548571, 0.365714], abs=1e-6)
    assert at(curve, [30, 60, 90, 180, 365], "error") == pytest.approx([0.094868, 0.126491, 0.151494, 0.172438, 0.188432], abs=1e-6)
    assert (at(curve, 180, "low"), at(curve, 180, "high")) == (pytest.approx(0.1873, abs=5e-5), pytest.approx(0.8064, abs=5e-5))


def test_returned_by_a_day_is_what_is_no_longer_waiting():
    """By day 180 45.1 % have returned, and so it stays until day 199; five guests were followed to day 180, four to day 181."""
    curve = kaplan_meier(DAYS, CAME)
    value, low, high, at_risk = curve.returned([180, 181, 199])
    assert value == pytest.approx([0.451429] * 3, abs=1e-6)
    assert low == pytest.approx([1 - 0.8064] * 3, abs=5e-5)
    assert high == pytest.approx([1 - 0.1873] * 3, abs=5e-5)
    assert at_risk.tolist() == [5, 4, 4]


def test_a_curve_says_nothing_beyond_the_last_day_observed():
    curve = kaplan_meier(DAYS, CAME)
    assert curve.returned(400)[0] == pytest.approx(1 - 0.365714, abs=1e-6)
    *values, at_risk = curve.returned(401)
    assert np.isnan(values).all()
    assert at_risk == 0


def test_before_the_first_return_none_of_ten_is_no_certainty():
    """Wilson's interval of 0 of 10; on day 45, 0 % would be wrong, and 1 of 10 it is."""
    curve = kaplan_meier(DAYS, CAME)
    assert curve.returned(29) == (0, 0, pytest.approx(0.2775, abs=1e-4), 10)
    assert curve.returned(45)[0] == pytest.approx(0.1)


def test_a_return_on_the_day_of_departure_counts():
    curve = kaplan_meier([0, 0, 3, 4], [1, 0, 1, 0])
    assert curve.survival.tolist() == pytest.approx([3 / 4, 3 / 8, 3 / 8])
    assert curve.returned(0)[0] == pytest.approx(1 / 4)


def test_who_leaves_on_a_day_is_still_at_risk_of_that_days_returns():
    curve = kaplan_meier([5, 5, 5, 8], [1, 0, 0, 0])
    assert curve.at_risk.tolist() == [4, 1]
    assert curve.survival[0] == pytest.approx(3 / 4)


def test_counts_give_what_their_rows_give():
    draw = np.random.default_rng(4)
    time, returned, n = draw.integers(0, 300, 200), draw.random(200) < 0.4, draw.integers(0, 9, 200)
    entry = draw.integers(0, 100, 200)
    rows = np.repeat(np.arange(200), n)
    assert same(kaplan_meier(time, returned, n), kaplan_meier(time[rows], returned[rows]))
    assert same(kaplan_meier(time, returned, n, entry), kaplan_meier(time[rows], returned[rows], entry=entry[rows]))


def test_whole_days_and_parts_of_days_give_the_same_curve():
    draw = np.random.default_rng(5)
    time, returned = draw.integers(0, 90, 500), draw.random(500) < 0.5
    days, hours = kaplan_meier(time, returned), kaplan_meier(time + 0.25, returned)
    assert np.array_equal(hours.time, days.time + 0.25)
    assert np.array_equal(hours.survival, days.survival)
    assert np.array_equal(hours.low, days.low)


def test_the_order_of_the_guests_means_nothing():
    assert same(kaplan_meier(WEEKS[::-1], RELAPSED[::-1]), kaplan_meier(WEEKS, RELAPSED))


def test_how_far_ten_are_followed():
    curve = kaplan_meier(WEEKS, RELAPSED)
    assert (curve.known_until(), curve.known_until(21), curve.known_until(1)) == (17, 6, 35)
    assert math.isnan(curve.known_until(22))


# --- delayed entry ----------------------------------------------------------------------------------------------------
SEEN = [5, 8, 12, 12, 15, 20, 22, 30, 30, 41]
BACK = [1, 0, 1, 1, 0, 1, 1, 0, 1, 0]
FROM = [0, 0, 4, 0, 6, 9, 0, 12, 20, 25]


def test_who_is_seen_late_is_at_risk_only_from_then_on():
    """Literals of lifelines 0.30.3; on day 12 five are at risk, for who can be seen from day 12 is so only after it."""
    curve = kaplan_meier(SEEN, BACK, entry=FROM)
    times = [5, 12, 20, 22, 30]
    assert at(curve, times, "survival") == pytest.approx([0.8, 0.48, 0.32, 0.213333, 0.142222], abs=1e-6)
    assert at(curve, times, "low") == pytest.approx([0.203809, 0.099986, 0.042749, 0.021378, 0.011379], abs=1e-6)
    assert at(curve, times, "high") == pytest.approx([0.969180, 0.791405, 0.662426, 0.537583, 0.427478], abs=1e-6)
    assert at(curve, times, "at_risk").tolist() == [5, 5, 3, 3, 3]


def test_leaving_delayed_entry_out_would_overstate_the_waiting():
    """Those who returned before the records begin are missing, so that without entry times everybody seems slow: true median 6.93."""
    draw = np.random.default_rng(6)
    time, entry = draw.exponential(10, 20_000), draw.uniform(0, 20, 20_000) * (draw.random(20_000) < 0.5)
    there = time > entry
    time, entry = time[there], entry[there]
    returned = np.ones(len(time), bool)
    assert kaplan_meier(time, returned, entry=entry).median()[0] == pytest.approx(6.93, abs=0.2)
    assert kaplan_meier(time, returned).median()[0] > 8


def test_entry_at_the_beginning_is_no_entry():
    assert same(kaplan_meier(DAYS, CAME, entry=[0] * 10), kaplan_meier(DAYS, CAME))
    assert same(kaplan_meier(DAYS, CAME, entry=[-400] * 10), kaplan_meier(DAYS, CAME))


def test_who_was_gone_before_he_could_be_seen_is_not_counted():
    curve = kaplan_meier([10, 20, 30], [1, 1, 0], entry=[10, 0, 0])
    assert (curve.n, curve.events, curve.time.tolist()) == (2, 1, [20, 30])


def test_nothing_is_said_of_a_time_at_which_nobody_could_be_seen():
    curve = kaplan_meier([10, 30], [1, 0], entry=[0, 20])
    *values, at_risk = curve.returned(15)
    assert np.isnan(values).all()
    assert at_risk == 0


# --- small and one-sided worlds ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("n", "entry"), [(None, None), ([], []), (None, [])])
def test_nobody_is_an_empty_curve(n, entry):
    curve = kaplan_meier([], [], n, entry)
    assert (curve.n, curve.events, len(curve.time)) == (0, 0, 0)
    assert np.isnan([*curve.returned(30)[:3], *curve.median(), curve.known_until()]).all()


def test_groups_of_nobody_are_nobody():
    assert kaplan_meier([5, 9], [1, 0], n=[0, 0]).n == 0
    assert same(kaplan_meier([5, 7, 9], [1, 1, 0], n=[1, 0, 1]), kaplan_meier([5, 9], [1, 0]))


def test_one_guest_who_returned_is_no_certainty():
    """Wilson's interval of 1 of 1."""
    curve = kaplan_meier([5], [1])
    assert curve.returned(5) == (1, pytest.approx(0.2065, abs=1e-4), 1, 1)
    assert math.isnan(curve.error[0])


def test_one_guest_who_has_not_returned_is_no_certainty_either():
    assert kaplan_meier([5], [0]).returned(5) == (0, 0, pytest.approx(0.7935, abs=1e-4), 1)


def test_when_all_have_returned_the_bands_end_stays_where_it_was():
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])
    assert curve.survival.tolist() == pytest.approx([0.75, 0.5, 0.25, 0])
    assert curve.high[3] == curve.high[2] > 0.6
    assert curve.low[3] == 0


def test_when_none_has_returned_the_doubt_grows_as_guests_drop_out():
    curve = kaplan_meier([10, 20, 30], [0, 0, 0])
    assert curve.survival.tolist() == [1, 1, 1]
    assert curve.returned([10, 20, 30])[2].tolist() == pytest.approx([0.5615, 0.6576, 0.7935], abs=1e-4)


@pytest.mark.parametrize("time", [[3, np.nan], [3, -1], [3, np.inf]])
def test_an_impossible_time_is_refused(time):
    with pytest.raises(ValueError, match="missing or negative"):
        kaplan_meier(time, [1, 1])


def test_the_band_covers_the_truth_as_often_as_it_says():
    """Share still waiting on day 10 of exponential times with mean 20, a third cut off: e^-0.5; 400 samples of 60."""
    draw, covered = np.random.default_rng(3), 0
    for _ in range(400):
        time, cut = draw.exponential(20, 60), draw.exponential(40, 60)
        _, low, high, _ = kaplan_meier(np.minimum(time, cut), time <= cut).returned(10)
        covered += low <= 1 - math.exp(-0.5) <= high
    assert covered / 400 == pytest.approx(0.95, abs=0.03)


# --- medians ----------------------------------------------------------------------------------------------------------
def test_the_median_is_the_first_day_by_which_half_have_returned():
    value, low, high = kaplan_meier(DAYS, CAME).median()
    assert (value, low) == (365, 30)
    assert math.isnan(high)


def test_exactly_one_half_is_half():
    """Of 24, the product of 23/24, 22/23 … 12/13 comes out a hair above one half."""
    assert kaplan_meier(np.arange(1, 25), [1] * 24).median()[0] == 12


def test_without_anybody_waiting_it_is_the_usual_median():
    assert median([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [True] * 10) == (5, 1, 8, 10)


def test_who_still_waits_counts_as_far_as_seen():
    """Freireich's 6-MP arm: median 23 weeks, 95 % from 13 and open above."""
    value, low, high, n = median(WEEKS, RELAPSED)
    assert (value, low, n) == (23, 13, 21)
    assert math.isnan(high)


def test_where_most_still_wait_there_is_no_median():
    value, _, high, n = median([1, 2, 3, 4, 5, 6], [1, 0, 0, 0, 0, 0])
    assert math.isnan(value)
    assert math.isnan(high)
    assert n == 6


def test_nobody_is_no_error():
    value, low, high, n = median([], [])
    assert n == 0
    assert all(math.isnan(x) for x in (value, low, high))


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """Exponential times with a mean of 10 and half of them cut off: the median is 6.93; 300 samples of 80."""
    draw, covered = np.random.default_rng(1), 0
    for _ in range(300):
        time, cut = draw.exponential(10, 80), draw.exponential(10, 80)
        _, low, high, _ = median(np.minimum(time, cut), time <= cut)
        covered += low <= 10 * math.log(2) and not high < 10 * math.log(2)
    assert covered / 300 == pytest.approx(0.95, abs=0.03)


# --- log-rank ---------------------------------------------------------------------------------------------------------
def test_six_mp_against_placebo():
    chi2, degrees, p = logrank([(WEEKS, RELAPSED, None), (PLACEBO, [1] * 21, None)])
    assert chi2 == pytest.approx(16.79, abs=5e-3)
    assert (degrees, p) == (1, pytest.approx(4.17e-5, rel=1e-3))


def test_three_groups_have_two_degrees_of_freedom():
    """Literals of lifelines 0.30.3."""
    chi2, degrees, p = logrank([(WEEKS, RELAPSED, None), (PLACEBO, [1] * 21, None), OTHERS])
    assert (chi2, degrees, p) == (pytest.approx(19.476920, abs=1e-6), 2, pytest.approx(5.897e-5, rel=1e-3))


def test_groups_of_counts_are_groups_of_rows():
    rows = logrank([(WEEKS, RELAPSED, None), (np.repeat(DAYS, 3), np.repeat(CAME, 3), None)])
    assert logrank([(WEEKS, RELAPSED, [1] * 21), (DAYS, CAME, [3] * 10)]) == pytest.approx(rows)


@pytest.mark.parametrize(("groups", "degrees"), [
    ([], 0), ([(DAYS, CAME, None)], 0), ([(DAYS, CAME, None), ([], [], None)], 0),
    ([(DAYS, [0] * 10, None), (WEEKS, [0] * 21, None)], 0),
    ([([3], [1], None), ([3], [1], None)], 1)])  # fmt: skip
def test_where_there_is_nothing_to_compare_there_is_no_p(groups, degrees):
    chi2, df, p = logrank(groups)
    assert math.isnan(chi2)
    assert math.isnan(p)
    assert df == degrees


def test_a_group_of_nobody_changes_nothing():
    both = logrank([(WEEKS, RELAPSED, None), (PLACEBO, [1] * 21, None)])
    assert logrank([(WEEKS, RELAPSED, None), ([], [], None), (PLACEBO, [1] * 21, None)]) == both


def test_of_groups_that_are_alike_one_in_twenty_is_called_different():
    draw, rejected = np.random.default_rng(8), 0
    for _ in range(400):
        time, cut = draw.exponential(10, (3, 60)).round(), draw.exponential(20, (3, 60)).round()
        rejected += logrank([(np.minimum(t, c), t <= c, None) for t, c in zip(time, cut)])[2] < 0.05
    assert rejected / 400 == pytest.approx(0.05, abs=0.03)
