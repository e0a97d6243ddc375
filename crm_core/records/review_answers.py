"""Answers to reviews: drafted, marked as posted (a person posts them, never we), taken back, and begun from a template."""
import datetime as dt
import re
import tomllib
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.interactions import midnight
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.records.reviews import require
from crm_core.schema import answer_template, property, review
from crm_core.scope import Scope
from crm_core.store.record import Change

FILE = Path(__file__).parents[2] / "data" / "feedback" / "answers.toml"
FITS = ("praise", "complaint", "mixed", "no_text")
LONGEST, LONGEST_NAME = 8_000, 80
NAMED = 3  # aspects that an answer takes up
LANGUAGE = re.compile(r"[a-z]{2,3}")
COMMA = {"zh": "、", "ja": "、", "ar": "، ", "am": "፣ "}
SEEN = ("id", "language", "fits", "name", "text", "version", "archived_at")


# --- answers --------------------------------------------------------------------------------------------------------------
@action("feedback", "draft", "review", marks=False)
def save_answer_draft(change: Change, scope: Scope, *, id: int, version: int, draft: str) -> int:
    """Keep an answer that is not posted yet (empty: none) and return the review's version. Raises Stale, Refused."""
    row = _answerable(change.connection, scope, id)
    return _write(change, row, version, draft=_text(draft) or None)


@action("feedback", "answer", "review")
def mark_answered(change: Change, scope: Scope, *, id: int, version: int, text: str, answered_on: dt.date | None = None, by: str = "") -> int:
    """Write down that an answer was posted, its text, on which local day (None: now) and by whom (empty: the user); return the version.

    Raises Stale where somebody changed the review meanwhile, Refused for an empty text, and for a day before the review or to come.
    """
    row = _answerable(change.connection, scope, id)
    said = _text(text)
    if not said:
        raise Refused(N_("Write down the answer as it was posted."))
    values = {"answer": said, "answered_at": _moment(change, row, answered_on), "answered_by": " ".join(by.split())[:LONGEST_NAME] or scope.user}
    return _write(change, row, version, **values, draft=None, revision=change.revision)


