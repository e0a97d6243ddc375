"""What a profile's fields are worth, value by value."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.ingest import quality
from crm_core.store.audit import Entry
from tests.hotel import Hotel

TODAY = dt.date(2025, 4, 1)


@pytest.mark.parametrize(("email", "state"), [
    (None, "missing"), ("  ", "missing"), ("anna.weber@example.com", "valid"), ("ANNA+hotel@Example.org", "valid"),
    ("o'brien@example.net", "valid"), ("josé@exämple.de", "valid"), ("anna@example.invalid", "valid"),
    ("anna", "invalid"), ("anna@gmail", "invalid"), ("anna..weber@example.com", "invalid"), ("anna@exa mple.com", "invalid"),
    ("@example.com", "invalid"), ("anna@localhost", "invalid"),
    ("noemail@anything.com", "placeholder"), ("none@none", "placeholder"), ("test@gmx.de", "placeholder"), ("n/a", "placeholder"),
    ("guest@grandhotel.com", "placeholder"), ("reception@hotelflora.it", "placeholder"), ("-", "placeholder"),
    ("info@hotelflora.it", "valid"), ("reception@insurance.example", "valid"),
    ("aw.123@guest.booking.com", "relay"), ("aw@m.expediapartnercentral.com", "relay"), ("aw.123@guest.booking.example", "relay"),
])
def test_an_email_address_is_told_by_its_form(email, state):
    assert quality.email_state(email) == state


@pytest.mark.parametrize(("phone", "country", "state", "e164"), [
    (None, "DE", "missing", None), ("", None, "missing", None),
    ("+49 30 901820", "PT", "valid", "+4930901820"), ("030 901820", "DE", "valid", "+4930901820"),
    ("0049 30 901820", None, "valid", "+4930901820"), ("912 345 678", "pt", "valid", "+351912345678"),
    ("+351 912 345 678 ext. 4", None, "valid", "+351912345678"), ("\u0669\u0661\u0662 345 678", "PT", "valid", "+351912345678"),
    ("12", "DE", "invalid", None), ("+49 1", None, "invalid", None), ("12345", None, "invalid", None),
    ("0000000", "PT", "placeholder", None), ("999 999 999", "PT", "placeholder", None), ("123456789", "PT", "placeholder", None),
    ("n/a", "PT", "placeholder", None),
])
def test_a_phone_number_is_read_with_the_guests_country(phone, country, state, e164):
    assert (quality.phone_state(phone, country), quality.phone_e164(phone, country)) == (state, e164)


def test_a_number_that_nobody_can_check_is_not_called_wrong():
    assert quality.phone_state("030 901820", None) == "valid"
    assert quality.phone_e164("030 901820", None) is None


def test_numbers_of_the_demo_count_as_good_in_both_ways_of_writing():
    assert quality.phone_state("+49 000 012 3456", "DE") == "valid"
    assert quality.phone_e164("+49 000 012 3456", "DE") == quality.phone_e164("000 012 3456", "DE") == "+490000123456"


@pytest.mark.parametrize(("given", "family", "state"), [
    (None, None, "missing"), ("", " ", "missing"), ("Anna", "Weber", "valid"), (None, "李", "valid"), ("Անի", "", "valid"),
    ("Christopher", "Guest", "valid"), ("Anna", "N/A", "valid"),
    ("Guest", None, "placeholder"), ("GAST", "unbekannt", "placeholder"), ("Walk", "In", "placeholder"), ("-", ".", "placeholder"),
    ("123", "456", "invalid"), ("anna@example.com", None, "invalid"),
])
def test_one_part_that_could_be_a_persons_makes_a_name(given, family, state):
    assert quality.name_state(given, family) == state


@pytest.mark.parametrize(("birth", "state"), [
    (None, "missing"), ("", "missing"), (dt.date(1980, 5, 17), "valid"), ("1980-05-17", "valid"), ("2025-04-01", "valid"),
    ("1900-01-01", "placeholder"), (dt.date(1899, 12, 30), "placeholder"),
    ("2025-04-02", "invalid"), ("1909-12-31", "invalid"), ("1910-01-01", "valid"), ("1980-02-30", "invalid"),
])
def test_nobody_is_born_tomorrow_or_older_than_115(birth, state):
    assert quality.birth_state(birth, TODAY) == state


def test_all_four_states_come_by_the_profiles_columns():
    assert quality.states("Anna", "Weber", "noemail@x.com", "12", "1980-05-17", "DE", TODAY) == {
        "name_state": "valid", "email_state": "placeholder", "phone_state": "invalid", "birth_state": "valid"}


def test_every_state_is_one_that_the_store_knows():
    found = quality.states("Guest", None, "a@guest.booking.com", "0000000", "1800-01-01", None, TODAY)
    assert set(found.values()) <= set(schema.FIELD_STATES)


@pytest.fixture
def built(store):
    hotel = Hotel(store).open()
    hotel.property("LIS", 10)
    hotel.guest("Anna Weber", "LIS", email="anna@example.com", phone="030 901820", country="DE")
    hotel.guest("Guest", "LIS", email="none@none")
    return hotel


def _states(store) -> list[tuple]:
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*(schema.profile.c[name] for name in quality.FIELDS)).order_by("id"))]


def test_profiles_without_a_state_get_one_and_are_read_again_by_the_next_refresh(store, built):
    with store.changing(Entry("test", "check", "profile")) as change:
        assert quality.refresh_states(change) == 2
    assert _states(store) == [("valid", "valid", "valid", "missing"), ("placeholder", "placeholder", "missing", "missing")]
    with store.changing(Entry("test", "check", "profile")) as change:
        assert quality.refresh_states(change) == 0
        assert change.connection.execute(sa.select(sa.func.min(schema.profile.c.revision))).scalar_one() == change.revision - 1


def test_only_what_changed_after_a_data_version_is_looked_at(store, built):
    before = store.revision()
    built.guest("Rui Silva", "LIS")
    with store.changing(Entry("test", "check", "profile")) as change:
        assert quality.refresh_states(change, since=before) == 1
    assert _states(store)[0] == ("", "", "", "")


def test_an_address_that_bounced_stays_so(store, built):
    with store.changing(Entry("test", "check", "profile")) as change:
        change.connection.execute(sa.update(schema.profile).values(email_state="bounced"))
        quality.refresh_states(change)
    assert _states(store)[0][1] == "bounced"


def test_nothing_is_written_where_every_profile_has_its_states(store, built):
    assert quality.check_profiles(store) == 2
    at = store.revision()
    assert quality.check_profiles(store) == 0
    assert store.revision() == at
