"""A property is held against a checklist item by item; what was completed stays as it was, and what is to be done is not forgotten."""
import datetime as dt
import json

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records.assessments import answer_item, assessment_card, assessments, complete_assessment, drop_assessment, start_assessment
from crm_core.records.improvements import (
    add_improvement,
    change_improvement,
    finish_improvement,
    improvements,
    remove_improvement,
    reopen_improvement,
)
from crm_core.records.registry import Refused, Stale
from crm_core.records.standards import archive_checklist, checklist, checklists, restore_checklist
from tests.hotel import AS_OF

A_DAY = dt.timedelta(1)
TO_DO = {"property_id": 1, "standard_id": 1, "item": "R1", "what": "Seal the door"}  # on the house rules: R1 weighs 2, R2 and D1 weigh 1


@pytest.fixture
def house(filled):
    """Lisbon and Addis with the checklist 1, on each engine."""
    assert filled.standard() == 1
    return filled


@pytest.fixture
def small_house(small):
    """The same where the engine does not matter."""
    assert small.standard() == 1
    return small


def begun(hotel, view, **answers: str) -> int:
    made = start_assessment(hotel.store, view(), property_id=1, standard_id=1, assessor=" Ana  Silva ")
    for item, result in answers.items():
        answer_item(hotel.store, view(), id=made, item=item, result=result)
    return made


def reword(hotel, **weights: int) -> None:
    """A new release of the checklist: items with other weights, the rest gone."""
    form = {"code": "house", "name": {"en": "House rules"}, "release": "2", "sections": [
        {"code": "rooms", "name": {"en": "Rooms"}, "items": [{"code": code, "text": {"en": code}, "weight": weight} for code, weight in weights.items()]}]}
    hotel.set(schema.standard, 1, form=json.dumps(form))


def test_a_checklist_is_put_away_and_brought_back(small_house, view):
    store = small_house.store
    assert [item.weight for item in checklists(store, view())[0]["standard"].items] == [2, 1, 1]
    assert archive_checklist(store, view(), id=1, version=1) == 2
    assert checklists(store, view()) == []
    assert [row["code"] for row in checklists(store, view(), archived=True)] == ["house"]
    with pytest.raises(Refused, match="no such checklist"):
        start_assessment(store, view(), property_id=1, standard_id=1)
    with pytest.raises(Stale):
        restore_checklist(store, view(), id=1, version=1)
    restore_checklist(store, view(), id=1, version=2)
    assert checklist(store, view(), id=1)["archived_at"] is None
    assert checklist(store, view(), id=99) is None


def test_a_draft_is_answered_item_by_item_and_scored_as_far_as_it_goes(house, view):
    made = begun(house, view, R1="met")
    answer_item(house.store, view(), id=made, item="R2", result="partly", evidence=" Dust\nin 12 ", evidence_on=AS_OF)
    card = assessment_card(house.store, view(), id=made)
    assert (card["property"], card["code"], card["on_day"], card["state"], card["assessor"]) == ("Lisbon", "house", AS_OF, "draft", "Ana Silva")
    assert card["items"]["R2"] == {"result": "partly", "evidence": "Dust\nin 12", "evidence_on": AS_OF}
    assert (card["score"].value, card["score"].met_weight, card["score"].unassessed_share, card["score"].answered) == (None, 2.5, 0.25, 2)
    assert card["sections"]["rooms"].value == pytest.approx(2.5 / 3)


def test_a_complete_assessment_has_a_row_for_every_item_and_its_score(house, view):
    made = begun(house, view, R1="met", R2="partly", D1="not_applicable")
    done = complete_assessment(house.store, view(), id=made, version=1)
    assert (done.value, done.applicable_weight) == (pytest.approx(2.5 / 3), 3)
    other = begun(house, view, R1="met")
    assert complete_assessment(house.store, view(), id=other, version=1).value is None
    i = schema.assessment_item.c
    with house.store.reading() as connection:
        rows = connection.execute(sa.select(i.item, i.section, i.weight, i.result).where(i.assessment_id == other).order_by(i.item)).all()
    assert rows == [("D1", "desk", 1, "not_assessed"), ("R1", "rooms", 2, "met"), ("R2", "rooms", 1, "not_assessed")]
    assert [row["score"].value for row in assessments(house.store, view(), property_id=1, state="complete")] == [None, pytest.approx(2.5 / 3)]
    assert assessments(house.store, view(2)) == assessments(house.store, view(), standard_id=9) == []


