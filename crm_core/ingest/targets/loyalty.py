"""Members of the loyalty programme and the movements of their points."""
import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.targets.definition import (
    CURRENCY,
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
from crm_core.ingest.targets.landing import Landing, Misfit, Row, land, on
from crm_core.ingest.targets.persons import known_or_new
from crm_core.schema import membership, points_entry

STATUSES = words("active", "suspended", "closed", "expired", active="enrolled current valid member", suspended="blocked inactive paused",
    closed="cancelled canceled left deleted terminated", expired="lapsed")
KINDS = words("earn", "burn", "expire", "adjust", "reverse", earn="earned accrual credit award bonus welcome accrue",
    burn="burned redeem redeemed redemption debit spend spent", expire="expired expiry expiration", adjust="adjustment correction manual",
    reverse="reversed reversal void cancelled refund")
NUMBER = Column("membership_number", N_("The member's number."), "id", True, "M-2001")


def _membership(landing: Landing, row: Row) -> dict:
    profile = landing.find.profile(row)
    if profile is None:
        profile = known_or_new(landing, row, landing.place(row).id)
    return {"profile_id": profile, "number": row["membership_number"], "tier": row["tier"], "status": row["status"] or "active",
            "enrolled_on": on(row["enrolled_on"]), "enrolled_via": row["enrolled_via"], "expires_on": on(row["expires_on"]),
            "points": row["points"]}


def write_memberships(landing: Landing) -> None:
    """Write members; those who are not known become profiles."""
    land(landing, membership, _membership)


def _entry(landing: Landing, row: Row) -> dict:
    found = landing.connection.execute(sa.select(membership.c.id, membership.c.source).where(
        membership.c.number == row["membership_number"])).all()
    own = [one for one in found if one.source == landing.source] or found
    if len(own) != 1:
        raise Misfit("membership_number", "no_such_member")
    stay = landing.find.stay(row)
    currency = landing.currency(row, "amount", stay and stay.currency)
    taken = row["kind"] in ("burn", "expire")
    return {"membership_id": own[0].id, "stay_id": stay and stay.id, "posted_on": on(row["posted_on"]), "kind": row["kind"],
            "points": -abs(row["points"]) if taken else row["points"], "amount_minor": landing.money(row, "amount", currency),
            "currency": currency if row["amount"] else None, "reference": row["reference"] or None}


def write_points(landing: Landing) -> None:
    """Write movements of points; a row whose member is not here is kept out."""
    land(landing, points_entry, _entry)


MEMBERSHIPS = Target("memberships", N_("Loyalty members"), N_("One row per membership."), (
    NUMBER, PROPERTY, GUEST_REF, GIVEN_NAME, FAMILY_NAME, EMAIL, PHONE,
    Column("tier", N_("The member's tier."), "text", False, "Gold"),
    Column("status", N_("active, suspended, closed or expired; active where it is empty."), "word", False, "active", STATUSES, "active"),
    Column("enrolled_on", N_("The day of enrolment."), "day", False, "2023-06-01"),
    Column("enrolled_via", N_("Where the member enrolled."), "text", False, "front desk"),
    Column("expires_on", N_("The day on which the membership or its tier ends."), "day", False, "2026-05-31"),
    Column("points", N_("The points that the programme's system shows."), "points", False, "1240"),
), number="membership_number", write=write_memberships)

POINTS = Target("points", N_("Loyalty points"), N_("One row per movement of points."), (
    Column("entry_id", N_("The movement's number."), "id", False, "P-1"),
    NUMBER,
    Column("posted_on", N_("The day of the movement."), "day", True, "2025-03-31"),
    Column("kind", N_("earn, burn, expire, adjust or reverse."), "word", True, "earn", KINDS),
    Column("points", N_("The points; what is taken away has a minus. Without a sign, burned and expired points are taken away."), "points",
        True, "420"),
    Column("amount", N_("The money that the points stand for."), "change", False, ""),
    CURRENCY,
    Column("confirmation", N_("The number of the booking that earned the points."), "id", False, "R-1001"),
    Column("reference", N_("What the movement is about."), "text", False, ""),
), number="entry_id", write=write_points)
