"""Campaigns are counted by hand (tests/mailed.py), and what they caused is told only where their arms can tell it."""
import datetime as dt
import itertools
import shutil
from dataclasses import replace

import duckdb
import numpy as np
import pytest

from crm_core import queries
from crm_core.marts.fields import FIELDS
from crm_core.rule import Segment, parse
from crm_core.scope import Period, Scope
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF
from tests.mailed import ARMS, COUNTS, DOLLARS, EARLY, LIS, NO_CONTROL, PLANNED, WINTER

CHAIN = (1, 2)
VIEW = Scope("local", CHAIN, Period(dt.date(2025, 1, 1), dt.date(2025, 4, 1)), AS_OF, chain=CHAIN)
IN_LISBON = replace(VIEW, properties=(LIS,))
# One row per person of an arm, each of whom is like the one that the campaign has in it.
LIKE = """INSERT INTO mart_assigned SELECT a.* REPLACE (a.guest_id + 100 * (1 + i) AS guest_id, CASE WHEN i < {booked} THEN 1 ELSE 0 END AS is_booked,
          CASE WHEN i < {booked} THEN {each} ELSE 0 END AS margin, CASE WHEN i % 2 = 0 THEN 'ota' ELSE 'direct' END AS way)
          FROM mart_assigned AS a, range({n}) AS r (i) WHERE campaign_id = 1 AND guest_id = {guest}"""

ALIKE = "UPDATE mart_assigned SET trip = 'leisure', is_member = 0, stays_before = '1', is_lapsed = 0, country = 'PT'"


@pytest.fixture
def larger(mailed, tmp_path):
    """A function that gives the first campaign other people: (people, bookings) of each arm, at a margin in minor units for each booking."""
    numbers = itertools.count()

    def make(treated: tuple[int, int], held: tuple[int, int], each: int = 12_000, *statements: str) -> warehouses.Warehouse:
        path = tmp_path / f"larger{next(numbers)}.duckdb"
        shutil.copy(mailed.path, path)
        with duckdb.connect(str(path)) as duck:
            for guest, (n, booked) in ((2, treated), (4, held)):
                duck.execute(LIKE.format(guest=guest, n=n, booked=booked, each=each))
            for statement in ("DELETE FROM mart_assigned WHERE guest_id < 100", ALIKE, "UPDATE mart_campaigns SET cost = 600000, holdout_bp = 5000", *statements):
                duck.execute(statement)
        return warehouses.Warehouse(path, mailed.version)
    return make


def ask(made, name: str, view: Scope = VIEW, **params):
    return queries.run(made, view, name, **params)


def one(made, campaign: int, view: Scope = VIEW):
    return ask(made, "campaign_card", view, campaign=campaign).iloc[0]


def test_campaigns_of_the_period_stand_with_their_verdict_the_last_first(mailed):
    found = ask(mailed, "campaign_list")
    assert list(zip(found["campaign_id"], found["verdict"], strict=True)) == [
        (EARLY, "early"), (NO_CONTROL, "no_control"), (WINTER, "few"), (ARMS, "few"), (DOLLARS, "few"), (COUNTS, "no_control")]
    february = replace(VIEW, period=Period(dt.date(2025, 2, 1), dt.date(2025, 3, 1)))
    assert list(ask(mailed, "campaign_list", february)["campaign_id"]) == [NO_CONTROL, WINTER]
    assert list(ask(mailed, "campaign_list", sort="clicked")["campaign_id"])[:2] == [COUNTS, WINTER]
    with pytest.raises(ValueError, match="put in order by"):
        ask(mailed, "campaign_list", sort="opened_human")


def test_messages_are_counted_once_whatever_happened_to_them_how_often(mailed):
    """Guest 1 opened and clicked twice, and a scanner clicked too; guest 2's machine opened: whether guest 2 did, nobody knows."""
    winter = one(mailed, WINTER)
    names = ["sent", "delivered", "bounced", "hard", "soft", "openable", "opened_human", "machine_opened", "clicked", "scanned", "unsubscribed", "booked"]
    assert winter[names].tolist() == [3, 2, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1]
    assert (winter["click_rate"], winter["click_rate_low"].round(3), winter["click_rate_high"].round(3)) == (.5, .095, .905)


