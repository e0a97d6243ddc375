"""What is owed for points, added up by hand: the triangle, the liability at other breakages, the roll-forward and the journal."""
import datetime as dt

import pandas as pd
import pytest

from crm_core import queries
from crm_core.marts.fields import FIELDS
from crm_core.rule import Segment, parse
from tests.rewarded import ADD, CHAIN, LIS, view

MONTHS = {"from_on": dt.date(2025, 2, 1), "to_on": dt.date(2025, 4, 1)}


def ask(warehouse, name, scope=None, **params) -> pd.DataFrame:
    return queries.run(warehouse, scope or view(), name, **params)


def told(warehouse, scope, key: str):
    found = ask(warehouse, "kpi_values", scope, keys=(key,))
    return found[found["period"] == "now"].iloc[0]


# --- the triangle -----------------------------------------------------------------------------------------------------
def test_the_triangle_says_what_was_redeemed_by_the_end_of_each_quarter_of_age(rewarded_house):
    """Of Ana's 1,000 of the first quarter of 2023: 400 in the second of 2024 (age 5), 150 in the first of 2025 (age 8)."""
    found = ask(rewarded_house, "points_triangle")
    one = found[found["quarter"] == dt.date(2023, 1, 1)]
    assert one["share"].tolist() == [0, 0, 0, 0, 0, 0.4, 0.4, 0.4, 0.55] and one["is_known"].all()
    assert found.groupby("quarter")["issued"].first().to_dict() == {
        dt.date(2023, 1, 1): 1000, dt.date(2023, 4, 1): 600, dt.date(2024, 7, 1): 500, dt.date(2025, 1, 1): 480}


def test_an_age_that_is_not_over_is_unknown_and_not_nothing(rewarded_house):
    found = ask(rewarded_house, "points_triangle")
    young = found[found["quarter"] == dt.date(2024, 7, 1)]
    assert young["is_known"].tolist() == [True] * 3 + [False] * 6
    assert young["share"].tolist()[:3] == [0, 0, 0.2] and young["share"][~young["is_known"]].isna().all()


def test_the_vintages_are_the_whole_programmes_in_every_scope(rewarded_house):
    assert all(ask(rewarded_house, "vintages", view(places))["issued_on"].tolist() == [
        dt.date(2023, 1, 1), dt.date(2023, 4, 1), dt.date(2024, 7, 1), dt.date(2025, 1, 1)] for places in (CHAIN, (ADD,)))


# --- what is owed -----------------------------------------------------------------------------------------------------
def test_half_of_the_open_points_at_four_tenths_of_a_cent_each(rewarded_house):
    row = ask(rewarded_house, "liability").iloc[0]
    assert row[["open", "issued", "expected", "value"]].tolist() == [1860, 2760, 930, pytest.approx(0.4)]
    assert row[["liability", "low", "high"]].tolist() == pytest.approx([372, 297.6, 446.4])
    assert row[["deferred", "deferred_low", "deferred_high"]].tolist() == pytest.approx([186, 148.8, 223.2])
    assert row["breakage"] == pytest.approx(1 - (650 + 930) / 2760)  # 650 of these lots are redeemed


@pytest.mark.parametrize("places", [CHAIN, (LIS,), (ADD,)], ids=str)
def test_it_is_the_figure_of_the_tile(rewarded_house, places):
    row, owed, deferred = (ask(rewarded_house, "liability", view(places)).iloc[0], *(told(rewarded_house, view(places), key) for key in (
        "points_liability", "ifrs15_deferred")))
    assert row[["liability", "low", "high", "deferred"]].tolist() == pytest.approx([owed["value"], owed["low"], owed["high"], deferred["value"]])


# A point of breakage is a hundredth of what was issued in the four quarters, 2,580 points; the 180 of unknown age move as their 1,680 open ones.
TENTH = 258 * (1 + 180 / 1680)


