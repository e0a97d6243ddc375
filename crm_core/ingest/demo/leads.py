"""Leads: who asked for rooms, how each enquiry went on, and the stay that came of it."""
from dataclasses import dataclass, replace

import numpy as np

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, HORIZON, MONTH, MONTH_OF_HISTORY, Profile, euro, rate_by_month
from crm_core.ingest.demo.markets import CORPORATE, IN_GROUP
from crm_core.ingest.demo.records import NOBODY, Records
from crm_core.ingest.demo.stays import Stays
from crm_core.ingest.demo.streams import Streams, normal, pick, whole
from crm_core.ingest.demo.trip_rows import Columns

SOURCES, KINDS = tuple(p.LEAD_SOURCES), tuple(p.LEAD_KINDS)
STAGES = ("enquiry", "qualified", "offer", "won", "lost")
ENQUIRY, QUALIFIED, OFFER, WON, LOST = range(5)
BY_DESK = ("own_site", "phone", "corporate", "group")
NEVER = np.inf
OPENING, CLOSING = 7, 20  # hours of the day, UTC
DAYS_SPREAD, HOURS_SPREAD = p.LEAD_SPREAD
QUALIFIED_AFTER, OFFERED_AFTER = p.LEAD_STEPS


@dataclass(frozen=True)
class Leads(Columns):
    """One row per lead of the block. Moments are days from the first of history with fractions, NEVER where a thing did not happen.

    `record` and `stay` are rows of the block's records and stays or NOBODY; `reached` is the furthest stage, `stage` the one at the
    as-of date; `worth` is EUR; `ahead` days from enquiry to arrival.
    """

    hotel: np.ndarray
    source: np.ndarray
    kind: np.ndarray
    company: np.ndarray
    returning: np.ndarray
    record: np.ndarray
    stay: np.ndarray
    created: np.ndarray
    answered: np.ndarray
    qualified: np.ndarray
    offered: np.ndarray
    closed: np.ndarray
    stage: np.ndarray
    reached: np.ndarray
    arrival: np.ndarray
    nights: np.ndarray
    rooms: np.ndarray
    worth: np.ndarray

    @property
    def is_open(self) -> np.ndarray:
        """Neither won nor lost by the as-of date."""
        return self.stage < WON


def leads(streams: Streams, profile: Profile, stays: Stays, kept: Records, persons: int) -> Leads:
    """Return the block's leads as the as-of date knows them, by day of creation."""
    size = int(whole(np.array([p.ENQUIRIES[profile.name] * persons]), streams.draw("leads", 1))[0])
    asked = _asked(streams, profile, size)
    reached = _reached(streams, asked)
    gone = _with_stays(stays, kept, _went_on(streams, asked, reached))
    known = _with_guests(streams, stays, kept, gone)
    return known.take(np.argsort(known.created, kind="stable"))


def _asked(streams: Streams, profile: Profile, size: int) -> Leads:
    """What a lead is from its first day: where it comes from, what for, how far ahead, and how soon it was answered."""
    u = streams.draw("lead", 11, size)
    source, kind = pick(u[0], tuple(p.LEAD_SOURCES.values())), pick(u[1], tuple(p.LEAD_KINDS.values()))
    created = np.floor(u[2] * DAYS) + (OPENING + (CLOSING - OPENING) * u[3]) / 24
    ahead = np.clip(np.array(p.LEAD_AHEAD)[kind] * np.exp(DAYS_SPREAD * normal(u[4])), 1, 480).astype(int)
    hours = np.array(p.LEAD_ANSWER)[source] * np.exp(HOURS_SPREAD * normal(u[5]))
    answered = np.where(u[6] < p.LEAD_STAGES[0], created + hours / 24, NEVER)
    fewest, most = np.array(p.LEAD_ROOMS)[kind].T
    rooms = fewest + (u[7] * (most - fewest + 1)).astype(int)
    nights = 1 + (u[8] * np.array(p.LEAD_NIGHTS)[kind]).astype(int)
    arrival = np.minimum(np.floor(created).astype(int) + ahead, HORIZON - 1)
    hotel = pick(u[9], profile.shares)
    nobody = np.full(size, NOBODY)
    return Leads(
        hotel, source, kind, u[10] < np.array(p.LEAD_COMPANY)[kind], streams.draw("lead returning", size) < p.LEAD_RETURNING, nobody, nobody,
        created, answered, *np.full((3, size), NEVER), nobody, nobody, arrival, nights, rooms, _worth(profile, hotel, arrival, nights, rooms, kind))


def _worth(profile: Profile, hotel, arrival, nights, rooms, kind) -> np.ndarray:
    """EUR of the rooms, a little less for many, and of the dinner or the meeting."""
    rate = np.array([rate_by_month(h) for h in profile.hotels])[hotel, MONTH[arrival]]
    return rate * nights * rooms * np.where(rooms > 4, p.LEAD_SEVERAL, 1) + p.LEAD_EVENT * 2 * rooms * (kind >= 2)


def score(asked: Leads) -> np.ndarray:
    """Return what speaks for each lead: the logarithm of its odds without the level of a stage."""
    effect = p.LEAD_EFFECTS
    hours = np.where(np.isfinite(asked.answered), (asked.answered - asked.created) * 24, 1)
    return (np.array([effect[name] for name in SOURCES])[asked.source] + np.array([effect[name] for name in KINDS])[asked.kind]
            + effect["doubled days ahead"] * np.log2(np.maximum(asked.arrival - asked.created, 1) / 30)
            + effect["doubled hours to the answer"] * np.log2(np.maximum(hours, .1))
            + effect["returning guest"] * asked.returning + effect["company"] * asked.company)


