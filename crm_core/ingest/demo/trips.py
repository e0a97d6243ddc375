"""Who travels when: first stays, returns, bookings that come to nothing, and what is on the books."""
from dataclasses import dataclass, fields, replace

import numpy as np

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, HORIZON, Clock, Profile
from crm_core.ingest.demo.lead_times import MIDDLE, lead_days, lead_shares
from crm_core.ingest.demo.streams import Streams, normal, pick, quantile, ranks, whole

NEVER = 2 * HORIZON


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


def trips(streams: Streams, profile: Profile, clocks: Seasons, persons: int) -> Trips:
    """Return the block's trips, by guest and day of arrival; those that nobody has booked yet are still among them."""
    home = pick(streams.draw("home", persons), profile.shares)
    stayed = ranks(streams.draw("stayed", persons)) < p.STAYED[profile.name]
    first = _first(streams, profile, clocks, home)
    later = _later(streams, profile, clocks, first.take(stayed))
    coming = _coming(streams, profile, first.take(~stayed))
    lost = _lost(streams, profile, clocks, home, stayed, later, coming)
    return _in_order(_joined(first.take(stayed), later, coming, lost))


def _first(streams: Streams, profile: Profile, clocks: Seasons, home: np.ndarray) -> Trips:
    """Every person's first stay; the years are weighted so that demand with the returns stays flat."""
    years = np.concatenate([[0], np.cumsum(p.YEARS[profile.name])])
    even = np.interp(streams.draw("first", len(home)), years / years[-1], np.linspace(0, DAYS, 5))
    arrival = clocks.stays.day(home, even)
    return _trips(np.arange(len(home)), home, arrival, _nights(streams, "first nights", profile, home, 0))


def _trips(guest, hotel, arrival, nights, lost=False, again=False, lead=-1) -> Trips:
    size = len(guest)
    return Trips(guest, hotel, arrival, nights, np.full(size, lost), np.full(size, again), np.full(size, lead))


def _nights(streams: Streams, name: str, profile: Profile, hotel: np.ndarray, shorter: float) -> np.ndarray:
    """Nights of stays; those of returning guests come from the lower part of the table."""
    u = streams.draw(name, len(hotel))
    again = p.AGAIN_SHARE[profile.name]
    # Both kinds of guest together are the table again: what is taken from one is given to the other.
    pull = -shorter if shorter else p.AGAIN_SHORTER[profile.name] * again / (1 - again)
    return pick(np.clip(u + pull * u * (1 - u), 0, .9999), p.NIGHTS)


def _later(streams: Streams, profile: Profile, clocks: Seasons, first: Trips) -> Trips:
    """The returns: the second stay comes by the return law, how many follow by the table."""
    gap = _gap(streams, profile, len(first.guest))
    hotel = _hotel_again(streams, "second hotel", profile, first.hotel)
    second = clocks.stays.day(hotel, clocks.stays.even(hotel, first.departure) + gap)
    count = _count(streams, profile, first, second, gap)
    returns = np.flatnonzero((count >= 2) | (gap < NEVER))
    nights = _nights(streams, "second nights", profile, hotel, p.AGAIN_SHORTER[profile.name])
    seconds = _trips(first.guest, hotel, np.maximum(second, first.departure + 1), nights, again=True).take(returns)
    return _joined(seconds, _following(streams, profile, clocks, seconds, count[returns]))


def _gap(streams: Streams, profile: Profile, size: int) -> np.ndarray:
    """Days (even time) from the first departure to the next arrival; NEVER where there is none, which a load shape does not know."""
    u = streams.draw("gap", size)
    share = p.RETURN[profile.name]
    never = NEVER if profile.stays_factor == 1 else 10 + 100 * u
    return np.where(u < share, quantile(u / share, p.GAP[profile.name]), never)


def _hotel_again(streams: Streams, name: str, profile: Profile, home: np.ndarray) -> np.ndarray:
    """Where a later booking leads: to the same hotel, or to one of its own five; copies of the group share no guests."""
    u = streams.draw(name, 2, len(home))
    return np.where(u[0] < p.SAME_PROPERTY, home, home - home % profile.siblings + pick(u[1], profile.shares[:profile.siblings]))


