"""The child process that asks one question: it opens a warehouse read-only, shows the question its scoped views only, and has limits.

`python -m crm_core.sandbox.child` reads one JSON object {"file", "views", "apart", "question"} and writes one line of JSON, {"rows", "more",
"seconds"} or {"problem", "word"}, and after it the rows as an Arrow stream.

Four walls stand one behind the other, each of them enough for what the ones before it let through: the grammar (only one SELECT over the views),
the name of the warehouse (drawn by lot for this one process, so that no statement can say it), the rows (where others' properties are not allowed,
the allowed rows are copied and the file is let go before the question is seen), and the engine's and the system's own locks.
"""
import json
import os
import secrets
import signal
import sys
import time

import duckdb
import pyarrow as pa

from crm_core.sandbox import grammar

# Stands in the views' statements for the warehouse.
WAREHOUSE = "the_warehouse_itself"
SECONDS, THREADS = 20, 2
MEMORY, ADDRESSES = "512 MB", 2 * 1024 ** 3
MOST_ROWS, MOST_BYTES, BATCH = 10_000, 10_000_000, 1_000
OPENED = {"threads": str(THREADS), "memory_limit": MEMORY, "temp_directory": "", "autoinstall_known_extensions": "false",
          "autoload_known_extensions": "false", "allow_community_extensions": "false", "python_enable_replacements": "false"}
LOCKS = ("SET enable_external_access = false", "SET disabled_filesystems = 'LocalFileSystem'", "SET lock_configuration = true")
PLAIN = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_string, pa.types.is_date, pa.types.is_timestamp)


def main() -> None:
    """Answer the question of the standard input on the standard output."""
    limit()
    asked, out = json.load(sys.stdin), sys.stdout.buffer
    began = time.monotonic()
    try:
        table, more = answer(asked["file"], asked["views"], asked["apart"], asked["question"])
    except (grammar.Refused, duckdb.Error, MemoryError, RecursionError) as error:
        out.write(json.dumps(problem(error)).encode())
        return
    told = {"rows": table.num_rows, "more": more, "seconds": round(time.monotonic() - began, 3)}
    out.write(json.dumps(told).encode() + b"\n")
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)


def limit() -> None:
    """Bind this process to 2 GiB of addresses, its time and no byte written to a file, where the system knows such limits."""
    try:
        import resource
    except ImportError:  # Windows: the engine's limits and the parent's clock stand alone
        return
    limits = ((resource.RLIMIT_AS, ADDRESSES), (resource.RLIMIT_CPU, SECONDS * THREADS), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0))
    for what, most in limits:
        resource.setrlimit(what, (most, most))
    signal.alarm(SECONDS + 5)  # where the parent is gone and nobody else ends this process


def answer(file: str, views: dict[str, str], apart: bool, question: str) -> tuple[pa.Table, bool]:
    """Return at most 10,000 rows, and whether there were more; raises grammar.Refused or DuckDB's own error."""
    with locked(duckdb.connect(":memory:", config=OPENED)) as parser:
        read = grammar.tables_of(parser, question, views)
    connection, name = duckdb.connect(":memory:", config=OPENED), f"w{secrets.token_hex(16)}"
    try:
        show(connection, file, name, {view: views[view].replace(WAREHOUSE, name) for view in sorted(read)}, apart)
        return rows(locked(connection).execute(question))
    except duckdb.Error as error:
        raise type(error)(str(error).replace(f"{name}.main.", "").replace(f"{name}.", "").replace(name, "")) from None


def locked(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return the connection after closing it to every file, and its settings to every change."""
    for lock in LOCKS:
        connection.execute(lock)
    return connection


def show(connection: duckdb.DuckDBPyConnection, file: str, name: str, views: dict[str, str], apart: bool) -> None:
    """Make the views that are read. `apart`: as copies, after which the warehouse is let go.

    A view's rows are chosen while the question runs, and the engine may try the question's own conditions first: a conversion that fails would
    tell a value of a row outside. Copies hold no such row.
    """
    connection.execute(f"ATTACH '{file.replace(chr(39), chr(39) * 2)}' AS {name} (READ_ONLY)")
    if not apart:
        for view, select in views.items():
            connection.execute(f'CREATE VIEW "{view}" AS {select}')
        return
    connection.execute("ATTACH ':memory:' AS house (COMPRESS)")
    connection.execute("USE house")
    for view, select in views.items():
        connection.execute(f'CREATE TABLE "{view}" AS {select}')
    connection.execute(f"DETACH {name}")


def rows(found: duckdb.DuckDBPyConnection) -> tuple[pa.Table, bool]:
    """Return what may be taken of an answer, and whether there was more; raises grammar.Refused where not even its first rows may."""
    reader, kept, count, size = found.to_arrow_reader(BATCH), [], 0, 0
    for batch in reader:
        size += batch.nbytes
        if size > MOST_BYTES and not kept:
            raise grammar.Refused("too_wide")
        if size > MOST_BYTES or count + batch.num_rows > MOST_ROWS:
            left = 0 if size > MOST_BYTES else MOST_ROWS - count
            return _fitting(pa.Table.from_batches([*kept, batch.slice(0, left)], reader.schema), more=True)
        kept.append(batch)
        count += batch.num_rows
    return _fitting(pa.Table.from_batches(kept, reader.schema), more=False)


def _fitting(table: pa.Table, more: bool) -> tuple[pa.Table, bool]:
    """Return a table in plain columns: fewer of its rows where lists that became text made it too large."""
    plain = _plain(table)
    while plain.nbytes > MOST_BYTES and plain.num_rows:
        plain, more = plain.slice(0, plain.num_rows // 2), True
    return plain, more


def _plain(table: pa.Table) -> pa.Table:
    """Return a table of numbers, texts, dates and instants: whole and decimal numbers as such, lists and the like as text."""
    return pa.table([_plain_column(column) for column in table.columns], names=_names(table.column_names))


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    if any(is_plain(column.type) for is_plain in PLAIN):
        return column
    if pa.types.is_decimal(column.type):
        try:
            return column.cast(pa.int64())
        except pa.ArrowInvalid:  # with a fraction, or beyond 64 bits
            return column.cast(pa.float64())
    return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())


def _names(names: list[str]) -> list[str]:
    """Number the columns of one name: a, a_2, a_3."""
    found: list[str] = []
    for name in names:
        tries, free = 1, name or "?"
        while free in found:
            tries += 1
            free = f"{name}_{tries}"
        found.append(free)
    return found


def problem(error: Exception) -> dict[str, str]:
    """Return what to tell of an error: a key of problems.PROBLEMS and a word; DuckDB's own text where the statement is wrong."""
    if isinstance(error, grammar.Refused):
        return {"problem": error.problem, "word": error.word}
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return {"problem": "memory", "word": MEMORY}
    if isinstance(error, RecursionError):
        return {"problem": "too_long", "word": ""}
    return {"problem": "engine", "word": str(error)}


if __name__ == "__main__":
    os.umask(0o077)
    main()
