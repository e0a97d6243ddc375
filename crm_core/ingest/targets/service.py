"""Complaints and requests of guests."""
from crm_core.i18n import N_
from crm_core.ingest.targets.definition import CURRENCY, EMAIL, GUEST_REF, PROPERTY, Column, Target, words
from crm_core.ingest.targets.landing import Landing, Row, instant, land
from crm_core.schema import service_case

KINDS = words(
    "noise", "cleanliness", "air", "billing", "wifi", "staff", "food", "request", "other", noise="loud noisy", wifi="internet network",
    cleanliness="clean dirty housekeeping hygiene", air="airconditioning ac heating temperature hvac", billing="invoice bill payment charge",
    staff="service rude", food="breakfast restaurant fb fnb", request="wish", other="misc general maintenance")
SEVERITIES = words("minor", "major", minor="low normal medium small", major="high critical urgent severe serious")
STATUSES = words("open", "answered", "closed", open="new inprogress pending reopened assigned", answered="replied responded acknowledged",
    closed="resolved done solved completed")


def _case(landing: Landing, row: Row) -> dict:
    stay = landing.find.stay(row, landing.places[row.property].id if row.property else None)
    place, profile = landing.place(row, stay), landing.find.profile(row, stay)
    landing.counts["unlinked"] += profile is None and any(row[name] for name in ("confirmation", "email", "guest_ref"))
    currency = landing.currency(row, "compensation", place.currency)
    opened, answered, closed = (instant(row[name], place.time_zone) for name in ("opened_at", "answered_at", "closed_at"))
    same = ("kind", "text", "resolution", "room", "owner")
    return {name: row[name] for name in same} | {
        "property_id": place.id, "profile_id": profile, "stay_id": stay and stay.id, "severity": row["severity"] or "minor",
        "status": row["status"] or ("closed" if closed else "answered" if answered else "open"), "opened_at": opened,
        "answered_at": answered, "closed_at": closed, "reopened": row["reopened"] or 0,
        "compensation_minor": landing.money(row, "compensation", currency), "currency": currency if row["compensation"] else None}


def write(landing: Landing) -> None:
    """Write cases, each linked with its stay and guest where they are known."""
    land(landing, service_case, _case)


CASES = Target("cases", N_("Complaints and requests"), N_("One row per complaint or request."), (
    Column("case_id", N_("The case's number. With it a later file updates the case."), "id", False, "S-31"),
    PROPERTY,
    Column("opened_at", N_("The moment the case was opened; a time without a zone is the property's."), "instant", True,
        "2025-03-29T21:40:00"),
    Column("kind", N_("noise, cleanliness, air, billing, wifi, staff, food, request or other."), "word", True, "noise", KINDS, "other"),
    Column("severity", N_("minor or major; minor where it is empty."), "word", False, "minor", SEVERITIES, "minor"),
    Column("status", N_("open, answered or closed; without it the two moments tell."), "word", False, "closed", STATUSES, "open"),
    Column("answered_at", N_("The moment of the first answer."), "instant", False, "2025-03-29T21:55:00"),
    Column("closed_at", N_("The moment it was solved."), "instant", False, "2025-03-29T22:30:00"),
    Column("reopened", N_("How often the case was opened again."), "whole", False, "0"),
    Column("text", N_("What the guest said."), "prose", False, "Music until midnight."),
    Column("resolution", N_("What was done."), "prose", False, "Moved to another room."),
    Column("compensation", N_("The money given as compensation."), "amount", False, ""),
    CURRENCY,
    Column("room", N_("The room's number."), "text", False, "204"),
    Column("owner", N_("Who looks after the case."), "text", False, "front desk"),
    Column("confirmation", N_("The number of the booking that the case belongs to."), "id", False, "R-1001"),
    GUEST_REF, EMAIL,
), number="case_id", write=write)
