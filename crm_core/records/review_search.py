"""Reviews found by their words: an index of what guests wrote, kept up with the records, and the search in it."""
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from crm_core.records.registry import lookup
from crm_core.records.reviews import BOXES, here
from crm_core.schema import review, setting
from crm_core.scope import Scope
from crm_core.store.bulk import among
from crm_core.store.record import Change

# The data version up to which the words of reviews are in the index.
INDEXED = "review_words_revision"
BATCH = 5_000
# Up to FEW hits are looked up one by one. Of words that MANY reviews hold, the newest reviews are read instead: soon some hold them.
FEW, MANY, READ_FIRST, READ = 5_000, 50_000, 2_000, 100
# Vowel signs, which Python does not count among the letters of a word.
MARKS = "\u0900-\u0dff\u1200-\u137f"
MOST_WORDS, LONGEST = 8, 200
# Scripts that write no blanks between words: each letter is a word of its own, and a word is searched as a phrase of its letters.
UNSPACED = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
LETTER = re.compile(f"([{UNSPACED}])")
# PostgreSQL's own index takes such a run of letters for one word: there the newest reviews are read instead.
READ_THROUGH = 20_000


@lookup("contact")
def search_reviews(connection: Connection, scope: Scope, *, text: str, limit: int = 50, before: int | None = None) -> list[int]:
    """Return the ids of reviews of the scope that hold words which begin like each word of the text, newest first; nothing for no words.

    `before` is the last id of the page before: the search goes on after it.
    """
    words = words_of(text)
    if not words or not scope.properties:
        return []
    if connection.dialect.name == "sqlite":
        return _indexed(connection, scope, words, limit, before)
    return [row.id for row in connection.execute(_newest(before).where(here(scope), _holds(words, scope)).limit(limit))]


def words_of(text: str) -> list[str]:
    """Return the words of a text as the index keeps them: runs of letters, marks and digits, eight at most."""
    plain = unicodedata.normalize("NFC", text[:LONGEST])
    runs = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain).split()
    return list(dict.fromkeys(run.casefold() for run in runs))[:MOST_WORDS]


def _indexed(connection: Connection, scope: Scope, words: list[str], limit: int, before: int | None) -> list[int]:
    """The index knows neither dates nor properties: few hits are looked up, more of them are met on the way back from the newest review."""
    hits = _hits(connection, words, MANY)
    if len(hits) <= FEW:
        found = connection.execute(_back(before).where(among(connection, review.c.id, hits))).all()
        rows = [row for row in found if row.property_id in scope.properties]
    else:
        rows = _soon_met(connection, scope, words, limit, before) if len(hits) == MANY else None
        rows = _met(connection, scope, hits if len(hits) < MANY else _hits(connection, words), limit, before) if rows is None else rows
    return [row.id for row in sorted(rows, key=lambda row: (str(row.reviewed_on), row.id), reverse=True)[:limit]]


def _hits(connection: Connection, words: list[str], most: int = -1) -> set[int]:
    """Ids of reviews that hold the words, in whatever property: all of them, or so many."""
    wanted = {"wanted": " ".join(map(_quoted, words)), "most": most}
    return set(connection.execute(sa.text("SELECT rowid FROM review_words WHERE review_words MATCH :wanted LIMIT :most"), wanted).scalars())


def _soon_met(connection: Connection, scope: Scope, words: list[str], limit: int, before: int | None) -> list[sa.Row] | None:
    """Read the newest reviews of each property for words that many hold; None where they do not hold enough of them."""
    found = []
    for one in scope.properties:
        newest = connection.execute(_newest(before).where(review.c.property_id == one).limit(READ_FIRST)).all()
        met = list(islice(_read(connection, newest, words), limit))
        if len(newest) == READ_FIRST and len(met) < limit:
            return None
        found += met
    return found


def _read(connection: Connection, newest: list[sa.Row], words: list[str]) -> Iterator[sa.Row]:
    for start in range(0, len(newest), READ):
        some = newest[start : start + READ]
        held = dict(_held(connection, [row.id for row in some]))
        yield from (row for row in some if _has(held.get(row.id, ""), words))


def _has(said: str, words: list[str]) -> bool:
    plain = _folded(said)
    return all(re.search(_beginning(word), plain) for word in words)


@cache
def _beginning(word: str) -> str:
    return f"(?<![\\w{MARKS}])" + r"\s+".join(map(re.escape, _folded(_spaced(word)).split())) + ("" if is_begun(word) else f"(?![\\w{MARKS}])")


