"""KPIs with their n and interval: for a period beside its comparisons, split by a dimension, or month by month."""
import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from crm_core.marts import tables
from crm_core.metrics import Metric, metric
from crm_core.metrics.definition import COUNTED, Measure
from crm_core.queries import estimates, lifts, uncertainty
from crm_core.queries.estimates import PERIODS, Rows, apart, blank, compare, known_as, places_of
from crm_core.queries.reading import Reading
from crm_core.queries.registry import query
from crm_core.queries.splits import By, fitting, seen_by, without
from crm_core.queries.totals import column, totals
from crm_core.scope import Period, Scope, months, months_back
from crm_core.stats import intervals, survival
from crm_core.store.warehouse import Warehouse

# A comparison may begin this long before the first known day and still be told.
GRACE = dt.timedelta(7)
COLUMNS = ("key", "group", "period", "value", "n", "low", "high", "numerator", "denominator", "change_low", "change_high", "few")
# What is no ratio of sums has no months.
BY_PERIOD_ONLY = ("median", "survival")
ESTIMATED = ("waiting", "index", "strata")


@query
def kpi_values(warehouse: Warehouse, scope: Scope, *, keys: tuple[str, ...], by: By = None) -> pd.DataFrame:
    """One row per KPI, period (now, previous, year) and group of `by`: value, n, low, high, numerator, denominator, few, change_low, change_high.

    The group of several dimensions (Split) is a text that splits.pieces() reads.
    `now` is cut to complete days; the comparisons are as long. change_low and change_high bound value(now) − value(period).
    """
    return values(Reading(warehouse, scope, by), keys, by)


def values(reading: Reading, keys: tuple[str, ...], by: By) -> pd.DataFrame:
    """Return the rows of kpi_values by a split, or a margin of the split that is read."""
    warehouse, scope, periods = reading.warehouse, reading.scope, reading.periods
    metrics = [metric(key) for key in keys]
    measures = tuple(dict.fromkeys(m for k in metrics for m in k.measures if k.interval not in (*COUNTED, "lift")))
    sums = reading.sums(measures, by) if measures else pd.DataFrame(index=[0])
    arms = reading.arms(by) if any(k.interval == "lift" for k in metrics) else None
    ratios = [k for k in metrics if k.interval in ("clusters", "total")]
    spread = uncertainty.moments(warehouse, scope, ratios, periods, by, sums.index.to_numpy() if by else np.array([None], object)) if ratios else {}
    found = [_closed(k, lifts.told(k, arms, by)) if k.interval == "lift" else
             _rows(reading, k, sums, measures, by, spread.get(k.key)) for k in metrics]
    frame = pd.DataFrame({name: np.concatenate([rows[name] for rows in found]) for name in COLUMNS})
    return _since_history(frame, periods, warehouse.version.history_from)


def _since_history(frame: pd.DataFrame, periods: Sequence[Period], first: dt.date | None) -> pd.DataFrame:
    """Blank a comparison of which more than a week lies before the first known day: what is not known is not zero."""
    unknown = [name for name, p in zip(PERIODS, periods, strict=True) if name != "now" and first and p.start + GRACE < first]
    if unknown:
        frame.loc[frame["period"].isin(unknown), ["value", "low", "high", "change_low", "change_high"]] = math.nan
    return frame


@query
def kpi_months(warehouse: Warehouse, scope: Scope, *, keys: tuple[str, ...], count: int = 13, shift: int = 0) -> pd.DataFrame:
    """One row per month (the last `count` up to the scope's end, its running month last) with a column of values for each KPI.

    `shift` = days: the same weekdays that many days earlier stand under this month's name. Months before the first known day are blank.
    """
    metrics = [k for k in map(metric, keys) if k.interval not in BY_PERIOD_ONLY and k.dated]
    first = months_back(scope.period.end, count - 1 if scope.period.end.day > 1 else count)
    span = Period(first, scope.period.end)
    names = months(span)
    known = np.array([_is_known(month, shift, warehouse.version.history_from) for month in names])
    values = _ratios(warehouse, scope, [k for k in metrics if k.interval not in (*ESTIMATED, "lift")], span, names, shift)
    values |= {k.key: estimates.by_month(warehouse, scope, k, span, names, shift) for k in metrics if k.interval in ESTIMATED}
    if caused := [k for k in metrics if k.interval == "lift"]:
        arms = lifts.sums(warehouse, scope, (span.back(shift),), "month", shift)
        values |= {k.key: lifts.by_month(k, arms, names) for k in caused}
    return pd.DataFrame({"month": names} | {k.key: np.where(known, values[k.key], math.nan) for k in metrics})


