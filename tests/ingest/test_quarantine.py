"""Lines that were kept out are corrected, exported, dropped or forgotten, and each is settled once."""
import dataclasses
import datetime as dt

import pytest

from crm_core.ingest import quarantine
from crm_core.ingest.undo import undo_batch
from crm_core.records.registry import Refused
from tests.ingest.conftest import BOOKING, csv_of
from tests.ingest.test_undo import scope


@pytest.fixture
def waiting(desk):
    """A desk with one line that came in, and two that wait: the second names no real status."""
    desk.bring(csv_of([BOOKING, BOOKING | {"confirmation": "R-2", "adults": "two"}, BOOKING | {"confirmation": "R-3", "status": "asleep"}]),
        "march.csv")
    return desk


def test_lines_that_wait_show_all_their_cells(waiting):
    first, second = quarantine.open_rejects(waiting.store, scope(1), batch=1)
    assert (first["line"], first["column"], first["rule"], first["cells"]["confirmation"]) == (3, "adults", "whole_number", "R-2")
    assert second["cells"]["status"] == "asleep"


def test_a_corrected_line_comes_in_as_a_batch_of_its_own_and_waits_no_more(waiting):
    first, second = quarantine.open_rejects(waiting.store, scope(1), batch=1)
    done = quarantine.correct(waiting.store, scope(1), batch=1, rows={first["id"]: {"adults": "2"}, second["id"]: {"status": "awake"}})
    assert (done.read, done.accepted, done.rejected) == (2, 1, 1)
    assert waiting.table("stay", "external_id", "adults", order="id") == [("R-1", 0), ("R-2", 2)]
    assert waiting.table("import_batch", "file_name", order="id")[1] == ("march.csv (corrected)",)
    assert quarantine.open_rejects(waiting.store, scope(1), batch=1) == []
    assert [row["value"] for row in quarantine.open_rejects(waiting.store, scope(1), batch=2)] == ["awake"]
    with pytest.raises(Refused):
        quarantine.correct(waiting.store, scope(1), batch=1, rows={first["id"]: {"adults": "2"}})


def test_a_correction_that_is_undone_waits_again(waiting):
    first, _ = quarantine.open_rejects(waiting.store, scope(1), batch=1)
    done = quarantine.correct(waiting.store, scope(1), batch=1, rows={first["id"]: {"adults": "2"}})
    undo_batch(waiting.store, scope(1), id=done.batch)
    assert len(quarantine.open_rejects(waiting.store, scope(1), batch=1)) == 2


def test_the_form_of_the_file_holds_for_its_corrections(desk):
    text = csv_of([BOOKING | {"arrival": "28.03.2025", "departure": "31.03.2025", "booked_on": "", "adults": "two", "room_revenue": "1.240,50"}])
    desk.bring_rows({"confirmation": "R-0"})
    desk.bring(text.replace(",", ";").replace('"', "").replace("1.240;50", "1.240,50"), "german.csv")
    (line,) = quarantine.open_rejects(desk.store, scope(1), batch=2)
    quarantine.correct(desk.store, scope(1), batch=2, rows={line["id"]: {"adults": "2"}})
    assert desk.table("stay", "room_revenue_minor", order="id") == [(42000,), (124050,)]


def test_an_exported_quarantine_can_be_put_right_and_brought_in_again(waiting):
    text = quarantine.as_csv(quarantine.open_rejects(waiting.store, scope(1), batch=1))
    assert text.splitlines()[0].endswith(",Innsight: line,Innsight: column,Innsight: reason")
    done = waiting.bring(text.replace("two", "2").replace("asleep", "confirmed"), "fixed.csv")
    assert (done.read, done.accepted, done.warnings) == (2, 2, [("nobody", {"n": 1}), ("unidentified", {"n": 2})])


def test_a_formula_that_was_made_inert_is_what_it_was_when_it_comes_back(desk):
    desk.bring_rows({"adults": "two", "room_type": "=Double", "food_revenue": "-1"})
    text = quarantine.as_csv(quarantine.open_rejects(desk.store, scope(1), batch=1))
    assert "'=Double" in text
    desk.bring(text.replace(",two,", ",2,").replace("'-1", "1"), "fixed.csv", property_code=None)
    assert desk.one("stay", "room_type") == "=Double"


def test_no_card_number_waits_anywhere_and_documents_are_left_out(desk):
    desk.bring_rows({"adults": "two", "given_name": "4111 1111 1111 1111", "document": "P123456"})
    (line,) = quarantine.open_rejects(desk.store, scope(1), batch=1)
    assert line["cells"]["given_name"] == "•••• 1111"
    assert "document" not in line["cells"]
    assert "4111" not in str(desk.everything())


def test_dropped_lines_are_settled_and_forgotten(waiting):
    (first, _) = quarantine.open_rejects(waiting.store, scope(1), batch=1)
    assert quarantine.drop(waiting.store, scope(1), batch=1, rejects=(first["id"],)) == 1
    assert quarantine.drop(waiting.store, scope(1), batch=1) == 1
    assert waiting.table("import_reject", "value", "cells", "settled_by", order="id") == [("", None, "nimali")] * 2
    with pytest.raises(Refused):
        quarantine.drop(waiting.store, scope(1), batch=1)


def test_lines_of_another_property_stay_unseen(waiting):
    waiting.bring_rows({"confirmation": "R-9", "status": "asleep"}, name="later.csv")
    assert quarantine.open_rejects(waiting.store, scope(2), batch=2) == []
    with pytest.raises(Refused):
        quarantine.correct(waiting.store, dataclasses.replace(scope(2)), batch=2, rows={3: {"status": "confirmed"}})


def test_after_thirty_days_the_cells_are_forgotten_and_the_file_can_still_be_sent_again(waiting):
    today = dt.datetime.now(dt.UTC).date()
    assert quarantine.expire(waiting.store, today + dt.timedelta(29)) == 0
    assert quarantine.expire(waiting.store, today + dt.timedelta(32)) == 2
    assert waiting.table("import_reject", "value", "cells") == [("", None)] * 2
    assert quarantine.expire(waiting.store, today + dt.timedelta(32)) == 0
    again = waiting.bring((waiting.home / "march.csv").read_bytes(), "march.csv")
    assert (again.rejected, again.duplicates) == (2, 1)
