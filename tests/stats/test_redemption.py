"""What share of points is redeemed in the end: by hand, on programmes of a known law, and where too little is known."""

import numpy as np
import pytest

from crm_core.stats.redemption import as_known, begins, estimate, flows, of_open, quarter, triangle

NOT_YET = np.nan
START = np.datetime64("2020-01-01")


def day(text):
    return np.array(text, "datetime64[D]")


def days(*texts):
    return np.array([text or "NaT" for text in texts], "datetime64[D]")


def staircase(n, steps, issued=100):
    """n vintages, of each `steps` redeemed age by age, as far as it has lived: the oldest n ages, the youngest one."""
    cells = [[steps[age] if age < len(steps) else 0 for age in range(n)] for _ in range(n)]
    return begins(200 + np.arange(n)), np.full(n, issued), np.where(np.add.outer(np.arange(n), np.arange(n)) < n, np.array(cells, float), NOT_YET)


# --- from lots to a triangle ----------------------------------------------------------------------------------------------------------
def test_a_vintage_is_a_calendar_quarter_and_its_age_counts_from_it():
    assert quarter(days("1970-01-01", "1970-03-31", "1970-04-01", "2020-12-31")).tolist() == [0, 0, 1, 203]
    assert begins([0, 1, 203]).astype(str).tolist() == ["1970-01-01", "1970-04-01", "2020-10-01"]


def lots():
    """300 issued on 31 March 2020, 100 of them redeemed next day, 50 in July; 80 issued in May, 40 of them in May; 10 in July; 5 of unknown age."""
    issued = days("2020-03-31", "2020-03-31", "2020-03-31", "2020-05-02", "2020-05-02", "2020-07-09", None)
    redeemed = days("2020-04-01", "2020-07-01", None, "2020-05-30", None, None, "2020-05-01")
    return flows(issued, redeemed, [100, 50, 150, 40, 40, 10, 5])


def test_lots_make_a_triangle_of_complete_quarters():
    issued_on, issued, cells = triangle(lots(), day("2020-10-01"))
    assert issued_on.astype(str).tolist() == ["2020-01-01", "2020-04-01", "2020-07-01"]
    assert issued.tolist() == [300, 80, 10]
    np.testing.assert_equal(cells, [[0, 100, 50], [40, 0, NOT_YET], [0, NOT_YET, NOT_YET]])


def test_the_running_quarter_is_not_lived_through():
    issued_on, issued, cells = triangle(lots(), day("2020-09-30"))
    assert issued.tolist() == [300, 80, 10]
    np.testing.assert_equal(cells, [[0, 100], [40, NOT_YET], [NOT_YET, NOT_YET]])


def test_an_earlier_day_knows_less_and_a_later_one_more_ages_without_a_burn():
    np.testing.assert_equal(triangle(lots(), day("2020-07-01"))[2], [[0, 100], [40, NOT_YET]])
    np.testing.assert_equal(triangle(lots(), day("2021-01-01"))[2], [[0, 100, 50, 0], [40, 0, 0, NOT_YET], [0, 0, NOT_YET, NOT_YET]])
    assert triangle(lots(), day("2019-06-01"))[2].shape == (0, 0)


def test_a_burn_that_a_disorderly_ledger_dates_before_its_lot_counts_in_the_first_quarter():
    assert flows(days("2020-05-02"), days("2020-03-30"), [7]).redeemed.tolist() == [[7]]


def test_no_lots_make_no_triangle():
    assert triangle(flows(days(), days(), []), day("2020-07-01"))[1].tolist() == []
    assert as_known(flows(days(), days(), []), day("2020-07-01"), 36).why == "few"


# --- development by hand --------------------------------------------------------------------------------------------------------------
def test_development_factors_are_weighted_by_volume():
    """One vintage of 1,000 with 200, 400, 450, 500 redeemed up to each age, five of 100 with 20, 30, 35, 40; valid for nine months, four ages."""
    issued_on, issued, cells = staircase(6, [20, 10, 5, 5])
    issued, cells = np.array([1000, 100, 100, 100, 100, 100]), cells * np.array([10, 1, 1, 1, 1, 1])[:, None]
    cells[0, 1] = 200
    found = estimate(issued_on, issued, cells, 9)
    assert found.factors[:3] == pytest.approx([(400 + 4 * 30) / (200 + 4 * 20), (450 + 3 * 35) / (400 + 3 * 30), (500 + 2 * 40) / (450 + 2 * 35)])
    assert found.is_ripe.tolist() == [True, True, True, False, False, False]
    assert found.rate[:3] == pytest.approx([0.5, 0.4, 0.4])
    assert found.low[:3].tolist() == found.high[:3].tolist() == found.rate[:3].tolist()