def test_everyone_assigned_counts_whatever_came_of_the_message(mailed):
    """Of three written to guest 1 booked; guest 2 cancelled and guest 3 came a day late; one booking tells no margin."""
    winter = one(mailed, WINTER)
    assert winter[["treated_n", "treated_booked", "control_n", "control_booked"]].tolist() == [3, 1, 1, 0]
    assert (winter["lift"], winter["incremental"], winter["cost"]) == (pytest.approx(1 / 3), pytest.approx(1), 5000)
    assert np.isnan([winter["margin"], winter["romi"]]).all()
    assert (winter["low"].round(3), winter["high"].round(3)) == (-.505, .792)
    assert (winter["attributed"], winter["attributed_bookings"]) == (40_000, 1)


def test_before_the_window_is_over_counts_are_told_and_no_effect(mailed):
    early = one(mailed, EARLY)
    assert (early["treated_n"], early["treated_booked"], early["ripe_on"], early["verdict"]) == (2, 1, dt.date(2025, 4, 19), "early")
    assert early[["lift", "low", "high", "incremental", "margin", "romi", "detectable", "booked"]].isna().all()
    later = replace(VIEW, as_of=dt.date(2025, 4, 19))
    assert (one(mailed, EARLY, later)["verdict"], one(mailed, EARLY, later)["lift"]) == ("few", .5)


def test_without_anybody_held_out_the_effect_stays_unknown(mailed):
    for campaign in (NO_CONTROL, COUNTS):
        found = one(mailed, campaign)
        assert found["verdict"] == "no_control"
        assert found[["lift", "incremental", "margin", "romi"]].isna().all()


def test_a_campaign_of_counts_only_shows_what_its_platform_reports(mailed):
    counts = one(mailed, COUNTS)
    assert (counts["is_reported"], counts["sent"], counts["delivered"], counts["bounced"], counts["clicked"], counts["click_rate"]) == (1, 100, 90, 10, 9, .1)
    assert counts[["openable", "opened_human"]].isna().all()  # a platform does not tell people from machines


def test_without_an_exchange_rate_neither_cost_nor_margin_nor_return_is_told(mailed):
    dollars = one(mailed, DOLLARS)
    assert dollars[["cost", "margin", "romi", "cost_per"]].isna().all()
    assert (dollars["treated_booked"], dollars["lift"]) == (1, 1)  # what was done is known, what it brought is not


def test_who_was_held_out_and_written_to_all_the_same_is_counted(mailed):
    assert one(mailed, DOLLARS)["contaminated"] == 1
    assert one(mailed, WINTER)["contaminated"] == 0
    assert ask(mailed, "campaign_people", campaign=DOLLARS, outcome="contaminated")["guest_id"].tolist() == [9]


def test_one_property_sees_the_bookings_made_there(mailed):
    """Guest 8 was written to by Lisbon and booked in Addis: Lisbon alone must not know."""
    assert one(mailed, DOLLARS, IN_LISBON)["treated_booked"] == 0
    assert COUNTS not in set(ask(mailed, "campaign_list", IN_LISBON)["campaign_id"])  # nobody knows whose it was
    assert ask(mailed, "campaign_card", replace(VIEW, properties=(2,)), campaign=WINTER).empty
    assert ask(mailed, "campaign_days", IN_LISBON, campaign=DOLLARS)["treated"].sum() == 0
    assert ask(mailed, "campaign_days", campaign=DOLLARS)["treated"].to_dict()[5] == 1


def test_a_segment_is_told_from_messages_and_without_return_on_cost(mailed):
    known = replace(VIEW, segment=Segment(parse({"field": "stays", "is": "at_least", "value": 2}, FIELDS)))
    winter = one(mailed, WINTER, known)
    assert (winter["sent"], winter["treated_n"], winter["control_n"]) == (1, 1, 0)  # guest 1
    assert winter["romi"] != winter["romi"]


