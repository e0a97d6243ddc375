"""Cases are counted by hand: how fast, within what was promised, what waits, where they come from, and who came back."""
import datetime as dt

import pytest

from crm_core import queries
from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.scope import Period, Scope
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, Hotel

VIEW = Scope("local", (1,), Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1)), AS_OF, chain=(1,))


def at(clock: str) -> str:
    return f"2025-03-{clock}:00+00:00"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Four stays in March with two cases of noise, one of food and a request; a year and more ago two guests with a case, and one without."""
    settings = settings_.at(tmp_path_factory.mktemp("served"))
    hotel = Hotel(record.open_store(settings)).open()
    hotel.property("LIS", 10)
    stays = [hotel.stay("LIS", f"2025-03-{day:02d}", 1, 100) for day in (3, 4, 5, 6)]
    hotel.case(stays[0], opened_at=at("04T10:00"), answered_at=at("04T11:00"), due_at=at("04T18:00"), closed_at=at("04T12:00"), status="closed",
               root_cause="building", compensation_minor=2000, currency="EUR")
    hotel.case(stays[1], opened_at=at("05T10:00"), answered_at=at("05T13:00"), due_at=at("05T18:00"), closed_at=at("05T20:00"), status="closed",
               root_cause="building", reopened=1)
    hotel.case(stays[2], "food", opened_at=at("31T00:00"), due_at=at("31T08:00"), priority="high")
    hotel.case(stays[3], "request", opened_at=at("07T10:00"), closed_at=at("07T10:30"), status="closed")
    for name, hours, again in (("Ana", 1, True), ("Ben", 72, False), ("Cora", 0, True)):
        guest = hotel.guest(name, "LIS")
        stay = hotel.stay("LIS", "2024-01-10", 2, 200, guest)
        if hours:
            closed = dt.datetime(2024, 1, 11, tzinfo=dt.UTC) + dt.timedelta(hours=hours)
            hotel.case(stay, opened_at="2024-01-11T00:00:00+00:00", closed_at=closed.isoformat(), status="closed", severity="major")
        if again:
            hotel.review(hotel.stay("LIS", "2024-06-10", 2, 200, guest), 9, reviewed_on="2024-06-15")
    refresh(settings)
    return warehouses.current(settings)


def test_cases_by_kind_are_counted_timed_and_set_beside_the_stays(served):
    found = queries.run(served, VIEW, "cases_by", by="kind").set_index("group")
    assert list(found.index) == ["noise", "food", "request"]
    noise, food = found.loc["noise"], found.loc["food"]
    assert (noise["cases"], noise["complaints"], noise["due"], noise["met"], noise["ripe"], noise["reopen"], noise["cost"]) == (2, 2, 2, .5, 2, .5, 2000)
    assert (noise["answer"], noise["answer_90"], noise["solve"], noise["solve_90"]) == (1, 3, 2, 10)
    assert (noise["stays"], noise["per_100"], found.loc["request", "per_100"]) == (4, 50, 0)
    assert food[["answer", "solve"]].isna().all()
    assert (food["open"], food["met"]) == (1, 0)


def test_what_waits_is_told_by_age_and_priority(served):
    assert queries.run(served, VIEW, "backlog_ages").to_dict("records") == [{"age": "1-2", "priority": "high", "cases": 1, "waiting": 0, "overdue": 1}]


def test_causes_are_told_of_the_cases_that_name_one(served):
    assert queries.run(served, VIEW, "case_causes").to_dict("records") == [
        {"cause": "building", "cases": 2, "share": 1.0, "up_to": 1.0, "is_vital": True, "n": 2, "unknown": 1}]


def test_lists_lead_to_the_cases_behind_a_figure(served):
    ids = lambda **asked: list(queries.run(served, VIEW, "case_ids", **asked)["case_id"])  # noqa: E731
    assert (ids(), ids(group=("kind", "noise")), ids(view="late"), ids(view="open"), ids(view="reopened")) == ([3, 4, 2, 1], [2, 1], [3, 2], [3], [2])
    with pytest.raises(ValueError, match="listed as"):
        ids(view="odd")


def test_who_came_back_is_told_by_how_fast_the_case_was_solved(served):
    found = queries.run(served, VIEW, "recovery").set_index("group")
    assert found["stays"].to_dict() == {"fast": 1, "between": 0, "slow": 1, "unsolved": 0, "none": 1}
    assert found["back"].to_dict() == {"fast": 1, "between": 0, "slow": 0, "unsolved": 0, "none": 1}
    assert (found.loc["fast", "score"], found.loc["slow", "raw"], found.loc["slow", "matched"]) == (90, -1, -1)
    contrast = queries.run(served, VIEW, "recovery_contrast").iloc[0]
    assert (contrast["raw"], contrast["stratified"], contrast["n"], contrast["others"], contrast["verdict"]) == (1, 1, 1, 1, "few")
