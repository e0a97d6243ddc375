"""mart_charges: what guests spent outside the room, in the reporting currency."""

import sqlalchemy as sa
from sqlalchemy import func, select

from crm_core import schema
from crm_core.marts.tables import charges, rates, stays


def rows() -> sa.Select:
    """Return the select that fills mart_charges, in the order of its columns."""
    c, s = schema.charge, stays
    values = {
        **{column.name: column for column in s.c if column.name in charges.c},
        "charge_id": c.c.id,
        "posted_on": c.c.posted_on,
        "department": c.c.department,
        "amount": func.round(c.c.amount_minor * rates.c.factor),
    }
    return select(*(sa.cast(values[column.name], column.type).label(column.name) for column in charges.c)).select_from(
        c.join(s, s.c.reservation_id == c.c.stay_id).outerjoin(
            rates, (rates.c.currency == c.c.currency) & (rates.c.day_on == c.c.posted_on)
        )
    )
