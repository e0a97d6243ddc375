"""Files of comparison sets, of people who work here with their certificates, and of notes on the time axis."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.ingest.mapping import suggest
from crm_core.ingest.problems import ImportProblem
from crm_core.ingest.undo import undo_batch
from crm_core.ingest.written import Detected, Form
from crm_core.records.annotations import archive_annotation, change_annotation
from crm_core.records.courses import award
from crm_core.records.registry import Refused
from crm_core.records.staff import change_person, leave, note_class
from crm_core.refresh import refresh
from crm_core.store.audit import Entry
from tests.ingest import sound
from tests.ingest.conftest import csv_of
from tests.ingest.test_undo import dump, scope

SET = {"property": "GALLE", "set": "Coast", "month": "2025-03", "hotels": "6", "rooms_available": "14880", "sold": "10120", "revenue": "1214400.00",
       "currency": "EUR", "largest_share": "31"}
DAYS = SET | {"month": "", "from_on": "2025-03-03", "until_on": "2025-03-09"}
PERSON = {"staff_ref": "P-12", "property": "GALLE", "name": "Nimali Perera", "department": "Reception", "job": "Receptionist", "joined_on": "2023-04-01"}
EARNED = {"certificate_id": "CT-7", "staff_ref": "P-12", "course": "food_safety", "earned_on": "2025-03-14", "number": "118"}
WORKS = {"annotation_id": "N-5", "property": "GALLE", "on_day": "2025-03-10", "until_on": "2025-04-04", "kind": "Renovation", "said": "North wing closed"}


@pytest.fixture
def house(desk):
    """A desk with the property GALLE and the course food_safety."""
    desk.bring_rows({"currency": "EUR"}, name="bookings.csv")
    sound.teach(desk.store)
    return desk


def bring(house, target, *rows, name=None):
    return house.bring(csv_of(list(rows)), name or f"{target}.csv", target=target, source=target)


def rules(house):
    return [(column, rule) for _, column, _, rule in house.rejected()]


# --- comparison sets ------------------------------------------------------------------------------------------------------------
def test_a_set_is_told_by_month_or_by_its_first_and_last_day(house):
    assert bring(house, "comparison_sets", SET, DAYS | {"set": "Hills"}).added == 2
    assert house.table("market", "set_name", "from_on", "to_on", "hotels", "rooms", "sold", "revenue_minor", "currency", "largest_bp", order="id") == [
        ("Coast", dt.date(2025, 3, 1), dt.date(2025, 4, 1), 6, 14880, 10120, 121440000, "EUR", 3100),
        ("Hills", dt.date(2025, 3, 3), dt.date(2025, 3, 10), 6, 14880, 10120, 121440000, "EUR", 3100)]


def test_december_ends_with_its_year(house):
    bring(house, "comparison_sets", SET | {"month": "2024-12"})
    assert house.one("market", "from_on", "to_on") == (dt.date(2024, 12, 1), dt.date(2025, 1, 1))


def test_a_set_that_gives_its_hotels_away_or_cannot_be_is_kept_out(house):
    wrong = [{"hotels": "3"}, {"largest_share": "50.5"}, {"largest_share": "0.31"}, {"rooms_available": "0", "sold": "0"}, {"sold": "14881"},
             {"revenue": "-1"}, {"from_on": "2025-03-01"}, {"month": ""}]
    bring(house, "comparison_sets", *(SET | {"from_on": ""} | one for one in wrong))
    assert house.table("market") == []
    assert rules(house) == [("hotels", "few_hotels"), ("largest_share", "one_above_half_of_nights"), ("largest_share", "below_equal_share"),
        ("rooms_available", "no_rooms"), ("sold", "above_rooms"), ("revenue", "negative"), ("month", "month_and_days"), ("month", "needs")]


def test_days_that_cannot_be_a_span_are_kept_out(house):
    bring(house, "comparison_sets", DAYS | {"until_on": ""}, DAYS | {"until_on": "2025-03-02"}, DAYS | {"until_on": "2026-03-04"})
    assert rules(house) == [("until_on", "missing"), ("until_on", "ends_before_start"), ("until_on", "long_span")]


def test_a_later_file_replaces_what_it_said_of_a_month_and_the_same_changes_nothing(house):
    bring(house, "comparison_sets", SET)
    assert bring(house, "comparison_sets", SET, SET | {"month": "2025-04"}, name="more.csv").duplicates == 1
    assert bring(house, "comparison_sets", SET | {"sold": "10000"}, name="later.csv").updated == 1
    assert house.table("market", "from_on", "sold", order="id") == [(dt.date(2025, 3, 1), 10000), (dt.date(2025, 4, 1), 10120)]


def test_the_days_of_a_set_are_told_once(house):
    bring(house, "comparison_sets", SET)
    month_in_days = DAYS | {"from_on": "2025-03-01", "until_on": "2025-03-31"}
    bring(house, "comparison_sets", month_in_days, DAYS, DAYS | {"set": "Hills"}, DAYS | {"set": "Hills", "until_on": "2025-03-10"}, name="days.csv")
    assert rules(house) == [("set", "span_told_twice"), ("set", "spans_meet"), ("set", "spans_meet")]
    assert sorted(house.table("market", "set_name")) == [("Coast",), ("Hills",)]


def test_a_revenue_in_two_currencies_is_kept_out(house):
    bring(house, "comparison_sets", SET | {"revenue": "LKR 5"})
    assert rules(house) == [("revenue", "currencies")]


def test_supply_and_demand_are_rooms_and_nights(house):
    header = ("Comp set", "Date", "To", "Participating hotels", "Supply", "Demand", "Room revenue", "Largest share")
    found = suggest(Detected(Form(), (), header, (), 0))
    assert found.mapping.target == "comparison_sets"
    assert found.mapping.columns == dict(zip(("set", "from_on", "until_on", "hotels", "rooms_available", "sold", "revenue", "largest_share"), header, strict=True))


def test_a_set_reaches_the_warehouse_and_is_undone(house, settings):
    before = dump(house)
    batch = bring(house, "comparison_sets", SET).batch
    assert refresh(settings).rows["mart_market"] == 1
    undo_batch(house.store, scope(1), id=batch)
    assert {**dump(house), "warehouse_version": []} == before
    assert refresh(settings).rows["mart_market"] == 0


def test_a_set_of_several_properties_asks_which(desk):
    desk.bring_rows({}, {"confirmation": "R-2", "property": "KANDY"})
    with pytest.raises(ImportProblem, match=r"--property GALLE\|KANDY"):
        bring(desk, "comparison_sets", {name: value for name, value in SET.items() if name != "property"})


# --- staff and certificates --------------------------------------------------------------------------------------------------------
def test_people_come_in_with_their_department_and_later_files_take_nothing_away(house):
    assert bring(house, "staff", PERSON, PERSON | {"staff_ref": "P-13", "department": "Pool"}).added == 2
    assert house.table("staff", "name", "department", "job", order="id") == [
        ("Nimali Perera", "front_desk", "Receptionist"), ("Nimali Perera", "", "Receptionist")]
    change_person(house.store, scope(1), id=1, version=1, values={"job": "Head receptionist"})
    bring(house, "staff", {"staff_ref": "P-12", "property": "GALLE", "name": "Nimali Silva"}, name="later.csv")
    assert house.table("staff", "name", "department", "job", "joined_on", order="id")[0] == (
        "Nimali Silva", "front_desk", "Head receptionist", dt.date(2023, 4, 1))


def test_somebody_who_left_before_the_first_day_is_kept_out_and_so_is_a_card_number(house):
    bring(house, "staff", PERSON | {"left_on": "2023-03-31"}, PERSON | {"staff_ref": "P-13", "name": "4111 1111 1111 1111"})
    assert set(rules(house)) == {("left_on", "left_before_joined"), ("name", "card_number")}
    assert "4111 1111" not in str(house.rejected())


def test_a_certificate_counts_its_course_s_points_and_holds_as_long_as_it_says(house):
    bring(house, "staff", PERSON)
    bring(house, "certificates", EARNED, EARNED | {"certificate_id": "CT-8", "course": "Food_Safety", "earned_on": "2024-03-14", "expires_on": "2024-09-01"})
    assert house.table("certificate", "staff_id", "course_id", "earned_on", "expires_on", "number", "points", order="id") == [
        (1, 1, dt.date(2025, 3, 14), dt.date(2027, 3, 14), "118", 10), (1, 1, dt.date(2024, 3, 14), dt.date(2024, 9, 1), "118", 10)]


def test_a_certificate_of_nobody_of_no_course_or_of_impossible_days_is_kept_out(house):
    bring(house, "staff", PERSON)
    wrong = [{"staff_ref": "P-99"}, {"course": "juggling"}, {"earned_on": "2199-01-01"}, {"expires_on": "2025-03-14"}]
    bring(house, "certificates", *(EARNED | {"certificate_id": f"CT-{n}", "expires_on": ""} | one for n, one in enumerate(wrong)))
    assert house.table("certificate") == []
    assert rules(house) == [("staff_ref", "no_such_person"), ("course", "no_such_course"), ("earned_on", "after_today"), ("expires_on", "expires_before_earned")]


def test_a_certificate_that_was_awarded_here_is_not_told_again(house):
    bring(house, "staff", PERSON)
    award(house.store, scope(1), staff_id=1, course_id=1, earned_on=dt.date(2024, 3, 14))
    bring(house, "certificates", EARNED | {"earned_on": "2024-03-14"}, EARNED | {"certificate_id": "CT-8"}, EARNED | {"certificate_id": "CT-9"})
    assert rules(house) == [("certificate_id", "certificate_told_twice")] * 2
    assert house.table("certificate", "earned_on", order="id") == [(dt.date(2024, 3, 14),), (dt.date(2025, 3, 14),)]


def test_staff_and_certificates_are_undone_one_after_the_other(house):
    before = dump(house)
    people = bring(house, "staff", PERSON).batch
    between = dump(house)
    earned = bring(house, "certificates", EARNED).batch
    undo_batch(house.store, scope(1), id=earned)
    assert dump(house) == between
    undo_batch(house.store, scope(1), id=people)
    assert dump(house) == before


def test_the_certificate_of_a_person_reaches_the_warehouse(house, settings):
    bring(house, "staff", PERSON)
    with house.store.changing(Entry("ana", "edit", "course")) as change:
        change.connection.execute(sa.update(schema.course).values(required_for='["*"]'))
    bring(house, "certificates", EARNED)
    assert refresh(settings).rows["mart_credentials"] == 1


def test_a_certificate_that_a_file_changed_is_as_it_was(house):
    bring(house, "staff", PERSON)
    bring(house, "certificates", EARNED)
    before = dump(house)
    undo_batch(house.store, scope(1), id=bring(house, "certificates", EARNED | {"number": "119"}, name="later.csv").batch)
    assert dump(house) == before


@pytest.mark.parametrize(("work", "said"), [
    (lambda store: leave(store, scope(1), id=1, version=1, left_on=dt.date(2024, 12, 1)), "people 1, certificates and lessons 0"),
    (lambda store: award(store, scope(1), staff_id=1, course_id=1, earned_on=dt.date(2024, 3, 14)), "people 0, certificates and lessons 1"),
    (lambda store: note_class(store, scope(1), lesson="L1", on_day=dt.date(2024, 12, 1), class_code="x",
                              results=[{"staff_id": 1, "right_answers": 1, "questions": 2}]), "people 0, certificates and lessons 1")])
def test_people_with_whom_somebody_worked_here_stay(house, work, said):
    batch = bring(house, "staff", PERSON).batch
    work(house.store)
    with pytest.raises(Refused, match=said):
        undo_batch(house.store, scope(1), id=batch)
    assert house.one("staff", "name") == "Nimali Perera"


# --- notes ------------------------------------------------------------------------------------------------------------------------
def test_a_note_comes_in_and_a_later_file_corrects_it(house):
    bring(house, "annotations", WORKS)
    assert house.one("annotation", "on_day", "until_on", "kind", "said") == (dt.date(2025, 3, 10), dt.date(2025, 4, 4), "works", "North wing closed")
    archive_annotation(house.store, scope(1), id=1, version=1)
    bring(house, "annotations", {**WORKS, "kind": "", "said": "North wing closed again"}, name="later.csv")
    kind, said, archived = house.one("annotation", "kind", "said", "archived_at")
    assert (kind, said, archived is None) == ("works", "North wing closed again", False)


def test_a_note_of_one_day_has_no_end_and_an_unknown_kind_is_told(house):
    done = bring(house, "annotations", WORKS | {"until_on": "2025-03-10", "kind": "Gossip"})
    assert house.one("annotation", "until_on", "kind") == (None, "other")
    assert ("words", {"column": "kind", "n": 1, "values": "Gossip"}) in done.warnings


def test_a_note_that_is_a_book_or_ends_before_it_begins_is_kept_out(house):
    bring(house, "annotations", WORKS | {"said": "x" * 201}, WORKS | {"annotation_id": "N-6", "until_on": "2025-03-09"})
    assert rules(house) == [("said", "long_note"), ("until_on", "ends_before_start")]


def test_a_file_of_notes_is_undone_until_somebody_has_changed_one(house):
    before = dump(house)
    undo_batch(house.store, scope(1), id=bring(house, "annotations", WORKS).batch)
    assert dump(house) == before
    batch = bring(house, "annotations", WORKS, name="again.csv").batch
    change_annotation(house.store, scope(1), id=house.one("annotation", "id"), version=1, values={"said": "North wing"})
    with pytest.raises(Refused, match="notes 1"):
        undo_batch(house.store, scope(1), id=batch)
