"""The record store: its engine, its transactions, and the mark each change leaves for refresh and for the audit."""
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crm_core import (
    dialects,  # noqa: F401  registers the type names of STRICT tables
    schema,
)
from crm_core.settings import Settings
from crm_core.store import audit

# An edit that meets a large import waits for its end and is then saved: a million rows can hold the lock for more than a minute.
PATIENCE = 600_000  # milliseconds
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={PATIENCE}", "trusted_schema=OFF", "secure_delete=ON",
           "cache_size=-65536", "temp_store=MEMORY")
# A reader sees one snapshot and cannot write past the audit.
READING = {"sqlite": {"read_only": True}, "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}}


@dataclass(frozen=True)
class Change:
    """An open transaction: its connection and the data version that it makes."""

    connection: Connection
    revision: int
    at: str


class RecordStore:
    """A record store that is open: reads see one snapshot, changes are one transaction with one audit row each."""

    def __init__(self, engine: Engine):
        self.engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection on one consistent snapshot, which cannot write."""
        options = READING[self.engine.dialect.name]
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def changing(self, entry: audit.Entry, *, marks: bool = True) -> Iterator[Change]:
        """Yield a Change; leaving the block writes its audit row and commits, an exception rolls everything back.

        `marks=False` keeps the data version: for what no mart depends on (a published warehouse, a profile that was looked at).
        """
        with self.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            # On PostgreSQL this update also locks the head, so that the audit chain stays linear.
            connection.execute(sa.update(schema.store_state).values(revision=schema.store_state.c.revision + int(marks)))
            revision = connection.execute(sa.select(schema.store_state.c.revision)).scalar_one()
            at = now()
            yield Change(connection, revision, at)
            audit.append(connection, entry, at)

    def revision(self) -> int:
        """Return the data version: the number of changes so far."""
        with self.reading() as connection:
            return connection.execute(sa.select(schema.store_state.c.revision)).scalar_one()


def now() -> str:
    """Return the present instant as the store writes it: UTC, ISO 8601, seconds."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def open_store(settings: Settings) -> RecordStore:
    """Return the settings' record store, created and migrated to the newest schema where needed.

    Raises migrate.NewerStore where the store was written by a newer Innsight.
    """
    path = settings.sqlite_path
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return _open(settings.store_url, path.stat().st_ino if path else None)


@lru_cache(maxsize=8)
def _open(url: str, _file: int | None) -> RecordStore:
    """Open a store once for each file: a demo that was made anew under the old name is another one."""
    from crm_core.store import migrate  # Alembic is slow to import and only needed here

    engine = connect(url)
    migrate.upgrade(engine)
    _engines.append(engine)
    return RecordStore(engine)


_engines: list[Engine] = []


def close_all() -> None:
    """Dispose every open store (tests; before a file is replaced)."""
    _open.cache_clear()
    while _engines:
        _engines.pop().dispose()


def connect(url: str) -> Engine:
    """Return an engine with Innsight's rules for that database; values never appear in its error messages."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), hide_parameters=True, pool_pre_ping=True)
    path = sa.engine.make_url(url).database
    if path and path != ":memory:":
        from pathlib import Path
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, hide_parameters=True)
    sa.event.listen(engine, "connect", _sqlite_rules)
    sa.event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_rules(connection, _record) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    """A change takes the write lock at once: two editors queue instead of failing half-way."""
    options = connection.get_execution_options()
    connection.exec_driver_sql(f"PRAGMA query_only={int(options.get('read_only', False))}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("immediate") else "BEGIN")
