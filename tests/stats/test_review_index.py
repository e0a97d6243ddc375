"""The open review index, counted by hand, and its interval by drawing and by formula."""
import math

import numpy as np
import pytest

from crm_core.stats import review_index


def test_a_rating_weighs_half_after_ninety_days():
    assert review_index.weights([0, 90, 180]).tolist() == [1.0, 0.5, 0.25]
    assert review_index.weights([90], 3.0).tolist() == [1.5]


def test_the_index_is_what_one_counts_by_hand():
    """100 of today and 40 of ninety days ago, drawn to 70 by ten: (100 + 0.5·40 + 10·70) / (1 + 0.5 + 10) = 820 / 11.5."""
    assert review_index.index([100, 40], [1, 0.5], [1, 1], 70.0)[0] == pytest.approx(820 / 11.5)


def test_ratings_that_are_told_together_count_as_if_each_was_told():
    together = review_index.index([100, 40], [1, 0.5], [3, 2], 70.0, draw=False)
    each = review_index.index([100, 100, 100, 40, 40], [1, 1, 1, 0.5, 0.5], [1] * 5, 70.0, draw=False)
    assert together == pytest.approx(each)


def test_drawing_and_formula_agree_on_many_ratings():
    random = np.random.default_rng(1)
    rating, weight = random.choice([0, 50, 100], 2000, p=[0.1, 0.3, 0.6]), review_index.weights(random.integers(1, 365, 2000))
    drawn = review_index.index(rating, weight, np.ones(2000), 75.0)
    formula = review_index.index(rating, weight, np.ones(2000), 75.0, draw=False)
    assert drawn[0] == formula[0]
    assert drawn[1:] == pytest.approx(formula[1:], abs=0.25)
    assert formula[2] - formula[1] == pytest.approx(4.2, abs=0.8)


def test_without_ratings_there_is_no_index_and_with_one_no_interval():
    assert all(map(math.isnan, review_index.index([], [], [], 70.0)))
    assert all(map(math.isnan, review_index.index([100], [1], [1], math.nan)))
    value, low, high = review_index.index([100], [1], [1], 45.0)
    assert (value, math.isnan(low), math.isnan(high)) == (pytest.approx(50.0), True, True)
