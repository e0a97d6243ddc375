"""Dates in every spelling of the systems that we know; the order of day and month is always given from outside."""
import datetime as dt

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from crm_core.ingest.dates import LOCALES, MONTHS, dates, instants
from crm_core.ingest.problems import Fault

DAYS = st.dates(dt.date(1969, 1, 1), dt.date(2068, 12, 31))


def rule(parse, cell):
    with pytest.raises(Fault) as fault:
        parse(cell)
    return fault.value.rule


@pytest.mark.parametrize(("cell", "day"), [
    ("2025-03-31", "2025-03-31"), ("31/12/2025", "2025-12-31"), ("31.12.25", "2025-12-31"), ("1.2.2026", "2026-02-01"),
    ("31. 12. 2025", "2025-12-31"), ("20251231", "2025-12-31"), ("2025/3/1", "2025-03-01"), ("31 Dec 2025", "2025-12-31"),
    ("Dec 31, 2025", "2025-12-31"), ("31-DEC-25", "2025-12-31"), ("Wed, Dec 31, 2025", "2025-12-31"), ("31. Dezember 2025", "2025-12-31"),
    ("31 de diciembre de 2025", "2025-12-31"), ("1er janvier 2024", "2024-01-01"), ("5 mrt. 2024", "2024-03-05"), ("3 März 2024", "2024-03-03"),
    ("2025-Dec-31", "2025-12-31"), ("2025-03-31T22:10:00Z", "2025-03-31"), ("31/12/2025 11:59 PM", "2025-12-31"), ('="31/12/2025"', "2025-12-31"),
    ("\u00a031/12/2025 ", "2025-12-31"), ("29/02/2024", "2024-02-29"), ("01/01/69", "1969-01-01"), ("01/01/68", "2068-01-01"),
])
def test_a_day_is_read(cell, day):
    assert dates("dmy")(cell) == day


@pytest.mark.parametrize("cell", ["", "0000-00-00", "0000-00-00 00:00:00", "NULL", "?", "Undefined", "N/A", "-", "00/00/0000", "#N/A"])
def test_nothing_is_no_day(cell):
    assert dates("dmy")(cell) is None
    assert instants("dmy")(cell) is None


@pytest.mark.parametrize(("order", "cell", "broken"), [
    ("dmy", "12-31-2025", "date_order"), ("mdy", "31/12/2025", "date_order"), (None, "01/02/2025", "date_order"), ("ymd", "01/02/2025", "date_order"),
    ("dmy", "31/02/2025", "no_such_day"), ("dmy", "2023-02-29", "no_such_day"), ("dmy", "31/13/2025", "no_such_day"), ("dmy", "20251345", "no_such_day"),
    ("dmy", "1850-01-01", "year"), ("dmy", "July 2025", "date_spelling"), ("dmy", "45000", "date_spelling"), ("dmy", "soon", "date_spelling"),
    ("dmy", "1/2/5", "date_spelling"), ("dmy", "31 Foo 2025", "date_spelling"), ("dmy", "01/02-2025", "date_spelling"),
])
def test_what_is_no_day_of_the_files_order_is_a_fault_and_never_a_guess(order, cell, broken):
    assert rule(dates(order), cell) == broken


def test_the_order_decides_what_both_could_be():
    assert (dates("dmy")("01/02/2025"), dates("mdy")("01/02/2025")) == ("2025-02-01", "2025-01-02")
    assert dates("ymd")("25-12-31") == "2025-12-31"
    assert dates(None)("05/05/2025") == "2025-05-05"


def test_a_birth_date_of_two_digits_is_not_ahead():
    assert (dates("dmy")("17.05.51"), dates("dmy", past=True)("17.05.51")) == ("2051-05-17", "1951-05-17")
    assert dates("dmy", past=True)("17.05.05") == "2005-05-17"


@pytest.mark.parametrize(("cell", "instant"), [
    ("2025-03-31T22:10:00Z", "2025-03-31T22:10:00Z"), ("2025-03-31T22:10:00-04:00", "2025-04-01T02:10:00Z"),
    ("2025-03-31 22:10:05.123 +0530", "2025-03-31T16:40:05Z"), ("31/03/2025 22:10", "2025-03-31T22:10:00"),
    ("31/03/2025, 10:10 pm", "2025-03-31T22:10:00"), ("31/03/2025 12:05 AM", "2025-03-31T00:05:00"), ("31 Mar 2025", "2025-03-31T00:00:00"),
    ("20250331T221000Z".replace("221000", "22:10:00"), "2025-03-31T22:10:00Z"),
])
def test_an_instant_is_read(cell, instant):
    assert instants("dmy")(cell) == instant


def test_a_time_that_no_clock_shows_is_a_fault():
    assert rule(instants("dmy"), "31/03/2025 25:10") == "time"
    assert rule(instants("dmy"), "01/02/1800 10:00") == "year"


def test_the_names_of_months_mean_the_same_in_all_languages():
    assert {number for name, number in MONTHS.items() if name.startswith(("mar", "mär", "mrt", "maa"))} == {3}
    assert len({name for name, number in MONTHS.items() if number == 1}) >= 8


@given(DAYS, st.sampled_from(["%d/%m/%Y", "%d.%m.%y", "%d-%m-%Y", "%Y-%m-%d", "%Y%m%d", "%d %b %Y", "%B %d, %Y", "%d-%b-%y", "%d/%m/%Y %H:%M"]))
def test_what_is_written_day_first_is_read_back(day, style):
    assert dates("dmy")(day.strftime(style)) == day.isoformat()


@given(DAYS, st.sampled_from(["%m/%d/%Y", "%m-%d-%y", "%m.%d.%Y", "%Y/%m/%d"]))
def test_what_is_written_month_first_is_read_back(day, style):
    assert dates("mdy")(day.strftime(style)) == day.isoformat()


@given(DAYS, st.sampled_from(LOCALES), st.sampled_from(["long", "full", "d MMM y", "d MMMM y"]))
def test_the_long_dates_of_seven_languages_are_read_back(day, locale, style):
    assert dates("mdy")(format_date(day, style, locale)) == day.isoformat()


@given(st.text(max_size=30))
def test_any_text_gives_a_day_nothing_or_a_fault(text):
    for parse in (dates("dmy"), instants("mdy")):
        try:
            found = parse(text)
        except Fault:
            continue
        assert found is None or dt.datetime.fromisoformat(found)


@pytest.mark.parametrize("cell", ["1" + " - , . " * 4_000 + "x", "31" + " " * 35 + "x", "- " * 19 + "May", "1 de " * 8])
def test_a_long_row_of_signs_costs_no_time(cell):
    assert rule(dates("dmy"), cell) == rule(instants("dmy"), cell) == "date_spelling"
