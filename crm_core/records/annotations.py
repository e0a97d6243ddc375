"""What is worth knowing beside a time axis: a change of prices, works in the house; noted, changed, put away and brought back."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.schema import ANNOTATION_KINDS, annotation
from crm_core.scope import Scope
from crm_core.store.record import Change

SOURCE = "innsight"
LONGEST = 200
EDITABLE = ("on_day", "until_on", "kind", "said")
ABSENT = N_("There is no such note.")


@lookup("read")
def annotations(connection: Connection, scope: Scope, *, since: dt.date | None = None, until: dt.date | None = None, archived: bool = False) -> list[dict]:
    """Return the scope's properties' notes that touch the days from `since` to before `until`, the earliest first.

    `until_on` is the last day that a note is about, None where it is about one. `archived` asks for those that were put away instead.
    """
    a = annotation.c
    asked = select(annotation).where(a.property_id.in_(scope.properties), a.archived_at.is_not(None) if archived else a.archived_at.is_(None))
    asked = asked.where(or_(a.on_day >= since, a.until_on >= since)) if since else asked
    asked = asked.where(a.on_day < until) if until else asked
    return [dict(row) for row in connection.execute(asked.order_by(a.on_day, a.id)).mappings()]


@action("view", "add", "annotation")
def annotate(change: Change, scope: Scope, *, property_id: int, on_day: dt.date, kind: str, said: str, until_on: dt.date | None = None) -> int:
    """Note something about a property's day or days (to `until_on`, which is included) and return the note's number.

    Raises Refused for a property out of sight, an unknown kind, days in the wrong order, or nothing said.
    """
    if property_id not in scope.properties:
        raise Refused(N_("There is no such property."))
    values = {"property_id": property_id, "source": SOURCE, "actor": scope.user, "revision": change.revision,
              **_checked(on_day=on_day, until_on=until_on, kind=kind, said=said)}
    return change.connection.execute(sa.insert(annotation).values(values).returning(annotation.c.id)).scalar_one()


@action("view", "edit", "annotation")
def change_annotation(change: Change, scope: Scope, *, id: int, version: int, values: dict) -> int:
    """Change a note's days, kind or words (EDITABLE) and return its new version. Raises Stale or Refused."""
    row = _find(change.connection, scope, id)
    if row is None:
        raise Refused(ABSENT)
    if set(values) - set(EDITABLE):
        raise Refused(N_("A note's days, kind and words can be changed."))
    return _change(change, scope, id, version, **_checked(**{**{name: row[name] for name in EDITABLE}, **values}))


@action("view", "archive", "annotation")
def archive_annotation(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Put a note away: it stands beside no time axis any more, and can be brought back."""
    _change(change, scope, id, version, archived_at=change.at)


@action("view", "restore", "annotation")
def restore_annotation(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Bring a note back."""
    _change(change, scope, id, version, archived_at=None)


def _find(connection: Connection, scope: Scope, id: int) -> dict | None:
    a = annotation.c
    row = connection.execute(select(annotation).where(a.id == id, a.property_id.in_(scope.properties))).mappings().one_or_none()
    return dict(row) if row else None


def _change(change: Change, scope: Scope, id: int, version: int, **values) -> int:
    present = _find(change.connection, scope, id)
    if present is None:
        raise Refused(ABSENT)
    mine = (annotation.c.id == id) & (annotation.c.version == version)
    written = sa.update(annotation).where(mine).values(**values, version=version + 1, revision=change.revision)
    if change.connection.execute(written).rowcount != 1:
        raise Stale(present)
    return version + 1


def _checked(on_day: dt.date, until_on: dt.date | None, kind: str, said: str) -> dict:
    plain = " ".join(said.replace("\x00", "").split())
    if kind not in ANNOTATION_KINDS:
        raise Refused(N_("There is no such kind of note."))
    if not 0 < len(plain) <= LONGEST:
        raise Refused(N_("A note has 1 to 200 characters."))
    if until_on and until_on < on_day:
        raise Refused(N_("A note ends after it begins."))
    return {"on_day": on_day, "until_on": until_on if until_on != on_day else None, "kind": kind, "said": plain}
