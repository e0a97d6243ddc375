"""What each column of the canonical bookings file becomes."""

import datetime as dt

import pytest

from crm_core.ingest.bookings import preferences, wishes
from crm_core.ingest.house import kind_of
from crm_core.ingest.template import explained, template
from tests.ingest.conftest import BOOKING, csv_of


def test_a_booking_becomes_a_stay_with_its_money_in_minor_units(desk):
    desk.bring_rows(
        {"segment": "Corporate", "room_type": "Double", "adults": "2", "children": "1", "guest_country": "Germany", "commission": "63"}
    )
    stay = desk.one(
        "stay",
        "external_id",
        "status",
        "booked_on",
        "arrival_on",
        "departure_on",
        "ended_on",
        "segment",
        "room_type",
        "rate_class",
        "adults",
        "children",
        "country",
        "currency",
        "room_revenue_minor",
        "commission_minor",
        "profile_id",
    )
    assert stay == (
        "R-1",
        "checked_out",
        dt.date(2025, 1, 12),
        dt.date(2025, 3, 28),
        dt.date(2025, 3, 31),
        dt.date(2025, 3, 31),
        "business",
        "Double",
        "paid",
        2,
        1,
        "DE",
        "EUR",
        42000,
        6300,
        None,
    )


def test_the_other_departments_become_charges_dated_at_the_departure_and_a_fee_at_the_cancellation(desk):
    desk.bring_rows(
        {"food_revenue": "58.5", "spa_revenue": "0", "other_revenue": "7"},
        {"confirmation": "R-2", "status": "Canceled", "cancelled_on": "2025-03-01", "room_revenue": "", "cancellation_fee": "90"},
    )
    assert desk.table("charge", "posted_on", "department", "currency", "amount_minor") == [
        (dt.date(2025, 3, 1), "cancellation_fee", "EUR", 9000),
        (dt.date(2025, 3, 31), "fnb", "EUR", 5850),
        (dt.date(2025, 3, 31), "other", "EUR", 700),
    ]


@pytest.mark.parametrize(
    ("status", "cancelled_on", "stored", "ended_on"),
    [
        ("Check-Out", "", "checked_out", dt.date(2025, 3, 31)),
        ("Canceled", "2025-02-01", "cancelled", dt.date(2025, 2, 1)),
        ("CANCELLED", "", "cancelled", None),
        ("No-Show", "", "no_show", dt.date(2025, 3, 28)),
        ("in house", "", "in_house", None),
        ("Confirmed", "", "confirmed", None),
        ("option", "", "tentative", None),
    ],
)
def test_statuses_are_known_by_their_usual_spellings(desk, status, cancelled_on, stored, ended_on):
    desk.bring_rows({"status": status, "cancelled_on": cancelled_on})
    assert desk.one("stay", "status", "ended_on") == (stored, ended_on)


@pytest.mark.parametrize(
    ("currency", "amount", "minor"), [("EUR", "0.29", 29), ("JPY", "12000", 12000), ("KWD", "1.234", 1234), ("eur", "10.005", 1001)]
)
def test_amounts_have_the_decimals_of_their_currency(desk, currency, amount, minor):
    result = desk.bring_rows({"currency": currency, "room_revenue": amount}, form={"decimal": "."})
    assert desk.one("stay", "currency", "room_revenue_minor") == (currency.upper(), minor)
    assert ("rounded", {"n": 1}) in result.warnings or amount != "10.005"


def test_numbers_are_kept_as_they_are_written_but_for_idle_blanks(desk):
    desk.bring_rows({"confirmation": "A-1/é"}, {"confirmation": " B  2 "}, {"confirmation": ""})
    desk.bring_rows({"confirmation": "C-3"}, {"confirmation": ""}, name="plain.csv")
    assert sorted(desk.table("stay", "external_id"), key=str) == [("A-1/é",), ("B 2",), ("C-3",), (None,), (None,)]


def test_usual_other_column_names_are_understood(desk):
    text = csv_of(
        [
            {
                "Reservation ID": "R-1",
                "Property Code": "GALLE",
                "Status": "confirmed",
                "Check-in": "2025-03-28",
                "Check-out": "2025-03-31",
                "Source": "phone",
                "Revenue": "10",
            }
        ]
    )
    assert desk.bring(text).accepted == 1


