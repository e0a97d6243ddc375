"""KPIs with their n and interval: for a period beside its comparisons, split by a dimension, or month by month."""

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts.scoped import within
from crm_core.metrics import Metric, metric
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.queries.registry import query
from crm_core.queries.totals import _inside, _merged, column, totals
from crm_core.scope import Period, Scope, months, months_back
from crm_core.stats import intervals
from crm_core.store.warehouse import Warehouse

PERIODS = ("now", "previous", "year")
MOMENTS = ("clusters", "x", "y", "xx", "xy", "yy")


@query
def kpi_values(warehouse: Warehouse, scope: Scope, *, keys: tuple[str, ...], by: str | None = None) -> pd.DataFrame:
    """One row per KPI, period (now, previous, year) and group of `by`: value, n, low, high, numerator, denominator, few, verdicts.

    `now` is cut to complete days; the comparisons are as long. change_low and change_high bound value(now) − value(period).
    """
    elapsed = scope.elapsed()
    periods = (elapsed.period, elapsed.period.previous(), elapsed.period.year_before())
    metrics = [metric(key) for key in keys]
    measures = list(dict.fromkeys(m for k in metrics for m in k.measures if k.interval != "median"))
    sums = totals(warehouse, scope, measures, periods, (by,) if by else ()) if measures else pd.DataFrame(index=[0])
    frames = [_one(warehouse, scope, k, sums, measures, periods, by) for k in metrics]
    return _since_history(pd.concat(frames, ignore_index=True), periods, warehouse.version.history_from)


def _since_history(frame: pd.DataFrame, periods: Sequence[Period], first: dt.date | None) -> pd.DataFrame:
    """Blank a comparison of which more than a week lies before the first known day: what is not known is not zero."""
    unknown = [name for name, p in zip(PERIODS, periods, strict=True) if name != "now" and first and p.start + dt.timedelta(7) < first]
    frame.loc[frame["period"].isin(unknown), ["value", "low", "high", "change_low", "change_high"]] = math.nan
    return frame


@query
def kpi_months(warehouse: Warehouse, scope: Scope, *, keys: tuple[str, ...], count: int = 13, shift: int = 0) -> pd.DataFrame:
    """One row per month (the last `count` up to the scope's end, its running month last) with a column of values for each KPI.

    `shift` = days: the same weekdays that many days earlier stand under this month's name.
    """
    metrics = [metric(key) for key in keys if metric(key).interval != "median"]
    first = months_back(scope.period.end, count - 1 if scope.period.end.day > 1 else count)
    span = Period(first, scope.period.end)
    measures = list(dict.fromkeys(m for k in metrics for m in k.measures))
    sums = totals(warehouse, scope, measures, (span.back(shift),), ("month",), shift)
    sums = sums.set_axis(pd.to_datetime(sums.index)).reindex(pd.to_datetime(months(span)), fill_value=0)
    found = pd.DataFrame([_month_row(month.date(), row, metrics, measures) for month, row in sums.iterrows()])
    first = warehouse.version.history_from
    early = [bool(first) and month - dt.timedelta(shift) < first.replace(day=1) for month in found["month"]]
    found.loc[early, [k.key for k in metrics]] = math.nan
    return found


def _month_row(name, sums: pd.Series, metrics, measures) -> dict:
    row = {"month": name}
    for k in metrics:
        x = sum(sums[column(measures.index(m))] for m in k.numerator)
        y = sum(sums[column(measures.index(m))] for m in k.denominator) if k.denominator else 1
        row[k.key] = x / y if y else math.nan
    return row


def _one(
    warehouse: Warehouse, scope: Scope, k: Metric, sums: pd.DataFrame, measures, periods: Sequence[Period], by: str | None
) -> pd.DataFrame:
    """All rows of one KPI: the plain figures, then the interval its kind asks for, then the change against each comparison."""
    if k.interval == "median":
        frame = _medians(warehouse, scope, k, periods, by)
    else:
        frame = _plain(k, sums, measures, by)
        frame = _with_clusters(warehouse, scope, k, frame, periods, by) if k.interval == "clusters" else _with_wilson(k, frame)
    frame.insert(0, "key", k.key)
    counted = not k.denominator and k.interval == "none"  # a full count is always shown, also where it is 0
    frame["few"] = False if counted else frame["n"] < k.minimum
    return frame.drop(columns=[c for c in MOMENTS if c in frame])


