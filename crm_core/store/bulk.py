"""Many rows at once: the fastest way into a table that SQLite and PostgreSQL each offer, and many keys asked for together."""
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection

ROOMY = 262_144  # KiB


def among(connection: Connection, column: sa.Column, keys: Iterable) -> sa.ColumnElement[bool]:
    """Return the condition that a column is one of the keys. They travel as one value: no engine then limits their number."""
    if connection.dialect.name == "sqlite":
        return column.in_(sa.select(sa.func.json_each(json.dumps(list(keys))).table_valued("value").c.value))
    return column == sa.any_(sa.literal(list(keys), ARRAY(column.type)))


def next_id(connection: Connection, table: sa.Table) -> int:
    """Return the first free id of a table. Safe inside a change, which holds the write lock."""
    return (connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0) + 1


@contextmanager
def roomy(connection: Connection) -> Iterator[None]:
    """Let SQLite keep what a large import writes in memory: an index that is met in random order is else written many times over."""
    if connection.dialect.name != "sqlite":
        yield
        return
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size=-{ROOMY}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={usual}")


def insert(connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Iterable[tuple], **same: int) -> None:
    """Insert rows, given as tuples in the order of `columns`; dates are ISO text or dates, and ids are the caller's.

    `same` are whole numbers that stand in all rows, by column: a value costs more to bind than to store.
    """
    if connection.dialect.name == "sqlite":
        _execute_many(connection, table, columns, rows, same)
    else:
        _copy(connection, table, (*columns, *same), ((*row, *same.values()) for row in rows))


def _execute_many(connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Iterable[tuple], same: dict[str, int]) -> None:
    columns, marks = (*columns, *same), ",".join([*"?" * len(columns), *(f"{value:d}" for value in same.values())])
    cursor = connection.connection.cursor()  # the driver's own executemany takes an iterator and keeps no list
    cursor.executemany(f"INSERT INTO {table.name} ({','.join(map(_quoted, columns))}) VALUES ({marks})", rows)
    cursor.close()


def _copy(connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
    with connection.connection.cursor() as cursor:
        with cursor.copy(f"COPY {table.name} ({','.join(map(_quoted, columns))}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        if "id" in columns:
            # Rows that come later one by one take their id from the sequence, which COPY does not move.
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))")


def _quoted(name: str) -> str:
    return f'"{name}"'
