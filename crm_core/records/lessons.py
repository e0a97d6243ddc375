"""Lessons: those that come with the program beside those written here; saved, put away, handed on and taken over as one file."""
from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core import views
from crm_core.association import lesson_files, lessons
from crm_core.association.lessons import BadLesson, Lesson
from crm_core.association.packs import Change as Foreseen
from crm_core.association.texts import said
from crm_core.i18n import N_, language, t
from crm_core.metrics import CATALOGUE
from crm_core.records import shared
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.records.shared import Preview
from crm_core.schema import lesson
from crm_core.scope import Scope
from crm_core.store.record import Change

ABSENT = N_("There is no such lesson.")
TAKEN = N_("There is a lesson of this code: choose another, or open that one.")
SHIPPED = N_("This code belongs to a lesson that comes with the program: choose another.")
OF_SHIPPED = {"id": None, "version": None, "pack_id": None, "actor": "", "at": None, "archived_at": None, "is_shipped": True}


@lookup("read")
def lesson_list(connection: Connection, scope: Scope, *, archived: bool = False, truths: Collection[str] | None = None) -> list[dict]:
    """Return the lessons that come with the program, then those written here or brought by packs: code, `lesson` (a Lesson), is_shipped, `problems`.

    Of those that are not shipped also id, version, pack_id, actor, at, archived_at. problems: what no longer fits this program, such as a
    view that is gone; `truths` are the sealed truths of the data, None leaves them out of it. `archived` asks for what was put away.
    """
    own = [_told(row, truths) for row in shared.listed(connection, lesson, archived)]
    return own if archived else [*(_shipped(one, truths) for one in lessons.shipped()), *own]


@lookup("read")
def lesson_card(connection: Connection, scope: Scope, *, code: str, truths: Collection[str] | None = None) -> dict | None:
    """Return a lesson by its code as lesson_list() does, put away or not; None where there is none."""
    for one in lessons.shipped():
        if one.code == code:
            return _shipped(one, truths)
    row = _find(connection, code)
    return _told(row, truths) if row else None


@lookup("standards")
def preview_lessons(connection: Connection, scope: Scope, *, file: bytes) -> Preview:
    """Say what taking over a file of lessons would do. Raises Refused with everything that is wrong with the file."""
    return _foreseen(connection, _read(file))


def _told(row: dict, truths: Collection[str] | None) -> dict:
    """A row with its lesson; one that this version can no longer read stands there with its code and with what is wrong."""
    try:
        found = lessons.parse(row["form"])
    except BadLesson as problem:
        blank = {key: {"en": row["code"]} for key in ("title", "question", "notice", "presenter")}
        return {**row, "lesson": Lesson(row["code"], **blank, hints=(), page="", params={}, minutes=1, quiz=()), "is_shipped": False,
                "problems": list(problem.problems)}
    return {**row, "lesson": found, "is_shipped": False, "problems": _problems(found, truths)}


def _shipped(one: Lesson, truths: Collection[str] | None) -> dict:
    return {"code": one.code, "lesson": one, "problems": _problems(one, truths), **OF_SHIPPED}


def _problems(one: Lesson, truths: Collection[str] | None = None) -> list[str]:
    return lessons.problems(one, pages=views.pages(), kpis=CATALOGUE, truths=(one.truth,) if truths is None else truths)


def _find(connection: Connection, code: str) -> dict | None:
    number = connection.execute(select(lesson.c.id).where(lesson.c.code == code)).scalar()
    return shared.found(connection, lesson, number) if number else None


# --- one lesson -------------------------------------------------------------------------------------------------------------
@action("standards", "save", "lesson", marks=False)
def save_lesson(change: Change, scope: Scope, *, form: Mapping) -> int:
    """Save a new lesson, in the form of association.lessons.form(), and return its number.

    Raises Refused for a code that is taken, and for everything that cannot be meant or does not exist here.
    """
    made = _parsed(form)
    if _is_shipped(made.code):
        raise Refused(SHIPPED)
    if _find(change.connection, made.code):
        raise Refused(TAKEN)
    return shared.put(change, scope.user, lesson, {"code": made.code}, {"form": shared.written(lessons.form(made))})


