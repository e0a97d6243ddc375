"""What is booked: segment, channel, lead time, party, room type and price of every trip."""
from dataclasses import dataclass

import numpy as np

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, MONTH, Profile, rate_by_month
from crm_core.ingest.demo.lead_times import lead_days, lead_shares
from crm_core.ingest.demo.markets import DIRECT, OTA, level_by_year, market_level, market_shares, year_of
from crm_core.ingest.demo.streams import Streams, in_order_of, normal, pick, ranks
from crm_core.ingest.demo.traits import own_market, spending
from crm_core.ingest.demo.trip_rows import Columns, Trips

CHANNELS = ("own_site", "phone", "booking_ota", "expedia_ota", "operator", "corporate", "group", "gds", "comp")
SEGMENTS = ("leisure", "business", "group", "contract", "complimentary", "other")
MARKET_SEGMENTS = ("leisure", "contract", "group", "leisure", "business", "complimentary", "contract")
SEGMENT_OF_MARKET = np.array([SEGMENTS.index(name) for name in MARKET_SEGMENTS])


@dataclass(frozen=True)
class Bookings(Columns):
    """One row per booking made before the as-of date; rates are EUR a night, days count from the first day of history."""

    guest: np.ndarray
    hotel: np.ndarray
    arrival: np.ndarray
    nights: np.ndarray
    lost: np.ndarray
    again: np.ndarray
    booked: np.ndarray
    market: np.ndarray
    channel: np.ndarray
    segment: np.ndarray
    party: np.ndarray
    room_type: np.ndarray
    rate: np.ndarray

    @property
    def departure(self) -> np.ndarray:
        return self.arrival + self.nights


def bookings(streams: Streams, profile: Profile, trips: Trips) -> Bookings:
    """Return the trips that are booked before the as-of date, with all that a reservation says."""
    market = _market(streams, profile, trips)
    booked = trips.arrival - _lead(streams, profile, trips, market)
    room_type = _by_style(streams.draw("room type", len(market)), profile, trips, p.ROOM_TYPE_SHARES)
    rows = Bookings(
        guest=trips.guest, hotel=trips.hotel, arrival=trips.arrival, nights=trips.nights, lost=trips.lost, again=trips.again, booked=booked,
        market=market, channel=_channel(streams, market), segment=_segment(streams, market), party=_party(streams, profile, trips, market),
        room_type=room_type, rate=_rate(streams, profile, trips, market, room_type))
    return rows.take(booked < DAYS)


def _market(streams: Streams, profile: Profile, trips: Trips) -> np.ndarray:
    """A guest tends to book the same way again: in six of ten later bookings the draw follows the guest's first."""
    u = streams.draw("market", 2, len(trips.guest))
    own = own_market(streams, trips.guest.max(initial=0) + 1)[trips.guest]
    first, again, lost = market_shares(profile.name)
    # Who returns does not lean as all do; ranked among themselves, the later stays have the segments of their table.
    own[trips.again] = ranks(own[trips.again])
    later = pick(np.where(u[0] < p.MARKET_OWN, own, u[1]), np.where(trips.lost[:, None], lost, again))
    return np.where(trips.lost | trips.again, later, pick(own, first))


def _lead(streams: Streams, profile: Profile, trips: Trips, market: np.ndarray) -> np.ndarray:
    """Days between booking and arrival: the table's, in the order of the segments' own leads; later for returning guests."""
    u = streams.draw("lead", 3, len(market))
    score = np.log(np.array(p.MARKET_LEAD, float))[market] + 1.3 * normal(u[0]) - p.AGAIN_LATER[profile.name] * trips.again
    lead = np.empty(len(market))
    for lost in (False, True):
        rows = trips.lost == lost
        bucket = pick(ranks(u[1][rows]), lead_shares(profile.name, lost))
        lead[rows] = in_order_of(lead_days(bucket, u[2][rows]), score[rows])
    return np.where(trips.lead >= 0, trips.lead, (lead.astype(int) * p.LEAD_FACTOR[profile.name]).astype(int))


def _channel(streams: Streams, market: np.ndarray) -> np.ndarray:
    u = streams.draw("channel", len(market))
    site, phone, booking, expedia, operator, corporate, group, gds, comp = range(len(CHANNELS))
    return np.select([market == OTA, market == DIRECT], [np.where(u < p.EXPEDIA, expedia, booking), np.where(u < p.BY_PHONE, phone, site)],
                     np.array([booking, operator, group, site, corporate, comp, gds])[market])


def _segment(streams: Streams, market: np.ndarray) -> np.ndarray:
    business = streams.draw("segment", len(market)) < np.array(p.BUSINESS)[market]
    return np.where(business, 1, SEGMENT_OF_MARKET[market])


def _party(streams: Streams, profile: Profile, trips: Trips, market: np.ndarray) -> np.ndarray:
    """0 one person, 1 two, 2 three adults, 3 a family: the table's shares, business travellers alone more often."""
    u = streams.draw("party", 2, len(market))
    return _by_style(ranks(u[0] - np.array(p.SINGLE)[market]), profile, trips, p.PARTY)


def _by_style(u: np.ndarray, profile: Profile, trips: Trips, tables: dict[str, tuple]) -> np.ndarray:
    """Pick from the city's or the resort's table, as the hotel is."""
    return pick(u, np.array([tables["city"], tables["resort"]])[profile.styles[trips.hotel]])


def _rate(streams: Streams, profile: Profile, trips: Trips, market: np.ndarray, room_type: np.ndarray) -> np.ndarray:
    """EUR a night: hotel and month × level of the year × room type × segment × returning guest × noise, each but the level with mean one."""
    month = np.array([rate_by_month(h) for h in profile.hotels])[trips.hotel, MONTH[trips.arrival]]
    month = month * level_by_year(profile)[trips.hotel, year_of(trips.arrival)]
    # Members' later stays are dearer by the premium, which comes on top: their share of it is left out here.
    again = np.where(trips.again, p.AGAIN_RATE[profile.name] / (1 + p.MEMBER_PREMIUM * p.MEMBERS_AGAIN[profile.name]), 1.0)
    noise = 1 + p.RATE_NOISE * spending(streams, trips.guest, streams.draw("rate", len(market)))
    return month * _type_level(profile)[trips.hotel, room_type] * market_level(profile.name)[market] * again * noise


def _type_level(profile: Profile) -> np.ndarray:
    rates = np.array(p.ROOM_TYPE_RATE, float)
    return np.array([rates / np.average(rates, weights=p.ROOM_TYPE_SHARES[h.style]) for h in profile.hotels])
