"""Who joins, what members bring and how soon they act, counted by hand in the house of tests/club.py."""
import datetime as dt
import math
from dataclasses import replace

import pandas as pd
import pytest

from crm_core import queries
from crm_core.rule import Condition, Segment
from crm_core.stats import intervals
from tests import club
from tests.club import ADD, LIS


def ask(made, name: str, scope=None, **params) -> pd.DataFrame:
    return queries.run(made, scope or club.view(), name, **params)


def counted(frame: pd.DataFrame, what: str) -> dict:
    """What is not zero, by month and group."""
    return {(f"{row.month:%Y-%m}", row.group): getattr(row, what) for row in frame.itertuples() if getattr(row, what)}


# --- rules ------------------------------------------------------------------------------------------------------------
def test_a_programme_without_rules_is_told_with_the_number_zero(club_house):
    found = ask(club_house, "programmes")
    assert found[["code", "currency", "number"]].to_numpy().tolist() == [["club", "EUR", 0]]
    assert found["rules"].isna().all()


def test_every_version_of_the_rules_is_told_in_order(club_house, tmp_path):
    versions = ("(1, 'club', 'Club', 'EUR', 2, DATE '2025-01-01', '{}')", "(1, 'club', 'Club', 'EUR', 1, DATE '2023-01-01', '[]')")
    made = club.changed(club_house, tmp_path, "DELETE FROM mart_programmes", f"INSERT INTO mart_programmes VALUES {', '.join(versions)}")
    found = ask(made, "programmes")
    assert found[["number", "rules"]].to_numpy().tolist() == [[1, "[]"], [2, "{}"]]
    assert found["from_on"].astype(str).tolist() == ["2023-01-01", "2025-01-01"]


# --- who joins --------------------------------------------------------------------------------------------------------
def test_accounts_are_opened_and_closed_month_by_month_and_way(club_house):
    found = ask(club_house, "enrolments", months=24)
    assert counted(found, "joined") == {("2023-05", "web"): 1, ("2024-01", "desk"): 1, ("2025-03", "web"): 2, ("2025-03", "desk"): 2}
    assert counted(found, "closed") == {("2024-12", "web"): 1}
    assert len(found) == 24 * 2  # months in which nobody joined are told too


def test_a_longer_look_back_sees_who_joined_earlier_without_a_known_way(club_house):
    assert counted(ask(club_house, "enrolments", months=27), "joined")["2023-02", ""] == 1
    assert "2023-02" not in {month for month, _ in counted(ask(club_house, "enrolments", months=25), "joined")}


def test_accounts_are_opened_property_by_property(club_house):
    found = ask(club_house, "enrolments", by="property", months=27)
    assert found.groupby("group")["joined"].sum().to_dict() == {LIS: 6, ADD: 1}
    assert set(ask(club_house, "enrolments", club.view((ADD,)), by="property", months=27)["group"]) == {ADD}


def test_a_running_month_is_the_last_of_the_months(club_house):
    found = ask(club_house, "enrolments", replace(club.view(), as_of=dt.date(2025, 3, 20)), months=3)
    assert sorted(set(found["month"].dt.strftime("%Y-%m"))) == ["2025-01", "2025-02", "2025-03"]
    assert found["joined"].sum() == 1  # Ben on the 18th


def test_an_unknown_split_is_refused(club_house):
    with pytest.raises(ValueError, match="not by 'mood'"):
        ask(club_house, "enrolments", by="mood")


# --- how soon they act ------------------------------------------------------------------------------------------------
def test_a_quarter_is_judged_once_its_last_members_had_ninety_days(club_house):
    """Juan joined in the first quarter of 2023 and did nothing, Hana in the second, Ana in the first of 2024; 2025 is too young."""
    found = ask(club_house, "early_engagement")
    assert found["quarter"].astype(str).str[:10].tolist() == ["2023-01-01", "2023-04-01", "2024-01-01", "2025-01-01"]
    assert found[["members", "engaged", "is_mature"]].to_numpy().tolist() == [[1, 0, True], [1, 1, True], [1, 1, True], [3, 1, False]]
    assert found["share"].tolist()[:3] == [0, 1, 1]
    assert found.loc[0, ["low", "high"]].tolist() == pytest.approx([0, 0.793451], abs=1e-6)  # Wilson for none of one
    assert found.loc[3, ["share", "low", "high"]].isna().all()


@pytest.mark.parametrize(("as_of", "known"), [(dt.date(2025, 6, 29), True), (dt.date(2025, 6, 28), False)])
def test_the_day_on_which_a_quarter_is_known_is_ninety_days_after_it(club_house, as_of, known):
    """90 days from 31 March 2025, the first day after which nobody joins any more being 1 April: until before 30 June."""
    found = ask(club_house, "early_engagement", replace(club.view(), as_of=as_of + dt.timedelta(1)))
    assert bool(found["is_mature"].iloc[3]) == known


# --- what they bring --------------------------------------------------------------------------------------------------
def test_the_members_share_of_nights_and_revenue_is_told_month_by_month(club_house):
    """In February Ana's two nights at €100 of four at 200; in March four of 13, and €360 of 1,100."""
    found = ask(club_house, "member_share").set_index("month")
    assert len(found) == 13
    assert found.index[-1] == pd.Timestamp("2025-03-01")
    columns = ["nights", "member_nights", "revenue", "member_revenue"]
    assert found.loc["2025-02-01", columns].tolist() == [4, 2, 20_000, 10_000]
    assert found.loc["2025-03-01", columns].tolist() == [13, 4, 110_000, 36_000]
    assert found.loc["2025-03-01", ["nights_share", "revenue_share"]].tolist() == pytest.approx([4 / 13, 36 / 110])
    assert found.loc["2025-01-01", columns].tolist() == [0, 0, 0, 0]
    assert math.isnan(found.loc["2025-01-01", "nights_share"])


def test_the_interval_of_a_month_is_over_its_guests(club_house):
    """February: two guests with two nights each, one of them a member."""
    found = ask(club_house, "member_share").set_index("month").loc["2025-02-01"]
    low, high = intervals.ratio(2, 2, 4, 4, 4, 8)
    assert (found["nights_low"], found["nights_high"]) == pytest.approx((low, high))
    assert found["nights_low"] < 0.5 < found["nights_high"]


def test_a_missing_exchange_rate_blanks_the_share_of_revenue_and_not_that_of_nights(club_house, tmp_path):
    made = club.changed(club_house, tmp_path, *(f"UPDATE mart_{name} SET room_revenue = NULL WHERE night_on = '2025-03-05'" for name in ("daily", "nights")))
    found = ask(made, "member_share").set_index("month")
    assert found.loc["2025-03-01", ["revenue", "revenue_share", "revenue_low", "revenue_high"]].isna().all()
    assert found.loc["2025-03-01", ["nights", "nights_share"]].tolist() == pytest.approx([13, 4 / 13])
    assert found.loc["2025-02-01", "revenue_share"] == 0.5


def test_a_segment_narrows_the_members_that_are_counted(club_house):
    nobody = replace(club.view(), segment=Segment(Condition("stays", "at_least", 9)))
    assert ask(club_house, "enrolments", nobody)["joined"].sum() == 0
    assert ask(club_house, "early_engagement", nobody).empty
