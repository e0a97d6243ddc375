"""The newest file is undone to exactly what was there before it."""
import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core import schema
from crm_core.ingest.undo import undo_batch
from crm_core.records import bulk, bulk_undo, case_work, corrections, review_answers, review_search
from crm_core.records.audiences import audience_members, save_audience
from crm_core.records.notes import add_note
from crm_core.records.pipeline import plan_lead
from crm_core.records.registry import Refused
from crm_core.scope import Period, Scope
from crm_core.store.audit import Entry
from tests.ingest.conftest import BOOKING, csv_of

KEPT = ("audit", "import_batch", "bulk_action", "former", "consent", "store_state")
ANNA = {"guest_ref": "7", "given_name": "Anna", "family_name": "Weber", "email": "anna@example.com"}


def scope(*properties):
    day = dt.date(2025, 1, 1)
    return Scope("local", properties, Period(day, day.replace(year=2026)), day, user="nimali", chain=properties)


def dump(desk):
    """Everything that a store holds but what only grows, as versions of guests do; an emptied guest of a consent is left out."""
    found = {}
    with desk.store.reading() as connection:
        for table in schema.metadata.sorted_tables:
            if table.name not in KEPT:
                columns = [c for c in table.c if c.name != "revision" and c is not schema.guest.c.version]
                rows = connection.execute(sa.select(*columns).where(table.c.erased_at.is_(None) if table.name == "guest" else sa.true()))
                found[table.name] = sorted(map(repr, rows))
    return found


def test_a_first_file_goes_away_with_its_guests_and_can_come_in_again(desk):
    before = dump(desk)
    text = csv_of([BOOKING | ANNA | {"food_revenue": "5", "preferences": "bed: king"}])
    first = desk.bring(text)
    undo_batch(desk.store, scope(1), id=first.batch)
    assert dump(desk) == before
    assert desk.one("import_batch", "undone_by") == "nimali"
    assert desk.bring(text).accepted == 1


def test_what_a_file_changed_is_as_it_was(desk):
    desk.bring_rows(ANNA | {"food_revenue": "5", "guest_country": "DE"})
    before = dump(desk)
    later = desk.bring_rows(ANNA | {"food_revenue": "6", "status": "no_show", "phone": "+49 30 901820", "guest_is_booker": "yes"},
        {"confirmation": "R-2", "guest_ref": "8"}, name="later.csv")
    assert dump(desk) != before
    assert undo_batch(desk.store, scope(1), id=later.batch)["restored"] == 4  # stay, charge, guest, profile
    assert dump(desk) == before


def test_only_the_newest_file_is_undone_and_each_only_once(desk):
    desk.bring_rows({})
    desk.bring_rows({"confirmation": "R-2"}, name="later.csv")
    with pytest.raises(Refused, match="newest"):
        undo_batch(desk.store, scope(1), id=1)
    undo_batch(desk.store, scope(1), id=2)
    with pytest.raises(Refused, match="newest"):
        undo_batch(desk.store, scope(1), id=2)
    undo_batch(desk.store, scope(1), id=1)
    assert desk.table("stay") == []


def test_a_file_whose_guests_the_staff_have_worked_with_stays(desk):
    desk.bring_rows(ANNA)
    add_note(desk.store, scope(1), guest_id=1, text="likes tea")
    before = dump(desk)
    with pytest.raises(Refused, match="notes 1"):
        undo_batch(desk.store, scope(1), id=1)
    assert dump(desk) == before


def test_a_file_whose_enquiries_the_staff_have_planned_since_stays(desk):
    """A file that adds an enquiry, and one that only changes it."""
    rows = {"lead_id": "L-1", "property": "GALLE", "created_at": "2025-01-08T11:20:00", "name": "Anna Weber"}
    desk.bring_rows({})
    for batch, stage in ((2, "enquiry"), (3, "qualified")):
        desk.bring(csv_of([rows | {"stage": stage}]), f"{stage}.csv", target="leads")
        version = desk.one("lead", "version")
        plan_lead(desk.store, scope(1), id=1, version=version, next_step="call her", due_on=None)
        with pytest.raises(Refused, match="leads 1"):
            undo_batch(desk.store, scope(1), id=batch)


