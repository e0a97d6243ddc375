"""The invented hotels: their rooms, seasons and prices, and the clock that turns even time into seasons."""
import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from crm_core.ingest.demo import parameters as p

DAYS = (p.AS_OF - p.START).days
HORIZON = DAYS + 540
BEFORE = 560
FIRST = p.START - dt.timedelta(BEFORE)
ISO = np.array([(FIRST + dt.timedelta(n)).isoformat() for n in range(BEFORE + HORIZON + 60)], dtype=object)
MONTH = np.array([int(text[5:7]) - 1 for text in ISO[BEFORE:]])
MONTH_OF_HISTORY = np.array([(int(text[:4]) - p.START.year) * 12 + int(text[5:7]) - p.START.month for text in ISO[BEFORE:]])
ROOMS_A_FLOOR = 12


def iso(days: np.ndarray) -> list[str]:
    """Return day numbers (0 = the first day of history) as ISO dates."""
    return ISO[np.asarray(days) + BEFORE].tolist()


@dataclass(frozen=True)
class Hotel:
    """One property; `season`, `style` and `guests` name tables of the parameters."""

    code: str
    name: str
    city: str
    country: str
    time_zone: str
    currency: str
    rooms: int
    season: str
    style: str
    guests: str
    rate: float


@dataclass(frozen=True)
class Profile:
    """One demo: its name (the key of its parameters), how many persons, its hotels in sets of `siblings`, the load factor of stays."""

    name: str
    persons: int
    hotels: tuple[Hotel, ...]
    siblings: int
    stays_factor: float = 1.0

    @cached_property
    def shares(self) -> np.ndarray:
        """Share of stays by hotel: as its rooms."""
        rooms = np.array([h.rooms for h in self.hotels], float)
        return rooms / rooms.sum()

    @cached_property
    def styles(self) -> np.ndarray:
        """0 for a city hotel, 1 for a resort, by hotel."""
        return np.array([h.style == "resort" for h in self.hotels]).astype(int)


GROUP = (
    Hotel("ADD", "Teff House, Addis Ababa", "Addis Ababa", "ET", "Africa/Addis_Ababa", "ETB", 60, "addis", "city", "addis", 105),
    Hotel("EVN", "Tuff House, Yerevan", "Yerevan", "AM", "Asia/Yerevan", "AMD", 40, "yerevan", "city", "yerevan", 92),
    Hotel("LIS", "Tram House, Lisbon", "Lisbon", "PT", "Europe/Lisbon", "EUR", 42, "city", "city", "city", 106),
    Hotel("GAL", "Coral House, Galle", "Galle", "LK", "Asia/Colombo", "LKR", 24, "galle", "resort", "lanka", 120),
    Hotel("KAN", "Lotus House, Kandy", "Kandy", "LK", "Asia/Colombo", "LKR", 18, "kandy", "resort", "lanka", 85),
)
SINGLE = (Hotel("LIS", "Tram House, Lisbon", "Lisbon", "PT", "Europe/Lisbon", "EUR", 92, "city", "city", "city", 106),)
PERSONS = 40_000


def profile(name: str, scale: float = 1.0, stays_factor: float = 1.0) -> Profile:
    """Return the demo of that name ("group" or "independent") at a scale; rooms grow with demand, hotels from scale 2 on."""
    copies = max(1, round(.8 * scale)) if name == "group" else 1
    demand = scale * stays_factor / copies
    originals = {"group": GROUP, "independent": SINGLE}[name]
    hotels = tuple(_copy(h, n, demand) for n in range(copies) for h in originals)
    return Profile(name, max(20, round(PERSONS * scale)), hotels, len(originals), stays_factor)


def _copy(hotel: Hotel, number: int, demand: float) -> Hotel:
    suffix = str(number + 1) if number else ""
    rooms = max(3, -int(-hotel.rooms * demand // 1))
    return replace(hotel, code=hotel.code + suffix, name=hotel.name.replace(",", f" {suffix},") if suffix else hotel.name, rooms=rooms)


def room_number(index: int) -> str:
    """Return the number on the door of a hotel's room counted from 0: 0 is 101, 12 is 201."""
    return f"{index // ROOMS_A_FLOOR + 1}{index % ROOMS_A_FLOOR + 1:02d}"


def euro(hotel: Hotel) -> list[float]:
    """Return the EUR for one unit of the hotel's currency, by month of history and the two years after it."""
    return [p.exchange_rate(hotel.currency, month) for month in range(p.RATE_MONTHS + 24)]


def rate_by_month(hotel: Hotel) -> np.ndarray:
    """Return the hotel's mean rate in EUR, January first; its mean over arrivals is the hotel's year mean."""
    arrivals = np.array(p.MONTHS[hotel.season], float)
    shape = np.array(p.CITY_RATE_BY_MONTH, float) if hotel.season == "city" else arrivals**p.RATE_SEASON
    return hotel.rate * shape / np.average(shape, weights=arrivals)


class Clock:
    """Even time in, seasonal days out, for every hotel of a profile.

    A day's length on the even clock is its share of arrivals (month × weekday), so what is spread evenly arrives in season, and a law of
    return that holds in even time holds in calendar time at every whole year.
    """

    def __init__(self, hotels: tuple[Hotel, ...], lost: bool = False, lost_share: float = 0.0):
        lengths = np.array([_day_lengths(h, lost, lost_share) for h in hotels])
        ends = np.cumsum(lengths, axis=1)
        self._even = np.concatenate([np.zeros((len(hotels), 1)), ends], axis=1) * (DAYS / ends[:, DAYS - 1])[:, None]
        self._step = 4.0 * HORIZON
        self._line = (self._even + self._step * np.arange(len(hotels))[:, None]).ravel()

    def even(self, hotel: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return when each day begins, in even time from 0 to DAYS (and on)."""
        return self._even[hotel, np.clip(day, 0, HORIZON)]

    def day(self, hotel: np.ndarray, even: np.ndarray) -> np.ndarray:
        """Return the day that this even time falls in at the hotel, at most the horizon's last."""
        place = np.searchsorted(self._line, np.minimum(even, self._step / 2) + self._step * hotel, side="right") - 1
        return np.minimum(place - hotel * self._even.shape[1], HORIZON - 1)


def _day_lengths(hotel: Hotel, lost: bool, lost_share: float) -> np.ndarray:
    """A day's weight among stays (or among lost bookings): the month's arrivals, its cancellations, and the weekday."""
    arrivals = np.array(p.MONTHS[hotel.season], float)
    cancelled = np.array(p.CANCELLED_BY_MONTH.get(hotel.season, [1] * 12), float)
    share = lost_share * cancelled / np.average(cancelled, weights=arrivals)
    month = arrivals * (share if lost else 1 - share)
    in_month = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    weekday = np.array(p.WEEKDAYS)[(p.START.weekday() + np.arange(HORIZON)) % 7]
    return (month / in_month)[MONTH[:HORIZON]] * weekday
