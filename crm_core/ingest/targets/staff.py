"""People who work in the hotels, and the certificates that they earned in courses."""
import datetime as dt
import json

import sqlalchemy as sa

from crm_core.association import courses
from crm_core.i18n import N_
from crm_core.ingest.targets.definition import PROPERTY, Column, Target
from crm_core.ingest.targets.landing import Landing, Misfit, Row, land, on
from crm_core.ingest.targets.service import DEPARTMENTS
from crm_core.schema import certificate, course, staff

# What people enter here: a file that says nothing of it takes nothing away.
ENTERED_HERE = ("department", "job", "joined_on", "left_on", "number")


def _kept(landing: Landing, row: Row, former: sa.RowMapping, values: dict) -> dict:
    return {name: value for name, value in values.items() if value or name not in ENTERED_HERE}


# --- people ---------------------------------------------------------------------------------------------------------------------
def _person(landing: Landing, row: Row) -> dict:
    joined, left = on(row["joined_on"]), on(row["left_on"])
    if joined and left and left < joined:
        raise Misfit("left_on", "left_before_joined")
    return {"property_id": landing.place(row).id, "name": row["name"], "department": row["department"] or "", "job": row["job"], "joined_on": joined,
            "left_on": left}


def write_staff(landing: Landing) -> None:
    """Write who works where."""
    land(landing, staff, _person, keep=_kept)


STAFF = Target("staff", N_("People who work here"), N_("One row per person who works at a property."), (
    Column("staff_ref", N_("The person's number in your system. Certificates name it."), "id", False, "P-12"),
    PROPERTY,
    Column("name", N_("The person's name."), "text", True, "Nimali Perera"),
    Column("department", N_("front_desk, housekeeping, maintenance, restaurant, spa, accounts, it or management."), "word", False, "front_desk",
        DEPARTMENTS, ""),
    Column("job", N_("What the person does."), "text", False, "Receptionist"),
    Column("joined_on", N_("The first day of work."), "day", False, "2023-04-01"),
    Column("left_on", N_("The last day of work, of those who have left."), "day", False, ""),
), number="staff_ref", content=("property", "name"), write=write_staff)


# --- certificates ---------------------------------------------------------------------------------------------------------------
def _certificate(landing: Landing, row: Row) -> dict:
    person, of = _holder(landing, row), _course(landing, row)
    earned = on(row["earned_on"])
    if earned > dt.date.today() + dt.timedelta(1):  # it may be tomorrow already elsewhere
        raise Misfit("earned_on", "after_today")
    expires = on(row["expires_on"]) or courses.expires(courses.parse(json.loads(of.form)), earned)
    if expires and expires <= earned:
        raise Misfit("expires_on", "expires_before_earned")
    _require_once(landing, row, person.id, of.id, earned)
    return {"staff_id": person.id, "course_id": of.id, "earned_on": earned, "expires_on": expires, "number": row["number"], "points": of.points,
            "actor": landing.actor}


def _holder(landing: Landing, row: Row) -> sa.Row:
    """Return the person of that number: the same source's, else the only one that any source has; raises Misfit."""
    found = landing.connection.execute(sa.select(staff).where(staff.c.external_id == row["staff_ref"])).all()
    if row.property:
        found = [one for one in found if one.property_id == landing.places[row.property].id]
    own = [one for one in found if one.source == landing.source] or found
    if len(own) != 1:
        raise Misfit("staff_ref", "no_such_person")
    return own[0]


def _course(landing: Landing, row: Row) -> sa.Row:
    """Return the course of that code, put away or not: what was earned in it stays earned. Raises Misfit."""
    known = landing.__dict__.setdefault("courses", {})
    if not known:
        known.update({one.code.casefold(): one for one in landing.connection.execute(sa.select(course))})
    if row["course"].casefold() not in known:
        raise Misfit("course", "no_such_course")
    return known[row["course"].casefold()]


def _require_once(landing: Landing, row: Row, person: int, of: int, earned: dt.date) -> None:
    """Raise Misfit where another line of this file, another source or somebody here has told of the same certificate."""
    c, seen, said = certificate.c, landing.__dict__.setdefault("certificates", set()), (person, of, earned)
    others = sa.or_(c.source != landing.source, c.external_id.is_(None), c.external_id != row.number)
    same = (c.staff_id == person, c.course_id == of, c.earned_on == earned)
    if said in seen or landing.connection.execute(sa.select(c.id).where(*same, others)).first():
        raise Misfit("certificate_id", "certificate_told_twice")
    seen.add(said)


def write_certificates(landing: Landing) -> None:
    """Write certificates of people and courses that are here; each counts the points that its course counts now."""
    land(landing, certificate, _certificate, keep=_kept)


CERTIFICATES = Target("certificates", N_("Certificates of people who work here"), N_("One row per certificate that a person earned."), (
    Column("certificate_id", N_("The number of the row in your system. With it a later file updates the certificate."), "id", False, "CT-7"),
    PROPERTY,
    Column("staff_ref", N_("The person's number, as in the file of people."), "id", True, "P-12"),
    Column("course", N_("The course's code, of a course that is here."), "id", True, "food_safety"),
    Column("earned_on", N_("The day on which it was earned."), "day", True, "2025-03-14"),
    Column("expires_on", N_("The first day on which it is not valid any more; as the course says where it is empty."), "day", False, ""),
    Column("number", N_("The number that stands on the certificate."), "text", False, "2025/118"),
), number="certificate_id", content=("property", "staff_ref", "course", "earned_on"), write=write_certificates)
