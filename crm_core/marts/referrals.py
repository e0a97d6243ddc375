"""mart_referrals: whom members invited, and who of these became known."""
import sqlalchemy as sa
from sqlalchemy import select

from crm_core import schema
from crm_core.marts.persons import persons
from crm_core.marts.tables import memberships, referrals


def rows() -> sa.Select:
    """Return the select that fills mart_referrals, in the order of its columns."""
    r, c, m, p, who = schema.referral, schema.referral_code, memberships, schema.profile, persons()
    values = {**{column.name: column for column in m.c}, "referral_id": r.c.id, "invited_on": r.c.invited_on, "channel": r.c.channel,
              "invited_id": who.c.guest_id}
    return select(*(sa.cast(values[column.name], column.type).label(column.name) for column in referrals.c)).select_from(
        r.join(c, c.c.id == r.c.referral_code_id).join(m, m.c.membership_id == c.c.membership_id)
        .outerjoin(p, p.c.id == r.c.profile_id).outerjoin(who, who.c.strict_id == p.c.guest_id))
