"""A questionnaire as data: its questions with their kinds and wordings, and what a guest's answers to it come to."""
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from crm_core.i18n import N_
from crm_core.records.cards import masked
from crm_core.records.registry import Refused

FILE = Path(__file__).parents[2] / "data" / "feedback" / "surveys.toml"
# The lowest and the highest value of each kind of number; a rating's highest is the question's own.
RANGES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 10)}
KINDS = (*RANGES, "choice", "text")
ONCE = ("nps", "csat", "ces")  # of these a survey answer has one each
RATING_SCALES = (5, 10)
KEY, LANGUAGE = re.compile(r"[a-z][a-z0-9_]{0,39}"), re.compile(r"[a-z]{2,3}")
MOST_QUESTIONS, MOST_OPTIONS, LONGEST_WORDING, LONGEST_TEXT = 20, 12, 300, 5_000
BEST = 10_000  # a score's share of the best, in hundredths of a per cent


@dataclass(frozen=True)
class Question:
    """One question: `text` by language, `best` of a rating, and a choice's `options`, each a key with its wordings."""

    key: str
    kind: str
    text: Mapping[str, str]
    required: bool = False
    best: int = 5
    options: tuple[tuple[str, Mapping[str, str]], ...] = ()

    @property
    def range(self) -> tuple[int, int]:
        """The lowest and the highest number that can be given; only of kinds in RANGES."""
        low, high = RANGES[self.kind]
        return low, self.best if self.kind == "rating" else high


@dataclass(frozen=True)
class Answers:
    """What a guest answered: the values by question, and the columns of a review that follow from them."""

    given: dict[str, int | str]
    columns: dict[str, int | str | None] = field(default_factory=dict)


def wording(texts: Mapping[str, str], language: str | None) -> str:
    """Return a wording in a language, else in English, else in the first that there is."""
    return texts.get(language or "") or texts.get("en") or next(iter(texts.values()))


@cache
def shipped() -> tuple[dict, ...]:
    """Return the questionnaires to begin with: code, name, kind, days_open, and questions as parse() takes them."""
    return tuple(tomllib.loads(FILE.read_text(encoding="utf-8"))["surveys"])


# --- reading and writing --------------------------------------------------------------------------------------------------
def parse(said: object) -> tuple[Question, ...]:
    """Return the questions of a list of {key, kind, text: {language: wording}, required, best, options}. Raises Refused."""
    if not isinstance(said, list | tuple) or not 0 < len(said) <= MOST_QUESTIONS:
        raise Refused(N_("A questionnaire has 1 to 20 questions."))
    questions = tuple(_question(one) for one in said)
    keys, kinds = [q.key for q in questions], [q.kind for q in questions if q.kind in ONCE]
    if len(set(keys)) < len(keys):
        raise Refused(N_("Two questions have the same key: give each its own."))
    if len(set(kinds)) < len(kinds):
        raise Refused(N_("A questionnaire asks once at most for recommendation, satisfaction and effort: use a rating for more."))
    return questions


def dumps(questions: tuple[Question, ...]) -> str:
    """Return questions as JSON text; parse(json.loads(…)) reads them again."""
    return json.dumps([dump(question) for question in questions], ensure_ascii=False)


def dump(q: Question) -> dict:
    """Return a question as parse() takes it."""
    said = {"key": q.key, "kind": q.kind, "text": dict(q.text), "required": q.required}
    said |= {"best": q.best} if q.kind == "rating" else {}
    return said | ({"options": [{"key": key, "text": dict(text)} for key, text in q.options]} if q.kind == "choice" else {})


def _question(said: object) -> Question:
    if not isinstance(said, dict) or said.get("kind") not in KINDS:
        raise Refused(N_("Each question needs a kind: recommendation, satisfaction, effort, rating, choice or text."))
    kind, required, best = said["kind"], said.get("required", False), said.get("best", 5)
    if not isinstance(required, bool) or best not in RATING_SCALES:
        raise Refused(N_("A question is required or not, and a rating goes up to 5 or 10."))
    return Question(_key(said), kind, _texts(said), required, best, _options(said.get("options")) if kind == "choice" else ())


