"""What is kept under a name for some properties (views, boards, reports): who sees it, what it may be called, and changing it once."""
import json

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.registry import Refused, Stale
from crm_core.records.segments import is_taken, plain_name, seen
from crm_core.scope import Scope
from crm_core.store.record import Change

LONGEST_NOTE = 400


def listed(connection: Connection, scope: Scope, table: sa.Table, archived: bool = False) -> list[dict]:
    """Return the rows whose properties are all in the scope, by name: those in use, or those that were put away."""
    put_away = table.c.archived_at.is_not(None) if archived else table.c.archived_at.is_(None)
    rows = connection.execute(select(table).where(put_away)).mappings()
    return sorted((dict(row) for row in rows if seen(row["properties"], scope)), key=lambda row: (row["name"].casefold(), row["id"]))


def found(connection: Connection, scope: Scope, table: sa.Table, id: int) -> dict | None:
    """Return a row, put away or not; None where there is none that the scope may see."""
    row = connection.execute(select(table).where(table.c.id == id)).mappings().one_or_none()
    return dict(row) if row and seen(row["properties"], scope) else None


def added(change: Change, scope: Scope, table: sa.Table, **values) -> int:
    """Write a new row for the scope's properties and return its number."""
    whole = {"properties": json.dumps(sorted(scope.properties)), "actor": scope.user, "created_at": change.at, **values}
    return change.connection.execute(sa.insert(table).values(whole).returning(table.c.id)).scalar_one()


def changed(change: Change, scope: Scope, table: sa.Table, id: int, version: int, absent: str, **values) -> int:
    """Change a row and return its new version. Raises Refused (`absent`) out of sight, Stale where somebody else changed it since."""
    present = found(change.connection, scope, table, id)
    if present is None:
        raise Refused(absent)
    mine = (table.c.id == id) & (table.c.version == version)
    if change.connection.execute(sa.update(table).where(mine).values(**values, version=version + 1)).rowcount != 1:
        raise Stale(present)
    return version + 1


def free_name(connection: Connection, scope: Scope, table: sa.Table, name: str, taken: str, id: int = 0) -> str:
    """Return a name as it is stored. Raises Refused where it is empty or too long, or (`taken`) where another row in sight bears it."""
    plain = plain_name(name)
    rows = connection.execute(select(table.c.name, table.c.properties).where(table.c.archived_at.is_(None), table.c.id != id))
    if any(is_taken(plain, row, scope) for row in rows):
        raise Refused(taken)
    return plain


def restored(change: Change, scope: Scope, table: sa.Table, id: int, version: int, absent: str, taken: str) -> None:
    """Bring a row back that was put away. Raises Refused where another one has taken its name meanwhile."""
    row = found(change.connection, scope, table, id)
    if row:
        free_name(change.connection, scope, table, row["name"], taken, id)
    changed(change, scope, table, id, version, absent, archived_at=None)


def noted(note: str) -> str:
    """Return a note as it is stored. Raises Refused for one that is too long."""
    plain = note.replace("\x00", "").strip()
    if len(plain) > LONGEST_NOTE:
        raise Refused(N_("The note has at most 400 characters."))
    return plain
