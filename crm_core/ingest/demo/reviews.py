"""Public reviews: the scores that guests gave their stays, what they wrote on which platform, and what the hotels answered."""
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import feedback_parameters as f
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.bookings import CHANNELS
from crm_core.ingest.demo.feedback_answers import answer
from crm_core.ingest.demo.feedback_texts import DRAWS, NOTHING, Text, Wish, spoken, text
from crm_core.ingest.demo.hotels import BEFORE as HISTORY
from crm_core.ingest.demo.hotels import DAYS, ISO, iso
from crm_core.ingest.demo.lead_rows import STAFF, moment
from crm_core.ingest.demo.records import NOBODY
from crm_core.ingest.demo.rooms import on_street
from crm_core.ingest.demo.stays import CHECKED_OUT
from crm_core.ingest.demo.streams import normal, pick, ranks
from crm_core.ingest.demo.traits import experience
from crm_core.ingest.demo.trip_rows import Columns

COLUMNS = ("id", "property_id", "profile_id", "stay_id", "source", "external_id", "reviewed_on", "stay_month", "score_bp", "language",
           "country", "batch_id", "revision", "kind", "platform", "floor_bp", "reviewed_at", "author", "text", "liked", "disliked", "words", "answer",
           "answered_at", "answered_by")
PLATFORMS = ("booking_com", "expedia", *f.PLATFORMS)
BOOKING, EXPEDIA = 0, 1
STARS = ("google", "tripadvisor", "airbnb")


@dataclass(frozen=True)
class Reviewed(Columns):
    """One row per review: the stay (a row of the block's), the day it was written with its fraction, the score of ten, the platform."""

    stay: np.ndarray
    day: np.ndarray
    points: np.ndarray
    platform: np.ndarray


def write(block, writer) -> None:
    """Write the block's reviews: one for every tenth stay, in the month of the stay or soon after it."""
    rows, who = _reviewed(block), block.people
    guest, record = block.stays.guest[rows.stay], block.records.of_stay[rows.stay]
    numbers = writer.take(schema.review, len(rows.stay))
    u = block.streams.draw("review language", len(rows.stay)).tolist()
    languages = [spoken(who.language[g], x) for g, x in zip(guest.tolist(), u, strict=True)]
    texts = _texts(block, writer, rows, languages)
    answers = _answers(block, rows, languages, texts)
    writer.rows(schema.review, COLUMNS, (
        (number, h + 1, None if k == NOBODY else block.profile_ids[k], block.stay_ids[s], "demo", f"R{number:07d}", on, month[:7],
         *_scale(points, PLATFORMS[platform]), language, who.country[g], 1, writer.revision, "review", PLATFORMS[platform],
         2000 if PLATFORMS[platform] in STARS else 1000, moment(day), who.names(g)[0], said.text, said.liked, said.disliked, said.words, *replied)
        for number, h, k, s, on, month, points, platform, day, g, language, said, replied in zip(
            numbers, block.stays.hotel[rows.stay].tolist(), record.tolist(), rows.stay.tolist(), iso(rows.day.astype(int)),
            ISO[block.stays.departure[rows.stay] + HISTORY], rows.points.tolist(), rows.platform.tolist(), rows.day.tolist(), guest.tolist(),
            languages, texts, answers, strict=True)))
    writer.critical = {s: (number, day, _blames(said)) for number, s, day, points, said in zip(
        numbers, rows.stay.tolist(), rows.day.tolist(), rows.points.tolist(), texts, strict=True) if points <= f.CRITICAL}
    writer.truth.mentions((number, *mark, language) for number, said, language in zip(numbers, texts, languages, strict=True) for mark in said.marks)


def _blames(said: Text) -> str:
    """The aspect that a text blames first, or nothing."""
    return next((aspect for _, _, _, aspect, polarity in said.marks if polarity == "negative"), "")


