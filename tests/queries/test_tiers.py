"""Tiers through time, moves between two dates, time in a tier and the work lists: spells written by hand, so that one can count them."""
import datetime as dt
import json
import math
from dataclasses import replace

import duckdb
import pandas as pd
import pytest

from crm_core import queries
from crm_core.programme.rules import DEFAULT, Rules, Tier, said
from crm_core.rule import Condition, Segment
from crm_core.scope import Scope
from tests import club
from tests.club import ADD, LIS, RANKS, put
from tests.hotel import AS_OF

A_YEAR_AGO = dt.date(2024, 4, 1)
# Account: property, and its spells: tier, from, until before. Who is closed has an end.
SPELLS = {
    1: (LIS, ("Base", "2023-01-10", "2024-03-31"), ("Silver", "2024-03-31", "2024-10-01"), ("Gold", "2024-10-01", None)),
    2: (LIS, ("Base", "2023-05-01", None)),
    3: (LIS, ("Silver", "2023-05-01", "2025-03-31"), ("Base", "2025-03-31", None)),
    4: (LIS, ("Base", "2024-01-01", "2025-01-01")),  # closed
    5: (LIS, ("Base", "2024-03-31", "2025-04-01")),  # closed on the as-of date: nobody knows of it before
    6: (ADD, ("Base", "2024-04-01", None)),  # enrolled a year ago to the day: not yet known before it
    7: (ADD, ("Gold", "2023-05-01", "2024-04-01"), ("Silver", "2024-04-01", None)),  # fell that day
    8: (LIS, ("Base", "2023-05-01", "2023-06-10")),  # closed long ago
}  # fmt: skip
# Account: tier, what comes next, measure, has, wants, missing, share of the way; what it falls to, when, and what would keep it.
STANDINGS = {
    1: (LIS, "Gold", None, "nights", 16, 0, 0, 0, "Silver", "2025-04-01", 2),  # the first day of the ninety
    2: (LIS, "Base", "Silver", "nights", 3, 5, 2, 600_000, None, None, 0),
    3: (LIS, "Base", "Silver", "nights", 2, 5, 3, 400_000, None, None, 0),  # too far
    4: (LIS, "Silver", "Gold", "nights", 14, 15, 1, 933_333, "Base", "2025-06-29", 1),  # the last
    5: (ADD, "Silver", "Gold", "points", 900, 1000, 100, 900_000, "Base", "2025-06-30", 500),  # a day too late
    6: (ADD, "Silver", "Gold", "nights", 9, 15, 6, 600_000, "Base", "2025-05-01", 0),  # has kept it already
    7: (ADD, "Base", "Silver", "nights", 4, 5, 1, 800_000, None, None, 0),
}  # fmt: skip
SPEND = {2: 900, 6: 700, 7: 100}
ALWAYS_TEN = Rules((Tier("Base", {}, {}), Tier("Silver", {"nights": 5}, {"nights": 5}), Tier("Gold", {"nights": 10}, {"nights": 10})))
LEFT = 7  # the account that is closed


@pytest.fixture(scope="module")
def made(warehouse, tmp_path_factory):
    """The spells and standings of the accounts, in a copy of the small hotel's warehouse."""
    copied = club.changed(warehouse, tmp_path_factory.mktemp("tiers"), "DELETE FROM mart_members", "DELETE FROM mart_tiers")
    with duckdb.connect(str(copied.path)) as duck:
        for account, (place, *spells) in SPELLS.items():
            for tier, from_on, until_on in spells:
                put(duck, "tiers", membership_id=account, guest_id=10 + account, property_id=place, programme_id=1, tier=tier, tier_rank=RANKS[tier],
                    from_on=from_on, until_on=until_on, why="qualified")  # fmt: skip
        for account, (place, tier, following, measure, has, wants, missing, reach, falls_to, falls_on, keeps) in STANDINGS.items():
            put(duck, "members", membership_id=account, guest_id=10 + account, cluster=10 + account, property_id=place, programme_id=1, is_open=int(account != LEFT),
                tier=tier, tier_rank=RANKS[tier], next_tier=following, measure=measure, has=has, wants=wants, missing=missing, reach_ppm=reach,
                falls_to=falls_to, falls_on=falls_on, keeps_with=keeps, spend_12m=SPEND.get(account))  # fmt: skip
    return copied


def ask(made, name: str, scope: Scope | None = None, **params) -> pd.DataFrame:
    return queries.run(made, scope or club.view(), name, **params)


# --- the mix ----------------------------------------------------------------------------------------------------------
def mix(made, **asked) -> dict:
    found = ask(made, "tier_mix", **asked)
    return {(f"{row.month:%Y-%m}", row.tier): row.members for row in found.itertuples()}


def test_every_month_end_counts_who_stood_in_each_tier(made):
    found = mix(made, months=25)
    assert len(found) == 25 * 3
    at = lambda month: [found[month, tier] for tier in RANKS]  # noqa: E731
    assert at("2024-03") == [3, 2, 1]  # 2, 4 and 5; 1 and 3; 7, who falls on 1 April
    assert at("2024-04") == [4, 3, 0]  # 6 joined on the first of the month
    assert at("2024-10") == [4, 2, 1]
    assert at("2025-01") == [3, 2, 1]  # 4 was closed on New Year's Day
    assert at("2025-03") == [4, 1, 1]  # 2, 3, 5 and 6; 7; 1


