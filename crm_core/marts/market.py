"""mart_market: what a comparison set had in a span of days, as recorded; mart_market_days: day by day beside what the property had."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.dialects import add_days, days_between
from crm_core.marts import tables
from crm_core.marts.booked import filling, flag
from crm_core.marts.leads import today
from crm_core.marts.nights import numbers

SPENT = ("checked_out", "in_house")


def rows() -> sa.Select:
    """Return the select that fills mart_market, at the rate of the span's first day."""
    m, rate = schema.market, tables.rates
    values = {**{c.name: c for c in m.c}, "revenue": func.round(m.c.revenue_minor * rate.c.factor)}
    joined = m.outerjoin(rate, (rate.c.currency == m.c.currency) & (rate.c.day_on == m.c.from_on))
    return select(*filling(tables.market, values)).select_from(joined)


# --- at the as-of date ------------------------------------------------------------------------------------------------------------------
def day_rows() -> sa.Select:
    """Return the select that fills mart_market_days: the days of each span that are over; own_rooms is null where nobody told how many there are."""
    day, days, own = _spread(), tables.days, _own()
    values = {**{c.name: c for c in day.c}, "own_rooms": days.c.rooms,
              "own_sold": func.coalesce(own.c.sold, 0), "own_revenue": case((own.c.night_on.is_(None), 0), else_=own.c.revenue)}
    joined = (day.join(today, day.c.day_on < today.c.as_of)
              .outerjoin(days, (days.c.property_id == day.c.property_id) & (days.c.day_on == day.c.day_on))
              .outerjoin(own, (own.c.property_id == day.c.property_id) & (own.c.night_on == day.c.day_on)))
    return select(*filling(tables.market_days, values)).select_from(joined).order_by(day.c.property_id, day.c.set_name, day.c.day_on)


def _spread() -> sa.Subquery:
    """One row per property, set and day of its spans: an even part of the span's sums."""
    m = tables.market.c
    length = days_between(m.from_on, m.to_on)
    part = lambda amount: (sa.cast(amount, sa.Double) / length)  # noqa: E731
    is_main = flag(m.set_name == func.min(m.set_name).over(partition_by=m.property_id))
    each = select(m.property_id, m.set_name, m.hotels, m.from_on, length.label("length"), is_main.label("is_main"),
                  *(part(m[name]).label(name) for name in ("rooms", "sold", "revenue"))).subquery("each_span")
    kept = (each.c[name] for name in ("property_id", "set_name", "hotels", "rooms", "sold", "revenue", "is_main"))
    return select(*kept, add_days(each.c.from_on, numbers.c.n).label("day_on")).select_from(each.join(numbers, numbers.c.n < each.c.length)).subquery("day")


def _own() -> sa.Subquery:
    """One row per property and night on which somebody slept there: nights sold and their revenue, null where a rate is missing."""
    d = tables.daily.c
    revenue = case((func.count() == func.count(d.room_revenue), func.sum(d.room_revenue)))
    return (select(d.property_id, d.night_on, func.sum(d.sold).label("sold"), revenue.label("revenue"))
            .where(d.status.in_(SPENT)).group_by(d.property_id, d.night_on).subquery("own"))
