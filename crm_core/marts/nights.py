"""mart_nights: each room night with its share of the room revenue and of the booking cost."""

import sqlalchemy as sa
from sqlalchemy import case, func, select
from sqlalchemy.sql import ColumnElement

from crm_core.dialects import add_days
from crm_core.marts.memberships import is_member
from crm_core.marts.tables import nights, rates, stays

# The numbers 0, 1, 2 … that spread a stay over its nights; refresh provides them beside the record tables.
numbers = sa.table("numbers", sa.column("n", sa.Integer))
LONGEST_STAY = 1100


def rows() -> sa.Select:
    """Return the select that fills mart_nights, in the order of its columns."""
    s, k = stays, numbers.c.n
    night_on = add_days(s.c.arrival_on, k)
    paid, free = s.c.rate_class == "paid", s.c.rate_class == "complimentary"
    values = {
        **{c.name: c for c in s.c if c.name in nights.c},
        "night_on": night_on,
        "is_member": case((is_member(s.c, night_on), 1), else_=0),
        "sold": case((paid, 1), else_=0),
        "complimentary": case((free, 1), else_=0),
        "room_revenue": case((paid, func.round(part(s.c.revenue_minor, k, s.c.nights) * rates.c.factor)), else_=0),
        "booking_cost": case((paid, func.round(part(s.c.cost_minor, k, s.c.nights) * rates.c.factor)), else_=0),
    }
    return (
        select(*(sa.cast(values[c.name], c.type).label(c.name) for c in nights.c))
        .select_from(s.join(numbers, k < s.c.nights).outerjoin(rates, (rates.c.currency == s.c.currency) & (rates.c.day_on == night_on)))
        .where(s.c.status.in_(("checked_out", "in_house", "confirmed")))
    )


def part(amount: ColumnElement, k: ColumnElement, of: ColumnElement) -> ColumnElement:
    """Return night k's share of an amount in whole minor units; the shares of all nights add up to the amount."""
    up_to = lambda n: func.floor(sa.cast(amount * n, sa.Double) / of)  # noqa: E731
    return up_to(k + 1) - up_to(k)
