"""What guests booked in the days after something: the one place that says which bookings count, and for how long one looks."""
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.dialects import add_days
from crm_core.marts import tables

WINDOW = 30  # days in which a booking, or an unsubscription, is looked for after a message
# What was booked and did not fall through.
STANDS = ("confirmed", "in_house", "checked_out")


def filling(table: sa.Table, values: dict) -> list[sa.ColumnElement]:
    """Return the columns of a mart in its order, each cast to its type."""
    return [sa.cast(values[c.name], c.type).label(c.name) for c in table.c]


def flag(*when: sa.ColumnElement) -> sa.ColumnElement:
    """Return 1 where all of it holds, else 0."""
    return case((and_(*when), 1), else_=0)


def booked_after(rows: sa.Subquery) -> sa.Subquery:
    """One row per `id` of rows (id, guest_id, property_id, from_on, days) whose guest booked on one of the days: how often, and for how much."""
    s, p = tables.stays, tables.properties
    here = s.c.property_id == rows.c.property_id
    margin = s.c.room_revenue * p.c.margin_bp / 10_000.0
    inside = and_(s.c.guest_id == rows.c.guest_id, s.c.booked_on >= rows.c.from_on, s.c.booked_on <= add_days(rows.c.from_on, rows.c.days))
    return (select(rows.c.id, func.count().label("bookings"), func.count(case((here, 1))).label("bookings_here"),
                   _sum_of(s.c.room_revenue).label("revenue"), _sum_of(s.c.room_revenue, here).label("revenue_here"),
                   func.round(_sum_of(margin)).label("margin"), func.round(_sum_of(margin, here)).label("margin_here"))
            .select_from(rows.join(s, inside).join(p, p.c.property_id == s.c.property_id)).where(s.c.status.in_(STANDS)).group_by(rows.c.id).subquery("booked"))


def _sum_of(amount: sa.ColumnElement, *when: sa.ColumnElement) -> sa.ColumnElement:
    """The sum where `when` holds, or NULL where one of its amounts lacks an exchange rate."""
    counted = and_(*when) if when else sa.true()
    missing = func.count(case((and_(counted, amount.is_(None)), 1)))
    return case((missing == 0, func.coalesce(func.sum(case((counted, amount))), 0)))
