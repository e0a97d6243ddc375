"""Which rows belong to the same guest, and what a guest learns from them."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.ingest import people
from crm_core.ingest.identity import is_relay, key
from crm_core.store import audit
from tests.ingest.conftest import Desk

ANNA = {"given_name": "Anna", "family_name": "Weber"}


@pytest.fixture
def desk(store, tmp_path):
    """A desk on each engine in turn."""
    return Desk(store, tmp_path)


@pytest.mark.parametrize(("said", "expected"), [
    (("G-7", "anna@example.com", "Anna", "Weber", "1", None), "ref:G-7"),
    ((None, "anna@example.com", "Anna", "Weber", "1", None), "email:anna@example.com"),
    ((None, None, "Anna", "Wéber", "+49 30 12", None), "name:anna weber|493012"),
    ((None, None, "Anna", "Weber", "", "1980-05-17"), "name:anna weber|1980-05-17"),
    ((None, None, "Anna", "Weber", "", None), None), ((None, None, "Anna", "", "123", None), None)])
def test_the_strongest_identity_makes_the_key(said, expected):
    assert key(*said) == expected


def test_an_address_of_a_travel_site_is_nobodys_own():
    assert is_relay("x123@guest.booking.com")
    assert is_relay("x@eu.guest.airbnb.com")
    assert not is_relay("anna@booking.example")


def test_a_relay_address_is_left_out_and_identifies_nobody(desk):
    result = desk.bring_rows({**ANNA, "email": "anna.1@guest.booking.com"},
        {"confirmation": "R-2", **ANNA, "phone": "123456", "email": "a.2@guest.booking.com"})
    assert ("relay", {"n": 2}) in result.warnings
    assert desk.one("guest", "name", "email") == ("Anna Weber", None)
    assert ("unidentified", {"n": 1}) in result.warnings


def test_rows_of_one_address_are_one_guest_whatever_its_capitals(desk):
    desk.bring_rows({"email": "Anna@Example.com", **ANNA}, {"confirmation": "R-2", "email": "anna@example.com"})
    assert desk.one("guest", "name", "email") == ("Anna Weber", "anna@example.com")
    profile = desk.one("profile", "id")
    assert desk.table("stay", "profile_id") == [(profile,), (profile,)]


def test_the_latest_stay_has_the_first_word_and_earlier_ones_fill_what_it_does_not_say(desk):
    desk.bring_rows({"guest_ref": "7", "phone": "111111", "language": "de", "arrival": "2025-03-01"},
        {"confirmation": "R-2", "guest_ref": "7", "phone": "222222"})
    assert desk.one("guest", "phone", "language") == ("222222", "de")


def test_a_known_guest_learns_what_is_new_and_keeps_what_is_known(desk):
    desk.bring_rows({"guest_ref": "7", **ANNA, "phone": "111111"})
    before = desk.one("guest", "id")
    desk.bring_rows({"confirmation": "R-2", "guest_ref": "7", "given_name": "Anne", "phone": "222222", "birth_date": "1980-05-17"},
        name="later.csv")
    assert desk.one("guest", "id", "name", "phone", "birth_on", "version") == (before, "Anna Weber", "111111", dt.date(1980, 5, 17), 2)
    assert desk.one("profile", "phone", "birth_on") == ("111111", dt.date(1980, 5, 17))


def test_a_guest_without_a_name_gets_it_from_a_later_file(desk):
    desk.bring_rows({"guest_ref": "7"})
    desk.bring_rows({"confirmation": "R-2", "guest_ref": "7", **ANNA}, name="later.csv")
    assert desk.one("guest", "name") == "Anna Weber"
    assert ("weber anna",) in desk.table("search_term", "term")


def test_a_guest_is_found_at_every_property_of_a_stay(desk):
    desk.bring_rows({"guest_ref": "7", **ANNA}, {"confirmation": "R-2", "property": "KANDY"})
    assert len(desk.table("search_term")) == 2  # "anna weber" and "weber anna" at GALLE
    desk.bring_rows({"confirmation": "R-3", "property": "KANDY", "guest_ref": "7"}, name="later.csv")
    places = dict(desk.table("property", "code", "id"))
    assert desk.table("search_term", "property_id", "term") == sorted((place, term) for place in places.values() for term in ("anna weber",
        "weber anna"))


@pytest.mark.parametrize("waiting", [0, 1_000_000])
def test_all_spellings_are_written_whether_they_wait_for_the_end_or_not(desk, monkeypatch, waiting):
    monkeypatch.setattr(people, "MOST_TERMS", waiting)
    monkeypatch.setattr(people.in_chunks, "__defaults__", (2,))
    names = ["Eva", "Ada", "Ida", "Uma", "Ola"]
    desk.bring_rows(*({"confirmation": name, "guest_ref": str(n), "given_name": name} for n, name in enumerate(names)))
    assert desk.table("search_term", "term", "guest_id") == [("ada", 2), ("eva", 1), ("ida", 3), ("ola", 5), ("uma", 4)]


def test_a_booker_is_marked_also_when_known_already(desk):
    desk.bring_rows({"guest_ref": "7"}, {"confirmation": "R-2", "guest_ref": "8", "guest_is_booker": "yes"})
    assert desk.table("profile", "external_id", "is_booker") == [("ref:7", 0), ("ref:8", 1)]
    desk.bring_rows({"confirmation": "R-3", "guest_ref": "7", "guest_is_booker": "yes"}, name="later.csv")
    assert desk.table("profile", "external_id", "is_booker") == [("ref:7", 1), ("ref:8", 1)]


def test_a_consent_is_one_event_however_often_it_is_told(desk):
    given = {"guest_ref": "7", "email_consent": "given", "email_consent_on": "2025-01-12", "email_consent_source": "form"}
    desk.bring_rows(given, given | {"confirmation": "R-2"})
    desk.bring_rows(given | {"confirmation": "R-3"}, {"confirmation": "R-4", "guest_ref": "7", "email_consent": "withdrawn"},
        name="later.csv")
    desk.bring_rows({"confirmation": "R-5", "guest_ref": "7", "email_consent": "withdrawn"}, name="last.csv")
    assert [row[:2] for row in desk.table("consent", "state", "source", "at", order="id")] == [("given", "form"), ("withdrawn", "bookings")]
    assert desk.table("consent", "at", order="id")[0] == ("2025-01-12T00:00:00+00:00",)


def test_a_consent_without_a_guest_or_a_day_proves_nothing(desk):
    result = desk.bring_rows({"email_consent": "given", "email_consent_on": "2025-01-12"},
        {"confirmation": "R-2", "guest_ref": "7", "email_consent": "given"})
    assert ("consent_unproven", {"n": 2}) in result.warnings
    assert desk.table("consent") == []


def test_an_erased_guest_does_not_come_back(desk):
    desk.bring_rows({"guest_ref": "7", **ANNA})
    with desk.store.changing(audit.Entry("local", "erase", "guest")) as change:
        change.connection.execute(sa.update(schema.guest).values(name=None, erased_at=change.at))
        change.connection.execute(sa.delete(schema.search_term))
    desk.bring_rows({"confirmation": "R-2", "guest_ref": "7", **ANNA, "phone": "123456"}, name="later.csv")
    assert desk.one("guest", "name", "phone") == (None, None)
    assert desk.table("search_term") == []
