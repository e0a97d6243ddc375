"""The Net Promoter Score, and the one that counts each kind of stay as often as it was stayed: published and hand-counted examples."""
import math

import numpy as np
import pytest

from crm_core.stats import intervals, nps

Z = 1.959964


def test_the_published_example_of_three_strata_of_answers():
    """Canary: 50 promoters, 40 passives, 10 detractors."""
    assert intervals.nps(50, 40, 10) == pytest.approx((40, 26.999, 53.001), abs=1e-3)


def test_a_difference_of_two_scores_has_the_error_of_both():
    """50/40/10 against 40/40/20: +20, standard error 10.000."""
    first, second = intervals.nps(50, 40, 10), intervals.nps(40, 40, 20)
    assert intervals.apart(first, second) == pytest.approx((0.400, 39.600), abs=1e-3)


def test_answers_are_weighted_by_stays():
    """Of 80 direct answers 60 % promote and 10 % detract, of 20 of an agency 40 % and 30 %; three of ten stays are direct: raw 42, weighted 22."""
    value, low, high = nps.weighted(["direct/guest/1", "ota/guest/1"], [300, 700], [48, 8], [24, 6], [8, 6])
    assert value == pytest.approx(22.0)
    assert ((high - value) / Z, (value - low) / Z) == pytest.approx((13.195, 13.195), abs=1e-3)


def test_a_stratum_with_four_answers_is_told_with_its_neighbour():
    """Direct guests of one night answered four times: they join those of two or three nights, not the agency's, who answered less."""
    names = ["direct/guest/1", "direct/guest/2-3", "ota/guest/1"]
    counts = np.array([[10, 4, 0, 0], [20, 6, 0, 4], [30, 5, 0, 0]], float)
    assert nps.merged(names, counts).tolist() == [[30, 10, 0, 4], [30, 5, 0, 0]]


def test_stays_of_which_nobody_answered_are_told_with_their_neighbour():
    value, _, _ = nps.weighted(["direct/guest/1", "direct/guest/2-3", "ota/guest/1"], [1, 1, 2], [0, 6, 0], [0, 4, 0], [0, 0, 10])
    assert value == pytest.approx(0.5 * 60 - 0.5 * 100)


def test_answers_that_are_all_alike_are_no_certainty():
    """Thirty promoters of one kind: Wilson's lower limit of 30 of 30 takes the place of an error of nothing."""
    assert nps.weighted(["direct/guest/1"], [10], [30], [0], [0]) == pytest.approx((100, 77.3, 100), abs=0.05)


def test_without_answers_or_stays_there_is_no_score():
    assert all(map(math.isnan, nps.weighted([], [], [], [], [])))
    assert all(map(math.isnan, nps.weighted(["direct/guest/1"], [5], [0], [0], [0])))
    assert all(map(math.isnan, nps.weighted(["direct/guest/1"], [0], [5], [0], [0])))
