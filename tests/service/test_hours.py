"""A case is due in business hours: over nights, weekends, midnight and the change of clocks."""
import datetime as dt

import pytest

from crm_core.service.hours import BadDesk, Desk, due, minutes

ALWAYS = Desk("Europe/Lisbon")
OFFICE = Desk("Europe/Lisbon", "08:00", "20:00", "12345")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text + "+00:00")


@pytest.mark.parametrize(("desk", "opened", "hours", "expected"), [
    (ALWAYS, "2025-03-12T22:30", 4, "2025-03-13T02:30"),
    (OFFICE, "2025-03-12T10:00", 4, "2025-03-12T14:00"),  # Lisbon is on UTC in winter
    (OFFICE, "2025-03-12T19:00", 2, "2025-03-13T09:00"),  # one hour this evening, one tomorrow
    (OFFICE, "2025-03-14T19:00", 2, "2025-03-17T09:00"),  # Friday evening to Monday
    (OFFICE, "2025-03-15T12:00", 1, "2025-03-17T09:00"),  # opened on a Saturday
    (OFFICE, "2025-03-12T10:00", 10, "2025-03-12T20:00"),  # the end of a day is that day's
    (OFFICE, "2025-03-28T19:00", 2, "2025-03-31T08:00"),  # the clocks go forward on Sunday: 09:00 there is 08:00 UTC
    (ALWAYS, "2025-03-30T00:30", 4, "2025-03-30T04:30"),  # an hour that the clock leaves out does not pass
    (Desk("Asia/Colombo", "22:00", "06:00"), "2025-03-12T23:30", 2, "2025-03-13T17:30"),  # 05:00 there: an hour is left of this night
    (Desk("Nowhere/Land"), "2025-03-12T10:00", 1, "2025-03-12T11:00"),
])  # fmt: skip
def test_a_case_is_due_after_so_many_business_hours(desk, opened, hours, expected):
    assert due(desk, at(opened), hours) == at(expected)


def test_business_minutes_between_two_instants_leave_nights_and_weekends_out():
    assert minutes(OFFICE, at("2025-03-14T19:00"), at("2025-03-17T09:00")) == 120
    assert minutes(OFFICE, at("2025-03-15T10:00"), at("2025-03-15T18:00")) == 0
    assert minutes(ALWAYS, at("2025-03-12T10:00"), at("2025-03-11T10:00")) == 0


@pytest.mark.parametrize("wrong", [{"opens": "8:00"}, {"closes": "25:00"}, {"opens": "09:00", "closes": "09:00"}, {"days": ""}, {"days": "08"}])
def test_hours_that_no_desk_has_are_refused(wrong):
    with pytest.raises(BadDesk):
        Desk(**wrong)


def test_hours_out_of_range_are_refused():
    with pytest.raises(ValueError, match="0 to 2000"):
        due(ALWAYS, at("2025-03-12T10:00"), -1)
