"""Has reviews read by the scorer and keeps what it found: batch by batch, each a transaction, so that it can stop anywhere and go on."""
import hashlib
import unicodedata
from collections.abc import Callable, Collection, Iterator
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from crm_core import sentiment
from crm_core.records import review_search
from crm_core.schema import clause_reading, mention, review, review_score
from crm_core.sentiment.reading import Reading
from crm_core.service.concerns import concern
from crm_core.store import audit
from crm_core.store.bulk import among
from crm_core.store.record import Change, RecordStore

TOGETHER = 200
BOXES = ("title", "text", "liked", "disliked")
PPM = 1_000_000
Progress = Callable[[int, int, str], None]


def waiting(connection: Connection) -> int:
    """Return how many reviews with words the scorer in use has not read yet, or not as they are now."""
    if connection.execute(select(review.c.id).where(review.c.words > 0).limit(1)).first() is None:
        return 0  # without asking for the scorer, which takes its time to load
    return connection.execute(select(func.count()).select_from(_joined()).where(_pending())).scalar_one()


def score_all(store: RecordStore, progress: Progress | None = None) -> int:
    """Read every review that waits, tell `progress` (done, of how many, "scoring") after each batch, and return how many were read.

    What `progress` raises stops it; all batches before stand. The same words are never judged twice.
    """
    with store.reading() as connection:
        total = waiting(connection)
    done = 0
    while (some := _batch(store)) and (count := len(some)):
        done += count
        if progress:
            progress(min(done, total), max(done, total), "scoring")
    with store.changing(audit.Entry("scorer", "index", "review"), marks=False) as change:
        review_search.catch_up(change)
    return done


def _batch(store: RecordStore) -> list[int]:
    """Read the next reviews that wait, outside the store's lock, and write what was found; return their ids."""
    with store.reading() as connection:
        rows = connection.execute(_wanted()).mappings().all()
        known = _Kept(connection)
        read = _read([dict(row) for row in rows], known) if rows else []
    if rows:
        entry = audit.Entry("scorer", "score", "review", fields=(f"reviews={len(rows)}",))
        with store.changing(entry) as change:
            _write(change, rows, read, known.fresh)
    return [row["id"] for row in rows]


def _joined() -> sa.Join:
    return review.outerjoin(review_score, review_score.c.review_id == review.c.id)


def _pending() -> sa.ColumnElement[bool]:
    """Whether a review was never read, not by this scorer, or has changed since."""
    score = review_score.c
    return (review.c.words > 0) & sa.or_(score.id.is_(None), score.scorer != sentiment.version(), review.c.revision > score.revision)


def _wanted() -> sa.Select:
    boxes = (review.c[box] for box in BOXES)
    return select(review.c.id, review.c.language, *boxes).select_from(_joined()).where(_pending()).order_by(review.c.id.desc()).limit(TOGETHER)


class _Kept:
    """The judgements of clauses in the store; what is new waits in `fresh` until it may be written."""

    def __init__(self, connection: Connection):
        self.connection, self.fresh = connection, {}

    def kept(self, keys: Collection[str]) -> dict[str, str]:
        c = clause_reading.c
        return dict(self.connection.execute(select(c.key, c.reading).where(among(self.connection, c.key, list(keys)))).all()) if keys else {}

    def keep(self, found: dict[str, str]) -> None:
        self.fresh |= found


def _read(rows: list[dict], known: _Kept) -> list[list[tuple[str, Reading]]]:
    """Return for each review its boxes, in order, with what was read in each."""
    boxes = [(row["id"], box, row[box], row["language"]) for row in rows for box in BOXES if row[box]]
    readings = sentiment.read([text for _, _, text, _ in boxes], [lang for *_, lang in boxes], known)
    found = {id_: [(box, one) for (_, box, *_), one in part] for id_, part in groupby(zip(boxes, readings, strict=True), key=lambda pair: pair[0][0])}
    return [found.get(row["id"], []) for row in rows]


def _write(change: Change, rows, read: list[list[tuple[str, Reading]]], fresh: dict[str, str]) -> None:
    """Put what was read in the place of what stood there."""
    ids, run = [row["id"] for row in rows], change.connection.execute
    for table in (mention, review_score):
        run(sa.delete(table).where(among(change.connection, table.c.review_id, ids)))
    run(sa.insert(review_score), [_score(change, row, boxes) for row, boxes in zip(rows, read, strict=True)])
    if mentions := [m for row, boxes in zip(rows, read, strict=True) for m in _mentions(row["id"], boxes)]:
        run(sa.insert(mention), mentions)
    if fresh:
        there = set(run(select(clause_reading.c.key).where(among(change.connection, clause_reading.c.key, list(fresh)))).scalars())
        if new := [{"key": k, "reading": v, "scorer": sentiment.version()} for k, v in fresh.items() if k not in there]:
            run(sa.insert(clause_reading), new)


def _score(change: Change, row, boxes: list[tuple[str, Reading]]) -> dict:
    """One review's score: its boxes put together by their length; a box without a score says nothing of the whole."""
    lang, tier = _language(row, boxes)
    scored = [(max(1, len(row[box])), one.result) for box, one in boxes if isinstance(one.result, sentiment.Score)]
    whole = {"review_id": row["id"], "language": lang, "tier": tier, "scorer": sentiment.version(), "at": change.at, "revision": change.revision,
             "text_hash": _hash(row), "concern": next((c for box, one in boxes if (c := concern(row[box], one.lang))), ""), "reason": "", "label": "",
             "polarity_ppm": None, "confidence_ppm": None}
    if not scored:
        return whole | {"reason": next((one.result.reason for _, one in boxes if one.result.reason != "no_text"), "no_text")}
    p = sum(weight * (score.polarity + 1) / 2 for weight, score in scored) / sum(weight for weight, _ in scored)
    return whole | {"label": _label(p, scored), "polarity_ppm": round((2 * p - 1) * PPM), "confidence_ppm": round(max(p, 1 - p) * PPM)}


def _label(p: float, scored: list[tuple[int, sentiment.Score]]) -> str:
    """The label of the one box that was scored, or of all together: neither where praise and blame balance."""
    if len(scored) == 1:
        return scored[0][1].label
    return "neutral" if max(p, 1 - p) < 0.6 else "positive" if p > 0.5 else "negative"


def _language(row, boxes: list[tuple[str, Reading]]) -> tuple[str, str]:
    """The language of most of what was written, and how far its scores can be trusted."""
    if not boxes:
        return row["language"] or sentiment.UNSURE, sentiment.Tier.NONE
    longest = max(boxes, key=lambda pair: (pair[1].lang != sentiment.UNSURE, len(row[pair[0]])))[1]
    return longest.lang, str(longest.tier)


def _mentions(review_id: int, boxes: list[tuple[str, Reading]]) -> Iterator[dict]:
    for box, one in boxes:
        for m in one.mentions:
            tone = {"polarity_ppm": _ppm(m.polarity), "confidence_ppm": _ppm(m.confidence)}
            yield {"review_id": review_id, "box": box, "start": m.start, "stop": m.end, "aspect": m.aspect, "label": m.label, "language": m.lang,
                   "scorer": sentiment.version(), **tone}


def _ppm(share: float | None) -> int | None:
    return None if share is None else round(share * PPM)


def _hash(row) -> bytes:
    return hashlib.sha256("\x00".join(unicodedata.normalize("NFC", row[box] or "") for box in BOXES).encode("utf-8", "replace")).digest()
