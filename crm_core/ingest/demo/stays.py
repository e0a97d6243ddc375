"""What became of every booking by the as-of date: its room, its status, its revenue; and its rows in the store."""
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.bookings import SEGMENTS, Bookings
from crm_core.ingest.demo.capacity import NONE, Rooms, settle
from crm_core.ingest.demo.hotels import BEFORE, DAYS, ISO, MONTH_OF_HISTORY, Profile, euro, iso, room_number
from crm_core.ingest.demo.markets import AVIATION, COMPLIMENTARY, IN_GROUP, OTA
from crm_core.ingest.demo.streams import Streams
from crm_core.ingest.demo.trip_rows import Columns

STATUSES = ("tentative", "confirmed", "in_house", "checked_out", "cancelled", "no_show")
TENTATIVE, CONFIRMED, IN_HOUSE, CHECKED_OUT, CANCELLED, NO_SHOW = range(6)
RATE_CLASSES = ("paid", "complimentary")
OPEN = -9999  # no status change yet: ended_on is empty
ROOM_NUMBERS = [*map(room_number, range(4000)), ""]  # NONE, the last, is no room


@dataclass(frozen=True)
class Stays(Columns):
    """One row per reservation of the block, by guest and planned arrival.

    `ended` is a day or OPEN, `lodging` minor units of the hotel's currency, `rate` EUR a night, `euro` the EUR for one unit of it.
    """

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

    def dearer(self, factor: np.ndarray):
        """Return the stays with their rates multiplied, one factor per row."""
        return replace(self, rate=self.rate * factor, lodging=np.rint(self.lodging * factor).astype(int))

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
    worth = np.array([euro(h) for h in profile.hotels])[rows.hotel, MONTH_OF_HISTORY[arrival]]
    rate = np.where(rows.market == COMPLIMENTARY, 0, rows.rate)
    lodging = np.rint(rate / worth * 100 * np.where(rows.nights == 0, .5, rows.nights)).astype(int)  # day use pays half a night
    ended = np.where(status == CHECKED_OUT, arrival + rows.nights, np.where(status >= CANCELLED, ended, OPEN))
    room = np.where((status == IN_HOUSE) | (status == CHECKED_OUT), room, NONE)
    return Stays(
        guest=rows.guest, hotel=rows.hotel, arrival=arrival, nights=rows.nights, booked=booked, ended=ended, status=status,
        market=rows.market, channel=rows.channel, segment=rows.segment, party=rows.party, room_type=rows.room_type, room=room,
        lodging=lodging, rate=rate, euro=worth)


def _lost_on(profile: Profile, rows: Bookings, u: np.ndarray) -> np.ndarray:
    """The day a booking is lost: evenly between booking and arrival, or the day of arrival for those who do not come."""
    no_show = u[0] < p.NO_SHOW[profile.name]
    return np.where(no_show, rows.arrival, rows.arrival - np.ceil(u[1] * (rows.arrival - rows.booked)).astype(int))


def _status(rows: Bookings, arrival, known_lost, ended, full, u) -> np.ndarray:
    ahead = np.where((rows.market == IN_GROUP) & (u[3] < p.TENTATIVE), TENTATIVE, CONFIRMED)
    lost = np.where((ended == arrival) & (rows.booked < arrival), NO_SHOW, CANCELLED)
    held = np.select([arrival >= DAYS, arrival + rows.nights >= DAYS], [ahead, IN_HOUSE], CHECKED_OUT)
    return np.select([full, known_lost], [np.full(len(arrival), CANCELLED), lost], held)


COLUMNS = (
    "id", "property_id", "profile_id", "source", "external_id", "status", "booked_on", "arrival_on", "departure_on", "ended_on",
    "channel_id", "segment", "room_type", "room", "rate_class", "adults", "children", "country", "currency",
    "room_revenue_minor", "commission_minor", "row_hash", "batch_id", "revision")
ADULTS, CHILDREN = np.array([1, 2, 3, 2]), np.array([0, 0, 0, 1])


def write(block, writer) -> None:
    """Write the block's stays."""
    rows = ((number, *fact, _hash(fact), 1, writer.revision) for number, fact in zip(block.stay_ids, _facts(block), strict=True))
    writer.rows(schema.stay, COLUMNS, rows)


def _facts(block) -> Iterator[tuple]:
    """What a reservation says, in the order of the columns, without its id and provenance."""
    stays, hotels = block.stays, block.profile.hotels
    hotel = stays.hotel.tolist()
    names = [f"{hotels[h].code}-{number:07d}" for h, number in zip(hotel, block.stay_ids, strict=True)]
    ended = np.where(stays.ended == OPEN, None, ISO[np.where(stays.ended == OPEN, 0, stays.ended) + BEFORE]).tolist()
    return zip(
        (stays.hotel + 1).tolist(), _profiles(block), ["demo"] * len(hotel), names, _words(STATUSES, stays.status),
        iso(stays.booked), iso(stays.arrival), iso(stays.departure), ended, (stays.channel + 1).tolist(), _words(SEGMENTS, stays.segment),
        _words(p.ROOM_TYPES, stays.room_type), _words(ROOM_NUMBERS, stays.room),
        _words(RATE_CLASSES, stays.market == COMPLIMENTARY), ADULTS[stays.party].tolist(), CHILDREN[stays.party].tolist(),
        _words(block.people.country, stays.guest),
        [hotels[h].currency for h in hotel], stays.lodging.tolist(), np.where(stays.realised, _commission(stays), 0).tolist(), strict=True)


def _profiles(block) -> list[int | None]:
    return [block.profile_ids[record] if record >= 0 else None for record in block.records.of_stay.tolist()]


def _words(words: Sequence, index: np.ndarray) -> list:
    return [words[i] for i in index.tolist()]


def _commission(stays: Stays) -> np.ndarray:
    points = np.select([stays.market == OTA, stays.market == AVIATION], [p.COMMISSION["ota"], p.COMMISSION["gds"]], 0)
    return (stays.lodging * points + 5000) // 10000


def _hash(row: tuple) -> bytes:
    return hashlib.blake2b("\x1f".join(map(str, row)).encode(), digest_size=16).digest()
