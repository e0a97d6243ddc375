"""Market segments: how new and returning guests book, and what each segment pays."""
import numpy as np

from crm_core.ingest.demo import market_parameters as m
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, Profile
from crm_core.ingest.demo.streams import Streams, pick
from crm_core.ingest.demo.traits import own_market

YEARS = 4  # of history
OTA, OPERATOR, IN_GROUP, DIRECT, CORPORATE, COMPLIMENTARY, AVIATION = range(len(p.MARKET))


def market_shares(profile: str) -> np.ndarray:
    """Return the segments' shares as three rows: first stays, later stays, lost bookings; together they are the table of the profile."""
    overall = np.array(p.MARKET_SHARES["group" if profile == "group" else "city"])
    overall = overall / overall.sum()
    lost_share, again_share = p.LOST_SHARE[profile], p.AGAIN_SHARE[profile]
    lost = overall * np.array(p.MARKET_CANCELLED) ** p.CANCEL_CONTRAST[profile]
    lost = lost / lost.sum()
    stays = overall - lost_share * lost
    stays = stays / stays.sum()
    again = np.array(p.MARKET_AGAIN["group" if profile == "group" else "city"])
    first = np.maximum(stays - again_share * again, 0)
    return np.array([first / first.sum(), again, lost])


def first_market(streams: Streams, profile: str, persons: int) -> np.ndarray:
    """Return the segment in which each person of the block books the first stay."""
    return pick(own_market(streams, persons), market_shares(profile)[0])


def market_level(profile: str) -> np.ndarray:
    """Return each segment's rate against the hotel's mean, corrected for its returning guests, so that its mean is the table's."""
    rates = np.array(p.GROUP_RATE if profile == "group" else p.MARKET_RATE, float)
    first, again, _ = market_shares(profile)
    share = p.AGAIN_SHARE[profile]
    stays = (1 - share) * first + share * again
    cheaper = ((1 - share) * first + share * again * p.AGAIN_RATE[profile]) / np.maximum(stays, 1e-9)
    base = np.average(rates, weights=stays)
    return rates / (p.GROUP_MEAN if profile == "group" else base) / cheaper


def year_of(day: np.ndarray) -> np.ndarray:
    """Return the year of history, 0 to 3, in which days lie; the books to come belong to the last."""
    return np.clip(np.asarray(day) * YEARS // DAYS, 0, YEARS - 1)


def level_by_year(profile: Profile) -> np.ndarray:
    """Return the rates of every hotel against its table, one row per hotel and one column per year of history (lesson L13)."""
    return np.array([m.RATE_LEVELS.get(h.code[:3], (1.,) * YEARS) for h in profile.hotels])
