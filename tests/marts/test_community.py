"""Who came to an event, and what the guests who came slept around it more than others like them."""
import datetime as dt
import random

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records import identity
from tests.hotel import AS_OF, Hotel
from tests.looking import ask

ANA, BEN = 1, 2
HALO = "SELECT guest_id, stays_before, nights, others, expected_milli, halo_milli FROM mart_attendances ORDER BY attendance_id"


def flags(warehouse) -> list[tuple]:
    return ask(warehouse, "SELECT is_registered, is_attended, is_known FROM mart_attendances ORDER BY attendance_id")


@pytest.mark.parametrize(("details", "registered"), [
    ({"status": "attended"}, 1), ({"status": "no_show"}, 1), ({"status": "registered"}, 1),
    ({"status": "cancelled", "cancelled_local": "2025-03-10T19:00"}, 0), ({"status": "cancelled", "cancelled_local": "2025-03-10T19:01"}, 1),
    ({"status": "cancelled"}, 0)])
def test_who_cancels_a_day_before_is_not_counted_and_who_cancels_later_is(hotel, rebuilt, details, registered):
    hotel.attend(hotel.event("LIS", "2025-03-11", starts_time="19:00"), BEN, **details)
    assert flags(rebuilt()) == [(registered, int(details["status"] == "attended"), 1)]


def test_without_a_time_whoever_cancels_before_the_day_is_in_time(hotel, rebuilt):
    event = hotel.event("LIS", "2025-03-11")
    for local in ("2025-03-10T23:59", "2025-03-11T00:00"):
        hotel.attend(event, BEN, "cancelled", cancelled_local=local)
    assert [registered for registered, *_ in flags(rebuilt())] == [0, 1]


def test_of_an_event_that_was_cancelled_nobody_counts_and_one_to_come_is_not_told(hotel, rebuilt):
    hotel.attend(hotel.event("LIS", "2025-03-11", cancelled_at="2025-03-01T10:00:00+00:00"), BEN)
    hotel.attend(hotel.event("LIS", str(AS_OF)), BEN)
    assert flags(rebuilt()) == [(0, 0, 1)]


def test_an_attendee_stands_beside_guests_of_the_same_country_with_as_many_stays(hotel, rebuilt):
    """Ben slept two nights around 11 March; of the two others from Britain who had not been there, one slept one night: half a night each."""
    hotel.guest("Cora Lind", "LIS", country="GB")
    hotel.stay("LIS", "2025-03-12", 2, 200, hotel.guest("Dan Moll", "LIS", country="GB"))  # the night of the 13th is too late
    hotel.guest("Eva Berg", "ADD", country="GB")  # whom Lisbon does not know
    event = hotel.event("LIS", "2025-03-11")
    hotel.attend(event, BEN)
    hotel.attend(event, ANA, "no_show")
    assert ask(rebuilt(), HALO) == [(BEN, "0", 2, 2, 500, 1500), (ANA, "2-3", 0, 0, None, 0)]


def test_where_nobody_is_like_the_attendee_nothing_is_told(hotel, rebuilt):
    hotel.attend(hotel.event("LIS", "2025-03-11"), BEN)
    hotel.attend(hotel.event("LIS", "2025-03-11"), None)
    assert ask(rebuilt(), HALO) == [(BEN, "0", 2, 0, None, None), (None, "0", 0, 0, None, 0)]


def test_a_person_registered_by_two_records_came_once(hotel, rebuilt):
    """Cora is the only other; Ben's second record is Ben."""
    event, twin = hotel.event("LIS", "2025-03-11"), hotel.guest("Benjamin Okafor", "LIS", country="GB")
    hotel.guest("Cora Lind", "LIS", country="GB")
    hotel.attend(event, BEN)
    hotel.attend(event, twin)
    with hotel.changing("merge") as change:
        identity.link(change, BEN, twin, decided_by="person", actor="test")
    assert ask(rebuilt(), HALO) == [(BEN, "0", 2, 1, 0, 2000), (BEN, "0", 2, 1, 0, None)]


def test_the_cost_of_an_event_is_in_the_reporting_currency_and_unknown_without_a_rate(hotel, rebuilt):
    for currency, at in (("ETB", "2025-03-11"), ("", "2025-03-11"), ("USD", "2025-03-11"), ("ETB", "2022-03-11")):
        hotel.event("ADD", at, cost_minor=50_000, currency=currency)
    assert ask(rebuilt(), "SELECT cost FROM mart_events ORDER BY event_id") == [(500,), (500,), (None,), (None,)]