@action("feedback", "take back", "review")
def take_back_answer(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Undo that a review was marked as answered: its text is a draft again. Return the version. Raises Stale, Refused."""
    row = _answerable(change.connection, scope, id)
    if row["answered_at"] is None:
        raise Refused(N_("This review has no answer that could be taken back."))
    values = {"answer": None, "answered_at": None, "answered_by": "", "draft": row["answer"] or row["draft"]}
    return _write(change, row, version, **values, revision=change.revision)


def _answerable(connection: Connection, scope: Scope, id: int) -> sa.RowMapping:
    row = require(connection, scope, id)
    if row["kind"] == "survey":
        raise Refused(N_("A survey is not answered in public: open a case, or write to the guest."))
    return row


def _moment(change: Change, row: sa.RowMapping, day: dt.date | None) -> str:
    """The instant of an answer: now, or on a day before today its noon by the property's clock."""
    zone = change.connection.execute(select(property.c.time_zone).where(property.c.id == row["property_id"])).scalar_one()
    if day is None or midnight(day, zone) <= change.at < midnight(day + dt.timedelta(1), zone):
        return change.at
    if midnight(day, zone) > change.at:
        raise Refused(N_("An answer cannot be posted on a day to come."))
    if row["reviewed_on"] and day < row["reviewed_on"]:
        raise Refused(N_("An answer cannot be older than its review."))
    noon = dt.datetime.fromisoformat(midnight(day, zone)) + dt.timedelta(hours=12)
    return max(noon.isoformat(timespec="seconds"), row["reviewed_at"] or "")


def _write(change: Change, row: sa.RowMapping, version: int, **values) -> int:
    r = review.c
    changed = sa.update(review).where(r.id == row["id"], r.version == version).values(**values, version=version + 1)
    if change.connection.execute(changed).rowcount != 1:
        raise Stale(dict(row))
    return version + 1


def _text(text: str) -> str:
    plain = text.replace("\x00", "").strip()
    if len(plain) > LONGEST:
        raise Refused(N_("An answer has at most 8,000 characters."))
    return plain


# --- templates ------------------------------------------------------------------------------------------------------------
@lookup("feedback")
def templates(connection: Connection, scope: Scope, *, language: str | None = None, fits: str | None = None) -> list[dict]:
    """Return texts that answers are begun from, by language, kind of review and name: id, language, fits, name, text, version.

    Those that come with Innsight have no id; one that was saved under the same language and name, or put away, takes their place.
    """
    saved = [dict(row) for row in connection.execute(select(*(answer_template.c[name] for name in SEEN))).mappings()]
    taken = {(row["language"], row["name"]) for row in saved}
    shipped = [row for row in _shipped() if (row["language"], row["name"]) not in taken]
    found = [row for row in saved + shipped if row["archived_at"] is None and language in (None, row["language"]) and fits in (None, row["fits"])]
    return sorted(found, key=lambda row: (row["language"], FITS.index(row["fits"]), row["name"].casefold()))


@cache
def _words() -> dict[str, dict]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _shipped() -> list[dict]:
    return [{"id": None, "language": language, "fits": fits, "name": said[fits][0], "text": said[fits][1].strip(), "version": 0, "archived_at": None}
            for language, said in _words().items() for fits in FITS]


@action("feedback", "save", "answer_template", marks=False)
def save_template(change: Change, scope: Scope, *, language: str, fits: str, name: str, text: str, id: int | None = None, version: int = 0) -> int:
    """Save a text to begin answers from, or (with its `id` and `version`) another wording of it; return its id.

    Raises Stale where somebody else was first, Refused for a name that is taken in this language, an unknown kind, or no text.
    """
    values = _template(language, fits, name, text) | {"actor": scope.user, "at": change.at, "archived_at": None}
    connection, c = change.connection, answer_template.c
    twin = connection.execute(select(c.id, c.archived_at).where(c.language == values["language"], c.name == values["name"], c.id != (id or 0))).first()
    if twin and (id is not None or twin.archived_at is None):
        raise Refused(N_("There is a template of this name in this language: choose another name, or edit that one."))
    if twin:
        connection.execute(sa.update(answer_template).where(c.id == twin.id).values(**values, version=c.version + 1))
        return twin.id
    if id is None:
        return connection.execute(sa.insert(answer_template).values(values).returning(c.id)).scalar_one()
    return _change_template(change, id, version, **values)


@action("feedback", "archive", "answer_template", marks=False)
def archive_template(change: Change, scope: Scope, *, id: int | None = None, version: int = 0, language: str = "", name: str = "") -> int:
    """Put a template away, by its id and version; one that comes with Innsight by its language and name. Return its id. Raises Stale, Refused."""
    if id is not None:
        return _change_template(change, id, version, archived_at=change.at)
    shipped = next((row for row in _shipped() if (row["language"], row["name"]) == (language, name)), None)
    c = answer_template.c
    if shipped is None or change.connection.execute(select(c.id).where(c.language == language, c.name == name)).first():
        raise Refused(N_("There is no such template."))
    values = {key: shipped[key] for key in ("language", "fits", "name", "text")} | {"actor": scope.user, "at": change.at, "archived_at": change.at}
    return change.connection.execute(sa.insert(answer_template).values(values).returning(c.id)).scalar_one()


def _change_template(change: Change, id: int, version: int, **values) -> int:
    c = answer_template.c
    row = change.connection.execute(select(answer_template).where(c.id == id)).mappings().one_or_none()
    if row is None:
        raise Refused(N_("There is no such template."))
    changed = sa.update(answer_template).where(c.id == id, c.version == version).values(**values, version=version + 1)
    if change.connection.execute(changed).rowcount != 1:
        raise Stale(dict(row))
    return id


def _template(language: str, fits: str, name: str, text: str) -> dict:
    plain = " ".join(name.replace("\x00", "").split())
    if not LANGUAGE.fullmatch(language) or fits not in FITS:
        raise Refused(N_("Choose a language, and which reviews the template fits, from the list."))
    if not 0 < len(plain) <= LONGEST_NAME:
        raise Refused(N_("A template needs a name of at most 80 characters."))
    said = _text(text)
    if not said:
        raise Refused(N_("A template needs some text."))
    return {"language": language, "fits": fits, "name": plain, "text": said}


# --- beginning an answer --------------------------------------------------------------------------------------------------
def fitting(review: dict) -> str:
    """Return which templates fit a review (as review_texts gives it): praise, complaint, mixed or no_text."""
    labels = {m["label"] for m in review["mentions"]} | {review["label"]}
    if not review["words"]:
        return "no_text"
    if {"positive", "negative"} <= labels or not labels & {"positive", "negative"}:
        return "mixed"
    return "praise" if "positive" in labels else "complaint"


def begun(review: dict, template: dict) -> str:
    """Return the text with which an answer to a review (as review_texts gives it) begins: a template with its placeholders filled.

    A line that names aspects is left out where the review has none of the kind that the template takes up.
    """
    language = template["language"]
    aspects = COMMA.get(language, ", ").join(_spoken_of(review, template))
    kept = [line for line in template["text"].split("\n") if aspects or "{aspects}" not in line]
    # One pass: what a guest is called may itself look like a placeholder.
    said = {"{guest}": _called(review["name"], language), "{property}": review["property"], "{aspects}": aspects}
    return re.sub("|".join(map(re.escape, said)), lambda found: said[found.group()], "\n".join(kept))


def _called(name: str | None, language: str) -> str:
    return name or _words().get(language, _words()["en"])["guest"]


def _spoken_of(review: dict, template: dict) -> list[str]:
    """The aspects praised (to thank for), or those complained of, in the template's language; those most spoken of first."""
    wanted = "positive" if template["fits"] == "praise" else "negative"
    spoken = [m["aspect"] for m in review["mentions"] if m["label"] == wanted and m["aspect"] != "general"]
    names = _words().get(template["language"], _words()["en"])["aspects"]
    return [names[aspect] for aspect in sorted(dict.fromkeys(spoken), key=lambda a: -spoken.count(a))[:NAMED] if aspect in names]
