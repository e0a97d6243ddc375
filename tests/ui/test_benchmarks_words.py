"""Beside a set of hotels an index is told only where rules allow it, and a typical range is never a verdict."""
import datetime as dt
import math
from dataclasses import replace

import pytest

from crm_core.association.benchmarks import Benchmark, Reference
from crm_core.scope import Period
from crm_core.ui import benchmarks_words as words

YEAR = (dt.date(2024, 1, 1), dt.date(2025, 1, 1))
SET = Benchmark("Lantern", "direct_share_nights", *YEAR, "", .40, .36, .44, .35, .45, 6, 20_000, 2700, "Lantern, 2025-01-15", "pooled")
OWN = {"value": .30, "low": math.nan, "high": math.nan, "few": False}


def beside(one: Benchmark = SET, **own) -> words.Beside:
    return words.beside(one, OWN | own, "EUR")


def test_an_index_is_the_own_value_in_hundredths_of_the_set_with_both_intervals():
    """.30/.40; a full count has no interval of its own, so that of the set remains: 100·.30/.44 … 100·.30/.36."""
    found = beside()
    assert (found.index, found.index_low, found.index_high) == pytest.approx((75, 68.18, 83.33), abs=.01)
    assert words.index_text(found) == "75 (68–83)"
    assert (found.is_beyond, found.tone) == (True, "bad")
    assert words.own_text(found, "EUR") == "30.0%"
    assert words.set_text(found) == "40.0% (36.0–44.0)"
    assert words.middle_text(found) == "35.0% to 45.0%"


def test_a_limit_beside_a_hundred_is_told_to_the_decimal():
    assert words.index_text(beside(value=.4392)) == "109.8 (99.8–122.0)"


def test_within_chance_no_colour_is_a_claim():
    assert (beside(value=.41).tone, beside(value=.55).tone) == ("line", "good")


@pytest.mark.parametrize(("change", "why"), [
    ({"hotels": 4}, "no index: our house may be one of the 4, and 4 others are needed"), ({"hotels": 3}, "no index: fewer than 4 hotels are behind it"),
    ({"hotels": 0, "strength": "weak"}, "no index: how many hotels are behind it is not told"),
    ({"figure": "nps"}, "no index of a figure that can be less than nothing"), ({"figure": "adr", "currency": "USD"}, "no index: the set is in USD"),
    ({"figure": "adr"}, "no index: the set is in a currency that is not told")])
def test_without_an_index_the_reason_is_told(change, why):
    found = beside(replace(SET, **change))
    assert (found.index, words.index_text(found)) == (None, why)


def test_four_hotels_that_are_surely_others_are_enough():
    assert beside(replace(SET, hotels=4, strength="strong")).index == pytest.approx(75)


def test_of_few_guests_of_our_own_no_index_is_made():
    assert words.index_text(beside(few=True)) == "too few of our own to tell"
    assert words.index_text(beside(value=math.nan)) == "too few of our own to tell"
    assert words.index_text(beside(value=0.0)) == "no index of values that are not above zero"


def test_the_title_names_what_is_farthest_from_the_set_beyond_chance():
    far = beside(replace(SET, figure="occupancy", value=.60, low=.59, high=.61), value=.30)
    assert words.set_title([beside(), far]) == "Occupancy is farthest below the set: index 50"
    assert words.set_title([beside(value=.60)]) == "Direct share is farthest above the set: index 150"
    assert words.set_title([beside(value=.41)]) == "1 figure beside the set: within chance"
    assert words.set_title([beside(few=True)]) == "No figure of this set can be made an index"


def test_days_that_are_not_over_are_put_back_by_whole_years():
    assert words.same_days(SET, dt.date(2025, 4, 1)) == (Period(*YEAR), 0)
    ahead = replace(SET, from_on=dt.date(2025, 1, 1), to_on=dt.date(2026, 1, 1))
    assert words.same_days(ahead, dt.date(2025, 4, 1)) == (Period(*YEAR), 1)


def test_a_value_stands_inside_above_or_below_a_typical_range():
    one = Reference({"en": "Repeat"}, "repeat_ratio_guests", "6–15 %", .06, .15, "share", "", "", "Somebody", "weak", {})
    assert [words.stands(value, one, "EUR") for value in (.05, .06, .15, .16, math.nan)] == ["below", "inside", "inside", "above", ""]
    assert words.stands(.3, replace(one, low=None), "EUR") == "above"
    assert words.stands(.3, replace(one, low=None, high=None), "EUR") == ""
    cost = replace(one, low=5.46, high=5.46, unit="money", currency="USD")
    assert [words.stands(546, cost, currency) for currency in ("USD", "EUR")] == ["inside", ""]  # minor units, and dollars are no euros
    assert words.reference_title(["inside", "above", ""]) == "1 of 2 values lie inside the typical range"
    assert words.reference_title(["", ""]) == "Figures of the trade"


def test_complete_years_and_quarters_with_data_can_be_given():
    found = words.spans(dt.date(2025, 5, 20), dt.date(2023, 6, 1))
    assert list(found) == ["2024", "2025-Q1", "2024-Q4", "2024-Q3", "2024-Q2"]
    assert found["2024-Q4"] == Period(dt.date(2024, 10, 1), dt.date(2025, 1, 1))
    assert list(words.spans(dt.date(2025, 1, 1), None))[:4] == ["2024", "2023", "2022", "2024-Q4"]


def test_only_what_adds_up_over_hotels_is_offered_and_the_usual_figures_first():
    there = words.givable()
    assert there[:3] == ["occupancy", "adr", "revpar"]
    assert not {"nps", "review_index", "mpi", "lift_abs", "km_return_6m", "standards_score", "first_response_median"} & set(there)


def test_lines_that_leave_and_figures_that_are_pooled_are_counted_with_those_that_are_not():
    assert words.leaving(12, 0) == "12 lines would leave the house"
    assert words.leaving(1, 2) == "1 line would leave the house, 2 stay here"
    assert words.pooled_title(3, 1) == "3 figures were pooled, 1 refused"
    assert words.kpi_name("of_a_later_program") == "of_a_later_program"
