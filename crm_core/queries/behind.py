"""What a number is made of: the guests or stays behind a KPI's numerator, which add up to it."""

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import Metric, metric
from crm_core.metrics.definition import COUNTED, Measure, thing
from crm_core.metrics.dimensions import Dimension, Part, axis
from crm_core.queries.registry import query
from crm_core.queries.totals import money
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

Pair = tuple[str | Part, object]
Group = Pair | tuple[Pair, ...]


@query
def behind(
    warehouse: Warehouse, scope: Scope, *, key: str, offset: int = 0, limit: int = 50, group: Group | None = None
) -> pd.DataFrame:
    """One row per guest, profile, lead, review, case or reservation (as the KPI is of one or the other) behind a KPI, largest part first, then latest.

    `part` is what the row adds to the numerator. `group` = (dimension, value) narrows to one bar or row of a split, several such pairs to one cell.
    Raises ValueError for a KPI behind which there are no guests.
    """
    parts = _parts(scope, metric(key), group)
    return warehouse.frame(parts.order_by(sa.desc("part").nulls_last(), sa.desc("last_on"), sa.asc("id")).offset(offset).limit(limit))


@query
def behind_total(warehouse: Warehouse, scope: Scope, *, key: str, group: Group | None = None) -> pd.DataFrame:
    """One row: how many guests or reservations stand behind a KPI, and what their parts add up to (the tile's numerator)."""
    parts = _parts(scope, metric(key), group).subquery("parts")
    return warehouse.frame(select(func.count().label("rows"), money(parts.c.part).label("total")))


def _parts(scope: Scope, k: Metric, group: Group | None) -> sa.Select:
    """One row per guest or reservation: id, guest_id, property_id, its first and last date inside the KPI, and its part."""
    if not k.opens:
        raise ValueError(f"{k.key!r} has no guests behind it.")
    each = (_rows(scope, k, m, group).add_columns(sa.literal(i).label("of")) for i, m in enumerate(k.numerator))
    rows = sa.union_all(*each).subquery("rows")
    once = k.people or k.numerator[0].distinct
    part = func.count(sa.distinct(rows.c.of)) if once else money(rows.c.part)
    return select(
        rows.c.id,
        func.min(rows.c.guest_id).label("guest_id"),
        func.min(rows.c.property_id).label("property_id"),
        func.min(rows.c.reservation_id).label("reservation_id"),
        func.min(rows.c.day).label("first_on"),
        func.max(rows.c.day).label("last_on"),
        func.count().label("times"),
        part.label("part"),
    ).group_by(rows.c.id)


def _rows(scope: Scope, k: Metric, measure: Measure, group: Group | None) -> sa.Select:
    people, counted, dated = k.people, k.interval in COUNTED, measure.on is not None
    # A split that the mart cannot make leaves the whole standing beside every part.
    cell = [(one, value) for one, value in _cell(group) if one.fits(measure.mart, dated)]
    period = k.counted_in(scope.elapsed().period)
    rows = within(measure.mart, scope, order=measure.order or any(one.order for one, _ in cell), returns=measure.returns,
                  apart=any(one.apart for one, _ in cell)).c
    value = sa.literal(1) if people or counted or measure.distinct else measure.value(rows)
    day = rows[measure.on if dated else tables.SEEN[measure.mart]]
    one = rows[thing(measure.mart)]
    statement = select((rows.guest_id if people else one).label("id"), rows.guest_id, rows.property_id, one.label("reservation_id"),
                       day.label("day"), value.label("part"))
    if dated:
        statement = statement.where(day >= period.start, day < period.end)
    if measure.when is not None:
        statement = statement.where(measure.when(rows))
    if people:
        statement = statement.where(rows.guest_id.is_not(None))
    elif not counted:
        statement = statement.where(sa.or_(value != 0, value.is_(None)))
    return statement.where(*(one.holds(rows, day, value) for one, value in cell))


def _cell(group: Group | None) -> list[tuple[Dimension | Part, object]]:
    """The dimensions and values that narrow the rows: none, one, or those of a cell."""
    pairs = () if not group else (group,) if isinstance(group[0], str | Part) else group
    return [(axis(dimension), value) for dimension, value in pairs]
