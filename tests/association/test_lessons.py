"""A lesson is read or refused with everything that is wrong with it, judged by its key, and handed on as one file; fourteen come with the program."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core import settings
from crm_core.association import lesson_files
from crm_core.association.answers import numbers
from crm_core.association.lessons import BadLesson, form, is_right, key_of, parse, problems, shipped
from crm_core.association.texts import said
from crm_core.i18n import LANGUAGES, use
from crm_core.metrics import CATALOGUE

PAGES = {path.stem for path in (settings.ROOT / "pages").glob("*.py")}
CODES = [f"L{number:02d}" for number in range(1, 15)]
SHARE = {"key": "q1", "kind": "number", "text": {"en": "What share?"}, "truth": "true", "scale": 100.0, "tolerance": 1.5, "unit": {"en": "%"}}
CHOICE = {"key": "q2", "kind": "choice", "text": {"en": "Why?"}, "answer": "b", "options": [{"key": "a", "text": {"en": "Chance"}},
                                                                                           {"key": "b", "text": {"en": "The mix"}}]}
FORM = {
    "code": "own-1", "title": {"en": "What happened?", "hy": "Ի՞նչ պատահեց"}, "question": {"en": "Look."}, "notice": {"en": "The mix."},
    "presenter": {"en": "Ask."}, "hints": [{"en": "Left."}], "page": "figure", "params": {"kpi": "nps", "properties": "2,3"}, "minutes": 20,
    "truth": "L04", "quiz": [SHARE, CHOICE], "honest_page": "feedback", "honest_params": {"period": "12m"}}  # fmt: skip


def changed(**fields) -> dict:
    """FORM with other fields; None takes one out."""
    return {name: value for name, value in (copy.deepcopy(FORM) | fields).items() if value is not None}


def asked(question: dict, **fields) -> dict:
    """FORM with one question, of other fields."""
    return changed(quiz=[{name: value for name, value in (question | fields).items() if value is not None}])


def wrong(form: object) -> str:
    with pytest.raises(BadLesson) as refused:
        parse(form)
    return "\n".join(refused.value.problems)


# --- reading and writing ---------------------------------------------------------------------------------------------------
def test_a_lesson_is_written_as_it_was_read():
    assert form(parse(FORM)) == FORM
    least = {"code": "a", "title": {"en": "t"}, "question": {"en": "q"}, "notice": {"en": "n"}, "page": "value", "params": {}, "minutes": 1}
    assert form(parse(least)) == least


def test_words_lose_the_space_around_them_and_other_line_ends():
    assert parse(changed(notice={"en": " One.\r\n\nTwo. \n"})).notice == {"en": "One.\n\nTwo."}


@pytest.mark.parametrize(("bad", "told"), [
    (None, "fields with values"), ([], "fields with values"),
    (changed(code=None), "“code”: this is missing"), (changed(code="a b"), "“code”: use Latin letters"), (changed(code="x" * 41), "“code”: this has 41 letters"),
    (changed(colour="red"), "“colour”: this is not known here"),
    (changed(title={"en": "x" * 201}), "“title.en”: this has 201 letters, and 200 are possible"),
    (changed(title={"hy": "Ի՞նչ"}), "“title”: write it in English (en) too"), (changed(title="What?"), "“title”: give words by language"),
    (changed(title={"en": "x", "fr": "y"}), "“fr” is no language here"), (changed(notice=None), "“notice”: write it in English"),
    (changed(notice={"en": "x" * 5001}), "“notice.en”: this has 5001 letters"), (changed(notice={"en": " "}), "“notice.en”: this is missing"),
    (changed(notice={"en": 5}), "“notice.en”: words are needed"), (changed(notice={"en": "a\x00b"}), "signs that cannot be shown"),
    (changed(notice={"en": "\ud800"}), "signs that cannot be shown"), (changed(hints="left"), "“hints”: a list is needed"),
    (changed(hints=[{"en": "x"}] * 9), "“hints”: there are 9 entries"), (changed(page="../app"), "“page”: use Latin letters"),
    (changed(params={"kpi": 1}), "“params.kpi”: words are needed"), (changed(params=[]), "“params”: at most 30 names"),
    (changed(params={str(n): "" for n in range(31)}), "“params”: at most 30 names"),
    (changed(minutes=0), "“minutes”: a number from 1 to 180"), (changed(minutes=181), "“minutes”: a number from 1 to 180"),
    (changed(minutes=1.5), "“minutes”: a whole number"), (changed(minutes=True), "“minutes”: a number"), (changed(minutes="20"), "“minutes”: a number"),
    (changed(quiz=[SHARE | {"key": f"q{n}"} for n in range(13)]), "“quiz”: there are 13 entries"), (changed(quiz=[SHARE, SHARE]), "two entries have the key “q1”"),
    (changed(quiz=[3]), "“quiz”: fields with values"),
])  # fmt: skip
def test_what_is_wrong_with_a_lesson_is_told_with_its_field(bad, told):
    assert told in wrong(bad)


@pytest.mark.parametrize(("bad", "told"), [
    (asked(SHARE, kind="essay"), "“kind”: choose from number, choice"), (asked(SHARE, truth="seeming"), "“truth”: choose from true, naive"),
    (asked(SHARE, scale=float("nan")), "“scale”: a number"), (asked(SHARE, scale=float("inf")), "“scale”: a number"),
    (asked(SHARE, tolerance=-1), "“tolerance”: a number"), (asked(SHARE, answer=3), "the answer is read from the sealed truth"),
    (asked(SHARE, truth=None), "“answer”: a number from"), (asked(SHARE, truth=None, answer="3"), "“answer”: a number from"),
    (asked(SHARE, truth=None, answer=10**4000), "“answer”: a number from"), (asked(SHARE, options=CHOICE["options"]), "has no choices"),
    (asked(SHARE) | {"truth": ""}, "name the sealed truth of the lesson first"), (asked(CHOICE, answer="c"), "name the right one by its key: a, b"),
    (asked(CHOICE, answer=None), "“answer”: this is missing"), (asked(CHOICE, truth="true"), "a choice names its right answer"),
    (asked(CHOICE, options=CHOICE["options"][:1], answer="a"), "“options”: there are 1 entries, and 2 to 8 are possible"),
    (asked(CHOICE, options=[*CHOICE["options"], *CHOICE["options"]]), "two entries have the key “a”"),
    (asked(CHOICE, options=[{"key": str(n), "text": {"en": "x"}} for n in range(9)], answer="1"), "“options”: there are 9 entries"),
    (asked(CHOICE, options=["a", "b"]), "“options”: fields with values"),
    (asked(CHOICE, points=3), "Lesson “own-1”, question 1, “points”: this is not known here"),
])  # fmt: skip
def test_what_is_wrong_with_a_question_is_told_with_its_place(bad, told):
    assert told in wrong(bad)


def test_everything_that_is_wrong_is_told_at_once():
    told = wrong(changed(title={}, minutes=0, quiz=[SHARE | {"scale": "x"}, CHOICE | {"answer": "z"}]))
    assert told.count("\n") == 3
    assert all(line.startswith("Lesson “own-1”") for line in told.split("\n"))


def test_a_name_with_half_signs_can_still_be_told():
    assert wrong(changed(**{"\ud800\x1b[2J": 1})).encode()


# --- views that are gone -----------------------------------------------------------------------------------------------------
def test_a_lesson_says_what_no_longer_fits_the_program():
    lesson = parse(FORM)
    assert problems(lesson, pages={"figure", "feedback"}, kpis={"nps"}, truths={"L04"}) == []
    told = problems(lesson, pages={"figure"}, kpis=(), truths=())
    assert [line.split("”")[0].split("“")[1] for line in told] == ["feedback", "nps", "L04"]


def test_every_kpi_of_a_list_is_looked_up():
    told = problems(parse(changed(params={"kpis": "nps,gone,", "second": "lost", "versus": "none"})), pages={"figure", "feedback"}, kpis={"nps"}, truths={"L04"})
    assert [line.split("”")[0].split("“")[1] for line in told] == ["gone", "lost"]


# --- answers -----------------------------------------------------------------------------------------------------------------
def test_a_sealed_answer_is_scaled_and_unknown_where_the_truth_is_not_there():
    share, choice = parse(FORM).quiz
    assert key_of(share, {"true": 0.165, "naive": 0.34}) == pytest.approx(16.5)
    assert key_of(share, None) is None
    assert not is_right(share, "0", None)
    assert key_of(choice, None) == "b"


@pytest.mark.parametrize(("answer", "right"), [
    ("16.5", True), ("16,5", True), ("15", True), ("18.0", True), ("14.9", False), ("18.1", False), ("16 %", True), ("about 17", True), ("−16.5", False),
    ("0.165", False), ("", False), ("16 or 17", False), ("b", False), ("١٦٫٥", False), ("nan", False), ("1e1", False), ("9" * 400, False)])  # fmt: skip
def test_a_number_within_the_tolerance_is_right_however_it_is_written(answer, right):
    assert is_right(parse(FORM).quiz[0], answer, 16.5) is right


def test_without_a_tolerance_only_the_number_itself_is_right():
    exact = parse(asked(SHARE, truth=None, tolerance=None, answer=0.3)).quiz[0]
    assert is_right(exact, "0,30", 0.1 + 0.2)
    assert not is_right(exact, "0.31", 0.3)


def test_a_choice_is_right_by_its_key():
    choice = parse(FORM).quiz[1]
    assert is_right(choice, " b ", "b")
    assert not is_right(choice, "The mix", "b")


@pytest.mark.parametrize(("answer", "found"), [
    ("€ 57 500", (57500,)), ("57,500", (57.5, 57500)), ("57.500", (57.5, 57500)), ("57.500,25", (57500.25,)), ("1,234,567", (1234567,)), ("0,125", (0.125,)),
    ("-11.7 points", (-11.7,)), ("–12", (-12,)), ("+3", (3,)), (".5", (0.5,)), ("7.", (7,)), ("1 2 3", (123,)), ("two", ())])  # fmt: skip
def test_numbers_are_read_as_people_write_them(answer, found):
    assert numbers(answer) == found


@given(st.text(max_size=80))
def test_any_answer_is_judged(answer):
    assert is_right(parse(FORM).quiz[0], answer, 16.5) in (True, False)


def test_words_are_said_in_the_language_or_in_english():
    title = parse(FORM).title
    assert [said(title, language) for language in ("hy", "si", "en")] == ["Ի՞նչ պատահեց", "What happened?", "What happened?"]
    assert said({}, "hy") == ""


# --- one file ----------------------------------------------------------------------------------------------------------------
def test_a_file_of_lessons_is_read_as_it_was_written_and_the_same_in_any_order():
    file = lesson_files.dumps(shipped())
    assert lesson_files.loads(file) == shipped()
    assert lesson_files.dumps(reversed(shipped())) == file
    assert lesson_files.loads("\ufeff".encode() + file) == shipped()


BROKEN = "no complete JSON"


def as_file(**fields) -> str:
    return json.dumps({"format": "innsight-lessons", "version": 1, "lessons": [FORM]} | fields)


@pytest.mark.parametrize(("file", "told"), [
    (b"", BROKEN), (as_file()[:-9], BROKEN), (b"\xff\xfe\x00", BROKEN), ("[" * 100_000, BROKEN), ("[1]", "holds no lessons"),
    ('{"format": ' + "9" * 5000 + "}", BROKEN), ("{}", "holds no lessons"), (as_file(format="innsight-pack"), "holds no lessons"),
    (as_file(version=2), "from a newer version of Innsight"), (as_file(version="1"), "does not say the version"), (as_file(version=True), "does not say"),
    (as_file(lessons=[]), "there are 0 entries"), (as_file(lessons={}), "a list is needed"), (as_file(lessons=[FORM, FORM]), "two lessons have the code “own-1”"),
    (as_file(author="x"), "“author”: this is not known here"), (as_file(lessons=[FORM] * 201), "there are 201 entries"), (b" " * 500_001, "more than 500 kB"),
    (as_file(lessons=[FORM, FORM | {"code": "other", "minutes": 0}]), "Lesson “other”, “minutes”"),
], ids=lambda value: str(value)[:20])  # fmt: skip
def test_a_file_that_cannot_be_taken_whole_is_refused_with_the_reason(file, told):
    with pytest.raises(BadLesson) as refused:
        lesson_files.loads(file)
    assert told in str(refused.value)


@given(st.data())
def test_a_damaged_file_gives_lessons_or_a_reason(data):
    file = bytearray(as_file().encode())
    for _ in range(data.draw(st.integers(1, 4))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = lesson_files.loads(bytes(file))
    except BadLesson as refused:
        found = refused.problems
    else:
        assert lesson_files.loads(lesson_files.dumps(found)) == found
    assert found and all(found)


# --- what comes with the program ------------------------------------------------------------------------------------------------
def test_the_fourteen_lessons_are_there():
    assert [lesson.code for lesson in shipped()] == CODES
    assert [lesson.truth for lesson in shipped()] == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_lesson_that_comes_with_the_program_is_whole(code):
    lesson = shipped()[CODES.index(code)]
    assert problems(lesson, pages=PAGES, kpis=CATALOGUE, truths=CODES) == []
    assert 2 <= len(lesson.hints) <= 3 and 2 <= len(lesson.quiz) <= 4
    assert {"number", "choice"} == {question.kind for question in lesson.quiz}
    assert "true" in {question.truth for question in lesson.quiz}
    assert lesson.presenter["en"] and all(question.why["en"] for question in lesson.quiz)
    assert all(question.unit for question in lesson.quiz if question.kind == "number")


def test_the_right_answer_is_not_always_at_the_same_place():
    places = [[key for key, _ in question.options].index(question.answer) for lesson in shipped() for question in lesson.quiz if question.kind == "choice"]
    assert set(places) == {0, 1, 2}


@pytest.mark.parametrize("language", LANGUAGES)
def test_problems_are_told_in_the_language_in_use(language):
    use(language)
    try:
        assert "own-1" in wrong(changed(minutes=0))
    finally:
        use("en")
