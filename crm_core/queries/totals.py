"""Sums of measures by dimensions and periods: all measures of one mart and date in one scan."""
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import reduce

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import add_days
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics.definition import Measure
from crm_core.metrics.dimensions import Dimension, Part, axis
from crm_core.scope import Period, Scope
from crm_core.store.warehouse import Warehouse


def column(i: int, j: int = 0) -> str:
    """Return the name of the column that holds measure i in period j."""
    return f"m{i}_{j}"


def totals(warehouse: Warehouse, scope: Scope, measures: Sequence[Measure], periods: Sequence[Period], by: Sequence[str | Dimension | Part] = (),
           shift: int = 0) -> pd.DataFrame:
    """One row per group of `by` (one row in all without it), the index named by the keys; column(i, j) holds measure i in period j.

    A group that a mart cannot tell apart gets that mart's total. A money sum is NaN where an exchange rate is missing.
    `shift` = days: dimensions of time tell a day by the name of the day so much later.
    """
    scans = [warehouse.frame(_statement(scope, members, periods, by, shift)) for members in _scans(measures)]
    return _together(measures, scans, len(periods), [axis(one).key for one in by])


def margins(warehouse: Warehouse, scope: Scope, measures: Sequence[Measure], periods: Sequence[Period],
            by: Sequence[Dimension | Part]) -> Callable[[Sequence[Dimension | Part]], pd.DataFrame]:
    """Return a function that tells totals() by some of the parts of `by`: sums are read once, by all parts, and added up; who is counted once is counted anew."""
    scans = [warehouse.frame(_statement(scope, members, periods, by)) for members in _scans(measures)]

    def tell(some: Sequence[Dimension | Part]) -> pd.DataFrame:
        keys = [one.key for one in some]
        if len(some) == len(by):
            return _together(measures, scans, len(periods), keys)
        told = [warehouse.frame(_statement(scope, members, periods, some)) if members[0][1].people or any(m.distinct for _, m in members)
                else _added(scan, [key for key in keys if key in scan], [one.key for one in by])
                for members, scan in zip(_scans(measures), scans, strict=True)]
        return _together(measures, told, len(periods), keys)

    return tell


def _added(scan: pd.DataFrame, keys: list[str], every: list[str]) -> pd.DataFrame:
    """A scan's sums by some of its keys."""
    sums = scan.drop(columns=[key for key in every if key in scan and key not in keys])
    return sums.groupby(keys, dropna=False, sort=False, as_index=False).sum() if keys else sums.sum().to_frame().T


def _together(measures: Sequence[Measure], scans: Sequence[pd.DataFrame], periods: int, keys: list[str]) -> pd.DataFrame:
    """The scans of measures side by side, by group."""
    frames = [_priced(members, periods, scan) for members, scan in zip(_scans(measures), scans, strict=True)]
    if frames and (unknown := [key for key in keys if not any(key in f.columns for f in frames)]):
        frames[0] = frames[0].assign(**dict.fromkeys(unknown))
    # A scan that knows fewer keys comes last, so that it stands beside every group, whichever scan the group is from.
    frames.sort(key=lambda frame: -len(frame.columns.intersection(keys)))
    whole = reduce(lambda left, right: _joined(left, right, keys), frames)
    return whole.set_index(keys) if keys else whole


def statements(scope: Scope, measures: Sequence[Measure], periods: Sequence[Period], by: Sequence[str | Dimension | Part] = ()) -> list[sa.Select]:
    """Return the statements that totals() runs, one per mart and date."""
    return [_statement(scope, members, periods, by) for members in _scans(measures)]


def _scans(measures: Sequence[Measure]) -> list[list[tuple[int, Measure]]]:
    """Group measures that one scan can answer: one mart, read by one of its dates; counts of guests apart from sums."""
    groups: dict[tuple, list[tuple[int, Measure]]] = defaultdict(list)
    for i, measure in enumerate(measures):
        groups[measure.mart.name, measure.on, measure.people].append((i, measure))
    return list(groups.values())


def _priced(members: list[tuple[int, Measure]], periods: int, frame: pd.DataFrame) -> pd.DataFrame:
    """A scan whose sums of money are unknown where an exchange rate is missing."""
    names = [column(i, j) for i, measure in members if measure.money for j in range(periods)]
    known = {name: frame[name].astype(float).where(frame[f"{name}_missing"] == 0) for name in names}
    return frame.drop(columns=[f"{name}_missing" for name in names]).assign(**known)


