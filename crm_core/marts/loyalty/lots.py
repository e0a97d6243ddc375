"""mart_lots: every part of every lot, what became of it, and what of it is still owed and deferred."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import case, func, literal, select

from crm_core.dialects import quarter_start
from crm_core.marts import tables
from crm_core.marts.loyalty.given import MILLION, THOUSAND, UNKNOWN_QUARTER, parts, prices, shares

BOUNDS = ("", "_low", "_high")
# What joining earns: nobody paid for it, so that no revenue waits for it.
WELCOME = "welcome"
# Stands for a day that has not come: with an OR between two tables an engine compares every row of one with every row of the other.
END = literal(dt.date(9999, 12, 31), sa.Date)
# Points that came from elsewhere, with a price that is not known here.
TAKEN_OVER = ("opening", "transfer")


def rows() -> sa.Select:
    """Return the select that fills mart_lots: the tier is that of the day of posting; only open parts have an estimate.

    A lot that moved when accounts were joined is still what it was: tier, spend and price are those of the entry that opened it first.

    Owed: points × the share redeemed in the end × the worth of a point. Deferred: of what is owed the part P / (P + s·u), P what was spent for a
    point, s its worth, u the share of all that is redeemed. That is what `stats.deferred` says: P · s·u / (P + s·u) was allocated, the stay's
    own price being its stand-alone one, and of it u − redeemed is still to come, out of u. Where the price of earned points is not known, all
    that is owed counts as deferred: no allocation is higher. Points without a sale, like a welcome, defer nothing.
    """
    x, e, m, t, s = parts.c, tables.points.c, tables.memberships.c, tables.tiers.c, shares.c
    first = _first().subquery("first")
    then = sa.and_(t.membership_id == e.membership_id, t.from_on <= e.posted_on, func.coalesce(t.until_on, END) > e.posted_on)
    quarter = sa.and_(s.programme_id == m.programme_id, s.quarter_on == func.coalesce(quarter_start(x.issued_on), literal(UNKNOWN_QUARTER, sa.Date)))
    price = sa.and_(prices.c.programme_id == m.programme_id, prices.c.tier == t.tier, prices.c.spend == e.spend, prices.c.from_on <= e.posted_on,
                    func.coalesce(prices.c.until_on, END) > e.posted_on)
    joined = (parts.join(tables.memberships, m.membership_id == x.membership_id).outerjoin(first, first.c.entry_id == x.lot_id)
              .join(tables.points, e.entry_id == func.coalesce(first.c.origin, x.lot_id))
              .outerjoin(tables.tiers, then).outerjoin(shares, quarter).outerjoin(prices, price))
    values = {**{c.name: c for c in m}, **{c.name: c for c in x}, "tier": t.tier, "spend": e.spend, **_estimate(x, e, s, prices.c)}
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in tables.lots.c)).select_from(joined)


def _first() -> sa.Select:
    """One row per entry that brought points from a joined account: the entry that they were first earned by, however often they moved on.

    A lot is older than what moves it, so that the lowest number on the way is the first.
    """
    p, before = tables.points.alias("moved"), tables.points.alias("before")
    step = sa.and_(before.c.entry_id == p.c.moved_from, before.c.entry_id < p.c.entry_id)
    way = select(p.c.entry_id, before.c.entry_id.label("origin")).select_from(p.join(before, step)).cte("way", recursive=True)
    way = way.union_all(select(way.c.entry_id, before.c.entry_id).select_from(way.join(p, p.c.entry_id == way.c.origin).join(before, step)))
    return select(way.c.entry_id, func.min(way.c.origin).label("origin")).group_by(way.c.entry_id)


def _estimate(x, e, s, p) -> dict[str, sa.ColumnElement]:
    """Each with its bounds: for what is owed those of the estimate, for deferred revenue those of a breakage 5 points higher or lower."""
    points, price = sa.cast(x.points, sa.Double), func.coalesce(sa.cast(e.amount, sa.Double) / func.nullif(e.points, 0), p.price)
    paid = sa.and_(e.kind == "earn", e.spend != WELCOME)
    estimated = lambda amount: case((x.fate == "open", amount))  # noqa: E731
    found = {}
    for bound, redeems, shifted, rate in zip(BOUNDS, (s.redeems, s.redeems_low, s.redeems_high), (s.redeems, s.redeems_less, s.redeems_more),
                                             (s.rate, s.rate_less, s.rate_more), strict=True):
        owed, whole = (func.round(points * share / MILLION * s.value * THOUSAND) for share in (redeems, shifted))
        deferred = case((sa.or_(e.kind.in_(TAKEN_OVER), sa.and_(paid, price.is_(None))), whole),
                        (paid, func.round(whole * price / func.nullif(price + s.value * rate, 0))), else_=0)
        found |= {f"redeems{bound or '_ppm'}": estimated(redeems), f"owed{bound}": estimated(owed), f"deferred{bound}": estimated(deferred)}
    return found
