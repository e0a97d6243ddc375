"""The KPIs of loyalty, counted by hand in the house of tests/club.py for March 2025."""
import datetime as dt
import math
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.metrics import CATALOGUE, loyalty, metric
from crm_core.scope import Period
from tests import club
from tests.club import ADD, ANA, BEN, CORA, EVE, HANA, JUAN, LIS

NONE = math.nan
# Nights of March: Ana 3 (member), Ben 2, Cora 1, Dina 2, Eve 1 (member since that day), Fred 1, Gil 1, Hana 1 (no longer a member), one without a
# name; €300 + 240 + 100 + 200 + 60 + 50 + 30 + 40 + 80. One more night was free of charge.
SOLD, MEMBER_NIGHTS, REVENUE, MEMBER_REVENUE = 13, 3 + 1, 110_000, 30_000 + 6_000
# (numerator, denominator, n, value)
EXPECTED = {
    "members": (5, NONE, 5, 5),  # Hana's account is closed
    "members_active_12m": (3, 5, 5, 0.6),  # Ana, Cora and Juan; Hana was, but is no member
    # Ben and Eve, of Ben, Cora, Dina, Eve, Fred and Hana. Ana was a member, Gil's week is not over, Ida's was house use, and nobody knows the other two.
    "enrolment_rate": (2, 6, 6, 1 / 3),
    "member_contribution": (MEMBER_NIGHTS, SOLD, SOLD, 4 / 13),
    "member_revenue_share": (MEMBER_REVENUE, REVENUE, SOLD, 36 / 110),
    "burn_earn_ratio": (300 + 100 - 100, 1000 - 200, 800, 0.375),
    "ultimate_redemption_rate": (550 * 10**6, 1000 * 10**6, 2, 0.55),  # 300 + 400/2 + 200/4 of 300 + 100 + 400 + 200
    "breakage_rate": (450 * 10**6, 1000 * 10**6, 2, 0.45),
    "points_liability": (80_000 + 20_000, NONE, 2, 100),  # 0.4 cents × (200 + 50) points
    "ifrs15_deferred": (48_000 + 12_000, NONE, 2, 60),
    "liability_per_member": (100_000, 5000, 5, 20),
    "tier_migration_rate": (3, 4, 4, 0.75),  # Ana rose, Juan fell, Hana left, Eve stayed
    "programme_cost_per_room": (120 + 50 - 50 + 500 + 200, SOLD + 1, SOLD + 1, 820 / 14),
    "incremental_member_value": (5000 * 100 + 2000 * 50, 150, 150, 4000),
    "referral_k": (2, 5, 4, 0.4),
    "points_expiring_90d": (140, NONE, 2, 140),
}
# low and high
BOUNDS = {
    "members_active_12m": (0.230724, 0.882379),  # Wilson for 3 of 5
    "enrolment_rate": (0.096771, 0.700007),  # 2 of 6
    "tier_migration_rate": (0.300642, 0.954413),  # 3 of 4
    "ultimate_redemption_rate": (0.5, 0.6),  # 300 + 160 + 40 and 300 + 240 + 60
    "breakage_rate": (0.4, 0.5),
    "points_liability": (80, 120),
    "ifrs15_deferred": (48, 72),
    "incremental_member_value": (1000, 7000),
}


def figures(warehouse, scope, key: str, by: str | None = None):
    found = queries.run(warehouse, scope, "kpi_values", keys=(key,), by=by)
    return found[found["period"] == "now"]


def figure(warehouse, scope, key: str):
    return figures(warehouse, scope, key).iloc[0]


def test_every_kpi_of_loyalty_is_counted():
    assert set(EXPECTED) == {k.key for k in loyalty.METRICS}


@pytest.mark.parametrize("key", EXPECTED)
def test_a_kpi_is_what_one_counts_by_hand(club_house, key):
    top, bottom, n, value = EXPECTED[key]
    found = figure(club_house, club.view(), key)
    assert (found["numerator"], found["n"]) == (top, n)
    assert found["denominator"] == pytest.approx(bottom, nan_ok=True)
    assert found["value"] == pytest.approx(value)
    assert found["few"] == (metric(key).minimum > n)


@pytest.mark.parametrize("key", BOUNDS)
def test_an_interval_is_what_one_counts_by_hand(club_house, key):
    found = figure(club_house, club.view(), key)
    assert (found["low"], found["high"]) == pytest.approx(BOUNDS[key], abs=1e-6)


def test_the_referral_factor_is_doubted_over_members(club_house):
    """Ana's two of five members: the bootstrap may draw her never, or several times."""
    found = figure(club_house, club.view(), "referral_k")
    assert found["low"] == 0
    assert 0.8 <= found["high"] <= 1.6


@pytest.mark.parametrize("key", [key for key in EXPECTED if CATALOGUE[key].opens])
def test_what_is_behind_a_kpi_adds_up_to_it(club_house, key):
    rows = queries.run(club_house, club.view(), "behind", key=key, limit=100)
    total = queries.run(club_house, club.view(), "behind_total", key=key).iloc[0]
    assert rows["part"].sum() == total["total"] == EXPECTED[key][0]
    assert total["rows"] == len(rows)
    for place in (LIS, ADD):
        of = figures(club_house, club.view(), key, "property")
        narrowed = queries.run(club_house, club.view(), "behind_total", key=key, group=("property", place)).iloc[0]["total"]
        assert narrowed == of.loc[of["group"] == place, "numerator"].sum()