def test_a_regular_programme_is_told_exactly_from_its_youngest_vintage_on():
    found = estimate(*staircase(8, [20, 10, 5, 5]), 9)
    assert found.developed == pytest.approx([0.5, 0.75, 0.875, 1, 1, 1, 1, 1])
    assert found.ages.tolist() == [8, 7, 6, 5, 4, 3, 2, 1]
    assert found.redeemed.tolist() == [40, 40, 40, 40, 40, 35, 30, 20]
    assert found.rate == pytest.approx([0.4] * 8)
    assert (found.overall, found.overall_low, found.overall_high) == pytest.approx((0.4, 0.4, 0.4))
    assert found.why == ""


def test_a_young_vintage_without_a_redemption_is_no_vintage_that_nobody_redeems():
    """It is half developed. The programme's rate is (5 · 40 + 35 + 30 + 0) / (5 · 100 + 87.5 + 75 + 50) = .3719, and half of that half is to come.

    At its first age of four years' development, where a twentieth is redeemed, it would have 90 % of the programme's rate.
    """
    issued_on, issued, cells = staircase(8, [20, 10, 5, 5])
    cells[7, 0] = 0
    assert estimate(issued_on, issued, cells, 9).rate[7] == pytest.approx(0.5 * 0.5 * 0.3719, abs=1e-4)
    slow = staircase(20, [2] + [38 / 15] * 15)
    slow[2][19, 0] = 0
    assert estimate(*slow, 46).rate[19] == pytest.approx(0.95 * 0.95 * 0.4, abs=0.002)


def test_a_vintage_without_a_complete_quarter_has_the_rate_of_the_programme_and_no_weight():
    issued_on, issued, cells = staircase(7, [20, 10, 5, 5])
    row = [NOT_YET] * 7
    found = estimate([*issued_on, begins(207)], [*issued, 10**6], [*cells, row], 9)
    assert found.rate[7] == pytest.approx(0.4)
    assert (found.overall, found.ages[7]) == (pytest.approx(0.4), 0)


@pytest.mark.parametrize(("expiry_months", "ultimate"), [
    (None, 20 + 40),  # 20 + 20 + 10 + 5 + 2.5 …
    (24, 20 + 40 * (1 - 0.5**7) + 20 * 0.5**7 * 0.5),  # seven whole quarters after the first, and half of the eighth
    (22, 20 + 40 * (1 - 0.5**6) + 20 * (0.5**6 * 7 / 9 + 0.5**7 / 18)),  # a third into a quarter: 1 − (2/3)² / 2, then (1/3)² / 2
])  # fmt: skip
def test_what_the_oldest_age_has_not_seen_goes_on_falling_until_points_expire(expiry_months, ultimate):
    found = estimate(*staircase(6, [20 if age == 0 else 20 * 0.5 ** (age - 1) for age in range(6)]), expiry_months)
    assert found.rate == pytest.approx([ultimate / 100] * 6)
    assert found.developed[-1] == pytest.approx((20 + 40 * (1 - 0.5**5)) / ultimate)
    assert not found.is_ripe.any()


@pytest.mark.parametrize(("expiry_months", "ripe"), [(3, 5), (4, 4), (6, 4), (7, 3), (18, 0), (None, 0)])
def test_a_vintage_is_ripe_once_the_last_of_its_points_has_expired(expiry_months, ripe):
    """Issued on a quarter's last day for four months, a point is valid into the second quarter after it: three ages are to be lived through."""
    assert estimate(*staircase(6, [10, 7, 3]), expiry_months).is_ripe.tolist() == [True] * ripe + [False] * (6 - ripe)


def test_every_vintage_is_ripe_by_its_own_life():
    assert estimate(*staircase(6, [10, 7, 3]), [np.inf, 18, 3, 3, 3, 3]).is_ripe.tolist() == [False, False, True, True, True, False]


