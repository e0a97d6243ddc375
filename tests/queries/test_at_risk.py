"""Whom to win back: valuable guests who are late against their own rhythm and have nothing booked; and what earlier lists did, by hand."""
import datetime as dt
import math
from dataclasses import replace

import duckdb
import pytest

from crm_core import queries, schema
from crm_core.queries.at_risk import REACHES, SORTS
from crm_core.store import warehouse
from tests.hotel import AS_OF
from tests.looking import ask
from tests.returning import BEN, CHAIN, CORA, DINA, FAR, IDA, LEA, LIS, view


def listed(warehouse, scope, **params):
    return queries.run(warehouse, scope, "risk_list", **params)


def test_the_figure_counts_whom_the_list_may_hold(foretold):
    """Repeat guests likelier gone than not, among the best three tenths: also Ida, who is not late, and Lea, who has booked."""
    behind = queries.run(foretold, view(), "behind", key="guests_at_risk")
    assert sorted(behind["id"]) == [BEN, CORA, DINA, IDA, LEA]
    found = queries.run(foretold, view(), "kpi_values", keys=("guests_at_risk",))
    assert found.loc[found["period"] == "now", ["value", "few"]].to_numpy().tolist() == [[5, False]]


def test_the_list_leaves_out_who_has_booked_and_who_is_not_late(foretold):
    """Ida was last seen 89 days ago and comes every 275; Lea comes in May. Eve came once, Gil is not among the best three tenths."""
    found = listed(foretold, view())
    assert found["guest_id"].tolist() == [BEN, DINA, CORA]
    assert found["at_stake"].tolist() == [200_000, 140_000, 120_000]


def test_who_sleeps_in_the_house_now_is_not_to_be_won_back(hotel, rebuilt, scope, settings):
    """Ana, with two stays behind her, is in house since yesterday; Ben, with as many, is not, and his booking of last year was never used."""
    for arrival in ("2022-03-01", "2022-09-01"):
        hotel.stay("LIS", arrival, 1, 100, 2)
    hotel.set(schema.stay, 6, status="tentative")  # Ben's cancelled booking and his next one are as if they never were
    hotel.set(schema.stay, 8, arrival_on=dt.date(2024, 5, 1), departure_on=dt.date(2024, 5, 2))
    rebuilt()
    with duckdb.connect(str(next(settings.warehouse.glob("*.duckdb")))) as duck:
        duck.execute("UPDATE mart_guest_scores SET alive_ppm = 100000, expected_ppm = 1, value = 5000, at_stake = 9000, value_decile = 10, gap_days = 5")
    assert listed(warehouse.current(settings), scope)["guest_id"].tolist() == [2]


def test_a_rhythm_is_that_of_the_properties_one_looks_at(foretold):
    """In Lisbon Dina came once: she has no rhythm there. At some properties a guest is seen as where the guest is worth most."""
    lisbon = listed(foretold, view((LIS,)))
    assert lisbon[["guest_id", "gap_days", "silent_days"]].to_numpy().tolist() == [[BEN, 367, 443], [CORA, 172, 638]]
    assert listed(foretold, view())[["gap_days", "silent_days"]].to_numpy().tolist() == [[367, 443], [16.5, 777], [86, 638]]
    assert listed(foretold, view((LIS, FAR)))["guest_id"].tolist() == [BEN, CORA]
    assert listed(foretold, view((FAR,))).empty


def test_the_last_experience_is_that_of_the_last_stay(foretold):
    """Ben gave a six and Cora had a case; Dina was unhappy with her first stay, and her last was at another property."""
    found = listed(foretold, view()).set_index("guest_id")
    assert found["score_bp"].tolist() == pytest.approx([6000, math.nan, math.nan], nan_ok=True)
    assert found[["cases", "has_complained", "last_property"]].to_numpy().tolist() == [[0, 1, LIS], [0, 0, FAR], [1, 1, LIS]]


def test_who_agreed_can_be_reached_by_what_was_agreed_to(foretold):
    found = listed(foretold, view()).set_index("guest_id")
    assert found[["is_reachable", "has_phone"]].to_numpy().tolist() == [[1, 0], [1, 0], [0, 1]]
    assert {reach: listed(foretold, view(), reach=reach)["guest_id"].tolist() for reach in REACHES} == {
        "any": [BEN, DINA, CORA], "reachable": [BEN, DINA], "unreachable": [CORA]}


