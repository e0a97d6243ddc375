"""The demo's comparison sets, standards, staff and what it keeps: whole, as the product itself would have written them, and alive on the first morning."""
import datetime as dt
import json

import pandas as pd
import pytest

from crm_core import views
from crm_core.association import packs
from crm_core.association.courses import is_required, parse
from crm_core.association.packs import EXAMPLE
from crm_core.metrics import CATALOGUE
from crm_core.records.boards import board_card
from crm_core.records.decisions import decisions, due_decisions
from crm_core.records.packs import present
from crm_core.records.reports import due_reports
from crm_core.records.views import saved_views
from crm_core.schema import ANNOTATION_KINDS, HOTEL_DEPARTMENTS
from crm_core.scope import Period, Scope
from tests.ingest import demo_stores
from tests.ingest.demo_stores import AS_OF

TODAY = dt.date(2025, 4, 1)
VIEW = Scope("local", (1, 2, 3, 4, 5), Period(dt.date(2024, 4, 1), TODAY), TODAY, chain=(1, 2, 3, 4, 5))


@pytest.fixture(scope="module")
def group():
    """The group in full."""
    return demo_stores.group()


def ask(group, lookup, **params):
    """What a look-up finds in the demo."""
    return lookup(group.store, VIEW, **params)


# --- comparison sets ---------------------------------------------------------------------------------------------------------------------
def test_two_hotels_have_a_comparison_set_for_every_month(group):
    rows = group.frame("SELECT m.*, p.code FROM market m JOIN property p ON p.id = m.property_id")
    assert rows.groupby(["code", "set_name", "hotels"]).size().to_dict() == {("GAL", "Fort and beach, 4 stars", 5): 48, ("LIS", "City centre, 4 stars", 6): 48}
    assert (rows.sold <= .95 * rows.rooms + 1).all() and (rows.revenue_minor > 0).all()
    assert (rows.largest_bp <= 3300).all()  # no hotel of a set makes up more than a third of it
    for _, months in rows.groupby("code"):
        assert months.from_on.tolist()[1:] == months.to_on.tolist()[:-1]
        assert (months.from_on.iloc[0], months.to_on.iloc[-1]) == ("2021-04-01", AS_OF)


def test_lisbon_loses_seven_percent_and_its_set_twelve(group):
    """Lesson L13 as it is planted: whatever the hotel earned, its index beside the set is 89.2 and then 94.3."""
    sets = group.frame("SELECT * FROM market WHERE property_id = 3 ORDER BY from_on").groupby([0] * 24 + [1] * 12 + [2] * 12)[["revenue_minor", "rooms"]].sum()
    revpar = (sets.revenue_minor / sets.rooms / 100).loc[1:].tolist()
    assert revpar == pytest.approx([74.0, 65.1], rel=.02)
    assert revpar[1] / revpar[0] - 1 == pytest.approx(-.12, abs=.01)


# --- standards --------------------------------------------------------------------------------------------------------------------------------
def test_the_pack_stands_in_the_store_as_if_it_had_been_brought_in(group):
    with group.store.reading() as connection:
        assert present(connection) == packs.forms(packs.read(EXAMPLE))


def test_every_hotel_was_assessed_twice_and_scores_more_the_second_time(group):
    items = group.frame("SELECT i.*, a.property_id, a.on_day FROM assessment_item i JOIN assessment a ON a.id = i.assessment_id WHERE a.state = 'complete'")
    assert items.groupby(["property_id", "on_day"]).size().tolist() == [30] * 10
    items = items[items.result != "not_applicable"].assign(earned=lambda rows: rows.weight * rows.result.map({"met": 1, "partly": .5, "not_met": 0}))
    sums = items.groupby("on_day")[["earned", "weight"]].sum()
    first, second = sums.earned / sums.weight
    assert .65 < first < second < .95


