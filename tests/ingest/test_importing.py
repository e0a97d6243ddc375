"""Files again, shuffled, changed and without ids: every row is accounted for and nothing comes in twice."""
import gc
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core import schema
from crm_core.ingest import commit
from crm_core.ingest.problems import ImportProblem
from crm_core.store import audit
from tests.ingest.conftest import BOOKING, Desk, csv_of

WITHOUT_ID = {name: value for name, value in BOOKING.items() if name != "confirmation"}


@pytest.fixture
def desk(store, tmp_path):
    """A desk on each engine in turn."""
    return Desk(store, tmp_path)


def rows(n):
    return [BOOKING | {"confirmation": f"R-{i}", "guest_ref": f"G-{i % 3}", "given_name": f"Guest {i % 3}", "phone": f"55500{i}",
        "food_revenue": str(i)}
            for i in range(n)]


def content(desk):
    """What a store holds, without the numbers that only count."""
    return {name: desk.table(name, *columns) for name, columns in {
        "stay": ("external_id", "status", "room_revenue_minor", "row_hash"), "charge": ("department", "amount_minor"),
        "guest": ("name", "phone"),
        "profile": ("external_id", "given_name", "phone"), "search_term": ("property_id", "term")}.items()}


def test_the_same_file_again_accepts_nothing_and_changes_nothing(desk):
    text = csv_of(rows(5))
    first = desk.bring(text)
    before = desk.everything(), desk.store.revision()
    again = desk.bring(text, "renamed.csv")
    assert again.as_json() == {"batch": first.batch, "read": 5, "accepted": 0, "rejected": 0, "duplicates": 5,
        "warnings": [("same_file", {"batch": 1})]}
    assert (desk.everything(), desk.store.revision()) == before


def test_a_shuffled_file_has_only_duplicates(desk):
    desk.bring(csv_of(rows(6)))
    before = content(desk)
    result = desk.bring(csv_of(list(reversed(rows(6)))), "shuffled.csv")
    assert (result.accepted, result.duplicates) == (0, 6)
    assert content(desk) == before


def test_the_order_of_rows_and_columns_does_not_matter(desk, second_desk):
    shuffled = rows(9)
    random.Random(1).shuffle(shuffled)
    desk.bring(csv_of(rows(9)))
    second_desk.bring(csv_of(shuffled, columns=sorted(shuffled[0])))
    assert content(second_desk) == content(desk)


def test_a_changed_row_replaces_its_stay_and_charges(desk):
    desk.bring_rows({"food_revenue": "10", "spa_revenue": "5"}, {"confirmation": "R-2"})
    kept = desk.table("stay", "id", "external_id")
    result = desk.bring_rows({"food_revenue": "12", "status": "in_house"}, {"confirmation": "R-2"}, name="later.csv")
    assert (result.added, result.updated, result.duplicates) == (0, 1, 1)
    assert desk.table("stay", "id", "external_id") == kept
    assert desk.table("stay", "external_id", "status", "revision", "batch_id") == [("R-1", "in_house", 2, 2), ("R-2", "checked_out", 1, 1)]
    assert desk.table("charge", "department", "amount_minor", "revision") == [("fnb", 1200, 2)]


def test_a_booking_that_stands_twice_in_a_file_counts_as_it_stands_last(desk):
    result = desk.bring_rows({"room_revenue": "1"}, {"confirmation": "R-2"}, {"room_revenue": "2"})
    assert (result.read, result.accepted, result.duplicates) == (3, 2, 1)
    assert ("repeated", {"n": 1}) in result.warnings
    assert desk.table("stay", "external_id", "room_revenue_minor") == [("R-1", 200), ("R-2", 42000)]


def test_the_same_number_at_two_properties_is_two_bookings(desk):
    assert desk.bring_rows({}, {"property": "KANDY"}).accepted == 2


def test_two_equal_rows_without_an_id_are_both_kept_with_a_warning(desk):
    text = csv_of([WITHOUT_ID, WITHOUT_ID, WITHOUT_ID | {"room_revenue": "1"}])
    result = desk.bring(text)
    assert result.accepted == 3
    assert ("equal_rows", {"n": 1}) in result.warnings
    assert desk.bring(text).accepted == 0
    assert len(desk.table("stay")) == 3


def test_a_line_kept_out_comes_in_once_its_reason_is_gone(desk):
    desk.bring_rows({})
    text = csv_of([WITHOUT_ID | {"property": place} for place in ("GALLE", "KANDY", "KANDY")])
    assert (desk.bring(text, "second.csv").rejected, len(desk.table("stay"))) == (2, 2)
    with desk.store.changing(audit.Entry("local", "add", "property")) as change:
        change.connection.execute(schema.property.insert().values(code="KANDY", name="Kandy", currency="LKR"))
    again = desk.bring(text, "second.csv")
    assert (again.read, again.accepted, again.rejected, again.duplicates) == (3, 2, 0, 1)
    last = desk.bring(text, "second.csv")
    assert (last.batch, last.accepted, last.duplicates, len(desk.table("stay"))) == (again.batch, 0, 3, 4)


def test_an_import_is_one_change_with_one_audit_row(desk):
    desk.bring(csv_of(rows(4)), actor="nimali")
    (row,) = desk.table("audit", "actor", "verb", "kind", "object")
    assert row == ("nimali", "import", "import_batch", desk.one("import_batch", "sha256"))
    assert desk.store.revision() == 1
    with desk.store.reading() as connection:
        assert audit.verify(connection) == []


def test_nothing_is_written_when_the_writing_fails(desk, monkeypatch):
    before = desk.everything()
    monkeypatch.setattr(commit, "_rejects", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.bring(csv_of(rows(4)))
    assert desk.everything() == before


def test_python_collects_its_garbage_again_after_an_import_that_went_well_or_not(desk):
    desk.bring(csv_of(rows(1)))
    assert gc.isenabled()
    with pytest.raises(ImportProblem):
        desk.bring("a,b,c\n1,2,3\n")
    assert gc.isenabled()


def test_progress_counts_bytes_and_then_writes(desk):
    seen, text = [], csv_of(rows(4))
    desk.bring(text, progress=lambda *step: seen.append(step))
    assert seen == [(len(text), len(text), "reading"), (len(text), len(text), "writing")]


CELLS = st.sampled_from(["", "R-1", "R-2", "GALLE", "2025-03-28", "2025-03-31", "2025-13-01", "checked_out", "phone", "10.50", "-1", "\0",
    '"', "1,5", "é", "a\nb"])
GOOD_OR_BAD = st.fixed_dictionaries({name: st.one_of(st.just(value), CELLS) for name, value in BOOKING.items()})
DAMAGE = st.sampled_from(["", "", "", ",", '"', "\n", "\0"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(GOOD_OR_BAD, DAMAGE), max_size=12))
def test_every_row_of_a_messy_file_is_accepted_rejected_or_a_duplicate(desk, bookings):
    header, *_ = csv_of([BOOKING]).splitlines()
    lines = [csv_of([row]).split("\n", 1)[1].rstrip("\n") + damage for row, damage in bookings]
    stays, rejects = len(desk.table("stay")), len(desk.rejected())
    result = desk.bring("\n".join([header, *lines]) + "\n")
    assert result.accepted + result.rejected + result.duplicates == result.read
    assert result.added + result.updated == result.accepted
    assert len(desk.table("stay")) == stays + result.added
    assert len(desk.rejected()) - rejects == result.rejected or ("same_file", {"batch": result.batch}) in result.warnings
