"""Life-cycle stages, counted by hand: rules, dates, moves within a year, and what a scope does to them."""
import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crm_core import queries, schema
from tests.hotel import Hotel


@pytest.fixture
def built(sqlite_store):
    """As of 1 April 2025: one guest at each stage, and one whose history is at two properties."""
    hotel = Hotel(sqlite_store).open()
    hotel.property("LIS", 10)
    hotel.property("COL", 10)
    ids = {name: hotel.guest(f"{name} X", "LIS") for name in ("prospect", "lead", "first", "repeat", "member", "advocate", "lapsed", "both")}
    for name, stays in {"first": ["2025-03-01"], "repeat": ["2024-01-10", "2025-03-05"], "member": ["2025-03-01"],
                        "advocate": ["2024-01-10", "2024-06-01"], "lapsed": ["2022-01-10", "2023-03-01"], "both": ["2025-01-01"]}.items():
        for arrival in stays:
            hotel.stay("LIS", arrival, 2, 100, ids[name])
    hotel.stay("COL", "2025-02-01", 1, 100, ids["both"])
    hotel.stay("LIS", "2025-05-01", 1, 100, ids["prospect"], status="confirmed", lead=60)
    with hotel.changing("more") as change:
        add = lambda table, **values: change.connection.execute(sa.insert(table).values(source="x", revision=change.revision, **values))  # noqa: E731
        add(schema.lead, property_id=1, guest_id=ids["lead"], currency="EUR", created_at="2025-03-20T10:00:00+00:00")
        add(schema.lead, property_id=1, guest_id=ids["first"], currency="EUR", created_at="2025-03-20T10:00:00+00:00")
        add(schema.membership, profile_id=ids["member"], enrolled_on=dt.date(2025, 3, 2), status="active")
        add(schema.membership, profile_id=ids["first"], enrolled_on=dt.date(2025, 3, 2), status="closed")
        add(schema.review, property_id=1, profile_id=ids["advocate"], reviewed_on=dt.date(2024, 7, 1), score_bp=9000)
        add(schema.review, property_id=1, profile_id=ids["repeat"], reviewed_on=dt.date(2024, 7, 1), score_bp=8900)
    return ids


def at(made, scope, stage: str, **more) -> list[int]:
    return queries.run(made, scope, "stage_guests", stage=stage, **more)["guest_id"].tolist()


def since(made, scope, guest: int) -> dict[str, str]:
    rows = queries.run(made, scope, "guest_stages", guest=guest)
    return {row.stage: f"{row.since_on:%Y-%m-%d}" for row in rows.itertuples()}


def current(made, scope, guest: int) -> str:
    rows = queries.run(made, scope, "guest_stages", guest=guest)
    return rows[rows["is_current"] == 1]["stage"].item()


def test_each_guest_stands_at_the_last_stage_that_its_history_reaches(built, rebuilt, scope):
    made = rebuilt()
    for stage in ("prospect", "lead", "first", "member", "advocate", "lapsed"):
        assert at(made, scope, stage) == [built[stage]], stage
    assert sorted(at(made, scope, "repeat")) == [built["repeat"], built["both"]]
    assert all(current(made, scope, built[stage]) == stage for stage in ("first", "repeat", "member", "advocate", "lapsed"))


def test_each_stage_is_dated_by_what_led_to_it(built, rebuilt, scope):
    made = rebuilt()
    assert since(made, scope, built["repeat"]) == {"prospect": "2023-12-31", "first": "2024-01-12", "repeat": "2025-03-07"}
    assert since(made, scope, built["advocate"])["advocate"] == "2024-07-01"
    assert since(made, scope, built["member"])["member"] == "2025-03-02"
    assert since(made, scope, built["lead"])["lead"] == "2025-03-20"
    # The last departure was on 3 March 2023; 731 days later it lay more than 24 months back.
    assert since(made, scope, built["lapsed"])["lapsed"] == "2025-03-03"


def test_who_has_booked_again_has_not_lapsed(built, rebuilt, scope, settings):
    from crm_core.store import record
    hotel = Hotel(record.open_store(settings), {"LIS": 1}, {"own_site": 1}, 1)
    hotel.stay("LIS", "2025-06-01", 1, 100, built["lapsed"], status="confirmed", lead=100)
    assert current(rebuilt(), scope, built["lapsed"]) == "repeat"


def test_a_contact_that_a_file_brought_after_the_as_of_date_is_a_prospect(built, rebuilt, scope, settings):
    from crm_core.store import record
    guest = Hotel(record.open_store(settings), {"LIS": 1}, {"own_site": 1}, 1).guest("Late Comer", "LIS")
    assert current(rebuilt(), scope, guest) == "prospect"


def test_a_scope_of_one_property_knows_only_the_stays_there(built, rebuilt, scope):
    made = rebuilt()
    assert current(made, scope, built["both"]) == "repeat"
    assert current(made, replace(scope, properties=(1,)), built["both"]) == "first"
    assert queries.run(made, replace(scope, properties=(2,)), "guest_stages", guest=built["first"]).empty


def test_who_came_and_went_within_a_year(built, rebuilt, scope):
    """A year before, on 1 April 2024, the repeat guest and the advocate had one stay, the lapsed one two, and the others were unknown."""
    made = rebuilt()
    moves = queries.run(made, scope, "stage_moves")
    found = {(row.before if isinstance(row.before, str) else None, row.stage): row.guests for row in moves.itertuples()}
    assert found == {("first", "repeat"): 1, ("first", "advocate"): 1, ("repeat", "lapsed"): 1, (None, "prospect"): 1, (None, "lead"): 1,
                     (None, "first"): 1, (None, "member"): 1, (None, "repeat"): 1}
    assert sorted(at(made, scope, "repeat", move="entered")) == [built["repeat"], built["both"]]
    assert sorted(at(made, scope, "first", move="left")) == [built["repeat"], built["advocate"]]


def test_a_guest_whose_history_changes_moves_with_the_next_refresh(built, rebuilt, scope, settings):
    rebuilt()
    from crm_core.store import record
    hotel = Hotel(record.open_store(settings), {"LIS": 1}, {"own_site": 1}, 1)
    hotel.set(schema.membership, 1, status="closed")
    assert current(rebuilt(), scope, built["member"]) == "first"
    assert at(rebuilt(full=True), scope, "member") == []
