"""What people corrected in the scorer's marks: shown instead of them, counted for its accuracy, and lent to fit its head anew."""
import zlib

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.registry import Refused, action, lookup
from crm_core.records.reviews import BOXES, here, require
from crm_core.schema import LABELS, correction, mention, review, review_score
from crm_core.scope import Scope
from crm_core.store.record import Change

UNREAD = "und"


@action("feedback", "correct", "review")
def correct_review(change: Change, scope: Scope, *, review_id: int, label: str) -> int:
    """Say what a whole review is, instead of the scorer or in agreement with it; return the correction's id. The last one holds.

    Raises Refused for an unknown label, and for a review without a text.
    """
    row = require(change.connection, scope, review_id)
    if not row["words"] or not any(row[box] for box in BOXES):
        raise Refused(N_("This review has no text: there is nothing to judge."))
    c = review_score.c
    read = change.connection.execute(select(c.label, c.language, c.scorer).where(c.review_id == review_id)).mappings().one_or_none()
    was = dict(read) if read else {"label": "", "language": row["language"] or UNREAD, "scorer": ""}
    return _keep(change, scope, review_id, was, label)


@action("feedback", "correct", "mention")
def correct_mention(change: Change, scope: Scope, *, review_id: int, box: str, start: int, stop: int, aspect: str, label: str) -> int:
    """Say how one clause speaks of an aspect, instead of the scorer or in agreement with it; return the correction's id.

    Raises Refused for an unknown label, and where the scorer has no such mark.
    """
    require(change.connection, scope, review_id)
    m, place = mention.c, {"box": box, "start": start, "stop": stop, "aspect": aspect}
    same = (m[name] == value for name, value in place.items())
    was = change.connection.execute(select(m.label, m.language, m.scorer).where(m.review_id == review_id, *same).limit(1)).mappings().one_or_none()
    if was is None:
        raise Refused(N_("There is no such mark: the review was read again meanwhile. Open it anew."))
    return _keep(change, scope, review_id, dict(was), label, **place)


def _keep(change: Change, scope: Scope, review_id: int, was: dict, label: str, **place) -> int:
    """Add a correction, and touch its review, so that the next refresh tells of it. `was` is always what the scorer said."""
    if label not in LABELS:
        raise Refused(N_("Choose positive, neutral or negative."))
    values = {"review_id": review_id, "was": was["label"], "label": label, "language": was["language"], "scorer": was["scorer"],
              "actor": scope.user, "at": change.at, "revision": change.revision, **place}
    change.connection.execute(sa.update(review).where(review.c.id == review_id).values(revision=change.revision))
    return change.connection.execute(sa.insert(correction).values(values).returning(correction.c.id)).scalar_one()


def _last(scope: Scope) -> sa.Subquery:
    """The correction that holds of each thing in the scope."""
    c = correction.c
    place = func.row_number().over(partition_by=(c.review_id, c.box, c.start, c.aspect), order_by=c.id.desc()).label("place")
    rows = select(correction, place).join(review, review.c.id == c.review_id).where(here(scope)).subquery("ranked")
    return select(rows).where(rows.c.place == 1).subquery("held")


@lookup("read")
def corrections_for_accuracy(connection: Connection, scope: Scope) -> list[dict]:
    """Return how often people said what of what the scorer had read, by `language`, `what` (review, clause), scorer's label `was`, their
    `label` and `scorer` version: rows with `n`. A thing counts once, with its last correction; what was not scored is left out."""
    c = _last(scope).c
    what = sa.case((c.aspect == "", "review"), else_="clause")
    groups = (c.language, what.label("what"), c.was, c.label, c.scorer)
    rows = select(*groups, func.count().label("n")).where(c.was != "").group_by(*groups).order_by(*groups)
    return [dict(row) for row in connection.execute(rows).mappings()]


@lookup("contact")
def labelled_own(connection: Connection, scope: Scope) -> list[dict]:
    """Return the texts that people of this house have labelled: `text` (of the review, its boxes on lines of their own, or of the clause),
    `language`, `label`, `aspect` (empty: the whole review) and `review_id`. For fitting the scorer's head to the house."""
    c = _last(scope).c
    rows = connection.execute(select(c.review_id, c.box, c.start, c.stop, c.aspect, c.language, c.label, *(review.c[box].label(f"{box}_") for box in BOXES))
                              .join(review, review.c.id == c.review_id).order_by(c.id)).mappings()
    found = [{"text": _text(row), **{name: row[name] for name in ("language", "label", "aspect", "review_id")}} for row in rows]
    return [row for row in found if row["text"]]


def _text(row: sa.RowMapping) -> str:
    if row["aspect"]:
        return (row[f"{row['box']}_"] or "")[row["start"]:row["stop"]].strip()
    return "\n".join(filter(None, (row[f"{box}_"] for box in BOXES)))


@lookup("contact")
def to_label(connection: Connection, scope: Scope, *, count: int = 100, seed: int = 0, language: str | None = None) -> list[int]:
    """Return ids of scored reviews that nobody has judged as a whole, drawn at random: the same for the same seed, as long as none is judged.

    A judged one leaves the draw, and the others keep their order.
    """
    s, c = review_score.c, correction.c
    judged = select(c.id).where(c.review_id == s.review_id, c.aspect == "").exists()
    rows = select(s.review_id).join(review, review.c.id == s.review_id).where(here(scope), s.reason == "", s.label != "", ~judged)
    rows = rows if language is None else rows.where(s.language == language)
    return sorted(connection.execute(rows).scalars(), key=lambda id_: (zlib.crc32(b"%d:%d" % (seed, id_)), id_))[:count]
