"""Groups of guests compared on a KPI: each beside all others, with its interval, and what is left of the differences after a look at many."""
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import days_between
from crm_core.marts import segments as rules
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import Metric, metric
from crm_core.metrics.definition import Measure
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.queries.uncertainty import MOMENTS, first_stays
from crm_core.rule import Segment
from crm_core.scope import Scope
from crm_core.stats import contrasts, intervals, survival
from crm_core.stats.alerts import adjusted
from crm_core.store.warehouse import Warehouse

# What guests are grouped by; a saved segment stands beside everyone who is not in it.
GROUPED_BY = ("rfm", "tier", "cluster", "purpose", "season", "party", "country", "segment")
MOST_GROUPS = 30
LEAST = 30
# Leads are of people who mostly are no guests yet; the books change by bookings; stays without a name belong to no guest.
NOT_OF_GUESTS, NAMELESS = {tables.leads, tables.lead_tests, tables.pickups}, {"unidentified_share"}
# Told of all guests together: no part of it is a guest's own.
OF_ALL = ("waiting", "index", "strata")
Parts = dict[str, np.ndarray]


@query
def compare_groups(warehouse: Warehouse, scope: Scope, *, key: str, by: str = "country", segments: tuple[Segment, ...] = ()) -> pd.DataFrame:
    """One row per group of guests (the 30 largest; each of `segments` by its place), by difference: n, the KPI's value with its interval, `rest` of all others.

    A KPI that is a sum is told per guest who has a part in it. `difference` = value − rest, between difference_low and difference_high (95 %);
    p of that difference, and q, what is left of it after a look at so many groups (Benjamini-Hochberg). `few` marks groups that are not
    judged: fewer than 30 cases here or among the others. Guests of no group, such as those without a country, are among nobody's others.

    Shares: Newcombe and the z test with the pooled share (of bookings: as many as they are worth, a guest having several); ratios and means
    over guests: linearised; medians and return curves: MOVER.
    """
    k = metric(key)
    if not comparable(k) or by not in GROUPED_BY:
        raise ValueError(f"{key!r} cannot be told for groups of guests by {by!r}.")
    groups, names = _groups(scope, by, segments)
    told = _curves(warehouse, scope, k, groups) if k.interval in ("survival", "median") else _sums(warehouse, scope, k, groups)
    labels, member = _members(told, names, by, len(segments))
    judge = _by_curve if k.interval in ("survival", "median") else _by_share if is_share(k) else _by_ratio
    n, rest_n, found = judge(k, told, member)
    return _judged(labels, n, rest_n, found, max(LEAST, k.minimum) if k.interval == "survival" else LEAST)


def comparable(k: Metric) -> bool:
    """Say whether a KPI can be told for groups of guests: each of its parts knows its guest, and it is no bare count of them."""
    marts = {m.mart for m in k.measures}
    return (all("guest_id" in mart.c for mart in marts) and not marts & NOT_OF_GUESTS and not k.by and k.key not in NAMELESS
            and k.interval not in OF_ALL and not any(m.distinct for m in k.measures)
            and bool(k.denominator or not k.people))


def per_guest(k: Metric) -> bool:
    """Say whether a KPI is a sum, which is told per guest."""
    return not k.denominator and k.interval != "median"


def is_share(k: Metric) -> bool:
    """Say whether a KPI is a share of cases: of guests, or of bookings."""
    return k.interval == "wilson" or (k.unit == "share" and k.people and len(k.numerator) == 1)


def _judged(labels: Sequence, n: np.ndarray, rest_n: np.ndarray, found: contrasts.Contrast, least: int) -> pd.DataFrame:
    few = (n < least) | (rest_n < least)
    blank = lambda values: np.where(few, np.nan, values)  # noqa: E731
    p = blank(found.p)
    frame = pd.DataFrame({
        "group": pd.Series(labels, dtype=object), "n": n, "value": found.value, "low": found.low, "high": found.high, "rest": found.rest,
        "difference": blank(found.difference), "difference_low": blank(found.difference_low), "difference_high": blank(found.difference_high),
        "p": p, "q": adjusted(p), "few": few})  # fmt: skip
    return frame.sort_values(["few", "difference", "value"], ascending=[True, False, False], kind="stable", ignore_index=True)


