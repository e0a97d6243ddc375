"""Who travels when: first stays, returns, bookings that come to nothing, and what is on the books."""
from dataclasses import replace

import numpy as np

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, Profile
from crm_core.ingest.demo.lead_times import MIDDLE, lead_days, lead_shares
from crm_core.ingest.demo.returns import returns
from crm_core.ingest.demo.streams import Streams, pick, ranks, whole
from crm_core.ingest.demo.trip_rows import Seasons, Trips, hotel_again, joined, nights, planned


def trips(streams: Streams, profile: Profile, clocks: Seasons, persons: int) -> Trips:
    """Return the block's trips, by guest and day of arrival; those that nobody has booked yet are still among them."""
    home = pick(streams.draw("home", persons), profile.shares)
    stayed = ranks(streams.draw("stayed", persons)) < p.STAYED[profile.name]
    first = _first(streams, profile, clocks, home)
    later = returns(streams, profile, clocks, first, stayed)
    coming = _coming(streams, profile, first.take(~stayed))
    lost = _lost(streams, profile, clocks, home, stayed, later, coming)
    return _in_order(joined(first.take(stayed), later, coming, lost))


def _first(streams: Streams, profile: Profile, clocks: Seasons, home: np.ndarray) -> Trips:
    """Every person's first stay; the years are weighted so that demand with the returns stays flat."""
    years = np.concatenate([[0], np.cumsum(p.YEARS[profile.name])])
    even = np.interp(streams.draw("first", len(home)), years / years[-1], np.linspace(0, DAYS, 5))
    return planned(np.arange(len(home)), home, clocks.stays.day(home, even), nights(streams, "first nights", profile, len(home)))


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
    hotel = hotel_again(streams, "lost hotel", profile, home[guest])
    even = streams.draw("lost day", len(guest)) * np.where(only, DAYS, reach)
    return planned(guest, hotel, clocks.lost.day(hotel, even), nights(streams, "lost nights", profile, len(guest)), lost=True)


def _in_order(rows: Trips) -> Trips:
    return rows.take(np.lexsort((rows.arrival, rows.guest)))
