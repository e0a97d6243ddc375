"""Events of the house: planned, filled up to the last place, called off; and each person stands on a list once."""
import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from crm_core import i18n, schema
from crm_core.records.gatherings import (
    cancel_gathering,
    change_gathering,
    gathering_card,
    gathering_people,
    gatherings,
    plan_gathering,
    restore_gathering,
    social_spaces,
)
from crm_core.records.registrations import cancel_registration, check_in, local_minute, register_guest
from crm_core.records.registry import Refused, Stale
from crm_core.records.timeline import timeline
from tests.hotel import AS_OF

ANA, BEN = 1, 2
MAY = dt.date(2025, 5, 10)
CONCERT = {"name": " Garden  concert ", "kind": "culture", "starts_on": MAY, "starts_time": "19:00", "place": "Garden", "capacity": 3}
A_DAY = dt.timedelta(1)


def planned(hotel, view, **values) -> int:
    return plan_gathering(hotel.store, view(), property_id=1, values=CONCERT | values)


def on_list(hotel, view, event: int) -> list[tuple]:
    return [(row["name"], row["status"], row["party"]) for row in gathering_people(hotel.store, view(), id=event)]


def merge(hotel, into: int, other: int) -> None:
    with hotel.changing("merge") as change:
        change.connection.execute(sa.update(schema.guest).where(schema.guest.c.id == other).values(merged_into=into))


def test_an_event_is_planned_with_the_propertys_currency_and_listed_by_its_day(filled, view):
    made = planned(filled, view, cost_minor=50_000, about=" With a\nquartet ")
    addis = plan_gathering(filled.store, view(), property_id=2, values={"name": "Coffee", "starts_on": AS_OF - A_DAY, "cost_minor": 900})
    one = gathering_card(filled.store, view(), id=made)
    assert (one["name"], one["kind"], one["audience"], one["starts_time"], one["currency"], one["about"]) == (
        "Garden concert", "culture", "everyone", "19:00", "EUR", "With a\nquartet")
    assert [(row["id"], row["property"], row["currency"], row["state"], row["places_left"]) for row in gatherings(filled.store, view())] == [
        (addis, "Addis Ababa", "ETB", "over", None), (made, "Lisbon", "EUR", "coming", 3)]
    assert [row["id"] for row in gatherings(filled.store, view(), since=MAY, until=MAY + A_DAY)] == [made]
    assert gatherings(filled.store, view(), until=AS_OF - A_DAY) == gatherings(filled.store, view(), since=MAY + A_DAY) == []
    assert [row["id"] for row in gatherings(filled.store, view(), property_id=2)] == [row["id"] for row in gatherings(filled.store, view(2))] == [addis]
    assert (social_spaces(filled.store, view()), social_spaces(filled.store, view(2))) == (["Garden"], [])


@pytest.mark.parametrize(("wrong", "said"), [
    ({"name": " "}, "event's name"), ({"starts_on": None}, "which day"), ({"ends_on": MAY - A_DAY}, "ends before"), ({"register_until": MAY + A_DAY}, "earlier day"),
    ({"starts_time": "7pm"}, "19:00"), ({"starts_time": "24:00"}, "19:00"), ({"kind": "party"}, "what kind"), ({"audience": "nobody"}, "for whom"),
    ({"capacity": 0}, "1 to 100,000"), ({"cost_minor": -1}, "from 0 on"), ({"cost_minor": 1, "currency": "euro"}, "three capital letters"),
    ({"cancelled_at": "x"}, "no such field"), ({"about": "x" * 1001}, "1000 characters")])
def test_an_event_that_cannot_be_is_not_planned(small, view, wrong, said):
    with pytest.raises(Refused, match=said):
        planned(small, view, **wrong)
    assert gatherings(small.store, view()) == []


def test_an_event_is_changed_but_never_to_fewer_places_than_are_taken(small, view):
    made = planned(small, view)
    register_guest(small.store, view(), id=made, guest_id=ANA, party=3)
    with pytest.raises(Refused, match="More people are registered"):
        change_gathering(small.store, view(), id=made, version=1, values={"capacity": 2})
    assert change_gathering(small.store, view(), id=made, version=1, values={"capacity": None, "kind": "food"}) == 2
    with pytest.raises(Stale):
        change_gathering(small.store, view(), id=made, version=1, values={"name": "Mine"})
    one = gathering_card(small.store, view(), id=made)
    assert (one["name"], one["kind"], one["places_left"], one["registered"]) == ("Garden concert", "food", None, 3)


