"""Work beside the pages: one refresh for each data version, however often a page asks."""
import sys

import pytest

from crm_core import jobs
from tests.hotel import lisbon_and_addis


@pytest.fixture
def slow(monkeypatch):
    """Let a refresh be a process that sleeps, and none be left behind."""
    monkeypatch.setattr(jobs, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(jobs, "_running", {})
    yield
    for process in jobs._running.values():
        process.kill()
        process.wait()


def test_a_page_that_asks_again_starts_nothing_new(slow, settings, sqlite_store):
    for _ in range(5):
        jobs.start_refresh(settings)
    assert len(jobs._running) == 1
    assert jobs.is_refreshing(settings)


def test_a_change_meanwhile_gets_a_refresh_of_its_own(slow, settings, sqlite_store):
    jobs.start_refresh(settings)
    lisbon_and_addis(sqlite_store)
    jobs.start_refresh(settings)
    assert len(jobs._running) == 2


def test_what_has_ended_is_forgotten(slow, settings, sqlite_store):
    jobs.start_refresh(settings)
    for process in jobs._running.values():
        process.kill()
        process.wait()
    assert not jobs.is_refreshing(settings)
    assert jobs._running == {}
