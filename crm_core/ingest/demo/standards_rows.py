"""The association that the demo's hotels belong to: its pack as it ships, how the hotels were held against its checklist, and what they mean to improve."""
import datetime as dt
import json
from dataclasses import dataclass
from itertools import islice

import numpy as np

from crm_core import schema
from crm_core.association import packs
from crm_core.association.standards import Item, Standard
from crm_core.ingest.demo import association_parameters as a
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.feedback_quota import Quota
from crm_core.ingest.demo.hotels import Hotel, Profile
from crm_core.ingest.demo.lead_rows import STAFF
from crm_core.ingest.demo.streams import Streams
from crm_core.records.packs import TABLES, row_of
from crm_core.records.shared import written

OF_ALL_BLOCKS = 999_999  # these draws are not a block's
CHECKLIST = "small_hotel"
ACTOR, PACK = "demo", 1
IN_USE = "2025-02-03T08:00:00+00:00"  # since when this release of the pack is in the house
OWNERS = {"front_desk": "Front office manager", "housekeeping": "Head housekeeper", "maintenance": "Chief engineer", "restaurant": "Restaurant manager",
          "accounts": "Accountant", "it": "IT contact", "management": "Hotel manager", "spa": "Spa manager"}
STEPS = {"front_desk": "Go through this item at the morning meeting for two weeks", "housekeeping": "Second look at every departure room for a month",
         "maintenance": "Walk all rooms with the list and mend what is found", "restaurant": "Put it on the opening list and sign it off every day",
         "accounts": "Check it at the close of the month", "it": "Put it in the calendar, and write down that it was done",
         "management": "Name who does it, and look again in a month", "spa": "Put it on the opening list"}
SEEN = {"met": ("Seen on the round.", "Shown by the list of the last month.", ""), "partly": ("Seen in some of the rooms drawn.", "The list has gaps."),
        "not_met": ("Not found on the round.", "Nobody could show it."), "not_applicable": ("",)}


@dataclass(frozen=True)
class Assessed:
    """One assessment: the hotel (0 the first), the day, and the result of each item."""

    number: int
    hotel: int
    day: dt.date
    results: tuple[tuple[Item, str], ...]


def open_association(writer, profile: Profile, seed: int) -> packs.Pack:
    """Write the pack, what became of its first checklist in every hotel, and what the hotels plan; return the pack."""
    pack, streams, quota = packs.read(packs.EXAMPLE), Streams(seed, profile.name, OF_ALL_BLOCKS), Quota()
    _write_pack(writer, pack)
    standard = next(one for one in pack.standards if one.code == CHECKLIST)
    hotels = list(enumerate(profile.hotels[:profile.siblings]))
    rounds = [(time, h, hotel) for time in range(len(a.ASSESSED_ON)) for h, hotel in hotels]
    assessed = [_assessed(streams, quota, number, *one, standard) for number, one in enumerate(rounds, 1)]
    place = pack.standards.index(standard) + 1
    _write_assessments(writer, assessed, place, profile)
    _write_items(writer, streams, assessed, standard)
    _write_improvements(writer, assessed[-len(hotels):], place)
    return pack


def _write_pack(writer, pack: packs.Pack) -> None:
    """Write the pack and its parts, as if it had come in on the day of the first assessment."""
    writer.rows(schema.pack, ("id", "code", "release", "name", "author", "licence", "checksum", "counts", "actor", "at"), [
        (PACK, pack.code, pack.release, written(pack.name), pack.author, pack.licence, pack.checksum, json.dumps(pack.counts), ACTOR, IN_USE)])
    for kind, table in TABLES.items():
        rows = [keys | values for keys, values in (row_of(kind, thing) for thing in getattr(pack, kind))]
        names = tuple(rows[0])
        writer.rows(table, ("id", *names, "pack_id", "actor", "at"), (
            (number, *(_plain(row[name]) for name in names), PACK, ACTOR, IN_USE) for number, row in enumerate(rows, 1)))