def _scale(points: int, platform: str) -> tuple[int]:
    """A score of ten as its platform has it, as a share of the best: of ten, or of five stars."""
    return ((points + 1) // 2 * 2000 if platform in STARS else points * 1000,)


def _reviewed(block) -> Reviewed:
    stays = block.stays
    u = block.streams.draw("review", 5, len(stays.guest))
    rows = np.flatnonzero((stays.status == CHECKED_OUT) & (u[0] < p.REVIEWED))
    day = stays.departure[rows] + 1 + (pick(u[1][rows], p.REVIEW_MONTH) * 30 + u[2][rows] * 12).astype(int)
    rows, day = rows[day < DAYS], day[day < DAYS]
    member = block.members.at(stays.guest[rows], stays.departure[rows])
    points = 1 + pick(ranks(normal(found(block)[rows]) + p.MEMBER_SCORE * member + 1e-6 * u[4][rows]), p.SCORES)
    v = block.streams.draw("platform", 2, len(rows))
    agency = [CHANNELS.index(name) for name in ("booking_ota", "expedia_ota")]
    platform = np.select([stays.channel[rows] == one for one in agency], [BOOKING, EXPEDIA], 2 + pick(v[0], tuple(f.PLATFORMS.values())))
    return Reviewed(rows, day + (6 + 12 * v[1]) / 24, points, platform)  # by day everywhere, so that the date is one


def found(block) -> np.ndarray:
    """Return how the guest found each stay, 0 to 1: the first as the guest's return goes by, the others by chance."""
    stays = block.stays
    held = np.flatnonzero(stays.realised)
    guest, first = np.unique(stays.guest[held], return_index=True)
    rank = block.streams.draw("review", 5, len(stays.guest))[3].copy()
    rank[held[first]] = experience(block.streams, len(block.people))[guest]
    return rank


def _texts(block, writer, rows: Reviewed, languages: list[str]) -> list[Text]:
    u = block.streams.draw("review text", len(rows.stay), DRAWS + 2)
    worded = u[:, DRAWS] >= f.BLANK
    noise = blamed(block, writer, rows.stay, worded, u[:, DRAWS + 1])
    return [text(Wish(language, points, platform == BOOKING, loud), draws) if has else NOTHING for language, points, platform, loud, has, draws in zip(
        languages, rows.points.tolist(), rows.platform.tolist(), noise, worded.tolist(), u.tolist(), strict=True)]


def blamed(block, writer, stay: np.ndarray, worded: np.ndarray, order: np.ndarray) -> list[bool | None]:
    """Return which texts complain of noise: in the first hotel by quota (lesson L10), elsewhere None, as it comes."""
    hotel, room = block.stays.hotel[stay], block.stays.room[stay]
    street, planted = on_street(block.profile, hotel, room), (hotel % block.profile.siblings == 0) & worded
    noise = np.full(len(stay), None, object)
    for where, share in (("block", f.NOISY["block"]), ("elsewhere", f.NOISY["elsewhere"])):
        cell = np.flatnonzero(planted & (street == (where == "block")))
        noise[cell] = writer.quota.some(("noise", where), share, order[cell])
    return noise.tolist()


def _answers(block, rows: Reviewed, languages: list[str], texts: list[Text]) -> list[tuple]:
    """(answer, moment, who) of each review; without an answer so far, nothing."""
    u = block.streams.draw("review answer", 3, len(rows.stay))
    median, spread = f.ANSWER_DAYS
    low = rows.points <= 5
    day = rows.day + np.where(low, 2 / 3, 1.1) * median * np.exp(spread * normal(u[0]))
    codes = [hotel.code[:3] for hotel in block.profile.hotels]
    share = np.where((rows.points <= f.CRITICAL) & (rows.day >= DAYS - 30), f.ANSWERED_OF_LATE, f.ANSWERED)
    return [(answer(language, points > 6, x), at, STAFF[codes[h]][points % 2]) if yes and (at := moment(on)) else (None, None, "")
            for language, points, x, yes, on, h in zip(languages, rows.points.tolist(), u[1].tolist(), (u[2] < share).tolist(), day.tolist(),
                                                       block.stays.hotel[rows.stay].tolist(), strict=True)]
