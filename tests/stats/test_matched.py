"""Members beside others who are like them: by hand, against people drawn with a known effect, and where too few are alike."""

import numpy as np
import pytest

from crm_core.stats.matched import balance, effect


def sums(groups):
    """(people, sum, sum of squares) by stratum of values listed one by one."""
    groups = [np.asarray(values, float) for values in groups]
    return tuple(np.array(a) for a in zip(*((len(v), v.sum(), (v * v).sum()) for v in groups), strict=True))


def test_strata_are_weighted_by_their_members():
    """100 members in one stratum: 8 − 5 = 3; 50 in another: 30 − 18 = 12. So (100 · 3 + 50 · 12) / 150 = 6, where the raw gap is 15.33 − 7.17."""
    found = effect(sums([[8] * 100, [30] * 50]), sums([[5] * 250, [18] * 50]))
    assert found.effect == pytest.approx(6)
    assert found.member_mean == pytest.approx(2300 / 150)
    assert found.other_mean == pytest.approx(2150 / 300)
    assert found.raw == pytest.approx(2300 / 150 - 2150 / 300)
    assert (found.matched, found.matched_others, found.strata, found.dropped, found.pairs) == (150, 300, 2, 0, 150)


def test_members_without_a_counterpart_are_left_out_and_counted():
    found = effect(sums([[8] * 100, [1000] * 7, []]), sums([[5] * 120, [], [9] * 4]))
    assert (found.effect, found.low, found.high) == (3, 3, 3)
    assert (found.members, found.matched, found.others, found.matched_others) == (107, 100, 124, 120)
    assert (found.strata, found.dropped) == (1, 2)


def test_the_interval_adds_the_variances_within_strata():
    """Members 0 and 20, 60 each: variance 100 · 120/119. Others 0 and 10, 50 each: 25 · 100/99. √(100/119 + 25/99) = 1.0454."""
    found = effect(sums([[0, 20] * 60]), sums([[0, 10] * 50]))
    assert found.effect == 5
    assert (found.low, found.high) == pytest.approx((5 - 2.0490, 5 + 2.0490), abs=1e-4)
    assert (found.raw_low, found.raw_high) == pytest.approx((found.low, found.high))


def test_one_other_guest_borrows_the_variance_of_all_strata():
    """Others 0 and 10, 50 each, and one of 5: the first variance, 25 · 100/99, serves both. Weights 100/101 and 1/101; members never vary."""
    found = effect(sums([[10] * 100, [10]]), sums([[0, 10] * 50, [5]]))
    half = 1.959964 * np.sqrt((100 / 101) ** 2 * 25 / 99 + (1 / 101) ** 2 * 25 * 100 / 99)
    assert (found.low, found.high) == pytest.approx((5 - half, 5 + half))


def test_below_a_hundred_pairs_nothing_is_said_but_the_counts_and_the_raw_gap():
    found = effect(sums([[8] * 99]), sums([[5] * 400]))
    assert np.isnan([found.effect, found.low, found.high]).all()
    assert (found.pairs, found.raw) == (99, 3)
    assert effect(sums([[8] * 400]), sums([[5] * 100])).effect == 3


def test_strata_of_single_people_have_an_effect_without_an_interval():
    found = effect(sums([[3.0]] * 100), sums([[1.0]] * 100))
    assert found.effect == pytest.approx(2)
    assert np.isnan([found.low, found.high]).all()


def test_without_people_nothing_is_said():
    found = effect(sums([[], []]), sums([[5] * 3, []]))
    assert (found.members, found.others, found.pairs) == (0, 3, 0)
    assert np.isnan([found.member_mean, found.raw, found.raw_low, found.effect]).all()


def drawn(random, n=4000, true=55):
    """(members, others, stratum, values) where those who come often join more and spend more, with or without joining."""
    stays = random.choice([0, 1, 2], n, p=[0.6, 0.25, 0.15])
    joined = random.random(n) < np.array([0.08, 0.3, 0.6])[stays]
    spend = random.gamma(1.5, np.array([110, 420, 1500])[stays] / 1.5) + true * joined
    return sums([spend[joined & (stays == s)] for s in range(3)]), sums([spend[~joined & (stays == s)] for s in range(3)]), stays, joined


def test_selection_is_taken_out_and_the_known_effect_recovered():
    """Of 300 hotels most intervals hold the 55 that joining adds, and none of the raw gaps does."""
    random = np.random.default_rng(7)
    found = [effect(*drawn(random)[:2]) for _ in range(300)]
    assert np.mean([one.low <= 55 <= one.high for one in found]) >= 0.92
    assert not any(one.raw_low <= 55 for one in found)
    assert np.mean([one.effect for one in found]) == pytest.approx(55, abs=8)


def test_what_was_out_of_balance_is_in_balance_after_matching():
    _, _, stays, joined = drawn(np.random.default_rng(7))
    x = np.column_stack([stays, stays == 2]).astype(float)
    before, after = balance(*(tables(x, stays, side) for side in (joined, ~joined)))
    spread = np.sqrt((x[joined].var(axis=0) + x[~joined].var(axis=0)) / 2)
    assert before == pytest.approx((x[joined].mean(axis=0) - x[~joined].mean(axis=0)) / spread)
    assert before.min() > 0.5
    assert after == pytest.approx([0, 0])


def tables(x, stratum, side):
    rows = [x[side & (stratum == s)] for s in range(3)]
    return np.array([len(r) for r in rows]), np.array([r.sum(axis=0) for r in rows]), np.array([(r * r).sum(axis=0) for r in rows])


def test_what_differs_within_strata_stays_out_of_balance():
    """One stratum of 50 each: members 4 and 6, others 3 and 5 in halves. Both deviations are 1, so that the difference is 1, before and after."""
    four_six, three_five = [[50], [[250]], [[50 * 26]]], [[50], [[200]], [[50 * 17]]]
    before, after = balance(four_six, three_five)
    assert (before[0], after[0]) == (1, 1)


def test_what_never_varies_is_in_balance_if_equal_and_not_measurable_if_not():
    members, others = [[3], [[0.3, 3, 0]], [[0.03, 3, 0]]], [[7], [[0.7, 14, 0]], [[0.07, 28, 0]]]
    before, after = balance(members, others)
    for found in (before, after):
        assert (found[0], found[2]) == (0, 0)
        assert np.isnan(found[1])


def test_without_a_match_there_is_a_balance_before_only():
    before, after = balance([[3, 0], [[3], [0]], [[5], [0]]], [[0, 4], [[0], [8]], [[0], [20]]])
    assert before[0] == pytest.approx((1 - 2) / np.sqrt((2 / 3 + 1) / 2))
    assert np.isnan(after[0])
