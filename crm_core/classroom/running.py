"""A class that runs, as its trainer leads it: started, moved on, revealed, looked at, ended."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crm_core.association import lessons as lessons_
from crm_core.association.answers import numbers
from crm_core.association.lessons import BadLesson, Lesson, Question
from crm_core.classroom import store
from crm_core.classroom.steps import Step, steps
from crm_core.i18n import N_
from crm_core.records.registry import Refused
from crm_core.settings import Settings
from crm_core.store.record import now

MODES = ("follow", "alone")
LONGEST_TITLE = 80
Keys = Mapping[str, Mapping[str, float | str]]  # lesson's code → question's key → right answer


@dataclass(frozen=True)
class Class:
    """A class as it stands: its lessons, the screen it is at, the keys (the trainer's only) and which questions are revealed."""

    code: str
    title: str
    seed: str
    mode: str
    lessons: tuple[Lesson, ...]
    keys: Keys
    at: int
    started_at: str
    ended_at: str | None
    revealed: frozenset[tuple[str, str]]

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps(self.lessons)

    @property
    def step(self) -> Step:
        return self.steps[self.at]

    @property
    def questions(self) -> list[tuple[Lesson, Question]]:
        """Every question of every lesson, in order."""
        return [(lesson, question) for lesson in self.lessons for question in lesson.quiz]

    def is_revealed(self, lesson: Lesson, question: Question) -> bool:
        """Say whether the class may know a question's key."""
        return (lesson.code, question.key) in self.revealed


@dataclass(frozen=True)
class Count:
    """How many gave one answer (of a number question: one number); is_right is None before the reveal."""

    answer: str
    people: int
    is_right: bool | None


def start(settings: Settings, lessons: Sequence[Lesson], keys: Keys, *, title: str = "", seed: str = "", mode: str = "follow") -> str:
    """Start a class with these lessons as they are now, and return its code. The keys are sealed with it.

    Raises Refused for a class without lessons, and where a right answer is not known.
    """
    if not lessons:
        raise Refused(N_("A class needs a lesson: choose at least one."))
    if mode not in MODES:
        raise ValueError(f"A class works in one of {', '.join(MODES)}, not {mode!r}.")
    if any(keys.get(lesson.code, {}).get(question.key) is None for lesson in lessons for question in lesson.quiz):
        raise Refused(N_("The right answers of a lesson are not known here: they are sealed with the demo. Make the demo anew, then start the class."))
    forms = [lessons_.form(lesson) for lesson in lessons]
    return store.add(settings, title=" ".join(title.split())[:LONGEST_TITLE], seed=seed, mode=mode, lessons=forms, keys={k: dict(v) for k, v in keys.items()})


def find(settings: Settings, code: str) -> Class | None:
    """Return a class by its code, however it is typed; None where there is none."""
    found = store.rows(settings, "SELECT * FROM class WHERE code = ?", code.strip().upper())
    return next(_classes(settings, found), None)


def latest(settings: Settings) -> Class | None:
    """Return the class that was started last and has not ended, None where none runs."""
    found = store.rows(settings, "SELECT * FROM class WHERE ended_at IS NULL ORDER BY started_at DESC, rowid DESC LIMIT 1")
    return next(_classes(settings, found), None)


def past(settings: Settings) -> list[Class]:
    """Return the classes that have ended, the latest first."""
    return list(_classes(settings, store.rows(settings, "SELECT * FROM class WHERE ended_at IS NOT NULL ORDER BY ended_at DESC")))


def _classes(settings: Settings, found: Sequence) -> Iterator[Class]:
    for row in found:
        try:
            lessons = _lessons(row["lessons"])
        except BadLesson:  # of an older Innsight, whose lessons were written otherwise: it is over
            continue
        revealed = store.rows(settings, "SELECT lesson, question FROM reveal WHERE class = ?", row["code"])
        read = {"lessons": lessons, "keys": json.loads(row["keys"]), "revealed": frozenset(tuple(one) for one in revealed)}
        yield Class(**{**dict(row), **read})


@lru_cache(maxsize=16)
def _lessons(forms: str) -> tuple[Lesson, ...]:
    """Read once what sixty phones ask for every few seconds."""
    return tuple(map(lessons_.parse, json.loads(forms)))


def go(settings: Settings, code: str, at: int) -> None:
    """Put another screen before the class; a screen that shows a key reveals it. A place beyond the first or last is the nearest."""
    shown = _running(settings, code)
    place = max(0, min(at, len(shown.steps) - 1))
    step = shown.steps[place]
    with store.changing(settings) as connection:
        connection.execute("UPDATE class SET at = ? WHERE code = ?", (place, code))
        if step.kind == "revealed":
            _reveal(connection, code, [(step.lesson.code, step.question.key)])


def reveal(settings: Settings, code: str, lesson: str) -> None:
    """Reveal the keys of all questions of a lesson: how a class is told that works alone."""
    shown = _running(settings, code)
    with store.changing(settings) as connection:
        _reveal(connection, code, [(one.code, question.key) for one, question in shown.questions if one.code == lesson])


def end(settings: Settings, code: str) -> None:
    """End a class: nobody joins or answers any more, every key is told, and the score sheet stands."""
    shown = _running(settings, code)
    with store.changing(settings) as connection:
        _reveal(connection, code, [(lesson.code, question.key) for lesson, question in shown.questions])
        connection.execute("UPDATE class SET ended_at = ?, at = ? WHERE code = ?", (now(), len(shown.steps) - 1, code))


def _reveal(connection, code: str, questions: Sequence[tuple[str, str]]) -> None:
    at = now()
    connection.executemany("INSERT OR IGNORE INTO reveal (class, lesson, question, at) VALUES (?, ?, ?, ?)", [(code, *one, at) for one in questions])


def _running(settings: Settings, code: str) -> Class:
    found = find(settings, code)
    if found is None or found.ended_at:
        raise Refused(N_("This class has ended."))
    return found


# --- what the trainer sees ---------------------------------------------------------------------------------------------------------
def participants(settings: Settings, code: str) -> list[str]:
    """Return the names of who joined, in the order of joining."""
    return [row["name"] for row in store.rows(settings, "SELECT name FROM participant WHERE class = ? ORDER BY number", code)]


def counts(settings: Settings, shown: Class, lesson: Lesson, question: Question) -> list[Count]:
    """Return how many gave which answer: options in their order, also those of nobody; numbers from small to large."""
    given = [row["answer"] for row in store.rows(
        settings, "SELECT answer FROM answer WHERE class = ? AND lesson = ? AND question = ?", shown.code, lesson.code, question.key)]  # fmt: skip
    found = Counter(given if question.kind == "choice" else (f"{numbers(one)[0]:g}" for one in given))
    order = [key for key, _ in question.options] if question.kind == "choice" else sorted(found, key=float)
    key = shown.keys[lesson.code][question.key]
    told = shown.is_revealed(lesson, question)
    return [Count(one, found[one], lessons_.is_right(question, one, key) if told else None) for one in order]


def answered(settings: Settings, code: str, lesson: str) -> int:
    """Return how many participants have answered any question of a lesson."""
    statement = "SELECT count(DISTINCT number) AS n FROM answer WHERE class = ? AND lesson = ?"
    return store.rows(settings, statement, code, lesson)[0]["n"]
