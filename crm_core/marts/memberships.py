"""mart_memberships: who is a member of which programme, since when; and from when to when a person was a member of any."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.marts.persons import persons
from crm_core.marts.tables import memberships


def rows() -> sa.Select:
    """Return the select that fills mart_memberships; bookers for others are no guests, and no members. Programme 0: none that is known here."""
    m, p, g, who = schema.membership, schema.profile, schema.guest, persons()
    values = {"membership_id": m.c.id, "guest_id": who.c.guest_id, "cluster": who.c.guest_id, "property_id": p.c.property_id,
              "programme_id": func.coalesce(m.c.programme_id, 0), "enrolled_on": _since(), "enrolled_via": m.c.enrolled_via, "status": m.c.status,
              "closed_on": _closed(), "said_tier": m.c.tier, "country": p.c.country}
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in memberships.c)).select_from(_joined(m, p, g, who)).where(p.c.is_booker == 0)


def spans() -> sa.Subquery:
    """One row per person with a membership: from the first enrolment, until the last of them was closed (none: one is open)."""
    m, p, g, who = schema.membership, schema.profile, schema.guest, persons()
    until = case((func.count(_closed()) == func.count(), func.max(_closed())))
    return (select(who.c.guest_id, func.min(_since()).label("member_from"), until.label("member_until"))
            .select_from(_joined(m, p, g, who)).where(p.c.is_booker == 0).group_by(who.c.guest_id).subquery("spans"))


def is_member(rows: sa.sql.ColumnCollection, day: sa.ColumnElement) -> sa.ColumnElement[bool]:
    """Whether the guest of a stay was a member on a day: never whether the guest is one today."""
    return sa.and_(day >= rows.member_from, sa.or_(rows.member_until.is_(None), day < rows.member_until))


def _joined(m, p, g, who):
    return m.join(p, p.c.id == m.c.profile_id).join(g, g.c.id == p.c.guest_id).join(who, who.c.strict_id == p.c.guest_id)


def _since() -> sa.ColumnElement:
    """The day of enrolment; where nobody told it, the day on which the guest became known."""
    return func.coalesce(schema.membership.c.enrolled_on, sa.cast(func.substr(schema.guest.c.created_at, 1, 10), sa.Date))


def _closed() -> sa.ColumnElement:
    """The day on which a membership ended; one that is closed without a day ended when it expired, or is told as over since it began."""
    m = schema.membership.c
    return case((m.closed_on.is_not(None), m.closed_on), (m.status.in_(("closed", "expired")), func.coalesce(m.expires_on, _since())))
