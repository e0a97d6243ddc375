"""What the page of points says in words: findings with their intervals, and what cannot be told yet as that."""
import datetime as dt
import math

import pandas as pd
import pytest

from crm_core.programme.rules import Rules, Tier
from crm_core.ui import points_words as words

NAN = math.nan
LEDGER_LINES = ("opening", "issued", "redeemed", "expired", "adjusted", "transferred", "estimate", "closing")


@pytest.mark.parametrize(("n", "text"), [
    (0, "0"), (9999, "9,999"), (-480, "−480"), (10_000, "10k"), (46_499, "46k"), (-86_596, "−87k"), (1_240_000, "1.2M"), (99_900_000, "99.9M"),
    (123_400_000, "123M"), (-10_000_000, "−10.0M"),
])  # fmt: skip
def test_points_are_short_enough_for_an_axis(n, text):
    assert words.compact(n) == text


@pytest.mark.parametrize(("spend", "name"), [("room", "Free nights"), ("fnb", "Food and drinks"), ("Air miles", "Air miles"), ("", "Not known"),
                                             (None, "Not known"), (NAN, "Not known")])  # fmt: skip
def test_a_reward_keeps_the_word_of_its_source_where_it_is_not_ours(spend, name):
    assert words.reward(spend) == name


def test_every_line_of_the_roll_forward_has_its_words():
    assert tuple(words.LINES) == LEDGER_LINES


# --- titles -----------------------------------------------------------------------------------------------------------
def months(*rows: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["issued", "redeemed"])


@pytest.mark.parametrize(("found", "title"), [
    (months((9000, 0), *[(100, 58)] * 12), "58 points are redeemed for each 100 issued"),  # the thirteenth month back does not count
    (months((200, 0), (100, 1)), "0 points are redeemed for each 100 issued"),
    (months((900, 0), *[(0, 50)] * 12), "No points were issued within 12 months"), (months(), "No points were issued within 12 months"),
])  # fmt: skip
def test_what_was_redeemed_is_told_for_each_hundred_issued(found, title):
    assert words.flow_title(found) == title


@pytest.mark.parametrize(("rows", "title"), [
    ([(1000, 21), (0, 0)], "2.1% of the open points expire within 90 days"), ([(1000, 0)], "No open points expire within 90 days"), ([], "Open points by age"),
])
def test_what_expires_is_a_share_of_what_is_open(rows, title):
    assert words.age_title(pd.DataFrame(rows, columns=["points", "expiring"])) == title


def test_only_rewards_are_named_in_the_title_of_what_was_redeemed():
    groups = pd.DataFrame({"group": ["room", "spa"], "points": [470, 530]})
    assert words.redeemed_title(groups, "spend") == "Free nights: 47% of the points redeemed"
    assert words.redeemed_title(groups, "tier") == words.redeemed_title(groups.head(0), "spend") == "Points redeemed"


@pytest.mark.parametrize(("row", "text"), [
    ((0.263, 0.251, 0.275, 1204, False), "Gold: 26.3% of ripe points never redeemed (25.1–27.5) · n 1,204"),
    ((0.263, 0.251, 0.275, 29, True), "Gold: too few ripe points to tell what is never redeemed"),
    ((NAN, NAN, NAN, 0, False), "Gold: too few ripe points to tell what is never redeemed"),
])
def test_breakage_of_a_group_is_told_with_its_interval_or_not_at_all(row, text):
    (told,) = pd.DataFrame([row], columns=["breakage", "low", "high", "holders", "few"]).itertuples()
    assert words.breakage_said("Gold", told) == text


@pytest.mark.parametrize(("members", "title"), [(0, "No points expire within 90 days"), (1, "1 member loses 1,500 points within 90 days"),
                                                (126, "126 members lose 1,500 points within 90 days")])  # fmt: skip
def test_who_loses_points_is_counted(members, title):
    assert words.expiring_title(members, 1500) == title


# --- what is owed -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("row", "title"), [
    ((5_700_000, 5_600_000, 5_800_000), "€57.0k is owed for points (€56.0k–€58.0k)"), ((5_700_000, NAN, NAN), "€57.0k is owed for points"),
    ((NAN, NAN, NAN), "What is owed for points cannot be told yet"),
])
def test_what_is_owed_is_told_with_its_interval(row, title):
    assert words.owed_title(pd.Series(row, ["liability", "low", "high"]), "EUR") == title


