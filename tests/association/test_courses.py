"""Courses say who needs them and how long their certificates hold."""

import datetime as dt

import pytest

from crm_core.association.courses import BadCourse, Course, expires, form, is_required, parse, problems

EN = {"en": "Words"}
D = dt.date
SAFETY = Course("safety", EN, 20, 12, ("restaurant",), ("L01",))


@pytest.mark.parametrize("course", [SAFETY, Course("all", {"en": "All", "si": "සියල්ල"}, 0, None, ("*",))], ids=lambda course: course.code)
def test_a_course_that_is_written_is_read_as_it_was(course):
    assert parse(form(course)) == course


@pytest.mark.parametrize("months, earned, expiry", [
    (1, D(2025, 1, 31), D(2025, 2, 28)), (1, D(2024, 1, 31), D(2024, 2, 29)), (12, D(2024, 2, 29), D(2025, 2, 28)), (24, D(2025, 6, 15), D(2027, 6, 15)),
    (11, D(2025, 1, 31), D(2025, 12, 31)), (None, D(2025, 6, 15), None)])  # fmt: skip
def test_a_certificate_expires_calendar_months_later(months, earned, expiry):
    assert expires(Course("c", EN, 1, months), earned) == expiry


def test_a_course_is_required_for_its_departments_or_for_everybody():
    assert [is_required(SAFETY, department) for department in ("restaurant", "spa")] == [True, False]
    assert is_required(Course("c", EN, 1, None, ("*",)), "spa")
    assert not is_required(Course("c", EN, 1), "spa")


@pytest.mark.parametrize("change, sentence", [
    ({"points": -1}, "Course “safety”, “points”: a whole number from 0 to 1000 is needed."),
    ({"points": True}, "Course “safety”, “points”: a whole number from 0 to 1000 is needed."),
    ({"valid_months": 0}, "Course “safety”, “valid_months”: a whole number from 1 to 240 is needed."),
    ({"required_for": "spa"}, "Course “safety”, “required_for”: a list is needed here."),
    ({"lessons": ["no code"]}, "Course “safety”, “lessons”: use Latin letters, digits, - and _ only, and begin with a letter or a digit."),
    ({"name": {}}, "Course “safety”, “name”: write it in English (en) too: who reads no other language here sees that.")])  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_place(change, sentence):
    with pytest.raises(BadCourse) as problem:
        parse(form(SAFETY) | change)
    assert problem.value.problems == (sentence,)


def test_departments_and_lessons_that_are_not_here_are_told():
    assert problems(SAFETY, departments={"spa"}, lessons={"L02"}) == [
        "Course “safety” is required for the department “restaurant”, which does not exist here: choose another.",
        "Course “safety” counts the lesson “L01”, which is not here: bring the lesson too."]  # fmt: skip
    assert problems(SAFETY, departments={"restaurant"}, lessons={"L01"}) == []
