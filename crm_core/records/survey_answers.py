"""A guest opens a survey's link and answers it, once: the token is the right, there is no role; the answer lands as a review of the stay."""
import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.invited import hash_of, local_day
from crm_core.records.questionnaire import LANGUAGE, Answers, Question, answered, parse
from crm_core.records.registry import Refused
from crm_core.schema import guest, invitation, profile, property, review, stay, survey
from crm_core.store import audit
from crm_core.store.record import Change, RecordStore, now

ACTOR, SOURCE = "guest", "survey"


@dataclass(frozen=True)
class Form:
    """What a link opens: the house, the survey's name and questions, and the language in which the guest is spoken to ("" : unknown)."""

    property: str
    survey: str
    kind: str
    questions: tuple[Question, ...]
    language: str
    expires_at: str


@dataclass(frozen=True)
class Closed:
    """A link that does not open, and why: unknown, expired or answered."""

    reason: str


class NotOpen(Refused):
    """A link that no longer takes an answer; `reason` as of Closed."""

    def __init__(self, reason: str):
        super().__init__(N_("This link takes no answer any more."))
        self.reason = reason


def open_invitation(store: RecordStore, token: str) -> Form | Closed:
    """Return the form behind a token, or why there is none. Whatever the token, it is hashed and looked up in the same way."""
    with store.reading() as connection:
        row = _find(connection, token)
    why = _closed(row)
    if why:
        return Closed(why)
    return Form(row["house"], row["survey_name"], row["kind"], parse(json.loads(row["questions"])), row["language"] or "", row["expires_at"] or "")


def answer(store: RecordStore, token: str, answers: Mapping[str, object], language: str = "") -> int:
    """Keep a guest's answers as a review of the stay and return its id; `language` is that in which the form was read.

    Raises NotOpen for a link that is unknown, too old or used, Refused for a value outside its scale, a text that is too long, or a required
    answer that is missing. Of two answers at the same moment one is kept.
    """
    with store.reading() as connection:
        row = _find(connection, token)
    _require_open(row)
    given = answered(parse(json.loads(row["questions"])), answers)
    entry = audit.Entry(ACTOR, "answer", "invitation", str(row["id"]), row["property_id"], fields=tuple(sorted(given.given)))
    with store.changing(entry) as change:
        row = _find(change.connection, token)
        _require_open(row)
        return _keep(change, row, given, language)


def _find(connection: Connection, token: str) -> sa.RowMapping | None:
    i, s = invitation.c, survey.c
    joined = (invitation.join(survey, s.id == i.survey_id).join(property, property.c.id == i.property_id).outerjoin(stay, stay.c.id == i.stay_id)
              .outerjoin(profile, profile.c.id == i.profile_id).outerjoin(guest, guest.c.id == profile.c.guest_id))
    spoken = sa.func.coalesce(profile.c.language, guest.c.language).label("language")
    return connection.execute(
        select(i.id, i.property_id, i.profile_id, i.stay_id, i.expires_at, i.answered_at, s.name.label("survey_name"), s.kind, s.questions, s.is_active,
               property.c.name.label("house"), property.c.time_zone, stay.c.room, stay.c.departure_on, spoken,
               sa.func.coalesce(profile.c.country, guest.c.country).label("country"))
        .select_from(joined).where(i.token_hash == hash_of(token))).mappings().one_or_none()


def _closed(row: sa.RowMapping | None) -> str | None:
    if row is None:
        return "unknown"
    if row["answered_at"] is not None:
        return "answered"
    return "expired" if not row["is_active"] or (row["expires_at"] and row["expires_at"] <= now()) else None


def _require_open(row: sa.RowMapping | None) -> None:
    why = _closed(row)
    if why:
        raise NotOpen(why)


def _keep(change: Change, row: sa.RowMapping, given: Answers, language: str) -> int:
    i, connection = invitation.c, change.connection
    first = (i.id == row["id"]) & i.answered_at.is_(None)
    values = {"answered_at": change.at, "version": i.version + 1, "revision": change.revision}
    if connection.execute(sa.update(invitation).where(first).values(values)).rowcount != 1:
        raise NotOpen("answered")
    return connection.execute(sa.insert(review).values(**_review(change, row, given, language)).returning(review.c.id)).scalar_one()


def _review(change: Change, row: sa.RowMapping, given: Answers, language: str) -> dict:
    departure = row["departure_on"]
    return {
        **given.columns, "kind": "survey", "platform": "survey", "source": SOURCE, "external_id": f"invitation:{row['id']}",
        **{name: row[name] for name in ("property_id", "profile_id", "stay_id", "country")}, "invitation_id": row["id"], "room": row["room"] or "",
        "reviewed_on": local_day(change.at, row["time_zone"]), "reviewed_at": change.at, "stay_month": departure and f"{departure:%Y-%m}",
        "language": language if LANGUAGE.fullmatch(language) else row["language"], "answers": json.dumps(given.given, ensure_ascii=False),
        "revision": change.revision}
