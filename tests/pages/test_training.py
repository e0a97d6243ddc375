"""Training: certificates that hold and run out, whose they are, one person's record, courses, and a class written into the records."""
import datetime as dt
from dataclasses import replace

import pytest

from crm_core.association import courses as association
from crm_core.association.courses import Course
from crm_core.classroom import running, taking_part
from crm_core.records.courses import award, course_list, save_course
from crm_core.records.staff import add_person, people, person
from crm_core.refresh import refresh
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.classroom.teaching import KEYS, L02, LESSONS, LIFT, VERDICT
from tests.hotel import AS_OF
from tests.pages.visiting import Visits, copied, everything, fine

WHOLE = Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))
INES, RUI, ABEBE = 1, 2, 3


@pytest.fixture(scope="module")
def staffed_at_first(lisbon_at_first, tmp_path_factory):
    """Lisbon with Inês at the desk and Rui in housekeeping, Addis with Abebe at the desk.

    Everybody needs the fire drill (12 months), the desk also the welcome (24). Inês: the drill ends on 10 April, the welcome ended on 1 March;
    Rui has nothing; Abebe has both.
    """
    settings = copied(lisbon_at_first, tmp_path_factory.mktemp("staffed"))
    store = record.open_store(settings)
    for code, must, months in (("fire", ("*",), 12), ("welcome", ("front_desk",), 24)):
        save_course(store, WHOLE, form=association.form(Course(code, {"en": f"The {code}"}, 10, months, must)))
    for place, name, department in ((1, "Inês Silva", "front_desk"), (1, "Rui **Costa**", "housekeeping"), (2, "Abebe Bekele", "front_desk")):
        add_person(store, WHOLE, property_id=place, name=name, department=department)
    for who, course, day in ((INES, 1, "2024-04-10"), (INES, 2, "2023-03-01"), (ABEBE, 1, "2025-01-10"), (ABEBE, 2, "2024-06-15")):
        award(store, WHOLE, staff_id=who, course_id=course, earned_on=dt.date.fromisoformat(day))
    refresh(settings)
    store.engine.dispose()
    return settings


@pytest.fixture
def visits(monkeypatch, staffed_at_first, tmp_path) -> Visits:
    """Visits to a copy, which a test may change; a refresh is asked for and not made."""
    monkeypatch.setattr("crm_core.jobs.start_refresh", lambda _settings: None)
    return Visits(monkeypatch, copied(staffed_at_first, tmp_path))


def store(visits: Visits):
    return record.open_store(visits.settings)


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def test_the_page_says_how_many_hold_which_house_lacks_most_and_whose_are_due(visits):
    at = fine(visits.open("training"))
    assert [m.value for m in at.metric] == ["60.0%", "1"]
    assert titles(at)[:3] == ["Lisbon holds least of what it must: 33.3%", "1 certificate has expired, 1 was never earned, 1 ends within 90 days",
                              "3 people work here"]
    due = at.dataframe[0].value
    assert list(zip(due["State"], due["Name"], due["Course"], due["Ends on"], strict=True)) == [
        (["Expired"], "Inês Silva", "The welcome", "1 Mar 2025"), (["Never earned"], "Rui **Costa**", "The fire", "–"),
        (["Ends within 30 days"], "Inês Silva", "The fire", "10 Apr 2025")]
    assert at.dataframe[1].value["Due"].tolist() == ["–", "1 expired, 1 within 30 days", "1 never earned"]
    assert at.dataframe[2].value["Valid"].tolist() == ["2 of 3", "1 of 2"]


def test_the_filters_move_the_numbers_and_both_lists(visits):
    addis = fine(visits.open("training", properties="2"))
    assert addis.metric[0].value == "100.0%"
    assert "No certificate is due in the next 90 days" in titles(addis)
    desk = fine(addis.selectbox(key="department").select("housekeeping").run())
    assert "Nobody is written down here" in titles(desk)


def test_the_list_of_what_is_due_is_a_file_to_remind_from(visits):
    found = visits.downloads()
    fine(visits.open("training", department="housekeeping"))
    assert found[0].decode("utf-8-sig").splitlines() == [
        "State,Name,Course,Ends on,Department,Property", "Never earned,Rui **Costa**,The fire,–,Housekeeping,Lisbon"]


def test_a_house_without_staff_says_how_people_come_in_and_the_first_is_written_down(monkeypatch, lisbon_to_change):
    visits = Visits(monkeypatch, lisbon_to_change)
    at = fine(visits.open("training"))
    assert titles(at)[0] == "Nobody on the staff is written down yet"
    assert at.metric.len == 0
    at.text_input(key="staff_name_0").set_value("Inês Silva")
    at = fine(next(one for one in at.button if one.label == "Write the person down").click().run())
    assert [row["name"] for row in people(store(visits), WHOLE)] == ["Inês Silva"]
    assert titles(at)[0] == "Inês Silva holds what the work asks for"


def test_a_name_is_needed_and_what_was_typed_stays(visits):
    at = fine(visits.open("training"))
    at.text_input(key="staff_job_new_0").set_value("Porter")
    at = fine(next(one for one in at.button if one.label == "Write the person down").click().run())
    assert at.error[0].value == "Write the person's name."
    assert at.text_input(key="staff_job_new_0").value == "Porter"


