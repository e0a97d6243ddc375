"""Conversion of leads and the error of their score, counted by hand at Lisbon."""
import datetime as dt
import math
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.scope import Period

YEAR = Period(dt.date(2024, 4, 1), dt.date(2025, 4, 1))
WON, LOST = "won", "lost"


def asked(hotel) -> None:
    """Seven leads of the year before 1 April 2025, of which four are old enough and no spam; two of these four became bookings."""
    hotel.lead("LIS", "2024-10-01T10:00", (WON, "2024-11-01T10:00"), guest_id=1, via="phone")
    hotel.lead("LIS", "2024-10-02T10:00", (WON, "2024-12-31T10:00"), stay_id=2)  # on the 90th day
    hotel.lead("LIS", "2024-10-03T10:00", (WON, "2025-01-02T10:00"))  # on the 91st
    hotel.lead("LIS", "2024-10-04T10:00", (WON, "2024-10-05T10:00"), stay_id=6)  # its booking was cancelled
    hotel.lead("LIS", "2024-10-05T10:00", (LOST, "2024-10-06T10:00"), lost_reason="spam")
    hotel.lead("LIS", "2025-01-02T10:00", (WON, "2025-01-03T10:00"))  # its 90th day is 2 April: not yet over
    hotel.lead("ADD", "2024-05-01T10:00")


@pytest.fixture
def year(scope):
    return replace(scope, period=YEAR, properties=(1,))


def value(made, scope, key: str):
    frame = queries.run(made, scope, "kpi_values", keys=(key,))
    return frame[frame["period"] == "now"].iloc[0]


def test_two_of_four_leads_became_bookings(hotel, rebuilt, year):
    asked(hotel)
    made = rebuilt()
    found = value(made, year, "lead_conversion")
    assert (found["numerator"], found["denominator"], found["few"]) == (2, 4, True)
    assert value(made, replace(year, properties=(1, 2)), "lead_conversion")["denominator"] == 5
    rows = queries.run(made, year, "behind", key="lead_conversion")
    assert rows[["id", "guest_id", "part"]].fillna(0).to_numpy().tolist() == [[2, 0, 1], [1, 1, 1]]
    assert queries.run(made, year, "behind_total", key="lead_conversion").iloc[0].tolist() == [2, 2]


def test_thirty_mature_leads_are_enough(hotel, rebuilt, year):
    for day in range(1, 30):
        hotel.lead("LIS", f"2024-10-{day:02}T10:00")
    assert value(rebuilt(), year, "lead_conversion")["few"]
    hotel.lead("LIS", "2024-10-30T10:00", (WON, "2024-11-01T10:00"))
    found = value(rebuilt(), year, "lead_conversion")
    assert (found["value"], found["few"]) == (pytest.approx(1 / 30), False)
    assert (found["low"], found["high"]) == pytest.approx((0.005910, 0.166702), abs=1e-5)  # Wilson for 1 of 30


def test_without_a_fitted_score_there_is_no_error(hotel, rebuilt, year):
    asked(hotel)
    found = value(rebuilt(), year, "lead_score_brier")
    assert math.isnan(found["value"])
    assert found["few"]


def test_a_lead_of_a_later_day_is_in_no_figure(hotel, rebuilt, year):
    """A lead is made and won after the as-of date: it is not there yet."""
    hotel.lead("LIS", "2025-04-02T10:00", (WON, "2025-04-03T10:00"))
    assert value(rebuilt(), replace(year, period=Period(dt.date(2025, 1, 1), dt.date(2026, 1, 1))), "lead_conversion")["numerator"] == 0
