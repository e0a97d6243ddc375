"""Houses of guests drawn at random, written into a record store in one go: large enough for models to speak, quick enough for tests."""
import datetime as dt
from collections.abc import Iterable

import numpy as np
import sqlalchemy as sa

from crm_core import schema
from crm_core.records.search_terms import terms
from crm_core.store.record import RecordStore
from tests.hotel import AS_OF, Hotel

# How often guests come, and how soon they are lost (MBG/NBD): a gamma of rates a day, a beta of the chance to be lost after a stay.
HABITS = {"r": 0.9, "alpha": 300.0, "a": 0.8, "b": 1.6}
BEGAN = AS_OF - dt.timedelta(1400)
CODES = ("", "LIS", "ADD", "FAR")
# Guest, place, arrival, nights, revenue in cents, and what is not usual about it.
Stay = tuple[int, int, dt.date, int, int, dict]


def open_house(store: RecordStore, places: int = 1, currency: str = "EUR") -> Hotel:
    """Return a hotel of so many properties, without guests."""
    hotel = Hotel(store).open()
    for code in CODES[1:places + 1]:
        hotel.property(code, 500, currency)
    return hotel


def fill(hotel: Hotel, stays: Iterable[Stay]) -> None:
    """Write stays of guests 1, 2, … (None: nameless) with their guests and profiles, all at once."""
    stays = list(stays)
    homes = {guest: place for guest, place, *_ in reversed(stays) if guest is not None}
    with hotel.changing("fill") as change:
        rows = [_guest(guest, homes[guest], change) for guest in sorted(homes)]
        for table, part in ((schema.guest, 0), (schema.profile, 1)):
            change.connection.execute(sa.insert(table), [row[part] for row in rows])
        found = [{"property_id": homes[g], "term": term, "guest_id": g} for g in sorted(homes) for term in terms(f"Guest{g}", "Silva", None, None)]
        change.connection.execute(sa.insert(schema.search_term), found)
        change.connection.execute(sa.insert(schema.stay), [_stay(hotel, change, *stay) for stay in stays])


def _guest(guest: int, home: int, change) -> tuple[dict, dict]:
    kept = {"country": ("PT", "GB", "DE")[guest % 3], "email": f"guest{guest}@example.com", "revision": change.revision}
    return ({"id": guest, "name": f"Guest{guest} Silva", "created_at": change.at, **kept},
            {"id": guest, "guest_id": guest, "property_id": home, "source": "bookings", "external_id": f"ref:{guest}", "given_name": f"Guest{guest}",
             "family_name": "Silva", **kept})


def _stay(hotel: Hotel, change, guest, place: int, arrival: dt.date, nights: int, cents: int, details: dict) -> dict:
    departure, status = arrival + dt.timedelta(nights), details.get("status", "checked_out")
    return {
        "property_id": place, "profile_id": guest, "source": "bookings", "status": status, "booked_on": arrival - dt.timedelta(details.get("lead", 10)),
        "arrival_on": arrival, "departure_on": departure, "ended_on": departure if status == "checked_out" else None,
        "channel_id": hotel.channels[details.get("channel", "own_site")], "segment": details.get("segment", "leisure"), "rate_class": "paid", "adults": 2,
        "children": 0, "currency": details.get("currency", "EUR"), "room_revenue_minor": cents, "row_hash": b"-", "batch_id": hotel.batch,
        "revision": change.revision,
    }  # fmt: skip


def drawn(first: int, n: int, place: int, seed: int = 7, *, days: int = 1400, until: dt.date = AS_OF, habits: dict[str, float] = HABITS,
          elsewhere: int | None = None, ahead: int = 0) -> list[Stay]:
    """Return the stays of n guests from number `first` on, who begin at a place within so many days before the as-of date, and come until they are lost.

    Arrivals are two days apart at least. Guests who spend more book directly. A quarter of the later stays are at a place `elsewhere`;
    they are booked up to so many days `ahead`, and the next one is on the books where it was booked already.
    """
    random = np.random.default_rng(seed)
    begins, loss = random.integers(2, days, n), random.beta(habits["a"], habits["b"], n)
    rates, spends = random.gamma(habits["r"], 1 / habits["alpha"], n), random.gamma(4, 5000, n)
    found = []
    for guest, begin, rate, lost, spend in zip(range(first, first + n), begins, rates, loss, spends, strict=True):
        day, at = AS_OF - dt.timedelta(int(begin)), place
        details = {"channel": "own_site" if spend > 18_000 else "ota"}
        while day + dt.timedelta(1) < until:
            found.append((guest, at, day, 1, int(spend * random.gamma(6, 1 / 6)), details))
            if random.random() < lost:
                break
            day += dt.timedelta(max(2, round(min(random.exponential(1 / rate), 9999))))
            at = elsewhere if elsewhere and random.random() < .25 else place
            details = {**details, "lead": int(random.integers(0, ahead + 1))} if ahead else details
        if day >= until and day - dt.timedelta(details.get("lead", 0)) < until:
            found.append((guest, at, day, 1, int(spend), {**details, "status": "confirmed"}))
    return found
