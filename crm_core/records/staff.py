"""People who work at a property: added, changed, gone; what each of them learnt and holds certificates in, and whose are due."""
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from crm_core.association.courses import Course, is_required
from crm_core.i18n import N_
from crm_core.records import courses, placed
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import HOTEL_DEPARTMENTS, certificate, course, learning, property, staff
from crm_core.scope import Scope
from crm_core.store.bulk import among
from crm_core.store.record import Change

SOURCE = "innsight"
EDITABLE = ("name", "department", "job", "joined_on")
LONGEST = 80
MOST_QUESTIONS, MOST_RESULTS = 1_000, 500
EXPIRING_DAYS = 30  # a certificate that ends sooner is not only soon due, it is expiring
STATES = ("expired", "missing", "expiring", "soon")
ABSENT = N_("There is no such person.")


@dataclass(frozen=True)
class Reminder:
    """A certificate that a person needs and lacks, or will lack: state of STATES; expires_on is when the last one ended or ends, None of a missing one."""

    staff_id: int
    name: str
    property: str
    department: str
    course_id: int
    code: str
    course: Course
    expires_on: dt.date | None
    state: str


# --- look-ups --------------------------------------------------------------------------------------------------------------
@lookup("standards")
def people(connection: Connection, scope: Scope, *, property_id: int | None = None, department: str | None = None, gone: bool = False) -> list[dict]:
    """Return who works at the scope's properties at the as-of date, by name: the row, with `property`. `gone` asks for those who have left."""
    asked = _people(scope).where(~_here(scope) if gone else _here(scope))
    asked = asked if property_id is None else asked.where(staff.c.property_id == property_id)
    asked = asked if department is None else asked.where(staff.c.department == department)
    return sorted((dict(row) for row in connection.execute(asked).mappings()), key=lambda row: ((row["name"] or "").casefold(), row["id"]))


