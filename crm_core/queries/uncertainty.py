"""What an interval needs beside the sums: moments over guests for ratios, histograms for medians."""
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import days_between
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import Metric
from crm_core.queries.splits import Axes, By, columns, fitting, groups_of, seen_by
from crm_core.queries.totals import inside, merged
from crm_core.scope import Period, Scope
from crm_core.store.warehouse import Warehouse

MOMENTS = ("clusters", "x", "y", "xx", "xy", "yy")
Moments = dict[str, np.ndarray]


def moments(warehouse: Warehouse, scope: Scope, metrics: Sequence[Metric], periods: Sequence[Period], by: By, groups: np.ndarray) -> dict[str, Moments]:
    """Return by KPI the sums over clusters (guests, or reservations without one) of a ratio's parts, or of a sum and its cases.

    They come period after period, in the order of `groups`. KPIs that read one mart by one of its dates share a scan.
    """
    shared: dict[tuple, list[Metric]] = defaultdict(list)
    for k in metrics:
        shared[k.numerator[0].mart.name, k.numerator[0].on].append(k)
    return {key: found for members in shared.values() for key, found in _moments(warehouse, scope, members, periods, by, groups).items()}


def _moments(warehouse: Warehouse, scope: Scope, metrics: Sequence[Metric], periods: Sequence[Period], by: By, groups) -> dict[str, Moments]:
    axes, once = fitting(by, metrics[0].numerator[0].mart), tuple(dict.fromkeys(periods))
    inner = _clustered(scope, metrics, once, axes)
    split = [inner.c[axis.key] for axis in axes]
    sums = [c for i in range(len(metrics)) for j in range(len(once)) for c in _sums(inner.c, i, j)]
    wide = warehouse.frame(select(*split, *sums).group_by(*split))
    wide = wide.set_axis(groups_of(wide, by)).reindex(seen_by(groups, by, axes)) if axes else wide
    each = lambda column: np.resize(np.nan_to_num(wide[column].to_numpy(float)), len(groups))  # noqa: E731
    return {k.key: {name: np.concatenate([each(f"{name}{i}_{once.index(p)}") for p in periods]) for name in MOMENTS} for i, k in enumerate(metrics)}


def _sums(inner: sa.sql.ColumnCollection, i: int, j: int) -> list[sa.ColumnElement]:
    """The moments of one KPI in one period."""
    x, y = inner[f"x{i}_{j}"], inner[f"y{i}_{j}"]
    found = {"clusters": func.count(case(((x != 0) | (y != 0), 1))), "x": func.sum(x), "y": func.sum(y), "xx": func.sum(x * x), "xy": func.sum(x * y),
             "yy": func.sum(y * y)}
    return [found[name].label(f"{name}{i}_{j}") for name in MOMENTS]


def pairs(warehouse: Warehouse, scope: Scope, k: Metric, period: Period) -> pd.DataFrame:
    """One row per distinct pair (x, y) of a cluster, with how many clusters share it: what the bootstrap draws from."""
    inner = _clustered(scope, (k,), (period,), ())
    x, y = inner.c.x0_0, inner.c.y0_0
    return warehouse.frame(select(x.label("x"), y.label("y"), func.count().label("count"))
                           .where((x != 0) | (y != 0)).group_by(x, y).order_by(x, y))


def histogram(warehouse: Warehouse, scope: Scope, k: Metric, periods: Sequence[Period], by: By) -> pd.DataFrame:
    """One row per value (and group) of a KPI's measure; count0, count1 … say how often it occurs in each period.

    Of waiting times each row also says whether they `ended`, of ratings when they were given (`said_on`) and what `weight` their source has.
    """
    measure = k.numerator[0]
    axes = fitting(by, measure.mart)
    rows = within(measure.mart, scope, order=any(a.order for a in axes), apart=any(a.apart for a in axes)).c
    day = rows[measure.on]
    ended = [case((k.ended.when(rows), 1), else_=0).label("ended")] if k.ended else []
    weighed = [day.label("said_on"), rows.weight.label("weight")] if k.interval == "index" else []
    split = [measure.value(rows).label("value"), *ended, *weighed, *columns(axes, rows, day)]
    counts = [func.count(case((inside(day, p), 1))).label(f"count{j}") for j, p in enumerate(periods)]
    known = sa.or_(*(inside(day, p) for p in merged(periods)))
    return _grouped(warehouse.frame(select(*split, *counts).where(measure.when(rows), known).group_by(*split).order_by(split[0])), by, axes)


def waits(warehouse: Warehouse, scope: Scope, periods: Sequence[Period], by: By) -> pd.DataFrame:
    """One row per number of days and whether the guest came again then or has only been seen for so long (and group).

    count0, count1 … say how many guests with their first stay in each period waited like that.
    """
    axes = fitting(by, tables.stays)
    rows = within(tables.stays, scope, order=True, returns=True).c
    day = rows.stay_departure_on
    split = columns(axes, rows, day)
    days = func.coalesce(rows.back_days, days_between(day, sa.literal(scope.as_of, sa.Date))).label("days")
    returned = case((rows.back_days.is_not(None), 1), else_=0).label("returned")
    counts = [func.count(case((inside(day, p), 1))).label(f"count{j}") for j, p in enumerate(periods)]
    known = sa.or_(*(inside(day, p) for p in merged(periods)))
    return _grouped(warehouse.frame(select(*split, days, returned, *counts).where(first_stays(rows), known).group_by(*split, days, returned)), by, axes)


def _grouped(frame: pd.DataFrame, by: By, axes: Axes) -> pd.DataFrame:
    """The frame with the group of each row in the place of its parts."""
    return frame.drop(columns=[axis.key for axis in axes]).assign(group=groups_of(frame, by)) if axes else frame


def first_stays(rows) -> sa.ColumnElement[bool]:
    """Whether a row is a guest's first stay in the scope's properties."""
    return (rows.is_stay == 1) & (rows.is_repeat == 0) & rows.guest_id.is_not(None)


def _clustered(scope: Scope, metrics: Sequence[Metric], periods: Sequence[Period], axes: Axes) -> sa.Subquery:
    """One row per cluster and group, with x and y of each KPI in each period; all of them are of one mart and date."""
    parts = [(k.numerator[0], k.denominator[0] if k.denominator else k.cases) for k in metrics]
    first = parts[0][0]
    rows = within(first.mart, scope, order=any(m.order for part in parts for m in part) or any(a.order for a in axes),
                  apart=any(a.apart for a in axes)).c
    day = None if first.on is None else rows[first.on]
    # What stands as it is belongs to no period: it is told for the first one asked.
    counts = lambda p: inside(day, p) if day is not None else sa.true() if p is periods[0] else sa.false()  # noqa: E731
    # Added up as doubles, which hold whole numbers up to 2^53 exactly: sums of big integers take twice as long.
    part = lambda m, p: func.coalesce(func.sum(case((counts(p) & m.when(rows), sa.cast(m.value(rows), sa.Double)))), 0.0)  # noqa: E731
    sums = [part(m, p).label(f"{side}{i}_{j}") for i, sides in enumerate(parts) for j, p in enumerate(periods)
               for side, m in zip("xy", sides, strict=True)]
    split = [rows.cluster, *columns(axes, rows, day)]
    known = sa.true() if day is None else sa.or_(*(inside(day, p) for p in merged(periods)))
    # A cluster that neither part counts adds nothing to any moment.
    told = sa.or_(*(m.when(rows) for m in dict.fromkeys(m for part in parts for m in part)))
    return select(*split, *sums).where(known, told).group_by(*split).subquery("clustered")
