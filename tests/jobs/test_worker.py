"""The worker does what is queued, one at a time and one worker at a time; killed at any moment, the next one sets things right."""

import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from crm_core import jobs, schema
from crm_core.ingest.importing import import_file
from crm_core.jobs import store, uploads, work, worker
from crm_core.programme.rules import DEFAULT, said
from crm_core.refresh import refresh
from crm_core.store import record
from tests.hotel import lisbon_and_addis
from tests.jobs.conftest import bookings, eventually

SLOW = """
import sys, threading, time
from crm_core.jobs import work, worker
from crm_core.ingest import importing
from crm_core.jobs import bringing
work.match = lambda *_: {"merged": 0}
def slow(store, path, *, progress, **options):
    def step(done, total, phase):
        progress(done, total, phase)
        if phase == %r:
            time.sleep(60)
    return importing.import_file(store, path, progress=step, **options)
bringing.import_file = slow
worker.serve(threading.Event(), idle=.05, steady=.05)
"""


def test_an_upload_comes_in_and_figures_matching_and_reading_follow(home, monkeypatch):
    monkeypatch.setattr("crm_core.refresh.refresh", refresh)
    id = jobs.submit_import(home.settings, "march.csv", bookings(1, 2).encode(), actor="ana")
    home.work()
    done = jobs.job(home.settings, id)
    assert (done.state, done.result["read"], done.result["accepted"]) == ("done", 2, 2)
    assert home.jobs() == [("import", "done"), ("refresh", "done"), ("match", "done"), ("score", "done")]
    assert (home.stays, jobs.published(home.settings), home.matched) == (2, 1, 1)
    assert not uploads.folder(home.settings, id).exists()
    with record.open_store(home.settings).reading() as connection:
        batch = connection.execute(schema.import_batch.select()).one()
    assert (batch.file_name, batch.actor) == ("march.csv", "ana")


def test_several_files_are_followed_by_one_refresh_and_one_search(home):
    for n in (1, 2, 3):
        jobs.submit_import(home.settings, f"{n}.csv", bookings(n).encode())
    home.work()
    assert [kind for kind, _ in home.jobs()] == ["import", "import", "import", "refresh", "match", "score"]
    assert (home.stays, home.refreshed, home.matched) == (3, 1, 1)


def test_points_that_are_over_expire_with_a_refresh_and_the_figures_follow(home):
    """Ten points were valid until 1 March: one row more, and a second refresh; the next day's work posts nothing again."""
    hotel = lisbon_and_addis(record.open_store(home.settings))
    hotel.points(hotel.member(1, "2024-01-10", hotel.programme(rules=said(DEFAULT))), "2024-03-01", "earn", 10, expires_on="2025-03-01")
    for refreshed in (2, 3):
        store.submit(home.settings, "refresh", None)
        home.work()
        assert (home.rows(schema.points_entry), home.refreshed) == (2, refreshed)


def test_merged_people_want_a_second_refresh(home, monkeypatch):
    monkeypatch.setattr(work, "match", lambda *_: {"merged": 2})
    jobs.submit_import(home.settings, "1.csv", bookings(1).encode())
    home.work()
    assert [kind for kind, _ in home.jobs()] == ["import", "refresh", "match", "score", "refresh"]
    assert home.refreshed == 2


def test_a_file_that_brought_nothing_new_is_followed_by_nothing(home):
    for name in ("a.csv", "b.csv"):
        jobs.submit_import(home.settings, name, bookings(1).encode())
        home.work()
    assert [kind for kind, _ in home.jobs()] == ["import", "refresh", "match", "score", "import"]


