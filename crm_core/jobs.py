"""Work beside the pages: a refresh in a process of its own, so that no visitor waits for it."""

import subprocess
import sys

from filelock import FileLock, Timeout

from crm_core.settings import ROOT, Settings
from crm_core.store import warehouse
from crm_core.store.record import open_store

COMMAND = (sys.executable, "-m", "crm_core", "refresh", "--json", "--store")
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
_running: dict[tuple[str, int], subprocess.Popen] = {}  # by store and the data version that it is to publish


def start_refresh(settings: Settings) -> None:
    """Start a refresh beside this process, once for each data version; one for a newer version waits for the one before."""
    wanted = settings.store, open_store(settings).revision()
    if wanted not in _alive():
        _running[wanted] = subprocess.Popen([*COMMAND, settings.store], cwd=ROOT, start_new_session=True, **QUIET)


def _alive() -> set[tuple[str, int]]:
    """Return what still runs, and forget what has ended."""
    for ended in [key for key, process in _running.items() if process.poll() is not None]:
        del _running[ended]
    return set(_running)


def is_refreshing(settings: Settings) -> bool:
    """Say whether a refresh of ours has been started, or any holds the lock at this moment."""
    if any(store == settings.store for store, _ in _alive()):
        return True
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.warehouse / "refresh.lock", timeout=0):
            return False
    except Timeout:
        return True


def published(settings: Settings) -> int:
    """Return the number of the newest version, 0 before the first."""
    try:
        return warehouse.current(settings).version.number
    except warehouse.NoWarehouse:
        return 0
