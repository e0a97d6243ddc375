"""The comparison sets of the demo: what the hotels around sold and earned month by month, beside what its own hotel did (lesson L13)."""
import numpy as np

from crm_core import schema
from crm_core.ingest.demo import market_parameters as m
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, MONTH_OF_HISTORY, Hotel, Profile, euro, iso, rate_by_month
from crm_core.ingest.demo.stays import Stays
from crm_core.ingest.demo.streams import Streams

MONTHS = 48
OF_ALL_BLOCKS = 999_999  # these draws are not a block's
STARTS = np.searchsorted(MONTH_OF_HISTORY[:DAYS + 1], np.arange(MONTHS + 1))  # the last one is the as-of date
LENGTHS = np.diff(STARTS)
COLUMNS = ("id", "property_id", "set_name", "from_on", "to_on", "hotels", "rooms", "sold", "currency", "revenue_minor", "largest_bp", "source", "external_id",
           "batch_id", "revision")


class Earned:
    """Room revenue of the hotels by month of history, EUR cents; filled block by block."""

    def __init__(self):
        self.cents: np.ndarray | float = 0.

    def add(self, stays: Stays, hotels: int) -> None:
        """Add the nights of the realised stays, each in its month."""
        rows = np.flatnonzero(stays.realised & (stays.nights > 0))
        nights = stays.nights[rows]
        row = np.repeat(rows, nights)
        day = stays.arrival[row] + np.arange(len(row)) - np.repeat(np.cumsum(nights) - nights, nights)
        row, day = row[day < DAYS], day[day < DAYS]
        cell = stays.hotel[row] * MONTHS + MONTH_OF_HISTORY[day]
        self.cents += np.bincount(cell, (stays.lodging * stays.euro)[row] / stays.nights[row], hotels * MONTHS).reshape(hotels, MONTHS)


def watch(block, writer) -> None:
    """Add what the block's guests paid for their nights: the sets are told in proportion to it, so that no index rests on luck."""
    writer.earned.add(block.stays, len(block.profile.hotels))


def close_market(writer, profile: Profile, seed: int) -> None:
    """Write the comparison sets of the hotels that have one, without the hotel itself, once all guests are written."""
    rows = [row for h, hotel in enumerate(profile.hotels) if hotel.code[:3] in m.SETS
            for row in _set(Streams(seed, profile.name, OF_ALL_BLOCKS), h, hotel, writer.earned.cents[h])]
    writer.rows(schema.market, COLUMNS, (
        (number, *row, f"M{number:05d}", 1, writer.revision) for number, row in zip(writer.take(schema.market, len(rows)), rows, strict=True)))


def _set(streams: Streams, h: int, hotel: Hotel, own: np.ndarray):
    """A set's months: (property, set, from, to, hotels, rooms, sold, currency, revenue, largest, source), rooms and sold in room nights."""
    name, hotels, more = m.SETS[hotel.code[:3]]
    u = streams.draw(f"market {hotel.code}", 3, MONTHS)
    rooms = round(hotel.rooms * more) * LENGTHS
    sold = np.rint(rooms * _occupancy(hotel, u[0])).astype(int)
    worth = np.array(euro(hotel))[:MONTHS]
    minor = np.rint(_revenue(hotel, rooms / hotel.rooms / LENGTHS, own, sold, u[1]) / worth).astype(int)
    low, more = m.LARGEST
    largest = np.rint(10_000 * (low + more * u[2])).astype(int)
    begin, end = iso(STARTS[:-1]), iso(STARTS[1:])
    return list(zip([h + 1] * MONTHS, [name] * MONTHS, begin, end, [hotels] * MONTHS, rooms.tolist(), sold.tolist(), [hotel.currency] * MONTHS,
                    minor.tolist(), largest.tolist(), ["demo"] * MONTHS, strict=True))


def _occupancy(hotel: Hotel, u: np.ndarray) -> np.ndarray:
    """By month: the season's of the hotel's table, with each year's mean."""
    season = _calendar(np.array(p.MONTHS[hotel.season], float)) / LENGTHS
    shape = (season / season.mean()) ** .6 * (1 + m.RIPPLE * (u - .5))
    return np.minimum(shape / _yearly(shape * LENGTHS, LENGTHS) * _of_year(m.OCCUPANCY, hotel), m.FULLEST)


def _revenue(hotel: Hotel, more: np.ndarray, own: np.ndarray, sold: np.ndarray, u: np.ndarray) -> np.ndarray:
    """EUR cents by month: nights at the season's rates, at the level at which the hotel's RevPAR has the year's index beside it."""
    shape = sold * _calendar(rate_by_month(hotel)) * (1 + m.RIPPLE * (u - .5))
    return shape * np.repeat(own.reshape(-1, 12).sum(axis=1) / shape.reshape(-1, 12).sum(axis=1), 12) * more / _of_year(m.INDEX, hotel)


def _calendar(by_month: np.ndarray) -> np.ndarray:
    """A table from January on, for every month of history."""
    return by_month[(p.START.month - 1 + np.arange(MONTHS)) % 12]


def _yearly(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """The ratio of each year's sums, for every month."""
    return np.repeat(top.reshape(-1, 12).sum(axis=1) / bottom.reshape(-1, 12).sum(axis=1), 12)


def _of_year(table: dict[str, tuple], hotel: Hotel) -> np.ndarray:
    return np.repeat(table[hotel.code[:3]], 12)
