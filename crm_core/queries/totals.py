"""Sums of measures by dimensions and periods: all measures of one mart in one scan."""
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts.scoped import within
from crm_core.metrics.definition import Measure
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.scope import Period, Scope
from crm_core.store.warehouse import Warehouse


def column(i: int, j: int = 0) -> str:
    """Return the name of the column that holds measure i in period j."""
    return f"m{i}_{j}"


def totals(warehouse: Warehouse, scope: Scope, measures: Sequence[Measure], periods: Sequence[Period], by: Sequence[str] = ()) -> pd.DataFrame:
    """One row per group of `by` (one row in all without it); column(i, j) holds measure i in period j.

    A group that a mart cannot tell apart gets that mart's total. A money sum is NaN where an exchange rate is missing.
    """
    frames = [_scan(warehouse, scope, members, periods, by) for members in _scans(measures, by).values()]
    keys = [key for key in by if any(key in f.columns for f in frames)]
    # A scan that knows fewer keys comes last, so that it stands beside every group, whichever scan the group is from.
    frames.sort(key=lambda frame: -len(frame.columns.intersection(keys)))
    whole = reduce(lambda left, right: _joined(left, right, keys), frames)
    return whole.set_index(keys) if keys else whole


def statements(scope: Scope, measures: Sequence[Measure], periods: Sequence[Period], by: Sequence[str] = ()) -> list[sa.Select]:
    """Return the statements that totals() runs, one per mart."""
    return [_statement(scope, members, periods, by) for members in _scans(measures, by).values()]


def _scans(measures: Sequence[Measure], by: Sequence[str]) -> dict[tuple, list[tuple[int, Measure]]]:
    """Group measures that one scan can answer: one mart, and one date column where a dimension is made from it."""
    dated = any(DIMENSIONS[key].dated for key in by)
    groups: dict[tuple, list[tuple[int, Measure]]] = defaultdict(list)
    for i, measure in enumerate(measures):
        groups[measure.mart.name, measure.on if dated else ""].append((i, measure))
    return groups


def _scan(warehouse: Warehouse, scope: Scope, members: list[tuple[int, Measure]], periods: Sequence[Period], by: Sequence[str]) -> pd.DataFrame:
    frame = warehouse.frame(_statement(scope, members, periods, by))
    for i in (i for i, measure in members if measure.money):
        for name in (column(i, j) for j in range(len(periods))):
            frame[name] = frame[name].astype(float).where(frame.pop(f"{name}_missing") == 0)
    return frame


def _statement(scope: Scope, members: list[tuple[int, Measure]], periods: Sequence[Period], by: Sequence[str]) -> sa.Select:
    mart = members[0][1].mart
    fitting = [DIMENSIONS[key] for key in by if DIMENSIONS[key].fits(mart)]
    order = any(m.order for _, m in members) or any(d.order for d in fitting)
    rows = within(mart, scope, order=order).c
    on = members[0][1].on
    groups = [d.of(rows, on).label(d.key) for d in fitting]
    columns = [c for i, m in members for j, p in enumerate(periods) for c in _columns(rows, column(i, j), m, p)]
    dates = {m.on for _, m in members}
    return select(*groups, *columns).where(sa.or_(*(_inside(rows[d], p) for d in sorted(dates) for p in _merged(periods)))).group_by(*groups)


def _columns(rows, name: str, measure: Measure, period: Period) -> list[sa.ColumnElement]:
    """The filtered sum of one measure in one period, and for money the number of amounts without a rate."""
    counts = _inside(rows[measure.on], period)
    if measure.when is not None:
        counts = counts & measure.when(rows)
    value = measure.value(rows)
    if measure.people:
        return [func.count(sa.distinct(case((counts, value)))).label(name)]
    total = sa.cast(func.coalesce(func.sum(case((counts, value))), 0), sa.BigInteger).label(name)
    missing = func.count(case((counts & value.is_(None), 1))).label(f"{name}_missing")
    return [total, missing] if measure.money else [total]


def money(amount: sa.ColumnElement) -> sa.ColumnElement:
    """Return the sum of a money column: 0 over no rows, NULL where one amount lacks an exchange rate."""
    return sa.cast(case((func.count() == func.count(amount), func.coalesce(func.sum(amount), 0))), sa.BigInteger)


def _inside(day: sa.ColumnElement, period: Period) -> sa.ColumnElement[bool]:
    return (day >= period.start) & (day < period.end)


def _merged(periods: Iterable[Period]) -> list[Period]:
    """Join periods that touch or overlap, so that a scan reads each day once."""
    found: list[Period] = []
    for period in sorted(periods, key=lambda p: p.start):
        if found and period.start <= found[-1].end:
            found[-1] = Period(found[-1].start, max(found[-1].end, period.end))
        else:
            found.append(period)
    return found


def _joined(left: pd.DataFrame, right: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Put two scans side by side; a group that only one of them knows is 0 in the other, a scan without a key stands beside every group."""
    shared = [key for key in keys if key in left.columns and key in right.columns]
    if not shared:
        return left.merge(right, how="cross")
    merged = left.merge(right, how="outer", on=shared, indicator="side")
    for side, frame in (("left_only", right), ("right_only", left)):
        merged.loc[merged["side"] == side, [c for c in frame.columns if c not in keys]] = 0
    return merged.drop(columns="side")