def test_what_is_complete_keeps_its_weights_when_the_checklist_changes(small_house, view):
    made = begun(small_house, view, R1="met", R2="not_met", D1="met")
    complete_assessment(small_house.store, view(), id=made, version=1)
    reword(small_house, R2=10)
    card = assessment_card(small_house.store, view(), id=made)
    assert (card["score"].value, card["score"].applicable_weight) == (0.75, 4)
    assert [(item.code, item.weight) for item in card["standard"].items] == [("R2", 1), ("R1", 2), ("D1", 1)]


def test_a_draft_is_completed_by_the_checklist_as_it_is_then(small_house, view):
    made = begun(small_house, view, R1="met", D1="not_met")
    reword(small_house, R1=5)
    assert complete_assessment(small_house.store, view(), id=made, version=1).applicable_weight == 5
    assert list(assessment_card(small_house.store, view(), id=made)["items"]) == ["R1"]


def test_of_two_who_answer_an_item_at_once_the_second_is_told(small_house, view):
    made = begun(small_house, view, R1="met")
    with pytest.raises(Stale) as told:
        answer_item(small_house.store, view(), id=made, item="R1", result="not_met")
    assert told.value.current["result"] == "met"
    answer_item(small_house.store, view(), id=made, item="R1", result="not_met", was="met")
    with pytest.raises(Stale):
        answer_item(small_house.store, view(), id=made, item="R2", result="met", was="partly")
    assert {code: one["result"] for code, one in assessment_card(small_house.store, view(), id=made)["items"].items()} == {"R1": "not_met"}


def test_nothing_is_completed_before_anything_was_assessed_and_nothing_changes_after(small_house, view):
    store, made = small_house.store, begun(small_house, view, R1="not_assessed")
    with pytest.raises(Refused, match="Nothing has been assessed"):
        complete_assessment(store, view(), id=made, version=1)
    answer_item(store, view(), id=made, item="R1", result="not_met")
    with pytest.raises(Stale):
        complete_assessment(store, view(), id=made, version=7)
    complete_assessment(store, view(), id=made, version=1)
    for late in (lambda: answer_item(store, view(), id=made, item="R1", result="met", was="not_met"),
                 lambda: complete_assessment(store, view(), id=made, version=2), lambda: drop_assessment(store, view(), id=made, version=2)):  # fmt: skip
        with pytest.raises(Refused, match="stays as it was"):
            late()


def test_a_draft_is_dropped_with_its_answers_and_another_can_begin(small_house, view):
    made = begun(small_house, view, R1="met")
    with pytest.raises(Refused, match="open already"):
        begun(small_house, view)
    start_assessment(small_house.store, view(), property_id=1, standard_id=1, kind="audit")
    drop_assessment(small_house.store, view(), id=made, version=1)
    assert assessment_card(small_house.store, view(), id=made) is None
    assert [row["kind"] for row in assessments(small_house.store, view())] == ["audit"]
    assert begun(small_house, view)


@pytest.mark.parametrize(("wrong", "said"), [
    ({"property_id": 9}, "no such property"), ({"standard_id": 9}, "no such checklist"), ({"kind": "friend"}, "auditor"),
    ({"on_day": AS_OF + A_DAY}, "lies ahead"), ({"assessor": "x" * 81}, "80 characters")])
def test_an_assessment_that_cannot_be_is_not_begun(small_house, view, wrong, said):
    with pytest.raises(Refused, match=said):
        start_assessment(small_house.store, view(), **{"property_id": 1, "standard_id": 1, **wrong})
    assert assessments(small_house.store, view()) == []


