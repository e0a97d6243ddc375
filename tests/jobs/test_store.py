"""A job goes from state to state as the table says and in no other way; who looks on sees its progress."""

import threading
import time

import pytest

from crm_core.jobs import store, uploads, words
from crm_core.store.audit import Entry

LAWFUL = {
    ("queued", "cancelled"),
    ("running", "done"),
    ("running", "failed"),
    ("running", "cancelled"),
    ("running", "queued"),
}


def came_to(settings, state: str) -> int:
    """Return the id of a job that has come to a state."""
    id = store.submit(settings, "refresh")
    if state != "queued":
        store.claim(settings)
    if state not in ("queued", "running"):
        store.end(settings, id, state)
    return id


@pytest.mark.parametrize("before", ["queued", "running", "done", "failed", "cancelled"])
@pytest.mark.parametrize("after", ["queued", "done", "failed", "cancelled"])
def test_a_job_moves_only_as_the_table_of_states_says(settings, before, after):
    id = came_to(settings, before)
    if (before, after) in LAWFUL:
        assert store.end(settings, id, after).state == after
    else:
        with pytest.raises(store.WrongState):
            store.end(settings, id, after)
        assert store.job(settings, id).state == before


@pytest.mark.parametrize(
    ("state", "could", "then"),
    [
        ("queued", True, "cancelled"),
        ("running", True, "running"),
        ("done", False, "done"),
        ("failed", False, "failed"),
        ("cancelled", False, "cancelled"),
    ],
)
def test_cancel_ends_what_waits_and_asks_what_runs(settings, state, could, then):
    id = came_to(settings, state)
    assert store.cancel(settings, id) is could
    assert store.job(settings, id).state == then


def test_a_running_job_hears_at_its_next_step_that_it_is_to_end(settings):
    id = came_to(settings, "running")
    step = store.progress(settings, id)
    step(10, 100, "reading")
    store.cancel(settings, id)
    step(11, 100, "reading")  # too soon after the last note
    with pytest.raises(store.Cancelled):
        step(0, 0, "writing")


def test_files_are_claimed_before_refresh_and_matching_each_in_its_order(settings):
    for kind in ("match", "refresh", "inbox", "import", "refresh"):
        store.submit(settings, kind)
    assert [store.claim(settings).id for _ in range(5)] == [3, 4, 2, 5, 1]
    assert store.claim(settings) is None


def test_a_job_is_claimed_once_however_many_try(settings):
    for _ in range(20):
        store.submit(settings, "refresh")
    claimed: list[int] = []

    def grab():
        while job := store.claim(settings):
            claimed.append(job.id)

    grabbing = [threading.Thread(target=grab) for _ in range(4)]
    for thread in grabbing:
        thread.start()
    for thread in grabbing:
        thread.join()
    assert sorted(claimed) == list(range(1, 21))


def test_the_same_job_waits_once(settings):
    assert [store.submit_once(settings, "refresh") for _ in range(3)] == [1, 1, 1]
    assert store.submit_once(settings, "refresh", {"full": True}) == 2
    store.claim(settings)
    assert store.submit_once(settings, "refresh") == 3


def test_an_unknown_kind_of_job_is_refused(settings):
    with pytest.raises(ValueError, match="no kind of job called 'bake'"):
        store.submit(settings, "bake")
    assert store.recent(settings) == []


def test_progress_moves_while_a_commit_holds_the_record_store(settings, sqlite_store):
    id = came_to(settings, "running")
    with sqlite_store.changing(Entry("local", "import", "import_batch", "x")):
        started = time.monotonic()
        store.progress(settings, id)(30, 40, "writing")
        seen = store.job(settings, id)
        assert time.monotonic() - started < 1
    assert (seen.phase, seen.done, seen.total, seen.share) == ("writing", 30, 40, 0.75)


def test_progress_is_written_four_times_a_second_and_at_each_new_phase(settings, monkeypatch):
    id, clock = came_to(settings, "running"), iter([0.0, 0.1, 0.24, 0.25, 0.26])
    monkeypatch.setattr(store.time, "monotonic", lambda: next(clock))
    step, seen = store.progress(settings, id), []
    for done, phase in ((1, "reading"), (2, "reading"), (3, "reading"), (4, "reading"), (5, "writing")):
        step(done, 9, phase)
        seen.append(store.job(settings, id).done)
    assert seen == [1, 1, 1, 4, 5]


def test_a_message_is_told_in_the_readers_language_and_a_silent_job_says_nothing(settings):
    id = came_to(settings, "running")
    assert words.said(store.job(settings, id)) == ""
    ended = store.end(settings, id, "failed", message=("empty", {"file": "march.csv"}))
    assert words.said(ended) == "march.csv is empty. Export it again from its system, or start from our template."
    assert words.state(ended) == "Failed"


def test_an_upload_is_readable_to_this_user_only_and_goes_with_its_job(settings):
    id = uploads.submit_import(settings, "../../evil.csv", b"a,b\n1,2\n", source="bookings")
    kept = uploads.path(settings, id)
    assert kept == settings.home / "uploads" / "1" / "upload"
    assert (kept.read_bytes(), kept.stat().st_mode & 0o777) == (b"a,b\n1,2\n", 0o600)
    assert store.job(settings, id).params == {"name": "../../evil.csv", "source": "bookings"}
    uploads.remove_left(settings)
    assert kept.exists()
    store.cancel(settings, id)
    uploads.remove_left(settings)
    assert not kept.parent.exists()


def test_an_upload_that_cannot_be_kept_leaves_no_job(settings):
    class Broken:
        def read(self, _size=-1):
            raise OSError("the visitor's connection broke")

    with pytest.raises(OSError, match="connection broke"):
        uploads.submit_import(settings, "a.csv", Broken())
    assert store.recent(settings) == []
