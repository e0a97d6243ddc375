"""Many rows at once: the fastest way into a table that SQLite and PostgreSQL each offer."""
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection


def next_id(connection: Connection, table: sa.Table) -> int:
    """Return the first free id of a table. Safe inside a change, which holds the write lock."""
    return (connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0) + 1


def insert(connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
    """Insert rows, given as tuples in the order of `columns`; dates are ISO text or dates, and ids are the caller's."""
    if connection.dialect.name == "sqlite":
        _execute_many(connection, table, columns, rows)
    else:
        _copy(connection, table, columns, rows)


def _execute_many(connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
    marks = ",".join("?" * len(columns))
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