def _plain(k: Metric, sums: pd.DataFrame, measures, by: str | None) -> pd.DataFrame:
    frames = []
    for j, name in enumerate(PERIODS):
        x = sum(sums[column(measures.index(m), j)].astype(float) for m in k.numerator)
        y = (
            sum(sums[column(measures.index(m), j)].astype(float) for m in k.denominator)
            if k.denominator
            else pd.Series(math.nan, index=sums.index)
        )
        if k.by and by == k.by:
            y = pd.Series(y.sum(), index=y.index)
        cases = sums[column(measures.index(k.cases), j)] if k.cases else (y if k.denominator else x)
        value = (x / y.where(y != 0)) if k.denominator else x
        frames.append(
            pd.DataFrame(
                {
                    "group": sums.index if by else None,
                    "period": name,
                    "value": value.to_numpy(),
                    "n": cases.to_numpy(dtype=float),
                    "low": math.nan,
                    "high": math.nan,
                    "numerator": x.to_numpy(),
                    "denominator": y.to_numpy(),
                }
            )
        )
    return _with_change(pd.concat(frames, ignore_index=True), None)


def _with_wilson(k: Metric, frame: pd.DataFrame) -> pd.DataFrame:
    if k.interval != "wilson":
        return frame
    frame["low"], frame["high"] = intervals.wilson(frame["numerator"].to_numpy(), frame["denominator"].to_numpy())
    return _with_change(
        frame,
        lambda a, b: intervals.newcombe(
            a["numerator"].to_numpy(), a["denominator"].to_numpy(), b["numerator"].to_numpy(), b["denominator"].to_numpy()
        ),
    )


def _with_change(frame: pd.DataFrame, difference) -> pd.DataFrame:
    """Add change_low and change_high: the interval of value(now) − value(period); NaN where the KPI is a full count."""
    frame["change_low"] = frame["change_high"] = math.nan
    if difference is None:
        return frame
    now = frame[frame["period"] == "now"]
    for name in PERIODS[1:]:
        other = frame["period"] == name
        low, high = difference(now, frame[other])
        frame.loc[other, "change_low"], frame.loc[other, "change_high"] = low, high
    return frame


def _with_clusters(
    warehouse: Warehouse, scope: Scope, k: Metric, frame: pd.DataFrame, periods: Sequence[Period], by: str | None
) -> pd.DataFrame:
    """Intervals of a ratio over guests: linearised from the moments over clusters, or the bootstrap where they are few."""
    moments = _moments(warehouse, scope, k, periods, by)
    keys = ["period", "group"] if by else ["period"]
    frame = frame.merge(moments, how="left", on=keys) if by else frame.merge(moments.drop(columns="group"), how="left", on=keys)
    frame["low"], frame["high"] = intervals.ratio(*(frame[m].to_numpy(dtype=float) for m in MOMENTS))
    small = (frame["clusters"] > 1) & (frame["clusters"] <= intervals.BOOTSTRAP_UP_TO) & (by is None)
    for i in frame.index[small]:
        pairs = _pairs(warehouse, scope, k, periods[PERIODS.index(frame.at[i, "period"])])
        frame.loc[i, ["low", "high"]] = intervals.bootstrap_ratio(pairs["x"].to_numpy(), pairs["y"].to_numpy(), pairs["count"].to_numpy())
    frame["low"], frame["high"] = (frame[side].where(frame["value"].notna()) for side in ("low", "high"))
    sixfold = lambda f: tuple(f[m].to_numpy(dtype=float) for m in MOMENTS)  # noqa: E731
    return _with_change(frame, lambda a, b: intervals.ratio_difference(sixfold(a), sixfold(b)))