REVIEW = {"review_id": "RV-1", "property": "GALLE", "reviewed_on": "2025-01-08", "score": "8.4", "platform": "google", "text": "Friendly people."}
CASE = {"case_id": "S-1", "property": "GALLE", "opened_at": "2025-01-08T11:20:00", "kind": "noise"}


def _read(desk, review=1):
    """What the scorer and the index of words know of a review."""
    with desk.store.changing(Entry("test", "score", "review")) as change:
        read = {"review_id": review, "language": "en", "scorer": "test"}
        change.connection.execute(sa.insert(schema.review_score).values(**read, tier="validated", text_hash=b"x", at=change.at, revision=change.revision))
        change.connection.execute(sa.insert(schema.mention).values(**read, box="text", start=0, stop=8, aspect="staff"))
        review_search.catch_up(change)


def test_what_was_read_in_reviews_goes_away_with_them(desk):
    desk.bring_rows({})
    before = dump(desk) | {"setting": None}
    desk.bring(csv_of([REVIEW]), "reviews.csv", target="reviews")
    _read(desk)
    assert review_search.search_reviews(desk.store, scope(1), text="friendly") == [1]
    assert undo_batch(desk.store, scope(1), id=2)["removed"] == 1
    assert dump(desk) | {"setting": None} == before
    assert review_search.search_reviews(desk.store, scope(1), text="friendly") == []


def test_a_review_that_a_file_changed_is_as_it_was_and_waits_to_be_read_anew(desk):
    desk.bring_rows({})
    desk.bring(csv_of([REVIEW]), "reviews.csv", target="reviews")
    desk.bring(csv_of([REVIEW | {"text": "Rude people."}]), "later.csv", target="reviews")
    _read(desk)
    undo_batch(desk.store, scope(1), id=3)
    assert desk.one("review", "text") == "Friendly people."
    assert desk.table("review_score") == desk.table("mention") == []


@pytest.mark.parametrize(("work", "said"), [
    (lambda store, here: review_answers.save_answer_draft(store, here, id=1, version=1, draft="Thank you"), "answers 1"),
    (lambda store, here: corrections.correct_review(store, here, review_id=1, label="neutral"), "corrections 1"),
    (lambda store, here: case_work.open_case(store, here, property_id=1, kind="noise", text="Music", review_id=1), "cases 1")])
def test_a_file_whose_reviews_the_staff_have_worked_with_stays(desk, work, said):
    desk.bring_rows({})
    desk.bring(csv_of([REVIEW]), "reviews.csv", target="reviews")
    _read(desk)
    work(desk.store, scope(1))
    before = dump(desk)
    with pytest.raises(Refused, match=said):
        undo_batch(desk.store, scope(1), id=2)
    assert dump(desk) == before


def test_a_file_whose_cases_the_staff_have_worked_on_stays(desk):
    desk.bring_rows({})
    desk.bring(csv_of([CASE]), "cases.csv", target="cases")
    case_work.note_case(desk.store, scope(1), id=1, version=1, text="Called the guest")
    with pytest.raises(Refused, match="cases 1"):
        undo_batch(desk.store, scope(1), id=2)


def test_a_file_of_cases_goes_away(desk):
    desk.bring_rows({})
    before = dump(desk)
    desk.bring(csv_of([CASE]), "cases.csv", target="cases")
    undo_batch(desk.store, scope(1), id=2)
    assert dump(desk) == before


def test_a_file_whose_contacts_somebody_has_changed_since_stays_until_that_is_undone(desk):
    desk.bring_rows(ANNA)
    before = dump(desk)
    desk.bring_rows(ANNA | {"confirmation": "R-2", "guest_country": "DE", "phone": "+49 30 901820"}, name="later.csv")
    done = bulk.set_country(desk.store, scope(1), chosen=[(1, desk.one("guest", "version"))], country="PT")
    with pytest.raises(Refused, match="changed since: 1"):
        undo_batch(desk.store, scope(1), id=2)
    assert desk.one("guest", "country") == "PT"
    bulk_undo.undo_bulk(desk.store, scope(1), id=done)
    undo_batch(desk.store, scope(1), id=2)
    assert dump(desk) == before


def test_the_version_of_a_guest_goes_up_also_when_a_file_is_undone(desk):
    desk.bring_rows(ANNA)
    desk.bring_rows(ANNA | {"phone": "+49 30 901820"}, name="later.csv")
    assert desk.one("guest", "version") == 2
    undo_batch(desk.store, scope(1), id=2)
    assert desk.one("guest", "version", "phone") == (3, None)


