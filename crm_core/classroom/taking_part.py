"""A class as a participant meets it: joined under a name, followed on a phone, answered until the key is told."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import category

from crm_core.association.answers import LONGEST, numbers
from crm_core.association.lessons import Lesson, Question, is_right
from crm_core.classroom import store
from crm_core.classroom.running import Class, find
from crm_core.i18n import N_
from crm_core.records.registry import Refused
from crm_core.settings import Settings
from crm_core.store.record import now

LONGEST_NAME = 40
MOST_PARTICIPANTS = 500


@dataclass(frozen=True)
class Seat:
    """A participant's place in a class: the name, the answers so far by (lesson, question), and the keys that were told, no others."""

    number: int
    name: str
    answers: Mapping[tuple[str, str], str]
    told: Mapping[tuple[str, str], float | str]

    def answer(self, lesson: Lesson, question: Question) -> str | None:
        """Return the own answer to a question, None before it is given."""
        return self.answers.get((lesson.code, question.key))

    def key(self, lesson: Lesson, question: Question) -> float | str | None:
        """Return the right answer to a question, None before it is told."""
        return self.told.get((lesson.code, question.key))

    def has_answered(self, lesson: Lesson) -> bool:
        """Say whether every question of a lesson is answered."""
        return all((lesson.code, question.key) in self.answers for question in lesson.quiz)

    def score(self, shown: Class) -> tuple[int, int]:
        """Return how many of the questions that were told are answered right, and how many were told."""
        told = [(lesson, question) for lesson, question in shown.questions if (lesson.code, question.key) in self.told]
        right = [1 for lesson, question in told if is_right(question, self.answer(lesson, question) or "", self.key(lesson, question))]
        return len(right), len(told)


def join(settings: Settings, code: str, name: str) -> str:
    """Take a seat in a class that runs and return its token, which is shown once. Raises Refused with what to do."""
    called = " ".join(name.split())
    if not called:
        raise Refused(N_("Write a name, so that the trainer knows who answers."))
    if len(called) > LONGEST_NAME:
        raise Refused(N_("This name is too long: forty letters are enough."))
    if any(category(letter) in ("Cc", "Cf", "Cs", "Co") for letter in called.replace("\u200d", "").replace("\u200c", "")):
        raise Refused(N_("This name holds signs that cannot be shown: type it again."))
    _open(settings, code)
    token = secrets.token_urlsafe(24)
    with store.changing(settings) as connection:
        number = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM participant WHERE class = ?", (code,)).fetchone()[0]
        if number > MOST_PARTICIPANTS:
            raise Refused(N_("This class is full."))
        connection.execute(
            "INSERT INTO participant (class, number, name, token, joined_at) VALUES (?, ?, ?, ?, ?)", (code, number, called, store.hashed(token), now())
        )
    return token


def seat(settings: Settings, shown: Class, token: str | None) -> Seat | None:
    """Return the seat that a token opens in a class, None where it opens none. Keys that were not told are not in it."""
    found = store.rows(settings, "SELECT number, name FROM participant WHERE class = ? AND token = ?", shown.code, store.hashed(token)) if token else []
    if not found:
        return None
    number, name = found[0]
    given = store.rows(settings, "SELECT lesson, question, answer FROM answer WHERE class = ? AND number = ?", shown.code, number)
    told = {(lesson, question): shown.keys[lesson][question] for lesson, question in shown.revealed}
    return Seat(number, name, {(row["lesson"], row["question"]): row["answer"] for row in given}, told)


def answer(settings: Settings, shown: Class, here: Seat, given: Mapping[tuple[str, str], str]) -> None:
    """Write answers by (lesson, question), all or none. Who follows may change them until the key is told; who works alone answers once.

    Raises Refused where an answer says nothing that could be right, and where it comes too late.
    """
    asked = {(lesson.code, question.key): question for lesson, question in shown.questions}
    read = {place: _read(asked[place], said) for place, said in given.items() if place in asked}
    if not read:
        raise Refused(N_("There is no answer in this: choose or write one."))
    with store.changing(settings) as connection:
        _must_be_open(connection, shown.code, read)
        keep = "NOTHING" if shown.mode == "alone" else "UPDATE SET answer = excluded.answer, at = excluded.at"
        connection.executemany(
            "INSERT INTO answer (class, number, lesson, question, answer, at) VALUES (?, ?, ?, ?, ?, ?) "
            f"ON CONFLICT (class, number, lesson, question) DO {keep}",
            [(shown.code, here.number, *place, said, now()) for place, said in read.items()],
        )


def _must_be_open(connection, code: str, places) -> None:
    """Looked at inside the transaction: an answer and a reveal at the same moment come one after the other."""
    if connection.execute("SELECT ended_at FROM class WHERE code = ?", (code,)).fetchone()["ended_at"]:
        raise Refused(N_("This class has ended."))
    told = {tuple(row) for row in connection.execute("SELECT lesson, question FROM reveal WHERE class = ?", (code,))}
    if told & set(places):
        raise Refused(N_("The answer has been told already: this one came too late to count."))


def _read(question: Question, said: str) -> str:
    """Return an answer as it is kept: an option's key, or what was typed where it holds one number."""
    text = " ".join(said.split())
    if question.kind == "choice":
        if text not in [key for key, _ in question.options]:
            raise Refused(N_("Choose one of the answers."))
        return text
    if len(text) > LONGEST or not numbers(text):
        raise Refused(N_("Write one number, such as 12.5 or 12,5."))
    return text


def _open(settings: Settings, code: str) -> Class:
    found = find(settings, code)
    if found is None:
        raise Refused(N_("There is no class with this code. Look at the screen again."))
    if found.ended_at:
        raise Refused(N_("This class has ended."))
    return found