@pytest.mark.parametrize(("sort", "guests"), [
    ("at_stake", [BEN, DINA, CORA]), ("alive_ppm", [DINA, CORA, BEN]), ("silent_days", [DINA, CORA, BEN]), ("stays", [CORA, DINA, BEN]),
    ("nonsense", [BEN, DINA, CORA]),
])  # fmt: skip
def test_the_list_has_an_order_that_ends_with_the_id(foretold, sort, guests):
    assert listed(foretold, view(), sort=sort)["guest_id"].tolist() == guests
    assert {sort} - {"nonsense"} <= set(SORTS)
    assert listed(foretold, view(), sort=sort, offset=1, limit=1)["guest_id"].tolist() == guests[1:2]


def test_the_total_is_that_of_the_list(foretold):
    """Ben spent 300 in the last 36 months, Dina 600, Cora 500."""
    total = queries.run(foretold, view(), "risk_total").iloc[0].to_dict()
    assert total == {"guests": 3, "at_stake": 460_000, "recent_spend": 140_000, "reachable": 2, "complained": 2}
    for reach in REACHES:
        rows, total = listed(foretold, view(), reach=reach), queries.run(foretold, view(), "risk_total", reach=reach).iloc[0]
        assert (total["guests"], total["at_stake"]) == (len(rows), rows["at_stake"].sum())


def test_a_filter_narrows_the_list_to_guests_of_the_scope(foretold):
    assert queries.run(foretold, view(), "risk_total", reach="nonsense").at[0, "guests"] == 3
    nobody = queries.run(foretold, view((FAR,)), "risk_total").iloc[0].to_dict()
    assert nobody == {"guests": 0, "at_stake": 0, "recent_spend": 0, "reachable": 0, "complained": 0}


def test_of_a_large_house_every_guest_on_the_list_is_late_valuable_and_has_nothing_booked(simulated):
    found = listed(simulated, view(), limit=10_000)
    assert len(found) > 20
    assert (found["silent_days"] > found["gap_days"]).all()
    assert (found["alive_ppm"] < 500_000).all()
    assert (found["stays"] > 1).all()
    assert found["at_stake"].is_monotonic_decreasing
    coming = {guest for (guest,) in ask(simulated, "SELECT guest_id FROM mart_stays WHERE status = 'confirmed' AND arrival_on >= '2025-04-01'")}
    assert coming
    assert coming.isdisjoint(found["guest_id"])
    assert coming & set(queries.run(simulated, view(), "behind", key="guests_at_risk", limit=10_000)["id"])


# --- what became of earlier lists ---------------------------------------------------------------------------------------
def test_earlier_lists_say_who_came_within_their_window_of_those_contacted_and_held_out(foretold):
    """From 15 January 2023, ten days: Lea came on the 20th and Dina on the 22nd; Eve and Cora did not, nor Ana and Ben."""
    found = queries.run(foretold, view(), "list_outcomes").set_index("audience_id")
    assert found.index.tolist() == [3, 2, 1]
    counts = found[["contacted", "contacted_came", "held_out", "held_out_came"]].to_numpy().tolist()
    assert counts == [[2, 2, 1, 0], [3, 2, 0, 0], [4, 2, 2, 0]]
    assert found["difference"].tolist() == pytest.approx([1, math.nan, 0.5], nan_ok=True)
    assert (found.at[1, "low"], found.at[1, "high"]) == pytest.approx((-0.244941, 0.849961), abs=1e-6)  # Newcombe for 2 of 4 less 0 of 2
    assert found["few"].all()


def test_a_window_begins_on_the_day_of_the_list_and_is_over_when_its_days_are(foretold):
    """On 13 January 2024 Ben came, on the day itself, and Fred in March; Ana had come the day before. The list of 2025 has 180 days, 90 of them over."""
    found = queries.run(foretold, view(), "list_outcomes").set_index("audience_id")
    assert found.at[2, "contacted_came"] == 2
    assert found["is_ripe"].to_dict() == {3: False, 2: True, 1: True}
    edge = queries.run(foretold, replace(view(), as_of=AS_OF.replace(month=6, day=30)), "list_outcomes").set_index("audience_id")
    assert edge.at[3, "is_ripe"]


def test_of_a_list_only_guests_of_the_scope_are_told(foretold):
    found = queries.run(foretold, view((FAR,)), "list_outcomes").set_index("audience_id")
    assert found[["contacted", "contacted_came"]].to_numpy().tolist() == [[1, 0]]  # Dina, whose stay there began in February
    assert CHAIN == (1, 2, 3)