# --- who is in which group --------------------------------------------------------------------------------------------------
def _groups(scope: Scope, by: str, segments: Sequence[Segment]) -> tuple[sa.Subquery, list[str]]:
    """One row per guest: its group, or for segments a mark for each; and the names of these columns."""
    if by == "segment":
        g = within(tables.guests, scope).c
        marks = [case((g.guest_id.in_(rules.members(s.rule, scope)), 1), else_=0).label(f"mark{i}") for i, s in enumerate(segments)]
        return select(g.guest_id, *marks).subquery("groups"), [mark.name for mark in marks]
    r = within(tables.guests if by == "country" else tables.guest_scores, scope).c
    group = func.nullif(r.cluster, 0) if by == "cluster" else r[by]
    return select(r.guest_id, group.label("group")).where(group.is_not(None)).subquery("groups"), ["group"]


def _members(told: pd.DataFrame, names: list[str], by: str, segments: int) -> tuple[list, np.ndarray]:
    """The groups that are compared, and which rows of the frame belong to each (groups × rows)."""
    if by == "segment":
        return list(range(segments)), np.array([told[name] == 1 for name in names], bool).reshape(segments, len(told))
    size = told.groupby("group")["size"].sum().sort_values(ascending=False, kind="stable")
    labels = size.index[:MOST_GROUPS].tolist()
    return labels, np.array([told["group"] == label for label in labels], bool).reshape(len(labels), len(told))


# --- sums over guests -------------------------------------------------------------------------------------------------------
def _sums(warehouse: Warehouse, scope: Scope, k: Metric, groups: sa.Subquery) -> pd.DataFrame:
    """One row per group: guests with a part in the KPI (clusters, size), its two sums x and y, those of their squares, and amounts without a rate."""
    each = _each(scope, k).c
    x, y = each.x, each.y
    split = [c for c in groups.c if c.name != "guest_id"]
    told = [func.count(case(((x != 0) | (y != 0), 1))).label("clusters"), *(func.sum(v).label(name) for name, v in (
        ("x", x), ("y", y), ("xx", x * x), ("xy", x * y), ("yy", y * y), ("missing", each.missing)))]
    frame = warehouse.frame(select(*split, *told).select_from(each.x.table.join(groups, groups.c.guest_id == each.guest_id))
                            .group_by(*split).order_by(*split))
    return frame.assign(size=frame["y"])


def _each(scope: Scope, k: Metric) -> sa.Subquery:
    """One row per guest: the KPI's numerator x and denominator y; of a sum, y is 1 for whoever has a part in it."""
    parts = [_scan(scope, k, mart, on) for mart, on in dict.fromkeys((m.mart, m.on) for m in (*k.numerator, *k.denominator))]
    if len(parts) == 1:
        return parts[0].subquery("each_guest")
    part = sa.union_all(*parts).subquery("parts").c
    whole = func.sum if k.denominator else func.max
    return select(part.guest_id, func.sum(part.x).label("x"), whole(part.y).label("y"), func.sum(part.missing).label("missing")).group_by(
        part.guest_id).subquery("each_guest")


def _scan(scope: Scope, k: Metric, mart: sa.Table, on: str | None) -> sa.Select:
    """What one mart says of each guest, read by one of its dates."""
    top, bottom = ([m for m in side if (m.mart, m.on) == (mart, on)] for side in (k.numerator, k.denominator))
    rows = within(mart, scope, order=any(m.order for m in (*top, *bottom)), returns=any(m.returns for m in (*top, *bottom))).c
    counted = sa.true() if on is None else inside(rows[on], scope.elapsed().period)
    y = _total(rows, bottom, counted) if k.denominator else k.scale * func.max(case((sa.or_(*(_holds(rows, m) for m in top)) & counted, 1), else_=0))
    missing = [func.count(case((_holds(rows, m) & counted & m.value(rows).is_(None), 1))) for m in (*top, *bottom) if m.money]
    columns = {"x": _total(rows, top, counted), "y": y, "missing": sum(missing, sa.literal(0))}
    return select(rows.guest_id, *(sa.cast(c, sa.Double).label(name) for name, c in columns.items())).where(
        counted, rows.guest_id.is_not(None)).group_by(rows.guest_id)