def _clustered(scope: Scope, k: Metric, periods: Sequence[Period], by: str | None) -> sa.Subquery:
    """One row per guest (or reservation without one) and group, with x and y of the KPI in each period."""
    top, bottom = k.numerator[0], k.denominator[0]
    dimension = DIMENSIONS[by] if by else None
    order = top.order or bottom.order or bool(dimension and dimension.order)
    rows = within(top.mart, scope, order=order).c
    part = lambda m, p: func.coalesce(func.sum(case((_inside(rows[m.on], p) & m.when(rows), m.value(rows)))), 0)  # noqa: E731
    columns = [part(m, p).label(f"{side}{j}") for j, p in enumerate(periods) for side, m in (("x", top), ("y", bottom))]
    groups = [rows.cluster] + ([dimension.of(rows, rows[top.on]).label("group")] if dimension else [])
    return (
        select(*groups, *columns)
        .where(sa.or_(*(_inside(rows[top.on], p) for p in _merged(periods))))
        .group_by(*groups)
        .subquery("clustered")
    )


def _moments(warehouse: Warehouse, scope: Scope, k: Metric, periods: Sequence[Period], by: str | None) -> pd.DataFrame:
    inner = _clustered(scope, k, periods, by)
    columns = []
    for j in range(len(periods)):
        x, y = sa.cast(inner.c[f"x{j}"], sa.Double), sa.cast(inner.c[f"y{j}"], sa.Double)
        columns += [func.count(case((y != 0, 1))).label(f"clusters{j}")]
        columns += [func.sum(v).label(f"{name}{j}") for name, v in (("x", x), ("y", y), ("xx", x * x), ("xy", x * y), ("yy", y * y))]
    groups = [inner.c.group] if by else []
    wide = warehouse.frame(select(*groups, *columns).group_by(*groups))
    frames = [
        wide[[f"{m}{j}" for m in MOMENTS]].set_axis(list(MOMENTS), axis=1).assign(period=name, group=wide["group"] if by else None)
        for j, name in enumerate(PERIODS)
    ]
    return pd.concat(frames, ignore_index=True)


def _pairs(warehouse: Warehouse, scope: Scope, k: Metric, period: Period) -> pd.DataFrame:
    inner = _clustered(scope, k, (period,), None)
    return warehouse.frame(
        select(inner.c.x0.label("x"), inner.c.y0.label("y"), func.count().label("count"))
        .where(inner.c.y0 != 0)
        .group_by(inner.c.x0, inner.c.y0)
        .order_by(inner.c.x0, inner.c.y0)
    )


def _medians(warehouse: Warehouse, scope: Scope, k: Metric, periods: Sequence[Period], by: str | None) -> pd.DataFrame:
    """Medians with their intervals from the histogram of values."""
    histogram = _histogram(warehouse, scope, k, periods, by)
    frames = []
    for j, name in enumerate(PERIODS):
        for group, part in histogram.groupby("group", dropna=False) if by else [(None, histogram)]:
            frames.append({"group": group, "period": name, **_median(part["value"].to_numpy(dtype=float), part[f"count{j}"].to_numpy())})
    columns = ["group", "period", "value", "n", "low", "high", "numerator", "denominator"]
    # Two medians differ where their intervals do not touch: cautious, but it needs no law of the values.
    return _with_change(pd.DataFrame(frames, columns=columns), _apart)


def _apart(now: pd.DataFrame, before: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    low, high = (
        now[["group", side]].merge(before[["group", other]], on="group", how="right") for side, other in (("low", "high"), ("high", "low"))
    )
    return (low["low"] - low["high"]).to_numpy(), (high["high"] - high["low"]).to_numpy()


def _median(values: np.ndarray, count: np.ndarray) -> dict:
    low, high = intervals.median_interval(values, count)
    return {
        "value": intervals.median_of(values, count),
        "n": float(count.sum()),
        "low": low,
        "high": high,
        "numerator": float(count.sum()),
        "denominator": math.nan,
    }


def _histogram(warehouse: Warehouse, scope: Scope, k: Metric, periods: Sequence[Period], by: str | None) -> pd.DataFrame:
    measure = k.numerator[0]
    dimension = DIMENSIONS[by] if by else None
    rows = within(measure.mart, scope, order=bool(dimension and dimension.order)).c
    groups = [measure.value(rows).label("value")] + ([dimension.of(rows, rows[measure.on]).label("group")] if dimension else [])
    counts = [func.count(case((_inside(rows[measure.on], p), 1))).label(f"count{j}") for j, p in enumerate(periods)]
    return warehouse.frame(
        select(*groups, *counts)
        .where(measure.when(rows), sa.or_(*(_inside(rows[measure.on], p) for p in _merged(periods))))
        .group_by(*groups)
        .order_by(groups[0])
    )