def test_a_running_month_stands_as_it_is(made):
    earlier = replace(club.view(), as_of=dt.date(2025, 3, 31))
    found = ask(made, "tier_mix", earlier, months=1)
    assert found[["tier", "members"]].to_numpy().tolist() == [["Base", 3], ["Silver", 2], ["Gold", 1]]  # 3 falls on the 31st, which is not over


def test_tiers_are_told_from_the_lowest_to_the_highest(made):
    assert ask(made, "tier_mix", months=1)["tier"].tolist() == ["Base", "Silver", "Gold"]


# --- moves ------------------------------------------------------------------------------------------------------------
def ways(made, scope: Scope | None = None, **asked) -> dict:
    """Who went which way, where anybody did."""
    found = ask(made, "tier_moves", scope, **asked)
    return {(row.before, row.now): row.members for row in found.itertuples() if row.members}


def test_accounts_of_a_year_ago_stand_in_a_tier_today_or_are_closed(made):
    """6 was enrolled on the day itself, which was not over."""
    assert ways(made) == {("Base", "Base"): 2, ("Base", "closed"): 1, ("Silver", "Gold"): 1, ("Silver", "Base"): 1, ("Gold", "Silver"): 1}


def test_the_shares_of_a_tier_add_up_to_one_and_ways_nobody_went_have_an_interval(made):
    found = ask(made, "tier_moves")
    assert len(found) == 3 * 4
    assert found.groupby("before")["share"].sum().to_dict() == pytest.approx({"Base": 1, "Silver": 1, "Gold": 1})
    assert found.groupby("before")["of"].max().to_dict() == {"Base": 3, "Silver": 2, "Gold": 1}
    none = found.set_index(["before", "now"]).loc[("Base", "Gold")]
    assert none[["members", "share", "low", "few"]].tolist() == [0, 0, 0, True]
    assert none["high"] == pytest.approx(0.561497, abs=1e-6)  # Wilson for none of three
    assert found["few"].all()


def test_a_move_is_up_down_kept_or_closed(made):
    found = ask(made, "tier_moves").set_index(["before", "now"])["move"]
    assert found.loc["Silver"].to_dict() == {"Base": "down", "Silver": "keep", "Gold": "up", "closed": "closed"}


def test_thirty_accounts_of_a_tier_are_enough(made, tmp_path):
    many = ", ".join(f"({account}, {account}, {LIS}, 'Base', 0, DATE '2024-01-01')" for account in range(100, 127))
    enough = club.changed(made, tmp_path, f"INSERT INTO mart_tiers (membership_id, guest_id, property_id, tier, tier_rank, from_on) VALUES {many}")
    found = ask(enough, "tier_moves").groupby("before")["few"].all()
    assert found.to_dict() == {"Base": False, "Silver": True, "Gold": True}


def test_a_tier_that_two_programmes_have_in_different_places_is_one_tier(made, tmp_path):
    """Account 2 is Base in a programme that has a tier below that; 9 is of its Gold, one place higher."""
    other = club.changed(made, tmp_path, "UPDATE mart_tiers SET tier_rank = 1 WHERE membership_id = 2",
                         "INSERT INTO mart_tiers (membership_id, guest_id, property_id, tier, tier_rank, from_on) "
                         f"VALUES (9, 9, {LIS}, 'Gold', 3, DATE '2024-01-01')")
    assert ways(other) == ways(made) | {("Gold", "Gold"): 1}
    assert ask(other, "tier_moves").groupby("before")["share"].sum().to_dict() == pytest.approx({"Base": 1, "Silver": 1, "Gold": 1})
    assert ask(other, "tier_mix", months=1)[["tier", "members"]].to_numpy().tolist() == [["Base", 4], ["Silver", 1], ["Gold", 2]]
    assert ask(other, "time_in_tier")[["tier", "tier_rank"]].to_numpy().tolist() == [["Base", 0], ["Silver", 1], ["Gold", 2]]


def test_two_days_may_be_chosen_and_each_stands_for_what_was_known_before_it(made):
    assert ways(made, from_on=dt.date(2024, 4, 2), to_on=dt.date(2024, 10, 1)) == {("Base", "Base"): 4, ("Silver", "Silver"): 3}
    assert ways(made, from_on=dt.date(2024, 4, 2), to_on=dt.date(2024, 10, 2))["Silver", "Gold"] == 1


@pytest.mark.parametrize(("from_on", "to_on"), [(AS_OF, A_YEAR_AGO), (AS_OF, AS_OF), (A_YEAR_AGO, dt.date(2025, 4, 2))])
def test_days_that_cannot_be_compared_are_refused(made, from_on, to_on):
    with pytest.raises(ValueError, match="a day to a later one that is known"):
        ways(made, from_on=from_on, to_on=to_on)


