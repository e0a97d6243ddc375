"""The jobs of one home in a small database of its own, so that progress moves while the record store is locked by a commit."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from crm_core.settings import Settings, stores
from crm_core.store.record import now

# From a job's state to those that it may come to. A running one is queued again where its worker died and it may be repeated.
MOVES = {
    "queued": ("running", "cancelled"),
    "running": ("done", "failed", "cancelled", "queued"),
    "done": (),
    "failed": (),
    "cancelled": (),
}
# The order in which the kinds of job are claimed: all files first, so that one refresh follows several imports.
RANKS = {"import": 0, "inbox": 0, "refresh": 1, "match": 2, "score": 3, "fit": 4, "report": 5}
WRITE_EVERY = 0.25  # seconds between two notes of progress
TABLE = """
    CREATE TABLE IF NOT EXISTS job (
        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, store TEXT NOT NULL, params TEXT NOT NULL, actor TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'queued', phase TEXT NOT NULL DEFAULT '', done INTEGER NOT NULL DEFAULT 0,
        total INTEGER NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '{}', result TEXT NOT NULL DEFAULT '{}',
        tries INTEGER NOT NULL DEFAULT 0, is_cancel_asked INTEGER NOT NULL DEFAULT 0,
        created_at TEXT NOT NULL, started_at TEXT, ended_at TEXT) STRICT"""


@dataclass(frozen=True)
class Job:
    """One piece of background work: what is asked (`params`), how far it is (`phase`, `done` of `total`) and what came of it.

    `message` is empty or {"code", "values"}: words.said(job) tells it in the reader's language. `result` depends on the kind.
    """

    id: int
    kind: str
    store: str
    params: dict
    actor: str
    state: str
    phase: str
    done: int
    total: int
    message: dict
    result: dict
    tries: int
    is_cancel_asked: bool
    created_at: str
    started_at: str | None
    ended_at: str | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ("queued", "running")

    @property
    def share(self) -> float:
        """How much of the present phase is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0


class Cancelled(Exception):
    """Somebody asked for the end of the job that runs."""


class WrongState(ValueError):
    """A job cannot come from its state to the one that was asked (see MOVES)."""


def submit(
    settings: Settings, kind: str, params: dict | None = None, actor: str | None = None, beside: Callable[[int], None] | None = None
) -> int:
    """Queue a job on the settings' store and return its id. `beside(id)` puts there what it needs before anybody can claim it."""
    if kind not in RANKS:
        raise ValueError(f"There is no kind of job called {kind!r}.")
    values = (kind, settings.store, json.dumps(params or {}), actor or settings.actor, now())
    with _changing(settings) as connection:
        id = connection.execute("INSERT INTO job (kind, store, params, actor, created_at) VALUES (?, ?, ?, ?, ?)", values).lastrowid
        if beside:
            beside(id)
        return id


def submit_once(settings: Settings, kind: str, params: dict | None = None, actor: str | None = None) -> int:
    """Queue a job unless the same one waits already; return the id of the one that waits."""
    asked = (kind, settings.store, params or {})
    same = [job.id for job in queued(settings) if (job.kind, job.store, job.params) == asked]
    return same[0] if same else submit(settings, kind, params, actor)


def job(settings: Settings, id: int) -> Job | None:
    """Return a job, None where there is none of this number."""
    return next(iter(_jobs(settings, "WHERE id = ?", id)), None)


def recent(settings: Settings, limit: int = 20) -> list[Job]:
    """Return the latest jobs of all the home's stores, newest first."""
    return _jobs(settings, "ORDER BY id DESC LIMIT ?", limit)


def queued(settings: Settings) -> list[Job]:
    """Return the jobs that wait, in the order in which they will run."""
    return sorted(_jobs(settings, "WHERE state = 'queued'"), key=lambda job: (RANKS[job.kind], job.id))


def running(settings: Settings) -> list[Job]:
    """Return the jobs that are marked as running."""
    return _jobs(settings, "WHERE state = 'running' ORDER BY id")


def cancel(settings: Settings, id: int) -> bool:
    """End a waiting job now and a running one at its next step; return whether there was anything to end."""
    with _changing(settings) as connection:
        if _moved(connection, id, "cancelled", ("queued",), ended_at=now(), message=_message("cancelled")):
            return True
        asked = connection.execute("UPDATE job SET is_cancel_asked = 1 WHERE id = ? AND state = 'running'", (id,))
        return asked.rowcount == 1