def test_a_files_own_word_for_a_kind_may_stay(small, view):
    made = small.event("LIS", "2025-05-10", kind="concerto")
    change_gathering(small.store, view(), id=made, version=1, values={"place": "Roof"})
    assert gathering_card(small.store, view(), id=made)["kind"] == "concerto"
    with pytest.raises(Refused, match="what kind"):
        change_gathering(small.store, view(), id=made, version=2, values={"kind": "fado"})


def test_the_last_place_is_given_away_once(filled, view):
    made = planned(filled, view)
    register_guest(filled.store, view(), id=made, guest_id=ANA, party=2)
    with pytest.raises(Refused, match="Places left: 1"):
        register_guest(filled.store, view(), id=made, guest_id=BEN, party=2)
    register_guest(filled.store, view(), id=made, guest_id=BEN)
    assert on_list(filled, view, made) == [("Ana Silva", "registered", 2), ("Ben Okafor", "registered", 1)]
    one = gathering_card(filled.store, view(), id=made)
    assert (one["registered"], one["attended"], one["places_left"]) == (3, 0, 0)


def test_of_two_who_take_the_last_place_at_once_one_gets_it(filled, view):
    made, told = planned(filled, view, capacity=1), []
    barrier = threading.Barrier(2)

    def take(guest: int) -> None:
        barrier.wait()
        try:
            register_guest(filled.store, view(), id=made, guest_id=guest)
        except Refused as refusal:
            told.append(str(refusal))

    threads = [threading.Thread(target=take, args=(guest,)) for guest in (ANA, BEN)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    assert gathering_card(filled.store, view(), id=made)["registered"] == 1


def test_a_guest_registers_once_and_takes_a_cancelled_registration_up_again(filled, view):
    made = planned(filled, view)
    place = register_guest(filled.store, view(), id=made, guest_id=ANA)
    with pytest.raises(Refused, match="on the list already"):
        register_guest(filled.store, view(), id=made, guest_id=ANA)
    assert cancel_registration(filled.store, view(), id=place, version=1) == 2
    with pytest.raises(Refused, match="Only who is registered"):
        cancel_registration(filled.store, view(), id=place, version=2)
    row = gathering_people(filled.store, view(), id=made)[0]
    assert (row["status"], row["cancelled_local"][:10]) == ("cancelled", "2025-04-01")
    assert gathering_card(filled.store, view(), id=made)["cancelled"] == 1
    assert register_guest(filled.store, view(), id=made, guest_id=ANA, party=2) == place
    row = gathering_people(filled.store, view(), id=made)[0]
    assert (row["status"], row["party"], row["cancelled_local"], row["version"], row["registered_on"]) == ("registered", 2, None, 3, AS_OF)


def test_a_person_whose_records_were_merged_is_told_and_counted_once(filled, view):
    made = planned(filled, view)
    for guest, party in ((ANA, 1), (BEN, 2)):
        register_guest(filled.store, view(), id=made, guest_id=guest, party=party)
    filled.attend(made, None, "registered")
    filled.attend(made, None, "registered")
    merge(filled, ANA, BEN)
    assert on_list(filled, view, made) == [("Ana Silva", "registered", 2), (None, "registered", 1), (None, "registered", 1)]
    assert gathering_card(filled.store, view(), id=made)["registered"] == 4
    with pytest.raises(Refused, match="on the list already"):
        register_guest(filled.store, view(), id=made, guest_id=BEN)


def test_a_guest_whom_the_property_does_not_know_is_on_its_list_without_a_name(filled, view):
    made = filled.event("ADD", "2025-05-10")
    filled.attend(made, BEN, "registered")
    assert [(row["guest_id"], row["name"]) for row in gathering_people(filled.store, view(2), id=made)] == [(None, None)]
    with pytest.raises(Refused, match="no such guest"):
        register_guest(filled.store, view(2), id=made, guest_id=BEN)
    assert gathering_people(filled.store, view(1), id=made) == []


def test_who_comes_is_checked_in_from_the_first_day_on_and_can_be_taken_back(filled, view):
    made = planned(filled, view, starts_on=AS_OF)
    ana, ben = (register_guest(filled.store, view(), id=made, guest_id=guest) for guest in (ANA, BEN))
    with pytest.raises(Refused, match="lies ahead"):
        check_in(filled.store, view(as_of=AS_OF - A_DAY), id=ana, version=1)
    assert check_in(filled.store, view(), id=ana, version=1) == 2
    check_in(filled.store, view(), id=ben, version=1, status="no_show")
    one = gathering_card(filled.store, view(), id=made)
    assert (one["registered"], one["attended"], one["no_show"], one["places_left"]) == (1, 1, 1, 2)
    with pytest.raises(Stale) as told:
        check_in(filled.store, view(), id=ana, version=1)
    assert told.value.current["status"] == "attended"
    check_in(filled.store, view(), id=ana, version=2, status="registered")
    assert on_list(filled, view, made) == [("Ana Silva", "registered", 1), ("Ben Okafor", "no_show", 1)]


def test_who_cancelled_is_not_checked_in(small, view):
    made = planned(small, view, starts_on=AS_OF)
    place = register_guest(small.store, view(), id=made, guest_id=ANA)
    cancel_registration(small.store, view(), id=place, version=1)
    with pytest.raises(Refused, match="had cancelled"):
        check_in(small.store, view(), id=place, version=2)
    with pytest.raises(Refused, match="whether the guest came"):
        check_in(small.store, view(), id=place, version=2, status="cancelled")


def test_nobody_registers_after_the_last_day_but_who_is_there_is_added(small, view):
    past = planned(small, view, starts_on=AS_OF - A_DAY)
    with pytest.raises(Refused, match="is over"):
        register_guest(small.store, view(), id=past, guest_id=ANA)
    register_guest(small.store, view(), id=past, guest_id=ANA, is_here=True)
    assert on_list(small, view, past) == [("Ana Silva", "attended", 1)]
    closed = planned(small, view, register_until=AS_OF - A_DAY)
    for is_here, said in ((False, "last day for registering"), (True, "lies ahead")):
        with pytest.raises(Refused, match=said):
            register_guest(small.store, view(), id=closed, guest_id=ANA, is_here=is_here)
    open_today = planned(small, view, register_until=AS_OF, starts_on=AS_OF)
    register_guest(small.store, view(), id=open_today, guest_id=ANA)
    with pytest.raises(Refused, match="1 to 100"):
        register_guest(small.store, view(), id=open_today, guest_id=BEN, party=0)


def test_an_event_that_is_called_off_takes_nobody_and_keeps_its_list(small, view):
    made = planned(small, view)
    register_guest(small.store, view(), id=made, guest_id=ANA)
    cancel_gathering(small.store, view(), id=made, version=1)
    with pytest.raises(Refused, match="called off"):
        register_guest(small.store, view(), id=made, guest_id=BEN)
    assert gathering_card(small.store, view(), id=made)["state"] == "cancelled"
    assert on_list(small, view, made) == [("Ana Silva", "registered", 1)]
    restore_gathering(small.store, view(), id=made, version=2)
    register_guest(small.store, view(), id=made, guest_id=BEN)


def test_a_cancellation_is_kept_in_the_propertys_own_time():
    assert local_minute("2025-05-09T20:45:00+00:00", "Africa/Addis_Ababa") == "2025-05-09T23:45"
    assert local_minute("2025-05-09T20:45:00+00:00", "Nowhere/Never") == "2025-05-09T20:45"


def test_events_stand_on_the_guests_timeline_with_what_became_of_them(filled, view):
    i18n.use("en")
    for name, starts_on, status, details in (
            ("Tasting", "2025-02-10", "attended", {"kind": "food", "place": "Cellar"}), ("Fado", "2025-02-11", "no_show", {"kind": "culture"}),
            ("Yoga", "2025-02-12", "cancelled", {"kind": "sport"}), ("Fair", "2025-05-01", "registered", {"kind": "bazaar", "ends_on": "2025-05-03"}),
            ("Ball", "2025-05-02", "registered", {"cancelled_at": "2025-03-01T10:00:00+00:00"})):  # fmt: skip
        filled.attend(filled.event("LIS", starts_on, name=name, **details), ANA, status)
    filled.attend(filled.event("ADD", "2025-02-13", name="Coffee"), ANA)
    found = [(e.on.isoformat(), e.head, e.detail) for e in timeline(filled.store, view(1), guest=ANA) if e.kind == "events"]
    assert found == [
        ("2025-05-02", "Registered for an event that was called off", "Ball · Meeting neighbours · Lisbon"),
        ("2025-05-01", "Registered for an event", "Fair · bazaar · Lisbon"), ("2025-02-12", "Cancelled an event", "Yoga · Sport · Lisbon"),
        ("2025-02-11", "Did not come to an event", "Fado · Culture · Lisbon"),
        ("2025-02-10", "Came to an event", "Tasting · Food and drink · Cellar · Lisbon")]  # fmt: skip
    assert len([e for e in timeline(filled.store, view(), guest=ANA) if e.kind == "events"]) == 6
    merge(filled, ANA, BEN)
    filled.attend(1, BEN, "registered")
    assert len([e for e in timeline(filled.store, view(1), guest=BEN) if e.kind == "events"]) == 5
