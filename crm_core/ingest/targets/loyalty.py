"""Members of the loyalty programme and the movements of their points."""
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

STATUSES = words("active", "suspended", "closed", "expired", active="enrolled current valid member", suspended="blocked inactive paused",
    closed="cancelled canceled left deleted terminated", expired="lapsed")
KINDS = words("earn", "burn", "expire", "adjust", "reverse", earn="earned accrual credit award bonus welcome accrue",
    burn="burned redeem redeemed redemption debit spend spent", expire="expired expiry expiration", adjust="adjustment correction manual",
    reverse="reversed reversal void cancelled refund")
NUMBER = Column("membership_number", N_("The member's number."), "id", True, "M-2001")

MEMBERSHIPS = Target("memberships", N_("Loyalty members"), N_("One row per membership."), (
    NUMBER, PROPERTY, GUEST_REF, GIVEN_NAME, FAMILY_NAME, EMAIL, PHONE,
    Column("tier", N_("The member's tier."), "text", False, "Gold"),
    Column("status", N_("active, suspended, closed or expired; active where it is empty."), "word", False, "active", STATUSES, "active"),
    Column("enrolled_on", N_("The day of enrolment."), "day", False, "2023-06-01"),
    Column("enrolled_via", N_("Where the member enrolled."), "text", False, "front desk"),
    Column("expires_on", N_("The day on which the membership or its tier ends."), "day", False, "2026-05-31"),
    Column("points", N_("The points that the programme's system shows."), "points", False, "1240"),
), number="membership_number")

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
), number="entry_id")
