"""What became of every booking by the as-of date: its room, its status, its revenue; and its rows in the store."""
import hashlib
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.bookings import CHANNELS, COMPLIMENTARY, DIRECT, IN_GROUP, OTA, SEGMENTS, AVIATION, Bookings
from crm_core.ingest.demo.capacity import NONE, Rooms, settle
from crm_core.ingest.demo.hotels import CALENDAR_MONTH, DAYS, Profile, iso, room_number
from crm_core.ingest.demo.streams import Streams
from crm_core.ingest.demo.trips import Columns

STATUSES = ("tentative", "confirmed", "in_house", "checked_out", "cancelled", "no_show")
TENTATIVE, CONFIRMED, IN_HOUSE, CHECKED_OUT, CANCELLED, NO_SHOW = range(6)
OPEN = -9999  # no status change yet: ended_on is empty
ROOM_NUMBERS = [room_number(n) for n in range(4000)]


@dataclass(frozen=True)
class Stays(Columns):
    """One row per reservation of the block, by guest and arrival; `ended` is a day or OPEN, money is minor units of the hotel's currency."""

    guest: np.ndarray
    hotel: np.ndarray
    arrival: np.ndarray
    nights: np.ndarray
    booked: np.ndarray
    ended: np.ndarray
    status: np.ndarray
    market: np.ndarray
    channel: np.ndarray
    segment: np.ndarray
    party: np.ndarray
    room_type: np.ndarray
    room: np.ndarray
    lodging: np.ndarray
    rate: np.ndarray
    euro: np.ndarray

    @property
    def departure(self) -> np.ndarray:
        return self.arrival + self.nights

    @property
    def realised(self) -> np.ndarray:
        """Stays that were checked out or are in house."""
        return (self.status == CHECKED_OUT) | (self.status == IN_HOUSE)

    def minor(self, euro: np.ndarray) -> np.ndarray:
        """Return EUR amounts, one per row, as minor units of each hotel's currency at the month of arrival; they have two decimals each."""
        return np.rint(euro / self.euro * 100).astype(int)


def outcome(streams: Streams, profile: Profile, rooms: Rooms, rows: Bookings) -> Stays:
    """Return what the as-of date knows of the bookings; takes the rooms they hold."""
    u = streams.draw("outcome", 4, len(rows.guest))
    ended = _lost_on(profile, rows, u)
    known_lost = rows.lost & (ended < DAYS)
    arrival, room = settle(rooms, rows.guest, rows.hotel, rows.arrival, rows.nights, ~known_lost, u[2])
    full = ~known_lost & (rows.nights > 0) & (room == NONE)
    booked = np.minimum(rows.booked, arrival)
    ended = np.where(full, np.minimum(booked + (u[3] * (arrival - booked)).astype(int), DAYS - 1), ended)
    status = _status(rows, arrival, known_lost, ended, full, u)
    euro = np.array([[p.exchange_rate(h.currency, m) for m in range(-4, 80)] for h in profile.hotels])[rows.hotel, CALENDAR_MONTH[arrival] + 1]
    rate = np.where(rows.market == COMPLIMENTARY, 0, rows.rate)
    lodging = np.rint(rate / euro * 100).astype(int) * np.maximum(rows.nights, 0) + np.where(rows.nights == 0, np.rint(rate / euro * 50).astype(int), 0)
    ended = np.where(status == CHECKED_OUT, arrival + rows.nights, np.where(status >= CANCELLED, ended, OPEN))
    return Stays(rows.guest, rows.hotel, arrival, rows.nights, booked, ended, status, rows.market, rows.channel, rows.segment, rows.party,
                 rows.room_type, np.where((status == IN_HOUSE) | (status == CHECKED_OUT), room, NONE), lodging, rate, euro)


def _lost_on(profile: Profile, rows: Bookings, u: np.ndarray) -> np.ndarray:
    """The day a booking is lost: evenly between booking and arrival, or the day of arrival for those who do not come (marked by equality)."""
    no_show = u[0] < p.NO_SHOW[profile.name]
    return np.where(no_show, rows.arrival, rows.arrival - np.ceil(u[1] * (rows.arrival - rows.booked)).astype(int))


def _status(rows: Bookings, arrival, known_lost, ended, full, u) -> np.ndarray:
    ahead = np.where((rows.market == IN_GROUP) & (u[3] < p.TENTATIVE), TENTATIVE, CONFIRMED)
    lost = np.where((ended == arrival) & (rows.booked < arrival), NO_SHOW, CANCELLED)
    held = np.select([arrival >= DAYS, arrival + rows.nights >= DAYS], [ahead, IN_HOUSE], CHECKED_OUT)
    return np.select([full, known_lost], [np.full(len(arrival), CANCELLED), lost], held)


COLUMNS = ("id", "property_id", "profile_id", "source", "external_id", "status", "booked_on", "arrival_on", "departure_on", "ended_on", "channel_id", "segment",
           "room_type", "room", "rate_class", "adults", "children", "country", "currency", "room_revenue_minor", "commission_minor", "row_hash", "batch_id",
           "revision")
ADULTS, CHILDREN = np.array([1, 2, 3, 2]), np.array([0, 0, 0, 1])


def write(block, writer) -> None:
    """Write the block's stays."""
    stays, ids = block.stays, block.stay_ids
    codes, currencies = [h.code for h in block.profile.hotels], [h.currency for h in block.profile.hotels]
    realised = stays.realised
    facts = zip(
        (stays.hotel + 1).tolist(), block.profile_of_stay.tolist(), repeat("demo"),
        [f"{codes[h]}-{n:07d}" for h, n in zip(stays.hotel.tolist(), ids, strict=True)],
        [STATUSES[s] for s in stays.status.tolist()], iso(stays.booked), iso(stays.arrival), iso(stays.departure),
        [day if known else None for day, known in zip(iso(np.maximum(stays.ended, -500)), (stays.ended != OPEN).tolist(), strict=True)],
        (stays.channel + 1).tolist(), [SEGMENTS[s] for s in stays.segment.tolist()], [p.ROOM_TYPES[t] for t in stays.room_type.tolist()],
        [ROOM_NUMBERS[r] if r >= 0 else "" for r in stays.room.tolist()],
        ["complimentary" if free else "paid" for free in (stays.market == COMPLIMENTARY).tolist()],
        ADULTS[stays.party].tolist(), CHILDREN[stays.party].tolist(), [block.people.country[g] for g in stays.guest.tolist()],
        [currencies[h] for h in stays.hotel.tolist()], stays.lodging.tolist(), np.where(realised, _commission(stays), 0).tolist())
    rows = ((i, *row, _hash(row), 1, writer.revision) for i, row in zip(ids, facts, strict=False))
    writer.rows(schema.stay, COLUMNS, rows)


def _commission(stays: Stays) -> np.ndarray:
    points = np.select([stays.market == OTA, stays.market == AVIATION], [p.COMMISSION["ota"], p.COMMISSION["gds"]], 0)
    return (stays.lodging * points + 5000) // 10000


def _hash(row: tuple) -> bytes:
    return hashlib.blake2b("\x1f".join(map(str, row)).encode(), digest_size=16).digest()
