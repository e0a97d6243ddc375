"""A trip as a row, and what every kind of trip draws: the hotel, the nights, the day in season."""
from dataclasses import dataclass, fields, replace

import numpy as np

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import Clock, Profile
from crm_core.ingest.demo.streams import Streams, pick


class Columns:
    """A frozen dataclass whose fields are arrays of one length."""

    def take(self, index: np.ndarray):
        """Return the same columns with the rows that an index or a mask names."""
        return replace(self, **{f.name: getattr(self, f.name)[index] for f in fields(self)})


@dataclass(frozen=True)
class Trips(Columns):
    """One row per trip that a guest of the block plans; days count from the first day of history.

    `lead` is given where the trip is on the books by construction, else -1.
    """

    guest: np.ndarray
    hotel: np.ndarray
    arrival: np.ndarray
    nights: np.ndarray
    lost: np.ndarray
    again: np.ndarray
    lead: np.ndarray

    @property
    def departure(self) -> np.ndarray:
        return self.arrival + self.nights


@dataclass(frozen=True)
class Seasons:
    """The two clocks of a profile: of stays, and of bookings that are lost."""

    stays: Clock
    lost: Clock


def seasons(profile: Profile) -> Seasons:
    """Return the clocks of a profile's hotels."""
    share = p.LOST_SHARE[profile.name]
    return Seasons(Clock(profile.hotels, False, share), Clock(profile.hotels, True, share))


def planned(guest, hotel, arrival, nights, lost=False, again=False, lead=-1) -> Trips:
    """Return trips of one kind."""
    size = len(guest)
    return Trips(guest, hotel, arrival, nights, np.full(size, lost), np.full(size, again), np.full(size, lead))


def joined(*parts: Trips) -> Trips:
    """Return the trips of all parts, one after the other."""
    return Trips(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Trips)})


def nights(streams: Streams, name: str, profile: Profile, size: int) -> np.ndarray:
    """Return the nights of first stays and of lost bookings: the table's, longer by what the returning guests' are shorter."""
    again = p.AGAIN_SHARE[profile.name]
    # Both kinds of guest together are the table again: what is taken from one is given to the other.
    return _nights(streams.draw(name, size), p.AGAIN_SHORTER[profile.name] * again / (1 - again))


def nights_again(profile: Profile, u: np.ndarray) -> np.ndarray:
    """Return the nights of returning guests: those of the lower part of the table."""
    return _nights(u, -p.AGAIN_SHORTER[profile.name])


def _nights(u: np.ndarray, pull: float) -> np.ndarray:
    return pick(np.clip(u + pull * u * (1 - u), 0, .9999), p.NIGHTS)


def hotel_again(streams: Streams, name: str, profile: Profile, home: np.ndarray) -> np.ndarray:
    """Return where later bookings lead: to the same hotel, or to one of its own five; copies of the group share no guests."""
    u = streams.draw(name, 2, len(home))
    return np.where(u[0] < p.SAME_PROPERTY, home, home - home % profile.siblings + pick(u[1], profile.shares[:profile.siblings]))
