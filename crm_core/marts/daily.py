"""mart_daily: the room nights added up by night, property, channel and status, so that most figures read a tenth of the rows."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts.tables import daily, nights

SUMMED = ("sold", "complimentary", "room_revenue", "booking_cost")


def rows() -> sa.Select:
    """Return the select that fills mart_daily, in the order of its columns: by night, so that a period is one stretch of the file."""
    n = nights.c
    keys = {c.name: n[c.name] for c in daily.c if c.name in n and c.name not in SUMMED}
    keys["is_known"] = case((n.guest_id.is_(None), 0), else_=1)
    values = keys | {name: summed(n[name]) for name in SUMMED}
    return (select(*(sa.cast(values[c.name], c.type).label(c.name) for c in daily.c))
            .group_by(*keys.values()).order_by(n.night_on, n.property_id))


def summed(amount: sa.ColumnElement) -> sa.ColumnElement:
    """The sum, or NULL where one of its amounts lacks an exchange rate."""
    return case((func.count() == func.count(amount), func.sum(amount)))
