"""The people who work in the demo's hotels, the certificates that their departments ask for, and the lessons that they took."""
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.association import lessons
from crm_core.association.courses import Course, expires, is_required
from crm_core.association.packs import Pack
from crm_core.ingest.demo import association_parameters as a
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.feedback_quota import Quota
from crm_core.ingest.demo.hotels import Profile
from crm_core.ingest.demo.names import countries, full_name, name_lists
from crm_core.ingest.demo.standards_rows import ACTOR, OF_ALL_BLOCKS, evenly
from crm_core.ingest.demo.streams import Streams

JOBS = {"front_desk": ("Receptionist", "Night porter"), "housekeeping": ("Room attendant", "Laundry hand"), "restaurant": ("Waiter", "Cook"),
        "maintenance": ("Technician",), "management": ("Duty manager",), "spa": ("Therapist",), "accounts": ("Accountant",), "it": ("Systems administrator",)}
SOON = 90  # days in which a certificate counts as expiring
EXPIRED, NEVER, SOON_OVER, LASTING = range(4)


@dataclass(frozen=True)
class Person:
    """Somebody on the staff list."""

    number: int
    hotel: int
    name: str
    department: str
    job: str
    joined_on: dt.date
    left_on: dt.date | None


def open_staff(writer, profile: Profile, seed: int, pack: Pack) -> None:
    """Write the staff of the hotels with their certificates and the lessons that they took."""
    streams = Streams(seed, profile.name, OF_ALL_BLOCKS)
    people = list(_people(streams, profile))
    writer.rows(schema.staff, ("id", "property_id", "source", "external_id", "batch_id", "name", "department", "job", "joined_on", "left_on", "version",
                               "revision"), (
        (one.number, one.hotel + 1, "demo", f"S{one.number:04d}", 1, one.name, one.department, one.job, one.joined_on.isoformat(),
         one.left_on.isoformat() if one.left_on else None, 1, writer.revision) for one in people))
    held = list(_certificates(streams, people, pack.courses))
    writer.rows(schema.certificate, ("id", "staff_id", "course_id", "source", "external_id", "batch_id", "earned_on", "expires_on", "number", "points", "actor",
                                     "version", "revision"), (
        (number, one.number, pack.courses.index(course) + 1, "demo", f"Z{number:04d}", 1, earned.isoformat(), until.isoformat() if until else None,
         f"LSH-{earned.year}-{number:04d}", course.points, ACTOR, 1, writer.revision) for number, (one, course, earned, until) in enumerate(held, 1)))
    writer.rows(schema.learning, ("id", "staff_id", "lesson", "on_day", "class_code", "right_answers", "questions", "actor", "at"), (
        (number, *row) for number, row in enumerate(_learnt(streams, people), 1)))


def _people(streams: Streams, profile: Profile) -> Iterator[Person]:
    number, quota, rooms = 0, Quota(), 0
    for h, hotel in enumerate(profile.hotels[:profile.siblings]):
        rooms += hotel.rooms
        size = max(1, round(rooms * a.STAFF) - number)
        u = streams.draw(f"staff {hotel.code}", 5, size)
        given, family = name_lists(countries()[hotel.country].groups[0][0])
        departments = quota.deal("department", tuple(a.DEPARTMENTS.values()), u[0]).tolist()
        joined = evenly(*a.JOINED, u[3])
        for n, (first, last) in enumerate(zip((u[1] * len(given)).astype(int).tolist(), (u[2] * len(family)).astype(int).tolist(), strict=True)):
            number += 1
            department = list(a.DEPARTMENTS)[departments[n]]
            left = p.AS_OF - dt.timedelta(40) if u[4][n] < a.LEFT and joined[n] < p.AS_OF - dt.timedelta(400) else None
            yield Person(number, h, full_name(given[first].latin, family[last].latin), department, JOBS[department][n % len(JOBS[department])], joined[n], left)


# --- certificates --------------------------------------------------------------------------------------------------------------------------
def _certificates(streams: Streams, people: list[Person], courses: tuple[Course, ...]) -> Iterator[tuple[Person, Course, dt.date, dt.date | None]]:
    """(person, course, earned, expires): by quota so many valid, expiring and expired; what was never earned has no row."""
    asked = [(one, course) for one in people for course in courses if is_required(course, one.department)]
    u = streams.draw("certificates", 2, len(asked))
    stands = Quota().deal("stands", _shares(), u[0]).tolist()
    for (one, course), state, x in zip(asked, stands, u[1].tolist(), strict=True):
        if state == NEVER or (state == EXPIRED and course.valid_months is None):
            continue
        earned = _earned(course, state, x)
        yield one, course, earned, expires(course, earned)


def _shares() -> tuple[float, ...]:
    held = (1 - a.VALID) * a.HELD_ONCE
    return held, 1 - a.VALID - held, a.VALID * a.EXPIRING, a.VALID * (1 - a.EXPIRING)


def _earned(course: Course, state: int, u: float) -> dt.date:
    """A day on which a certificate was earned that stands as wanted on the as-of date; months are taken as thirty days and a half."""
    valid = round((course.valid_months or 24) * 30.5)
    low, high = {EXPIRED: (valid + 20, valid + 300), SOON_OVER: (valid - SOON + 6, valid - 6), LASTING: (4, valid - SOON - 6)}[state]
    return p.AS_OF - dt.timedelta(low + int(u * (high - low)))


# --- lessons ---------------------------------------------------------------------------------------------------------------------------------
def _learnt(streams: Streams, people: list[Person]) -> Iterator[tuple]:
    """(person, lesson, day, class, right answers, questions, actor, when) of those who took lessons."""
    shipped, u = lessons.shipped(), streams.draw("learnt", 4, len(people))
    for n in np.flatnonzero(u[0] < a.LEARNT).tolist():
        for k in range(1 + int(u[1][n] * 3)):
            lesson = shipped[int(u[2][n] * len(shipped) + 5 * k) % len(shipped)]
            day = p.AS_OF - dt.timedelta(12 + 30 * k + int(u[3][n] * 20))
            right = min(len(lesson.quiz), round(len(lesson.quiz) * (a.RIGHT + .5 * (u[1][n] - .5))))
            yield people[n].number, lesson.code, day.isoformat(), "", right, len(lesson.quiz), ACTOR, f"{day.isoformat()}T13:00:00+00:00"
