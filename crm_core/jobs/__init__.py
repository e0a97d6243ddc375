"""Work beside the pages: files, refresh and matching are queued here and done by the one background worker, with progress and cancel."""

import subprocess
import sys

from filelock import FileLock, Timeout

from crm_core.jobs import uploads
from crm_core.jobs.store import Job, job, queued, recent, running, submit, submit_once
from crm_core.jobs.store import cancel as _cancel
from crm_core.jobs.uploads import submit_import
from crm_core.jobs.words import said
from crm_core.settings import ROOT, Settings
from crm_core.store import warehouse

__all__ = [
    "Job", "cancel", "is_refreshing", "is_working", "job", "published", "recent", "said", "start", "start_refresh", "submit",
    "submit_import", "submit_once", "wake",
]  # fmt: skip
COMMAND = (sys.executable, "-m", "crm_core", "work")
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
LOCK = "worker.lock"
_woken: list[subprocess.Popen] = []


def start() -> subprocess.Popen:
    """Start the worker that serves for as long as this process lives: it ends when its input is closed, however that comes."""
    return subprocess.Popen([*COMMAND, "--while-open"], cwd=ROOT, stdin=subprocess.PIPE, **QUIET)


def wake(settings: Settings) -> None:
    """Make sure that somebody does what is queued: where no worker runs, one is started that ends when all is done."""
    _woken[:] = [process for process in _woken if process.poll() is None]
    if not _woken and not is_working(settings):
        _woken.append(subprocess.Popen([*COMMAND, "--once"], cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True, **QUIET))


def is_working(settings: Settings) -> bool:
    """Say whether a worker serves this home."""
    settings.home.mkdir(parents=True, exist_ok=True)
    return _is_held(settings.home / LOCK)


def cancel(settings: Settings, id: int) -> bool:
    """End a waiting job now and a running one at its next step; return whether there was anything to end."""
    could = _cancel(settings, id)
    if could and not job(settings, id).is_open:
        uploads.remove(settings, id)
    return could


def start_refresh(settings: Settings) -> None:
    """Queue a refresh: one that waits will publish this change too, one that runs may not."""
    submit_once(settings, "refresh")
    wake(settings)


def is_refreshing(settings: Settings) -> bool:
    """Say whether a refresh of the store waits for its worker, or any holds the lock at this moment."""
    if _refreshes(settings) and (is_working(settings) or any(process.poll() is None for process in _woken)):
        return True
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    return _is_held(settings.warehouse / "refresh.lock")


def _refreshes(settings: Settings) -> list[Job]:
    return [one for one in queued(settings) + running(settings) if (one.kind, one.store) == ("refresh", settings.store)]


def _is_held(lock) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def published(settings: Settings) -> int:
    """Return the number of the newest version, 0 before the first."""
    try:
        return warehouse.current(settings).version.number
    except warehouse.NoWarehouse:
        return 0
