"""A home of one's own whose worker runs in this process, or in one that can be killed."""

import datetime as dt
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core import jobs, schema, settings
from crm_core.jobs import work, worker
from crm_core.refresh import Result
from crm_core.store import record

ROOT = Path(__file__).parents[2]
HEAD = "confirmation,property,status,booked_on,arrival,departure,channel,room_revenue"


def bookings(*numbers: int, place: str = "GALLE") -> str:
    """A canonical file with one booking for each number."""
    rows = [f"R-{n},{place},checked_out,2025-01-12,2025-03-28,2025-03-31,Phone,420.00" for n in numbers]
    return "\n".join([HEAD, *rows]) + "\n"


class Home:
    """A home's hotel store, its jobs and its inbox."""

    def __init__(self, folder: Path):
        self.folder, self.settings = folder, settings.at(folder, "hotel")
        self.matched, self.refreshed = 0, 0

    def work(self, steady: float = 0.05) -> None:
        """Let a worker do all that there is to do."""
        assert worker.serve(threading.Event(), once=True, idle=0.02, steady=steady)

    def rows(self, table: sa.Table) -> int:
        with record.open_store(self.settings).reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()

    @property
    def stays(self) -> int:
        return self.rows(schema.stay)

    def jobs(self) -> list[tuple[str, str]]:
        """The kind and state of every job, oldest first."""
        return [(job.kind, job.state) for job in reversed(jobs.recent(self.settings, 100))]

    def drop(self, name: str, content: str = "", folder: str = "") -> Path:
        """Put a file into the inbox, complete at once."""
        path = self.folder / "inbox" / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def filed(self, place: str) -> list[str]:
        """The names of what lies in done/ or rejected/, under whatever day."""
        return sorted(path.name for path in (self.folder / "inbox" / place).glob("*/*"))

    def report(self, name: str) -> str:
        """The text of a file's report."""
        return next((self.folder / "inbox").rglob(f"{name}.report.txt")).read_text()

    def process(self, *words: str, code: str = "", **options) -> subprocess.Popen:
        """Start `python -m crm_core work`, or some code, over this home in a process of its own."""
        whole = [sys.executable, "-c", code] if code else [sys.executable, "-m", "crm_core", "work", *words]
        env = {**{k: v for k, v in os.environ.items() if not k.startswith("CRM_")}, "CRM_HOME": str(self.folder)}
        return subprocess.Popen(whole, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True, **options)


def eventually(true, seconds: float = 30) -> None:
    """Wait until something is true, and fail where it does not become so."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    """An empty home; figures and duplicates are not worked out, only counted how often they would be."""
    for name in ("CRM_STORE", "CRM_STORE_URL", "CRM_WAREHOUSE_URL", "CRM_AS_OF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    here = Home(tmp_path)

    def search(_settings, _progress=None):
        here.matched += 1
        return {"merged": 0}

    def refresh(_settings, **_):
        here.refreshed += 1
        return Result(here.refreshed, "full", dt.date(2025, 4, 1), {}, 0.1)

    monkeypatch.setattr(work, "match", search)
    monkeypatch.setattr("crm_core.refresh.refresh", refresh)
    yield here
    record.close_all()
