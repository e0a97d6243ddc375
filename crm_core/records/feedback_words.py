"""Words and phrases that tell good reviews from bad ones, read from what guests wrote: of a word only counts leave the record store."""
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.records.registry import lookup
from crm_core.records.reviews import here
from crm_core.schema import review
from crm_core.scope import Scope
from crm_core.stats import keywords
from crm_core.store.bulk import among

MOST = 5_000
# A box that asks for what was bad says nothing good, and the other way round.
BOXES = {"good": ("title", "text", "liked"), "bad": ("title", "text", "disliked")}


@lookup("contact")
def distinguishing_words(connection: Connection, scope: Scope, *, good: Sequence[int], bad: Sequence[int], language: str, limit: int = 12) -> dict[str, list]:
    """Return for "good" and "bad" the words that most surely belong there (stats.keywords.Word), from these reviews of the scope.

    A word that fewer than five reviews use is left out: it could point to one guest.
    """
    sides = {"good": _texts(connection, scope, good, "good"), "bad": _texts(connection, scope, bad, "bad")}
    found = keywords.distinguishing(sides["good"], sides["bad"], language, limit=8 * limit)
    return {"good": [w for w in found if w.z > 0][:limit], "bad": [w for w in found if w.z < 0][:limit]}


def _texts(connection: Connection, scope: Scope, ids: Sequence[int], side: str) -> list[str]:
    boxes = [review.c[box] for box in BOXES[side]]
    rows = connection.execute(select(*boxes).where(among(connection, review.c.id, [int(i) for i in ids[:MOST]]), here(scope)))
    return [" . ".join(filter(None, row)) for row in rows]
