"""Members of the loyalty programme; the points that their system shows for them open the ledger, or are compared with it."""
import datetime as dt
from collections.abc import Iterator
from contextlib import suppress

from crm_core.i18n import N_
from crm_core.ingest.targets import openings
from crm_core.ingest.targets.definition import (
    EMAIL,
    FAMILY_NAME,
    GIVEN_NAME,
    GUEST_REF,
    PHONE,
    PROPERTY,
    Column,
    Target,
    words,
)
from crm_core.ingest.targets.finding import Member
from crm_core.ingest.targets.landing import Fault, Landing, Misfit, Row, land, on
from crm_core.ingest.targets.persons import brought_in, known_or_new
from crm_core.ingest.targets.programmes import PROGRAMME, programmes
from crm_core.schema import membership

STATUSES = words("active", "suspended", "closed", "expired", active="enrolled current valid member", suspended="blocked inactive paused",
    closed="cancelled canceled left deleted terminated", expired="lapsed")
OVER = ("closed", "expired")
NUMBER = Column("membership_number", N_("The member's number."), "id", True, "M-2001")


def write(landing: Landing) -> None:
    """Write members; those who are not known become profiles. Then what the file shows of their points meets the ledger."""
    shown: list[openings.Shown] = []
    profiles: dict[int, int] = {}

    def ahead(landing: Landing, rows: list[Row]) -> None:
        profiles.clear()
        profiles.update(brought_in(landing, _strangers(landing, rows)))

    def make(landing: Landing, row: Row) -> dict | None:
        record = _membership(landing, row, profiles.get(row.line))
        if record and row["points"] is not None:
            shown.append(openings.Shown(row["membership_number"], row["points"], row["points_on"] or landing.change.at[:10]))
        return record

    land(landing, membership, make, ahead=ahead)
    openings.open_or_compare(landing, shown)


def _strangers(landing: Landing, rows: list[Row]) -> Iterator[tuple[Row, int]]:
    """Yield the new members whose guest is not known either, each with the property of the row, where nothing keeps the row out."""
    for row in rows:
        if not (_former(landing, row) or landing.find.profile(row)):
            with suppress(Fault):
                _said(landing, row, None)
                yield row, landing.place(row).id


def _former(landing: Landing, row: Row) -> Member | None:
    """Return the membership as the source has it here already."""
    there = landing.find.members.get(row["membership_number"], ())
    return next((one for one in there if (one.source, one.external_id) == (landing.source, row["membership_number"])), None)


def _membership(landing: Landing, row: Row, new_profile: int | None) -> dict | None:
    """Return the membership of a row, None for one whose guest was erased: that does not come back."""
    former = _former(landing, row)
    if former and not former.number:
        return None
    said = _said(landing, row, former)
    found = landing.find.profile(row) or (former and former.profile_id) or new_profile
    return said | {"profile_id": found or known_or_new(landing, row, landing.place(row).id)}


def _said(landing: Landing, row: Row, former: Member | None) -> dict:
    """Return what a row says of a membership; what it leaves empty stays as it is. Raises Misfit."""
    programme = _programme(landing, row, former)
    said = {"programme_id": programme, "number": row["membership_number"], "tier": row["tier"], "enrolled_on": on(row["enrolled_on"]),
            "enrolled_via": row["enrolled_via"], "expires_on": on(row["expires_on"]), "points": row["points"]}
    _check_days(said["enrolled_on"] or (former and former.enrolled_on), row)
    kept = {name: getattr(former, name) for name, value in said.items() if former and value in (None, "")}
    return said | kept | _ended(landing, row, former)


def _programme(landing: Landing, row: Row, former: Member | None) -> int:
    """Return the programme of a row; raises Misfit where the number stands for another member already."""
    programme = former.programme_id if former and former.programme_id and not row["programme"] else programmes(landing).of(row)
    if former and former.programme_id not in (None, programme):
        raise Misfit("programme", "other_programme")
    there = landing.find.members.get(row["membership_number"], ())
    if not former and any(one.number and one.programme_id in (None, programme) for one in there):
        raise Misfit("membership_number", "member_elsewhere")
    return programme


def _check_days(enrolled_on, row: Row) -> None:
    if enrolled_on and row["closed_on"] and on(row["closed_on"]) < enrolled_on:
        raise Misfit("closed_on", "closed_before_enrolment")


def _ended(landing: Landing, row: Row, former: Member | None) -> dict:
    """Return status and day of closing. A membership that is closed here stays so, where its system does not know of it too."""
    if row["closed_on"]:
        return {"closed_on": on(row["closed_on"]), "status": row["status"] or "closed"}
    if former and former.closed_on:
        landing.counts["still_closed"] += row["status"] == "active"
        return {"closed_on": former.closed_on, "status": former.status}
    status = row["status"] or (former.status if former else "active")
    return {"closed_on": _over_since(landing, row, former) if status in OVER else None, "status": status}


def _over_since(landing: Landing, row: Row, former: Member | None) -> dt.date:
    """Return when a membership that is over without a day of closing ended: when it expired, on the day of the import at the latest."""
    today, ends = on(landing.change.at[:10]), on(row["expires_on"]) or (former and former.expires_on)
    began = on(row["enrolled_on"]) or (former and former.enrolled_on)
    return max(min(ends or today, today), began or dt.date.min)


MEMBERSHIPS = Target("memberships", N_("Loyalty members"), N_("One row per membership."), (
    NUMBER, PROGRAMME, PROPERTY, GUEST_REF, GIVEN_NAME, FAMILY_NAME, EMAIL, PHONE,
    Column("city", N_("The member's town."), "text", False, "Berlin"),
    Column("country", N_("The member's country as a code or an English name."), "country", False, "DE"),
    Column("tier", N_("The member's tier."), "text", False, "Gold"),
    Column("status", N_("active, suspended, closed or expired; active where it is empty."), "word", False, "active", STATUSES, "active"),
    Column("enrolled_on", N_("The day of enrolment."), "day", False, "2023-06-01"),
    Column("enrolled_via", N_("Where the member enrolled."), "text", False, "front desk"),
    Column("expires_on", N_("The day on which the membership or its tier ends."), "day", False, "2026-05-31"),
    Column("closed_on", N_("The first day on which the guest was no member any more."), "day", False, ""),
    Column("points", N_("The points that the programme's system shows. For a member without movements they enter the ledger as points of "
        "unknown age, from the day of enrolment; else they are only compared with it."), "points", False, "1240"),
    Column("points_on", N_("The day of which these points are; where it is empty, that of the import."), "day", False, "2025-03-31"),
), number="membership_number", write=write)
