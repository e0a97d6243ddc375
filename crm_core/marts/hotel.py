"""The small marts that do not follow guests: properties, channels, daily exchange rates and rooms."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.marts.tables import days

# Days and daily rates; refresh provides them beside the record tables.
calendar = sa.table("calendar", sa.column("day_on", sa.Date))
daily_rate = sa.table("daily_rate", sa.column("currency", sa.Text), sa.column("day_on", sa.Date), sa.column("factor", sa.Double))


def property_rows() -> sa.Select:
    """Return the select that fills mart_properties."""
    p = schema.property
    return select(sa.cast(p.c.id, sa.Integer), p.c.code, p.c.name, p.c.country, p.c.currency, sa.cast(p.c.margin_bp, sa.Integer))


def channel_rows() -> sa.Select:
    """Return the select that fills mart_channels."""
    c = schema.channel
    return select(c.c.code, c.c.name, c.c.kind, case((c.c.kind.in_(schema.DIRECT_KINDS), 1), else_=0))


def rate_rows() -> sa.Select:
    """Return the select that fills mart_rates."""
    return select(daily_rate.c.currency, daily_rate.c.day_on, daily_rate.c.factor)


def day_rows() -> sa.Select:
    """Return the select that fills mart_days: the rooms of the latest row that has begun; rooms = 0 while closed."""
    r = schema.rooms_available
    until = func.lead(r.c.from_on).over(partition_by=r.c.property_id, order_by=r.c.from_on)
    spans = select(r.c.property_id, r.c.from_on, until.label("until_on"), r.c.rooms).subquery("spans")
    inside = (calendar.c.day_on >= spans.c.from_on) & (spans.c.until_on.is_(None) | (calendar.c.day_on < spans.c.until_on))
    values = {"property_id": spans.c.property_id, "day_on": calendar.c.day_on, "rooms": spans.c.rooms}
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in days.c)).select_from(spans.join(calendar, inside))
