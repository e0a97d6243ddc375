"""Work beside the pages: a refresh in a process of its own, so that no visitor waits for it."""
import subprocess
import sys

from filelock import FileLock, Timeout

from crm_core.settings import ROOT, Settings
from crm_core.store import warehouse


def start_refresh(settings: Settings) -> None:
    """Start `python -m crm_core refresh` beside this process. A second one waits for the first and then finds nothing to do."""
    subprocess.Popen([sys.executable, "-m", "crm_core", "refresh", "--store", settings.store, "--json"], cwd=ROOT, stdin=subprocess.DEVNULL,
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def is_refreshing(settings: Settings) -> bool:
    """Say whether a refresh holds its lock at this moment."""
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
