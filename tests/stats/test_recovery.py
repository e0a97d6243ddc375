"""The difference of two shares is told raw and among those who are alike."""
import math

import pytest

from crm_core.stats.recovery import difference


def test_a_difference_between_unlike_groups_shrinks_among_those_alike():
    """Fast: 1,020 minor and 180 major cases, slow: 300 and 900; who returns: .24/.12 and .20/.08, so that fast is worth 4 points in each."""
    found = difference([245, 22], [1020, 180], [60, 72], [300, 900])
    assert found.raw == pytest.approx(267 / 1200 - 132 / 1200)
    assert found.stratified == pytest.approx(.0410, abs=.0005)
    assert found.low == pytest.approx(.0034, abs=.0002)  # standard error .0192 by hand
    assert (found.n, found.others) == (1200, 1200)


def test_the_weights_and_the_variance_are_those_of_mantel_haenszel():
    """One stratum: 3 of 10 against 1 of 10 is 0.2, its variance .021 + .009."""
    found = difference([3], [10], [1], [10])
    assert found.stratified == pytest.approx(.2)
    assert found.high - found.stratified == pytest.approx(1.959964 * math.sqrt(.021 + .009))


def test_strata_with_one_side_only_tell_nothing():
    found = difference([3, 1], [10, 0], [1, 2], [0, 5])
    assert math.isnan(found.stratified)
    assert (found.n, found.others) == (0, 0)
