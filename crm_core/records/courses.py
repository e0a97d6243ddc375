"""Courses, own ones and those of packs, and the certificates that people earn in them."""
import datetime as dt
import json
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.association import courses
from crm_core.association.courses import BadCourse, Course
from crm_core.i18n import N_
from crm_core.records import placed, shared
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.schema import certificate, course, staff
from crm_core.scope import Scope
from crm_core.store.record import Change

SOURCE = "innsight"
LONGEST_NUMBER = 80
ABSENT = N_("There is no such course.")
NO_CERTIFICATE = N_("There is no such certificate.")


@lookup("read")
def course_list(connection: Connection, scope: Scope, *, archived: bool = False) -> list[dict]:
    """Return the courses in the order in which they came: the row, with `course` (a Course). `archived` asks for those that were put away."""
    return [_told(row) for row in shared.listed(connection, course, archived)]


def in_use(connection: Connection) -> list[dict]:
    """Return the courses that are not put away, as course_list() does."""
    return [_told(row) for row in shared.listed(connection, course)]


def find(connection: Connection, id: int) -> dict | None:
    """Return a course as course_list() does, put away or not; None where there is none."""
    row = shared.found(connection, course, id)
    return _told(row) if row else None


def _told(row: dict) -> dict:
    return {**row, "course": courses.parse(row["form"])}


# --- courses --------------------------------------------------------------------------------------------------------------
@action("standards", "save", "course")
def save_course(change: Change, scope: Scope, *, form: Mapping) -> int:
    """Offer a course, in the form of association.courses.form(), and return its number. Raises Refused for a code that is taken."""
    made = _parsed(form)
    if change.connection.execute(select(course.c.id).where(course.c.code == made.code)).first():
        raise Refused(N_("There is a course of this code: choose another, or open that one."))
    return change.connection.execute(sa.insert(course).values(**_values(made), actor=scope.user, at=change.at).returning(course.c.id)).scalar_one()


@action("standards", "edit", "course")
def change_course(change: Change, scope: Scope, *, id: int, version: int, form: Mapping) -> int:
    """Change a course and return its new version; certificates that were earned stay as they are. Raises Stale, or Refused for another code."""
    present, new = find(change.connection, id), _parsed(form)
    if present is None:
        raise Refused(ABSENT)
    if new.code != present["code"]:
        raise Refused(N_("The code of a course stays as it is: make a new course instead."))
    mine = (course.c.id == id) & (course.c.version == version)
    values = _values(new) | {"actor": scope.user, "at": change.at, "version": version + 1}
    if change.connection.execute(sa.update(course).where(mine).values(values)).rowcount != 1:
        raise Stale(present)
    return version + 1


@action("standards", "archive", "course")
def archive_course(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Put a course away and return its new version: nobody must have it any more, and what was earned in it stays."""
    return shared.put_away(change, course, id, version, ABSENT)


@action("standards", "restore", "course")
def restore_course(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Bring a course back and return its new version."""
    return shared.put_away(change, course, id, version, ABSENT, is_back=True)


def _parsed(form: Mapping) -> Course:
    try:
        return courses.parse(dict(form))
    except BadCourse as problem:
        raise Refused(str(problem)) from problem


def _values(of: Course) -> dict:
    return {"code": of.code, "form": shared.written(courses.form(of)), "points": of.points, "valid_months": of.valid_months,
            "required_for": json.dumps(list(of.required_for))}


# --- certificates ------------------------------------------------------------------------------------------------------------
@action("standards", "award", "certificate")
def award(change: Change, scope: Scope, *, staff_id: int, course_id: int, earned_on: dt.date, expires_on: dt.date | None = None, number: str = "") -> int:
    """Give a person the certificate of a course and return its number in the store; it counts the course's points.

    It holds as long as the course says where no day is given. Raises Refused for a day that lies ahead, one that expires before it was
    earned, or the same certificate twice.
    """
    placed.there(change.connection, scope, staff, staff_id, N_("There is no such person."))
    found = find(change.connection, course_id)
    if found is None or found["archived_at"]:
        raise Refused(ABSENT)
    placed.come(change, scope, earned_on)
    until = expires_on or courses.expires(found["course"], earned_on)
    if until and until <= earned_on:
        raise Refused(N_("A certificate holds for a day at least: correct one of the days."))
    same = {"staff_id": staff_id, "course_id": course_id, "earned_on": earned_on}
    if change.connection.execute(select(certificate.c.id).where(*(certificate.c[name] == value for name, value in same.items()))).first():
        raise Refused(N_("This certificate is written down already."))
    return placed.added(change, scope, certificate, **same, expires_on=until, number=placed.line(number, LONGEST_NUMBER), source=SOURCE,
                        points=found["course"].points)  # fmt: skip


@action("standards", "revoke", "certificate")
def revoke(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Take back a certificate that was awarded by mistake. Raises Refused where there is none in sight, Stale where it was changed."""
    c = certificate.c
    mine = select(certificate).join(staff, staff.c.id == c.staff_id).where(c.id == id, staff.c.property_id.in_(scope.properties))
    present = change.connection.execute(mine).mappings().one_or_none()
    if present is None:
        raise Refused(NO_CERTIFICATE)
    if change.connection.execute(sa.delete(certificate).where(c.id == id, c.version == version)).rowcount != 1:
        raise Stale(dict(present))
