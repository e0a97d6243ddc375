"""What stood in the store before a batch changed it, kept so that the batch can be undone to exactly that."""
import datetime as dt
import json
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.ingest.lookup import among, in_chunks
from crm_core.schema import former, metadata
from crm_core.store import bulk

NEW = None  # the row of something that a batch added to a table without batch numbers
COLUMNS = ("table_name", "row_id", "row")


class Former:
    """The before-images of one batch: each row is kept once, as it was before the batch first touched it."""

    def __init__(self, connection: Connection, batch: int):
        self.connection, self.batch = connection, batch
        self.kept: set[tuple[str, int]] = set()

    def keep(self, table: sa.Table, ids: Iterable[int]) -> None:
        """Keep the rows of a table as they are now; rows that the batch added itself are left out."""
        wanted = [id_ for id_ in dict.fromkeys(ids) if (table.name, id_) not in self.kept]
        for some in in_chunks(wanted):
            rows = self.connection.execute(sa.select(table).where(among(self.connection, table.c.id, some))).mappings()
            self._write(table.name, [(row["id"], as_json(row)) for row in rows if row.get("batch_id") != self.batch])
        self.kept |= {(table.name, id_) for id_ in wanted}

    def added(self, table: str, ids: Iterable[int], row: str | None = NEW) -> None:
        """Note rows that were not there before, in a table that does not say which batch a row is of."""
        self._write(table, [(id_, row) for id_ in ids])

    def noted(self, table: str, rows: Iterable[tuple[int, list]]) -> None:
        """Note what was added to a row's possessions, as lists: the search terms of a guest."""
        self._write(table, [(id_, json.dumps(row, ensure_ascii=False)) for id_, row in rows])

    def _write(self, table: str, rows: list[tuple[int, str | None]]) -> None:
        bulk.insert(self.connection, former, COLUMNS, ((table, *row) for row in rows), batch_id=self.batch)


def as_json(row: sa.RowMapping) -> str:
    """Return a row as JSON: days as ISO text, bytes as hexadecimal text."""
    return json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False)


def from_json(table: sa.Table, text: str) -> dict:
    """Return the row that as_json() wrote, with the types of its table; columns that the table has lost are left out."""
    return {name: _typed(table.c[name].type, value) for name, value in json.loads(text).items() if name in table.c}


def images(connection: Connection, batch: int) -> dict[str, dict[int, str | None]]:
    """Return what a batch kept, by table and row; where a row was kept twice the first image counts."""
    found: dict[str, dict[int, str | None]] = {}
    c = former.c
    for name, id_, row in connection.execute(sa.select(c.table_name, c.row_id, c.row).where(c.batch_id == batch).order_by(c.id)):
        found.setdefault(name, {}).setdefault(id_, row)
    return found


def edited(connection: Connection, table: sa.Table, batch: int, changed: dict[int, str | None], *where: sa.ColumnElement[bool]) -> int:
    """Return how many of a batch's rows somebody has edited since: their version went on from what the batch left."""
    left = {id_: json.loads(row)["version"] + 1 for id_, row in changed.items()}
    rows = connection.execute(sa.select(table.c.id, table.c.version).where(table.c.batch_id == batch, *where))
    return sum(version > left.get(id_, 1) for id_, version in rows)


def restore(connection: Connection, name: str, rows: dict[int, str | None], revision: int) -> None:
    """Put rows back as they were; those that are gone come again under their number. A guest's version only goes up.

    So whoever has read the guest before cannot save over what was restored.
    """
    table = metadata.tables[name]
    version = table.c.version if name == "guest" else sa.null()
    there = dict(connection.execute(sa.select(table.c.id, version).where(among(connection, table.c.id, rows))).all())
    for id_, text in rows.items():
        values = from_json(table, text) | ({"revision": revision} if "revision" in table.c else {})
        if name == "guest":
            values["version"] = max(there.get(id_, 0), values["version"]) + 1
        if id_ in there:
            connection.execute(sa.update(table).where(table.c.id == id_).values({k: v for k, v in values.items() if k != "id"}))
        else:
            connection.execute(sa.insert(table).values(values))


def _plain(value):
    if isinstance(value, dt.date):
        return value.isoformat()
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value


def _typed(kind: sa.types.TypeEngine, value):
    if value is None:
        return None
    if isinstance(kind, sa.Date):
        return dt.date.fromisoformat(value)
    return bytes.fromhex(value) if isinstance(kind, sa.LargeBinary) else value
