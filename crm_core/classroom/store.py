"""The classes of one home in a small database of their own: who joined, what is on the screen, who answered what."""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

from crm_core.settings import Settings
from crm_core.store.record import now

FILE = "class.db"
LETTERS = "ABCDEFHJKLMNPRTUVWXY"  # those that nobody takes for another or for a digit
CODE_LENGTH = 6
KEPT_DAYS = 30  # after which names and answers are forgotten
TABLES = """
    CREATE TABLE IF NOT EXISTS class (
        code TEXT PRIMARY KEY, title TEXT NOT NULL, seed TEXT NOT NULL, mode TEXT NOT NULL, lessons TEXT NOT NULL, keys TEXT NOT NULL,
        at INTEGER NOT NULL DEFAULT 0, started_at TEXT NOT NULL, ended_at TEXT) STRICT;
    CREATE TABLE IF NOT EXISTS reveal (
        class TEXT NOT NULL REFERENCES class, lesson TEXT NOT NULL, question TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (class, lesson, question)) STRICT;
    CREATE TABLE IF NOT EXISTS participant (
        class TEXT NOT NULL REFERENCES class, number INTEGER NOT NULL, name TEXT NOT NULL, token TEXT NOT NULL UNIQUE, joined_at TEXT NOT NULL,
        PRIMARY KEY (class, number)) STRICT;
    CREATE TABLE IF NOT EXISTS answer (
        class TEXT NOT NULL, number INTEGER NOT NULL, lesson TEXT NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (class, number, lesson, question), FOREIGN KEY (class, number) REFERENCES participant) STRICT;"""


def add(settings: Settings, *, title: str, seed: str, mode: str, lessons: Sequence[dict], keys: dict) -> str:
    """Write a class and return its code; what is older than KEPT_DAYS is forgotten on the way."""
    forget_before(settings, datetime.now(UTC) - timedelta(KEPT_DAYS))
    values = (title, seed, mode, json.dumps(lessons), json.dumps(keys), now())
    with changing(settings) as connection:
        code = _unused(connection)
        connection.execute("INSERT INTO class (code, title, seed, mode, lessons, keys, started_at) VALUES (?, ?, ?, ?, ?, ?, ?)", (code, *values))
    return code


def _unused(connection: sqlite3.Connection) -> str:
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        if not connection.execute("SELECT 1 FROM class WHERE code = ?", (code,)).fetchone():
            return code


def rows(settings: Settings, statement: str, *values) -> list[sqlite3.Row]:
    """Return what a select finds."""
    with _open(settings) as connection:
        return connection.execute(statement, values).fetchall()


def hashed(token: str) -> str:
    """Return what is kept of a participant's token: enough to recognise it, too little to make it."""
    return hashlib.sha256(token.encode()).hexdigest()


def forget(settings: Settings, code: str) -> None:
    """Remove a class with its names and answers."""
    with changing(settings) as connection:
        for table in ("answer", "participant", "reveal"):
            connection.execute(f"DELETE FROM {table} WHERE class = ?", (code,))
        connection.execute("DELETE FROM class WHERE code = ?", (code,))


def forget_before(settings: Settings, instant: datetime) -> int:
    """Remove the classes that began before an instant; return how many."""
    old = rows(settings, "SELECT code FROM class WHERE started_at < ?", instant.isoformat(timespec="seconds"))
    for one in old:
        forget(settings, one["code"])
    return len(old)


@contextmanager
def changing(settings: Settings) -> Iterator[sqlite3.Connection]:
    """Yield a connection inside a transaction that is committed at the end and rolled back by an exception."""
    with _open(settings) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


@contextmanager
def _open(settings: Settings) -> Iterator[sqlite3.Connection]:
    path = settings.home / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        # A power cut may cost the last answers of a class, never the file: sixty answers at once need not wait for the disk sixty times.
        connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; {TABLES}")
        yield connection