def test_a_vintage_that_lives_shorter_comes_as_far_as_the_others_did_by_its_end():
    """40 of 100 within a year; by the end of three months, issue being even over the quarter, 20 and half of the next 10."""
    found = estimate(*staircase(8, [20, 10, 5, 5]), [12] * 7 + [3])
    assert found.rate == pytest.approx([0.4] * 7 + [0.25])
    assert found.overall == pytest.approx((7 * 0.4 + 0.25) / 8)
    assert found.low[7] == pytest.approx(0.25)


def test_one_life_for_all_is_that_of_each():
    one, each = (estimate(*staircase(8, [20, 10, 5, 5]), months) for months in (9, [9] * 8))
    for name in ("rate", "low", "high", "is_ripe", "developed", "overall"):
        np.testing.assert_array_equal(getattr(one, name), getattr(each, name))


def test_an_end_in_a_distant_century_is_none():
    never, distant = (estimate(*staircase(6, [20, 20, 10, 5, 2.5, 1.25]), months, draws=0).rate for months in (None, 90_000))
    assert distant.tolist() == never.tolist()


def test_no_vintage_is_redeemed_more_than_once():
    found = estimate(*staircase(6, [30] * 6), None)
    assert found.rate.max() == 1
    assert found.overall_high == 1


# --- too little ----------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("why", "given", "expiry_months"), [
    ("few", staircase(5, [20, 10, 5, 5]), 9),
    ("none", staircase(8, [0]), 36),
    ("short", tuple(a[..., :3] if a.ndim == 2 else a for a in staircase(8, [20, 10, 5])), 36),
])  # fmt: skip
def test_nothing_is_guessed_from_too_little(why, given, expiry_months):
    found = estimate(*given, expiry_months)
    assert found.why == why
    assert np.isnan([found.overall, found.overall_low, found.overall_high, *found.rate[~found.is_ripe]]).all()


def test_what_was_observed_stands_also_where_nothing_can_be_estimated():
    found = estimate(*staircase(5, [20, 10, 5, 5]), 9)
    assert (found.is_ripe.tolist(), found.rate[:2].tolist()) == ([True, True, False, False, False], [0.4, 0.4])


def test_a_quarter_in_which_nothing_was_issued_is_no_vintage():
    issued_on, issued, cells = staircase(8, [20, 10, 5, 5])
    issued[3], cells[3] = 0, np.where(np.isnan(cells[3]), NOT_YET, 0)
    found = estimate(issued_on, issued, cells, 9)
    assert np.isnan(found.rate[3])
    assert found.rate[[0, 7]] == pytest.approx([0.4, 0.4])
    assert found.overall == pytest.approx(0.4)


# --- what is still open --------------------------------------------------------------------------------------------------------------
def test_open_points_are_worth_what_is_still_to_come():
    """Of 1,000 issued 740 in the end, 520 so far, 65 expired: 220 of the 415 open ones. Five points more of breakage leave 170."""
    assert of_open(0.74, 1000, 520, 415) == pytest.approx(220 / 415)
    assert of_open(0.74, 1000, 520, 415, 0.05) == pytest.approx(170 / 415)
    assert of_open(0.74, 1000, 520, 415, -0.05) == pytest.approx(270 / 415)


def test_no_open_point_is_redeemed_twice_or_less_than_not_at_all():
    np.testing.assert_equal(of_open([0.9, 0.5, 0.7, np.nan], [100] * 4, [50, 60, 70, 10], [30, 40, 0, 90]), [1, 0, 0, np.nan])


# --- programmes of a known law -------------------------------------------------------------------------------------------------------
def programme(random, quarters=16, members=2500, end=0.74, months=36):
    """(issued, redeemed, points) of a programme's lots over all time: every member has a will of its own, R(t) as .74 · (1 − e^(−t/30)) / …"""
    will = random.beta(3 * end, 3 * (1 - end), members)
    who = np.repeat(np.arange(members), random.poisson(5, members))
    issued = START + (random.random(len(who)) * (begins(quarter(START) + quarters) - START).astype(int)).astype(int)
    age = -30 * np.log(1 - random.random(len(who)) * (1 - np.exp(-months / 30))) * 30.4375
    redeemed = np.where(random.random(len(who)) < will[who], issued + age.astype(int), np.datetime64("NaT"))
    return issued, redeemed, np.ceil(random.gamma(1.2, 2000, len(who)))


