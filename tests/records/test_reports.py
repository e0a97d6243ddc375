"""A report falls due once on each of its days, in the rhythm that was planned, and every time that it was made or failed is kept."""
import datetime as dt

import pytest

from crm_core.records.boards import archive_board, save_board
from crm_core.records.registry import Refused, Stale
from crm_core.records.reports import (
    archive_report,
    change_report,
    due_on,
    due_reports,
    note_report_run,
    report_card,
    reports,
    restore_report,
    save_report,
)

TUESDAY = dt.date(2025, 4, 1)  # the as-of date of the tests


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture
def board(sqlite_store, view) -> int:
    """The board "Monday" of both properties."""
    return save_board(sqlite_store, view(), name="Monday")


@pytest.mark.parametrize(("rhythm", "on_day", "by", "due"), [
    ("daily", None, "2025-04-01", "2025-04-01"), ("weekly", 1, "2025-04-01", "2025-04-01"), ("weekly", 0, "2025-04-01", "2025-03-31"),
    ("weekly", 2, "2025-04-01", "2025-03-26"), ("monthly", 1, "2025-04-01", "2025-04-01"), ("monthly", 28, "2025-01-27", "2024-12-28")])
def test_the_latest_due_day_by_a_day(rhythm, on_day, by, due):
    assert due_on(rhythm, on_day, day(by)) == day(due)


def test_a_report_is_planned_and_told_with_its_board(store, view):
    board = save_board(store, view(), name="Monday")
    made = save_report(store, view(), board_id=board, name="Weekly", rhythm="weekly", on_day=0, forms=("pdf", "html"), language="hy")
    one = reports(store, view())[0]
    assert (one["id"], one["name"], one["board"], one["forms"], one["language"], one["last"]) == (made, "Weekly", "Monday", ("html", "pdf"), "hy", None)
    note_report_run(store, view(), id=made, for_on=TUESDAY, state="failed", why="No figures", warehouse_version=3)
    note_report_run(store, view(), id=made, for_on=TUESDAY, state="made", file="a.html", hash="ab", warehouse_version=3)
    assert [(run["state"], run["why"], run["file"], run["hash"]) for run in report_card(store, view(), id=made)["runs"]] == [
        ("made", "", "a.html", "ab"), ("failed", "No figures", "", "")]


def test_each_day_is_due_once_and_days_that_were_missed_are_made_up_for_by_the_latest(sqlite_store, view, board):
    made = save_report(sqlite_store, view(), board_id=board, name="Weekly", rhythm="weekly", on_day=2)
    due = lambda by: [row["due_on"] for row in due_reports(sqlite_store, view(), day=day(by))]  # noqa: E731
    assert due("2025-04-01") == []  # Wednesday 26 March was before it was planned
    assert due("2025-04-02") == due("2025-04-08") == [day("2025-04-02")]
    assert due("2025-04-17") == [day("2025-04-16")]
    note_report_run(sqlite_store, view(), id=made, for_on=day("2025-04-16"), state="failed", why="No figures")
    assert due("2025-04-17") == []
    assert due("2025-04-23") == [day("2025-04-23")]


def test_what_is_made_when_asked_or_was_put_away_never_falls_due(sqlite_store, view, board):
    far = day("2026-04-01")
    save_report(sqlite_store, view(), board_id=board, name="Asked", rhythm="asked")
    daily = save_report(sqlite_store, view(), board_id=board, name="Daily", rhythm="daily")
    assert [row["name"] for row in due_reports(sqlite_store, view(), day=far)] == ["Daily"]
    archive_report(sqlite_store, view(), id=daily, version=1)
    assert due_reports(sqlite_store, view(), day=far) == []
    restore_report(sqlite_store, view(), id=daily, version=2)
    archive_board(sqlite_store, view(), id=board, version=1)
    assert due_reports(sqlite_store, view(), day=far) == []


def test_a_report_changes_its_rhythm_by_one_editor_at_a_time(sqlite_store, view, board):
    made = save_report(sqlite_store, view(), board_id=board, name="Weekly", rhythm="weekly", on_day=2)
    assert change_report(sqlite_store, view(), id=made, version=1, values={"rhythm": "monthly", "on_day": 15}) == 2
    with pytest.raises(Stale):
        change_report(sqlite_store, view(), id=made, version=1, values={"language": "am"})
    assert change_report(sqlite_store, view(), id=made, version=2, values={"rhythm": "daily"}) == 3
    assert [(row["rhythm"], row["on_day"], row["language"]) for row in reports(sqlite_store, view())] == [("daily", None, "en")]


@pytest.mark.parametrize(("wrong", "said"), [
    ({"rhythm": "hourly"}, "rhythm"), ({"rhythm": "weekly"}, "day of the week"), ({"rhythm": "weekly", "on_day": 7}, "day of the week"),
    ({"rhythm": "monthly", "on_day": 29}, "1 to 28"), ({"forms": ()}, "HTML"), ({"forms": ("xls",)}, "HTML"), ({"language": "tlh"}, "language"),
    ({"board_id": 99}, "no such board"), ({"name": " "}, "1 to 80")])
def test_a_report_that_nobody_can_make_is_refused(sqlite_store, view, board, wrong, said):
    with pytest.raises(Refused, match=said):
        save_report(sqlite_store, view(), **{"board_id": board, "name": "Daily", "rhythm": "daily", **wrong})
    assert reports(sqlite_store, view()) == []


def test_who_sees_one_property_sees_no_report_of_both(sqlite_store, view, board):
    made = save_report(sqlite_store, view(), board_id=board, name="Daily", rhythm="daily")
    assert reports(sqlite_store, view(1)) == due_reports(sqlite_store, view(1), day=day("2026-01-01")) == []
    with pytest.raises(Refused, match="no such report"):
        note_report_run(sqlite_store, view(1), id=made, for_on=TUESDAY, state="made")
    with pytest.raises(Refused, match="no such report"):
        change_report(sqlite_store, view(1), id=made, version=1, values={"rhythm": "asked"})
