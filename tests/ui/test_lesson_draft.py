"""A lesson that is being written may be wrong for a while; what is read from it is what was written."""
from dataclasses import replace

import pytest

from crm_core.association import lessons
from crm_core.association.lessons import BadLesson
from crm_core.ui.lesson_draft import from_lesson, from_view, missing, of_row
from crm_core.views import View
from tests.classroom.teaching import L02, L05


def begun():
    """A draft with every word that is needed."""
    draft = from_view(View("figure", {"kpi": "nps"}), ())
    for name in ("title", "question", "notice"):
        draft.write(name, "en", f"The {name}")
    return draft


@pytest.mark.parametrize("lesson", lessons.shipped(), ids=lambda one: one.code)
def test_a_copy_of_a_lesson_says_the_same_under_a_code_of_its_own(lesson):
    assert lessons.parse(from_lesson(lesson, ()).said()) == replace(lesson, code=f"{lesson.code}-own1")


def test_a_new_lesson_begins_with_its_view_and_takes_a_free_code():
    made = lessons.parse(begun().said())
    assert (made.code, made.page, made.params, made.minutes, made.title) == ("own1", "figure", {"kpi": "nps"}, 20, {"en": "The title"})
    assert from_view(View("figure"), ("own1", "own3")).form["code"] == "own2"


def test_a_lesson_without_its_words_tells_each_that_is_missing():
    with pytest.raises(BadLesson) as told:
        lessons.parse(from_view(View("figure"), ()).said())
    assert [name for problem in told.value.problems for name in ("title", "question", "notice") if f"“{name}”" in problem] == ["title", "question", "notice"]


def test_words_of_a_language_that_are_wiped_out_are_gone():
    draft = begun()
    draft.write("title", "hy", "Վերնագիր")
    assert lessons.parse(draft.said()).title == {"en": "The title", "hy": "Վերնագիր"}
    draft.write("title", "hy", "  ")
    assert lessons.parse(draft.said()).title == {"en": "The title"}


def test_each_line_is_a_hint_and_a_hint_without_words_goes():
    draft = begun()
    draft.write_hints("en", "Look left.\nLook  right.\n")
    draft.write_hints("am", "ግራ")
    assert lessons.parse(draft.said()).hints == ({"en": "Look left.", "am": "ግራ"}, {"en": "Look right."})
    assert (draft.hints("en"), draft.hints("am")) == ("Look left.\nLook right.", "ግራ")
    draft.write_hints("en", "Look left.")
    assert lessons.parse(draft.said()).hints == ({"en": "Look left.", "am": "ግራ"},)


def test_the_view_that_tells_the_truth_comes_and_goes():
    draft = begun()
    draft.look_at(View("revenue", {"period": "3m"}), honest=True)
    assert (lessons.parse(draft.said()).honest_page, draft.view(honest=True)) == ("revenue", View("revenue", {"period": "3m"}))
    draft.look_at(None, honest=True)
    assert (lessons.parse(draft.said()).honest_page, draft.view(honest=True)) == ("", None)


@pytest.mark.parametrize(("typed", "answer"), [("2,5", 2.5), ("−3", -3.0), ("1.234", 1.234), ("65", 65.0)])
def test_a_number_is_read_as_people_write_it(typed, answer):
    draft = begun()
    draft.ask("number")
    draft.question("q1")["text"] = {"en": "How many?"}
    draft.answer("q1", "answer", typed)
    assert lessons.parse(draft.said()).quiz[0].answer == answer


@pytest.mark.parametrize("typed", ["many", "1 or 2", "41,100", ""])
def test_what_is_no_one_number_is_no_answer_and_is_told(typed):
    draft = begun()
    draft.ask("number")
    draft.question("q1")["text"] = {"en": "How many?"}
    draft.answer("q1", "answer", typed)
    with pytest.raises(BadLesson, match="a number from"):
        lessons.parse(draft.said())


def test_questions_and_options_come_and_go_under_keys_that_stay():
    draft = begun()
    for kind in ("number", "choice", "number"):
        draft.ask(kind)
    draft.drop("q1")
    draft.ask("number")
    assert [one["key"] for one in draft.quiz] == ["q2", "q3", "q1"]
    draft.offer("q2")
    draft.question("q2")["answer"] = "a3"
    draft.withdraw("q2", "a1")
    assert [one["key"] for one in draft.question("q2")["options"]] == ["a2", "a3"]
    assert draft.question("q2")["answer"] == "a3"
    draft.withdraw("q2", "a3")
    assert "answer" not in draft.question("q2")


def test_no_more_questions_and_options_than_a_lesson_may_have():
    draft = begun()
    for _ in range(20):
        draft.ask("choice")
        draft.offer("q1")
    assert (len(draft.quiz), len(draft.question("q1")["options"])) == (12, 8)


def test_a_sealed_answer_takes_the_place_of_a_written_one_and_back():
    draft = from_lesson(L02, ())
    draft.seal("lift", "naive")
    assert lessons.parse(draft.said()).quiz[0].truth == "naive"
    draft.seal("lift", "")
    draft.answer("lift", "answer", "2")
    assert (lessons.parse(draft.said()).quiz[0].truth, lessons.parse(draft.said()).quiz[0].answer) == ("", 2.0)


def test_an_own_lesson_is_changed_under_its_code_and_version():
    draft = of_row({"code": "L05", "lesson": L05, "id": 4, "version": 2})
    assert (draft.id, draft.version, lessons.parse(draft.said())) == (4, 2, L05)


def test_what_a_language_still_lacks_is_named():
    form = lessons.form(L02)
    assert missing(form, "en") == []
    assert missing(form, "hy") == ["question", "notice", "presenter", "hints", "quiz"]
    with pytest.raises(ValueError, match="'de'"):
        missing(form, "de")