def _folded(text: str) -> str:
    """Letters without case and accents, as the index compares them."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not "\u0300" <= c <= "\u036f")


def _met(connection: Connection, scope: Scope, hits: set[int], limit: int, before: int | None) -> list[sa.Row]:
    found = []
    for one in scope.properties:
        walk = connection.execute(_newest(before).where(review.c.property_id == one).execution_options(yield_per=1_000))
        found += islice((row for row in walk if row.id in hits), limit)
        walk.close()
    return found


def _back(before: int | None) -> sa.Select:
    """Reviews (id, reviewed_on, property_id) that are older than `before`, in no order."""
    return _newest(before).add_columns(review.c.property_id).order_by(None)


def _newest(before: int | None) -> sa.Select:
    """Reviews (id, reviewed_on) from the newest back, or from the one after `before`."""
    r, last = review.c, review.alias("last").c
    found = select(r.id, r.reviewed_on).order_by(r.reviewed_on.desc(), r.id.desc())
    if before is None:
        return found
    day = select(last.reviewed_on).where(last.id == before).scalar_subquery()
    return found.where((r.reviewed_on < day) | ((r.reviewed_on == day) & (r.id < before)))


def _holds(words: list[str], scope: Scope) -> sa.ColumnElement[bool]:
    """The predicate by which PostgreSQL finds words with an index of its own."""
    if any(LETTER.search(word) for word in words):
        return _read_through(words, scope)
    wanted = " & ".join(f"{word}:*" for word in words)  # letters and digits only: nothing in them is an operator
    return func.to_tsvector(sa.literal_column("'simple'"), _said()).op("@@")(func.to_tsquery(sa.literal_column("'simple'"), wanted))


def _quoted(word: str) -> str:
    """A word in quotes, so that nothing in it is an operator; its last letters may be missing, and Chinese letters stand beside each other."""
    return f'"{_spaced(word)}"' + ("*" if is_begun(word) else "")


def is_begun(word: str) -> bool:
    """Say whether a word stands for all that begin like it: one letter alone would stand for too many."""
    return len(word) > 1


def _spaced(text: str) -> str:
    return LETTER.sub(r" \1 ", text).strip()


def _said() -> sa.ColumnElement[str]:
    """The words of a review as the index of PostgreSQL spells them."""
    blank, nothing = sa.literal_column("' '"), sa.literal_column("''")
    first, *others = (func.coalesce(review.c[box], nothing) for box in BOXES)
    for box in others:
        first = first.op("||")(blank).op("||")(box)
    return first


def _read_through(words: list[str], scope: Scope) -> sa.ColumnElement[bool]:
    r = review.alias("newest").c
    newest = select(r.id).where(r.property_id.in_(scope.properties)).order_by(r.reviewed_on.desc(), r.id.desc()).limit(READ_THROUGH)
    return review.c.id.in_(newest) & sa.and_(*(_said().icontains(word, autoescape=True) for word in words))


# --- keeping the index up -----------------------------------------------------------------------------------------------
def catch_up(change: Change) -> int:
    """Bring the index up to the records and return how many reviews were written anew; on PostgreSQL there is nothing to do."""
    connection = change.connection
    if connection.dialect.name != "sqlite":
        return 0
    since = int(connection.execute(select(setting.c.value).where(setting.c.key == INDEXED)).scalar() or -1)
    forget(connection, _orphans(connection))
    written = sum(_index(connection, ids) for ids in _changed(connection, since))
    connection.execute(sa.delete(setting).where(setting.c.key == INDEXED))
    connection.execute(sa.insert(setting).values(key=INDEXED, value=str(change.revision)))
    return written


def _changed(connection: Connection, since: int) -> Iterable[list[int]]:
    """Ids of reviews with words that changed after a data version, some at a time."""
    ids = list(connection.execute(select(review.c.id).where(review.c.revision > since).order_by(review.c.id)).scalars())
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _index(connection: Connection, ids: list[int]) -> int:
    """Write the words of reviews whose words are not those in the index. Return how many that were."""
    boxes = [review.c[box] for box in BOXES]
    rows = connection.execute(select(review.c.id, *boxes).where(among(connection, review.c.id, ids)))
    said = {row[0]: _spaced(" ".join(filter(None, row[1:]))) for row in rows}
    held = dict(_held(connection, ids))
    changed = {id_: text for id_, text in said.items() if held.get(id_, "") != text}
    forget(connection, [id_ for id_ in changed if id_ in held])
    new = [{"id": id_, "said": text} for id_, text in changed.items() if text]
    if new:
        connection.execute(sa.text("INSERT INTO review_words (rowid, said) VALUES (:id, :said)"), new)
    return len(changed)


def _held(connection: Connection, ids: list[int]) -> list[tuple[int, str]]:
    rows = connection.execute(sa.text("SELECT rowid, said FROM review_words WHERE rowid IN (SELECT value FROM json_each(:ids))"), {"ids": str(ids)})
    return [(row[0], row[1]) for row in rows]


def _orphans(connection: Connection) -> list[int]:
    """Rows of the index whose review is gone, as after an import was undone."""
    return list(connection.execute(sa.text("SELECT id FROM review_words_content WHERE id NOT IN (SELECT id FROM review)")).scalars())


def forget(connection: Connection, ids: Iterable[int], *, for_good: bool = False) -> None:
    """Take reviews out of the index. `for_good` writes it anew: words that only they held are then nowhere in the file."""
    if connection.dialect.name != "sqlite":
        return
    rows = [{"id": id_} for id_ in ids]
    if rows:
        connection.execute(sa.text("DELETE FROM review_words WHERE rowid = :id"), rows)
    if rows and for_good:
        connection.execute(sa.text("INSERT INTO review_words (review_words) VALUES ('optimize')"))
