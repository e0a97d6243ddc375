"""A large import in the background while a page is used and a note is written: how long a rerun takes, and how long the note waits."""

import datetime as dt
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import OperationalError

from benchmarks import importing, measured, stores
from crm_core import jobs, refresh, settings
from crm_core.jobs.bringing import operator
from crm_core.records.hotel import add_row
from crm_core.records.notes import add_note
from crm_core.store.record import open_store

ROWS = 1_000_000
P95 = 0.3  # seconds
BEFORE = 20  # reruns alone, to compare with
PAUSE = 0.2  # seconds in which the reader reads


@dataclass
class Seen:
    """What was measured: seconds of reruns alone, during the import and during what follows it; seconds that a note waited, by phase."""

    alone: list[float] = field(default_factory=list)
    during: dict[str, list[float]] = field(default_factory=dict)
    waits: dict[str, float] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    accepted: int = 0


def measure(path: Path, size: str) -> dict:
    """Copy a store that has figures, let its worker import the file, and use the Briefing and the notes meanwhile."""
    home = Path(tempfile.mkdtemp(prefix="working-", dir=measured.folder()))
    os.environ |= {"CRM_HOME": str(home), "CRM_STORE": "hotel"}
    try:
        _copy(size, home)
        return vars(_use(settings.read("hotel"), path))
    finally:
        shutil.rmtree(home)


def _copy(size: str, home: Path) -> None:
    """Make the benchmark's demo the hotel's own store: an import goes to that one."""
    demo, hotel = stores.at(size), settings.at(home, "hotel")
    shutil.copyfile(demo.sqlite_path, hotel.sqlite_path)
    shutil.copytree(demo.warehouse, hotel.warehouse)
    for number in range(importing.HOTELS):
        values = {"code": f"HOTEL{number}", "name": f"Hotel {number}", "currency": "EUR"}
        add_row(open_store(hotel), operator(hotel), table="property", values=values)
    refresh.refresh(hotel, full=True)  # figures of this version of Innsight, whichever made the demo


def _use(here: settings.Settings, path: Path) -> Seen:
    from streamlit.testing.v1 import AppTest

    seen, app = Seen(), AppTest.from_file(str(measured.HERE.parent / "crm_core/ui/shell.py"), default_timeout=300)
    for _ in range(3):
        _rerun(app)
    seen.alone = [_rerun(app) for _ in range(BEFORE)]
    with path.open("rb") as data:
        id = jobs.submit_import(here, path.name, data)
    worker = subprocess.Popen([*jobs.COMMAND, "--once"], cwd=measured.HERE.parent)
    with ThreadPoolExecutor(1) as editor:  # the editor waits, the reader reads on
        notes = {}
        while worker.poll() is None:
            phase = _phase(here, id)
            if phase not in notes:
                notes[phase] = editor.submit(_note, here)
            seen.during.setdefault(phase, []).append(_rerun(app))
            time.sleep(PAUSE)
    seen.waits = {phase: note.result() for phase, note in notes.items()}
    seen.accepted = jobs.job(here, id).result["accepted"]
    seen.took = {f"{job.kind} {job.state}": _seconds(job) for job in jobs.recent(here)}
    return seen


def _rerun(app) -> float:
    """Run the page once more and return the seconds that it took."""
    seconds = measured.timed(app.run)[0]
    if app.exception:
        raise SystemExit(app.exception[0].message)
    return seconds


def _phase(here: settings.Settings, id: int) -> str:
    running = next((job for job in jobs.recent(here) if job.state == "running"), None)
    if running is None:
        return "between"
    return running.phase or "reading" if running.id == id else running.kind


def _note(here: settings.Settings) -> float:
    """Save a note on a guest, as the guest's page does; return the seconds that it waited, infinity where it was not saved."""
    try:
        return measured.timed(lambda: add_note(open_store(here), operator(here), guest_id=1, text="Likes a quiet room"))[0]
    except OperationalError:
        return math.inf


def _seconds(job: jobs.Job) -> float:
    return (dt.datetime.fromisoformat(job.ended_at) - dt.datetime.fromisoformat(job.started_at)).total_seconds()


def report(rows: int, size: str) -> None:
    """Measure in a process of its own and write the section."""
    said = measured.child(__file__, "--step", importing.file_of(rows), size).said
    every = [seconds for one in said["during"].values() for seconds in one]
    met = "met" if measured.percentile(every, 0.95) <= P95 else "MISSED"
    lines = [("alone", len(said["alone"]), *_milliseconds(said["alone"]), "")]
    lines += [(phase, len(one), *_milliseconds(one), f"{said['waits'][phase]:.2f}") for phase, one in said["during"].items()]
    longest = max(said["waits"].values())
    took = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in said["took"].items())
    measured.write(
        "Working",
        f"{said['accepted']:,} of {rows:,} bookings come in beside a store of size {size}: reruns of the Briefing have a p95 of "
        f"**{1000 * measured.percentile(every, 0.95):,.0f} ms**, target {1000 * P95:,.0f} ms: {met}. A note waits at most "
        f"**{longest:.1f} s**: {'saved' if longest < math.inf else 'NOT SAVED'}. Jobs: {took}.\n\n"
        + measured.table(("the worker is at", "reruns", "ms median", "ms p95", "ms worst", "a note waits s"), lines),
    )


def _milliseconds(seconds: list[float]) -> tuple[str, ...]:
    return tuple(f"{1000 * value:,.0f}" for value in (measured.median(seconds), measured.percentile(seconds, 0.95), max(seconds)))


if __name__ == "__main__":
    if "--step" in sys.argv:
        print(json.dumps(measure(Path(sys.argv[2]), sys.argv[3])))
    else:
        report(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS, sys.argv[2] if len(sys.argv) > 2 else "demo")
