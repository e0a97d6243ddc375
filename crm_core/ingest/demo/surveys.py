"""Surveys: who was invited after a stay, who answered and what; with who stays silent (lesson L8) and a mix that moved (lesson L4) planted."""
import json
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import feedback_parameters as f
from crm_core.ingest.demo.bookings import SEGMENTS
from crm_core.ingest.demo.feedback_texts import DRAWS, NOTHING, Text, Wish, spoken, text
from crm_core.ingest.demo.hotels import DAYS, iso
from crm_core.ingest.demo.lead_rows import moment
from crm_core.ingest.demo.markets import DIRECT
from crm_core.ingest.demo.records import NOBODY
from crm_core.ingest.demo.reviews import blamed, found
from crm_core.ingest.demo.stays import CHECKED_OUT
from crm_core.ingest.demo.streams import pick, quantile
from crm_core.records.questionnaire import dumps, parse, shipped

INVITATION = ("id", "survey_id", "property_id", "profile_id", "stay_id", "source", "external_id", "batch_id", "sent_on", "created_at", "expires_at",
              "is_bounced", "answered_at", "channel", "version", "revision")
REVIEW = ("id", "property_id", "profile_id", "stay_id", "source", "external_id", "reviewed_on", "stay_month", "score_bp", "language", "country",
          "batch_id", "revision", "kind", "platform", "floor_bp", "reviewed_at", "liked", "disliked", "words", "nps", "csat_bp", "ces", "answers", "invitation_id")
LEISURE, BUSINESS = SEGMENTS.index("leisure"), SEGMENTS.index("business")
POST_STAY, YEAR, OPEN = 1, 365, 21
LOWEST, LEAST = np.array([0, 4, 7, 9]), np.array([1, 2, 3, 3])


@dataclass(frozen=True)
class Invited:
    """One row per invitation: the stay (a row of the block's), the moment of an answer in days, whether it bounced, whether it is answered, and
    the class (0 to 3) of how likely the guest is to recommend the house."""

    stay: np.ndarray
    at: np.ndarray
    bounced: np.ndarray
    answered: np.ndarray
    kind: np.ndarray


def open_surveys(writer) -> None:
    """Write the questionnaires that the hotels begin with, the one after the stay first."""
    kept = sorted(shipped(), key=lambda one: one["kind"] != "post_stay")
    writer.rows(schema.survey, ("id", "code", "name", "kind", "questions", "days_open", "is_active", "version"), (
        (number, one["code"], one["name"], one["kind"], dumps(parse(one["questions"])), one.get("days_open", OPEN), 1, 1)
        for number, one in zip(writer.take(schema.survey, len(kept)), kept, strict=True)))


def write(block, writer) -> None:
    """Write the block's invitations and answers; how all stays would have answered goes to the sealed truth."""
    rows = writer.invited = _invited(block, writer)
    numbers = writer.take(schema.invitation, len(rows.stay))
    stays, record = block.stays, block.records.of_stay[rows.stay]
    sent = stays.departure[rows.stay] + 1
    writer.rows(schema.invitation, INVITATION, (
        (number, POST_STAY, h + 1, block.profile_ids[k], block.stay_ids[s], "demo", f"I{number:07d}", 1, on, f"{on}T06:00:00+00:00",
         f"{until}T06:00:00+00:00", bounced, moment(at) if yes else None, "email" if block.records.known[k].email else "card", 1, writer.revision)
        for number, h, k, s, on, until, bounced, yes, at in zip(
            numbers, stays.hotel[rows.stay].tolist(), record.tolist(), rows.stay.tolist(), iso(sent), iso(sent + OPEN),
            rows.bounced.astype(int).tolist(), rows.answered.tolist(), rows.at.tolist(), strict=True)))
    _write_answers(block, writer, rows, numbers)


def _invited(block, writer) -> Invited:
    """Who is asked, who answers, and how; classes of all stays that are over are dealt first, so that silence has an opinion too."""
    stays, size = block.stays, len(block.stays.guest)
    u = block.streams.draw("invitation", 4, size)
    over = stays.status == CHECKED_OUT
    keen, first = _keen(block), (stays.hotel % block.profile.siblings == 0) & (block.profile.siblings > 1)
    rank, kind = found(block), np.zeros(size, int)
    for name, who in (("keen", keen), ("others", ~keen)):
        rows = np.flatnonzero(over & who & ~first)
        kind[rows] = writer.quota.deal(("recommends", name), f.RECOMMENDS[name], rank[rows])
    told = over & ~first
    writer.truth.latent(int(told.sum()), int((kind[told] == 3).sum()), int((kind[told] < 2).sum()))
    at = stays.departure + 1 + .3 + quantile(u[2], f.SURVEY_WAIT)
    asked = over & (block.records.of_stay != NOBODY) & (stays.segment <= BUSINESS) & (stays.departure + 1 < DAYS) & (u[0] < f.ASKED)
    reached = asked & (u[1] >= f.BOUNCED)
    answered = np.zeros(size, bool)
    _answer(writer, reached & ~first & (at < DAYS), keen, kind, u[3], answered)
    _answer_first(block, writer, reached & first & (at < DAYS), at, rank, kind, u[3], answered)
    rows = np.flatnonzero(asked)
    return Invited(rows, at[rows], ~reached[rows], answered[rows], kind[rows])


