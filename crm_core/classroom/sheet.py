"""The score sheet of a class: every answer with whether it is right, and each participant's total."""

from dataclasses import dataclass

from crm_core.association.lessons import is_right
from crm_core.association.texts import said
from crm_core.classroom import store
from crm_core.classroom.running import Class
from crm_core.settings import Settings

COLUMNS = ("number", "name", "lesson", "question", "answer", "right", "answered_at")


@dataclass(frozen=True)
class Total:
    """One participant: how many questions were answered, and how many of them right."""

    number: int
    name: str
    answered: int
    right: int


def sheet(settings: Settings, shown: Class, language: str = "en") -> list[tuple]:
    """Return one row per participant and question (COLUMNS), also of those who gave no answer: then answer and time are "" and right is 0."""
    people, given = _people(settings, shown), _given(settings, shown)
    return [(number, name, lesson.code, said(question.text, language), *_judged(shown, lesson, question, given.get((number, lesson.code, question.key))))
            for number, name in people for lesson, question in shown.questions]  # fmt: skip


def totals(settings: Settings, shown: Class) -> list[Total]:
    """Return each participant's total, best first; who are equal stand in the order of joining."""
    rows = sheet(settings, shown)
    found = [Total(number, name, sum(1 for r in rows if r[0] == number and r[6]), sum(r[5] for r in rows if r[0] == number))
             for number, name in _people(settings, shown)]  # fmt: skip
    return sorted(found, key=lambda one: (-one.right, one.number))


def _judged(shown: Class, lesson, question, given) -> tuple[str, int, str]:
    if given is None:
        return "", 0, ""
    answer, at = given
    words = {key: said(texts, "en") for key, texts in question.options}
    return words.get(answer, answer), int(is_right(question, answer, shown.keys[lesson.code][question.key])), at


def _people(settings: Settings, shown: Class) -> list[tuple[int, str]]:
    return [tuple(row) for row in store.rows(settings, "SELECT number, name FROM participant WHERE class = ? ORDER BY number", shown.code)]


def _given(settings: Settings, shown: Class) -> dict[tuple[int, str, str], tuple[str, str]]:
    found = store.rows(settings, "SELECT number, lesson, question, answer, at FROM answer WHERE class = ?", shown.code)
    return {(row["number"], row["lesson"], row["question"]): (row["answer"], row["at"]) for row in found}