def test_a_ticked_item_is_contradicted_by_its_guests(group):
    """The first hotel says that it knows its loud rooms; lesson L10 says otherwise."""
    ticked = group.frame("SELECT i.result FROM assessment_item i JOIN assessment a ON a.id = i.assessment_id WHERE a.property_id = 1 AND i.item = 'r2'")
    assert ticked.result.tolist() == ["met", "met"]
    item = next(item for standard in packs.read(EXAMPLE).standards for item in standard.items if item.code == "r2")
    assert (item.aspect, item.case_kind) == ("noise", "noise")


def test_what_is_planned_is_about_items_that_are_not_met_and_belongs_to_a_role(group):
    rows = group.frame("""SELECT m.*, i.result FROM improvement m JOIN assessment a ON a.property_id = m.property_id AND a.on_day = '2025-02-11'
        JOIN assessment_item i ON i.assessment_id = a.id AND i.item = m.item""")
    assert len(rows) == 15 and set(rows.result) <= {"partly", "not_met"}
    assert rows.owner.str.fullmatch(r"[A-Z][A-Za-z]+( [a-z]+)*( contact)?").all()
    assert (rows.done_on.notna().sum(), (rows.done_on.isna() & (rows.due_on < AS_OF)).sum(), (rows.due_on >= AS_OF).sum()) == (5, 5, 5)


# --- staff ------------------------------------------------------------------------------------------------------------------------------------
def test_sixty_people_work_in_the_hotels_and_four_of_five_certificates_are_valid(group):
    staff = group.frame("SELECT * FROM staff")
    assert len(staff) == 60 and set(staff.department) <= set(HOTEL_DEPARTMENTS)
    courses = [(row.id, parse(json.loads(row.form))) for row in group.frame("SELECT id, form FROM course").itertuples()]
    asked = pd.DataFrame([(one.id, number) for one in staff.itertuples() for number, course in courses if is_required(course, one.department)],
                         columns=["staff_id", "course_id"])
    held = asked.merge(group.frame("SELECT * FROM certificate"), how="left")
    assert held.earned_on.notna().sum() == group.counts["certificate"]  # none is of a course that nobody asks for
    valid = held.earned_on.notna() & (held.expires_on.isna() | (held.expires_on >= AS_OF))
    assert valid.mean() == pytest.approx(.78, abs=.03)
    assert (valid & (held.expires_on < "2025-06-30")).sum() == pytest.approx(.15 * valid.sum(), abs=4)
    assert (held.earned_on.dropna() < AS_OF).all()


def test_lessons_were_taken_before_today_and_not_answered_better_than_whole(group):
    rows = group.frame("SELECT * FROM learning")
    assert len(rows) > 30
    assert (rows.on_day < AS_OF).all() and (rows.right_answers <= rows.questions).all()


# --- kept ---------------------------------------------------------------------------------------------------------------------------------------
def test_the_saved_views_stand_on_a_board_that_is_printed_every_monday(group):
    kept = ask(group, saved_views)
    assert [problem for row in kept for problem in views.problems(row["view"])] == []
    assert [row["name"] for row in ask(group, board_card, id=1)["views"]] == ["Rooms and revenue", "Who comes back", "Recommendation by hotel",
                                                                              "Cases of the last month"]
    assert ask(group, due_reports, day=TODAY) == []
    assert [row["due_on"] for row in ask(group, due_reports, day=dt.date(2025, 4, 8))] == [dt.date(2025, 4, 7)]


def test_one_decision_is_due_one_was_read_and_one_is_open(group):
    found = ask(group, decisions)
    assert {row["kpi"] for row in found} <= set(CATALOGUE) and [problem for row in found for problem in views.problems(row["view"])] == []
    assert [row["kpi"] for row in ask(group, due_decisions)] == ["direct_share_nights"]
    assert {row["state"] for row in found} == {"open", "read"}
    playbooks = {one.code for one in packs.read(EXAMPLE).playbooks}
    assert {row["playbook"] for row in found} - {""} <= playbooks


def test_every_hotel_has_a_note_on_its_time_axis(group):
    notes = group.frame("SELECT * FROM annotation")
    assert sorted(notes.property_id) == [1, 2, 3, 4, 5]
    assert set(notes.kind) == set(ANNOTATION_KINDS)
