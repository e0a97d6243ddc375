"""mart_points: the ledger of known members, each movement under what it moves, and in the reporting currency where money stands behind it."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.marts.tables import memberships, points, rates

OWN = "innsight"  # the source of what was not told by another system


def rows() -> sa.Select:
    """Return the select that fills mart_points; a reversal counts under the kind that it takes back, one that names nothing as an adjustment.

    Where a reversal says no amount, it is that of the entry with the other sign.
    """
    e, m, back = schema.points_entry, memberships, _taken_back()
    kind = case((e.c.kind != "reverse", e.c.kind), else_=func.coalesce(back.c.kind, "adjust"))
    amount, currency = func.coalesce(e.c.amount_minor, -back.c.amount_minor), func.coalesce(e.c.currency, back.c.currency)
    values = {**{c.name: c for c in m.c}, **{c.name: c for c in e.c if c.name in points.c}, "entry_id": e.c.id, "kind": kind,
              "amount": func.round(amount * rates.c.factor), "reservation_id": e.c.stay_id, "moved_from": _moved_from(e.c)}
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in points.c)).select_from(
        e.join(m, m.c.membership_id == e.c.membership_id).outerjoin(back, back.c.id == e.c.reverses_id)
        .outerjoin(rates, (rates.c.currency == currency) & (rates.c.day_on == e.c.posted_on)))


def _moved_from(e) -> sa.ColumnElement:
    """The entry whose points a row brought from a joined account: its number is join/<from>/<into>/<nth>/<lot>/…, or begins with part."""
    is_own = sa.and_(e.source == OWN, e.kind == "transfer", e.points > 0, sa.or_(e.external_id.startswith("join/"), e.external_id.startswith("part/")))
    return case((is_own, sa.cast(func.split_part(e.external_id, "/", 5), sa.BigInteger)))


def _taken_back() -> sa.Subquery:
    """The entries that a reversal names, with their kinds and amounts."""
    e, reversals = schema.points_entry, schema.points_entry.alias("reversals")
    named = select(reversals.c.reverses_id).where(reversals.c.reverses_id.is_not(None))
    return select(e.c.id, e.c.kind, e.c.amount_minor, e.c.currency).where(e.c.id.in_(named), e.c.kind != "reverse").subquery("taken_back")
