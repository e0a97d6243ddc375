"""Reviews and survey answers as they were written, with what the scorer read in them and what people corrected."""
import json
from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.guests import visible
from crm_core.records.persons import members, person_of, shown
from crm_core.records.registry import Refused, lookup
from crm_core.schema import correction, guest, mention, profile, property, review, review_score, review_source, service_case, stay
from crm_core.scope import Scope
from crm_core.store.bulk import among

BOXES = ("title", "text", "liked", "disliked")
MOST = 200
ABSENT = N_("There is no such review.")
# What a card shows of a review's row; where it came from stays out.
SHOWN = ("id", "version", "property_id", "kind", "platform", "reviewed_on", "reviewed_at", "stay_month", "score_bp", "floor_bp", "nps", "csat_bp", "ces",
         "language", "country", *BOXES, "author", "tags", "stay_id", "answer", "answered_at", "answered_by", "draft", "words", "invitation_id")
OF_SCORE = tuple(c.name for c in review_score.c if c.name not in ("id", "review_id", "text_hash", "revision"))
OF_MENTION = ("id", "box", "start", "stop", "aspect", "label", "polarity_ppm", "confidence_ppm", "language", "scorer")


def here(scope: Scope) -> sa.ColumnElement[bool]:
    """Return the predicate of a review inside the scope."""
    return review.c.property_id.in_(scope.properties)


def require(connection: Connection, scope: Scope, id: int) -> sa.RowMapping:
    """Return a review's row. Raises Refused for one outside the scope."""
    row = connection.execute(select(review).where(review.c.id == id, here(scope))).mappings().one_or_none()
    if row is None:
        raise Refused(ABSENT)
    return row


@lookup("contact")
def review_texts(connection: Connection, scope: Scope, *, ids: Sequence[int]) -> list[dict]:
    """Return reviews of the scope in the order of their ids (200 at most, others are left out); see `_with_all` for what each holds."""
    if len(ids) > MOST:
        raise Refused(N_("At most 200 reviews can be opened at a time."))
    found = {row["id"]: row for row in _with_all(connection, scope, among(connection, review.c.id, ids))}
    return [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]


@lookup("contact")
def review_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return one review as review_texts does; None where there is no such review in the scope."""
    return next(iter(_with_all(connection, scope, review.c.id == id)), None)


@lookup("contact")
def guest_reviews(connection: Connection, scope: Scope, *, guest_id: int, limit: int = 50) -> list[dict]:
    """Return a person's reviews in the scope, newest first, as review_texts does; none for a guest outside the scope."""
    person = person_of(connection, guest_id)
    theirs = select(profile.c.id).where(profile.c.guest_id.in_(members(person)))
    seen = select(guest.c.id).where(guest.c.id == person, visible(scope))
    r = review.c
    mine = select(r.id).where(r.profile_id.in_(theirs), seen.exists(), here(scope)).order_by(r.reviewed_on.desc(), r.id.desc()).limit(limit)
    found = _with_all(connection, scope, among(connection, r.id, connection.execute(mine).scalars()))
    return sorted(found, key=lambda row: (str(row["reviewed_on"]), row["id"]), reverse=True)


def _with_all(connection: Connection, scope: Scope, *where: sa.ColumnElement[bool]) -> list[dict]:
    """The columns of SHOWN with `property`, guest (`guest_id`, `name` of the person), `room`, `nights` and `arrival_on` of the stay,
    `is_answerable`, `answers` (a dict), `score` (None: not read yet), `label` as a person corrected it, `mentions` sorted as they stand
    in the boxes, and `case_id`, the last case that was opened from it."""
    rows = [dict(row) for row in connection.execute(_rows(scope, *where)).mappings()]
    ids = [row["id"] for row in rows]
    names, scores, cases = _names(connection, scope, rows), _scores(connection, ids), _cases(connection, scope, ids)
    corrected = corrections_of(connection, ids)
    marks = _mentions(connection, ids, corrected)
    return [_whole(row, names, scores.get(row["id"]), marks[row["id"]], corrected, cases.get(row["id"])) for row in rows]


