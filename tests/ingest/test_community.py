"""Files of events and of who came to them: times, audiences, costs, cancellations; what cannot be, and how a batch is undone."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.ingest import dates
from crm_core.ingest.problems import Fault
from crm_core.ingest.undo import undo_batch
from crm_core.records.gatherings import change_gathering
from crm_core.records.registrations import check_in, register_guest
from crm_core.records.registry import Refused
from crm_core.refresh import refresh
from crm_core.store.audit import Entry
from tests.ingest.conftest import csv_of
from tests.ingest.test_undo import dump, scope

ANNA = {"guest_ref": "G-77", "given_name": "Anna", "family_name": "Weber", "email": "anna.weber@example.com"}
CONCERT = {"event_id": "EV-3", "name": "Garden concert", "starts_on": "2025-05-10"}
TOLD = CONCERT | {"kind": "Concert", "starts_time": "7:30 pm", "audience": "Members only", "capacity": "80", "register_until": "2025-05-08", "cost": "640.50"}
COMES = ANNA | {"attendance_id": "A-41", "event_id": "EV-3"}


@pytest.fixture
def house(desk):
    """A desk with Anna's booking at GALLE, in euros."""
    desk.bring_rows(ANNA | {"currency": "EUR"}, name="bookings.csv")
    return desk


def events(house, *rows, name="events.csv"):
    return house.bring(csv_of(list(rows)), name, target="events", source="events")


def registrations(house, *rows, name="who.csv"):
    return house.bring(csv_of(list(rows)), name, target="attendance", source="attendance")


@pytest.mark.parametrize(("cell", "time"), [
    ("19:00", "19:00"), ("7 pm", "19:00"), ("7:30 p.m.", "19:30"), ("12 AM", "00:00"), ("12:15 pm", "12:15"), ("19h30", "19:30"), ("19 Uhr", "19:00"),
    ("19.00", "19:00"), ("09:05:30", "09:05"), ("9:05", "09:05"), ("", None), ("-", None)])
def test_a_time_of_day_is_read_in_the_spellings_of_people(cell, time):
    assert dates.time_of_day(cell) == time


@pytest.mark.parametrize("cell", ["24:00", "19:60", "13 pm", "0 am", "7", "soon", "19:00 tomorrow"])
def test_a_time_that_no_clock_shows_is_a_fault(cell):
    with pytest.raises(Fault, match="time"):
        dates.time_of_day(cell)


def test_an_event_says_when_it_begins_for_whom_it_is_and_what_it_cost(house):
    assert events(house, TOLD).added == 1
    assert house.one("event", "kind", "starts_time", "audience", "capacity", "register_until", "cost_minor", "currency") == (
        "culture", "19:30", "members", 80, dt.date(2025, 5, 8), 64050, "EUR")


def test_what_an_event_does_not_say_is_usual_and_its_own_word_for_its_kind_stays(house):
    events(house, CONCERT | {"kind": "Full moon bath"})
    assert house.one("event", "kind", "starts_time", "audience", "cost_minor", "currency", "register_until") == (
        "Full moon bath", "", "everyone", None, "", None)


def test_a_time_beside_the_first_day_counts_in_the_property_s_zone(house):
    with house.store.changing(Entry("ana", "edit", "property")) as change:
        change.connection.execute(sa.update(schema.property).values(time_zone="Asia/Colombo"))
    events(house, CONCERT | {"starts_on": "2025-05-10 18:00"}, CONCERT | {"event_id": "EV-4", "starts_on": "2025-05-10T20:00:00Z"})
    assert house.table("event", "starts_on", "starts_time", order="id") == [(dt.date(2025, 5, 10), "18:00"), (dt.date(2025, 5, 11), "01:30")]


def test_an_event_that_cannot_be_is_kept_out_with_its_reason(house):
    wrong = {"cost": "-1", "capacity": "0", "register_until": "2025-05-11", "ends_on": "2025-05-09", "starts_time": "25:00", "audience": "dogs"}
    done = events(house, *(TOLD | {"event_id": column, column: cell} for column, cell in wrong.items()))
    assert (done.added, done.rejected) == (0, 6)
    assert [(column, rule) for _, column, _, rule in house.rejected()] == [
        ("cost", "negative"), ("capacity", "places"), ("register_until", "registers_after"), ("ends_on", "ends_before_start"), ("starts_time", "time"),
        ("audience", "word")]


def test_a_later_file_takes_nothing_away_that_was_told_or_entered_here(house):
    events(house, TOLD)
    change_gathering(house.store, scope(1), id=1, version=1, values={"about": "Bring a blanket.", "place": "Lawn"})
    assert events(house, CONCERT | {"name": "Garden concert II"}, name="later.csv").updated == 1
    assert house.one("event", "name", "about", "place", "audience", "starts_time", "cost_minor", "currency") == (
        "Garden concert II", "Bring a blanket.", "Lawn", "members", "19:30", 64050, "EUR")