def test_one_person_shows_what_is_held_due_and_counted_and_is_awarded_a_certificate(visits):
    at = fine(visits.open("training", staff=str(INES)))
    assert titles(at)[:3] == ["Inês Silva lacks 1 certificate", "1 of 2 certificates are valid", "Points by year"]
    assert [(m.label, m.value) for m in at.metric] == [("2024", "10"), ("2023", "10")]
    assert at.selectbox(key="award_course_2").value == 2  # what has expired is proposed first
    assert "It holds until 31 Mar 2027" in everything(at).replace("\\", "")
    at = fine(at.button(key="award_2").click().run())
    assert titles(at)[0] == "Inês Silva: a certificate ends soon"
    assert person(store(visits), WHOLE, id=INES)["points"] == {2025: 10, 2024: 10, 2023: 10}


def test_the_way_back_leads_to_everybody(visits):
    at = fine(visits.open("training", staff=str(RUI)))
    at = fine(at.button(key="staff_back").click().run())
    assert "3 people work here" in titles(at)


def test_a_certificate_that_was_written_by_mistake_is_taken_back(visits):
    at = visits.open("training", staff=str(ABEBE))
    at.session_state["certificates"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    at = fine(at.run())
    fine(next(one for one in at.button if one.label.startswith("Take back")).click().run())
    assert [one["code"] for one in person(store(visits), WHOLE, id=ABEBE)["certificates"]] == ["welcome"]


def test_a_person_changes_and_leaves(visits):
    at = fine(visits.open("training", staff=str(RUI)))
    at.selectbox(key="staff_department_2_1").select("spa")
    at = fine(at.button(key="staff_save_2_1").click().run())
    assert person(store(visits), WHOLE, id=RUI)["department"] == "spa"
    at = fine(at.button(key="staff_leave_2_2").click().run())
    assert person(store(visits), WHOLE, id=RUI)["left_on"] == AS_OF
    fine(at.button(key="staff_back_2_3").click().run())
    assert person(store(visits), WHOLE, id=RUI)["left_on"] is None


@pytest.mark.parametrize("asked", ["99", "x", "१", "9" * 40])
def test_a_person_who_is_not_there_is_told_so_above_everybody(visits, asked):
    at = fine(visits.open("training", staff=asked))
    assert "There is no such person" in at.warning[0].value
    assert "3 people work here" in titles(at)


def test_who_keeps_no_staff_sees_how_many_hold_and_nobody_by_name(visits):
    at = fine(visits.as_("group").open("training", staff=str(INES)))
    assert at.metric[0].value == "60.0%"
    assert "Silva" not in everything(at)


def test_nobody_meets_the_people_of_another_property(visits):
    at = fine(visits.as_("manager", (2,)).open("training", staff=str(INES)))
    assert "There is no such person" in at.warning[0].value
    assert "Silva" not in everything(at)


def test_a_course_is_offered_and_put_away(visits):
    at = fine(visits.open("training"))
    at.text_input(key="course_code_0").set_value("first_aid")
    at.text_input(key="course_name_new_0").set_value("First aid")
    at.multiselect(key="course_whom_new_0").set_value(["spa"])
    at = fine(fine(at.run()).button(key="course_new_0").click().run())
    row = course_list(store(visits), WHOLE)[-1]
    assert (row["code"], row["course"]) == ("first_aid", Course("first_aid", {"en": "First aid"}, 10, None, ("spa",)))
    assert "3 courses are offered" in titles(at)


def test_a_course_is_changed_and_keeps_what_a_pack_named_and_is_not_here(visits):
    course = Course("pool", {"en": "The pool", "hy": "Լող"}, 5, 12, ("lifeguards",), ("elsewhere",))
    save_course(store(visits), WHOLE, form=association.form(course))
    at = visits.open("training")
    at.session_state["courses"] = {"selection": {"rows": [2], "columns": [], "cells": []}}
    at = fine(at.run())
    at.number_input(key="course_points_3_1").set_value(7)
    fine(at.button(key="course_save_3_1").click().run())
    assert course_list(store(visits), WHOLE)[2]["course"] == replace(course, points=7)


def test_a_course_of_a_code_that_cannot_be_is_refused_in_words(visits):
    at = fine(visits.open("training"))
    at.text_input(key="course_code_0").set_value("first aid!")
    at.text_input(key="course_name_new_0").set_value("First aid")
    at = fine(fine(at.run()).button(key="course_new_0").click().run())
    assert "first aid!" in at.error[0].value
    assert len(course_list(store(visits), WHOLE)) == 2


def test_a_class_is_written_into_the_records_of_who_was_there(visits):
    here = visits.settings
    code = running.start(here, LESSONS, KEYS, title="Tuesday")
    shown = running.find(here, code)
    for name, given in (("inês silva", {LIFT: "1.95", VERDICT: "yes"}), ("Guest from afar", {VERDICT: "no"})):
        running.go(here, code, next(place for place, step in enumerate(shown.steps) if step.lesson is not None and step.question is not None))
        shown = running.find(here, code)
        taking_part.answer(here, shown, taking_part.seat(here, shown, taking_part.join(here, code, name)), given)
    running.end(here, code)
    at = fine(visits.open("training"))
    assert (at.selectbox(key=f"note_{code}_1").value, at.selectbox(key=f"note_{code}_2").value) == (INES, 0)
    at.selectbox(key=f"note_{code}_2").select(RUI)
    at = fine(next(one for one in at.button if one.label == "Write it down").click().run())
    assert at.success[0].value == "2 results were written down\\."
    taken = [(row["lesson"], row["on_day"], row["right_answers"], row["questions"], row["class_code"]) for row in person(store(visits), WHOLE, id=INES)["learning"]]
    assert taken == [(L02.code, AS_OF, 1, 2, code)]
    assert "Lessons taken" in titles(fine(visits.open("training", staff=str(RUI))))
