"""mart_programmes, mart_programme_costs and mart_overrides: by which rules a programme ran, what it cost, and the tiers given by hand."""
import sqlalchemy as sa
from sqlalchemy import func, select

from crm_core import schema
from crm_core.marts.tables import memberships, overrides, programme_costs, programmes, rates


def rows() -> sa.Select:
    """Return the select that fills mart_programmes: each version of the rules, or one row without any."""
    p, r = schema.programme, schema.programme_rules
    values = {"programme_id": p.c.id, "code": p.c.code, "name": p.c.name, "currency": p.c.currency, "number": func.coalesce(r.c.number, 0),
              "from_on": r.c.from_on, "rules": r.c.rules}
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in programmes.c)).select_from(p.outerjoin(r, r.c.programme_id == p.c.id))


def cost_rows() -> sa.Select:
    """Return the select that fills mart_programme_costs, at the rate of the month's first day."""
    c = schema.programme_cost
    values = {**{column.name: column for column in c.c}, "amount": func.round(c.c.amount_minor * rates.c.factor)}
    return select(*(sa.cast(values[column.name], column.type).label(column.name) for column in programme_costs.c)).select_from(
        c.outerjoin(rates, (rates.c.currency == c.c.currency) & (rates.c.day_on == c.c.month_on)))


def override_rows() -> sa.Select:
    """Return the select that fills mart_overrides: from the day given, until before the day told, or on which somebody ended it."""
    o, m = schema.tier_override, memberships
    until = func.least(o.c.until_on, func.coalesce(o.c.ended_on, o.c.until_on))
    values = {**{c.name: c for c in m.c}, "tier": o.c.tier, "from_on": o.c.from_on, "until_on": until}
    return (select(*(sa.cast(values[c.name], c.type).label(c.name) for c in overrides.c))
            .select_from(o.join(m, m.c.membership_id == o.c.membership_id)).where(until > o.c.from_on))