def _ratios(warehouse: Warehouse, scope: Scope, metrics: Sequence[Metric], span: Period, names: Sequence[dt.date], shift: int) -> Rows:
    """The values of ratios of sums in each month."""
    measures = list(dict.fromkeys(m for k in metrics for m in k.measures))
    if not measures:
        return {}
    sums = totals(warehouse, scope, measures, (span.back(shift),), ("month",), shift)
    sums = sums.set_axis(pd.to_datetime(sums.index)).reindex(pd.to_datetime(names), fill_value=0)
    return {k.key: _ratio(k, sums, measures, 0) for k in metrics}


def _is_known(month: dt.date, shift: int, first: dt.date | None) -> bool:
    return first is None or month - dt.timedelta(shift) >= first.replace(day=1)


def _ratio(k: Metric, sums: pd.DataFrame, measures: Sequence[Measure], j: int) -> np.ndarray:
    top = _sum(k.numerator, sums, measures, j)
    if not k.denominator:
        return top / k.scale
    value = _divided(top, _sum(k.denominator, sums, measures, j))
    return 100 * _divided(value, _divided(*(_sum((m,), sums, measures, j) for m in k.beside))) if k.beside else value


def _sum(parts: Sequence[Measure], sums: pd.DataFrame, measures: Sequence[Measure], j: int) -> np.ndarray:
    return sum(sums[column(measures.index(m), j)].to_numpy(float) for m in parts)


