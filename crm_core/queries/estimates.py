"""Values that are no ratio of sums: medians, times that some still wait, the review index, and the NPS weighted by kinds of stay."""
import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
from sqlalchemy import case, func, select

from crm_core.marts.scoped import within
from crm_core.metrics import Metric
from crm_core.metrics.dimensions import DIMENSIONS, Dimension, Part, parts_of
from crm_core.queries import uncertainty
from crm_core.queries.splits import Axes, By, fitting, groups_of, seen_by
from crm_core.queries.totals import column, totals
from crm_core.scope import Period, Scope
from crm_core.stats import intervals, nps, review_index, survival
from crm_core.store.warehouse import Warehouse

PERIODS = ("now", "previous", "year")
Rows = dict[str, np.ndarray]  # a KPI's rows as columns: the groups of now, then of previous, then of year
Told = tuple[float, float, float, float]  # value, n, low, high
Estimate = tuple[float, float, float]  # value, low, high


def blank(groups: np.ndarray) -> Rows:
    """Return rows of groups in each period of which nothing is known yet."""
    unknown = {name: np.full(len(PERIODS) * len(groups), math.nan) for name in ("low", "high", "change_low", "change_high")}
    return {"group": np.tile(groups, len(PERIODS)), "period": np.repeat(np.array(PERIODS, object), len(groups))} | unknown


def compare(rows: Rows, difference: Callable[[Rows, Rows], tuple[np.ndarray, np.ndarray]]) -> None:
    """Fill change_low and change_high: the interval of value(now) − value(period)."""
    size = len(rows["value"]) // len(PERIODS)
    now = {name: values[:size] for name, values in rows.items()}
    for j in range(1, len(PERIODS)):
        part = slice(j * size, (j + 1) * size)
        rows["change_low"][part], rows["change_high"][part] = difference(now, {name: values[part] for name, values in rows.items()})


def apart(a: Rows, b: Rows) -> tuple[np.ndarray, np.ndarray]:
    """The interval of the difference of two independent estimates, from their own intervals (MOVER)."""
    return intervals.apart((a["value"], a["low"], a["high"]), (b["value"], b["low"], b["high"]))


# --- what is read from a histogram: medians, waiting times, the review index ---------------------------------------------------------
def counted(warehouse: Warehouse, scope: Scope, k: Metric, periods: Sequence[Period], histogram: pd.DataFrame) -> Rows:
    """Return all rows of a KPI whose kind is one of metrics.definition.COUNTED from its histogram; the rows behind it count one each."""
    periods = [k.counted_in(p) for p in periods]
    split = "group" in histogram
    parts = histogram.groupby("group", dropna=False).indices if split else {None: np.arange(len(histogram))}
    rows = blank(pd.Series(list(parts), dtype=None if split else object).to_numpy())
    tell = _telling(warehouse, scope, k, periods, split)
    columns = {name: histogram[name].to_numpy() for name in histogram if name != "group"}
    each = [{name: values[at] for name, values in columns.items()} for at in parts.values()]
    found = [tell(part, j) for j in range(len(periods)) for part in each]
    value, n, low, high = (np.array(values, float) for values in zip(*found, strict=True)) if found else [np.empty(0)] * 4
    rows |= {"value": value, "n": n, "low": low, "high": high, "numerator": n, "denominator": np.full(len(n), math.nan)}
    # Two medians differ where their intervals do not touch: cautious, but it needs no law of the values.
    compare(rows, (lambda a, b: (a["low"] - b["high"], a["high"] - b["low"])) if k.interval == "median" else apart)
    return rows


def _telling(warehouse: Warehouse, scope: Scope, k: Metric, periods: Sequence[Period], split: bool) -> Callable[[Rows, int], Told]:
    """How a KPI's value, n and interval come from the columns of a histogram in period j."""
    if k.interval == "index":
        ends = [p.end for p in periods]
        return partial(_index, ends, _priors(warehouse, scope, k, ends), not split)
    return partial(_waited, k) if k.interval == "waiting" else _median


def _median(part: Rows, j: int) -> Told:
    values, count = part["value"].astype(float), part[f"count{j}"]
    return intervals.median_of(values, count), float(count.sum()), *intervals.median_interval(values, count)


def _waited(k: Metric, part: Rows, j: int) -> Told:
    """The time after which `percentile` of a hundred had come to an end; blank where so many have not yet."""
    count = part[f"count{j}"]
    curve = survival.kaplan_meier(part["value"], part["ended"].astype(bool), count)
    value, low, high = curve.quantile(k.percentile / 100)
    return value / k.scale, float(count.sum()), low / k.scale, high / k.scale


def _index(ends: Sequence[dt.date], priors: Sequence[float], draw: bool, part: Rows, j: int) -> Told:
    there = part[f"count{j}"] > 0
    count, said_on = part[f"count{j}"][there], pd.to_datetime(part["said_on"][there])
    age = (pd.Timestamp(ends[j]) - said_on).days.to_numpy()
    value, low, high = review_index.index(part["value"][there], review_index.weights(age, part["weight"][there]), count, priors[j], draw=draw)
    return value, float(count.sum()), low, high