def _key(said: dict) -> str:
    if not isinstance(said.get("key"), str) or not KEY.fullmatch(said["key"]):
        raise Refused(N_("A key has small letters, digits and _ only, begins with a letter, and has at most 40 of them."))
    return said["key"]


def _texts(said: dict) -> dict[str, str]:
    texts = said.get("text")
    if not isinstance(texts, dict) or not texts:
        raise Refused(N_("Each question and choice needs a wording in at least one language."))
    if not all(isinstance(language, str) and LANGUAGE.fullmatch(language) and isinstance(text, str) for language, text in texts.items()):
        raise Refused(N_("Wordings are texts by language code, like en."))
    plain = {language: " ".join(text.replace("\x00", "").split()) for language, text in texts.items()}
    if not all(0 < len(text) <= LONGEST_WORDING for text in plain.values()):
        raise Refused(N_("A wording has 1 to 300 characters."))
    return plain


def _options(said: object) -> tuple[tuple[str, dict[str, str]], ...]:
    if not isinstance(said, list | tuple) or not 2 <= len(said) <= MOST_OPTIONS or not all(isinstance(one, dict) for one in said):
        raise Refused(N_("A choice has 2 to 12 options."))
    options = tuple((_key(one), _texts(one)) for one in said)
    if len({key for key, _ in options}) < len(options):
        raise Refused(N_("Two options have the same key: give each its own."))
    return options


# --- a guest's answers ----------------------------------------------------------------------------------------------------
def answered(questions: tuple[Question, ...], said: Mapping[str, object]) -> Answers:
    """Return what a guest's answers come to. Raises Refused for a value outside its scale, and where a required answer is missing."""
    if set(said) - {q.key for q in questions}:
        raise Refused(N_("This is no question of the survey: open the link again."))
    given = {q.key: value for q in questions if (value := _value(q, said.get(q.key))) is not None}
    if any(q.required and q.key not in given for q in questions):
        raise Refused(N_("Please answer the questions that are marked as required."))
    if not given:
        raise Refused(N_("Please answer at least one question."))
    return Answers(given, _numbers(questions, given) | _boxes(questions, given))


def _value(q: Question, said: object) -> int | str | None:
    if said is None or said == "":
        return None
    if q.kind == "text":
        return _text(said)
    if q.kind == "choice":
        if said not in [key for key, _ in q.options]:
            raise Refused(N_("Please choose one of the options."))
        return said
    low, high = q.range
    if type(said) is not int or not low <= said <= high:
        raise Refused(N_("Please choose a number of the scale."))
    return said


def _text(said: object) -> str | None:
    if not isinstance(said, str):
        raise Refused(N_("Please write your answer as text."))
    plain = said.replace("\x00", "").encode(errors="replace").decode().strip()
    if len(plain) > LONGEST_TEXT:
        raise Refused(N_("An answer has at most 5,000 characters."))
    return masked(plain) or None


def _numbers(questions: tuple[Question, ...], given: dict) -> dict[str, int | None]:
    """Recommendation, satisfaction and effort; and the score: the first rating that was given, else satisfaction."""
    found = {q.kind: given[q.key] for q in questions if q.kind in ONCE and q.key in given}
    rated = next(((given[q.key], q.best) for q in questions if q.kind == "rating" and q.key in given), None)
    score, best = rated or (found.get("csat"), RANGES["csat"][1])
    return {"nps": found.get("nps"), "ces": found.get("ces"), "csat_bp": _share(found.get("csat"), RANGES["csat"][1]),
            "score_bp": _share(score, best), "floor_bp": 0 if score is None else BEST // best}


def _share(value: int | None, best: int) -> int | None:
    return None if value is None else value * BEST // best


def _boxes(questions: tuple[Question, ...], given: dict) -> dict[str, str | int | None]:
    """Texts in the boxes of a review: what was liked and disliked apart, all else in one; and how many words that are."""
    said = {q.key: given[q.key] for q in questions if q.kind == "text" and q.key in given}
    other = "\n".join(text for key, text in said.items() if key not in ("liked", "disliked"))
    boxes = {"text": other or None, "liked": said.get("liked"), "disliked": said.get("disliked")}
    return boxes | {"words": sum(len(text.split()) for text in said.values())}