def test_the_worked_example_of_the_handbook(larger):
    """400 of 50,000 booked and 250 of 50,000 held out: 0.300 pp (0.2007 to 0.4005), 150 bookings, 200 %, €40 for each."""
    made = one(larger((50_000, 400), (50_000, 250)), WINTER)
    assert [round(100 * made[name], 4) for name in ("lift", "low", "high")] == [.3, .2007, .4005]
    assert [round(100 * made[name], 1) for name in ("relative", "relative_low", "relative_high")] == [60.0, 36.7, 87.3]
    assert [round(made[name], 1) for name in ("incremental", "incremental_low", "incremental_high")] == [150, 100.4, 200.2]
    # Its limits are those of the margin (Welch), a little closer than the handbook's, which are those of the bookings.
    assert [round(100 * made[name], 1) for name in ("romi", "romi_low", "romi_high")] == [200, 100.4, 299.6]
    assert [round(made[name] / 100, 2) for name in ("cost_per", "cost_per_low", "cost_per_high")] == [40, 29.96, 59.78]
    assert (made["srm_p"], made["verdict"]) == (1, "shown")


def test_a_lift_that_is_not_shown_and_one_that_harms(larger):
    assert one(larger((9000, 72), (1000, 5), 12_000, "UPDATE mart_campaigns SET holdout_bp = 1000"), WINTER)["verdict"] == "not_shown"
    harm = one(larger((5000, 50), (5000, 100)), WINTER)
    assert (harm["verdict"], round(harm["incremental"])) == ("harm", -50)


def test_a_broken_split_hides_the_lift(larger):
    broken = one(larger((5000, 50), (4000, 10)), WINTER)
    assert (broken["verdict"], broken["srm_p"] < .001) == ("broken", True)
    assert broken[["lift", "low", "high", "incremental", "margin", "romi"]].isna().all()


def test_a_campaign_planned_for_margin_is_read_by_margin(larger):
    made = one(larger((500, 30), (500, 30), 12_000, "UPDATE mart_campaigns SET primary_kpi = 'margin'",
                      "UPDATE mart_assigned SET margin = 3 * margin WHERE arm = 'contact'"), WINTER)
    assert (made["lift"], made["verdict"]) == (0, "shown")


# --- one campaign opened ---------------------------------------------------------------------------------------------
def test_the_funnel_tells_each_step_as_a_share_of_the_one_before(mailed):
    found = ask(mailed, "campaign_funnel", campaign=WINTER).set_index("step")
    assert found["n"].to_dict() == {"assigned": 4, "held_out": 1, "sent": 3, "bounced": 1, "delivered": 2, "openable": 1, "opened_human": 1, "machine_opened": 1,
                                    "clicked": 1, "scanned": 1, "unsubscribed": 1, "complained": 0, "booked": 1}
    assert found.loc[["delivered", "opened_human", "clicked"], "share"].tolist() == [pytest.approx(2 / 3), 1, .5]
    assert ask(mailed, "campaign_funnel", campaign=99).empty


def test_days_tell_when_people_acted_and_booked(mailed):
    found = ask(mailed, "campaign_days", campaign=WINTER)
    assert len(found) == 31
    assert {name: found.loc[found[name] > 0, "day"].tolist() for name in ("opened", "clicked", "treated", "control")} == {
        "opened": [1], "clicked": [1], "treated": [10], "control": []}
    assert (found["treated_share"].iloc[9], found["treated_share"].iloc[30]) == (0, pytest.approx(1 / 3))
    assert len(ask(mailed, "campaign_days", campaign=EARLY)) == 12  # 20 to 31 March


def test_variants_stand_beside_those_held_out(mailed):
    found = ask(mailed, "campaign_arms", campaign=ARMS)
    assert list(zip(found["arm"], found["cell"], found["n"], found["booked"], found["against"], strict=True)) == [
        ("contact", "A", 1, 0, "held_out"), ("contact", "B", 1, 0, "held_out"), ("held_out", "", 1, 1, "")]
    assert found["lift"].tolist()[:2] == [-1, -1]
    assert found["verdict"].tolist() == ["few", "few", ""]
    assert ask(mailed, "campaign_arms", campaign=EARLY)["verdict"].tolist() == ["early", ""]


