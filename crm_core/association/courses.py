"""Courses: what there is to learn, what it counts, for whom it is required and how long its certificate is valid."""

import calendar
import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass

from crm_core.association.reading import EVERYBODY, NAME, Bad, Sheet, filled, place
from crm_core.association.texts import Texts
from crm_core.i18n import N_, t

MOST_POINTS, MOST_MONTHS, MOST_CODES = 1_000, 240, 40
OF_COURSE = ("code", "name", "points", "valid_months", "required_for", "lessons")


class BadCourse(Bad):
    """The course cannot be meant."""


@dataclass(frozen=True)
class Course:
    """A course; `required_for` are departments of the hotel ("*": everybody), `lessons` the codes of lessons that count towards it.

    valid_months None: its certificate never expires.
    """

    code: str
    name: Texts
    points: int
    valid_months: int | None = None
    required_for: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()


def parse(said: object) -> Course:
    """Return the course of what JSON or TOML gave, in the form of form(). Raises BadCourse with every problem."""
    sheet = Sheet.of(said, place(N_("Course “{code}”"), said), OF_COURSE)
    course = Course(
        sheet.code("code"), sheet.texts("name", NAME), sheet.whole("points", 0, MOST_POINTS), sheet.maybe("valid_months", sheet.whole, 1, MOST_MONTHS),
        sheet.codes("required_for", MOST_CODES), sheet.codes("lessons", MOST_CODES))  # fmt: skip
    return sheet.done(course, BadCourse)


def form(course: Course) -> dict:
    """Return a course as JSON takes it; parse() reads it again."""
    said = asdict(course) | {"required_for": list(course.required_for), "lessons": list(course.lessons)}
    return filled(said)


def problems(course: Course, *, departments: Collection[str], lessons: Collection[str]) -> list[str]:
    """Say what a course names that this house does not know: departments that require it, lessons that count."""
    unknown = [t("Course “{code}” is required for the department “{value}”, which does not exist here: choose another.", code=course.code, value=one)
               for one in course.required_for if one != EVERYBODY and one not in departments]  # fmt: skip
    return unknown + [t("Course “{code}” counts the lesson “{value}”, which is not here: bring the lesson too.", code=course.code, value=one)
                      for one in course.lessons if one not in lessons]  # fmt: skip


def is_required(course: Course, department: str) -> bool:
    """Whether people of a department need the course's certificate."""
    return EVERYBODY in course.required_for or department in course.required_for


def expires(course: Course, earned_on: dt.date) -> dt.date | None:
    """The first day on which a certificate earned on a day is no longer valid; None where it never expires.

    As many calendar months later, or the last day of a month that has no such day: 31 January + 1 month is 28 or 29 February.
    """
    if course.valid_months is None:
        return None
    year, month = divmod(earned_on.year * 12 + earned_on.month - 1 + course.valid_months, 12)
    return dt.date(year, month + 1, min(earned_on.day, calendar.monthrange(year, month + 1)[1]))
