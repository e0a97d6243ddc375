"""Lessons in words: the shelf counts, an address is a view, an answer is judged without telling the key."""
import datetime as dt
from dataclasses import replace

import pytest

from crm_core.association import lessons as lessons_
from crm_core.association.lessons import Lesson
from crm_core.association.packs import Change
from crm_core.classroom.running import Class
from crm_core.i18n import use
from crm_core.ui import lesson_words as words
from crm_core.views import View
from tests.classroom.teaching import L02, L05

LIFT, VERDICT = L02.quiz
TRUTH = {"true": 0.019618, "naive": 0.08}


def class_on(day: str, *lessons: Lesson) -> Class:
    return Class("AB", "", "7", "follow", lessons, {}, 0, f"{day}T09:00:00+00:00", None, frozenset())


@pytest.mark.parametrize(("taught", "teaches", "said"), [
    ((), True, "2 lessons, none taught yet"), (("L02", "gone"), True, "2 lessons, 1 of them taught"), (("L02",), False, "2 lessons")])
def test_the_shelf_counts_its_lessons_and_for_trainers_those_taught(taught, teaches, said):
    assert words.title((L02, L05), taught, teaches) == said


def test_a_lesson_was_taught_on_the_day_of_its_last_class():
    classes = [class_on("2025-03-02", L02), class_on("2025-03-09", L02, L05), class_on("2025-01-05", L05)]
    assert words.taught(classes) == {"L02": dt.date(2025, 3, 9), "L05": dt.date(2025, 3, 9)}


@pytest.mark.parametrize(("n", "said"), [(1, "1 minute"), (25, "25 minutes"), (60, "1 h 0 min"), (65, "1 h 5 min")])
def test_an_hour_and_more_is_said_in_hours(n, said):
    assert words.minutes(n) == said


def test_what_is_sealed_with_the_demo_needs_the_demo():
    own = {"is_shipped": False, "lesson": L05}
    assert [words.needs_demo(row) for row in (own, own | {"is_shipped": True}, own | {"lesson": L02})] == [False, True, True]


# --- views ------------------------------------------------------------------------------------------------------------------------
def test_the_address_of_every_view_that_comes_with_the_program_is_that_view_again():
    views = [view for one in lessons_.shipped() for view in (words.naive(one), words.honest(one)) if view]
    assert len(views) > 14
    assert [words.view_of(words.address(view)) for view in views] == views
    assert all(words.is_there(view) for view in views)


@pytest.mark.parametrize(("written", "view"), [
    ("http://127.0.0.1:8501/figure?kpi=RevPAR&by=Property&period=Last+3+months&store=demo&lang=en",
     View("figure", {"by": "property", "kpi": "revpar", "period": "3m"})),
    ("http://127.0.0.1:8501/?properties=Tram+House&properties=Teff+House", View("briefing", {"properties": "2,1"})),
    (" figure ", View("figure")), ("", None), ("http://[", View("http://["))])
def test_an_address_as_a_browser_shows_it_is_a_view_in_codes(written, view):
    assert words.view_of(written, {"properties": {1: "Teff House", 2: "Tram House"}}) == view


def test_a_link_opens_a_view_of_one_store_in_the_language_in_use():
    use("hy")
    assert words.link(View("figure", {"dates": "2025-01-01,2025-02-01"}), "demo") == "/figure?dates=2025-01-01,2025-02-01&store=demo&lang=hy"
    use("en")
    assert words.link(View("briefing"), "hotel") == "/?store=hotel&lang=en"


# --- answers ----------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("question", "answer", "key", "kind", "said"), [
    (LIFT, "2,1", 1.9618, "right", "Right. SECRETWHY one"), (LIFT, "2.5", 1.9618, "wrong", "Not yet."), (LIFT, " ", 1.9618, "empty", "No answer yet."),
    (LIFT, "two or 3 or 4", 1.9618, "empty", "One number"), (LIFT, "2", None, "unknown", "sealed with the demo"),
    (VERDICT, "no", "no", "right", "Right. SECRETWHY two"), (VERDICT, "yes", "no", "wrong", "Not yet.")])
def test_an_answer_is_judged_and_only_a_right_one_is_told_why(question, answer, key, kind, said):
    found, sentence = words.verdict(question, answer, key)
    assert (found, said in sentence, "SECRET" in sentence) == (kind, True, kind == "right")


def test_a_right_answer_is_told_with_its_tolerance_and_unit():
    assert words.key_line(LIFT, 1.9618) == "1.96 points (± 0.20)"
    assert words.key_line(VERDICT, "no") == "No"
    assert words.key_line(LIFT, None) == "sealed with the demo, which is not open here"


def test_what_it_seems_and_what_is_true_stand_with_their_questions():
    seems = replace(LIFT, key="seems", truth="naive", text={"en": "What does the view add?"})
    both = replace(L02, quiz=(LIFT, seems))
    assert words.turned(both, TRUTH) == ["It seems: 8 points. What does the view add?", "It is: 1.96 points. By how many points?"]
    assert words.turned(L02, TRUTH) == ["It is: 1.96 points. By how many points?"]
    assert words.turned(both, None) == words.turned(L05, TRUTH) == []


def test_a_file_says_how_much_of_it_is_new():
    seen = [Change("lessons", code, code, change) for code, change in (("a", "new"), ("b", "new"), ("c", "same"))]
    assert words.coming(seen) == "2 new, 0 replaced, 1 here already"