def test_without_a_held_out_arm_variants_stand_beside_the_first(larger):
    halves = "UPDATE mart_assigned SET arm = 'contact', cell = CASE WHEN arm = 'held_out' THEN 'A' ELSE 'B' END"
    found = ask(larger((1000, 60), (1000, 20), 12_000, halves), "campaign_arms", campaign=WINTER)
    assert list(zip(found["cell"], found["against"], found["lift"].round(3).fillna(0), strict=True)) == [("A", "", 0), ("B", "A", .04)]


def test_the_split_of_variants_is_checked_against_their_shares(larger):
    shares = """UPDATE mart_campaigns SET shares_said = '{"contact": 8000, "held_out": 2000}'"""
    assert ask(larger((800, 8), (200, 2), 12_000, shares), "campaign_arms", campaign=WINTER)["srm_p"].tolist() == [1, 1]


def test_groups_are_told_by_the_traits_that_the_plan_named(larger):
    found = ask(larger((2000, 60), (2000, 20)), "campaign_groups", campaign=WINTER)
    assert list(zip(found["trait"], found["value"], found["treated_n"], found["treated_booked"], found["is_named"], strict=True)) == [
        ("way", "direct", 1000, 30, 1), ("way", "ota", 1000, 30, 1)]
    assert found["lift"].round(3).tolist() == [.02, .02]
    assert found["p_same"].tolist() == pytest.approx([1, 1])
    assert (found["q"] >= found["p"]).all()


def test_small_groups_are_not_told_nor_counted_among_the_looks(mailed, larger):
    assert ask(mailed, "campaign_groups", campaign=WINTER, scan=True)["few"].all()
    scanned = ask(larger((2000, 60), (2000, 20), 12_000, "UPDATE mart_assigned SET country = 'SE' WHERE guest_id < 400"), "campaign_groups",
                  campaign=WINTER, scan=True)
    few = scanned[scanned["few"] == 1]
    assert few["value"].tolist() == ["SE"]
    assert few[["lift", "p", "q"]].isna().all(axis=None)
    with pytest.raises(ValueError, match="Groups are told by"):
        ask(mailed, "campaign_groups", campaign=WINTER, traits=("shoe_size",))


def test_people_behind_a_figure_are_as_many_as_the_figure(mailed):
    ids = lambda campaign, outcome: ask(mailed, "campaign_people", campaign=campaign, outcome=outcome)["guest_id"].tolist()  # noqa: E731
    assert [ids(WINTER, outcome) for outcome in ("booked", "not_booked", "held_out", "held_out_booked", "clicked", "unsubscribed", "bounced", "sent")] == [
        [1], [2, 3], [4], [], [1], [2], [3], [1, 2, 3]]
    assert (ids(NO_CONTROL, "booked"), ids(NO_CONTROL, "complained"), ids(ARMS, "held_out_booked")) == ([1], [1], [12])
    assert ask(mailed, "campaign_people_total", campaign=WINTER, outcome="not_booked")["guests"].tolist() == [2]
    with pytest.raises(ValueError, match="listed as"):
        ids(WINTER, "opened")


def test_harm_is_told_beside_all_other_campaigns(mailed):
    found = ask(mailed, "campaign_harm", campaign=WINTER).set_index("harm")
    assert found.loc["unsubscribed", ["k", "n", "others_k", "others_n", "verdict"]].tolist() == [1, 2, 0, 8, "few"]
    assert found.loc["bounced", ["k", "n", "others_k", "others_n", "difference"]].tolist() == [1, 3, 0, 8, pytest.approx(1 / 3)]


def test_a_planned_campaign_has_a_card_and_no_place_in_the_list(mailed):
    planned = one(mailed, PLANNED)
    assert (planned["campaign"], planned["planned_people"], planned["verdict"]) == ("Planned", 500, "early")
    assert PLANNED not in set(ask(mailed, "campaign_list")["campaign_id"])
