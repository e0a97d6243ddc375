"""Points added up by hand: what came and went, how old the open ones are, whose expire, and what they were redeemed for."""
import datetime as dt

import pandas as pd
import pytest

from crm_core import queries
from crm_core.marts.fields import FIELDS
from crm_core.rule import Segment, parse
from crm_core.scope import Period
from tests.rewarded import ADD, BEN, CHAIN, CORA, DINA, LIS, view

TWICE = Segment(parse({"field": "stays", "is": "is", "value": 2}, FIELDS))  # of the members only Ben
ALL_TIME = Period(dt.date(2023, 1, 1), dt.date(2025, 4, 1))


def ask(warehouse, name, scope=None, **params) -> pd.DataFrame:
    return queries.run(warehouse, scope or view(), name, **params)


# --- what came and went -----------------------------------------------------------------------------------------------
def test_months_say_what_came_and_went_and_what_was_left(rewarded_house):
    found = ask(rewarded_house, "points_flow", months=4)
    assert list(found["month"]) == [dt.date(2024, 12, 1), dt.date(2025, 1, 1), dt.date(2025, 2, 1), dt.date(2025, 3, 1)]
    assert found.drop(columns="month").to_numpy().tolist() == [
        [0, 0, 0, 0, 0, 1650], [80, 0, 0, 0, 0, 1730], [400, 0, 0, 0, 0, 2130],
        # 200 redeemed and taken back, 150, 100; what Cora gave Dina is no change of all; and 999 are posted on the as-of date: not yet
        [0, 250, 0, -20, 0, 1860]]  # fmt: skip


def test_points_given_to_a_member_of_another_property_leave_the_one_and_come_to_the_other(rewarded_house):
    last = [ask(rewarded_house, "points_flow", view((place,)), months=1).iloc[0] for place in CHAIN]
    assert [(row["transferred"], row["closing"]) for row in last] == [(-50, 1410), (50, 450)]


def test_an_opening_balance_counts_as_issued_and_an_expiry_is_told_as_a_positive_number(rewarded_house):
    found = ask(rewarded_house, "points_flow", months=27).set_index("month")
    assert found.at[dt.date(2023, 3, 1), "issued"] == 200
    assert found.loc[dt.date(2024, 6, 1)].tolist() == [0, 100, 250, 0, 0, 1150]


def test_a_segment_has_its_own_members_points_only(rewarded_house):
    row = ask(rewarded_house, "points_flow", view(segment=TWICE), months=1).iloc[0]
    assert (row["adjusted"], row["closing"]) == (-20, 530)


def test_a_month_that_is_not_over_is_the_last_row(rewarded_house):
    assert ask(rewarded_house, "points_flow", view(period=Period(dt.date(2025, 3, 1), dt.date(2025, 5, 1))), months=2)["month"].max() == dt.date(2025, 3, 1)


# --- how old, and how long still --------------------------------------------------------------------------------------
def test_open_points_by_quarter_of_issue_with_those_of_unknown_age_first(rewarded_house):
    found = ask(rewarded_house, "points_age")
    assert [None if pd.isna(day) else day for day in found["quarter"]] == [
        None, dt.date(2023, 1, 1), dt.date(2023, 4, 1), dt.date(2024, 7, 1), dt.date(2025, 1, 1)]
    assert found["points"].tolist() == [180, 450, 350, 400, 480]
    assert found["expected"].tolist() == [90, 225, 175, 200, 240]
    assert found["expiring"].tolist() == [0, 0, 350, 0, 80]


def test_members_whose_points_expire_those_who_lose_most_first(rewarded_house):
    found = ask(rewarded_house, "points_expiring")
    assert found["guest_id"].tolist() == [BEN, DINA, CORA]
    assert found[["points", "balance", "rows", "total"]].to_numpy().tolist() == [[350, 530, 3, 430], [50, 450, 3, 430], [30, 30, 3, 430]]
    assert found["expires_on"].tolist() == [dt.date(2025, 6, 15), dt.date(2025, 5, 1), dt.date(2025, 5, 1)]


