"""What the scorer read in reviews is forgotten with their texts."""
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core import sentiment
from crm_core.records.reviews import BOXES
from crm_core.schema import clause_reading, correction, mention, review, review_score
from crm_core.store.bulk import among

NOTHING = '{"positive": 0.5, "neutral": 1.0, "aspects": []}'


class _Keys:
    """Stands for the kept judgements of clauses: it says of each that it is known, so that none is judged, and remembers which were asked for."""

    def __init__(self):
        self.asked: set[str] = set()

    def kept(self, keys: Collection[str]) -> dict[str, str]:
        self.asked |= set(keys)
        return dict.fromkeys(keys, NOTHING)

    def keep(self, found: dict[str, str]) -> None:
        """Nothing was judged."""


def forget(connection: Connection, ids: Collection[int]) -> None:
    """Remove scores, mentions and corrections of reviews, and what is kept of their clauses under the scorer in use.

    Call it while the texts still stand. A clause that another review has too is judged anew when that one is read again; what an earlier
    scorer kept cannot be told apart: it is a hash and figures, without a word.
    """
    boxes = [review.c[box] for box in BOXES]
    rows = connection.execute(select(review.c.language, *boxes).where(among(connection, review.c.id, ids))).all()
    said, known = [(text, row[0]) for row in rows for text in row[1:] if text], _Keys()
    sentiment.read([text for text, _ in said], [language for _, language in said], known)
    connection.execute(sa.delete(clause_reading).where(among(connection, clause_reading.c.key, sorted(known.asked))))
    for table in (mention, review_score, correction):
        connection.execute(sa.delete(table).where(among(connection, table.c.review_id, ids)))
