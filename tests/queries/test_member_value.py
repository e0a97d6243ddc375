"""What members add and what the programme costs, added up by hand."""
import datetime as dt
import math

import pandas as pd
import pytest

from crm_core import queries
from tests.rewarded import ADD, CHAIN, LIS, view


def ask(warehouse, name, places=CHAIN) -> pd.DataFrame:
    return queries.run(warehouse, view(places), name)


# --- beside guests who are alike --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("places", "rows"), [(CHAIN, [(0, 5000)]), ((LIS,), [(LIS, 6000)]), ((ADD,), [(ADD, 3000)])], ids=str)
def test_the_comparison_is_that_of_the_property_or_of_all_together(rewarded_house, places, rows):
    found = ask(rewarded_house, "member_effect", places)
    assert list(zip(found["property_id"], found["effect"], strict=True)) == rows
    assert {"naive", "raw", "raw_low", "raw_high", "effect_low", "effect_high", "balance"} <= set(found.columns)


def test_fewer_than_a_hundred_matched_members_are_few(rewarded_house):
    """Lisbon has 100, Addis 99."""
    assert [bool(ask(rewarded_house, "member_effect", (place,)).iloc[0]["few"]) for place in CHAIN] == [False, True]


# --- costs ------------------------------------------------------------------------------------------------------------
def test_the_cost_of_lisbon_by_room(rewarded_house):
    """550 points redeemed: 450 at 180 cents, 100 at the same 0.4; fees €10, staff €5. Nights: Ana 3, Ben 2, Eve 3, Fred 4, Gil 1, and one for free."""
    row = ask(rewarded_house, "programme_economics", (LIS,)).iloc[0]
    assert (row["from_on"], row["to_on"]) == (dt.date(2024, 4, 1), dt.date(2025, 4, 1))
    assert row[["redeemed", "unpriced", "points_cost", "fees", "benefits", "staff", "other", "cost"]].tolist() == [550, 100, 220, 1000, 0, 500, 0, 1720]
    assert (row["occupied"], row["per_room"]) == (14, 1720 / 14)


def test_points_that_nobody_priced_cost_what_the_rules_say(rewarded_house):
    """Addis: 100 points, none with a price; the last month's worth of a point is 0.4."""
    row = ask(rewarded_house, "programme_economics", (ADD,)).iloc[0]
    assert row[["redeemed", "unpriced", "points_cost", "benefits", "cost"]].tolist() == [100, 100, pytest.approx(40), 700, pytest.approx(740)]


def test_all_points_are_priced_where_the_source_tells_each(altered):
    house = altered("UPDATE mart_points SET amount = 50 WHERE kind = 'burn' AND amount IS NULL")
    assert ask(house, "programme_economics").iloc[0][["redeemed", "unpriced", "points_cost"]].tolist() == [650, 0, 280]  # 180 + 2 × 50


def test_a_cost_without_an_exchange_rate_is_not_told(altered):
    house = altered(f"UPDATE mart_programme_costs SET amount = NULL WHERE property_id = {ADD}")
    row = ask(house, "programme_economics").iloc[0]
    assert row[["benefits", "cost", "per_room", "net", "net_low", "break_even"]].isna().all() and row["margin"] == 95_000
    assert ask(house, "programme_economics", (LIS,)).iloc[0]["cost"] == 1720


# --- whether it pays --------------------------------------------------------------------------------------------------
def test_the_margin_of_lisbons_members_against_the_cost(rewarded_house):
    """30 members × €60 × 35 % = €630, between × €30 and × €90; the cost is €17.20, as much as 30 × 163.81 cents × 35 %."""
    row = ask(rewarded_house, "programme_economics", (LIS,)).iloc[0]
    assert row[["members", "effect", "rate"]].tolist() == [30, 6000, 0.35]
    assert row[["margin", "margin_low", "margin_high"]].tolist() == pytest.approx([63_000, 31_500, 94_500])
    assert row[["net", "net_low", "net_high"]].tolist() == pytest.approx([61_280, 29_780, 92_780])
    assert row["break_even"] == pytest.approx(1720 / (30 * 0.35))


def test_all_together_have_the_margin_rate_of_where_members_spend(rewarded_house):
    """Members' rooms: €400 in Lisbon at 35 %, €100 in Addis at 50 %."""
    row = ask(rewarded_house, "programme_economics").iloc[0]
    assert row[["members", "effect", "rate"]].tolist() == [50, 5000, pytest.approx(0.38)]
    assert row[["margin", "margin_low", "margin_high"]].tolist() == pytest.approx([95_000, 38_000, 152_000])


def test_properties_told_apart_add_up_and_their_doubts_add_up_in_squares(rewarded_house):
    """Two of three properties: 30 × 60 × .35 + 20 × 30 × .5 = €630 + €300; half widths €315 and €400 make √(315² + 400²)."""
    scope = view(CHAIN, chain=(LIS, ADD, 3))
    row = queries.run(rewarded_house, scope, "programme_economics").iloc[0]
    half = 100 * math.hypot(315, 400)
    assert row[["margin", "margin_low", "margin_high"]].tolist() == pytest.approx([93_000, 93_000 - half, 93_000 + half])
    assert row[["members", "rate", "effect"]].tolist() == [50, pytest.approx((30 * 0.35 + 20 * 0.5) / 50), pytest.approx(93_000 / 20.5)]


def test_without_enough_pairs_nothing_is_said_of_the_margin_and_all_of_the_cost(altered):
    house = altered("UPDATE mart_member_effects SET effect = NULL, effect_low = NULL, effect_high = NULL")
    row = ask(house, "programme_economics").iloc[0]
    assert row[["margin", "margin_low", "net", "net_high", "effect"]].isna().all()
    assert (row["cost"], row["break_even"]) == (2460, pytest.approx(2460 / (50 * 0.38)))