@pytest.mark.parametrize(("shift", "text"), [(0.0, "as estimated"), (5.0, "breakage +5 pp"), (-10.0, "breakage −10 pp")])
def test_a_shift_of_the_breakage_is_told_in_points_of_a_percentage(shift, text):
    assert words.shift_said(shift) == text


def sensitivity(**now) -> pd.DataFrame:
    """A million open points of which 560,000 are expected at €4 per 1,000, and what 5 points more breakage make of it."""
    usual = {"open": 1_000_000, "expected": 560_000.0, "value": 0.4, "liability": 224_000.0, "high": 240_000.0, "deferred": 200_000.0,
             "deferred_low": 190_000.0, "deferred_high": 210_000.0}  # fmt: skip
    return pd.DataFrame([{"shift_pp": 0.0} | usual | now, {"shift_pp": 5.0} | usual | {"liability": 200_000.0}])


def test_what_the_liability_hangs_on_is_told_in_sentences():
    assert words.owed_lines(sensitivity(), "EUR") == [
        "1,000,000 open points, of which 56% are expected to be redeemed, at €4.00 per 1,000",
        "If 5% more of the points issued are never redeemed, the liability changes by −10.7%",
        "A flat breakage of 20% on all open points would say €3,200: too much, because what is left of old quarters mostly expires",
        "Deferred revenue (IFRS 15) for the same points: €2,000 (€1,900–€2,100)"]


def test_a_flat_breakage_is_held_against_the_estimate_only_where_it_says_more():
    assert not [line for line in words.owed_lines(sensitivity(high=320_000.0), "EUR") if "flat" in line]


def test_without_open_points_nothing_is_divided_by_them():
    assert words.owed_lines(sensitivity(open=0, expected=0.0, value=NAN, liability=0.0, high=0.0, deferred=NAN), "EUR") == [
        "0 open points, of which – are expected to be redeemed, at – per 1,000"]


def vintages(*rows: tuple) -> pd.DataFrame:
    """Quarters of 2024: points issued, the share redeemed in the end with its bounds, and whether that was observed."""
    frame = pd.DataFrame(rows, columns=["issued", "urr", "urr_low", "urr_high", "is_ripe"]).astype({"urr": float})
    return frame.assign(issued_on=[dt.date(2024, 3 * at + 1, 1) for at in range(len(frame))])


def test_what_is_redeemed_in_the_end_weighs_quarters_by_their_points():
    """(300 × 80 % + 100 × 60 %) of 400 = 75 %; the quarter of which nothing is known does not count."""
    assert words.triangle_title(vintages((300, 0.8, 0.8, 0.8, 1), (100, 0.6, 0.5, 0.7, 0), (900, NAN, NAN, NAN, 0))) == (
        "75% of points are redeemed in the end, 25% never")
    assert words.triangle_title(vintages((900, NAN, NAN, NAN, 0))) == words.triangle_title(vintages()) == "What share of points is redeemed in the end"


def test_the_note_below_the_triangle_tells_the_youngest_quarter_with_its_interval():
    note = words.triangle_note(vintages((300, 0.8, 0.8, 0.8, 1), (100, 0.6, 0.5, 0.7, 0), (900, NAN, NAN, NAN, 0)), "{:%b %y}".format)
    assert "of Apr 24 60%, with 95% interval 50–70." in note
    assert words.triangle_note(vintages((900, NAN, NAN, NAN, 0)), str) == (
        "In grey: points issued. What is redeemed in the end can be told after six complete quarters of issue and some redemptions.")


@pytest.mark.parametrize(("row", "text"), [((0.741, 0.73, 0.752, 0), "74.1% (73.0–75.2)"), ((0.741, 0.741, 0.741, 1), "74.1%"), ((0.741, NAN, NAN, 0), "74.1%"),
                                           ((NAN, NAN, NAN, 0), "–")])  # fmt: skip
def test_what_was_observed_has_no_interval(row, text):
    (told,) = vintages((100, *row)).itertuples()
    assert words.end_said(told) == text


def test_a_young_programme_is_told_what_an_estimate_needs():
    assert words.why_not().startswith("An estimate needs six complete quarters of issue and some redemptions.")


@pytest.mark.parametrize(("expiry", "months", "text"), [
    ("age", 36, "36 months after they were issued"), ("age", 1, "1 month after they were issued"), ("inactivity", 18, "after 18 months without activity"),
    ("none", 36, "never, or as the source says"),
])
def test_when_points_expire_is_told_by_the_rules(expiry, months, text):
    assert words.expiry_said(Rules((Tier("Base"),), expiry=expiry, expiry_months=months)) == text