@pytest.mark.parametrize(("shift", "expected"), [
    (-50, 180 + 450 + 350 + 400 + 480),  # never more than is open
    (-10, 930 + TENTH), (-5, 930 + TENTH / 2), (5, 930 - TENTH / 2), (10, 930 - TENTH),
    (50, 0),  # and never less than nothing: 225 − 500, 175 − 300, 200 − 250, 240 − 240
])  # fmt: skip
def test_a_higher_breakage_takes_its_part_of_what_was_issued_off_what_is_owed(rewarded_house, shift, expected):
    row, now = (ask(rewarded_house, "liability", shift_pp=pp).iloc[0] for pp in (shift, 0))
    assert row["expected"] == pytest.approx(expected)
    assert row["liability"] == pytest.approx(0.4 * expected) and row["deferred"] == pytest.approx(0.2 * expected)
    assert row["breakage"] - now["breakage"] == pytest.approx((930 - expected) / 2760)


def test_one_property_moves_as_the_whole_programmes_quarters_do(rewarded_house):
    """Lisbon at five points: 50 of the first quarter, 30 of the second, 430 of the 480 points of the last one's 24, and 129 of 1,680 of its 180."""
    row = ask(rewarded_house, "liability", view((LIS,)), shift_pp=5).iloc[0]
    assert row["expected"] == pytest.approx(705 - 50 - 30 - 24 * 430 / 480 - 180 * 129 / 1680)


def test_several_breakages_side_by_side_say_what_each_says_alone(rewarded_house):
    found = ask(rewarded_house, "sensitivity")
    assert found["shift_pp"].tolist() == [-10, -5, 0, 5, 10]
    assert found["liability"].tolist() == pytest.approx([372 + 0.4 * TENTH * part for part in (1, 0.5, 0, -0.5, -1)])
    for shift in (-5, 10):
        assert found[found["shift_pp"] == shift].reset_index(drop=True).equals(ask(rewarded_house, "liability", shift_pp=shift))


@pytest.fixture
def young(altered):
    """The same house, where nothing can be said yet of a lot in Addis, nor of its last month."""
    return altered(f"UPDATE mart_lots SET redeems_ppm = NULL, owed = NULL, deferred = NULL WHERE property_id = {ADD} AND fate = 'open' AND points = 400",
                   f"UPDATE mart_point_months SET urr = NULL, liability = NULL WHERE property_id = {ADD} AND month_on = '2025-03-01'")


@pytest.mark.parametrize("shift", [0, 5])
def test_what_one_lot_does_not_tell_is_not_told_of_all(young, shift):
    row = ask(young, "liability", shift_pp=shift).iloc[0]
    assert row["open"] == 1860 and row[["expected", "liability", "deferred", "breakage"]].isna().all()
    assert ask(young, "liability", view((LIS,)), shift_pp=shift).iloc[0]["liability"] > 0
    assert ask(young, "points_age").set_index("quarter")["expected"].isna().tolist() == [False, False, False, True, False]


def test_a_roll_forward_without_an_estimate_still_closes_in_points(young):
    """What was redeemed is worth what it is worth; what came in from another member, and what is left, nobody can tell."""
    found = ask(young, "roll_forward", view((ADD,)), **MONTHS).set_index("line")
    assert found["points"].tolist() == [500, 0, -100, 0, 0, 50, 0, 450]
    assert found["money"].isna().to_dict() == {"opening": False, "issued": False, "redeemed": False, "expired": False, "adjusted": False,
                                               "transferred": True, "estimate": True, "closing": True}


# --- for the accountant -----------------------------------------------------------------------------------------------
def test_the_roll_forward_of_lisbon_by_hand(rewarded_house):
    """Money: 400 issued at 50 % × 0.4; 150 redeemed at 0.4; − 20 and − 50 at March's 60 % × 0.4; the rest of 260 − 200 is a change of the estimate."""
    found = ask(rewarded_house, "roll_forward", view((LIS,)), **MONTHS)
    assert found.to_numpy().tolist() == [
        ["opening", 1230, 200], ["issued", 400, 80], ["redeemed", -150, -60], ["expired", 0, 0], ["adjusted", -20, -5], ["transferred", -50, -12],
        ["estimate", 0, 57], ["closing", 1410, 260]]  # fmt: skip