def _total(rows, measures: Sequence[Measure], counted: sa.ColumnElement[bool]) -> sa.ColumnElement:
    once = lambda m: func.max(case((_holds(rows, m) & counted, 1), else_=0))  # noqa: E731
    total = lambda m: func.coalesce(func.sum(case((_holds(rows, m) & counted, m.value(rows)))), 0)  # noqa: E731
    return sum((once(m) if m.people else total(m) for m in measures), sa.literal(0))


def _holds(rows, measure: Measure) -> sa.ColumnElement[bool]:
    return sa.true() if measure.when is None else measure.when(rows)


def _sides(told: pd.DataFrame, member: np.ndarray) -> tuple[Parts, Parts]:
    """The sums of each group and of all its others; blank where an amount lacks an exchange rate."""
    both = []
    for side in (member, ~member):
        sums = {name: side @ told[name].to_numpy(float) for name in (*MOMENTS, "missing")}
        both.append(sums | {"x": np.where(sums["missing"] > 0, np.nan, sums["x"])})
    return both[0], both[1]


def _by_share(k: Metric, told: pd.DataFrame, member: np.ndarray) -> tuple[np.ndarray, np.ndarray, contrasts.Contrast]:
    own, rest = _sides(told, member)
    found = contrasts.shares(own["x"], own["y"], rest["x"], rest["y"]) if k.people else contrasts.clustered_shares(_six(own), _six(rest))
    return own["y"], rest["y"], found


def _by_ratio(_k: Metric, told: pd.DataFrame, member: np.ndarray) -> tuple[np.ndarray, np.ndarray, contrasts.Contrast]:
    own, rest = _sides(told, member)
    return own["clusters"], rest["clusters"], contrasts.ratios(_six(own), _six(rest))


def _six(side: Parts) -> tuple[np.ndarray, ...]:
    return tuple(side[name] for name in MOMENTS)


# --- medians and return curves ------------------------------------------------------------------------------------------------
def _curves(warehouse: Warehouse, scope: Scope, k: Metric, groups: sa.Subquery) -> pd.DataFrame:
    """One row per group and value of what is measured (of a return: days, and whether the guest came again then): how often it occurs."""
    rows, when, measured = _waits(scope) if k.interval == "survival" else _values(scope, k)
    split = [c for c in groups.c if c.name != "guest_id"]
    return warehouse.frame(select(*split, *measured, func.count().label("size"))
                           .select_from(rows.guest_id.table.join(groups, groups.c.guest_id == rows.guest_id))
                           .where(when, inside(rows.stay_departure_on, scope.elapsed().period)).group_by(*split, *measured).order_by(*split, *measured))


def _waits(scope: Scope) -> tuple:
    rows = within(tables.stays, scope, order=True, returns=True).c
    days = func.coalesce(rows.back_days, days_between(rows.stay_departure_on, sa.literal(scope.as_of, sa.Date))).label("days")
    return rows, first_stays(rows), [days, case((rows.back_days.is_not(None), 1), else_=0).label("returned")]


def _values(scope: Scope, k: Metric) -> tuple:
    rows = within(k.numerator[0].mart, scope, order=k.numerator[0].order).c
    return rows, _holds(rows, k.numerator[0]), [k.numerator[0].value(rows).label("value")]


def _by_curve(k: Metric, told: pd.DataFrame, member: np.ndarray) -> tuple[np.ndarray, np.ndarray, contrasts.Contrast]:
    estimate = _returned(k) if k.interval == "survival" else _median
    own, rest = ([estimate(told[row]) for row in side] for side in (member, ~member))
    size = told["size"].to_numpy(float)
    return member @ size, ~member @ size, contrasts.estimates(*(np.array(side, float).reshape(-1, 3).T for side in (own, rest)))


def _returned(k: Metric) -> Callable[[pd.DataFrame], tuple[float, float, float]]:
    def read(part: pd.DataFrame) -> tuple[float, float, float]:
        curve = survival.kaplan_meier(part["days"].to_numpy(), part["returned"].to_numpy(bool), part["size"].to_numpy())
        return curve.median() if k.horizon is None else curve.returned(k.horizon)[:3]

    return read


def _median(part: pd.DataFrame) -> tuple[float, float, float]:
    values, count = part["value"].to_numpy(float), part["size"].to_numpy(int)
    return intervals.median_of(values, count), *intervals.median_interval(values, count)
