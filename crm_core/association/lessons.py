"""A lesson as data: what it asks, the view that misleads and the one that tells the truth, its quiz, and what the trainer says."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from crm_core.association.answers import numbers
from crm_core.association.forms import CODE, LARGEST, Form
from crm_core.association.reading import Bad
from crm_core.association.texts import Texts
from crm_core.i18n import t

FOLDER = Path(__file__).parents[2] / "data" / "lessons"
KINDS, SEALED = ("number", "choice"), ("true", "naive")
LONGEST_TITLE, MOST_HINTS, MOST_QUESTIONS, MOST_OPTIONS, LONGEST_LESSON = 200, 8, 12, 8, 180
LONGEST_OPTION, LONGEST_UNIT = 500, 40
SLACK = 1e-9  # of an answer's size: 0.1 + 0.2 is 0.3
# The parameters of views that name KPIs, several with a comma between them; "none" is no second one.
KPI_PARAMS, NOTHING = ("kpi", "second", "versus", "kpis"), ("", "none")


class BadLesson(Bad):
    """A lesson cannot be meant as it is written; `problems` are sentences in the language in use that say what to do."""


@dataclass(frozen=True)
class Question:
    """One question of a quiz: its answer is fixed (`answer`: a number or an option's key), or a sealed value (`truth`) times `scale`."""

    key: str
    kind: str  # of KINDS
    text: Texts
    options: tuple[tuple[str, Texts], ...] = ()
    answer: float | str | None = None
    truth: str = ""  # of SEALED, "" where the answer is fixed
    scale: float = 1.0
    tolerance: float = 0.0  # a number within ± this is right, in the answer's unit
    unit: Texts = field(default_factory=dict)
    why: Texts = field(default_factory=dict)  # said with the right answer


@dataclass(frozen=True)
class Lesson:
    """One lesson. A view is a page (a file's stem in pages/) and the parameters of its address; `truth` is the id of a sealed truth."""

    code: str
    title: Texts
    question: Texts
    notice: Texts
    presenter: Texts
    hints: tuple[Texts, ...]
    page: str
    params: Mapping[str, str]
    minutes: int
    quiz: tuple[Question, ...]
    truth: str = ""
    honest_page: str = ""
    honest_params: Mapping[str, str] = field(default_factory=dict)


@cache
def shipped() -> tuple[Lesson, ...]:
    """Return the lessons that come with the program, in the order of their codes."""
    return tuple(parse(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.toml")))


# --- reading ---------------------------------------------------------------------------------------------------------------
def parse(form: object) -> Lesson:
    """Return the lesson of a form as form() writes it. Raises BadLesson with everything that is wrong."""
    code = form.get("code") if isinstance(form, dict) else None
    read = Form({}, t("Lesson “{code}”", code=code) if isinstance(code, str) and CODE.fullmatch(code) else t("A lesson without a code"))
    lesson = _lesson(read.inner(form, t("the lesson"), read.place))
    if read.problems:
        raise BadLesson(*read.problems)
    return lesson


def _lesson(form: Form) -> Lesson:
    form.only(tuple(Lesson.__dataclass_fields__))
    truth = form.code("truth", is_needed=False)
    lesson = Lesson(
        form.code("code"), form.texts("title", LONGEST_TITLE), form.texts("question"), form.texts("notice"), form.texts("presenter", is_needed=False),
        tuple(form.texts_of(one, "hints") for one in form.several("hints", 0, MOST_HINTS)), form.code("page"), form.params("params"),
        form.whole("minutes", 1, LONGEST_LESSON),
        tuple(_question(form, number, one, truth) for number, one in enumerate(form.several("quiz", 0, MOST_QUESTIONS), 1)),
        truth, form.code("honest_page", is_needed=False), form.params("honest_params"))  # fmt: skip
    _check_once(form, "quiz", [question.key for question in lesson.quiz])
    return lesson


def _question(outer: Form, number: int, said: object, truth: str) -> Question:
    form = outer.inner(said, "quiz", t("{place}, question {number}", place=outer.place, number=number))
    form.only(tuple(Question.__dataclass_fields__))
    kind, sealed = form.choice("kind", KINDS), form.choice("truth", ("", *SEALED), "")
    question = Question(
        form.code("key"), kind, form.texts("text"), tuple(_option(form, one) for one in form.several("options", 0, MOST_OPTIONS)),
        _number(form, sealed) if kind == "number" else form.code("answer"), sealed, form.number("scale", -LARGEST, LARGEST, 1.0),
        form.number("tolerance", 0, LARGEST, 0.0), form.texts("unit", LONGEST_UNIT, is_needed=False), form.texts("why", is_needed=False))  # fmt: skip
    (_check_number if question.kind == "number" else _check_choice)(form, question, truth)
    return question


def _option(outer: Form, said: object) -> tuple[str, Texts]:
    form = outer.inner(said, "options", outer.place)
    form.only(("key", "text"))
    return form.code("key"), form.texts("text", LONGEST_OPTION)


def _number(form: Form, sealed: str) -> float | None:
    """The fixed answer of a question for a number, None where it is sealed."""
    if not sealed:
        return form.number("answer", -LARGEST, LARGEST)
    if "answer" in form.values:
        form.refuse("answer", t("the answer is read from the sealed truth: take this one out."))
    return None


def _check_number(form: Form, question: Question, truth: str) -> None:
    if question.options:
        form.refuse("options", t("a question for a number has no choices: take them out, or make it a choice."))
    if question.truth and not truth:
        form.refuse("truth", t("name the sealed truth of the lesson first, or write the answer here."))


def _check_choice(form: Form, question: Question, truth: str) -> None:
    keys = [key for key, _ in question.options]
    form.several("options", 2, MOST_OPTIONS)
    _check_once(form, "options", keys)
    if question.truth:
        form.refuse("truth", t("a choice names its right answer: take this out."))
    if question.answer and question.answer not in keys:
        form.refuse("answer", t("name the right one by its key: {known}.", known=", ".join(keys)))


def _check_once(form: Form, name: str, keys: list[str]) -> None:
    for key in sorted({key for key in keys if key and keys.count(key) > 1}):
        form.refuse(name, t("two entries have the key “{key}”: give each its own.", key=key))


# --- writing ---------------------------------------------------------------------------------------------------------------
def form(lesson: Lesson) -> dict:
    """Return a lesson as JSON takes it, without what is empty; parse() reads it again."""
    said = _plain(lesson) | {"params": dict(lesson.params), "quiz": [_plain(question) for question in lesson.quiz]}
    return said if lesson.quiz else {name: value for name, value in said.items() if name != "quiz"}


def _plain(of: Lesson | Question) -> dict:
    """The fields that differ from their default, texts as dicts, options as {key, text}."""
    found = {}
    for name, about in of.__dataclass_fields__.items():
        value, default = getattr(of, name), about.default
        if value != default and value not in ((), {}):
            found[name] = _written(name, value)
    return found


def _written(name: str, value: object) -> object:
    if name == "options":
        return [{"key": key, "text": dict(text)} for key, text in value]
    if isinstance(value, Mapping):
        return dict(value)
    return [dict(one) for one in value] if name == "hints" else value


# --- against the program as it is ------------------------------------------------------------------------------------------
def problems(lesson: Lesson, *, pages: Collection[str], kpis: Collection[str], truths: Collection[str]) -> list[str]:
    """Return what of a lesson no longer fits this program: a view or a KPI that is gone, a sealed truth that is not there."""
    views = ((lesson.page, lesson.params), (lesson.honest_page, lesson.honest_params))
    found = [t("Its view “{page}” does not exist here: choose another view for this lesson.", page=page) for page, _ in views if page and page not in pages]
    for key in sorted({one for _, params in views for one in _named(params)} - set(kpis)):
        found.append(t("Its view shows the KPI “{kpi}”, which does not exist here: choose another.", kpi=key))
    if lesson.truth and lesson.truth not in truths:
        found.append(t("Its answers are read from the sealed truth “{truth}”, which these data do not have: open the demo data.", truth=lesson.truth))
    return found


def _named(params: Mapping[str, str]) -> set[str]:
    return {key for name in KPI_PARAMS for key in params.get(name, "").split(",") if key not in NOTHING}


def key_of(question: Question, truth: Mapping[str, float] | None) -> float | str | None:
    """Return the right answer: a number, or an option's key; None where it is sealed and `truth` ("true", "naive") does not hold it."""
    if not question.truth:
        return question.answer
    sealed = (truth or {}).get(question.truth)
    return None if sealed is None else sealed * question.scale


def is_right(question: Question, answer: str, key: float | str | None) -> bool:
    """Return whether an answer is the right one (`key` as key_of() gives it); nothing is right where the key is not known."""
    if key is None:
        return False
    if question.kind == "choice":
        return answer.strip() == key
    room = question.tolerance + SLACK * max(1.0, abs(float(key)))
    return any(abs(number - float(key)) <= room for number in numbers(answer))
