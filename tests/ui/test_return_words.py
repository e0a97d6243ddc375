"""Titles of the Retention page say a finding where there is one beyond noise, and else the plain name."""
import datetime as dt
import math

import pandas as pd
import pytest

from crm_core.marts.hazards import TRAITS
from crm_core.queries.retention import EXPERIENCES, GRAINS, SPLITS
from crm_core.ui import retention, return_words


def cells(*years: tuple[int, int], months: int = 12) -> pd.DataFrame:
    """Cohorts that each had (back, of) after so many months."""
    return pd.DataFrame({"cohort": pd.date_range("2021-01-01", periods=len(years), freq="QS"), "months": months, "part": [k for k, _ in years],
                         "size": [n for _, n in years], "value": [k / n for k, n in years]})


@pytest.mark.parametrize(("grain", "name"), [("quarter", "Q2 24"), ("month", "May 2024"), ("year", "2024")])
def test_a_cohort_has_the_name_of_its_time(grain, name):
    assert return_words.cohort_name(dt.date(2024, 5, 1), grain) == name
    assert set(retention.GRAINS) == set(GRAINS)


# --- the matrix -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("years", "title"), [
    ([], "Who came back, by first stay"),
    ([(20, 100), (21, 100)], "Who came back, by first stay"),  # two cohorts show no course
    ([(20, 100), (21, 100), (19, 100), (20, 100)], "Every cohort returns at the same pace; young ones only look weaker"),
    ([(100, 1000), (110, 1000), (190, 1000), (200, 1000)], "Newer guests come back more: 20% within a year, before 11%"),
    ([(200, 1000), (190, 1000), (110, 1000), (100, 1000)], "Newer guests come back less: 11% within a year, before 20%"),
    ([(100, 1000), (200, 1000), (200, 1000), (100, 1000)], "Cohorts return at different paces, without a direction"),
    ([(0, 100), (0, 100), (0, 100)], "Every cohort returns at the same pace; young ones only look weaker"),
    ([(3, 7), (1, 1), (1, 1)], "Who came back, by first stay"),  # that nine guests do not differ says nothing
    ([(20, 100), (21, 100), (9, 29)], "Who came back, by first stay"),
])  # fmt: skip
def test_the_matrix_says_whether_cohorts_differ_within_the_time_that_all_had(years, title):
    assert return_words.cohorts_title(cells(*years) if years else cells((1, 2)).iloc[:0]) == title


def test_young_cohorts_have_no_say_in_the_title():
    """After three months they all look weaker; after a year three of them are alike."""
    young = cells((1, 1000), (2, 1000), months=3)
    assert return_words.cohorts_title(pd.concat([cells((20, 100), (21, 100), (19, 100)), young])) == (
        "Every cohort returns at the same pace; young ones only look weaker")


@pytest.mark.parametrize(("part", "size", "p"), [
    ([10, 20], [100, 100], 0.0477), ([10, 10], [100, 100], 1), ([10], [100], 1), ([0, 0], [50, 50], 1), ([50, 50], [50, 50], 1), ([0, 0], [0, 0], 1),
    ([10, 20, 15], [100, 100, 100], 0.1407),
])  # fmt: skip
def test_groups_are_alike_by_a_chi_square_of_their_shares(part, size, p):
    """10 and 20 of 100: (10 − 15)² · 2 / (100 · 0.15 · 0.85) = 3.92; with 15 beside them it is as far, on two degrees of freedom."""
    assert return_words.alike(pd.Series(part), pd.Series(size)) == pytest.approx(p, abs=1e-4)


# --- the line -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("years", "title"), [
    ([], "Back within 12 months, by first stay"), ([(20, 100)], "12-month return is 20%"), ([(200, 1000), (204, 1000)], "12-month return is 20%"),
    ([(20, 100), (24, 100), (19, 100)], "12-month return has stayed between 19% and 24%"),
    ([(200, 1000), (300, 1000)], "12-month return has moved between 20% and 30%"), ([(29, 29)], "Back within 12 months, by first stay"),
    ([(20, 100), (24, 100), (19, 100), (1, 1)], "12-month return has stayed between 19% and 24%"),
    ([(1, 30), (5, 29), (4, 29)], "Back within 12 months, by first stay"),  # of most guests it says nothing
])  # fmt: skip
def test_the_line_says_within_which_ends_it_stayed_or_moved(years, title):
    assert return_words.year_title(cells(*years) if years else cells((1, 2)).iloc[:0]) == title


# --- the curves -----------------------------------------------------------------------------------------------------------
def groups(*rows: tuple[float, float, float], p: float = 0.001) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["year", "year_low", "year_high"]).assign(p=p)


@pytest.mark.parametrize(("drawn", "title"), [
    (groups((0.3, 0.28, 0.32)), "How many come back, and when"),
    (groups((0.3, 0.28, 0.32), (0.1, 0.08, 0.12)), "Direct: 30% come back within a year; Agency: 10%"),
    (groups((0.3, 0.28, 0.32), (0.1, 0.08, 0.12), p=0.06), "No difference beyond noise in how many come back"),
    (groups((0.3, 0.2, 0.4), (0.25, 0.15, 0.35)), "No difference beyond noise in how many come back"),  # bands that overlap
    (groups((0.3, 0.28, 0.32), (0.1, 0.08, 0.12), p=math.nan), "Direct: 30% come back within a year; Agency: 10%"),
])  # fmt: skip
def test_curves_name_the_first_and_the_last_only_where_they_are_apart(drawn, title):
    assert return_words.curves_title(drawn, ["Direct", "Agency"][: len(drawn)]) == title


def test_every_split_and_each_of_its_groups_has_a_name():
    assert set(retention.BY) == set(SPLITS)
    assert set(return_words.EXPERIENCES) == set(EXPERIENCES)
    names = [return_words.group_name("score", group, {}) for group in ("9-10", "7-8", "0-6", "none")]
    assert names == ["Review 9–10", "Review 7–8", "Review below 7", "No review"]
    assert return_words.group_name("property", 1, {1: "Lisbon"}) == "Lisbon"
    assert return_words.group_name("way", None, {}) == "Unknown"


# --- what goes with it, and when --------------------------------------------------------------------------------------------
def hazards(*rows: tuple[str, float, float, float, float], places: int = 1) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["trait", "ratio", "low", "high", "p"])
    return pd.concat([frame.assign(property_id=place) for place in range(places)], ignore_index=True)


@pytest.mark.parametrize(("found", "title"), [
    (hazards(), "What goes with coming back"),
    (hazards(("direct", 1.2, 0.9, 1.6, 0.2)), "What goes with coming back"),
    (hazards(("case", 0.6, 0.5, 0.8, 0.01), ("direct", 1.8, 1.5, 2.1, 0.0001)), "Booked direct: guests come again 1.8 times as fast"),
    (hazards(("case", 0.6, 0.5, 0.8, 0.0001), ("direct", 1.8, 1.5, 2.1, 0.01)), "Had a service case: guests come again only 0.6 times as fast"),
    (hazards(("direct", 1.8, 1.5, 2.1, 0.0001), places=2), "What goes with coming back"),  # two properties side by side are no finding
])  # fmt: skip
def test_hazards_name_the_surest_trait_beyond_noise(found, title):
    assert return_words.hazards_title(found) == title


def test_every_trait_of_a_first_stay_has_its_words():
    assert set(return_words.TRAITS) == set(TRAITS)


def test_gaps_say_within_how_many_days_half_came():
    assert return_words.gaps_title(181.0) == "Half of those who come again do so within 181 days"
