"""Planning in words: the calendar, money against plan, what so many people can show, and how experiments were looked at."""
import datetime as dt
import math

import pandas as pd
import pytest

from crm_core.ui import planning_words as words


def days(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["day", "purpose", "is_planned"]).assign(day=lambda f: pd.to_datetime(f["day"]))


def test_marketing_campaigns_that_stand_close_together_are_told():
    found = days(("2025-01-10", "marketing", 0), ("2025-02-01", "marketing", 0), ("2025-02-02", "survey", 0), ("2025-06-01", "marketing", 0), (None, "marketing", 1))
    near = words.close_by(found)
    assert near.iloc[:2].tolist() == [22, 22]
    assert near.iloc[3] == 120
    assert near.iloc[[2, 4]].isna().all()
    assert words.calendar_title(found, 2) == "1 campaign is planned"
    assert words.calendar_title(found.iloc[:4], 2) == "2 campaigns began within 30 days of another"
    assert words.calendar_title(found.iloc[:0], 0) == "Campaigns by day"


def money(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["budget", "cost", "is_planned"])


def test_money_is_compared_only_where_both_are_known():
    found = money((100_000.0, 120_000.0, 0), (math.nan, 50_000.0, 0), (30_000.0, math.nan, 0), (20_000.0, math.nan, 1))
    assert words.budget_title(found, "EUR") == "€200 over budget"
    assert words.budget_note(found) == "1 campaign without a known cost · 1 without a budget"
    assert words.budget_title(found.iloc[1:], "EUR") == "Budget and cost"
    assert words.budget_title(money((20_000.0, 10_000.0, 0)), "EUR") == "€100 below budget"
    assert [words.spent(row.cost, row.budget, "EUR") for row in found.iloc[:3].itertuples()] == ["€1,200 of €1,000", "€500", "budget €300"]


def test_the_smallest_lift_is_that_of_the_published_formula():
    """9,000 written to and 1,000 held out at .5 %: 0.978 points."""
    assert words.smallest(10_000, .1, .005) * .005 == pytest.approx(.00978, abs=5e-6)
    assert math.isnan(words.smallest(10, 0, .02))
    assert math.isnan(words.smallest(5, .1, 0))


def test_a_house_that_is_too_small_is_told_so_and_what_to_do():
    assert words.size_title(400, .1, .02, .5) == "400 people are too few to see +50%"
    said = words.size_advice(400, .1, .02, .5)
    assert "cannot tell any effect that is likely" in said[1]
    assert "Even 40 such campaigns together" in said[2]
    assert words.pooled(4_000, .1, .02, .5) == 6
    assert "6 campaigns like this one together show +50%" in words.size_advice(4_000, .1, .02, .5)[1]


def test_enough_people_are_enough():
    assert words.size_title(40_000, .5, .02, .5) == "40,000 people are enough to see +50%"
    assert len(words.size_advice(40_000, .5, .02, .5)) == 1
    assert words.size_title(1, .1, .02, .5) == "How many people does it take?"


def test_odd_numbers_are_answered_in_words():
    assert words.size_title(40, .1, .99, 10.0) == "How many people does it take?"
    assert words.size_advice(40, .1, .99, 10.0) == ["+1,000% of 99.00% would be everybody and more: hope for less."]
    assert words.size_advice(40, .1, .9, .05) == ["So few people cannot show any lift."]
    assert words.size_advice(40, 0, .02, .5) == ["Give people, a share held out and a base rate above zero."]


def test_needed_people_are_those_of_the_definitions():
    """.5 %, 90 to 10: + 50 % takes 82,517 and 9,169 people."""
    assert words.needed_rows(.005, .1, (.5,)) == [("+50%", "82,517", "9,169")]
    assert words.needed_rows(.6, .1, (1.0,)) == [("+100%", "–", "–")]


def test_a_look_before_time_is_marked():
    planned, peek = ({"kind": kind, "as_of": dt.date(2025, 2, 9)} for kind in ("planned", "peek"))
    assert words.looks([peek, peek, planned]) == "read as planned on 9 Feb 2025 · looked at 2 times before"
    assert words.looks([]) == "–"
    assert words.log_title([{"fixed_at": "x", "status": "read"}, {"fixed_at": None, "status": "sent"}]) == (
        "1 of 2 fixed before the first message, 1 read as planned")
    assert words.log_title([]) == "Log of experiments"