def test_an_advocate_praises_the_house_to_itself_and_to_others(hotel, rebuilt):
    """Ana says ten and praises in public; Ben says nine and says nothing more, then brings a guest; a second thought of seven undoes Ana's."""
    stay = 2
    hotel.review(stay, 9.0, kind="review", reviewed_on="2025-03-10")
    hotel.review(stay, None, kind="survey", nps=10, reviewed_on="2025-03-10")
    hotel.review(3, None, kind="survey", nps=9, reviewed_on="2025-03-20")
    advocates = "SELECT guest_id, property_id FROM mart_advocates ORDER BY 1"
    assert ask(rebuilt(), advocates) == [(ANA, 1)]
    cora = hotel.guest("Cora Lind", "LIS")
    hotel.stay("LIS", "2025-03-25", 1, 100, cora)
    hotel.invite(hotel.code(hotel.member(BEN, "2024-01-01", hotel.programme()), "2024-01-01"), "2025-03-01", cora)
    hotel.attend(hotel.event("LIS", "2025-03-11"), BEN)
    found = rebuilt()
    assert ask(found, advocates) == [(ANA, 1), (BEN, 1)]
    assert ask(found, "SELECT is_member, is_advocate FROM mart_attendances") == [(1, 1)]
    hotel.review(stay, None, kind="survey", nps=7, reviewed_on="2025-03-12")
    assert ask(rebuilt(), advocates) == [(BEN, 1)]


# --- against a second way of counting --------------------------------------------------------------------------------------------------
def test_over_random_guests_the_others_are_those_that_one_finds_one_by_one(sqlite_store, rebuilt):
    chance = random.Random(5)
    hotel = Hotel(sqlite_store).open()
    hotel.property("LIS", 20)
    hotel.property("ADD", 20)
    guests = {hotel.guest(f"Guest {i}", chance.choice(("LIS", "LIS", "ADD")), country=chance.choice(("PT", "GB", None))): [] for i in range(40)}
    for _ in range(130):
        guest, at, day, nights = chance.choice(list(guests)[:30]), chance.choice(("LIS", "LIS", "ADD")), chance.randrange(150), chance.randrange(1, 5)
        arrival = dt.date(2024, 10, 1) + dt.timedelta(day)
        if not any(begin <= arrival <= end or begin <= arrival + dt.timedelta(nights) <= end for _, begin, end in guests[guest]):
            guests[guest].append((at, arrival, arrival + dt.timedelta(nights)))
            hotel.stay(at, str(arrival), nights, 100, guest)
    events = {}
    for _ in range(5):
        starts = dt.date(2024, 12, 1) + dt.timedelta(chance.randrange(80))
        events[hotel.event("LIS", str(starts), ends_on=str(starts + dt.timedelta(chance.randrange(3))))] = {}
    for event, registered in events.items():
        for guest in chance.sample(list(guests), 12):
            registered[guest] = chance.choice(("attended", "attended", "cancelled"))
            hotel.attend(event, guest, registered[guest])
    found = {(event, guest): told for event, guest, *told in ask(
        rebuilt(), "SELECT event_id, guest_id, stays_before, nights, others, expected_milli, halo_milli FROM mart_attendances WHERE is_attended = 1")}
    assert len(found) > 30
    assert found == one_by_one(hotel, guests, events)


def one_by_one(hotel, guests, events) -> dict:
    with hotel.store.reading() as connection:
        homes = dict(connection.execute(sa.select(schema.profile.c.guest_id, schema.profile.c.property_id)).all())
        lands = dict(connection.execute(sa.select(schema.guest.c.id, schema.guest.c.country)).all())
        spans = {row.id: (row.starts_on, row.ends_on) for row in connection.execute(sa.select(schema.event))}
    known = {g for g in guests if homes[g] == hotel.properties["LIS"] or any(at == "LIS" for at, *_ in guests[g])}
    told = {}
    for event, registered in events.items():
        starts, ends = spans[event]
        around = {starts - dt.timedelta(1) + dt.timedelta(i) for i in range((ends - starts).days + 3)}
        mine = {g: [(a, d) for at, a, d in stays if at == "LIS"] for g, stays in guests.items()}
        band = {g: before(sum(d < starts for _, d in stays)) for g, stays in mine.items()}
        nights = {g: sum(a <= day < d for a, d in stays for day in around) for g, stays in mine.items()}
        for guest in (g for g, status in registered.items() if status == "attended"):
            others = [nights[g] for g in known - set(registered) if band[g] == band[guest] and lands[g] == lands[guest]]
            mean = half_up(1000 * sum(others) / len(others)) if others else None
            told[event, guest] = [band[guest], nights[guest], len(others), mean, None if mean is None else 1000 * nights[guest] - mean]
    return told


def before(stays: int) -> str:
    return "0" if stays == 0 else "1" if stays == 1 else "2-3" if stays <= 3 else "4+"


def half_up(number: float) -> int:
    return int(number + 0.5)