def test_guests_who_go_away_with_their_file_leave_their_audiences(desk):
    desk.bring_rows({"guest_ref": "7"})
    desk.bring_rows({"confirmation": "R-2", "guest_ref": "8"}, name="later.csv")
    made = save_audience(desk.store, scope(1), name="May", kind="segment", definition={}, guests=[1, 2])
    undo_batch(desk.store, scope(1), id=2)
    assert audience_members(desk.store, scope(1), id=made) == [(1, "contact")]


def test_a_file_of_another_property_stays(desk):
    desk.bring_rows({}, {"confirmation": "R-2", "property": "KANDY"})
    with pytest.raises(Refused, match="do not see"):
        undo_batch(desk.store, scope(1), id=1)


def test_a_consent_that_was_given_expires_and_a_refusal_stays(desk):
    desk.bring_rows({"guest_ref": "7", "email_consent": "given", "email_consent_on": "2025-01-12"},
        {"confirmation": "R-2", "guest_ref": "8", "email_consent": "withdrawn", "given_name": "Eva"})
    undo_batch(desk.store, scope(1), id=1)
    assert desk.table("consent", "guest_id", "state", order="id") == [(1, "given"), (2, "withdrawn"), (1, "expired")]
    assert [row[0] for row in desk.table("guest", "name", order="id")] == [None, None]


def test_merges_that_touch_the_files_guests_are_ended_first(desk):
    from crm_core.records import identity
    from crm_core.store.audit import Entry
    desk.bring_rows(ANNA)
    before = dump(desk)
    desk.bring_rows(*({"confirmation": f"R-{n}", "guest_ref": str(n), "given_name": "Anna"} for n in (8, 9)), name="later.csv")
    with desk.store.changing(Entry("test", "merge", "guest")) as change:
        for other in (2, 3):
            identity.link(change, 1, other, decided_by="staff", actor="test")
    undo_batch(desk.store, scope(1), id=2)
    assert dump(desk) == before


def test_the_scope_must_carry_the_right_to_import(desk):
    from crm_core.scope import NotAllowed
    desk.bring_rows({})
    with pytest.raises(NotAllowed):
        undo_batch(desk.store, dataclasses.replace(scope(1), role="group"), id=1)


ROW = st.fixed_dictionaries({
    "confirmation": st.sampled_from(["", "R-1", "R-2", "R-3"]), "status": st.sampled_from(["confirmed", "checked_out", "cancelled"]),
    "room_revenue": st.sampled_from(["1.00", "2.00"]), "food_revenue": st.sampled_from(["", "3.00"]), "rooms": st.sampled_from(["", "2"]),
    "guest_ref": st.sampled_from(["", "1", "2"]), "given_name": st.sampled_from(["", "Anna", "Eva"]),
    "phone": st.sampled_from(["", "111111", "222222"]), "city": st.sampled_from(["", "Bern"]),
    "preferences": st.sampled_from(["", "bed: king"]), "guest_is_booker": st.sampled_from(["", "yes"])})
CONTACT = st.fixed_dictionaries({
    "guest_ref": st.sampled_from(["1", "2", ""]), "given_name": st.sampled_from(["Anna", "Eva"]), "phone": st.sampled_from(["", "333333"]),
    "tags": st.sampled_from(["", "vip"]), "merged_into_ref": st.sampled_from(["", "1"])})
FILE = st.one_of(st.tuples(st.just("bookings"), st.lists(ROW, min_size=1, max_size=5)),
    st.tuples(st.just("guests"), st.lists(CONTACT, min_size=1, max_size=4)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(FILE, min_size=1, max_size=3))
def test_files_undone_from_the_last_to_the_first_leave_each_time_what_was_there_before(desk, files):
    if not desk.table("property"):
        desk.bring_rows({"confirmation": "R-0"})
    states = []
    for target, rows in files:
        before = dump(desk)
        filled = [BOOKING | row for row in rows] if target == "bookings" else rows
        done = desk.bring(csv_of(filled) + "\n" * (len(states) + 1), target=target, source=target)
        if "same_file" not in dict(done.warnings):
            states.append((done.batch, before))
    for batch, before in reversed(states):
        undo_batch(desk.store, scope(1), id=batch)
        assert dump(desk) == before
