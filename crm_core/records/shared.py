"""What associations share, as it is stored: things under codes that everybody sees, written, replaced, put away and brought back."""
import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.association.packs import Change as Foreseen
from crm_core.records.registry import Refused, Stale
from crm_core.store.record import Change


@dataclass(frozen=True)
class Preview:
    """What bringing in a file would do, in sentences beside its changes.

    Where something is `refused` nothing can be brought in; `to_confirm` must be agreed to, `warnings` are to be thought of.
    """

    changes: tuple[Foreseen, ...]
    warnings: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    def check(self, is_confirmed: bool) -> None:
        """Raise Refused where something is refused, or waits to be confirmed."""
        if self.refused or (self.to_confirm and not is_confirmed):
            raise Refused("\n".join(self.refused or self.to_confirm))


def listed(connection: Connection, table: sa.Table, archived: bool = False) -> list[dict]:
    """Return the rows of a table in the order in which they came, `form` as what JSON gives: those in use, or those that were put away."""
    put_away = table.c.archived_at.is_not(None) if archived else table.c.archived_at.is_(None)
    rows = connection.execute(select(table).where(put_away).order_by(table.c.id)).mappings()
    return [{**row, "form": json.loads(row["form"])} for row in rows]


def found(connection: Connection, table: sa.Table, id: int) -> dict | None:
    """Return a row as listed() does, put away or not; None where there is none."""
    row = connection.execute(select(table).where(table.c.id == id)).mappings().one_or_none()
    return {**row, "form": json.loads(row["form"])} if row else None


def written(form: Mapping) -> str:
    """Return a form as it is stored: equal forms give equal texts."""
    return json.dumps(form, ensure_ascii=False, sort_keys=True)


def put(change: Change, actor: str, table: sa.Table, keys: dict, values: dict) -> int:
    """Write a thing in use under its keys and return its row's number: a new row, or the values of the one that is there.

    What is the same already stays as it is, with who wrote it and when.
    """
    values = {**values, "archived_at": None} if "archived_at" in table.c else values
    same = sa.and_(*(table.c[name] == value for name, value in keys.items()))
    row = change.connection.execute(select(table).where(same)).mappings().one_or_none()
    signed = {**values, "actor": actor, "at": change.at}
    if row is None:
        return change.connection.execute(sa.insert(table).values(**keys, **signed).returning(table.c.id)).scalar_one()
    if any(row[name] != value for name, value in values.items() if name != "pack_id"):
        raised = {"version": row["version"] + 1} if "version" in row else {}
        change.connection.execute(sa.update(table).where(table.c.id == row["id"]).values(**signed, **raised))
    return row["id"]


def put_away(change: Change, table: sa.Table, id: int, version: int, absent: str, *, is_back: bool = False) -> int:
    """Put a thing away, or bring it back, and return its new version. Raises Refused (`absent`), Stale where somebody else changed it since."""
    present = found(change.connection, table, id)
    if present is None:
        raise Refused(absent)
    mine = (table.c.id == id) & (table.c.version == version)
    moved = sa.update(table).where(mine).values(archived_at=None if is_back else change.at, version=version + 1)
    if change.connection.execute(moved).rowcount != 1:
        raise Stale(present)
    return version + 1