@pytest.mark.parametrize(("days", "guests"), [(30, []), (31, [DINA, CORA]), (75, [DINA, CORA]), (76, [BEN, DINA, CORA])])
def test_the_day_of_expiry_is_the_first_one_without_the_points(rewarded_house, days, guests):
    """1 May is thirty days after the as-of date, 15 June seventy-five."""
    assert ask(rewarded_house, "points_expiring", days=days)["guest_id"].tolist() == guests


def test_a_page_of_the_list_knows_how_long_the_list_is(rewarded_house):
    row = ask(rewarded_house, "points_expiring", offset=1, limit=1).iloc[0]
    assert (row["guest_id"], row["rows"], row["total"]) == (DINA, 3, 430)


# --- redemption -------------------------------------------------------------------------------------------------------
def test_what_points_were_redeemed_for_and_what_one_was_worth(rewarded_house):
    """In March: spa 150 points for 60 cents; room 100 points without a price, and 200 that were taken back with theirs."""
    found = ask(rewarded_house, "redemptions", by="spend").set_index("group")
    assert found.loc["spa", ["members", "points", "amount", "priced"]].tolist() == [1, 150, 60, 150]
    assert found.loc["room", ["members", "points", "amount", "priced"]].tolist() == [1, 100, 0, 0]
    assert found["value"].to_dict() == pytest.approx({"spa": 0.4, "room": float("nan")}, nan_ok=True)


def test_the_tier_is_that_of_the_day_of_redemption(rewarded_house):
    """Ana rose on 20 March, the day of her 150; before, in the lowest tier, she redeemed 400 in 2024."""
    found = ask(rewarded_house, "redemptions", view(period=ALL_TIME), by="tier").set_index("group")
    assert found["points"].to_dict() == {"Base": 500, "Gold": 150}
    assert found["members"].to_dict() == {"Base": 2, "Gold": 1}
    assert found.at["Base", "value"] == pytest.approx(0.4)  # 120 for 300


def test_who_redeems_on_the_day_of_leaving_does_so_in_the_last_tier(altered):
    house = altered("DELETE FROM mart_tiers WHERE tier = 'Gold'", "UPDATE mart_members SET closed_on = '2025-03-20', is_open = 0 WHERE membership_id = 1")
    assert ask(house, "redemptions", by="tier").set_index("group")["points"].to_dict() == {"Base": 250}


def test_redemptions_by_property_and_by_month(rewarded_house):
    assert ask(rewarded_house, "redemptions", by="property").set_index("group")["points"].to_dict() == {LIS: 150, ADD: 100}
    months = ask(rewarded_house, "redemptions", view(period=ALL_TIME), by="month")
    assert dict(zip(months["group"], months["points"], strict=True)) == {dt.date(2024, 5, 1): 300, dt.date(2024, 6, 1): 100, dt.date(2025, 3, 1): 250}


def test_breakage_of_ripe_quarters_counts_every_point_that_nobody_redeemed(rewarded_house):
    """Of the first half of 2023: Ana kept 450 of 1,000, Ben all 600. Residuals ± 206.25, two members: variance 2 × 85,078.125 / 1,600²."""
    base = ask(rewarded_house, "redemptions", by="tier").set_index("group").loc["Base"]
    assert (base["issued"], base["holders"], base["breakage"], base["few"]) == (1600, 2, 0.65625, True)
    assert (base["low"], base["high"]) == pytest.approx((0.65625 - 1.959964 * 0.257812, 1), abs=1e-5)


def test_what_points_are_redeemed_by_must_be_known(rewarded_house):
    with pytest.raises(ValueError, match="Redemptions are by spend, tier, property, month, not 'mood'"):
        ask(rewarded_house, "redemptions", by="mood")