def _count(streams: Streams, profile: Profile, first: Trips, second: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """How many stays each guest has until the as-of date: 1, or for those who returned by quota, more for those who came back fast."""
    law = streams.draw("gap", len(second)) < p.RETURN[profile.name]
    back = np.flatnonzero(law & (second < DAYS))
    u = streams.draw("count", 3, len(back))
    score = (DAYS - first.departure[back]) / (gap[back] + 20) * np.exp(normal(u[0]))
    table = pick(ranks(score), p.COUNTS[profile.name])
    low, high = np.array(p.COUNT_EDGES), np.array([*p.COUNT_EDGES[1:], 11])
    counted = np.where(table == 4, quantile(u[1], p.MANY).astype(int), low[table] + (u[2] * (high - low)[table]).astype(int))
    count = np.ones(len(second), int)
    count[back] = np.minimum(counted, 2 + (DAYS - second[back]) // 14)
    return count if profile.stays_factor == 1 else _loaded(streams, profile, count, second)


def _loaded(streams: Streams, profile: Profile, count: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The load shape: everybody comes more often, on average by the factor, as far as the days left allow."""
    more = (profile.stays_factor - 1) / (1 - p.AGAIN_SHARE[profile.name])
    return np.minimum(whole(count + more, streams.draw("load", len(count))), 2 + np.maximum(DAYS - second, 0) // 12)


def _following(streams: Streams, profile: Profile, clocks: Seasons, seconds: Trips, count: np.ndarray) -> Trips:
    """Third and further stays while the guest is active, and for most regulars one that may already be booked after the as-of date."""
    active = p.ACTIVE + (1 - p.ACTIVE) * streams.draw("active", len(count))
    ahead_too = (count >= 2) & (active > .5)
    further = np.maximum(count - 2, 0)
    rows = further + ahead_too
    row = np.repeat(np.arange(len(count)), rows)
    ahead = ahead_too[row] & (np.arange(len(row)) == (np.cumsum(rows) - 1)[row])
    hotel = _hotel_again(streams, "later hotel", profile, seconds.hotel[row])
    begin = clocks.stays.even(hotel, np.minimum(seconds.departure[row] + 7, DAYS - 1))
    u = streams.draw("later", len(row))
    spacing = (DAYS - seconds.arrival[row] + 120) / np.maximum(count[row], 2)
    even = np.where(ahead, DAYS + u * 2 * spacing, begin + u * active[row] * (DAYS - begin))
    arrival = clocks.stays.day(hotel, even)
    nights = _nights(streams, "later nights", profile, hotel, p.AGAIN_SHORTER[profile.name])
    return _trips(seconds.guest[row], hotel, arrival, nights, again=True)


def _coming(streams: Streams, profile: Profile, persons: Trips) -> Trips:
    """First stays of new guests on the books at the as-of date: a lead that is seen waiting is a long one (length-biased)."""
    u = streams.draw("coming", 4, len(persons.guest))
    factor = p.LEAD_FACTOR[profile.name]
    shares = lead_shares(profile.name, lost=False)
    lead = (lead_days(pick(u[0], shares * MIDDLE), u[1]) * factor).astype(int) + 1
    # Little's law: the bookings waiting are the arrivals per day times their mean lead.
    new = 1 - p.AGAIN_SHARE[profile.name] * 1.4
    a_day = p.STAYED[profile.name] / (1 - p.STAYED[profile.name]) / DAYS  # arrivals for each person who never stayed
    booked = u[3] < new * a_day * np.average(MIDDLE, weights=shares) * factor
    arrival = DAYS + (u[2] * lead).astype(int)
    return replace(persons, arrival=arrival, lead=lead).take(booked)


def _lost(streams: Streams, profile: Profile, clocks: Seasons, home, stayed, later: Trips, coming: Trips) -> Trips:
    """Bookings that are cancelled or not taken up; a person with nothing else has at least one."""
    base, more, never = p.LOST[profile.name]
    size = len(home)
    again = np.bincount(later.guest[later.arrival < DAYS], minlength=size)
    expected = np.where(stayed, base + more * again / profile.stays_factor, never) * profile.stays_factor
    # The clock runs on for a third of a year, so that the books of the future hold bookings that will be lost.
    reach = DAYS + 365 * p.LEAD_FACTOR[profile.name]
    count = whole(expected * reach / DAYS, streams.draw("lost", size))
    alone = ~stayed & ~np.isin(np.arange(size), coming.guest)
    guest = np.repeat(np.arange(size), np.maximum(count, alone))
    only = alone[guest] & np.concatenate([[True], guest[1:] != guest[:-1]]) if len(guest) else np.zeros(0, bool)
    hotel = _hotel_again(streams, "lost hotel", profile, home[guest])
    even = streams.draw("lost day", len(guest)) * np.where(only, DAYS, reach)
    return _trips(guest, hotel, clocks.lost.day(hotel, even), _nights(streams, "lost nights", profile, hotel, 0), lost=True)


def _joined(*parts: Trips) -> Trips:
    return Trips(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Trips)})


def _in_order(rows: Trips) -> Trips:
    return rows.take(np.lexsort((rows.arrival, rows.guest)))
