"""A decision is written down from an opened number, comes back on its day beside what was expected, and ends with what was learnt."""
import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records.decisions import decide, decisions, read_outcome
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.hotel import AS_OF
from tests.pages.visiting import Visits, everything, fine

WHOLE = Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))
BEGAN, DAY = dt.date(2025, 3, 1), dt.date(2025, 3, 31)


@pytest.fixture
def visits(monkeypatch, lisbon_to_change) -> Visits:
    """Visits to Lisbon and Addis, which a test may change."""
    return Visits(monkeypatch, lisbon_to_change)


def store(visits: Visits):
    return record.open_store(visits.settings)


def decided(visits: Visits, **values) -> int:
    """A decision about the room nights of March, due before the as-of date."""
    given = {"kpi": "rooms_sold", "will_do": "Sell the terrace rooms", "due_on": DAY, "expected": 3.0, "was": 2.0, "from_on": BEGAN, "owner": "Ben"}
    return decide(store(visits), WHOLE, **{**given, **values})


def only(visits: Visits) -> dict:
    [row] = decisions(store(visits), WHOLE)
    return row


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def test_without_a_decision_the_page_says_how_one_comes_about(visits):
    assert titles(fine(visits.open("decisions"))) == ["No decision is written down yet"]


def test_a_decision_is_written_from_an_opened_number_under_the_filters_of_its_page(visits):
    at = fine(visits.open("figure", kpi="occupancy", properties="1"))
    fine(at.button(key="open_occupancy").click().run())
    was = at.number_input(key="decide_expected_occupancy").value
    at.text_area(key="decide_do_occupancy").set_value("Sell the terrace rooms")
    at.number_input(key="decide_expected_occupancy").set_value(was + 5)
    fine(at.button(key="decide_occupancy").click().run())
    row = only(visits)
    assert (row["kpi"], row["will_do"], row["page"], row["expected"]) == ("occupancy", "Sell the terrace rooms", "figure", (was + 5) / 100)
    assert row["was"] == pytest.approx(was / 100, abs=0.0001)
    assert (row["from_on"], row["due_on"], row["properties"]) == (AS_OF, AS_OF + dt.timedelta(90), "[1]")
    assert row["view"].params["properties"] == "1"


def test_a_sum_is_set_beside_as_many_days_of_the_year_before(visits):
    """From April to June of the year before nobody stayed, whatever the twelve months of the page came to."""
    at = fine(visits.open("figure", kpi="rooms_sold"))
    fine(at.button(key="open_rooms_sold").click().run())
    at.text_area(key="decide_do_rooms_sold").set_value("Sell the terrace rooms")
    fine(at.button(key="decide_rooms_sold").click().run())
    assert only(visits)["was"] == 0


def test_nothing_to_do_is_no_decision(visits):
    at = fine(visits.open("figure", kpi="rooms_sold"))
    fine(at.button(key="open_rooms_sold").click().run())
    fine(at.button(key="decide_rooms_sold").click().run())
    fine(at.button(key="open_rooms_sold").click().run())
    assert at.error[0].value == "Say what will be done."
    assert decisions(store(visits), WHOLE) == []


def test_only_who_keeps_views_is_offered_to_decide(visits):
    at = fine(visits.as_("participant").open("figure", kpi="rooms_sold"))
    fine(at.button(key="open_rooms_sold").click().run())
    assert "decide_rooms_sold" not in [button.key for button in at.button]


def test_on_its_day_the_figure_is_read_over_the_days_that_were_named(visits):
    decided(visits)
    at = fine(visits.open("decisions"))
    assert titles(at)[0] == "To be read: Room nights"
    fine(at.button(key="decision_1_read").click().run())
    row = only(visits)
    assert row["state"] == "read"
    assert row["came"] > 0
    assert titles(at)[0].startswith("Room nights: ")
    assert "it came to" in everything(at)


def test_a_decision_closes_with_what_was_learnt(visits):
    decided(visits)
    read_outcome(store(visits), WHOLE, id=1, version=1, came=3.0)
    at = fine(visits.open("decisions"))
    fine(at.button(key="decision_1_close").click().run())
    assert at.error.len == 1
    at.text_area(key="decision_1_2_learnt").set_value("The terrace sells itself")
    fine(at.button(key="decision_1_close").click().run())
    assert only(visits)["learnt"] == "The terrace sells itself"
    assert "1 decision has ended" in titles(at)
    assert at.dataframe[0].value["Verdict"].tolist() == ["as expected"]


def test_a_decision_under_way_can_be_given_up(visits):
    decided(visits, due_on=AS_OF + dt.timedelta(30))
    at = fine(visits.open("decisions"))
    assert "1 decision is under way" in titles(at)
    assert "in 30 days" in everything(at)
    at.text_input(key="decision_1_1_why").set_value("The terrace is closed")
    fine(at.run())
    fine(at.button(key="decision_1_1_drop").click().run())
    assert only(visits)["state"] == "dropped"
    assert at.dataframe[0].value["Verdict"].tolist() == ["given up"]


def test_a_figure_of_another_version_is_told_and_nothing_breaks(visits):
    decided(visits)
    with store(visits).engine.begin() as connection:
        connection.execute(sa.update(schema.decision).values(kpi="happiness"))
    at = fine(visits.open("decisions"))
    fine(at.button(key="decision_1_read").click().run())
    assert "no longer here" in at.warning[0].value
    assert only(visits)["state"] == "open"


def test_the_briefing_says_when_a_decision_is_due(visits):
    assert "decision is due" not in everything(fine(visits.open("briefing")))
    decided(visits)
    assert "1 decision is due" in everything(fine(visits.open("briefing")))


def test_a_decision_of_one_house_is_not_seen_by_a_visitor_to_the_other(visits):
    decide(store(visits), replace(WHOLE, properties=(2,)), kpi="rooms_sold", will_do="Secret of Addis", due_on=AS_OF + dt.timedelta(5))
    visits.as_("manager", (1,))
    assert "Secret" not in everything(fine(visits.open("decisions")))