def _keen(block) -> np.ndarray:
    """Who answers more readily: members on the day of departure; where there is no programme, who booked direct."""
    stays = block.stays
    return block.members.at(stays.guest, stays.departure) if block.members.joined.any() else stays.market == DIRECT


def _answer(writer, reached, keen, kind, order, answered) -> None:
    """Lesson L8: members answer more often than others, and the extremes more often than the middle."""
    for name, who in (("keen", keen), ("others", ~keen)):
        shares = np.array(f.RECOMMENDS[name])
        factor = np.array([f.EXTREMES, 1, 1, f.EXTREMES])
        rates = f.ANSWERS[name] * factor / (shares @ factor)
        for k, rate in enumerate(rates.tolist()):
            rows = np.flatnonzero(reached & who & (kind == k))
            answered[rows] = writer.quota.some(("answers", name, k), rate, order[rows])


def _answer_first(block, writer, reached, at, rank, kind, order, answered) -> None:
    """Lesson L4: in the first hotel the mix of the answers moves to business travellers, while each segment recommends it more."""
    ago = ((DAYS - at) // YEAR).astype(int)
    for year in range(1 + int(ago.max(initial=0))):
        when = "before" if year else "last year"
        rows = np.flatnonzero(reached & (ago == year))
        count = int(writer.quota.some(("answers", year), f.ANSWERS["first hotel"], order[rows]).sum())
        leisure = int((writer.quota.deal(("mix", year), (1 - f.MIX[when], f.MIX[when]), np.arange(count)) == 1).sum())
        for segment, name, wanted in ((LEISURE, "leisure", leisure), (BUSINESS, "business", count - leisure)):
            there = rows[block.stays.segment[rows] == segment]
            who = there[np.argsort(order[there], kind="stable")[:wanted]]
            answered[who] = True
            kind[who] = writer.quota.deal(("segment", name, year), f.SEGMENTS[name, when], rank[who])


def _write_answers(block, writer, rows: Invited, invitations: range) -> None:
    told = np.flatnonzero(rows.answered)
    stay, kind, at = rows.stay[told], rows.kind[told], rows.at[told]
    u = block.streams.draw("survey answer", 6, len(told))
    nps = LOWEST[kind] + pick(u[0], _padded(f.WITHIN)[kind])
    csat = LEAST[kind] + pick(u[1], _padded(f.SATISFIED)[kind])
    ces = np.clip(csat + 1 + (u[2] * 3).astype(int) - (csat < 3), 1, 7)
    guest, record, who = block.stays.guest[stay], block.records.of_stay[stay], block.people
    worded = u[3] < f.SURVEY_TEXT
    noise = blamed(block, writer, stay, worded, u[4])
    draws = block.streams.draw("survey text", len(told), DRAWS + 1).tolist()
    languages = [spoken(who.language[g], x[DRAWS]) for g, x in zip(guest.tolist(), draws, strict=True)]
    texts = [text(Wish(language, max(1, points), True, loud), draw) if has else NOTHING for language, points, loud, has, draw in zip(
        languages, nps.tolist(), noise, worded.tolist(), draws, strict=True)]
    numbers = writer.take(schema.review, len(told))
    writer.rows(schema.review, REVIEW, (
        (number, h + 1, block.profile_ids[k], block.stay_ids[s], "demo", f"S{number:07d}", on, left[:7], 2000 * satisfied, language, who.country[g], 1,
         writer.revision, "survey", "survey", 2000, moment(day), said.liked, said.disliked, said.words, points, 2000 * satisfied, ease,
         _given(points, satisfied, ease, said), invitations[i])
        for number, i, h, k, s, on, left, points, satisfied, ease, day, language, g, said in zip(
            numbers, told.tolist(), block.stays.hotel[stay].tolist(), record.tolist(), stay.tolist(), iso(at.astype(int)),
            iso(block.stays.departure[stay]), nps.tolist(), csat.tolist(), [e if x < f.EASE else None for e, x in zip(ces.tolist(), u[5].tolist(), strict=True)],
            at.tolist(), languages, guest.tolist(), texts, strict=True)))
    writer.truth.mentions((number, *mark, language) for number, said, language in zip(numbers, texts, languages, strict=True) for mark in said.marks)


def _padded(shares) -> np.ndarray:
    longest = max(map(len, shares))
    return np.array([(*row, *(0,) * (longest - len(row))) for row in shares], float)


def _given(nps: int, csat: int, ces: int | None, said: Text) -> str:
    """The answers as JSON, by the keys of the questionnaire."""
    told = {"recommend": nps, "satisfied": csat, "easy": ces, "liked": said.liked, "disliked": said.disliked}
    return json.dumps({key: value for key, value in told.items() if value is not None}, ensure_ascii=False)
