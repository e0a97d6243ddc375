"""Each group against all others: published differences, and p-values that agree with their intervals."""

import numpy as np
import pytest

from crm_core.stats import contrasts, intervals


def test_two_shares_are_compared_as_newcombe_published_them():
    """Newcombe 1998: 56 of 70 against 48 of 80. The pooled share is 104/150, so that z = .2 / √(.6933 · .3067 · (1/70 + 1/80)) = 2.650."""
    found = contrasts.shares([56], [70], [48], [80])
    assert found.difference == pytest.approx([0.2])
    assert (found.difference_low[0], found.difference_high[0]) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert found.p == pytest.approx([0.008045], abs=5e-7)
    assert (found.value[0], found.rest[0]) == (0.8, 0.6)


def test_a_share_without_cases_is_not_judged_and_one_that_cannot_differ_does_not():
    found = contrasts.shares([0, 0, 5], [0, 10, 5], [5, 0, 9], [10, 20, 9])
    assert np.isnan(found.p).tolist() == [True, False, False]
    assert found.p[1:].tolist() == [1, 1]
    assert np.isnan(found.value).tolist() == [True, False, False]


def test_guests_who_are_all_alike_differ_for_certain_from_others_who_are_all_alike():
    found = contrasts.ratios(moments([2, 2], [1, 1]), moments([3, 3, 3], [1, 1, 1]))
    assert (found.difference[0], found.difference_low[0], found.difference_high[0], found.p[0]) == (-1, -1, -1, 0)


def moments(x, y):
    x, y = np.asarray(x, float), np.asarray(y, float)
    return tuple(np.array([a]) for a in (len(x), x.sum(), y.sum(), (x * x).sum(), (x * y).sum(), (y * y).sum()))


def test_ten_bookings_of_one_guest_are_not_ten_guests():
    """Ten guests with ten bookings each, five of whom cancel all: 250 · 10/9 / 100² = .0278 in place of .25 / 100, so that 100 are worth 9."""
    all_or_nothing = moments([10] * 5 + [0] * 5, [10] * 10)
    found = contrasts.clustered_shares(all_or_nothing, moments([1] * 50 + [0] * 150, [1] * 200))
    assert (found.value[0], found.rest[0]) == (0.5, 0.25)
    assert (found.low[0], found.high[0]) == pytest.approx([a[0] for a in intervals.wilson([4.5], [9])])
    assert found.p[0] > 0.05 > contrasts.shares([50], [100], [50], [200]).p[0]


def test_a_share_of_none_keeps_its_interval_and_one_booking_each_is_the_plain_share():
    none, others = moments([0] * 40, [1] * 40), moments([1] * 50 + [0] * 150, [1] * 200)
    found, plain = contrasts.clustered_shares(none, others), contrasts.shares([0], [40], [50], [200])
    assert (found.low[0], found.high[0]) == (plain.low[0], plain.high[0])
    assert found.p == pytest.approx(plain.p, rel=0.02)


def test_two_means_over_guests_are_compared_by_their_variances():
    """Means 3 and 6 of four guests each: variances 2/3 and 8/3, so that the error is √((2/3 + 8/3) / 4) = .9129 and z = 3.286."""
    found = contrasts.ratios(moments([2, 3, 3, 4], [1] * 4), moments([4, 6, 6, 8], [1] * 4))
    assert (found.value[0], found.rest[0], found.difference[0]) == (3, 6, -3)
    assert (found.difference_low[0], found.difference_high[0]) == pytest.approx((-3 - 1.7892, -3 + 1.7892), abs=1e-4)
    assert found.p == pytest.approx([0.001015], abs=5e-6)


def test_a_ratio_over_one_guest_or_over_nothing_is_not_judged():
    alone, nothing, others = moments([2], [1]), moments([0, 0], [0, 0]), moments([2, 3], [1, 1])
    found = contrasts.ratios([np.concatenate(pair) for pair in zip(alone, nothing, strict=True)], [np.repeat(a, 2) for a in others])
    assert np.isnan(found.p).all()
    assert np.isnan(found.value).tolist() == [False, True]


@pytest.mark.parametrize("other", [(0.31, 0.26, 0.36), (0.24, 0.20, 0.29), (0.10, 0.07, 0.14)])
def test_p_is_below_five_percent_just_where_the_interval_leaves_zero_out(other):
    own = (0.25, 0.22, 0.28)
    for first, second in ((own, other), (other, own)):
        found = contrasts.estimates([np.array([a]) for a in first], [np.array([a]) for a in second])
        assert (found.p[0] < 0.05) == (not found.difference_low[0] <= 0 <= found.difference_high[0])


def test_symmetric_estimates_get_the_plain_z_test():
    """Errors of .03/1.96 and .04/1.96: the difference .1 is 3.92 of their common errors of .05/1.96."""
    found = contrasts.estimates([np.array([a]) for a in (0.3, 0.27, 0.33)], [np.array([a]) for a in (0.2, 0.16, 0.24)])
    assert found.p == pytest.approx([8.857e-05], rel=1e-3)
    assert (found.difference_low[0], found.difference_high[0]) == pytest.approx((0.05, 0.15))
    assert intervals.Z == 1.959964
