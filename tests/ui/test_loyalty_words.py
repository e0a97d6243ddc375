"""What the pages of loyalty say in words: tiers, rules, and titles that tell a finding only beyond noise."""
import json

import numpy as np
import pandas as pd
import pytest

from crm_core.programme.rules import DEFAULT, Rules, Tier, said
from crm_core.queries.tiers import CLOSED
from crm_core.ui import loyalty_words as words

TIERS = ("Base", "Silver", "Gold")


# --- names ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("rank", "colour"), [(0, "gray"), (1, "blue"), (2, "yellow"), (3, "violet"), (7, "violet"), (None, "gray"), (np.nan, "gray"), (-1, "gray")])
def test_a_tier_has_its_colour_by_its_rank(rank, colour):
    assert words.tier_colour(rank) == colour


def test_a_badge_shows_a_tier_letter_by_letter():
    assert words.tier_badge("Gold", 2) == ":yellow-badge[Gold]"
    assert words.tier_badge("A] :red[x", 0) == r":gray-badge[A\] \:red\[x]"


@pytest.mark.parametrize(("tier", "name"), [("Gold", "Gold"), (CLOSED, "Left"), ("", "No tier"), (None, "No tier"), (np.nan, "No tier")])
def test_a_tier_without_a_name_is_told_as_none_and_a_closed_account_as_left(tier, name):
    assert words.tier_name(tier) == name


@pytest.mark.parametrize(("via", "name"), [("own_site", "Own website"), ("front_desk", "Front desk"), ("Kiosk 7", "Kiosk 7"), ("unknown", "Not known"),
                                           ("", "Not known"), (None, "Not known")])  # fmt: skip
def test_the_way_of_joining_keeps_the_word_of_its_source_where_it_is_not_ours(via, name):
    assert words.way_name(via) == name


@pytest.mark.parametrize(("measure", "n", "text"), [("nights", 1, "1 night"), ("nights", 12, "12 nights"), ("stays", 1, "1 stay"), ("points", 5000, "5,000 points")])
def test_amounts_are_counted_in_what_they_are_made_of(measure, n, text):
    assert words.amount(measure, n) == text


def test_every_move_has_its_words():
    assert set(words.MOVED) == set(words.MOVES)


# --- rules ------------------------------------------------------------------------------------------------------------
def test_rules_are_read_as_they_were_written_and_what_is_none_is_none():
    assert words.rules_of(json.dumps(said(DEFAULT))) == DEFAULT
    assert [words.rules_of(text) for text in (None, "", "{", "{}", '{"tiers": 3}', np.nan)] == [None] * 6


def test_what_a_tier_asks_for_is_told_as_a_choice():
    gold = Tier("Gold", {"nights": 15, "points": 5000}, {"nights": 10})
    assert words.criteria(gold.qualify) == "15 nights or 5,000 points"
    assert words.kept_said(gold) == "10 nights"
    assert words.kept_said(Tier("Gold", {"nights": 15})) == "not lost again"
    assert words.criteria({}) == "–"


def test_the_window_is_told_in_words():
    assert words.window_said(Rules((Tier("Base"),), window_months=24, valid_months=1)) == (
        "Counted over the last 24 months. A tier is given on the day it is reached and holds for 1 month; reaching it again renews it.")
    assert "from 1 January" in words.window_said(Rules((Tier("Base"),), window="calendar"))


# --- titles of the programme's life -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("before", "now", "title"), [
    (100, 100, "1,200 members joined within 12 months, about as many as in the 12 before"),
    (100, 107, "1,284 members joined within 12 months, about as many as in the 12 before"),  # 84 more; chance makes up to 98
    (100, 109, "More join: 1,308 members within 12 months, 1,200 in the 12 before"),
    (100, 90, "Fewer join: 1,080 members within 12 months, 1,200 in the 12 before"),
    (0, 2, "24 members joined within 12 months"), (5, 0, "Nobody joined within the last 12 months"),
])  # fmt: skip
def test_more_members_are_news_only_where_chance_would_hardly_bring_them(before, now, title):
    assert words.joined_title(pd.Series([before] * 12 + [now] * 12)) == title


def test_a_short_history_is_compared_with_nothing():
    assert words.joined_title(pd.Series([1] * 6 + [3] * 12)) == "36 members joined within 12 months"
    assert words.joined_title(pd.Series([], dtype=int)) == "Nobody joined within the last 12 months"