def test_a_number_of_points_opens_to_the_members_they_belong_to(club_house):
    rows = queries.run(club_house, club.view(), "behind", key="points_liability")
    assert rows[["id", "guest_id", "part"]].to_numpy().tolist() == [[ANA, ANA, 80_000], [JUAN, JUAN, 20_000]]
    redeemed = queries.run(club_house, club.view(), "behind", key="burn_earn_ratio")
    assert redeemed[["id", "part", "times"]].to_numpy().tolist() == [[ANA, 300, 3]]


# --- by tier and by property ------------------------------------------------------------------------------------------
def test_members_are_told_by_tier(club_house):
    by = figures(club_house, club.view(), "members", "tier").set_index("group")["value"]
    assert by.to_dict() == {"Base": 3, "Silver": 1, "Gold": 1}  # Ben, Cora and Juan; Eve; Ana
    assert queries.run(club_house, club.view(), "behind", key="members", group=("tier", "Base"))["id"].tolist() == [JUAN, BEN, CORA]  # latest first


def test_what_does_not_know_tiers_stands_whole_beside_each(club_house):
    for key in ("rooms_sold", "lead_time_median", "km_return_6m"):
        whole, parts = figure(club_house, club.view(), key), figures(club_house, club.view(), key, "tier")
        assert (parts["numerator"] == whole["numerator"]).all()
        assert len(parts)


def test_the_liability_of_a_property_is_that_of_its_members(club_house):
    for key, told in (("points_liability", {LIS: 80, ADD: 20}), ("members", {LIS: 4, ADD: 1}), ("liability_per_member", {LIS: 20, ADD: 20})):
        assert figures(club_house, club.view(), key, "property").set_index("group")["value"].to_dict() == told
    assert figure(club_house, club.view((ADD,)), "points_liability")["value"] == 20


# --- what needs care --------------------------------------------------------------------------------------------------
def test_of_all_properties_together_the_comparison_of_all_is_told_and_not_the_sum(club_house):
    found = figure(club_house, club.view(chain=(LIS, ADD)), "incremental_member_value")
    assert found[["value", "n", "low", "high"]].tolist() == [4500, 140, 500, 8500]


def test_a_lower_bound_below_zero_is_told(club_house):
    found = figure(club_house, club.view((ADD,)), "incremental_member_value")
    assert found[["value", "low", "high"]].tolist() == [2000, -1000, 5000]
    assert found["few"]  # 50 pairs


def test_the_week_after_a_departure_must_be_over(club_house):
    """Gil left on 25 March and joined that day; on 2 April all seven days are known."""
    found = figure(club_house, replace(club.view(), as_of=dt.date(2025, 4, 2)), "enrolment_rate")
    assert (found["numerator"], found["denominator"]) == (3, 7)


def test_who_comes_again_as_a_member_is_not_asked_again(club_house):
    """In February Fred was no member, and did not join; Ana was one."""
    february = club.view(period=Period(dt.date(2025, 2, 1), dt.date(2025, 3, 1)))
    found = figure(club_house, february, "enrolment_rate")
    assert (found["numerator"], found["denominator"]) == (0, 1)


def test_points_count_on_the_day_they_are_taken_back(club_house):
    """In February 200 were earned and 10 redeemed; that the 200 were taken back is March's."""
    found = figure(club_house, club.view(period=Period(dt.date(2025, 2, 1), dt.date(2025, 3, 1))), "burn_earn_ratio")
    assert (found["numerator"], found["denominator"]) == (10, 200)


def test_without_an_estimate_for_one_open_lot_there_is_none_of_all(club_house, tmp_path):
    made = club.changed(club_house, tmp_path, "UPDATE mart_lots SET redeems_ppm = NULL, owed = NULL WHERE guest_id = 10 AND fate = 'open'")
    assert all(math.isnan(figure(made, club.view(), key)["value"]) for key in ("ultimate_redemption_rate", "breakage_rate", "points_liability"))
    assert figure(made, club.view((LIS,)), "points_liability")["value"] == 80


def test_a_reward_of_unknown_worth_blanks_the_cost(club_house, tmp_path):
    made = club.changed(club_house, tmp_path, "UPDATE mart_points SET amount = NULL WHERE amount = 120")
    assert math.isnan(figure(made, club.view(), "programme_cost_per_room")["value"])
    assert figure(made, club.view(), "burn_earn_ratio")["value"] == 0.375


def test_a_hundred_invitations_are_enough_for_the_referral_factor(club_house, tmp_path):
    made = club.changed(club_house, tmp_path, f"UPDATE mart_members SET invited = 99 WHERE guest_id = {EVE}")
    found = figure(made, club.view(), "referral_k")
    assert (found["n"], found["few"]) == (103, False)
    closed = club.changed(club_house, tmp_path / "b", f"UPDATE mart_members SET invited = 99 WHERE guest_id = {HANA}")
    assert figure(closed, club.view(), "referral_k")["few"]  # her account is closed: 4 are left
