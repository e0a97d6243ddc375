"""Who works where, what they learnt, and whose certificates are missing, over or about to end."""
import datetime as dt

import pytest

from crm_core.records.courses import archive_course, award, change_course, course_list, restore_course, revoke, save_course
from crm_core.records.registry import Refused, Stale
from crm_core.records.staff import add_person, change_person, leave, note_class, people, person, reminders
from crm_core.scope import NotAllowed
from tests.hotel import AS_OF

FIRE = {"code": "fire", "name": {"en": "Fire safety"}, "points": 10, "valid_months": 12, "required_for": ["*"]}
A_DAY = dt.timedelta(1)


def days(n: int) -> str:
    return (AS_OF + dt.timedelta(n)).isoformat()


def test_people_are_added_changed_and_gone_from_their_last_day_on(filled, view):
    made = add_person(filled.store, view(), property_id=1, name=" Mia  Costa ", department="front_desk", job="Receptionist", joined_on=AS_OF - A_DAY)
    add_person(filled.store, view(), property_id=2, name="abel", department="spa")
    assert [(row["name"], row["property"]) for row in people(filled.store, view())] == [("abel", "Addis Ababa"), ("Mia Costa", "Lisbon")]
    assert [row["name"] for row in people(filled.store, view(1))] == [row["name"] for row in people(filled.store, view(), department="front_desk")] == ["Mia Costa"]
    assert change_person(filled.store, view(), id=made, version=1, values={"job": "Concierge"}) == 2
    assert leave(filled.store, view(), id=made, version=2, left_on=AS_OF) == 3
    assert len(people(filled.store, view())) == 2
    leave(filled.store, view(), id=made, version=3, left_on=AS_OF - A_DAY)
    assert [(row["name"], row["job"]) for row in people(filled.store, view(), gone=True)] == [("Mia Costa", "Concierge")]
    leave(filled.store, view(), id=made, version=4, left_on=None)
    assert people(filled.store, view(), gone=True) == []


def test_names_of_staff_need_the_right(small, view):
    small.staff("LIS")
    for role in ("group", "participant", "trainer", "privacy"):
        with pytest.raises(NotAllowed, match="standards"):
            people(small.store, view(role=role))


def test_a_person_that_cannot_be_is_refused(small, view):
    made = add_person(small.store, view(), property_id=1, name="Mia", joined_on=AS_OF)
    for wrong, said in (({"name": " "}, "Write the person"), ({"department": "circus"}, "no such department"), ({"property_id": 9}, "no such property")):
        with pytest.raises(Refused, match=said):
            add_person(small.store, view(), **{"property_id": 1, "name": "Ben", **wrong})
    with pytest.raises(Refused, match="before the first"):
        leave(small.store, view(), id=made, version=1, left_on=AS_OF - A_DAY)
    with pytest.raises(Refused, match="can be changed"):
        change_person(small.store, view(), id=made, version=1, values={"left_on": AS_OF})
    with pytest.raises(Stale):
        change_person(small.store, view(), id=made, version=9, values={"name": "Ben"})
    with pytest.raises(Refused, match="no such person"):
        change_person(small.store, view(2), id=made, version=1, values={"name": "Ben"})
    assert person(small.store, view(2), id=made) is None


def test_a_certificate_holds_as_long_as_its_course_says_and_counts_its_points_in_its_year(filled, view):
    who, course = filled.staff("LIS"), save_course(filled.store, view(), form=FIRE)
    award(filled.store, view(), staff_id=who, course_id=course, earned_on=dt.date(2024, 3, 31), number="A 1")
    award(filled.store, view(), staff_id=who, course_id=course, earned_on=dt.date(2025, 3, 1), expires_on=dt.date(2025, 3, 20))
    found = person(filled.store, view(), id=who)
    assert [(one["earned_on"].isoformat(), one["expires_on"].isoformat(), one["is_valid"], one["number"]) for one in found["certificates"]] == [
        ("2025-03-01", "2025-03-20", False, ""), ("2024-03-31", "2025-03-31", False, "A 1")]
    assert found["points"] == {2025: 10, 2024: 10}
    assert [(one.state, one.expires_on) for one in found["due"]] == [("expired", dt.date(2025, 3, 31))]
    revoke(filled.store, view(), id=found["certificates"][0]["id"], version=1)
    assert person(filled.store, view(), id=who)["points"] == {2024: 10}


def test_a_certificate_that_cannot_be_is_refused(small, view):
    who, course = small.staff("LIS"), small.course()
    given = {"staff_id": who, "course_id": course, "earned_on": AS_OF - A_DAY}
    for wrong, said in (({"staff_id": 99}, "no such person"), ({"course_id": 99}, "no such course"), ({"earned_on": AS_OF + A_DAY}, "lies ahead"),
                        ({"earned_on": AS_OF + A_DAY, "expires_on": AS_OF + 9 * A_DAY}, "lies ahead"),
                        ({"expires_on": AS_OF - A_DAY}, "a day at least")):  # fmt: skip
        with pytest.raises(Refused, match=said):
            award(small.store, view(), **given | wrong)
    made = award(small.store, view(), **given)
    with pytest.raises(Refused, match="written down already"):
        award(small.store, view(), **given)
    with pytest.raises(Refused, match="no such certificate"):
        revoke(small.store, view(2), id=made, version=1)
    with pytest.raises(Stale):
        revoke(small.store, view(), id=made, version=2)