def _reached(streams: Streams, asked: Leads) -> np.ndarray:
    """The furthest stage of each lead, if it is given the time; without an answer it stays an enquiry."""
    u = streams.draw("lead outcome", len(asked.created))
    odds = score(asked)
    stage = sum((u < 1 / (1 + np.exp(-(odds + level)))).astype(int) for level in p.LEAD_LEVELS)
    return np.where(np.isfinite(asked.answered), stage, ENQUIRY)


def _went_on(streams: Streams, asked: Leads, reached: np.ndarray) -> Leads:
    """When each step was taken, and where each lead stands at the as-of date: at its end, or as far as it has come."""
    u = streams.draw("lead steps", 2, len(reached))
    begin = np.where(np.isfinite(asked.answered), asked.answered, asked.created + p.LEAD_DAYS)
    days = p.LEAD_DAYS * np.exp(DAYS_SPREAD * normal(u[0]))
    qualified = np.where(reached >= QUALIFIED, begin + QUALIFIED_AFTER * days, NEVER)
    offered = np.where(reached >= OFFER, begin + OFFERED_AFTER * days, NEVER)
    closed = np.where((reached < WON) & (u[1] < p.LEAD_LEFT), NEVER, begin + days)
    so_far = (qualified < DAYS).astype(int) + (offered < DAYS)
    stage = np.where(closed < DAYS, np.where(reached == WON, WON, LOST), so_far)
    return replace(asked, qualified=qualified, offered=offered, closed=closed, reached=reached, stage=stage)


def _with_stays(stays: Stays, kept: Records, rows: Leads) -> Leads:
    """Tie each won lead to a booking of the block that the house took itself, the one most like it; the lead takes its days from there."""
    stay, shift = rows.stay.copy(), np.zeros(len(rows.stay))
    arrival, nights, hotel, worth = rows.arrival.copy(), rows.nights.copy(), rows.hotel.copy(), rows.worth.copy()
    free = _bookings(stays, kept)
    returns = _returning(stays, kept)
    for i in np.flatnonzero(rows.stage == WON).tolist():
        if not len(free):
            break
        best = int(np.argmin(_distance(stays, returns, free, rows, i)))
        found, free = free[best], np.delete(free, best)
        stay[i], arrival[i], nights[i], hotel[i] = found, stays.arrival[found], stays.nights[found], stays.hotel[found]
        shift[i] = stays.booked[found] - np.floor(rows.closed[i])
        worth[i] = stays.rate[found] * max(stays.nights[found], .5) * rows.rooms[i]
    moved = {name: getattr(rows, name) + shift for name in ("created", "answered", "qualified", "offered", "closed")}
    return replace(rows, stay=stay, arrival=arrival, nights=nights, hotel=hotel, worth=worth, **moved)


def _bookings(stays: Stays, kept: Records) -> np.ndarray:
    """Bookings with a guest that the house took itself, two months or more into history."""
    from_desk = (stays.market >= IN_GROUP) & (stays.market <= CORPORATE)
    return np.flatnonzero(from_desk & (kept.of_stay != NOBODY) & (stays.booked >= 60))


def _returning(stays: Stays, kept: Records) -> np.ndarray:
    """Which bookings are of a guest whose record knows a stay that was over before."""
    first_left = np.full(len(kept) + 1, HORIZON)  # the last entry is for NOBODY
    np.minimum.at(first_left, kept.of_stay[stays.realised], stays.departure[stays.realised])
    return (first_left[kept.of_stay] < stays.booked - 30) & (kept.of_stay != NOBODY)


def _distance(stays: Stays, returns: np.ndarray, free: np.ndarray, rows: Leads, i: int) -> np.ndarray:
    """How unlike each free booking is to a lead: days ahead, day of closing, a returning guest or not, a company or group or not."""
    ahead = np.maximum(stays.arrival[free] - stays.booked[free] + rows.closed[i] - rows.created[i], 1)
    wanted = max(rows.arrival[i] - rows.created[i], 1)
    kind = IN_GROUP if rows.kind[i] in (1, 2) else CORPORATE if rows.company[i] else IN_GROUP + 1
    return (np.abs(np.log2(ahead / wanted)) + np.abs(stays.booked[free] - rows.closed[i]) / 250
            + 20.0 * (returns[free] != rows.returning[i]) + .5 * (stays.market[free] != kind))


def _with_guests(streams: Streams, stays: Stays, kept: Records, rows: Leads) -> Leads:
    """The guest record of each lead: of its booking, or for a returning guest of a stay that was over when the lead came in."""
    u = streams.draw("lead guest", len(rows.created))
    over = np.flatnonzero(stays.realised & (kept.of_stay != NOBODY))
    over = over[np.argsort(stays.departure[over], kind="stable")]
    before = np.searchsorted(stays.departure[over], rows.created)
    past = over[(u * before).astype(int)] if len(over) else np.full(len(u), NOBODY)
    booked = np.where(rows.stay != NOBODY, kept.of_stay[rows.stay], NOBODY)
    known = rows.returning & (before > 0)
    record = np.where(booked != NOBODY, booked, np.where(known, kept.of_stay[past], NOBODY))
    return replace(rows, record=record, returning=np.where(booked != NOBODY, rows.returning, known))


def minor(profile: Profile, rows: Leads) -> np.ndarray:
    """Return what the leads are worth in minor units of their hotel's currency."""
    rate = np.array([euro(h) for h in profile.hotels])[rows.hotel, MONTH_OF_HISTORY[rows.arrival]]
    return np.rint(rows.worth / rate * 100).astype(int)
