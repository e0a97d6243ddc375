"""Boards: begun, filled, put in order; each view with its figure under its own filters; reports planned; notes put away."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import jobs, schema
from crm_core.records.annotations import annotate, annotations
from crm_core.records.boards import add_to_board, board_card, boards, save_board
from crm_core.records.reports import note_report_run, reports, save_report
from crm_core.records.views import save_view
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.hotel import AS_OF
from tests.pages.visiting import Visits, everything, fine

WHOLE = Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))


@pytest.fixture
def visits(monkeypatch, lisbon_to_change) -> Visits:
    """Visits to Lisbon and Addis, which a test may change."""
    return Visits(monkeypatch, lisbon_to_change)


def store(visits: Visits):
    return record.open_store(visits.settings)


def monday(visits: Visits, *views: tuple[str, str, dict]) -> int:
    """A board with views of these names, pages and parameters."""
    number = save_board(store(visits), WHOLE, name="My Monday")
    for version, (name, page, params) in enumerate(views, 1):
        add_to_board(store(visits), WHOLE, id=number, version=version, view_id=save_view(store(visits), WHOLE, name=name, page=page, params=params))
    return number


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def order(visits: Visits, number: int) -> list[str]:
    return [one["name"] for one in board_card(store(visits), WHOLE, id=number)["views"]]


def test_without_a_board_one_button_begins_it_with_what_most_houses_read(visits):
    at = fine(visits.open("boards"))
    assert titles(at)[0] == "No board yet"
    fine(at.button(key="offer_0_Begin “My Monday”").click().run())
    [board] = boards(store(visits), WHOLE)
    assert (board["name"], board["views"]) == ("My Monday", 4)
    assert "RevPAR by month" in titles(at)


def test_who_keeps_no_views_is_told_so(visits):
    at = fine(visits.as_("participant").open("boards"))
    assert titles(at)[0] == "No board yet"
    assert at.button.len == 0


def test_a_figure_is_counted_under_the_filters_of_its_view(visits):
    monday(visits, ("All", "figure", {"kpi": "stays"}), ("Lisbon", "figure", {"kpi": "stays", "properties": "1"}))
    at = fine(visits.open("boards"))
    both, lisbon = (int(m.value) for m in at.metric)
    assert both > lisbon > 0
    assert "All properties" in everything(at)


def test_views_are_put_in_another_order(visits):
    number = monday(visits, ("First", "retention", {}), ("Second", "value", {}))
    at = fine(visits.open("boards"))
    second = board_card(store(visits), WHOLE, id=number)["views"][1]["id"]
    fine(at.button(key=f"view_{second}_up").click().run())
    assert order(visits, number) == ["Second", "First"]
    assert titles(at)[:2] == ["Second", "First"]


def test_a_view_of_another_version_says_what_is_gone_and_is_taken_off(visits):
    number = monday(visits, ("Old", "figure", {"kpi": "revpar"}), ("Good", "retention", {}))
    with store(visits).engine.begin() as connection:
        connection.execute(sa.update(schema.saved_view).where(schema.saved_view.c.name == "Old").values(params='{"kpi": "happiness"}'))
    at = fine(visits.open("boards"))
    assert "happiness" in everything(at)
    old = board_card(store(visits), WHOLE, id=number)["views"][0]["id"]
    fine(at.button(key=f"gone_{old}").click().run())
    assert order(visits, number) == ["Good"]


def test_a_board_is_opened_by_its_link_and_an_unknown_one_is_told(visits):
    monday(visits, ("One", "retention", {}))
    other = save_board(store(visits), WHOLE, name="Quarter")
    assert "Quarter" in fine(visits.open("boards", board=str(other))).markdown[1].value
    at = fine(visits.open("boards", board="99"))
    assert "no such board" in at.warning[0].value


def test_a_report_is_planned_and_made_beside_the_pages(visits, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "submit", lambda _settings, kind, params, _user: asked.append((kind, params)))
    monkeypatch.setattr(jobs, "wake", lambda _settings: None)
    number = monday(visits, ("One", "retention", {}))
    at = fine(visits.open("boards"))
    at.selectbox(key=f"report_new_{number}_rhythm").select("monthly")
    fine(at.run())
    at.number_input(key=f"report_new_{number}_day").set_value(5)
    fine(at.button(key="report_new_save").click().run())
    [report] = reports(store(visits), WHOLE)
    assert (report["rhythm"], report["on_day"], report["forms"], report["board_id"]) == ("monthly", 5, ("html",), number)
    assert "on day 5 of every month" in everything(at)
    fine(at.button(key=f"report_{report['id']}_now").click().run())
    assert asked == [("report", {"report": report["id"]})]


def test_a_report_that_is_being_made_is_not_asked_for_twice(visits, monkeypatch):
    monkeypatch.setattr(jobs, "wake", lambda _settings: None)
    report = save_report(store(visits), WHOLE, board_id=monday(visits, ("One", "retention", {})), name="Weekly", rhythm="asked")
    at = fine(visits.open("boards"))
    fine(at.button(key=f"report_{report}_now").click().run())
    assert at.button(key=f"report_{report}_now").disabled
    assert "being made" in everything(at)


def test_a_run_that_failed_says_why_and_one_that_was_made_its_hash(visits):
    number = monday(visits, ("One", "retention", {}))
    report = save_report(store(visits), WHOLE, board_id=number, name="Weekly", rhythm="weekly", on_day=0)
    note_report_run(store(visits), WHOLE, id=report, for_on=dt.date(2025, 3, 24), state="made", hash="abc123", warehouse_version=1)
    note_report_run(store(visits), WHOLE, id=report, for_on=dt.date(2025, 3, 31), state="failed", why="the disk is full")
    said = everything(fine(visits.open("boards")))
    assert "the disk is full" in said
    assert "abc123" in said


def test_the_preview_is_a_whole_page_with_the_names_of_the_views(visits):
    monday(visits, ("Everything sold", "figure", {"kpi": "stays"}))
    files = visits.downloads()
    fine(visits.open("boards"))
    assert any(b"<!doctype html" in f[:60].lower() and b"Everything sold" in f for f in files)


def test_a_note_beside_the_time_axis_is_put_away(visits):
    note = annotate(store(visits), WHOLE, property_id=1, on_day=dt.date(2025, 3, 1), kind="price", said="New prices")
    at = fine(visits.open("boards"))
    assert "1 note beside the time axes" in titles(at)
    fine(at.button(key=f"note_{note}_move").click().run())
    assert annotations(store(visits), WHOLE) == []
