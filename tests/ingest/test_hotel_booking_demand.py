"""The public Hotel booking demand columns: rows without ids of two hotels in Portugal."""
import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from crm_core.ingest.systems.hotel_booking_demand import channel_code, country
from tests.ingest.conftest import csv_of

SLICE = Path(__file__).parents[3] / "shared/data/hotel_bookings_slice/hotel_bookings_2016_07_08.csv"
UNREAD = ("is_canceled", "is_repeated_guest", "previous_cancellations", "previous_bookings_not_canceled", "booking_changes", "deposit_type",
    "days_in_waiting_list", "customer_type", "required_car_parking_spaces", "total_of_special_requests")
ROW = dict.fromkeys(UNREAD, "0") | {
    "hotel": "Resort Hotel", "lead_time": "68", "arrival_date_year": "2016", "arrival_date_month": "July", "arrival_date_week_number": "27",
    "arrival_date_day_of_month": "1", "stays_in_weekend_nights": "2", "stays_in_week_nights": "1", "adults": "2", "children": "1",
    "babies": "1", "meal": "BB",
    "country": "PRT", "market_segment": "Online TA", "distribution_channel": "TA/TO", "reserved_room_type": "H", "assigned_room_type": "H",
    "agent": "240",
    "company": "NULL", "adr": "75.15", "reservation_status": "Check-Out", "reservation_status_date": "2016-07-04"}


def test_a_row_becomes_a_stay_of_an_unidentified_guest(desk):
    result = desk.bring(csv_of([ROW]))
    assert desk.one("stay", "source", "status", "booked_on", "arrival_on", "departure_on", "ended_on", "segment", "room_type", "adults",
        "children", "country",
                    "currency", "room_revenue_minor", "rate_class", "profile_id", "external_id") == (
        "hotel_booking_demand", "checked_out", dt.date(2016, 4, 24), dt.date(2016, 7, 1), dt.date(2016, 7, 4), dt.date(2016, 7, 4),
        "leisure", "H", 2, 2, "PT",
        "EUR", 22545, "paid", None, None)
    assert desk.one("property", "code", "name", "currency") == ("RESORT", "RESORT", "EUR")
    assert ("unidentified", {"n": 1}) in result.warnings


@pytest.mark.parametrize(("changes", "column", "rule"), [
    ({"adr": "-6.38"}, "adr", "negative"), ({"adr": "NULL"}, "adr", "missing"), ({"hotel": "Castle"}, "hotel", "hotel"),
    ({"lead_time": "-1"}, "lead_time", "negative"),
    ({"arrival_date_day_of_month": "32"}, "arrival_date_day_of_month", "no_such_day"),
    ({"arrival_date_month": "Juli"}, "arrival_date_day_of_month", "date_form"),
    ({"stays_in_week_nights": "-2"}, "stays_in_week_nights", "negative"), ({"reservation_status": "Gone"}, "reservation_status", "status")])
def test_impossible_rows_are_kept_out(desk, changes, column, rule):
    result = desk.bring(csv_of([ROW | changes, ROW]))
    assert (result.accepted, result.rejected) == (1, 1)
    assert [row[1::2] for row in desk.rejected()] == [(column, rule)]


def test_a_complimentary_night_is_not_sold_and_a_free_night_of_another_segment_is(desk):
    desk.bring(csv_of([ROW | {"adr": "0", "market_segment": "Complementary"}, ROW | {"adr": "0"}]))
    assert sorted(desk.table("stay", "segment", "rate_class", "room_revenue_minor")) == [("complimentary", "complimentary", 0),
        ("leisure", "paid", 0)]


def test_a_country_code_that_is_not_alpha_3_is_never_guessed(desk):
    assert (country("PRT"), country("CN"), country("NULL"), country("XXQ")) == ("PT", "code CN", "", "code XXQ")
    result = desk.bring(csv_of([ROW | {"country": "CN"}, ROW | {"country": "NULL"}]))
    assert ("country", {"n": 1, "values": "code CN"}) in result.warnings


@pytest.mark.parametrize(("segment", "distribution", "channel"), [
    ("Online TA", "TA/TO", "ota"), ("Offline TA/TO", "TA/TO", "operator"), ("Direct", "Direct", "direct"),
    ("Corporate", "Corporate", "corporate"),
    ("Groups", "TA/TO", "group"), ("Online TA", "GDS", "gds"), ("Complementary", "Direct", "direct"),
    ("Aviation", "Corporate", "corporate"),
    ("Undefined", "Undefined", "other")])
def test_the_channel_follows_from_market_segment_and_distribution(segment, distribution, channel):
    assert channel_code(segment, distribution) == channel


@pytest.mark.shared
@pytest.mark.skipif(not SLICE.exists(), reason=f"the public data set is not beside the project: {SLICE}")
def test_the_public_file_comes_in_whole(desk):
    result = desk.bring(SLICE.read_bytes())
    assert (result.read, result.accepted, result.rejected, result.duplicates) == (9635, 9635, 0, 0)
    assert Counter(row[0] for row in desk.table("stay", "status")) == {"checked_out": 6311, "cancelled": 3247, "no_show": 77}
    places = dict(desk.table("property", "id", "code"))
    assert Counter(places[row[0]] for row in desk.table("stay", "property_id")) == {"CITY": 6509, "RESORT": 3126}
    assert Counter(row[0] for row in desk.table("stay", "country"))["PT"] == 2973
    warnings = dict(result.warnings)
    assert (warnings["equal_rows"], warnings["day_use"], warnings["nobody"]) == ({"n": 1361}, {"n": 49}, {"n": 20})
    assert warnings["country"]["values"] == "code CN"
    assert desk.table("guest") == []
    assert desk.bring(SLICE.read_bytes()).as_json() | {"warnings": 0} == {
        "batch": 1, "read": 9635, "accepted": 0, "rejected": 0, "duplicates": 9635, "warnings": 0}