@pytest.mark.parametrize("places", [CHAIN, (LIS,), (ADD,)], ids=str)
@pytest.mark.parametrize("first", [dt.date(2023, 1, 1), dt.date(2024, 6, 1), dt.date(2025, 2, 1), dt.date(2025, 3, 1)], ids=str)
def test_it_closes_in_points_and_in_money_whenever_it_begins(rewarded_house, places, first):
    found = ask(rewarded_house, "roll_forward", view(places), from_on=first, to_on=dt.date(2025, 4, 1)).set_index("line")
    assert found.loc["closing", "points"] == found["points"].iloc[:-1].sum() == ask(rewarded_house, "points_flow", view(places))["closing"].iloc[-1]
    assert found.loc["closing", "money"] == found["money"].iloc[:-1].sum() == {CHAIN: 368, (LIS,): 260, (ADD,): 108}[places]


def test_what_closes_one_time_opens_the_next(rewarded_house):
    earlier, later = (ask(rewarded_house, "roll_forward", from_on=first, to_on=end).set_index("line") for first, end in (
        (dt.date(2025, 1, 1), dt.date(2025, 3, 1)), (dt.date(2025, 3, 1), dt.date(2025, 4, 1))))
    assert earlier.loc["closing"].tolist() == later.loc["opening"].tolist() == [2130, 380]  # 280.4 + 100, rounded to a cent


def test_dates_within_months_mean_those_months(rewarded_house):
    whole, cut = (ask(rewarded_house, "roll_forward", **days) for days in (MONTHS, {"from_on": dt.date(2025, 2, 17), "to_on": dt.date(2025, 3, 2)}))
    assert whole.equals(cut)


def test_an_account_is_the_houses_whatever_the_filters(rewarded_house):
    narrow = view(segment=Segment(parse({"field": "stays", "is": "is", "value": 2}, FIELDS)), channels=("ota",))
    for name in ("roll_forward", "journal"):
        assert ask(rewarded_house, name, narrow, **MONTHS).equals(ask(rewarded_house, name, **MONTHS))


def test_the_journal_books_every_posting_twice(rewarded_house):
    found = ask(rewarded_house, "journal", view((LIS,)), **MONTHS)
    assert found.groupby("month")["points"].sum().tolist() == [0, 0]
    march = found[found["month"] == dt.date(2025, 3, 1)].set_index("account")
    assert march["points"].to_dict() == {"members": -220, "issued": 0, "redeemed": 150, "expired": 0, "adjusted": 20, "transferred": 50}
    assert march["postings"].unique().tolist() == [5]


def test_the_journal_and_the_roll_forward_say_the_same(rewarded_house):
    """What the programme's accounts gain, members lost."""
    days = {"from_on": dt.date(2023, 1, 1), "to_on": dt.date(2025, 4, 1)}
    booked = ask(rewarded_house, "journal", **days).groupby("account")["points"].sum()
    lines = ask(rewarded_house, "roll_forward", **days).set_index("line")["points"]
    assert {account: -points for account, points in booked.items() if account != "members"} == {
        "issued": 2780, "redeemed": -650, "expired": -250, "adjusted": -20, "transferred": 0} == lines.iloc[1:6].to_dict()
    assert booked["members"] == lines["closing"] == 1860


# --- as a refresh leaves it -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("places", "points"), [(CHAIN, 1860), ((LIS,), 1410), ((ADD,), 450)], ids=str)
def test_ledger_lots_and_months_agree_to_the_point(refreshed_house, places, points):
    told = {"flow": ask(refreshed_house, "points_flow", view(places))["closing"].iloc[-1], "lots": ask(refreshed_house, "points_age", view(places))["points"].sum(),
            "owed for": ask(refreshed_house, "liability", view(places)).iloc[0]["open"],
            "rolled forward": ask(refreshed_house, "roll_forward", view(places), **MONTHS)["points"].iloc[-1]}  # fmt: skip
    assert told == dict.fromkeys(told, points)


def test_a_young_programme_has_a_ledger_and_no_estimate(refreshed_house):
    row = ask(refreshed_house, "liability", shift_pp=5).iloc[0]
    assert row[["liability", "deferred", "expected"]].isna().all()
    assert ask(refreshed_house, "vintages")["urr"].isna().all()
