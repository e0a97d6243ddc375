"""What an interval needs beside the sums: moments over guests for ratios, histograms for medians."""
from collections.abc import Sequence

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import days_between
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import Metric
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.queries.totals import inside, merged
from crm_core.scope import Period, Scope
from crm_core.store.warehouse import Warehouse

MOMENTS = ("clusters", "x", "y", "xx", "xy", "yy")


def moments(warehouse: Warehouse, scope: Scope, k: Metric, periods: Sequence[Period], by: str | None, groups: np.ndarray) -> dict[str, np.ndarray]:
    """Return the sums over clusters (guests, or reservations without one) of a ratio's parts: period after period, in the order of `groups`."""
    by = by if by and DIMENSIONS[by].fits(k.numerator[0].mart) else None  # what cannot be told apart stands whole beside every group
    inner = _clustered(scope, k, periods, by)
    columns = []
    for j in range(len(periods)):
        x, y = sa.cast(inner.c[f"x{j}"], sa.Double), sa.cast(inner.c[f"y{j}"], sa.Double)
        columns += [func.count(case(((x != 0) | (y != 0), 1))).label(f"clusters{j}")]
        columns += [func.sum(v).label(f"{name}{j}") for name, v in (("x", x), ("y", y), ("xx", x * x), ("xy", x * y), ("yy", y * y))]
    split = [inner.c.group] if by else []
    wide = warehouse.frame(select(*split, *columns).group_by(*split))
    wide = wide.set_index("group").reindex(groups) if by else wide
    each = lambda column: np.resize(wide[column].to_numpy(float), len(groups))  # noqa: E731
    return {name: np.concatenate([each(f"{name}{j}") for j in range(len(periods))]) for name in MOMENTS}


def pairs(warehouse: Warehouse, scope: Scope, k: Metric, period: Period) -> pd.DataFrame:
    """One row per distinct pair (x, y) of a cluster, with how many clusters share it: what the bootstrap draws from."""
    inner = _clustered(scope, k, (period,), None)
    return warehouse.frame(select(inner.c.x0.label("x"), inner.c.y0.label("y"), func.count().label("count"))
                           .where((inner.c.x0 != 0) | (inner.c.y0 != 0)).group_by(inner.c.x0, inner.c.y0).order_by(inner.c.x0, inner.c.y0))


def histogram(warehouse: Warehouse, scope: Scope, k: Metric, periods: Sequence[Period], by: str | None) -> pd.DataFrame:
    """One row per value (and group) of a median's measure; count0, count1 … say how often it occurs in each period."""
    measure = k.numerator[0]
    dimension = DIMENSIONS[by] if by else None
    rows = within(measure.mart, scope, order=bool(dimension and dimension.order)).c
    day = rows[measure.on]
    split = [measure.value(rows).label("value")] + ([dimension.of(rows, day).label("group")] if dimension else [])
    counts = [func.count(case((inside(day, p), 1))).label(f"count{j}") for j, p in enumerate(periods)]
    return warehouse.frame(select(*split, *counts).where(measure.when(rows), sa.or_(*(inside(day, p) for p in merged(periods))))
                           .group_by(*split).order_by(split[0]))


def waits(warehouse: Warehouse, scope: Scope, periods: Sequence[Period], by: str | None) -> pd.DataFrame:
    """One row per number of days and whether the guest came again then or has only been seen for so long (and group).

    count0, count1 … say how many guests with their first stay in each period waited like that.
    """
    dimension = DIMENSIONS[by] if by else None
    rows = within(tables.stays, scope, order=True, returns=True).c
    day = rows.stay_departure_on
    split = [dimension.of(rows, day).label("group")] if dimension else []
    days = func.coalesce(rows.back_days, days_between(day, sa.literal(scope.as_of, sa.Date))).label("days")
    returned = case((rows.back_days.is_not(None), 1), else_=0).label("returned")
    counts = [func.count(case((inside(day, p), 1))).label(f"count{j}") for j, p in enumerate(periods)]
    return warehouse.frame(select(*split, days, returned, *counts).where(first_stays(rows), sa.or_(*(inside(day, p) for p in merged(periods))))
                           .group_by(*split, days, returned))


def first_stays(rows) -> sa.ColumnElement[bool]:
    """Whether a row is a guest's first stay in the scope's properties."""
    return (rows.is_stay == 1) & (rows.is_repeat == 0) & rows.guest_id.is_not(None)


def _clustered(scope: Scope, k: Metric, periods: Sequence[Period], by: str | None) -> sa.Subquery:
    """One row per cluster and group, with x and y of the KPI in each period."""
    top, bottom = k.numerator[0], k.denominator[0]
    dimension = DIMENSIONS[by] if by else None
    rows = within(top.mart, scope, order=top.order or bottom.order or bool(dimension and dimension.order),
                  apart=bool(dimension and dimension.apart)).c
    day = None if top.on is None else rows[top.on]
    # What stands as it is belongs to no period: it is told for the first one asked.
    counts = lambda p: inside(day, p) if day is not None else sa.true() if p is periods[0] else sa.false()  # noqa: E731
    part = lambda m, p: func.coalesce(func.sum(case((counts(p) & m.when(rows), m.value(rows)))), 0)  # noqa: E731
    columns = [part(m, p).label(f"{side}{j}") for j, p in enumerate(periods) for side, m in (("x", top), ("y", bottom))]
    split = [rows.cluster] + ([dimension.of(rows, day).label("group")] if dimension else [])
    known = sa.true() if day is None else sa.or_(*(inside(day, p) for p in merged(periods)))
    return select(*split, *columns).where(known).group_by(*split).subquery("clustered")
