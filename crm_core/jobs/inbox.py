"""The inbox: files that a property system drops into a folder come in by themselves and are filed away with a report."""

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from crm_core.ingest.importing import Progress
from crm_core.jobs import bringing, reports
from crm_core.jobs.store import Job, cancel_asked
from crm_core.jobs.words import Refused, failure
from crm_core.settings import Settings

STEADY = 3.0  # seconds without a change, after which a file counts as written
EMPTY_FOR = 10  # times as long waits a file of no bytes: its writer may only have opened it
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".download")
OURS = ("done", "rejected", "README.txt")
README = """Put exported files here: CSV, TSV, Excel, JSON lines or Parquet, from your property system or from another known system.

Innsight takes each file some seconds after it was last written, brings it into the hotel's own data, and moves it to
  done/<date>/       with a report of what came in and what was left out, or to
  rejected/<date>/   with a report of what to do.

A file that does not name its property goes into a folder named like the property's code, such as LIS/bookings.csv.
Files that begin with a dot or end in .part, .tmp or .crdownload are left alone until they are renamed. Links are not followed.
"""


def opened(settings: Settings) -> Path:
    """Return the inbox, created with a page that says what to put there."""
    folder = settings.home / "inbox"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.txt").exists() or (folder / "README.txt").write_text(README, encoding="utf-8")
    return folder


class Watch:
    """Looks into the inbox again and again, and knows since when each file there has not changed."""

    def __init__(self, folder: Path, steady: float = STEADY):
        self.folder, self.steady = folder, steady
        self._seen: dict[Path, tuple[tuple, float]] = {}
        self._taken: dict[Path, tuple] = {}

    def ready(self) -> list[dict]:
        """Return the params of a job for each file that has been steady long enough; the same state of a file comes once only."""
        found = {path: _signature(path) for path in _files(self.folder)}
        self._seen = {path: self._seen[path] if self._same(path, sign) else (sign, time.monotonic()) for path, sign in found.items() if sign}
        ready = [path for path in self._waiting() if self._is_steady(path)]
        self._taken |= {path: self._seen[path][0] for path in ready}
        return [{"path": str(path), "property_code": None if path.parent == self.folder else path.parent.name} for path in sorted(ready)]

    def is_waiting(self) -> bool:
        """Say whether a file lies there that has not been taken yet."""
        return bool(self._waiting())

    def _waiting(self) -> list[Path]:
        return [path for path, (sign, _) in self._seen.items() if self._taken.get(path) != sign]

    def _same(self, path: Path, sign: tuple) -> bool:
        return path in self._seen and self._seen[path][0] == sign

    def _is_steady(self, path: Path) -> bool:
        (size, *_), since = self._seen[path]
        return time.monotonic() - since >= self.steady * (1 if size else EMPTY_FOR)


def _files(folder: Path) -> Iterator[Path]:
    """Yield what lies in the inbox and in its folders, one level deep; no link is followed, so no loop can be."""
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from (folder / entry.name / inner.name for inner in _entries(folder / entry.name) if not inner.is_dir(follow_symlinks=False))
        else:
            yield folder / entry.name


def _entries(folder: Path) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as entries:
            return [e for e in entries if not e.name.startswith((".", "~$")) and not e.name.lower().endswith(UNFINISHED) and e.name not in OURS]
    except OSError:  # removed meanwhile, or not ours to read
        return []


def _signature(path: Path) -> tuple | None:
    try:
        now = path.lstat()
    except OSError:
        return None
    return now.st_size, now.st_mtime_ns, now.st_ino


def take(settings: Settings, job: Job, progress: Progress) -> dict:
    """Bring in a file of the inbox, file it away with its report, and return the result as bringing.as_dict does.

    Raises what import_file raises; the file then lies under rejected/.
    """
    path = Path(job.params["path"])
    try:
        _check(path)
        name, options = reports.shown(path), {"property_code": job.params["property_code"]}
        options |= {"cancelled": cancel_asked(settings, job.id), **bringing.as_saved(settings, path, name)}
        done = bringing.bring_in(settings, path, name=name, actor="inbox", progress=progress, **options)
    except Exception as problem:
        give_up(settings, job, failure(problem))
        raise
    reports.file_away(settings, path, "rejected" if done.rejected == done.read > 0 else "done", done)
    return bringing.as_dict(done)


def give_up(settings: Settings, job: Job, message: tuple[str, dict]) -> None:
    """Move a job's file to rejected/ with a report that says why."""
    reports.file_away(settings, Path(job.params["path"]), "rejected", message=message)


def _check(path: Path) -> None:
    """Refuse what is no file of its own: a link could lead to any file of this computer."""
    kind = path.lstat().st_mode if os.path.lexists(path) else stat.S_IFREG
    if stat.S_ISLNK(kind):
        raise Refused("link", file=reports.shown(path))
    if not stat.S_ISREG(kind):
        raise Refused("not_a_file", file=reports.shown(path))
