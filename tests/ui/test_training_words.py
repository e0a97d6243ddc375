"""Training in words: what is due, which house lacks most, whom a course is for, and who of the staff a participant is."""
import datetime as dt

import pandas as pd
import pytest

from crm_core.association.courses import Course
from crm_core.records.staff import Reminder
from crm_core.ui import training_words as words

FIRE = Course("fire", {"en": "Fire drill", "hy": "Հրդեհ"}, 10, 12, ("*",))


def due(*states: str) -> list[Reminder]:
    return [Reminder(1, "Ana", "Lisbon", "spa", 1, "fire", FIRE, dt.date(2025, 3, 1), state) for state in states]


def by_property(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame([(group, top / bottom) for group, top, bottom in rows], columns=["group", "value"])


@pytest.mark.parametrize(("states", "said"), [
    ((), "No certificate is due in the next 90 days"),
    (("expired",), "1 certificate has expired"),
    (("expired", "expired", "missing"), "2 certificates have expired, 1 was never earned"),
    (("expiring", "soon"), "2 end within 90 days"),
])
def test_the_title_says_what_is_due_and_the_worst_first(states, said):
    assert words.due_title(due(*states)) == said


def test_of_one_person_it_is_said_in_short():
    assert words.due_in_short(due("soon", "expired", "missing", "missing")) == "1 expired, 2 never earned, 1 within 90 days"
    assert words.due_in_short([]) == "–"


def test_a_person_lacks_what_has_expired_or_was_never_earned():
    assert words.person_title("Ana", due("expired", "missing", "soon")) == "Ana lacks 2 certificates"
    assert words.person_title("Ana", due("soon")) == "Ana: a certificate ends soon"
    assert words.person_title("Ana", []) == "Ana holds what the work asks for"


def test_the_house_that_holds_least_is_named():
    names = {1: "Lisbon", 2: "Addis Ababa"}
    assert words.compliance_title(by_property((1, 3, 4), (2, 1, 2)), names) == "Addis Ababa holds least of what it must: 50.0%"
    assert words.compliance_title(by_property((1, 3, 4)), names) == "75.0% of the certificates that must be there are valid"
    assert words.compliance_title(by_property((1, 4, 4), (2, 2, 2)), names) == "Every certificate that must be there is valid"
    assert words.compliance_title(by_property(), names) == "Nobody must have a certificate"


def test_a_course_says_for_whom_it_is_and_how_long_it_holds():
    assert words.whom(FIRE) == "Everybody"
    assert words.whom(Course("x", {"en": "X"}, 1, None, ("front_desk", "spa"))) == "Front desk, Spa"
    assert words.whom(Course("x", {"en": "X"}, 1)) == "Nobody must"
    assert [words.lasts(months) for months in (None, 1, 24)] == ["for good", "1 month", "24 months"]


def sheet(*given: tuple[int, str, str, int, str]) -> list[tuple]:
    """Rows as a class's score sheet has them: number, lesson, question, right, answered at."""
    return [(number, f"P{number}", lesson, question, "", right, at) for number, lesson, question, right, at in given]


def test_a_class_is_counted_lesson_by_lesson_and_who_answered_nothing_did_not_take_it():
    rows = sheet((1, "L02", "a", 1, "9:00"), (1, "L02", "b", 0, ""), (1, "L05", "c", 0, ""), (2, "L02", "a", 0, ""), (2, "L02", "b", 0, ""),
                 (2, "L05", "c", 1, "9:10"))
    assert words.scored(rows, {"L02": 2, "L05": 1, "talk": 0}) == {"L02": {1: (1, 2)}, "L05": {2: (1, 1)}, "talk": {1: (0, 0), 2: (0, 0)}}


def test_a_participant_is_the_only_one_of_that_name_or_of_that_first_name():
    people = [{"id": 7, "name": "Ana Silva"}, {"id": 8, "name": "Ben Okafor"}, {"id": 9, "name": "Ben Adams"}, {"id": 10, "name": None}]
    assert words.matched("  ana   SILVA ", people) == 7
    assert words.matched("Ana", people) == 7
    assert words.matched("Ben", people) is None
    assert words.matched("", people) is None
    assert words.matched("Ben Adams", [*people, {"id": 11, "name": "Ben Adams"}]) is None