def test_an_event_without_a_number_is_known_by_its_name_and_day(house):
    row = {name: value for name, value in TOLD.items() if name != "event_id"}
    events(house, row)
    done = events(house, row | {"capacity": "90"}, name="later.csv")
    assert (done.added, done.updated, house.one("event", "capacity")) == (0, 1, 90)


@pytest.mark.parametrize(("said", "local"), [("2025-05-09", "2025-05-09T23:59"), ("2025-05-09 6:05 pm", "2025-05-09T18:05"), ("", None)])
def test_a_cancellation_is_kept_to_the_minute_and_a_day_counts_to_its_end(house, said, local):
    events(house, TOLD)
    registrations(house, COMES | {"status": "cancelled", "cancelled_at": said})
    assert house.one("attendance", "status", "cancelled_local") == ("cancelled", local)


def test_whoever_has_cancelled_is_cancelled_even_where_the_status_does_not_say_so(house):
    events(house, TOLD)
    registrations(house, COMES | {"status": "", "cancelled_at": "2025-05-01"})
    assert house.one("attendance", "status") == "cancelled"


def test_a_registration_that_contradicts_itself_is_kept_out(house):
    events(house, TOLD)
    done = registrations(house, COMES | {"status": "attended", "cancelled_at": "2025-05-01"},
        COMES | {"attendance_id": "A-42", "status": "cancelled", "cancelled_at": "2025-04-01", "registered_on": "2025-04-02"},
        COMES | {"attendance_id": "A-43", "party": "101"})
    assert (done.added, done.rejected) == (0, 3)
    assert [rule for *_, rule in house.rejected()] == ["came_and_cancelled", "cancelled_before", "too_large"]


def test_that_somebody_came_stays_where_a_later_file_knows_only_the_registration(house):
    events(house, TOLD)
    registrations(house, COMES | {"status": "registered"})
    check_in(house.store, scope(1), id=1, version=1)
    assert registrations(house, COMES | {"status": "registered", "party": "2"}, name="later.csv").updated == 1
    assert house.one("attendance", "status", "party") == ("attended", 2)
    registrations(house, COMES | {"status": "no_show", "party": "2"}, name="last.csv")
    assert house.one("attendance", "status") == "no_show"


def test_a_registration_without_a_number_is_known_by_event_and_person(house):
    events(house, TOLD)
    row = {name: value for name, value in COMES.items() if name != "attendance_id"}
    registrations(house, row | {"status": "registered"})
    done = registrations(house, row | {"status": "attended"}, name="later.csv")
    assert (done.added, done.updated, house.one("attendance", "status")) == (0, 1, "attended")


def test_events_and_registrations_reach_the_warehouse(house, settings):
    events(house, TOLD)
    registrations(house, COMES | {"status": "attended"})
    rows = refresh(settings).rows
    assert (rows["mart_events"], rows["mart_registrations"]) == (1, 1)


def test_a_file_of_events_is_undone_to_what_was_there(house):
    events(house, CONCERT)
    before = dump(house)
    undo_batch(house.store, scope(1), id=events(house, TOLD, TOLD | {"event_id": "EV-4"}, name="later.csv").batch)
    assert dump(house) == before


def test_a_file_of_registrations_is_undone_with_the_people_that_it_brought(house):
    events(house, TOLD)
    before = dump(house)
    undo_batch(house.store, scope(1), id=registrations(house, COMES | {"guest_ref": "G-99", "email": "new@example.com"}).batch)
    assert dump(house) == before


def test_a_file_stays_for_whose_events_somebody_was_registered_here(house):
    batch = events(house, TOLD).batch
    register_guest(house.store, scope(1), id=1, guest_id=1, is_here=True)
    with pytest.raises(Refused, match="events 0, registrations 1"):
        undo_batch(house.store, scope(1), id=batch)
    assert house.one("event", "name") == "Garden concert"


def test_a_file_of_guests_stays_of_whom_somebody_registered_one_for_an_event_here(house):
    events(house, TOLD)
    batch = house.bring(csv_of([ANNA | {"guest_ref": "G-2", "email": "eva@example.com"}]), "guests.csv", target="guests", property_code="GALLE").batch
    register_guest(house.store, scope(1), id=1, guest_id=2, is_here=True)
    with pytest.raises(Refused, match="events 0, registrations 1"):
        undo_batch(house.store, scope(1), id=batch)


def test_a_file_stays_whose_events_somebody_changed_here(house):
    batch = events(house, TOLD).batch
    change_gathering(house.store, scope(1), id=1, version=1, values={"place": "Lawn"})
    with pytest.raises(Refused, match="events 1, registrations 0"):
        undo_batch(house.store, scope(1), id=batch)


def test_a_file_of_registrations_for_events_out_of_sight_is_not_undone(house):
    events(house, TOLD)
    batch = registrations(house, COMES).batch
    with pytest.raises(Refused, match="do not see"):
        undo_batch(house.store, scope(2), id=batch)
