"""Lessons as one file that associations hand to each other: read with every problem told and nothing half taken, and written."""

from collections import Counter
from collections.abc import Iterable

from crm_core.association.forms import Form
from crm_core.association.lessons import BadLesson, Lesson, form, parse
from crm_core.association.reading import from_json, to_json
from crm_core.i18n import t

FORMAT, VERSION = "innsight-lessons", 1
MOST_BYTES, MOST_LESSONS = 500_000, 200


def dumps(lessons: Iterable[Lesson]) -> bytes:
    """Return lessons as one JSON file; the same lessons give the same bytes, in whatever order they come."""
    said = {"format": FORMAT, "version": VERSION, "lessons": [form(lesson) for lesson in sorted(lessons, key=lambda one: one.code)]}
    return to_json(said).encode()


def loads(file: bytes | str) -> tuple[Lesson, ...]:
    """Return the lessons of such a file. Raises BadLesson with everything that is wrong: then none of its lessons is taken."""
    read = Form({}, t("This file"))
    said = read.inner(from_json(file, read.place, MOST_BYTES, BadLesson), t("the file"), read.place)
    _check_format(said)
    said.only(("format", "version", "lessons"))
    lessons = [_lesson(one, said.problems) for one in said.several("lessons", 1, MOST_LESSONS)]
    for code, n in Counter(lesson.code for lesson in lessons if lesson).items():
        if n > 1:
            said.refuse("lessons", t("two lessons have the code “{code}”: give each its own.", code=code))
    if said.problems:
        raise BadLesson(*said.problems)
    return tuple(lessons)


def _lesson(said: object, found: list[str]) -> Lesson | None:
    try:
        return parse(said)
    except BadLesson as problem:
        found.extend(problem.problems)
        return None


def _check_format(said: Form) -> None:
    """Stop at a file that is something else, or of a later version: its fields cannot be judged."""
    if said.values.get("format") != FORMAT:
        raise BadLesson(t("This file holds no lessons: choose one that was written by “Export lessons”."))
    version = said.values.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BadLesson(t("This file does not say the version of its format: export the lessons again."))
    if version > VERSION:
        raise BadLesson(t("This file comes from a newer version of Innsight: update Innsight first, or ask for a file of format {version}.", version=VERSION))
