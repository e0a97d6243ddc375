"""Explore on its page: choices in the link, every kind of picture, cells kept back, and down to the guests of a cell."""
import json

import pytest

from crm_core.records.annotations import annotate
from crm_core.scope import Scope, default_period
from crm_core.store import record
from crm_core.ui import explore
from tests.hotel import AS_OF
from tests.pages.visiting import Visits, everything, fine


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def said(at) -> str:
    return " ".join(m.value for m in at.markdown).replace("\\", "")


def test_the_page_opens_with_nights_by_month(visits):
    at = fine(visits.open("explore"))
    assert titles(at)[0] == "Room nights by month"
    assert at.dataframe[0].value["Month"].tolist()[-1] == "Total"
    assert len(at.dataframe[0].value) == 13


def test_choices_are_in_the_link_by_codes(visits):
    at = fine(visits.open("explore", kpi="adr", rows="channel", columns="month"))
    assert titles(at)[0] == "Average daily rate by channel and month"
    assert [at.selectbox(key=key).value for key in ("kpi", "rows", "columns")] == ["adr", "channel", "month"]


def test_a_choice_moves_the_table(visits):
    at = visits.open("explore", kpi="rooms_sold", rows="channel")
    before = at.dataframe[0].value
    at.selectbox(key="rows").set_value("weekday")
    after = fine(at.run()).dataframe[0].value
    assert before.columns[0] == "Channel"
    assert after["Weekday"].tolist() == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Total"]
    assert after["Room nights"].iloc[-1] == before["Room nights"].iloc[-1]


@pytest.mark.parametrize("chart", explore.CHARTS)
def test_every_chart_is_drawn_or_says_what_to_choose(visits, chart):
    at = fine(visits.open("explore", kpi="total_revenue", rows="country", columns="way", second="alos", chart=chart))
    assert len(titles(at)) == (1 if chart == "table" else 2)


@pytest.mark.parametrize(("choices", "answer"), [
    ({"chart": "line", "rows": "channel"}, "A line needs rows in an order"),
    ({"chart": "heat", "rows": "channel"}, "A heat map needs columns"),
    ({"chart": "map", "rows": "channel"}, "The map shows countries"),
    ({"chart": "scatter", "rows": "channel"}, "choose a second figure"),
    ({"chart": "spread", "rows": "channel", "kpi": "guests"}, "nothing to spread"),
])
def test_a_chart_that_does_not_fit_says_why_and_the_table_stays(visits, choices, answer):
    at = fine(visits.open("explore", **choices))
    assert answer in said(at)
    assert len(at.dataframe) == 1


def test_a_split_that_does_not_fit_is_mended_by_a_button(visits):
    at = fine(visits.open("explore", kpi="members", rows="month"))
    assert titles(at)[0] == "This figure cannot be split like that"
    assert "Choose among Property, Country or Tier" in said(at)
    at.button[0].click()
    assert titles(fine(at.run()))[0] == "Members by property"


def test_a_dimension_is_used_once(visits):
    at = fine(visits.open("explore", rows="channel", columns="channel"))
    assert titles(at)[0] == "Each dimension can be used once"


def test_the_largest_groups_and_all_others_make_the_total(visits):
    at = fine(visits.open("explore", kpi="rooms_sold", rows="country", top="5"))
    table = at.dataframe[0].value
    numbers = [int(n.replace(",", "")) for n in table["Room nights"] if n != "hidden"]
    assert table["Country"].tolist()[-2:] == ["All others", "Total"]
    assert len(table) == 7
    assert sum(numbers[:-1]) == numbers[-1]


def test_a_small_house_keeps_its_guests_to_itself(monkeypatch, lisbon):
    at = fine(Visits(monkeypatch, lisbon).open("explore", kpi="rooms_sold", rows="country", chart="table"))
    assert set(at.dataframe[0].value["Room nights"]) == {"hidden"}
    assert "kept back" in said(at)


def test_panels_are_small_pictures_on_one_scale(visits):
    at = fine(visits.open("explore", kpi="rooms_sold", rows="month", panels="property"))
    charts = [json.loads(c.proto.spec) for c in at.get("plotly_chart")]
    assert len(charts) == 5
    assert len({tuple(c["layout"]["yaxis"]["range"]) for c in charts}) == 1


def test_notes_and_events_stand_under_the_axis_of_time(monkeypatch, lisbon_to_change):
    store = record.open_store(lisbon_to_change)
    whole = Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))
    annotate(store, whole, property_id=1, on_day=AS_OF.replace(month=3, day=3), kind="works", said="New *lift*")
    at = fine(Visits(monkeypatch, lisbon_to_change).open("explore", kpi="occupancy", rows="week"))
    assert "New *lift*" in said(at)


@pytest.mark.parametrize("language", ["en", "am"])
def test_a_link_in_codes_opens_in_any_language(visits, language):
    at = fine(visits.open("explore", kpi="adr", rows="channel", columns="quarter", lang=language))
    assert [at.selectbox(key=key).value for key in ("kpi", "rows", "columns")] == ["adr", "channel", "quarter"]


def test_files_hold_every_cell_and_its_comparisons(visits):
    found = visits.downloads()
    fine(visits.open("explore", kpi="rooms_sold", rows="channel", chart="table"))
    assert found[0].decode("utf-8-sig").splitlines()[0] == "Channel,Period,Room nights,Low,High,n"
    assert len(found) == 3


def test_the_guests_of_a_cell_add_up_to_it(visits, monkeypatch):
    monkeypatch.setattr(explore, "_list", lambda choice, grid, *_: (grid.rows[0], "∑"))
    at = fine(visits.open("explore", kpi="rooms_sold", rows="channel", chart="table"))
    assert titles(at)[-1].startswith("Behind ")
    assert len(at.dataframe[-1].value) > 5


def test_nobody_is_named_behind_a_cell_that_is_kept_back(monkeypatch, lisbon):
    monkeypatch.setattr(explore, "_list", lambda choice, grid, *_: (grid.rows[0], "∑"))
    at = fine(Visits(monkeypatch, lisbon).open("explore", kpi="rooms_sold", rows="country", chart="table"))
    assert "Nobody is named here" in said(at)
    assert "Ana Silva" not in everything(at)


def test_a_link_of_an_older_version_says_what_is_gone(visits):
    at = fine(visits.open("explore", kpi="beds_made", rows="channel"))
    assert "This link asks for “beds_made”, which is not known here any more" in said(at)
    assert titles(at)[0] == "Room nights by channel"
    assert "not known here" not in said(fine(visits.open("explore", kpi="adr")))


def test_a_figure_that_is_gone_is_told_on_its_own_page_too(visits):
    assert "This link asks for “beds_made”" in said(fine(visits.open("figure", kpi="beds_made")))
    assert "This link asks for" not in said(fine(visits.open("figure", kpi="adr")))


def test_bars_name_only_what_they_show(visits):
    at = fine(visits.open("explore", kpi="rooms_sold", rows="channel", columns="weekday", chart="bars"))
    assert titles(at) == ["Room nights by channel", "The table: Room nights by channel and weekday"]


def test_every_choice_says_what_it_is(visits):
    at = fine(visits.open("explore"))
    assert [at.selectbox(key=key).label for key in ("kpi", "rows", "columns")] == ["Figure", "Rows", "Columns"]
    assert {at.selectbox(key=key).proto.label_visibility.value for key in ("kpi", "rows", "columns", "panels", "chart", "cells")} == {0}
