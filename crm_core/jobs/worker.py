"""The one background worker of a home: it takes one job after the other, and looks into the inbox in between."""

import datetime as dt
import threading
import traceback
from pathlib import Path

from filelock import FileLock, Timeout

from crm_core import settings
from crm_core.ingest import quarantine
from crm_core.jobs import LOCK, bringing, fitting, inbox, store, uploads, work
from crm_core.jobs.words import failure
from crm_core.settings import ROOT, Settings
from crm_core.store.record import now, open_store

IDLE = 1.0  # seconds between two looks
AGAIN = ("refresh", "match", "inbox", "score", "fit")  # may be done twice without harm, and nobody waits who could ask again
TRIES = 2


def serve(stopping: threading.Event, *, once: bool = False, idle: float = IDLE, steady: float = inbox.STEADY) -> bool:
    """Do what is queued and what lies in the inbox until `stopping` is set, or (`once`) until all is done; return whether it could.

    A home has one worker at a time: another waits for its turn, or (`once`) leaves the work to the one that is there and returns False.
    """
    home = settings.read(settings.stores()[-1])
    home.home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.home / LOCK)
    while not stopping.is_set():
        try:
            with lock.acquire(timeout=2):
                _own(home, stopping, once, idle, steady)
        except Timeout:
            if once:
                return False
        except Exception as problem:  # such as a full disk: the work waits until it is possible again
            log(home, "worker", problem)
            stopping.wait(10 * idle)
        else:
            if once and not store.queued(home):  # what came in while the lock was being released is not left behind
                return True
    return True


def _own(home: Settings, stopping: threading.Event, once: bool, idle: float, steady: float) -> None:
    recover(home)
    unread()
    watch, tidied = inbox.Watch(inbox.opened(home), steady), None
    while not stopping.is_set():
        tidied = tidy(tidied)
        while not stopping.is_set() and (job := store.claim(home)):
            run(job)
        for found in watch.ready() if home.store == "hotel" else ():  # files never come into the demo that a class sees
            store.submit(home, "inbox", found, actor="inbox")
        if store.queued(home):
            continue
        if once and not watch.is_waiting():
            return
        stopping.wait(idle)


def unread() -> None:
    """Queue the reading of reviews where some wait: those of a new demo, and all of them after a change of the scorer."""
    if not settings.reads_by_itself():
        return
    from crm_core.records import scoring  # brings the scorer, which a worker without reviews has no use for

    for here in settings.published():
        fitting.use(here)
        with open_store(here).reading() as connection:
            waits = scoring.waiting(connection)
        if waits:
            store.submit_once(here, "score")


def tidy(last: dt.date | None) -> dt.date:
    """Once a day, forget what waited too long in quarantine; return today."""
    today = dt.date.today()
    if today != last:
        for here in map(settings.read, settings.stores()):
            if not here.sqlite_path or here.sqlite_path.exists():
                quarantine.expire(open_store(here), today)
    return today


def run(job: store.Job) -> store.Job:
    """Do one claimed job and return how it ended; whatever goes wrong becomes its message, and the worker goes on."""
    here = settings.read(job.store)
    try:
        result = work.perform(here, job, store.progress(here, job.id))
    except Exception as problem:
        code, values = failure(problem)
        ended = store.end(here, job.id, "cancelled" if code == "cancelled" else "failed", message=(code, values))
        if code == "unexpected":
            log(here, f"job {job.id} ({job.kind})", problem)
    else:
        ended = store.end(here, job.id, "done", result=result)
        work.follow(here, job, result)
    uploads.remove(here, job.id)
    return ended


def log(here: Settings, doing: str, problem: Exception) -> None:
    """Note the kind of an error and where it came from. Its text stays out: it may hold what stood in a guest's row."""
    frames = [f for f in traceback.extract_tb(problem.__traceback__) if Path(f.filename).is_relative_to(ROOT / "crm_core")]
    where = " < ".join(f"{Path(f.filename).relative_to(ROOT)}:{f.lineno} {f.name}" for f in reversed(frames))
    with (here.home / "worker.log").open("a", encoding="utf-8") as file:
        file.write(f"{now()} {doing}: {type(problem).__name__} at {where}\n")


def recover(home: Settings) -> None:
    """Settle the jobs that a dead worker left running: what may be repeated waits again, once; an import is told to its uploader."""
    for job in store.running(home):
        state, said = _fate(job)
        store.end(home, job.id, state, **said)
        if state == "done":
            work.follow(settings.read(job.store), job, said["result"])
        if job.kind == "inbox" and state == "failed":
            inbox.give_up(settings.read(job.store), job, ("gave_up", {}))
    uploads.remove_left(home)


def _fate(job: store.Job) -> tuple[str, dict]:
    """Return the state that an interrupted job comes to, and what is told or kept of it."""
    if job.is_cancel_asked:
        return "cancelled", {"message": ("cancelled", {})}
    if job.kind in AGAIN:
        return ("queued", {}) if job.tries < TRIES else ("failed", {"message": ("gave_up", {})})
    here = settings.read(job.store)
    if result := bringing.committed(here, uploads.path(here, job.id), job.started_at):
        return "done", {"result": result}  # it died after its one transaction
    return "failed", {"message": ("interrupted", {})}
