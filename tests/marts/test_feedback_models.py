"""Drivers and alarms of a house whose noise is what ratings go with, and got worse in the last weeks."""
import datetime as dt

import pytest

from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, Hotel
from tests.looking import ask


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    """65 weeks with six reviews each: noise is blamed in one of them, in the last four weeks in five; the second always praises the staff."""
    settings = settings_.at(tmp_path_factory.mktemp("noisy"))
    hotel = Hotel(record.open_store(settings)).open()
    hotel.property("LIS", 10)
    hotel.property("ADD", 5)
    monday = AS_OF - dt.timedelta(AS_OF.isoweekday() - 1)
    for week in range(65):
        on = (monday - dt.timedelta(7 * (65 - week))).isoformat()
        for i in range(6):
            blamed = i < (5 if week >= 61 else 1)
            review = hotel.review(None, 4.0 if blamed else 8.0 + i % 2, "LIS", text="Some words", reviewed_on=on, platform="google", language="en")
            said = [("noise", "negative" if blamed else "positive")] + ([("staff", "positive")] if i == 1 else [])
            hotel.scored(review, "negative" if blamed else "positive", 0.5, *said)
    hotel.review(None, 4.0, "ADD", text="Some words", reviewed_on="2025-03-03")
    refresh(settings)
    return warehouses.current(settings)


def test_noise_is_what_the_ratings_go_with(noisy):
    rows = ask(noisy, "SELECT property_id, aspect, share, explained, texts FROM mart_drivers ORDER BY property_id, share DESC")
    assert [row[:2] for row in rows] == [(0, "noise"), (0, "staff"), (1, "noise"), (1, "staff")]
    assert rows[0][2] > 0.9
    assert rows[0][4] == 391 - 1  # the review that nobody scored is not among them


def test_what_nobody_could_tell_has_no_row(noisy):
    assert ask(noisy, "SELECT count(*) FROM mart_drivers WHERE property_id = 2") == [(0,)]
    assert ask(noisy, "SELECT count(*) FROM mart_alarms WHERE property_id = 2") == [(0,)]


def test_the_chart_of_noise_rings_in_the_last_four_weeks(noisy):
    rows = ask(noisy, "SELECT n, is_signal, is_worse, centre FROM mart_alarms WHERE property_id = 1 AND aspect = 'noise' ORDER BY week_on")
    assert len(rows) == 13
    assert [row[1] for row in rows] == [0] * 9 + [1] * 4
    assert rows[0][3] == pytest.approx(1 / 6)
    assert {row[0] for row in rows} == {6}


def test_the_chart_of_ratings_rings_too_and_says_that_it_is_for_the_worse(noisy):
    rows = ask(noisy, "SELECT chart, is_signal, is_worse FROM mart_alarms WHERE property_id = 1 AND aspect = '' ORDER BY week_on")
    assert rows[-1] == ("ewma", 1, 1)
    assert not any(row[1] for row in rows[:9])
