"""Complaints and requests of guests."""
import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.targets.definition import CURRENCY, EMAIL, GUEST_REF, PROPERTY, Column, Target, words
from crm_core.ingest.targets.landing import Landing, Row, instant, land
from crm_core.schema import ASPECTS, CASE_PRIORITIES, CASE_STATUSES, HOTEL_DEPARTMENTS, case_step, service_case

KINDS = words(
    "noise", "cleanliness", "air", "billing", "wifi", "staff", "food", "request", "other", noise="loud noisy", wifi="internet network",
    cleanliness="clean dirty housekeeping hygiene", air="airconditioning ac heating temperature hvac", billing="invoice bill payment charge",
    staff="service rude", food="breakfast restaurant fb fnb", request="wish", other="misc general maintenance")
SEVERITIES = words("minor", "major", minor="low normal medium small", major="high critical urgent severe serious")
STATUSES = words(*CASE_STATUSES, open="new inprogress pending reopened assigned", answered="replied responded acknowledged",
    waiting="waitingforguest onhold waitingforcustomer", closed="resolved done solved completed")
PRIORITIES = words(*CASE_PRIORITIES, urgent="critical immediate emergency", normal="medium standard", low="minor")
ABOUT = words(*ASPECTS, cleanliness="clean hygiene", staff="service", food="breakfast fb", checkin="arrival reception", wifi="internet")
DEPARTMENTS = words(*HOTEL_DEPARTMENTS, front_desk="reception frontoffice", housekeeping="cleaning rooms", maintenance="technical engineering",
    restaurant="fb fnb kitchen bar", accounts="accounting finance billing", it="ict", management="gm manager")
CAUSES = words("staff_mistake", "too_few_staff", "training", "broken", "worn_out", "building", "supplier", "system", "wrong_information", "booking",
    "other_guests", "weather", "expectation", "other")  # fmt: skip

# What people enter here: a file that says nothing of it takes nothing away.
ENTERED_HERE = ("owner", "resolution", "compensation_minor", "currency", "told_at", "aspect", "department", "root_cause", "due_at")
PROGRESS = ("status", "answered_at", "closed_at")


def _case(landing: Landing, row: Row) -> dict:
    stay = landing.find.stay(row, landing.places[row.property].id if row.property else None)
    place, profile = landing.place(row, stay), landing.find.profile(row, stay)
    landing.counts["unlinked"] += profile is None and any(row[name] for name in ("confirmation", "email", "guest_ref"))
    currency = landing.currency(row, "compensation", place.currency)
    opened, answered, closed, due, told = (instant(row[name], place.time_zone) for name in ("opened_at", "answered_at", "closed_at", "due_at", "told_at"))
    same = ("kind", "text", "resolution", "room", "owner", "aspect", "department", "root_cause")
    return {name: row[name] or "" for name in same} | {
        "property_id": place.id, "profile_id": profile, "stay_id": stay and stay.id, "severity": row["severity"] or "minor",
        "status": row["status"] or ("closed" if closed else "answered" if answered else "open"), "opened_at": opened,
        "answered_at": answered, "closed_at": closed, "due_at": due, "told_at": told, "priority": row["priority"] or "normal", "reopened": row["reopened"] or 0,
        "compensation_minor": landing.money(row, "compensation", currency), "currency": currency if row["compensation"] else None}


def write(landing: Landing) -> None:
    """Write cases, each linked with its stay and guest where they are known."""
    land(landing, service_case, _case, keep=_kept)


def _kept(landing: Landing, row: Row, former: sa.RowMapping, values: dict) -> dict:
    """What a later file writes over a case: what it tells; how far people brought the case here stays where the file is behind them."""
    told = {name: value for name, value in values.items() if value or name not in ENTERED_HERE}
    if row["priority"] is None:
        told.pop("priority")
    behind = CASE_STATUSES.index(values["status"]) < CASE_STATUSES.index(former["status"]) and values["reopened"] <= former["reopened"]
    if behind and _worked_on(landing, former["id"]):
        told = {name: value for name, value in told.items() if name not in PROGRESS}
    return told | {"reopened": max(values["reopened"], former["reopened"])}


def _worked_on(landing: Landing, case: int) -> bool:
    """Whether people did something with a case here."""
    s = case_step.c
    return landing.connection.execute(sa.select(s.id).where(s.service_case_id == case, s.batch_id.is_(None)).limit(1)).first() is not None


CASES = Target("cases", N_("Complaints and requests"), N_("One row per complaint or request."), (
    Column("case_id", N_("The case's number. With it a later file updates the case."), "id", False, "S-31"),
    PROPERTY,
    Column("opened_at", N_("The moment the case was opened; a time without a zone is the property's."), "instant", True,
        "2025-03-29T21:40:00"),
    Column("kind", N_("noise, cleanliness, air, billing, wifi, staff, food, request or other."), "word", True, "noise", KINDS, "other"),
    Column("severity", N_("minor or major; minor where it is empty."), "word", False, "minor", SEVERITIES, "minor"),
    Column("status", N_("open, answered, waiting (for the guest) or closed; without it the two moments tell."), "word", False, "closed", STATUSES, "open"),
    Column("answered_at", N_("The moment of the first answer."), "instant", False, "2025-03-29T21:55:00"),
    Column("closed_at", N_("The moment it was solved."), "instant", False, "2025-03-29T22:30:00"),
    Column("reopened", N_("How often the case was opened again."), "whole", False, "0"),
    Column("text", N_("What the guest said."), "prose", False, "Music until midnight."),
    Column("resolution", N_("What was done."), "prose", False, "Moved to another room."),
    Column("compensation", N_("The money given as compensation."), "amount", False, ""),
    CURRENCY,
    Column("room", N_("The room's number."), "text", False, "204"),
    Column("owner", N_("Who looks after the case."), "text", False, "front desk"),
    Column("aspect", N_("What the case is about: room, cleanliness, staff, food, location, value, facilities, checkin, wifi, noise or general."), "word",
        False, "noise", ABOUT, ""),
    Column("department", N_("Who solves it: front_desk, housekeeping, maintenance, restaurant, spa, accounts, it or management."), "word", False,
        "front_desk", DEPARTMENTS, ""),
    Column("priority", N_("low, normal, high or urgent; normal where it is empty."), "word", False, "normal", PRIORITIES, "normal"),
    Column("due_at", N_("The moment until which it is to be solved."), "instant", False, ""),
    Column("told_at", N_("The moment the guest was told what was done."), "instant", False, ""),
    Column("root_cause", N_("Where it came from: staff_mistake, too_few_staff, training, broken, worn_out, building, supplier, system, wrong_information, "
        "booking, other_guests, weather, expectation or other."), "word", False, "", CAUSES, "other"),
    Column("confirmation", N_("The number of the booking that the case belongs to."), "id", False, "R-1001"),
    GUEST_REF, EMAIL,
), number="case_id", write=write)