def _priors(warehouse: Warehouse, scope: Scope, k: Metric, ends: Sequence[dt.date]) -> list[float]:
    """The mean of all ratings in the scope before each end; NaN where there is none."""
    measure = k.numerator[0]
    rows = within(measure.mart, scope).c
    means = [func.avg(case((rows[measure.on] < end, measure.value(rows)))).label(f"mean{j}") for j, end in enumerate(ends)]
    return warehouse.frame(select(*means).where(measure.when(rows))).iloc[0].astype(float).tolist()


# --- by kinds of stay ---------------------------------------------------------------------------------------------------------------
def stratified(warehouse: Warehouse, scope: Scope, k: Metric, periods: Sequence[Period], by: By, rows: Rows) -> None:
    """Put the NPS weighted by the stays of each kind in the place of the plain one, group by group and period by period."""
    size = len(rows["value"]) // len(PERIODS)
    tell = _strata(warehouse, scope, k, periods, by)
    found = [tell(group, j) for j in range(len(PERIODS)) for group in rows["group"][:size]]
    rows["value"], rows["low"], rows["high"] = np.array(found, float).reshape(-1, 3).T
    compare(rows, apart)


def _strata(warehouse: Warehouse, scope: Scope, k: Metric, periods: Sequence[Period], by: By, shift: int = 0) -> Callable[[object, int], Estimate]:
    """Return a function of a group and a period's place: the weighted score of that group. Stays that cannot be split stand whole beside each."""
    parts = [*k.numerator, *k.denominator]
    answered = _of_kinds(totals(warehouse, scope, parts, periods, _beside_kind(parts_of(by)), shift), by)
    known = fitting(by, k.stays.mart)
    stayed = _of_kinds(totals(warehouse, scope, [k.stays], periods, _beside_kind(known), shift), by)

    def tell(group: object, j: int) -> Estimate:
        ours = answered[known_as(group)].set_index("stratum")[[column(i, j) for i in range(len(parts))]]
        theirs = stayed[known_as(seen_by(np.array([group], object), by, known)[0])].set_index("stratum")[column(0, j)].rename("stays")
        both = ours.join(theirs, how="outer").fillna(0)
        promoters, detractors, answers, stays = (both.iloc[:, i].to_numpy(float) for i in range(4))
        promoters, detractors = promoters / 100, -detractors / 100
        return nps.weighted(both.index, stays, promoters, answers - promoters - detractors, detractors)

    return tell


def _beside_kind(axes: Axes) -> tuple[Dimension | Part, ...]:
    """The parts of a split, and the kind of stay, told once."""
    return tuple(axes) if any(axis.key == "stratum" for axis in axes) else (*axes, DIMENSIONS["stratum"])


def _of_kinds(sums: pd.DataFrame, by: By) -> dict[object, pd.DataFrame]:
    """The sums of each group, those of no kind of stay left out."""
    frame = sums.reset_index()
    return by_group(frame.assign(group=groups_of(frame, by))[frame["stratum"].notna()])


def by_group(frame: pd.DataFrame) -> dict[object, pd.DataFrame]:
    """Return a frame's rows by their group; what is not known is the group None. Without groups all rows are of None, and a group without rows is empty."""
    if "group" not in frame:
        return {None: frame}
    found = {known_as(group): part for group, part in frame.groupby("group", dropna=False)}
    return defaultdict(lambda: frame.iloc[:0], found)


def places_of(frame: pd.DataFrame) -> dict[object, np.ndarray]:
    """Return the places of each group's rows in a frame, as by_group() does its rows: a thousand groups are found in the time of ten frames."""
    nowhere = np.empty(0, int)
    found = frame.groupby("group", dropna=False).indices if "group" in frame else {None: np.arange(len(frame))}
    return defaultdict(lambda: nowhere, {known_as(group): at for group, at in found.items()})


def known_as(group: object) -> object:
    """Return a group as by_group() names it."""
    return None if pd.isna(group) else group


# --- month by month -----------------------------------------------------------------------------------------------------------------
def by_month(warehouse: Warehouse, scope: Scope, k: Metric, span: Period, names: Sequence[dt.date], shift: int) -> np.ndarray:
    """Return a KPI's value in each of the months `names` of a span, the days `shift` earlier standing under their name; of an index at their ends."""
    if k.interval == "strata":
        tell = _strata(warehouse, scope, k, (span.back(shift),), "month", shift)
        return np.array([tell(month, 0)[0] for month in names])
    periods = [k.counted_in(p.back(shift)) for p in _months(span, names)]
    histogram = uncertainty.histogram(warehouse, scope, k, periods, None)
    tell = _telling(warehouse, scope, k, periods, True)
    columns = {name: histogram[name].to_numpy() for name in histogram}
    return np.array([tell(columns, j)[0] for j in range(len(periods))])


def _months(span: Period, names: Sequence[dt.date]) -> list[Period]:
    """The days of each month inside a span."""
    return [Period(max(start, span.start), end) for start, end in zip(names, (*names[1:], span.end), strict=True)]
