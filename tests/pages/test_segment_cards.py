"""The cards of groups on the page of segments: what they say of a hotel of two guests, and that filters and choices move it."""
import pytest

from tests.pages.visiting import Visits, everything, fine


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def said(at) -> str:
    return everything(at).replace("\\", "")


@pytest.fixture
def visits(monkeypatch, lisbon) -> Visits:
    """Visits to Lisbon and Addis."""
    return Visits(monkeypatch, lisbon)


@pytest.fixture
def page(visits):
    return fine(visits.open("segments"))


def test_the_grid_knows_the_stays_of_the_chosen_properties(visits, page):
    """Ana stayed three times for 760 at both houses, twice at Lisbon, which does not make her loyal; Ben once for 240."""
    assert "Champions and loyal guests are 50% of all and bring 76% of the spend" in titles(page)
    lisbon = fine(visits.open("segments", properties="Lisbon"))
    assert "Guests by how lately and how often they stayed" in titles(lisbon)


def test_what_two_guests_cannot_tell_is_said(page):
    text = said(page)
    assert "Fewer than 500 guests: too few to look for kinds of guests." in text
    assert "Spend of 36 months: no forecast may be shown" in text
    assert "Too few to tell: no group has 30 cases with as many among the others." in text


def test_another_figure_and_another_grouping_are_told(page):
    page.selectbox(key="compare_key").set_value("past_spend")
    page.selectbox(key="compare_by").set_value("rfm")
    page = fine(page.run())
    assert "Spend to date per guest: each group less all others, with 95% interval · as of 1 Apr 2025" in said(page)
    shown = next(table.value for table in page.dataframe if "q, corrected" in table.value)
    assert shown["Guest group"].tolist() == ["Loyal", "Recent"]
    assert shown["Value"].tolist() == ["€760.00", "€240.00"]


def test_groups_are_compared_in_the_period_where_that_is_chosen(page):
    page.segmented_control(key="compare_when").set_value("period")
    assert "1 Apr 2024 – 31 Mar 2025" in said(fine(page.run()))


def test_segments_are_compared_once_there_are_some(page):
    page.selectbox(key="compare_by").set_value("segment")
    assert "No segment is saved yet: build one above." in said(fine(page.run()))
