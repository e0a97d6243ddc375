"""One refresh for what changed, however often a page asks, and somebody there to do it."""

import sys

import pytest

from crm_core import jobs
from crm_core.jobs import store


@pytest.fixture
def idle(monkeypatch):
    """Let the worker that is woken be a process that only sleeps, and none be left behind."""
    monkeypatch.setattr(jobs, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(jobs, "_woken", [])
    yield
    for process in jobs._woken:
        process.kill()
        process.wait()


def test_a_page_that_asks_again_starts_nothing_new(idle, settings):
    for _ in range(5):
        jobs.start_refresh(settings)
    assert [(job.kind, job.store, job.state) for job in jobs.recent(settings)] == [("refresh", "demo", "queued")]
    assert len(jobs._woken) == 1
    assert jobs.is_refreshing(settings)


def test_a_change_during_a_refresh_gets_a_refresh_of_its_own(idle, settings):
    jobs.start_refresh(settings)
    store.claim(settings)
    for _ in range(5):
        jobs.start_refresh(settings)
    assert [job.state for job in jobs.recent(settings)] == ["queued", "running"]
    assert len(jobs._woken) == 1


def test_where_nobody_works_nothing_is_said_to_be_refreshing(idle, settings):
    jobs.start_refresh(settings)
    for process in jobs._woken:
        process.kill()
        process.wait()
    assert not jobs.is_refreshing(settings)
    jobs.start_refresh(settings)
    assert jobs.is_refreshing(settings)
    assert len(jobs.recent(settings)) == 1