def _statement(scope: Scope, members: list[tuple[int, Measure]], periods: Sequence[Period], by: Sequence[str | Dimension | Part], shift: int = 0) -> sa.Select:
    measures = [measure for _, measure in members]
    mart, on = measures[0].mart, measures[0].on
    fitting = [one for one in map(axis, by) if one.fits(mart, on is not None)]
    rows = within(_coarsest(scope, mart, measures, fitting), scope, order=any(m.order for m in measures) or any(d.order for d in fitting),
                  returns=any(m.returns for m in measures), apart=any(d.apart for d in fitting)).c
    day = None if on is None else add_days(rows[on], shift) if shift else rows[on]
    groups = [d.of(rows, day).label(d.key) for d in fitting]
    counted = sa.true() if on is None else sa.or_(*(inside(rows[on], p) for p in merged(periods)))
    if measures[0].people:
        return _guests(rows, members, periods, groups, counted)
    columns = [c for i, m in members for j in range(len(periods)) for c in _columns(rows, column(i, j), m, _in_period(rows, on, periods, j))]
    return select(*groups, *columns).where(counted).group_by(*groups)


def _coarsest(scope: Scope, mart: sa.Table, measures: Sequence[Measure], dimensions: Sequence[Dimension | Part]) -> sa.Table:
    """Return the sums of a mart where they can answer, else the mart: they know no guests, so a segment asks for the rows themselves."""
    sums = tables.SUMS_OF.get(mart)
    fine = sums is None or bool(scope.segment) or any(m.people or m.order for m in measures) or not all(d.fits(sums) for d in dimensions)
    return mart if fine else sums


def _guests(rows, members: list[tuple[int, Measure]], periods: Sequence[Period], groups: list, counted: sa.ColumnElement[bool]) -> sa.Select:
    """Note for each guest the periods that one of the rows counts in, as bits, then count the bits: distinct counts take far longer.

    Rows that no measure counts are left out first; a group of which all rows are left out has no row.
    """
    on = members[0][1].on
    bits = reduce(operator.add, (case((_in_period(rows, on, periods, j), 2**j), else_=0) for j in range(len(periods))))
    noted = [func.bit_or(case((m.when(rows), bits), else_=0), type_=sa.Integer).label(f"m{i}") for i, m in members]
    told = sa.or_(*(m.when(rows) for _, m in members))
    each = select(*groups, *noted).where(counted, rows.guest_id.is_not(None), told).group_by(rows.guest_id, *groups).subquery("each_guest").c
    names = [each[g.name] for g in groups]
    counts = [func.count(case((each[f"m{i}"].bitwise_and(2**j) > 0, 1))).label(column(i, j))
              for i, _ in members for j in range(len(periods))]
    return select(*names, *counts).group_by(*names)


def _in_period(rows, on: str | None, periods: Sequence[Period], j: int) -> sa.ColumnElement[bool]:
    """Whether a row belongs to a period; what is not dated stands in the first of them, and nobody knows how it stood in the others."""
    return inside(rows[on], periods[j]) if on else sa.true() if j == 0 else sa.false()


def _columns(rows, name: str, measure: Measure, counts: sa.ColumnElement[bool]) -> list[sa.ColumnElement]:
    """The filtered sum of one measure in one period, and for money the number of amounts without a rate."""
    if measure.when is not None:
        counts = counts & measure.when(rows)
    value = measure.value(rows)
    counted = case((counts, value))
    total = _whole(func.count(sa.distinct(counted)) if measure.distinct else func.sum(counted)).label(name)
    missing = func.count(case((counts & value.is_(None), 1))).label(f"{name}_missing")
    return [total, missing] if measure.money else [total]


def _whole(amount: sa.ColumnElement) -> sa.ColumnElement:
    return sa.cast(func.coalesce(amount, 0), sa.BigInteger)


def money(amount: sa.ColumnElement) -> sa.ColumnElement:
    """Return the sum of a money column: 0 over no rows, NULL where one amount lacks an exchange rate."""
    return sa.cast(case((func.count() == func.count(amount), func.coalesce(func.sum(amount), 0))), sa.BigInteger)


def inside(day: sa.ColumnElement, period: Period) -> sa.ColumnElement[bool]:
    """Return the predicate of a day in a period."""
    return (day >= period.start) & (day < period.end)


def merged(periods: Iterable[Period]) -> list[Period]:
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
    if not shared and len(left) == len(right) == 1:
        return pd.concat([left, right], axis=1)
    if not shared:
        return left.merge(right, how="cross")
    if left.empty and right.empty:  # pandas cannot join texts of which there are none
        return pd.concat([left, right.drop(columns=shared)], axis=1)
    # What knows fewer keys stands beside the groups of what knows more, and makes none of its own. Copied, because pandas warns of many columns
    # that were added one by one.
    finer = len(left.columns.intersection(keys)) > len(shared)
    merged = left.copy().merge(right, how="left" if finer else "outer", on=shared, indicator="side")
    for side, frame in (("left_only", right), ("right_only", left)):
        if (alone := merged["side"] == side).any():
            merged.loc[alone, [c for c in frame.columns if c not in keys]] = 0
    types = {c: frame[c].dtype for frame in (left, right) for c in frame.columns if c not in keys}
    # An outer join makes whole numbers floats, where one side does not know a group.
    return merged.drop(columns="side").astype({c: kind for c, kind in types.items() if merged[c].dtype != kind})
