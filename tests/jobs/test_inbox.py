"""A file dropped into the inbox comes in by itself and is filed away with a report; whatever it is, the worker goes on."""

import json
import os

import pytest

from crm_core.jobs import inbox
from tests.jobs.conftest import bookings


def test_a_file_comes_in_and_lies_under_done_with_its_report(home):
    home.drop("march.csv", bookings(1, 2, 3))
    home.work()
    assert home.stays == 3
    assert home.filed("done") == ["march.csv", "march.csv.report.json", "march.csv.report.txt"]
    assert "Rows read 3: new 3, changed 0, rejected 0, already here 0." in home.report("march.csv")
    said = json.loads(next((home.folder / "inbox").rglob("*.report.json")).read_text())
    assert (said["file"], said["state"], said["read"], said["accepted"]) == ("march.csv", "done", 3, 3)
    assert home.jobs() == [("inbox", "done"), ("refresh", "done"), ("match", "done"), ("score", "done")]


def test_the_inbox_says_what_to_put_there(home):
    home.work()
    assert "rejected/<date>/" in (home.folder / "inbox" / "README.txt").read_text()
    assert home.jobs() == []


def test_a_folder_named_like_a_property_gives_the_property(home):
    home.drop("a.csv", bookings(1).replace("property,", "").replace("GALLE,", ""), folder="LIS")
    home.work()
    assert home.stays == 1
    assert "LIS" in home.report("a.csv")


def test_rejected_lines_lie_beside_their_file(home):
    home.drop("march.csv", bookings(1) + bookings(2).splitlines()[1].replace("2025-03-31", "2025-02-01") + "\n")
    home.work()
    assert "march.csv.rejects.csv" in home.filed("done")
    lines = next((home.folder / "inbox").rglob("*.rejects.csv")).read_text(encoding="utf-8-sig").splitlines()
    assert lines[1] == ("R-2,GALLE,checked_out,2025-01-12,2025-03-28,2025-02-01,Phone,420.00,3,departure,"
                        "The departure is before the arrival. Correct one of the two dates.")


def test_a_file_of_which_no_row_could_be_taken_is_rejected(home):
    home.drop("march.csv", bookings(1).replace("2025-03-31", "2025-02-01"))
    home.work()
    assert home.filed("rejected") == ["march.csv", "march.csv.rejects.csv", "march.csv.report.json", "march.csv.report.txt"]
    assert "None of the rows could be taken in." in home.report("march.csv")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", "", "empty.csv is empty."),
        ("picture.csv", "\x89PNG\r\n", "picture.csv"),
        ("strange.csv", "alpha,beta\n1,2\n", "strange.csv"),
        ("a\n\"b'.csv", "", "a_\"b'.csv is empty."),
        ("é" * 125 + ".csv", "", f"{'é' * 125}.csv is empty."),
    ],
)
def test_a_file_that_cannot_be_used_is_rejected_and_told_why(home, name, content, says):
    home.drop(name, content)
    home.work(steady=0.01)
    shown = name.replace("\n", "_") if len(name) < 100 else "é" * 100 + ".csv"
    assert home.filed("rejected") == [shown, f"{shown}.report.json", f"{shown}.report.txt"]
    assert says in home.report(shown)
    assert home.jobs() == [("inbox", "failed")]
    assert not (home.folder / "innsight.db").exists() or home.stays == 0


def test_a_name_that_is_taken_gets_a_number(home):
    for n in (1, 2, 3):
        home.drop("drop.csv", bookings(n))
        home.work()
    assert [name for name in home.filed("done") if name.endswith(".csv")] == ["drop (2).csv", "drop (3).csv", "drop.csv"]
    assert home.stays == 3


def test_a_file_that_is_still_written_or_hidden_is_left_alone(home):
    for name in ("a.csv.part", "b.tmp", "c.CRDOWNLOAD", ".d.csv", "~$e.xlsx"):
        home.drop(name, bookings(1))
    home.work()
    assert home.jobs() == []
    assert len(os.listdir(home.folder / "inbox")) == 6


def test_a_file_counts_as_written_once_it_has_not_changed_for_a_while(home, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(inbox.time, "monotonic", lambda: clock[0])
    path, watch = home.drop("slow.csv", bookings(1)), inbox.Watch(home.folder / "inbox", steady=3)

    def ready_at(second: float) -> int:
        clock[0] = second
        return len(watch.ready())

    assert [ready_at(100), ready_at(102)] == [0, 0]
    path.write_text(bookings(1, 2))
    assert [ready_at(104), ready_at(106.9), ready_at(107), ready_at(120)] == [0, 0, 1, 0]
    path.write_text(bookings(1, 2, 3))
    assert [ready_at(130), ready_at(133)] == [0, 1]


def test_a_file_of_no_bytes_gets_ten_times_as_long(home, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(inbox.time, "monotonic", lambda: clock[0])
    home.drop("opened.csv")
    watch, found = inbox.Watch(home.folder / "inbox", steady=3), []
    for clock[0] in (0.0, 29.0, 30.0):
        found.append(len(watch.ready()))
    assert found == [0, 0, 1]


def test_a_link_is_refused_and_what_it_leads_to_is_neither_read_nor_moved(home, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(bookings(1))
    home.drop("x.csv", bookings(2)).unlink()
    (home.folder / "inbox" / "bait.csv").symlink_to(secret)
    home.work()
    assert secret.read_text() == bookings(1)
    assert "bait.csv is a link" in home.report("bait.csv")
    assert not (home.folder / "innsight.db").exists()


def test_a_loop_of_folders_and_a_pipe_end_nothing(home):
    (home.folder / "inbox" / "LIS").mkdir(parents=True)
    (home.folder / "inbox" / "LIS" / "loop").symlink_to(home.folder / "inbox")
    os.mkfifo(home.folder / "inbox" / "pipe.csv")
    home.drop("good.csv", bookings(1))
    home.work(steady=0.01)
    assert home.stays == 1
    assert "loop is a link" in home.report("loop")
    assert "pipe.csv is not a file" in home.report("pipe.csv")


def test_a_name_that_is_no_text_is_shown_without_its_bytes(home):
    (home.folder / "inbox").mkdir()
    raw = os.fsencode(str(home.folder / "inbox")) + b"/caf\xe9.csv"
    with open(raw, "wb") as file:
        file.write(bookings(1).encode())
    home.work()
    assert home.stays == 1
    assert "caf�.csv" in home.filed("done")


def test_a_file_that_ended_its_worker_twice_is_rejected(home):
    from crm_core.jobs import store, worker

    path = home.drop("heavy.csv", bookings(1))
    store.submit(home.settings, "inbox", {"path": str(path), "property_code": None})
    for _ in range(2):
        store.claim(home.settings)
        worker.recover(home.settings)
    assert home.jobs() == [("inbox", "failed")]
    assert "It was interrupted twice" in home.report("heavy.csv")
    assert not path.exists()
