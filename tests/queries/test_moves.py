"""Who moved between groups within a year, counted by hand, and that both dates are told by the same windows as the scores."""
import datetime as dt
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.marts import rfm
from crm_core.queries import moves as moving
from tests.hotel import Hotel

A_YEAR_AGO = dt.date(2024, 4, 1)
# Arrivals of two nights at 100 a stay. On 1 April 2024 the champion had two stays, the last 120 days back; and so on.
WAYS = {
    ("promising", "champion"): ("2023-06-01", "2023-12-01", "2024-06-01", "2024-12-01", "2025-02-01"),
    ("cooling", "loyal"): ("2023-01-01", "2023-05-01", "2024-06-01"),
    ("loyal", "at_risk"): ("2023-02-01", "2023-08-01", "2023-12-01"),
    ("lost", "lost"): ("2022-01-10",),
    ("new", "recent"): ("2025-03-01",),
    ("new", "cooling"): ("2024-06-01",),
}


@pytest.fixture
def built(sqlite_store):
    hotel = Hotel(sqlite_store).open()
    hotel.property("LIS", 10)
    hotel.property("COL", 10)
    ids = {way: hotel.guest(f"{'-'.join(way)} X", "LIS", country="PT") for way in WAYS}
    for way, arrivals in WAYS.items():
        for arrival in arrivals:
            hotel.stay("LIS", arrival, 2, 100, ids[way], channel="ota" if way == ("loyal", "at_risk") else "own_site")
    hotel.stay("LIS", "2024-03-30", 2, 100, ids["lost", "lost"], status="cancelled")
    return ids


def ways(made, scope, **asked) -> dict:
    found = queries.run(made, scope, "group_moves", **({"since": A_YEAR_AGO} | asked))
    return {(row.before, row.now): row.guests for row in found.itertuples()}


def test_every_guest_with_a_stay_went_from_one_group_to_another(built, rebuilt, scope):
    assert ways(rebuilt(), scope) == dict.fromkeys(WAYS, 1)


def test_the_groups_of_today_are_those_of_the_scores(built, rebuilt, scope):
    made, lisbon = rebuilt(), replace(scope, properties=(1,))
    now = queries.run(made, lisbon, "group_moves", since=A_YEAR_AGO).groupby("now")["guests"].sum()
    scored = queries.run(made, lisbon, "rfm_cells").groupby("rfm")["guests"].sum()
    assert now.to_dict() == scored.to_dict()


def test_a_day_before_all_history_knows_no_guest_and_the_as_of_date_moves_none(built, rebuilt, scope):
    made = rebuilt()
    assert {before for before, _ in ways(made, scope, since=dt.date(2020, 1, 1))} == {"new"}
    assert all(before == now for before, now in ways(made, scope, since=scope.as_of))


def test_a_departure_on_the_day_itself_belongs_to_what_came_later(built, rebuilt, scope):
    assert ("new", "cooling") in ways(rebuilt(), scope, since=dt.date(2024, 6, 3))
    assert ("recent", "cooling") in ways(rebuilt(), scope, since=dt.date(2024, 6, 4))


def test_a_way_opens_to_its_guests_with_what_both_groups_rest_on(built, rebuilt, scope):
    found = queries.run(rebuilt(), scope, "group_movers", since=A_YEAR_AGO, before="loyal", now="at_risk")
    assert found["guest_id"].tolist() == [built["loyal", "at_risk"]]
    assert found.iloc[0][["then_stays", "now_stays", "then_spend", "now_spend"]].tolist() == [3, 3, 300_00, 300_00]
    assert queries.run(rebuilt(), scope, "group_movers", since=A_YEAR_AGO, before="loyal", now="lost").empty


def test_a_channel_narrows_no_history_but_a_segment_narrows_the_guests(built, rebuilt, scope):
    from crm_core.marts.fields import FIELDS
    from crm_core.rule import Segment, parse
    made, thrice = rebuilt(), Segment(parse({"field": "stays", "is": "is", "value": 3}, FIELDS))
    assert ways(made, replace(scope, channels=("ota",))) == dict.fromkeys(WAYS, 1)
    assert ways(made, replace(scope, segment=thrice)) == {("cooling", "loyal"): 1, ("loyal", "at_risk"): 1}


def test_fifths_of_spend_are_cut_alike_at_both_dates(built, rebuilt, scope):
    """Spend of 36 months today: 500, 300, 300, 100, 100 and 0, so that the fifths of these six guests begin at 0, 100, 300, 300 and 500."""
    assert ways(rebuilt(), replace(scope, properties=(1,)), kind="spend") == {
        ("fifth_2", "fifth_5"): 1, ("fifth_2", "fifth_4"): 1, ("fifth_4", "fifth_4"): 1, ("fifth_2", "none"): 1, ("new", "fifth_2"): 2}


def test_fifths_are_not_told_where_properties_have_different_ones(built, rebuilt, scope, settings):
    from crm_core.store import record
    hotel = Hotel(record.open_store(settings), {"LIS": 1, "COL": 2}, {"own_site": 1}, 1)
    hotel.stay("COL", "2025-01-05", 2, 700, hotel.guest("Elsewhere X", "COL"))
    made = rebuilt()
    assert ways(made, replace(scope, chain=(1, 2, 3)), kind="spend") == {}
    assert ("new", "fifth_5") in ways(made, replace(scope, chain=(1, 2)), kind="spend")


def test_an_unknown_kind_of_group_is_refused(built, rebuilt, scope):
    with pytest.raises(ValueError, match="not by 'mood'"):
        ways(rebuilt(), scope, kind="mood")


def test_every_group_is_one_of_those_named():
    assert {group for way in WAYS for group in way} <= {*rfm.GROUPS, moving.NEW}