def claim(settings: Settings) -> Job | None:
    """Mark the next waiting job as running and return it, None where none waits."""
    for waiting in queued(settings):
        with _changing(settings) as connection:
            claimed = _moved(
                connection, waiting.id, "running", ("queued",), started_at=now(), tries=waiting.tries + 1, phase="", done=0, total=0
            )
        if claimed:
            return job(settings, waiting.id)
    return None


def end(settings: Settings, id: int, state: str, *, message: tuple[str, dict] | None = None, result: dict | None = None) -> Job:
    """Move a job on to done, failed or cancelled, or back to queued, and return it; raises WrongState where MOVES forbids it."""
    may_come_from = tuple(before for before, after in MOVES.items() if state in after)
    said = {"message": _message(*message)} if message else {}
    said |= {"result": json.dumps(result, default=str)} if result is not None else {}
    said |= {"ended_at": now()} if not MOVES[state] else {}
    with _changing(settings) as connection:
        if not _moved(connection, id, state, may_come_from, **said):
            raise WrongState(f"Job {id} cannot become {state}.")
    return job(settings, id)


def progress(settings: Settings, id: int) -> Callable[[int, int, str], None]:
    """Return the function progress(done, total, phase) of a running job; it raises Cancelled once that was asked.

    It writes each new phase, and within a phase four times a second at most.
    """
    last = {"phase": None, "at": 0.0}

    def note(done: int, total: int, phase: str) -> None:
        at = time.monotonic()
        if phase == last["phase"] and at - last["at"] < WRITE_EVERY:
            return
        last.update(phase=phase, at=at)
        if _noted(settings, id, done, total, phase):
            raise Cancelled

    return note


def cancel_asked(settings: Settings, id: int) -> Callable[[], bool]:
    """Return a function that says whether somebody has asked for the end of a job."""
    return lambda: job(settings, id).is_cancel_asked


def _noted(settings: Settings, id: int, done: int, total: int, phase: str) -> bool:
    """Write how far a job is, and return whether somebody asked for its end."""
    with _changing(settings) as connection:
        connection.execute("UPDATE job SET phase = ?, done = ?, total = ? WHERE id = ?", (phase, done, total, id))
        return bool(connection.execute("SELECT is_cancel_asked FROM job WHERE id = ?", (id,)).fetchone()[0])


def _moved(connection: sqlite3.Connection, id: int, state: str, may_come_from: tuple[str, ...], **values) -> bool:
    changes = {"state": state, **values}
    here = f"WHERE id = ? AND state IN ({', '.join('?' * len(may_come_from))})"
    words = ", ".join(f"{name} = ?" for name in changes)
    return connection.execute(f"UPDATE job SET {words} {here}", (*changes.values(), id, *may_come_from)).rowcount == 1


def _message(code: str, values: dict | None = None) -> str:
    return json.dumps({"code": code, "values": values or {}}, default=str)


def _jobs(settings: Settings, where: str, *values) -> list[Job]:
    """The jobs of the stores that this process may open: beside a class, nobody learns of the hotel's own."""
    may, marks = stores(), ", ".join("?" * len(stores()))
    with _open(settings) as connection:
        return [_job(row) for row in connection.execute(f"SELECT * FROM (SELECT * FROM job WHERE store IN ({marks})) {where}", (*may, *values))]


def _job(row: sqlite3.Row) -> Job:
    read = {name: json.loads(row[name]) for name in ("params", "message", "result")}
    return Job(**{**dict(row), **read, "is_cancel_asked": bool(row["is_cancel_asked"])})


@contextmanager
def _changing(settings: Settings) -> Iterator[sqlite3.Connection]:
    """Yield a connection inside a transaction that is committed at the end and rolled back by an exception."""
    with _open(settings) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


@contextmanager
def _open(settings: Settings) -> Iterator[sqlite3.Connection]:
    settings.home.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(settings.home / "jobs.db", timeout=30, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        # What is lost by a power cut is at worst the last note of progress: no need to wait for the disk four times a second.
        connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {TABLE}")
        yield connection