def mix(*months: tuple[int, ...]) -> pd.DataFrame:
    """Members by tier at the end of months, lowest tier first."""
    return pd.DataFrame([(pd.Timestamp(2024 + at // 12, at % 12 + 1, 1), TIERS[rank], rank, members) for at, counts in enumerate(months)
                         for rank, members in enumerate(counts)], columns=["month", "tier", "tier_rank", "members"])


@pytest.mark.parametrize(("months", "title"), [
    ([(80, 15, 5)] * 13, "20% of members stand above Base, about as many as a year ago"),
    ([(800, 150, 50)] + [(700, 200, 100)] * 12, "30% of members stand above Base, 20% a year ago"),
    ([(800, 150, 50)] + [(840, 120, 40)] * 12, "16% of members stand above Base, 20% a year ago"),
    ([(80, 15, 5)] * 3, "20% of members stand above Base"), ([(80,)] * 13, "Members by tier"), ([(0, 0, 0)] * 13, "Members by tier"), ([], "Members by tier"),
])  # fmt: skip
def test_the_share_above_the_lowest_tier_is_compared_with_a_year_ago(months, title):
    assert words.mix_title(mix(*months)) == title


def shares(last: float, half: float, months: int = 13) -> pd.DataFrame:
    """Months of 100 nights of which 30 are members', the last of another share; every interval is `half` wide to both sides."""
    share = np.array([0.3] * (months - 1) + [last])
    return pd.DataFrame({"month": pd.date_range("2024-03-01", periods=months, freq="MS"), "nights": 100.0, "member_nights": 100 * share,
                         "nights_share": share, "nights_low": share - half, "nights_high": share + half})  # fmt: skip


@pytest.mark.parametrize(("found", "title"), [
    (shares(0.42, 0.05), "Members bring 31% of the nights; in Mar 2025 more than a year earlier"),
    (shares(0.18, 0.05), "Members bring 29% of the nights; in Mar 2025 fewer than a year earlier"),
    (shares(0.36, 0.05), "Members bring 31% of the nights"),  # 6 points; chance makes up to 7
    (shares(0.42, 0.05, months=12), "Members bring 31% of the nights"), (shares(0.42, 0.05).assign(nights=0), "Members' share, month by month"),
])  # fmt: skip
def test_a_month_is_news_only_where_it_differs_from_that_of_a_year_earlier(found, title):
    assert words.share_title(found, "nights") == title


def test_revenue_whose_exchange_rate_is_missing_has_no_share():
    found = shares(0.3, 0.05).rename(columns=lambda name: name.replace("nights", "revenue"))
    assert words.share_title(found, "revenue") == "Members bring 30% of the room revenue"
    found.loc[12, "revenue"] = np.nan
    assert words.share_title(found, "revenue") == "Members' share, month by month"


def quarters(*rows: tuple[int, int, bool]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["members", "engaged", "is_mature"]).assign(share=lambda f: f["engaged"] / f["members"])


@pytest.mark.parametrize(("found", "title"), [
    (quarters((100, 40, True), (100, 44, True), (100, 2, False)), "42% of new members earn or redeem within 90 days"),
    (quarters((100, 40, True), (100, 70, True)), "Between 40% and 70% of new members earn or redeem within 90 days"),
    (quarters((29, 20, True), (100, 2, False)), "New members in their first 90 days"), (quarters(), "New members in their first 90 days"),
])  # fmt: skip
def test_only_quarters_that_are_over_and_large_speak_of_new_members(found, title):
    assert words.early_title(found) == title


# --- titles of tiers ----------------------------------------------------------------------------------------------------
def flows(up: int, keep: int, down: int, closed: int) -> pd.DataFrame:
    return pd.DataFrame([("up", up), ("keep", keep), ("down", down), (CLOSED, closed)], columns=["move", "members"])


def test_what_became_of_all_members_adds_up_to_one_and_has_its_interval():
    found = words.moved(flows(10, 70, 15, 5))
    assert found["share"].tolist() == [0.1, 0.7, 0.15, 0.05]
    assert found.loc["up", ["low", "high"]].tolist() == pytest.approx([0.0552, 0.1744], abs=1e-4)  # Wilson for 10 of 100


@pytest.mark.parametrize(("found", "title"), [
    (flows(30, 60, 10, 0), "More moved up than down: 30% against 10%"), (flows(10, 60, 30, 0), "More moved down than up: 30% against 10%"),
    (flows(12, 70, 8, 10), "About as many moved up as down: 12% and 8%"),  # 4 apart; chance makes up to 8.8
    (flows(0, 90, 0, 10), "Nobody changed tier between the two days"), (flows(9, 15, 5, 0), "Who moved between tiers"),
    (pd.DataFrame(columns=["move", "members"]), "Who moved between tiers"),
])  # fmt: skip
def test_more_moved_up_than_down_only_where_a_coin_would_not_do_as_much(found, title):
    assert words.moves_title(found) == title


def test_the_way_that_the_title_names_is_the_one_that_is_drawn_in_colour():
    assert [words.more(found) for found in (flows(30, 60, 10, 0), flows(10, 60, 30, 0), flows(12, 70, 8, 10), flows(9, 15, 0, 0), flows(0, 0, 0, 0))] == [
        "up", "down", "", "", ""]


def test_the_highest_tier_that_is_known_says_how_long_it_lasts():
    found = pd.DataFrame({"tier_rank": [0, 1, 2, 3], "tier": ["Base", "Silver", "Gold", "Platinum"], "days": [900.0, 400.0, 365.4, np.nan],
                          "few": [False, False, False, False]})  # fmt: skip
    assert words.lasting_title(found) == "Gold: half of the members hold it for 12 months or longer"
    assert words.lasting_title(found.assign(few=[False, False, True, True])) == "Silver: half of the members hold it for 13 months or longer"
    assert words.lasting_title(found.iloc[3:]) == "How long a tier lasts"


@pytest.mark.parametrize(("kind", "total", "title"), [
    ("rise", 1, "1 member is within reach of the next tier"), ("rise", 1240, "1,240 members are within reach of the next tier"),
    ("rise", 0, "Nobody is within reach of the next tier"), ("keep", 1, "1 member loses a tier within 90 days"),
    ("keep", 38, "38 members lose their tier within 90 days"), ("keep", 0, "Nobody loses a tier within 90 days"),
])  # fmt: skip
def test_a_list_is_titled_by_how_many_it_holds(kind, total, title):
    assert words.work_title(kind, total) == title
