"""A lesson as it is being written: a form that may be wrong for a while, changed field by field, and read as a lesson on demand."""
from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass

from crm_core.association import lessons
from crm_core.association.answers import numbers
from crm_core.association.lessons import MOST_OPTIONS, MOST_QUESTIONS, Lesson
from crm_core.i18n import LANGUAGES
from crm_core.views import View

USUAL_MINUTES = 20


@dataclass
class Draft:
    """The form under construction; `of` tells it apart from others, `id` and `version` are those of a lesson that is there already."""

    of: str
    form: dict
    id: int | None = None
    version: int | None = None
    turn: int = 0  # distinguishes the fields of one draft from those of the next

    def said(self) -> dict:
        """Return the form as lessons.parse() reads it, without what is empty."""
        return {key: value for key, value in deepcopy(self.form).items() if value not in ({}, [], "") or key in ("code", "page")}

    # --- words -------------------------------------------------------------------------------------------------------------------
    def words(self, name: str, language: str) -> str:
        """Return the words of a field in a language, "" where there are none."""
        return self.form.get(name, {}).get(language, "")

    def write(self, name: str, language: str, words: str) -> None:
        """Put the words of a field in a language; none take it out."""
        put(self.form.setdefault(name, {}), language, words)

    def hints(self, language: str) -> str:
        """Return the hints in a language, one on each line."""
        return "\n".join(hint.get(language, "") for hint in self.form.get("hints", ())).rstrip("\n")

    def write_hints(self, language: str, lines: str) -> None:
        """Put the hints in a language, the first line to the first hint; a hint without words in any language goes."""
        hints, said = self.form.setdefault("hints", []), [" ".join(line.split()) for line in lines.strip("\n").split("\n")]
        hints += [{} for _ in range(len(said) - len(hints))]
        for place, hint in enumerate(hints):
            put(hint, language, said[place] if place < len(said) else "")
        self.form["hints"] = [hint for hint in hints if hint]

    # --- views -------------------------------------------------------------------------------------------------------------------
    def look_at(self, view: View | None, honest: bool = False) -> None:
        """Let the lesson begin with a view, or name the one that tells the truth; None takes that out."""
        before = "honest_" if honest else ""
        self.form[f"{before}page"], self.form[f"{before}params"] = (view.page, dict(view.params)) if view else ("", {})

    def view(self, honest: bool = False) -> View | None:
        """Return the view that the lesson begins with, or the honest one; None where there is none."""
        before = "honest_" if honest else ""
        page = self.form.get(f"{before}page", "")
        return View(page, self.form.get(f"{before}params", {})) if page else None

    # --- the quiz ----------------------------------------------------------------------------------------------------------------
    @property
    def quiz(self) -> list[dict]:
        return self.form.setdefault("quiz", [])

    def ask(self, kind: str) -> None:
        """Put a question at the end, as many as there may be; a choice begins with two options."""
        if len(self.quiz) < MOST_QUESTIONS:
            asked = {"key": _free("q", [one["key"] for one in self.quiz]), "kind": kind, "text": {}}
            self.quiz.append(asked | ({"options": [{"key": "a1", "text": {}}, {"key": "a2", "text": {}}]} if kind == "choice" else {}))

    def drop(self, key: str) -> None:
        """Take a question out."""
        self.form["quiz"] = [one for one in self.quiz if one["key"] != key]

    def offer(self, key: str) -> None:
        """Put one more option under a choice, as many as there may be."""
        options = self.question(key)["options"]
        if len(options) < MOST_OPTIONS:
            options.append({"key": _free("a", [one["key"] for one in options]), "text": {}})

    def withdraw(self, key: str, option: str) -> None:
        """Take an option out; where it was the right one, none is."""
        asked = self.question(key)
        asked["options"] = [one for one in asked["options"] if one["key"] != option]
        if asked.get("answer") == option:
            del asked["answer"]

    def question(self, key: str) -> dict:
        """Return the question of a key."""
        return next(one for one in self.quiz if one["key"] == key)

    def answer(self, key: str, name: str, typed: str) -> None:
        """Put a number ("answer" or "tolerance") as it was typed; what is no one number is kept as words, which nothing takes for one."""
        found, asked = numbers(typed), self.question(key)
        if not typed.strip():
            asked.pop(name, None)
        else:
            asked[name] = found[0] if len(found) == 1 or (found and "," not in typed) else typed

    def seal(self, key: str, which: str) -> None:
        """Let a number be read from the sealed truth of the lesson ("true", "naive"), or be written here ("")."""
        asked = self.question(key)
        asked.pop("answer" if which else "truth", None)
        if which:
            asked["truth"] = which


def from_view(view: View, taken: Collection[str]) -> Draft:
    """Return the draft of a new lesson that begins with a view, under a code that is free."""
    form = {"code": _free("own", taken), "minutes": USUAL_MINUTES, "page": view.page, "params": dict(view.params)}
    return Draft(f"new {view.page} {view.written}", form)


def from_lesson(lesson: Lesson, taken: Collection[str]) -> Draft:
    """Return the draft of an own lesson that says what another one says."""
    return Draft(f"copy {lesson.code}", lessons.form(lesson) | {"code": _free(f"{lesson.code}-own", taken)})


def of_row(row: Mapping) -> Draft:
    """Return the draft that changes a lesson that was written here."""
    return Draft(f"edit {row['code']}", lessons.form(row["lesson"]), row["id"], row["version"])


def missing(form: Mapping, language: str) -> list[str]:
    """Return the names of fields that are written in English and not in a language: "title", "hints", "quiz"."""
    if language not in LANGUAGES:
        raise ValueError(f"A language is one of {', '.join(LANGUAGES)}, not {language!r}.")
    lone = [name for name in ("title", "question", "notice", "presenter") if form.get(name) and language not in form[name]]
    lone += ["hints"] if any(language not in hint for hint in form.get("hints", ())) else []
    asked = [words for one in form.get("quiz", ()) for words in (one["text"], *(option["text"] for option in one.get("options", ())))]
    return lone + (["quiz"] if any(language not in words for words in asked) else [])


def put(texts: dict, language: str, words: str) -> None:
    """Write words in a language into a text; none take that language out."""
    if words.strip():
        texts[language] = words
    else:
        texts.pop(language, None)


def _free(stem: str, taken: Collection[str]) -> str:
    """The first of stem1, stem2 … that is not taken."""
    return next(f"{stem}{n}" for n in range(1, len(taken) + 2) if f"{stem}{n}" not in taken)
