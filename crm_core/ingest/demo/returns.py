"""Who comes back, how often and until when: every guest has a rhythm of their own, and one day does not come any more."""
from dataclasses import dataclass

import numpy as np

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, HORIZON, Profile
from crm_core.ingest.demo.markets import first_market, market_shares
from crm_core.ingest.demo.streams import Streams, normal, quantile, whole
from crm_core.ingest.demo.traits import experience
from crm_core.ingest.demo.trip_rows import Columns, Seasons, Trips, hotel_again, joined, nights_again, planned

NEVER = 2 * HORIZON
YEAR = 364  # whole weeks: the same weekday a year later
APART = 2  # days at least from a departure to the next arrival


@dataclass(frozen=True)
class Natures(Columns):
    """What each guest is like: days (even time) to the second stay (NEVER: none), own mean of the gaps after it, chance to come once more
    after each later stay, whether the guest comes in one season only, and the rank (0 to 1) of the usual length of stay."""

    gap: np.ndarray
    rhythm: np.ndarray
    goes_on: np.ndarray
    yearly: np.ndarray
    length: np.ndarray


def returns(streams: Streams, profile: Profile, clocks: Seasons, first: Trips, stayed: np.ndarray) -> Trips:
    """Return the later stays of the persons who stayed, stay by stay, up to the first one after the as-of date."""
    natures = _natures(streams, profile, len(first.guest))
    coming = np.flatnonzero(stayed & (natures.gap < NEVER))
    first_of, nature, before, parts = first.take(coming), natures.take(coming), first.take(coming), []
    while len(before.guest):
        number = len(parts)
        trip = _next(streams, profile, clocks, number, nature, first_of, before)
        parts.append(trip)
        again = (trip.arrival < DAYS) & (streams.draw(f"goes on {number}", len(trip.guest)) < nature.goes_on)
        first_of, nature, before = first_of.take(again), nature.take(again), trip.take(again)
    later = joined(*parts) if parts else first.take(np.zeros(0, int))
    return later if profile.stays_factor == 1 else joined(later, _load(streams, profile, clocks, first.take(stayed)))


def _natures(streams: Streams, profile: Profile, size: int) -> Natures:
    gap = _first_gap(streams, profile, size)
    # With gaps that are a sum of k equal chances, these means give the law of the second stay again: it mixes the guests' rhythms.
    others = p.GAP_STEPS - 1
    slow = -np.log(1 - streams.draw("rhythm", others, size)).sum(axis=0)
    rhythm = np.maximum(1 / (1 / p.SLOWEST[profile.name] + slow / (p.GAP_STEPS * gap)), p.FASTEST)
    low, high, middle = p.GOES_ON[profile.name]
    pull = np.log(middle / rhythm) + p.GOES_ON_NOISE * normal(streams.draw("loyal", size))
    goes_on = low + (high - low) / (1 + np.exp(-p.GOES_ON_SLOPE * pull))
    yearly = streams.draw("yearly", size) < p.YEARLY[profile.name]
    return Natures(gap, rhythm, goes_on, yearly, streams.draw("length", size))


def _first_gap(streams: Streams, profile: Profile, size: int) -> np.ndarray:
    """Days (even time) from the first departure to the next arrival: by the return law, its share by the first stay's market and score."""
    u = streams.draw("gap", size)
    by_market = np.array(p.RETURN_BY_MARKET) / np.dot(p.RETURN_BY_MARKET, market_shares(profile.name)[0])
    share = p.RETURN[profile.name] * by_market[first_market(streams, profile.name, size)] * quantile(experience(streams, size), p.RETURN_BY_EXPERIENCE)
    return np.where(u < share, np.maximum(quantile(u / share, p.GAP[profile.name]), APART), NEVER)


def _next(streams: Streams, profile: Profile, clocks: Seasons, number: int, nature: Natures, first: Trips, before: Trips) -> Trips:
    """The next stay of each of these guests: after the guest's own gap, or in the season of the first stay."""
    u = streams.draw(f"return {number}", p.GAP_STEPS + 3, len(first.guest))
    gap = nature.gap if number == 0 else -np.log(1 - u[3:]).mean(axis=0) * nature.rhythm
    hotel = hotel_again(streams, f"hotel {number}", profile, first.hotel)
    day = clocks.stays.day(hotel, clocks.stays.even(hotel, before.departure) + gap)
    years = np.rint((before.arrival - first.arrival) / YEAR) + (np.ceil(gap / YEAR) if number == 0 else 1)
    season = np.minimum(first.arrival + YEAR * years.astype(int) - 7 * (u[0] * p.YEARLY_WEEKS).astype(int), HORIZON - 1)
    arrival = np.maximum(np.where(nature.yearly, season, day), before.departure + APART)
    nights = nights_again(profile, np.where(u[1] < p.NIGHTS_OWN, nature.length, u[2]))
    return planned(first.guest, hotel, np.minimum(arrival, HORIZON - 1), nights, again=True)


def _load(streams: Streams, profile: Profile, clocks: Seasons, first: Trips) -> Trips:
    """The load shape: further stays on any day after the first, on average by the factor, as far as the days left allow."""
    more = (profile.stays_factor - 1) / (1 - p.AGAIN_SHARE[profile.name])
    count = np.minimum(whole(np.full(len(first.guest), more), streams.draw("load", len(first.guest))), (DAYS - first.departure) // 12)
    row = np.repeat(np.arange(len(count)), np.maximum(count, 0))
    u = streams.draw("load day", 2, len(row))
    hotel = hotel_again(streams, "load hotel", profile, first.hotel[row])
    begin = clocks.stays.even(hotel, first.departure[row] + APART)
    arrival = clocks.stays.day(hotel, begin + u[0] * (DAYS - begin))
    return planned(first.guest[row], hotel, arrival, nights_again(profile, u[1]), again=True)
