"""Interactions: what was written and said around enquiries and stays, and how soon the hotel answered."""
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS
from crm_core.ingest.demo.lead_rows import STAFF, moment, owner
from crm_core.ingest.demo.leads import KINDS, WON
from crm_core.ingest.demo.phrases import message
from crm_core.ingest.demo.records import NOBODY
from crm_core.ingest.demo.streams import normal, pick

COLUMNS = ("id", "property_id", "guest_id", "lead_id", "source", "external_id", "batch_id", "channel", "direction", "at", "subject",
           "text", "address", "by", "thread", "version", "revision")
BY_SOURCE = ("email", "phone", "email")  # a form arrives by e-mail, and who was met at an event writes afterwards
BEFORE, DURING, AFTER = MOMENTS = tuple(p.MOMENT_CHANNELS)
TOPICS = {BEFORE: ("transfer", "early", "wish"), DURING: ("towels", "wifi", "dinner"), AFTER: ("invoice", "lost_item", "thanks")}
WRITTEN = ("email",)


class Said(NamedTuple):
    """One message: `day` from the first of history with its fraction; `guest` a row of the block's records or NOBODY."""

    day: float
    hotel: int
    guest: int
    lead: int | None
    channel: str
    direction: str
    topic: str
    language: str
    by: str
    thread: str
    u: float


def write(block, writer) -> None:
    """Write the block's messages up to the as-of date, by thread."""
    said = [one for one in (*_about_leads(block), *_about_stays(block)) if one.day < DAYS]
    writer.rows(schema.interaction, COLUMNS, (
        _row(block, number, one, writer.revision) for number, one in zip(writer.take(schema.interaction, len(said)), said, strict=True)))


def _row(block, number: int, one: Said, revision: int) -> tuple:
    subject, text = message(one.topic, one.language, one.u)
    known = block.records.known[one.guest] if one.guest != NOBODY else None
    guest = block.profile_ids[one.guest] if known else None
    address = (known.email if one.channel == "email" else known.phone if one.channel == "phone" else None) if known else None
    return (number, one.hotel + 1, guest, one.lead, "demo", f"M{number:07d}", 1, one.channel, one.direction, moment(one.day),
            subject if one.channel in WRITTEN else None, text, address, one.by, one.thread, 1, revision)


def _about_leads(block) -> Iterator[Said]:
    """The enquiry, the first answer, the offer, and what the lead said to it."""
    rows, who = block.leads, block.people
    u = block.streams.draw("lead messages", 5, len(rows.created)).T.tolist()
    for i, (hotel, record, source, kind, stage) in enumerate(zip(
            rows.hotel.tolist(), rows.record.tolist(), rows.source.tolist(), rows.kind.tolist(), rows.stage.tolist(), strict=True)):
        language = who.language[block.records.person[record]] if record != NOBODY else "en"
        number, channel, by = block.lead_ids[i], BY_SOURCE[source], owner(block, i)
        about = (hotel, record, number)
        thread, v = f"L{number:06d}", u[i]
        yield Said(float(rows.created[i]), *about, channel, "in", KINDS[kind], language, "", thread, v[0])
        yield Said(float(rows.answered[i]), *about, channel, "out", "answer", language, by, thread, v[1])
        yield Said(float(rows.offered[i]), *about, "email", "out", "offer", language, by, thread, v[2])
        if rows.offered[i] < DAYS and stage >= WON and (stage == WON or v[4] < .5):
            yield Said(float(rows.closed[i]), *about, "email", "in", "accept" if stage == WON else "decline", language, "", thread, v[3])


def _about_stays(block) -> Iterator[Said]:
    """What guests ask before, during and after their stays, and the answers."""
    stays, kept, who = block.stays, block.records, block.people
    u = block.streams.draw("messages", 9, len(stays.guest))
    rows = np.flatnonzero((u[0] < p.THREADS[block.profile.name]) & (kept.of_stay != NOBODY))
    u = u[:, rows]
    moment_of = np.where(stays.realised[rows], pick(u[1], p.MOMENTS), 0)
    day = _days(stays, rows, moment_of, u[2]) + (7 + 14 * u[3]) / 24
    wait = np.exp(p.LEAD_SPREAD[1] * normal(u[4])) / 24
    codes = [h.code[:3] for h in block.profile.hotels]
    for i, (s, m) in enumerate(zip(rows.tolist(), moment_of.tolist(), strict=True)):
        shares = p.MOMENT_CHANNELS[MOMENTS[m]]
        channel = tuple(shares)[int(pick(u[5, i:i + 1], tuple(shares.values()))[0])]
        record, hotel = int(kept.of_stay[s]), int(stays.hotel[s])
        language, staff = who.language[kept.person[record]], STAFF[codes[hotel]][s % 2]
        topic = TOPICS[MOMENTS[m]][int(u[6, i] * 3)]
        at, thread, desk = float(day[i]), f"S{block.stay_ids[s]:07d}", channel == "front_desk"
        yield Said(at, hotel, record, None, channel, "in", topic, language, staff if desk else "", thread, float(u[7, i]))
        if not desk and u[8, i] >= p.UNANSWERED:
            answer = at + float(wait[i]) * p.ANSWER_HOURS[channel]
            yield Said(answer, hotel, record, None, channel, "out", "reply", language, staff, thread, float(u[7, i]))


def _days(stays, rows: np.ndarray, moment_of: np.ndarray, u: np.ndarray) -> np.ndarray:
    """The day of each message: between booking and arrival, on a day of the stay, or within two weeks after it."""
    booked, arrival, departure = stays.booked[rows], stays.arrival[rows], stays.departure[rows]
    before = np.minimum(arrival - 1, np.maximum(booked, arrival - 30) + (u * 30).astype(int))
    return np.select([moment_of == 0, moment_of == 1], [np.maximum(before, booked), arrival + (u * (departure - arrival)).astype(int)],
                     departure + 1 + (u * 14).astype(int)).astype(float)