@action("standards", "edit", "lesson", marks=False)
def change_lesson(change: Change, scope: Scope, *, id: int, version: int, form: Mapping) -> int:
    """Replace a lesson that was written here and return its new version. Raises Refused, or Stale where somebody else changed it since."""
    present, new = shared.found(change.connection, lesson, id), _parsed(form)
    if present is None:
        raise Refused(ABSENT)
    if new.code != present["code"]:
        raise Refused(N_("The code of a lesson stays as it is: save it as a new lesson instead."))
    values = {"form": shared.written(lessons.form(new)), "actor": scope.user, "at": change.at, "version": version + 1}
    mine = (lesson.c.id == id) & (lesson.c.version == version)
    if change.connection.execute(sa.update(lesson).where(mine).values(values)).rowcount != 1:
        raise Stale(present)
    return version + 1


@action("standards", "archive", "lesson", marks=False)
def archive_lesson(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Put a lesson away and return its new version."""
    return shared.put_away(change, lesson, id, version, ABSENT)


@action("standards", "restore", "lesson", marks=False)
def restore_lesson(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Bring a lesson back and return its new version."""
    return shared.put_away(change, lesson, id, version, ABSENT, is_back=True)


def _parsed(form: Mapping) -> Lesson:
    try:
        made = lessons.parse(dict(form))
    except BadLesson as problem:
        raise Refused("\n".join(problem.problems)) from problem
    if found := _problems(made):
        raise Refused("\n".join(found))
    return made


def _is_shipped(code: str) -> bool:
    return any(one.code == code for one in lessons.shipped())


# --- a file of them ----------------------------------------------------------------------------------------------------------
@action("standards", "export", "lesson", marks=False)
def export_lessons(change: Change, scope: Scope, *, codes: list[str]) -> bytes:
    """Return lessons that were written here as one file. Raises Refused for none, and for one that is not here or comes with the program."""
    rows = [_find(change.connection, code) for code in dict.fromkeys(codes)]
    if any(map(_is_shipped, codes)):
        raise Refused(N_("Lessons that come with the program need no file: everybody has them."))
    if not rows or None in rows:
        raise Refused(N_("Choose lessons that are here."))
    return lesson_files.dumps(lessons.parse(row["form"]) for row in rows)


@action("standards", "import", "lesson", marks=False)
def import_lessons(change: Change, scope: Scope, *, file: bytes, is_confirmed: bool = False) -> int:
    """Take over a file of lessons, all of them or none, and return how many are new or changed.

    Raises Refused with all that is wrong with the file, for a code that comes with the program, and, where it is not confirmed, for lessons
    that would be replaced.
    """
    found = _read(file)
    foreseen = _foreseen(change.connection, found)
    foreseen.check(is_confirmed)
    for one in found:
        shared.put(change, scope.user, lesson, {"code": one.code}, {"form": shared.written(lessons.form(one))})
    return sum(one.change != "same" for one in foreseen.changes)


def _read(file: bytes) -> tuple[Lesson, ...]:
    try:
        return lesson_files.loads(file)
    except BadLesson as problem:
        raise Refused("\n".join(problem.problems)) from problem


def _foreseen(connection: Connection, found: Iterable[Lesson]) -> Preview:
    changes, warnings, to_confirm, refused = [], [], [], []
    for one in found:
        name, row = said(one.title, language()), _find(connection, one.code)
        is_same = row is not None and row["form"] == lessons.form(one) and row["archived_at"] is None
        changes.append(Foreseen("lessons", one.code, name, "same" if is_same else "replaces" if row else "new"))
        warnings += [f"{one.code}: {problem}" for problem in _problems(one)]
        if _is_shipped(one.code):
            refused.append(t("The lesson “{code}” has the code of one that comes with the program: give it another code first.", code=one.code))
        elif row and not is_same:
            to_confirm.append(t("The lesson “{code}” is here already and would be replaced.", code=one.code))
    return Preview(tuple(changes), tuple(warnings), tuple(to_confirm), tuple(refused))