def test_a_way_opens_to_its_accounts(made):
    risen = ask(made, "tier_movers", before="Silver", now="Gold")
    assert risen[["membership_id", "guest_id", "property_id", "rows"]].to_numpy().tolist() == [[1, 11, LIS, 1]]
    assert str(risen["moved_on"].iloc[0])[:10] == "2024-10-01"
    left = ask(made, "tier_movers", before="Base", now="closed")
    assert left["membership_id"].tolist() == [4]
    assert str(left["moved_on"].iloc[0])[:10] == "2025-01-01"
    assert ask(made, "tier_movers", before="Base", now="Base", offset=1, limit=1)[["membership_id", "rows"]].to_numpy().tolist() == [[2, 2]]


def test_a_property_and_a_segment_narrow_who_moved(made):
    assert ways(made, club.view((ADD,))) == {("Gold", "Silver"): 1}
    assert ways(made, replace(club.view(), segment=Segment(Condition("stays", "at_least", 9)))) == {}


def test_without_a_programme_nobody_moved(warehouse, scope):
    assert queries.run(warehouse, scope, "tier_moves").empty
    assert queries.run(warehouse, scope, "tier_mix").empty
    assert queries.run(warehouse, scope, "time_in_tier").empty


# --- time in a tier ---------------------------------------------------------------------------------------------------
def test_time_in_a_tier_counts_who_is_still_there_for_as_long_as_seen(made):
    """Gold: one ended after 336 days, one has lasted 182. Silver: 184 and 700 days ended, 365 goes on: at 184 two of three are left, at 700 none."""
    found = ask(made, "time_in_tier").set_index("tier")
    assert found.index.tolist() == ["Base", "Silver", "Gold"]
    assert found[["spells", "ended"]].to_numpy().tolist() == [[7, 3], [3, 2], [2, 1]]
    assert found.loc["Silver", "days"] == 700
    assert found.loc["Gold", "days"] == 336
    # Base: 40, 366 and 446 days ended; 1, 365, 366 and 701 go on. Left at 40: 5/6, at 366: 5/6 × 3/4, at 446: half of that, 5/16.
    assert found.loc["Base", "days"] == 446
    assert found["few"].all()


def test_a_tier_that_fewer_than_half_have_left_has_no_median(made, tmp_path):
    stay = club.changed(made, tmp_path, "UPDATE mart_tiers SET until_on = NULL WHERE tier = 'Gold'")
    assert math.isnan(ask(stay, "time_in_tier").set_index("tier").loc["Gold", "days"])


# --- work lists -------------------------------------------------------------------------------------------------------
def test_members_near_the_next_tier_stand_nearest_first(made):
    """At equal distance the higher tier comes first; who is closed, too far or already at the top is not listed."""
    found = ask(made, "tier_work", kind="rise")
    assert found["membership_id"].tolist() == [4, 5, 6, 2]
    assert found.loc[0, ["guest_id", "property_id", "tier", "to_tier", "measure", "has", "wants", "missing", "rows"]].tolist() == [
        14, LIS, "Silver", "Gold", "nights", 14, 15, 1, 4]
    assert found["on"].isna().all()


def test_members_who_lose_their_tier_within_ninety_days_stand_soonest_first(made):
    found = ask(made, "tier_work", kind="keep")
    assert found["membership_id"].tolist() == [1, 4]
    assert found["on"].astype(str).str[:10].tolist() == ["2025-04-01", "2025-06-29"]
    assert found.loc[0, ["tier", "to_tier", "measure", "missing", "rows"]].tolist() == ["Gold", "Silver", "nights", 2, 2]


def test_what_a_tier_asks_to_be_kept_is_what_the_rules_of_today_say(made, tmp_path):
    """Gold is kept with 15 nights: of the member's 16 within the last twelve months 13 still count on the day it ends."""
    versions = ", ".join(f"(1, 'club', 'Club', 'EUR', {number}, DATE '{day}', '{json.dumps(said(rules))}')" for number, day, rules in (
        (1, "2023-01-01", ALWAYS_TEN), (2, "2025-03-31", DEFAULT), (3, "2025-04-01", ALWAYS_TEN)))
    ruled = club.changed(made, tmp_path, f"INSERT INTO mart_programmes VALUES {versions}")
    found = ask(ruled, "tier_work", kind="keep")
    assert found[["tier", "has", "wants", "missing"]].to_numpy().tolist() == [["Gold", 13, 15, 2], ["Silver", 4, 5, 1]]
    assert ask(made, "tier_work", kind="keep")[["has", "wants"]].isna().all().all()  # without rules nobody knows


def test_a_list_is_told_page_by_page(made):
    found = ask(made, "tier_work", kind="rise", offset=3, limit=50)
    assert found[["membership_id", "rows", "spend_12m"]].to_numpy().tolist() == [[2, 4, 900]]


def test_a_list_of_one_property_holds_its_members(made):
    assert ask(made, "tier_work", club.view((ADD,)), kind="rise")["membership_id"].tolist() == [5, 6]


def test_an_unknown_list_is_refused(made):
    with pytest.raises(ValueError, match="not 'mood'"):
        ask(made, "tier_work", kind="mood")