@lookup("standards")
def person(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a person as people() does, with `certificates`, `learning` (the latest first), `points` and `due` (Reminders); None out of sight.

    certificates: id, version, course_id, code, course, earned_on, expires_on, number, points, is_valid at the as-of date. learning: the rows.
    points: year → points of the certificates earned in it, the latest year first.
    """
    row = connection.execute(_people(scope).where(staff.c.id == id)).mappings().one_or_none()
    if row is None:
        return None
    held, l = _certificates(connection, [id]), learning.c  # noqa: E741
    taken = [dict(one) for one in connection.execute(select(learning).where(l.staff_id == id).order_by(l.on_day.desc(), l.id.desc())).mappings()]
    return {**row, "certificates": [{**one, "is_valid": _is_valid(one, scope.as_of)} for one in held], "learning": taken, "points": _points(held),
            "due": _due(connection, scope, [dict(row)], 90)}


@lookup("standards")
def reminders(connection: Connection, scope: Scope, *, days: int = 90, property_id: int | None = None, department: str | None = None) -> list[Reminder]:
    """Return what certificates the departments' courses ask of people at the as-of date and is not there, or ends within so many days.

    In the order of STATES, then by the day on which it ends: expired; never earned; ends within 30 days; ends later, within `days`.
    """
    asked = _people(scope).where(_here(scope))
    asked = asked if property_id is None else asked.where(staff.c.property_id == property_id)
    asked = asked if department is None else asked.where(staff.c.department == department)
    return _due(connection, scope, [dict(row) for row in connection.execute(asked).mappings()], days)


def _people(scope: Scope) -> sa.Select:
    joined = staff.join(property, property.c.id == staff.c.property_id)
    return select(staff, property.c.name.label("property")).select_from(joined).where(staff.c.property_id.in_(scope.properties))


def _here(scope: Scope) -> sa.ColumnElement[bool]:
    """Who works there at the as-of date, as certificates_valid counts it."""
    begun = or_(staff.c.joined_on.is_(None), staff.c.joined_on < scope.as_of)
    return begun & or_(staff.c.left_on.is_(None), staff.c.left_on >= scope.as_of)


def _certificates(connection: Connection, people: Sequence[int]) -> list[dict]:
    c = certificate.c
    asked = (select(c.id, c.version, c.staff_id, c.course_id, course.c.code, c.earned_on, c.expires_on, c.number, c.points)
             .select_from(certificate.join(course, course.c.id == c.course_id)).where(among(connection, c.staff_id, people))
             .order_by(c.earned_on.desc(), c.id.desc()))
    rows = connection.execute(asked).mappings().all()
    known = {number: courses.find(connection, number)["course"] for number in {row["course_id"] for row in rows}}
    return [{**row, "course": known[row["course_id"]]} for row in rows]


def _is_valid(held: dict, as_of: dt.date) -> bool:
    return held["earned_on"] < as_of and (held["expires_on"] is None or held["expires_on"] >= as_of)


def _points(held: list[dict]) -> dict[int, int]:
    years = sorted({one["earned_on"].year for one in held}, reverse=True)
    return {year: sum(one["points"] for one in held if one["earned_on"].year == year) for year in years}


def _due(connection: Connection, scope: Scope, people: list[dict], days: int) -> list[Reminder]:
    held: dict[tuple[int, int], list[dict]] = {}
    c = certificate.c
    for one in connection.execute(select(c.staff_id, c.course_id, c.earned_on, c.expires_on).where(
            among(connection, c.staff_id, [row["id"] for row in people]))).mappings():  # fmt: skip
        held.setdefault((one["staff_id"], one["course_id"]), []).append(dict(one))
    found = [_reminder(row, one, held.get((row["id"], one["id"]), []), scope.as_of, days)
             for one in courses.in_use(connection) for row in people if is_required(one["course"], row["department"])]  # fmt: skip
    return sorted(filter(None, found), key=lambda one: (STATES.index(one.state), one.expires_on or dt.date.min, one.name.casefold(), one.code))


def _reminder(who: dict, what: dict, held: list[dict], as_of: dt.date, days: int) -> Reminder | None:
    """What is due of one person and course; None where a certificate is valid for longer."""
    earned = [one for one in held if one["earned_on"] < as_of]
    ends = [one["expires_on"] for one in earned]
    if None in ends or (ends and max(ends) >= as_of + dt.timedelta(days)):
        return None
    last = max(ends, default=None)
    state = "missing" if last is None else "expired" if last < as_of else "expiring" if last < as_of + dt.timedelta(EXPIRING_DAYS) else "soon"
    return Reminder(who["id"], who["name"] or "", who["property"], who["department"], what["id"], what["code"], what["course"], last, state)


# --- actions --------------------------------------------------------------------------------------------------------------------
@action("standards", "add", "staff")
def add_person(change: Change, scope: Scope, *, property_id: int, name: str, department: str = "", job: str = "", joined_on: dt.date | None = None) -> int:
    """Write down who works at a property and return the person's number. Raises Refused for a name that is empty or an unknown department."""
    values = _checked(name=name, department=department, job=job, joined_on=joined_on)
    return placed.added(change, scope, staff, property_id=placed.place(scope, property_id), source=SOURCE, **values)


@action("standards", "edit", "staff")
def change_person(change: Change, scope: Scope, *, id: int, version: int, values: dict) -> int:
    """Change a person's name, department, job or first day (EDITABLE) and return the new version. Raises Stale or Refused."""
    row = placed.there(change.connection, scope, staff, id, ABSENT)
    if set(values) - set(EDITABLE):
        raise Refused(N_("A person's name, department, job and first day can be changed."))
    checked = _checked(**{**{name: row[name] for name in EDITABLE}, **values})
    if row["left_on"] and checked["joined_on"] and row["left_on"] < checked["joined_on"]:
        raise Refused(N_("The last day lies before the first: correct one of them."))
    return placed.changed(change, scope, staff, id, version, ABSENT, **checked)


@action("standards", "leave", "staff")
def leave(change: Change, scope: Scope, *, id: int, version: int, left_on: dt.date | None) -> int:
    """Say on which day a person works there for the last time and return the new version; None: the person is back. Raises Stale or Refused."""
    row = placed.there(change.connection, scope, staff, id, ABSENT)
    if left_on and row["joined_on"] and left_on < row["joined_on"]:
        raise Refused(N_("The last day lies before the first: correct one of them."))
    return placed.changed(change, scope, staff, id, version, ABSENT, left_on=left_on)


@action("standards", "note class", "learning", marks=False)
def note_class(change: Change, scope: Scope, *, lesson: str, on_day: dt.date, class_code: str, results: list[dict]) -> int:
    """Write down what people got out of a lesson on a day and return how many: `results` hold staff_id, right_answers and questions.

    Who has a result of that lesson and day already gets the new one. Raises Refused for somebody out of sight, or for impossible numbers.
    """
    placed.come(change, scope, on_day)
    known = set(change.connection.execute(select(staff.c.id).where(staff.c.property_id.in_(scope.properties))).scalars())
    taken = {one["staff_id"]: one for one in results}
    if not taken or set(taken) - known or len(results) > MOST_RESULTS:
        raise Refused(N_("Say for everybody of the class who it is, or leave them out."))
    if not all(0 <= one["right_answers"] <= one["questions"] <= MOST_QUESTIONS for one in taken.values()):
        raise Refused(N_("There cannot be more right answers than questions."))
    same = {"lesson": placed.line(lesson, LONGEST, N_("Say which lesson it was.")), "on_day": on_day}
    signed = {**same, "class_code": placed.line(class_code, LONGEST), "actor": scope.user, "at": change.at}
    l = learning.c  # noqa: E741
    change.connection.execute(sa.delete(learning).where(l.lesson == same["lesson"], l.on_day == on_day, among(change.connection, l.staff_id, taken)))
    change.connection.execute(sa.insert(learning), [{name: one[name] for name in ("staff_id", "right_answers", "questions")} | signed for one in taken.values()])
    return len(taken)


def _checked(name: str, department: str, job: str, joined_on: dt.date | None) -> dict:
    if department not in (*HOTEL_DEPARTMENTS, ""):
        raise Refused(N_("There is no such department."))
    return {"name": placed.line(name or "", LONGEST, N_("Write the person's name.")), "department": department, "job": placed.line(job, LONGEST),
            "joined_on": joined_on}