def _divided(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.divide(top, bottom, out=np.full(len(top), math.nan), where=bottom != 0)


def _rows(reading: Reading, k: Metric, sums: pd.DataFrame, measures, by: By, spread: uncertainty.Moments | None) -> Rows:
    """All rows of one KPI: the plain figures, the interval its kind asks for, and the change against each comparison."""
    warehouse, scope, periods = reading.warehouse, reading.scope, reading.periods
    rows = estimates.counted(warehouse, scope, k, periods, reading.histogram(k, by)) if k.interval in COUNTED else _plain(k, sums, measures, by)
    if k.interval == "wilson":
        rows["low"], rows["high"] = intervals.wilson(rows["numerator"], rows["denominator"])
        compare(rows, lambda a, b: intervals.newcombe(a["numerator"], a["denominator"], b["numerator"], b["denominator"]))
    if k.interval == "nps":
        _recommended(k, rows, sums, measures)
    if k.interval == "strata":
        estimates.stratified(warehouse, scope, k, periods, by, rows)
    if k.interval == "clusters":
        _over_guests(warehouse, scope, k, rows, periods, by, spread)
    if k.interval == "total":
        _summed(warehouse, scope, k, rows, periods, by, spread)
    if k.interval == "survival":
        _waited(reading.waits(by), k, rows, by)
    if k.interval == "model":
        _between(k, rows, sums, measures)
    if not k.dated:  # what stands as it is has no value in another period
        rows["value"][len(rows["value"]) // len(PERIODS):] = math.nan
    return _closed(k, rows)


def _closed(k: Metric, rows: Rows) -> Rows:
    """The rows with their key, and where n is too small, the mark that says so."""
    counted = not k.denominator and k.interval == "none"  # a full count is always shown, also where it is 0
    rows["few"] = np.zeros(len(rows["n"]), bool) if counted else ~(rows["n"] >= k.minimum)
    return rows | {"key": np.full(len(rows["n"]), k.key, object)}


def _plain(k: Metric, sums: pd.DataFrame, measures, by: By) -> Rows:
    every = range(len(PERIODS))
    groups = sums.index.to_numpy() if by else np.array([None], object)
    top = np.concatenate([_sum(k.numerator, sums, measures, j) for j in every])
    bottom = np.concatenate([_whole(k, _sum(k.denominator, sums, measures, j), by, groups) for j in every]) if k.denominator else np.full(len(top), math.nan)
    cases = np.concatenate([_sum((k.cases,), sums, measures, j) for j in every]) if k.cases else bottom if k.denominator else top
    value = np.concatenate([_ratio(k, sums, measures, j) for j in every]) if k.beside else _divided(top, bottom) if k.denominator else top / k.scale
    return blank(groups) | {"value": value, "n": cases, "numerator": top, "denominator": bottom}


def _whole(k: Metric, bottom: np.ndarray, by: By, groups: np.ndarray) -> np.ndarray:
    """Where a KPI is a part of the whole (the channel mix), every group has the same denominator."""
    if not k.by or (rest := without(groups, by, k.by)) is None:
        return bottom
    return pd.Series(bottom).groupby(rest).transform("sum").to_numpy()


def _recommended(k: Metric, rows: Rows, sums: pd.DataFrame, measures: Sequence[Measure]) -> None:
    """The interval of a Net Promoter Score, of which a promoter adds a hundred points and a detractor takes them."""
    promoters, detractors = (np.concatenate([abs(_sum((m,), sums, measures, j)) for j in range(len(PERIODS))]) / 100 for m in k.numerator)
    _, rows["low"], rows["high"] = intervals.nps(promoters, rows["denominator"] - promoters - detractors, detractors)
    compare(rows, apart)


def _over_guests(warehouse: Warehouse, scope: Scope, k: Metric, rows: Rows, periods: Sequence[Period], by: By,
                 found: uncertainty.Moments) -> None:
    """Intervals of a ratio over guests: linearised from the moments over clusters, or the bootstrap where they are few."""
    low, high = intervals.ratio(*(found[name] for name in uncertainty.MOMENTS))
    if by is None:
        for j in np.flatnonzero((found["clusters"] > 1) & (found["clusters"] <= intervals.BOOTSTRAP_UP_TO)):
            drawn = uncertainty.pairs(warehouse, scope, k, periods[j])
            low[j], high[j] = intervals.bootstrap_ratio(drawn["x"].to_numpy(), drawn["y"].to_numpy(), drawn["count"].to_numpy())
    told = ~np.isnan(rows["value"])  # no interval where an exchange rate is missing
    rows["low"], rows["high"] = np.where(told, low, math.nan), np.where(told, high, math.nan)
    six = lambda part: tuple(part[name] for name in uncertainty.MOMENTS)  # noqa: E731
    rows |= found
    compare(rows, lambda a, b: intervals.ratio_difference(six(a), six(b)))


def _summed(warehouse: Warehouse, scope: Scope, k: Metric, rows: Rows, periods: Sequence[Period], by: By, found: uncertainty.Moments) -> None:
    """Intervals of a sum over guests, by Student's t from the moments over clusters, or the bootstrap where they are few."""
    low, high = intervals.total(found["clusters"], found["x"], found["xx"])
    if by is None:
        for j in np.flatnonzero((found["clusters"] > 1) & (found["clusters"] <= intervals.BOOTSTRAP_UP_TO)):
            drawn = uncertainty.pairs(warehouse, scope, k, periods[j])
            low[j], high[j] = intervals.bootstrap_total(drawn["x"].to_numpy(), drawn["count"].to_numpy())
    rows["low"], rows["high"] = low / k.scale, high / k.scale
    compare(rows, apart)


def _waited(waits: pd.DataFrame, k: Metric, rows: Rows, by: By) -> None:
    """Put the Kaplan-Meier estimate of each group and period in the place of the plain share, which knows nothing of who is still young."""
    size = len(rows["value"]) // len(PERIODS)
    groups = [known_as(group) for group in seen_by(rows["group"][:size], by, fitting(by, tables.stays))]
    places = places_of(waits)
    days, returned = waits["days"].to_numpy(), waits["returned"].to_numpy(bool)
    counts = [waits[f"count{j}"].to_numpy() for j in range(len(PERIODS))]
    for i, (at, count) in enumerate((places[group], count) for count in counts for group in groups):
        curve = survival.kaplan_meier(days[at], returned[at], count[at])
        rows["value"][i], rows["low"][i], rows["high"][i] = curve.median() if k.horizon is None else curve.returned(k.horizon)[:3]
    compare(rows, apart)


def _between(k: Metric, rows: Rows, sums: pd.DataFrame, measures: Sequence[Measure]) -> None:
    """Bounds of a sum of forecasts: the sums of their bounds, as if all erred in the same direction; cautious, never too narrow."""
    whole = rows["denominator"] if k.denominator else np.full(len(rows["n"]), float(k.scale))  # both are in 1/scale of the unit
    for name, bound in zip(("low", "high"), k.bounds, strict=True):
        total = np.concatenate([_sum((bound,), sums, measures, j) for j in range(len(PERIODS))])
        rows[name] = np.where((rows["n"] > 0) & (total != 0), _divided(total, whole), math.nan)
