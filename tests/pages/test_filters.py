"""A filter moves the numbers of every page that follows it, and is still there when the page runs again."""

import datetime as dt

import pytest

from crm_core.i18n import LANGUAGES
from tests.pages.visiting import Visits, everything, fine

LISBON = "Tram House, Lisbon"


def shown(at) -> list:
    """The numbers of a page: its metrics and what its tables hold."""
    return [m.value for m in at.metric] + [table.value.to_csv() for table in at.dataframe] + [p.num_pages for p in at.pagination]


def choose(at, filter: str):
    """Set one filter and run the page."""
    if filter == "property":
        places = at.multiselect(key="properties")
        places.select(LISBON) if LISBON in places.options else places.select(places.options[0])
    elif filter == "period":
        at.selectbox(key="period").select_index(1)
    elif filter == "channel":
        at.multiselect(key="channels").select("Booking.com")
    return fine(at.run())


@pytest.mark.parametrize(
    ("page", "filter"),
    [
        *((page, filter) for page in ("briefing", "origins", "figure", "retention") for filter in ("property", "period", "channel")),
        ("value", "property"),
        ("at_risk", "property"),
        ("guests", "property"),
        ("guests", "channel"),
    ],
)
def test_a_filter_moves_a_number(visits, page, filter):
    at = visits.open(page)
    before = shown(at)
    assert shown(choose(at, filter)) != before


def test_stays_without_a_name_leave_when_only_identified_guests_are_wanted(monkeypatch, lisbon):
    visits = Visits(monkeypatch, lisbon)
    nights = [fine(visits.open("figure", kpi="rooms_sold", who=who)).metric[0].value for who in ("all", "guests")]
    # March: Ana 3 + 2 nights and the first of three from the 31st, Ben 2, and one night without a name.
    assert nights == ["9", "8"]


def test_the_period_moves_the_guests_where_the_list_asks_for_stays_in_it(visits):
    at = visits.open("guests", when="With a stay in the period")
    before = shown(at)
    assert shown(choose(at, "period")) != before


def test_a_filter_is_still_there_after_two_more_runs(visits):
    at = choose(visits.open("briefing"), "property")
    chosen, numbers = at.multiselect(key="properties").value, shown(at)
    at = fine(fine(at.run()).run())
    assert (at.multiselect(key="properties").value, shown(at)) == (chosen, numbers)
    assert len(chosen) == 1


def test_a_filter_stays_on_the_next_page(visits):
    at = choose(visits.open("briefing"), "period")
    at = fine(at.switch_page("../../pages/origins.py").run())
    assert at.selectbox(key="period").value == "3m"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", ["3m", "Last 3 months", "ያለፉት 3 ወራት"])
def test_a_link_with_a_code_or_with_words_of_another_language_sets_the_period(visits, words, language):
    if words.startswith("ያ"):
        from crm_core.i18n import t, use

        use("am")
        words = t("Last 3 months")
        use("en")
    at = fine(visits.open("briefing", period=words, lang=language))
    assert at.selectbox(key="period").value == "3m"


def test_two_properties_are_the_sum_of_each(visits):
    def nights(*names):
        at = fine(visits.open("figure", kpi="rooms_sold", properties=list(names)))
        return int(at.metric[0].value.replace(",", ""))

    kandy, lisbon = "Lotus House, Kandy", LISBON
    assert nights(kandy, lisbon) == nights(kandy) + nights(lisbon)


@pytest.mark.parametrize("codes", ["3", "3,5", "5,3"])
def test_a_link_with_the_numbers_of_properties_shows_these(visits, codes):
    at = fine(visits.open("figure", kpi="rooms_sold", properties=codes))
    assert sorted(at.multiselect(key="properties").value) == sorted(map(int, codes.split(",")))


@pytest.mark.parametrize("strange", ["99", "3,99", ",", "3,", "Tram House", "3;5"])
def test_a_link_with_properties_that_are_not_there_shows_all(visits, strange):
    assert fine(visits.open("figure", kpi="rooms_sold", properties=strange)).multiselect(key="properties").value == []


def test_a_link_with_two_days_and_a_comma_shows_what_lies_between_them(visits):
    at = fine(visits.open("figure", kpi="rooms_sold", period="dates", dates="2024-05-01,2024-06-30"))
    assert at.date_input(key="dates").value == (dt.date(2024, 5, 1), dt.date(2024, 6, 30))


def test_the_grey_line_says_what_a_running_month_is_compared_with(visits):
    at = fine(visits.open("briefing", period="now"))
    assert "provisional" in everything(at)
