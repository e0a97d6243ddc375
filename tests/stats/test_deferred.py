"""The published examples of points as a promise: what is allocated to them, and when it becomes revenue."""

import numpy as np
import pytest

from crm_core.stats.deferred import allocate, released, waiting

YEAR_2 = (4500, 9700)  # redeemed to date, expected in the end
YEAR_3 = (8500, 9900)
YEAR_3B = (8500, 9200)


def test_the_published_example_with_its_rounded_share():
    """KPMG 10A: the ratio 9,700 / 109,700 rounded to 9 % of sales of 100,000."""
    assert released(9000, *YEAR_2) == pytest.approx(4175.26, abs=0.005)
    assert released(9000, *YEAR_3) - released(9000, *YEAR_2) == pytest.approx(3552.01, abs=0.005)


def test_fewer_redemptions_expected_are_caught_up_at_once():
    """KPMG 10B: 9,200 expected in place of 9,900."""
    assert released(9000, *YEAR_3B) - released(9000, *YEAR_2) == pytest.approx(4139.96, abs=0.005)


def test_the_same_without_rounding_the_share():
    allocation = allocate(100_000, 100_000, 10_000, 0.97)
    assert allocation == pytest.approx(8842.30, abs=0.005)
    assert released(allocation, *YEAR_2) == pytest.approx(4102.10, abs=0.005)
    assert released(allocation, *YEAR_3) - released(allocation, *YEAR_2) == pytest.approx(3489.77, abs=0.005)
    assert released(allocation, *YEAR_3B) - released(allocation, *YEAR_2) == pytest.approx(4067.42, abs=0.005)


def test_what_is_not_released_waits():
    assert waiting(9000, *YEAR_3) == pytest.approx(9000 - 4175.26 - 3552.01, abs=0.01)


def test_a_discount_is_shared_between_the_stay_and_its_points():
    """Sold for 90 what alone costs 100, with points worth 20 of which half are redeemed: 90 · 10 / 110."""
    assert allocate(90, 100, 20, 0.5) == pytest.approx(8.1818, abs=5e-5)


def test_points_that_nobody_redeems_take_nothing_of_the_price():
    assert allocate(100, 100, 20, 0) == 0


def test_nothing_is_allocated_between_two_things_without_a_worth():
    assert np.isnan(allocate(0, 0, 0, 0.7))


@pytest.mark.parametrize(("redeemed", "expected"), [(5, 5), (6, 5), (0, 0)])
def test_all_is_released_once_no_more_is_expected(redeemed, expected):
    assert released(80, redeemed, expected) == 80
    assert waiting(80, redeemed, expected) == 0


def test_nothing_is_released_before_the_first_point_is_redeemed():
    assert released(80, 0, 5) == 0


def test_what_is_not_known_stays_unknown():
    assert np.isnan(released(80, [np.nan, 3], [5, np.nan])).all()
    assert np.isnan(allocate([100, 100], 100, 20, [np.nan, 0.5])).tolist() == [True, False]


def test_many_stays_are_told_at_once():
    allocation = allocate(np.array([100, 200]), np.array([100, 200]), np.array([10, 0]), 0.5)
    assert allocation == pytest.approx([100 * 5 / 105, 0])
    assert released(np.array([80, 80, 80]), np.array([0, 1, 4]), 4) == pytest.approx([0, 20, 80])