def test_what_is_due_is_told_from_the_most_pressing_on(filled, view):
    """As of 1 April: over since yesterday, never earned, ends in 29 days, in 30, in 89; what ends in 90 days is not due yet."""
    fire, spa = filled.course(), filled.course("spa", ("spa",), None)
    ends = {"over": -1, "never": None, "in 29": 29, "in 30": 30, "in 89": 89, "in 90": 90}
    for name, end in ends.items():
        who = filled.staff("LIS", name=name)
        if end is not None:
            filled.certificate(who, fire, "2024-06-01", days(end))
    filled.staff("LIS", name="gone", left_on=days(-1))
    filled.staff("LIS", name="to come", joined_on=days(0))
    filled.certificate(filled.staff("ADD", "spa", name="renewed"), fire, "2023-06-01", days(-300))
    filled.certificate(8 + 1, fire, "2024-06-01", days(200))
    filled.certificate(9, spa, "2020-01-01")
    found = reminders(filled.store, view())
    assert [(one.name, one.code, one.state) for one in found] == [
        ("over", "fire", "expired"), ("never", "fire", "missing"), ("in 29", "fire", "expiring"), ("in 30", "fire", "soon"), ("in 89", "fire", "soon")]
    assert [one.name for one in reminders(filled.store, view(), days=30)] == ["over", "never", "in 29"]
    assert reminders(filled.store, view(2)) == reminders(filled.store, view(), department="spa") == []


def test_a_certificate_of_today_counts_from_tomorrow_on_and_one_that_never_ends_is_never_due(small, view):
    course, who = small.course(valid_months=None), small.staff("LIS")
    small.certificate(who, course, days(0))
    assert [one.state for one in reminders(small.store, view())] == ["missing"]
    assert reminders(small.store, view(as_of=AS_OF + A_DAY)) == []


def test_a_course_is_changed_and_put_away_and_what_was_earned_stays(small, view):
    made, who = save_course(small.store, view(), form=FIRE), small.staff("LIS")
    award(small.store, view(), staff_id=who, course_id=made, earned_on=AS_OF - A_DAY)
    assert change_course(small.store, view(), id=made, version=1, form=FIRE | {"points": 40, "required_for": ["spa"]}) == 2
    assert person(small.store, view(), id=who)["points"] == {2025: 10}
    assert [(row["points"], row["course"].required_for) for row in course_list(small.store, view())] == [(40, ("spa",))]
    archive_course(small.store, view(), id=made, version=2)
    assert course_list(small.store, view()) == reminders(small.store, view()) == []
    assert len(person(small.store, view(), id=who)["certificates"]) == 1
    restore_course(small.store, view(), id=made, version=3)
    assert len(course_list(small.store, view())) == 1


def test_a_course_that_cannot_be_is_refused_with_everything_that_is_wrong(sqlite_store, view):
    made = save_course(sqlite_store, view(), form=FIRE)
    with pytest.raises(Refused, match="of this code"):
        save_course(sqlite_store, view(), form=FIRE)
    with pytest.raises(Refused) as told:
        save_course(sqlite_store, view(), form={"code": "a b", "name": {}, "points": -1})
    assert len(str(told.value).splitlines()) == 3
    with pytest.raises(Refused, match="stays as it is"):
        change_course(sqlite_store, view(), id=made, version=1, form=FIRE | {"code": "water"})
    with pytest.raises(Refused, match="no such course"):
        change_course(sqlite_store, view(), id=99, version=1, form=FIRE)
    with pytest.raises(Stale):
        change_course(sqlite_store, view(), id=made, version=2, form=FIRE)


def test_a_class_is_noted_for_everybody_in_it_and_noted_again_replaces_it(filled, view):
    ana, ben = filled.staff("LIS"), filled.staff("ADD")
    results = [{"staff_id": ana, "right_answers": 3, "questions": 4}, {"staff_id": ben, "right_answers": 1, "questions": 4}]
    assert note_class(filled.store, view(), lesson="L02", on_day=AS_OF, class_code="ABCDEF", results=results) == 2
    note_class(filled.store, view(), lesson="L02", on_day=AS_OF, class_code="ABCDEF", results=[results[0] | {"right_answers": 4}])
    assert [(one["lesson"], one["right_answers"], one["questions"], one["class_code"]) for one in person(filled.store, view(), id=ana)["learning"]] == [
        ("L02", 4, 4, "ABCDEF")]
    assert [one["right_answers"] for one in person(filled.store, view(), id=ben)["learning"]] == [1]


@pytest.mark.parametrize(("results", "said"), [
    ([], "who it is"), ([{"staff_id": 2, "right_answers": 1, "questions": 4}], "who it is"),
    ([{"staff_id": 1, "right_answers": 5, "questions": 4}], "more right answers"), ([{"staff_id": 1, "right_answers": -1, "questions": 4}], "more right answers")])
def test_a_class_with_somebody_from_elsewhere_or_impossible_numbers_is_not_noted(small, view, results, said):
    small.staff("LIS")
    small.staff("ADD")
    with pytest.raises(Refused, match=said):
        note_class(small.store, view(1), lesson="L02", on_day=AS_OF, class_code="", results=results)
    assert person(small.store, view(1), id=1)["learning"] == []