def test_an_answer_that_cannot_be_is_refused(small_house, view):
    made = begun(small_house, view)
    for wrong in ({"item": "X9"}, {"result": "fine"}, {"evidence": "x" * 501}, {"evidence_on": AS_OF + A_DAY}):
        with pytest.raises(Refused):
            answer_item(small_house.store, view(), **{"id": made, "item": "R1", "result": "met", **wrong})
    assert assessment_card(small_house.store, view(), id=made)["items"] == {}


def test_who_assessed_is_told_only_to_those_who_may_assess(small_house, view):
    made = begun(small_house, view)
    assert assessments(small_house.store, view(role="group"))[0]["assessor"] is None
    assert assessment_card(small_house.store, view(role="participant"), id=made)["assessor"] is None
    assert assessments(small_house.store, view(role="manager"))[0]["assessor"] == "Ana Silva"


def test_what_is_to_be_done_is_overdue_the_day_after_its_last_until_it_is_done(house, view):
    first = add_improvement(house.store, view(), **TO_DO, owner="Chief engineer", due_on=AS_OF - A_DAY)
    second = add_improvement(house.store, view(), **TO_DO | {"item": "D1"}, due_on=AS_OF)
    add_improvement(house.store, view(), **TO_DO)
    assert [(row["item"], row["is_overdue"], row["property"], row["code"]) for row in improvements(house.store, view())] == [
        ("R1", True, "Lisbon", "house"), ("D1", False, "Lisbon", "house"), ("R1", False, "Lisbon", "house")]
    assert finish_improvement(house.store, view(), id=first, version=1) == 2
    assert [row["id"] for row in improvements(house.store, view())] == [second, 3, first]
    assert [(row["id"], row["done_on"], row["is_overdue"]) for row in improvements(house.store, view(), done=True)] == [(first, AS_OF, False)]
    assert reopen_improvement(house.store, view(), id=first, version=2) == 3
    assert improvements(house.store, view(), done=True) == improvements(house.store, view(2)) == []


def test_what_is_to_be_done_can_be_said_otherwise_until_it_is_done(small_house, view):
    store, made = small_house.store, add_improvement(small_house.store, view(), **TO_DO)
    assert change_improvement(store, view(), id=made, version=1, values={"owner": "Night manager", "due_on": AS_OF}) == 2
    with pytest.raises(Stale):
        change_improvement(store, view(), id=made, version=1, values={"what": "Mine"})
    finish_improvement(store, view(), id=made, version=2, done_on=AS_OF - A_DAY)
    for late in (lambda: change_improvement(store, view(), id=made, version=3, values={"what": "More"}),
                 lambda: finish_improvement(store, view(), id=made, version=3), lambda: remove_improvement(store, view(), id=made, version=3)):  # fmt: skip
        with pytest.raises(Refused, match="done already"):
            late()
    row = improvements(store, view())[0]
    assert (row["what"], row["owner"], row["due_on"], row["done_on"]) == ("Seal the door", "Night manager", AS_OF, AS_OF - A_DAY)


def test_what_was_written_down_by_mistake_is_taken_out(small_house, view):
    made = add_improvement(small_house.store, view(), **TO_DO)
    remove_improvement(small_house.store, view(), id=made, version=1)
    assert improvements(small_house.store, view()) == []


@pytest.mark.parametrize(("wrong", "said"), [({"item": "X9"}, "no such item"), ({"standard_id": 9}, "no such item"), ({"what": " "}, "what is to be done"),
                                             ({"what": "x" * 401}, "400 characters"), ({"property_id": 9}, "no such property")])
def test_what_nobody_could_do_is_not_written_down(small_house, view, wrong, said):
    with pytest.raises(Refused, match=said):
        add_improvement(small_house.store, view(), **TO_DO | wrong)
    assert improvements(small_house.store, view()) == []
