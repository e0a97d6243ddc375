"""The median time to an end, where some still wait, against textbook numbers and a simulation of known truth."""
import math

import numpy as np
import pytest

from crm_core.stats.waiting import median


def test_without_anybody_waiting_it_is_the_usual_median():
    assert median([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [True] * 10) == (5, 1, 8, 10)


def test_who_still_waits_counts_as_far_as_seen():
    """Freireich's leukaemia trial, 6-MP arm: median 23 weeks, 95 % from 13 and open above (Kaplan-Meier in every textbook)."""
    times = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapsed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    value, low, high, n = median(times, relapsed)
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