def known(lots, until):
    issued, redeemed, points = lots
    return flows(issued, np.where(redeemed < until, redeemed, np.datetime64("NaT")), points)


def test_the_law_of_a_programme_is_found_where_a_flat_fifth_owes_half_too_much():
    """At the end of 16 quarters about a third of all points are open; a flat breakage of 20 % takes them all for young."""
    until = begins(quarter(START) + 16)
    issued, redeemed, points = lots = programme(np.random.default_rng(7), members=8000)
    found = as_known(known(lots, until), until, 36)
    assert found.overall == pytest.approx(0.74, abs=0.03)
    assert found.overall_low < 0.74 < found.overall_high
    still_open = (~(redeemed < until)) & (issued + np.timedelta64(1096, "D") > until)
    comes = points[still_open & (redeemed >= until)].sum()
    so_far, lying = found.redeemed, np.bincount(quarter(issued[still_open]) - quarter(START), points[still_open], 16)
    assert (of_open(found.rate, found.issued, so_far, lying) * lying).sum() == pytest.approx(comes, rel=0.05)
    assert 0.8 * lying.sum() / comes > 1.4


def test_five_points_of_breakage_move_what_is_owed_by_a_sixth():
    """A vintage falls by 5 % of what was issued, or to nothing where less than that is still to come."""
    until = begins(quarter(START) + 16)
    found = as_known(known(programme(np.random.default_rng(7), members=8000), until), until, 36, draws=0)
    lying = np.where(found.is_ripe, 0, found.issued - found.redeemed)
    owed, less = (of_open(found.rate, found.issued, found.redeemed, lying, more) * lying for more in (0, 0.05))
    assert found.is_ripe.tolist() == [True] * 4 + [False] * 12
    assert owed - less == pytest.approx(np.minimum(0.05 * found.issued, owed))
    assert 1 - less.sum() / owed.sum() == pytest.approx(0.168, abs=0.02)
    assert np.isnan([found.overall_low, *found.low]).all()


def test_an_earlier_estimate_is_told_again_from_what_was_known_then():
    """What burned later cannot be in it: the replay on all that is known today is the estimate made on that day."""
    lots = programme(np.random.default_rng(7), quarters=12, members=800)
    then, now = begins(quarter(START) + np.array([9, 12]))
    replayed, made_then = as_known(known(lots, now), then, 36), as_known(known(lots, then), then, 36)
    assert replayed.rate.tolist() == made_then.rate.tolist()
    assert (replayed.overall, replayed.overall_low) == (made_then.overall, made_then.overall_low)
    assert as_known(known(lots, now), now, 36).overall != replayed.overall


def test_within_a_quarter_the_estimate_does_not_move():
    moved = known(programme(np.random.default_rng(7), quarters=12, members=800), begins(quarter(START) + 12))
    at_its_begin, in_its_midst = (as_known(moved, START + day, 36, draws=0) for day in (821, 880))
    assert len(in_its_midst.rate) == len(at_its_begin.rate) + 1 == 10
    assert in_its_midst.rate[:-1].tolist() == at_its_begin.rate.tolist()
    assert in_its_midst.overall == at_its_begin.overall


@pytest.mark.parametrize("programmes", [40, pytest.param(200, marks=pytest.mark.soak)])
@pytest.mark.parametrize("quarters", [8, 16])
def test_of_many_programmes_most_intervals_hold_the_share_that_came_in_the_end(quarters, programmes):
    """With members of very different wills, who are the same in every vintage. The true law is missed a little more often: no draw changes them."""
    random, until, came, law = np.random.default_rng(7), begins(quarter(START) + quarters), [], []
    for _ in range(programmes):
        lots = programme(random, quarters, members=1000)
        found = as_known(known(lots, until), until, 36)
        came.append(found.overall_low <= lots[2][~np.isnat(lots[1])].sum() / lots[2].sum() <= found.overall_high)
        law.append(found.overall_low <= 0.74 <= found.overall_high)
    assert np.mean(came) >= 0.92
    assert np.mean(law) >= 0.85


def test_the_same_programme_has_the_same_interval_on_every_run():
    first, second = (estimate(*staircase(8, [20, 11, 5, 5]), 24) for _ in range(2))
    assert (first.overall_low, first.overall_high) == (second.overall_low, second.overall_high)