def _rows(scope: Scope, *where: sa.ColumnElement[bool]) -> sa.Select:
    s, r, own = stay.c, review.c, func.coalesce(guest.c.merged_into, guest.c.id)
    room = func.coalesce(func.nullif(r.room, ""), s.room, "").label("room")
    can = sa.case((r.kind == "survey", 0), else_=func.coalesce(review_source.c.is_answerable, 1)).label("is_answerable")
    joined = (review.join(property, property.c.id == r.property_id).outerjoin(stay, s.id == r.stay_id)
              .outerjoin(profile, profile.c.id == r.profile_id).outerjoin(guest, guest.c.id == profile.c.guest_id)
              .outerjoin(review_source, review_source.c.code == r.platform))
    return select(*(r[name] for name in SHOWN), r.answers, room, can, property.c.name.label("property"), own.label("guest_id"),
                  s.arrival_on, s.departure_on).select_from(joined).where(here(scope), *where)


def _whole(row: dict, names: dict, score: dict | None, mentions: list[dict], corrected: dict, case_id: int | None) -> dict:
    arrival, departure, person = row.pop("arrival_on"), row.pop("departure_on"), row["guest_id"]
    mine = corrected.get((row["id"], "", 0, ""))
    return row | {
        "guest_id": person if person in names else None, "name": names.get(person), "arrival_on": arrival,
        "nights": (departure - arrival).days if arrival and departure else None, "answers": json.loads(row["answers"] or "{}"),
        "score": score, "label": mine or (score or {}).get("label", ""), "is_corrected": mine is not None, "mentions": mentions, "case_id": case_id}


def _names(connection: Connection, scope: Scope, rows: list[dict]) -> dict[int, str | None]:
    """Names of the persons whom the scope may see; of others a review is nobody's."""
    persons = {row["guest_id"] for row in rows if row["guest_id"]}
    found = connection.execute(shown().where(among(connection, guest.c.id, persons), visible(scope)))
    return {row.id: row.name for row in found}


def _scores(connection: Connection, ids: list[int]) -> dict[int, dict]:
    c = review_score.c
    rows = connection.execute(select(c.review_id, *(c[name] for name in OF_SCORE)).where(among(connection, c.review_id, ids))).mappings()
    return {row["review_id"]: {name: row[name] for name in OF_SCORE} for row in rows}


def corrections_of(connection: Connection, ids: Sequence[int]) -> dict[tuple[int, str, int, str], str]:
    """Return the label given last to each thing that was corrected, by (review, box, start, aspect); of a whole review: (review, "", 0, "")."""
    c = correction.c
    rows = connection.execute(select(c.review_id, c.box, c.start, c.aspect, c.label).where(among(connection, c.review_id, ids)).order_by(c.id))
    return {(row.review_id, row.box, row.start, row.aspect): row.label for row in rows}


def _mentions(connection: Connection, ids: list[int], corrected: dict) -> dict[int, list[dict]]:
    """Each review's mentions, sorted by box and place: columns of OF_MENTION, `label` as a person corrected it, `is_corrected`."""
    c, found = mention.c, defaultdict(list)
    rows = connection.execute(select(c.review_id, *(c[name] for name in OF_MENTION)).where(among(connection, c.review_id, ids))).mappings()
    for row in sorted(rows, key=lambda row: (BOXES.index(row["box"]) if row["box"] in BOXES else 9, row["start"], row["stop"], row["id"])):
        label = corrected.get((row["review_id"], row["box"], row["start"], row["aspect"]))
        found[row["review_id"]].append({name: row[name] for name in OF_MENTION} | {"label": label or row["label"], "is_corrected": label is not None})
    return found


def _cases(connection: Connection, scope: Scope, ids: list[int]) -> dict[int, int]:
    c = service_case.c
    mine = select(c.review_id, func.max(c.id)).where(among(connection, c.review_id, ids), c.property_id.in_(scope.properties)).group_by(c.review_id)
    return {row[0]: row[1] for row in connection.execute(mine)}
