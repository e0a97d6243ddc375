"""The screens of a class in their order: one idea on each."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_core.association.lessons import Lesson, Question

# lobby: join · title, view: what is asked, and where to look · quiz, revealed: one question, then its key · notice: what to take home · end
KINDS = ("lobby", "title", "view", "quiz", "revealed", "notice", "end")


@dataclass(frozen=True)
class Step:
    """One screen: its kind, and the lesson and question that it is about (None where it is about none)."""

    kind: str
    lesson: Lesson | None = None
    question: Question | None = None


def steps(lessons: Sequence[Lesson]) -> tuple[Step, ...]:
    """Return all screens of a class, from the lobby to the end."""
    return (Step("lobby"), *(step for lesson in lessons for step in _of(lesson)), Step("end"))


def _of(lesson: Lesson) -> tuple[Step, ...]:
    asked = tuple(Step(kind, lesson, question) for question in lesson.quiz for kind in ("quiz", "revealed"))
    return (Step("title", lesson), Step("view", lesson), *asked, Step("notice", lesson))
