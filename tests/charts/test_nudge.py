"""Names are moved apart as little as possible, keep their order, and stay inside where they fit."""

import itertools

import pytest

from crm_core.charts.nudge import nudged


@pytest.mark.parametrize(("ys", "least", "places"), [
    ([], 14, []),
    ([30], 14, [30]),
    ([10, 50, 90], 14, [10, 50, 90]),  # far enough apart: none moves
    ([20, 24], 14, [15, 29]),  # both give way by the same
    ([20, 20, 20], 10, [10, 20, 30]),  # equal ones part in the order given
    ([90, 20, 24], 14, [90, 15, 29]),  # given in any order, answered in that order
    ([0, 10, 20], 14, [-4, 10, 24]),
    ([0, 14, 17], 14, [-11 / 3, 31 / 3, 73 / 3]),  # one pushed against the next moves that too
])  # fmt: skip
def test_names_move_apart_as_little_as_possible(ys, least, places):
    assert nudged(ys, least) == pytest.approx(places)


def test_none_leaves_the_plot_at_the_bottom_or_at_the_top():
    assert nudged([1, 2], 14, low=0, high=100) == pytest.approx([0, 14])
    assert nudged([99, 98], 14, low=0, high=100) == pytest.approx([100, 86])


def test_where_not_all_fit_the_lowest_stays_and_they_still_do_not_touch():
    assert nudged([5, 5, 5], 14, low=0, high=20) == pytest.approx([0, 14, 28])


def test_any_order_gives_the_same_places_at_least_14_apart():
    for ys in itertools.permutations([3, 9, 11, 40, 42]):
        assert dict(zip(ys, nudged(ys, 14))) == pytest.approx({3: -7, 9: 7, 11: 21, 40: 35, 42: 49})


def test_no_other_places_are_closer():
    best = nudged([3, 9, 40], 14)
    moved = sum((a - b) ** 2 for a, b in zip(best, [3, 9, 40]))
    grid = range(-10, 50)
    tried = [(a - 3) ** 2 + (b - 9) ** 2 + (c - 40) ** 2 for a in grid for b in grid if b - a >= 14 for c in grid if c - b >= 14]
    assert best == pytest.approx([-1, 13, 40])
    assert moved == pytest.approx(min(tried))