def test_an_error_is_told_in_words_and_noted_without_its_text(home, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("Ana Silva, ana@example.com")

    monkeypatch.setattr("crm_core.refresh.refresh", broken)
    id = jobs.submit(home.settings, "refresh")
    home.work()
    assert "(ZeroDivisionError)" in jobs.said(jobs.job(home.settings, id))
    noted = (home.folder / "worker.log").read_text()
    assert "job 1 (refresh): ZeroDivisionError at crm_core/jobs/work.py:" in noted
    assert "Ana" not in noted + jobs.said(jobs.job(home.settings, id))


def test_a_worker_that_cannot_go_on_for_a_while_notes_it_and_tries_again(home, monkeypatch):
    troubles = iter([OSError("no space left on the device"), None])

    def trouble(_home):
        if problem := next(troubles):
            raise problem

    monkeypatch.setattr(worker, "recover", trouble)
    id = jobs.submit(home.settings, "refresh")
    home.work()
    assert jobs.job(home.settings, id).state == "done"
    assert "worker: OSError at crm_core/jobs/worker.py:" in (home.folder / "worker.log").read_text()


def test_a_cancelled_import_writes_nothing_and_the_next_job_runs(home, monkeypatch):
    first = jobs.submit_import(home.settings, "1.csv", bookings(1).encode())
    jobs.submit_import(home.settings, "2.csv", bookings(2, 3).encode())

    def cancelled_meanwhile(opened, path, *, progress, name, **options):
        if name == "1.csv":
            assert jobs.cancel(home.settings, first)
        return import_file(opened, path, progress=progress, name=name, **options)

    monkeypatch.setattr(worker.bringing, "import_file", cancelled_meanwhile)
    home.work()
    assert home.jobs()[:2] == [("import", "cancelled"), ("import", "done")]
    assert jobs.said(jobs.job(home.settings, first)) == "It was cancelled; nothing was written."
    assert (home.stays, home.rows(schema.import_batch)) == (2, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_an_import_whose_worker_was_killed_wrote_nothing_and_says_so(home):
    id = jobs.submit_import(home.settings, "march.csv", bookings(*range(50)).encode())
    killed = home.process(code=SLOW % "writing")
    eventually(lambda: jobs.job(home.settings, id).phase == "writing")
    killed.kill()
    killed.communicate()
    home.work()
    ended = jobs.job(home.settings, id)
    assert (ended.state, jobs.said(ended)) == ("failed", "It was interrupted; nothing was written. Try again.")
    assert (home.stays, home.rows(schema.import_batch)) == (0, 0)
    assert not uploads.folder(home.settings, id).exists()


def test_an_import_that_was_written_before_its_worker_died_is_done(home):
    id = jobs.submit_import(home.settings, "march.csv", bookings(1).encode())
    store.claim(home.settings)
    import_file(record.open_store(home.settings), uploads.path(home.settings, id))
    home.work()
    ended = jobs.job(home.settings, id)
    assert (ended.state, ended.result["batch"]) == ("done", 1)
    assert home.stays == 1
    assert home.jobs()[1:] == [("refresh", "done"), ("match", "done"), ("score", "done")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_file_of_the_inbox_whose_worker_was_killed_comes_in_by_itself(home):
    home.drop("night.csv", bookings(1, 2))
    killed = home.process(code=SLOW % "reading")
    eventually(lambda: any(job.phase == "reading" for job in jobs.recent(home.settings)))
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    home.work()
    assert home.stays == 2
    assert home.jobs()[0] == ("inbox", "done")


def test_a_refresh_that_was_interrupted_is_made_again_once(home):
    store.submit(home.settings, "refresh")
    store.claim(home.settings)
    worker.recover(home.settings)
    assert home.jobs() == [("refresh", "queued")]
    store.claim(home.settings)
    worker.recover(home.settings)
    assert home.jobs() == [("refresh", "failed")]


def test_of_two_workers_one_works_and_the_other_takes_over(home, monkeypatch):
    first, second = threading.Event(), threading.Event()
    serving = [threading.Thread(target=worker.serve, args=(stop,), kwargs={"idle": 0.02}) for stop in (first, second)]
    serving[0].start()
    eventually(lambda: jobs.is_working(home.settings))
    serving[1].start()
    assert not worker.serve(threading.Event(), once=True)
    claims: list[str] = []
    run = worker.run
    monkeypatch.setattr(worker, "run", lambda job: (claims.append(threading.current_thread().name), run(job)))
    _refresh_and_wait(home)
    first.set()
    serving[0].join()
    _refresh_and_wait(home)
    second.set()
    serving[1].join()
    assert claims == [serving[0].name, serving[1].name]
    assert not jobs.is_working(home.settings)


def _refresh_and_wait(home) -> None:
    id = store.submit(home.settings, "refresh")
    eventually(lambda: jobs.job(home.settings, id).state == "done")


def test_an_idle_worker_costs_next_to_nothing_and_ends_with_whoever_started_it(home):
    started = home.process("--while-open", stdin=subprocess.PIPE)
    eventually(lambda: (home.folder / "inbox" / "README.txt").exists())
    time.sleep(0.3)
    cost = psutil.Process(started.pid)
    before = sum(cost.cpu_times()[:2])
    time.sleep(2)
    used = sum(cost.cpu_times()[:2]) - before
    started.communicate()  # closes its input
    assert started.returncode == 0
    assert used <= 0.04
    assert not jobs.is_working(home.settings)


def test_the_app_starts_one_worker_and_stops_it(home):
    code = """
import asyncio, sys
sys.path.insert(0, "")
import app
async def live():
    async with app.lifespan(None):
        print("up", file=sys.stderr, flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(live())
"""
    serving = home.process(code=code, stdin=subprocess.PIPE)
    assert serving.stderr.readline() == "up\n"
    eventually(lambda: jobs.is_working(home.settings))
    beside = psutil.Process(serving.pid).children(recursive=True)
    assert [child.cmdline()[-3:] for child in beside] == [["crm_core", "work", "--while-open"]]
    serving.communicate()
    assert serving.returncode == 0
    assert not beside[0].is_running()
