"""Segments that were saved under a name: listed, opened with their versions, saved, renamed, put away and brought back."""
import json

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.marts.fields import FIELDS
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.rule import BadRule, Rule, canonical, dump, dumps, loads, parse
from crm_core.schema import segment, segment_version
from crm_core.scope import Scope
from crm_core.store.record import Change

LONGEST_NAME, LONGEST_NOTE = 80, 400
ABSENT = N_("There is no such segment.")


@lookup("read")
def segments(connection: Connection, scope: Scope, *, archived: bool = False) -> list[dict]:
    """Return the segments saved for properties that are all in the scope, by name: the row with its present `rule` (JSON text), that
    rule's `number`, and who wrote it when (`by`, `changed_at`). `archived` asks for those that were put away instead."""
    latest = select(segment_version.c.segment_id, func.max(segment_version.c.number).label("number")).group_by(segment_version.c.segment_id).subquery()
    v = segment_version.c
    joined = segment.join(latest, latest.c.segment_id == segment.c.id).join(
        segment_version, (v.segment_id == segment.c.id) & (v.number == latest.c.number))
    put_away = segment.c.archived_at.is_not(None) if archived else segment.c.archived_at.is_(None)
    rows = connection.execute(
        select(segment, v.number, v.rule, v.actor.label("by"), v.at.label("changed_at")).select_from(joined).where(put_away)).mappings()
    return sorted((dict(row) for row in rows if seen(row["properties"], scope)), key=lambda row: (row["name"].casefold(), row["id"]))


@lookup("read")
def segment_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a segment with its `versions`, newest first (number, rule, actor, at); None where there is none that the scope may see."""
    row = _find(connection, scope, id)
    if row is None:
        return None
    v = segment_version.c
    versions = connection.execute(select(v.number, v.rule, v.actor, v.at).where(v.segment_id == id).order_by(v.number.desc())).mappings()
    return {**row, "versions": [dict(one) for one in versions]}


def seen(properties: str, scope: Scope) -> bool:
    """Say whether what was saved for these properties (JSON) may be seen in a scope: every one of them must be in it."""
    return set(json.loads(properties)) <= set(scope.properties)


@action("segment", "save", "segment", marks=False)
def save_segment(change: Change, scope: Scope, *, name: str, rule: Rule, note: str = "") -> int:
    """Save a rule under a new name for the scope's properties and return the segment's id. Raises Refused for a name that is empty or taken."""
    written = _checked(rule)
    values = {"name": _named(change.connection, scope, name), "note": _noted(note), "properties": json.dumps(sorted(scope.properties)),
              "actor": scope.user, "created_at": change.at}
    made = change.connection.execute(sa.insert(segment).values(values).returning(segment.c.id)).scalar_one()
    _write(change, scope, made, 1, written)
    return made


@action("segment", "edit", "segment", marks=False)
def save_segment_version(change: Change, scope: Scope, *, id: int, version: int, rule: Rule) -> int:
    """Save another rule as a segment's next version and return its number; earlier ones stay.

    Raises Stale where somebody else changed the segment since, Refused where the rule is the one that stands.
    """
    written = _checked(rule)
    _change(change, scope, id, version)
    v = segment_version.c
    last = change.connection.execute(select(v.number, v.rule).where(v.segment_id == id).order_by(v.number.desc()).limit(1)).one()
    if canonical(loads(last.rule, FIELDS)) == canonical(written):
        raise Refused(N_("The rule is the same as before: there is nothing to save."))
    _write(change, scope, id, last.number + 1, written)
    return last.number + 1


@action("segment", "rename", "segment", marks=False)
def rename_segment(change: Change, scope: Scope, *, id: int, version: int, name: str, note: str = "") -> None:
    """Give a segment another name and note. Raises Stale where somebody else changed it since, Refused for a name that is empty or taken."""
    _change(change, scope, id, version, name=_named(change.connection, scope, name, id), note=_noted(note))


@action("segment", "archive", "segment", marks=False)
def archive_segment(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Put a segment away: it is no longer offered, and can be brought back."""
    _change(change, scope, id, version, archived_at=change.at)


@action("segment", "restore", "segment", marks=False)
def restore_segment(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Bring a segment back. Raises Refused where another one has taken its name meanwhile."""
    row = _find(change.connection, scope, id)
    if row:
        _named(change.connection, scope, row["name"], id)
    _change(change, scope, id, version, archived_at=None)


def _find(connection: Connection, scope: Scope, id: int) -> dict | None:
    row = connection.execute(select(segment).where(segment.c.id == id)).mappings().one_or_none()
    return dict(row) if row and seen(row["properties"], scope) else None


def _change(change: Change, scope: Scope, id: int, version: int, **values) -> None:
    present = _find(change.connection, scope, id)
    if present is None:
        raise Refused(ABSENT)
    mine = (segment.c.id == id) & (segment.c.version == version)
    if change.connection.execute(sa.update(segment).where(mine).values(**values, version=version + 1)).rowcount != 1:
        raise Stale(present)


def _write(change: Change, scope: Scope, id: int, number: int, rule: Rule) -> None:
    change.connection.execute(sa.insert(segment_version).values(segment_id=id, number=number, rule=dumps(rule), actor=scope.user, at=change.at))


def _checked(rule: Rule) -> Rule:
    try:
        return parse(dump(rule), FIELDS)
    except BadRule as problem:
        raise Refused(str(problem)) from problem


def _named(connection: Connection, scope: Scope, name: str, id: int | None = None) -> str:
    """Return the name as it is stored. Raises Refused where it is empty, too long, or another segment in sight bears it."""
    plain = plain_name(name)
    rows = connection.execute(select(segment.c.name, segment.c.properties).where(segment.c.archived_at.is_(None), segment.c.id != (id or 0)))
    if any(is_taken(plain, row, scope) for row in rows):
        raise Refused(N_("There is a segment of this name: choose another, or open that one."))
    return plain


def is_taken(name: str, row: sa.Row, scope: Scope) -> bool:
    """Say whether a row (name, properties) that the scope may see bears a name already, in whatever case."""
    return row.name.casefold() == name.casefold() and seen(row.properties, scope)


def plain_name(name: str) -> str:
    """Return a name as one line. Raises Refused where nothing is left of it, or too much."""
    plain = " ".join(name.replace("\x00", "").split())
    if not 0 < len(plain) <= LONGEST_NAME:
        raise Refused(N_("A name has 1 to 80 characters."))
    return plain


def _noted(note: str) -> str:
    plain = note.replace("\x00", "").strip()
    if len(plain) > LONGEST_NOTE:
        raise Refused(N_("The note has at most 400 characters."))
    return plain