def test_columns_that_are_not_known_are_named_and_left_out(desk):
    result = desk.bring_rows({"minibar_key": "7"})
    assert ("columns_ignored", {"columns": "minibar_key"}) in result.warnings
    assert result.accepted == 1


def test_the_first_import_creates_properties_and_the_first_channels(desk):
    result = desk.bring_rows({"currency": "LKR"}, {"confirmation": "R-2", "property": "kandy", "channel": "phone"})
    assert desk.table("property", "code", "currency") == [("GALLE", "LKR"), ("KANDY", "EUR")]
    assert ("properties_created", {"codes": "GALLE, KANDY"}) in result.warnings
    assert dict(desk.table("channel", "code", "kind")) == {
        "own_site": "own_site",
        "phone": "phone",
        "email": "email",
        "walk_in": "walk_in",
        "direct": "direct",
        "ota": "ota",
        "operator": "operator",
        "corporate": "corporate",
        "group": "group",
        "gds": "gds",
        "other": "other",
        "booking_com": "ota",
    }
    assert ("channels_created", {"codes": "booking_com"}) in result.warnings


def test_properties_are_known_whatever_their_capitals_and_no_new_ones_are_created_later(desk):
    desk.bring_rows({})
    result = desk.bring_rows({"confirmation": "R-2", "property": "galle"}, {"confirmation": "R-3", "property": "GAL2"}, name="later.csv")
    assert (result.accepted, result.rejected) == (1, 1)
    assert desk.rejected() == [(3, "property", "GAL2", "property")]
    assert desk.table("property", "code") == [("GALLE",)]


def test_what_only_rejected_lines_name_is_not_created(desk):
    desk.bring_rows({}, {"confirmation": "R-2", "property": "TYPO", "channel": "Typo", "arrival": "soon"})
    assert desk.table("property", "code") == [("GALLE",)]
    assert "typo" not in dict(desk.table("channel", "code", "kind"))


def test_a_phone_number_that_could_be_a_card_number_comes_in(desk):
    assert desk.bring_rows({"phone": "+4222222222222", "guest_ref": "7"}).accepted == 1  # passes Luhn, has thirteen digits
    assert desk.one("guest", "phone") == "+4222222222222"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Booking.com", "ota"),
        ("Amadeus GDS", "gds"),
        ("TUI", "operator"),
        ("Hotel website", "own_site"),
        ("Walk-In", "walk_in"),
        ("Group booking", "group"),
        ("Sister house", "other"),
    ],
)
def test_a_new_channels_kind_is_guessed_from_its_name(name, kind):
    assert kind_of(name) == kind


def test_all_rows_can_be_said_to_belong_to_one_property(desk):
    rows = [{name: value for name, value in BOOKING.items() if name != "property"}]
    assert desk.bring(csv_of(rows), property_code="GALLE").accepted == 1
    assert desk.one("property", "code") == "GALLE"


def test_wishes_are_kept_by_kind_and_other_words_as_other(desk):
    assert preferences("floor: high; Bed: king; late arrival") == "bed: king; floor: high; other: late arrival"
    desk.bring_rows({"guest_ref": "G-7", "preferences": "bed: king; floor: high"})
    assert desk.table("preference", "kind", "value") == [("bed", "king"), ("floor", "high")]
    assert wishes("") == {}


def test_the_template_can_be_imported_as_it_is(desk):
    result = desk.bring(template())
    assert (result.read, result.accepted, result.rejected) == (3, 3, 0)
    assert [row["column"] for row in explained() if row["required"]] == [
        "property",
        "status",
        "arrival",
        "channel",
    ]
    assert all(row["meaning"] for row in explained())


def test_the_apostrophe_of_our_own_exports_is_taken_back_and_no_other(desk):
    desk.bring_rows({"given_name": "'=Anna", "family_name": "'t Hooft", "guest_ref": "G-1"})
    assert desk.table("profile", "given_name", "family_name") == [("=Anna", "'t Hooft")]