def _plain(value):
    return value.isoformat() if isinstance(value, dt.date) else value


# --- held against the checklist -------------------------------------------------------------------------------------------------------
def _assessed(streams: Streams, quota: Quota, number: int, time: int, h: int, hotel: Hotel, standard: Standard) -> Assessed:
    words, shares = zip(*((word, by_time[time]) for word, by_time in a.RESULTS), strict=True)
    u = streams.draw(f"assessed {number}", len(standard.items))
    dealt = quota.deal(("results", time), shares, u).tolist()
    results = [(item, "met" if (hotel.code, item.code) == a.TICKED else words[k]) for item, k in zip(standard.items, dealt, strict=True)]
    return Assessed(number, h, a.ASSESSED_ON[time], tuple(results))


def _write_assessments(writer, assessed: list[Assessed], standard: int, profile: Profile) -> None:
    columns = ("id", "property_id", "standard_id", "kind", "on_day", "assessor", "state", "actor", "created_at", "completed_at", "version", "revision")
    codes = [hotel.code for hotel in profile.hotels]
    writer.rows(schema.assessment, columns, (
        (one.number, one.hotel + 1, standard, kind, one.day.isoformat(), "Association's auditor" if kind == "audit" else STAFF[codes[one.hotel]][0],
         "complete", ACTOR, f"{one.day.isoformat()}T08:00:00+00:00", f"{one.day.isoformat()}T15:00:00+00:00", 1, writer.revision)
        for one in assessed for kind in [_kind(one, codes)]))


def _write_items(writer, streams: Streams, assessed: list[Assessed], standard: Standard) -> None:
    section = {item.code: part.code for part in standard.sections for item in part.items}
    writer.rows(schema.assessment_item, ("assessment_id", "item", "section", "weight", "result", "evidence", "evidence_on"), (
        (one.number, item.code, section[item.code], item.weight, result, _seen(result, x), one.day.isoformat())
        for one in assessed for (item, result), x in zip(one.results, streams.draw(f"seen {one.number}", len(one.results)).tolist(), strict=True)))


def _kind(one: Assessed, codes: list[str]) -> str:
    return "audit" if codes[one.hotel] in a.AUDITED and one.day == a.ASSESSED_ON[-1] else "self"


def _seen(result: str, u: float) -> str:
    return SEEN[result][int(u * len(SEEN[result]))]


# --- what is planned ---------------------------------------------------------------------------------------------------------------------
def _write_improvements(writer, latest: list[Assessed], standard: int) -> None:
    """The heaviest items of each hotel that are not wholly met: the first is done, the second late, the rest still to come."""
    rows = [(one, place, item) for one in latest for place, item in enumerate(islice(_open(one), a.PLANNED))]
    writer.rows(schema.improvement, ("id", "property_id", "standard_id", "item", "what", "owner", "due_on", "done_on", "actor", "created_at", "version"), (
        (number, one.hotel + 1, standard, item.code, STEPS[item.department], OWNERS[item.department], *_by_when(place), ACTOR,
         f"{one.day.isoformat()}T16:00:00+00:00", 1) for number, (one, place, item) in enumerate(rows, 1)))


def _open(one: Assessed) -> list[Item]:
    return sorted((item for item, result in one.results if result in ("partly", "not_met")), key=lambda item: (-item.weight, item.code))


def _by_when(place: int) -> tuple[str, str | None]:
    due = p.AS_OF + dt.timedelta((-20, -6, 45)[min(place, 2)])
    return due.isoformat(), (due - dt.timedelta(4)).isoformat() if place == 0 else None


def evenly(first: dt.date, last: dt.date, u: np.ndarray) -> list[dt.date]:
    """Return days from `first` to `last`, both possible, one per uniform."""
    return [first + dt.timedelta(int(x * ((last - first).days + 1))) for x in u.tolist()]
