"""Who comes back: cohorts by first stay, return curves, the rate within a year, time between stays, and what these numbers hide."""
import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import add_days, days_between, month_start
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.queries.registry import query
from crm_core.queries.uncertainty import first_stays
from crm_core.scope import Scope
from crm_core.stats import intervals, survival
from crm_core.store.warehouse import Warehouse

YEAR = 365
# Months of a cohort: a quarter of a year looks at every third month, a year at every sixth.
GRAINS = {"month": 1, "quarter": 3, "year": 12}
STEPS = {"month": 3, "quarter": 3, "year": 6}
LONGEST = 36
MEASURES = ("guests", "nights", "margin")
# What a first stay can be told apart by, beside the dimensions of all stays.
EXPERIENCES = ("score", "case", "spend")
SPLITS = ("way", "property", "channel", "segment", "party", *EXPERIENCES)
BASIS = 10_000
SEEN_FOR_TWO_YEARS = 730


def days_of(months: int) -> int:
    """Return the whole days that so many months count for: 12 months are 365 days, as in the KPI."""
    return round(months * YEAR / 12)


# --- cohorts --------------------------------------------------------------------------------------------------------------
@query
def cohorts(warehouse: Warehouse, scope: Scope, *, grain: str = "quarter", measure: str = "guests") -> pd.DataFrame:
    """One row per cohort of first stays (month, quarter or year) and number of months: what came of it within them.

    guests: `part` of `size` guests came again, `value` is their share, between low and high (Wilson). nights and margin: `part` is what the
    guests' later stays brought within so many months of the first departure, `value` that for each guest of the cohort, in nights or minor
    units; NaN where an exchange rate is missing. A cell that not all of the cohort's guests have reached is left out: nobody knows it yet.
    """
    if grain not in GRAINS or measure not in MEASURES:
        raise ValueError(f"Cohorts are by {', '.join(GRAINS)} and of {', '.join(MEASURES)}, not {grain!r} and {measure!r}.")
    began, came = _began(warehouse, scope), _came(warehouse, scope, measure)
    began, came = (frame.assign(cohort=_starts(frame["month"], grain)) for frame in (began, came))
    sizes = began.groupby("cohort")["guests"].sum()
    rows = [row for start, size in sizes.items() for row in _cells(start.date(), int(size), came[came["cohort"] == start], grain, scope)]
    frame = pd.DataFrame(rows, columns=["cohort", "end", "size", "months", "part"])
    low, high = intervals.wilson(frame["part"], frame["size"]) if measure == "guests" else (np.nan, np.nan)
    return frame.assign(value=frame["part"] / frame["size"], low=low, high=high)


def _began(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per month: how many guests had their first stay in it."""
    r = within(tables.stays, scope, order=True).c
    month = month_start(r.stay_departure_on)
    return warehouse.frame(select(month.label("month"), func.count().label("guests"))
                           .where(first_stays(r), r.stay_departure_on < scope.as_of).group_by(month))


def _came(warehouse: Warehouse, scope: Scope, measure: str) -> pd.DataFrame:
    """One row per month of first stay and number of days until what is measured came: how much of it did."""
    if measure == "guests":
        r = within(tables.stays, scope, order=True, returns=True).c
        month = month_start(r.stay_departure_on)
        return warehouse.frame(select(month.label("month"), r.back_days.label("days"), func.count().label("part"))
                               .where(first_stays(r), r.back_days.is_not(None)).group_by(month, r.back_days))
    return warehouse.frame(_brought(scope, measure))


def _brought(scope: Scope, measure: str) -> sa.Select:
    """Nights or margin of the later stays of each cohort's guests, by the days from the first departure to the later one."""
    first, later = within(tables.stays, scope, order=True).c, within(tables.stays, scope, history=True).c
    began = select(first.guest_id, first.stay_departure_on.label("began_on"), first.stay_key).where(first_stays(first)).subquery("began").c
    p = within(tables.properties, scope, history=True).c
    revenue = later.stay_room_revenue + later.stay_other_revenue
    part = later.stay_nights if measure == "nights" else sa.cast(revenue, sa.Double) * p.margin_bp / BASIS
    month, days = month_start(began.began_on), days_between(began.began_on, later.stay_departure_on)
    joined = later.guest_id.table.join(began.guest_id.table, began.guest_id == later.guest_id).join(p.property_id.table, p.property_id == later.property_id)
    known = case((func.count() == func.count(part), func.sum(part)))
    return (select(month.label("month"), days.label("days"), sa.cast(known, sa.Double).label("part")).select_from(joined)
            .where(later.is_stay == 1, later.stay_key > began.stay_key, later.stay_departure_on < scope.as_of).group_by(month, days))


def _starts(months: pd.Series, grain: str) -> pd.Series:
    return pd.to_datetime(months).dt.to_period({"month": "M", "quarter": "Q", "year": "Y"}[grain]).dt.start_time


def end_of(start: dt.date, grain: str) -> dt.date:
    """Return the first day after a cohort that begins with a day."""
    return (pd.Timestamp(start) + pd.DateOffset(months=GRAINS[grain])).date()


def _cells(start: dt.date, size: int, came: pd.DataFrame, grain: str, scope: Scope) -> list[tuple]:
    end, days, part = end_of(start, grain), came["days"].to_numpy(), came["part"].to_numpy(float)
    ripe = [m for m in range(STEPS[grain], LONGEST + 1, STEPS[grain]) if end + dt.timedelta(days_of(m)) <= scope.as_of]
    return [(start, end, size, m, float(part[days <= days_of(m)].sum())) for m in ripe]


@query
def cohort_guests(warehouse: Warehouse, scope: Scope, *, start: dt.date, end: dt.date, months: int, offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per guest of a cohort (first departure in [start, end)) who came again within so many months, soonest first.

    `rows` is how many there are in all.
    """
    r = within(tables.stays, scope, order=True, returns=True).c
    return warehouse.frame(
        select(r.guest_id, r.property_id, r.stay_departure_on.label("first_on"), r.next_on, r.back_days, func.count().over().label("rows"))
        .where(first_stays(r), r.stay_departure_on >= start, r.stay_departure_on < end, r.back_days <= days_of(months))
        .order_by(r.back_days, r.guest_id).offset(offset).limit(limit))


# --- curves ---------------------------------------------------------------------------------------------------------------
@query
def return_curves(warehouse: Warehouse, scope: Scope, *, by: str = "way", since: str = "first", until: int = 1095, step: int = 7) -> pd.DataFrame:
    """One row per group of `by` and week: the share that came again by then (Kaplan-Meier), its 95 % band, and how many are at risk.

    since: from each guest's "first" stay, or from "any" stay. The curve ends where fewer than ten are at risk.
    """
    counts = _waits(warehouse, scope, by, since)
    return pd.concat([_curve(group, part, until, step) for group, part in counts.groupby("group", dropna=False, sort=False)], ignore_index=True) \
        if len(counts) else pd.DataFrame(columns=["group", "days", "share", "low", "high", "at_risk"])


def _curve(group, part: pd.DataFrame, until: int, step: int) -> pd.DataFrame:
    curve = _fitted(part)
    known = np.nan_to_num(curve.known_until(10))
    days = np.arange(0, min(until, int(known)) + 1, step)
    share, low, high, at_risk = (np.array(values, float) for values in zip(*(curve.returned(day) for day in days), strict=True))
    return pd.DataFrame({"group": group, "days": days, "share": share, "low": low, "high": high, "at_risk": at_risk})


def _fitted(part: pd.DataFrame) -> survival.Curve:
    return survival.kaplan_meier(part["days"].to_numpy(), part["returned"].to_numpy(bool), part["guests"].to_numpy())


@query
def return_groups(warehouse: Warehouse, scope: Scope, *, by: str = "way", since: str = "first") -> pd.DataFrame:
    """One row per group of `by`, largest first: stays it starts from, returns seen, share back within a year and two with bands, median days.

    The median is NaN where fewer than half ever came. `p` is the log-rank test that all groups return alike.
    """
    counts = _waits(warehouse, scope, by, since)
    parts = list(counts.groupby("group", dropna=False, sort=False)) if len(counts) else []
    rows = [_group(group, part) for group, part in parts]
    alike = survival.logrank([(p["days"].to_numpy(), p["returned"].to_numpy(bool), p["guests"].to_numpy()) for _, p in parts])[2] if len(parts) > 1 else np.nan
    frame = pd.DataFrame(rows, columns=["group", "n", "returns", "year", "year_low", "year_high", "two", "two_low", "two_high", "median"])
    return frame.assign(p=alike).sort_values("n", ascending=False, ignore_index=True)


def _group(group, part: pd.DataFrame) -> tuple:
    curve = _fitted(part)
    year, two = curve.returned(YEAR)[:3], curve.returned(2 * YEAR)[:3]
    return group, int(part["guests"].sum()), int(part.loc[part["returned"] == 1, "guests"].sum()), *year, *two, curve.median()[0]


def _waits(warehouse: Warehouse, scope: Scope, by: str, since: str) -> pd.DataFrame:
    """One row per group, number of days and whether the guest came again then: how many guests (or stays) waited like that."""
    if by not in SPLITS or since not in ("first", "any"):
        raise ValueError(f"Returns are split by {', '.join(SPLITS)} and told since the first or any stay, not by {by!r} since {since!r}.")
    r = within(tables.stays, scope, order=True, returns=True).c
    start = first_stays(r) if since == "first" else (r.is_stay == 1) & r.guest_id.is_not(None)
    group = _experience(warehouse, scope, by)(r) if by in EXPERIENCES else DIMENSIONS[by].of(r, r.stay_departure_on)
    days = func.coalesce(r.back_days, days_between(r.stay_departure_on, sa.literal(scope.as_of, sa.Date)))
    returned = case((r.back_days.is_not(None), 1), else_=0)
    return warehouse.frame(
        select(group.label("group"), days.label("days"), returned.label("returned"), func.count().label("guests"))
        .where(start, r.stay_departure_on < scope.as_of).group_by(group, days, returned).order_by(sa.desc("guests"), group, days))


def _experience(warehouse: Warehouse, scope: Scope, by: str) -> Callable:
    """Return what tells a stay's experience: the review score, a complaint or request, or the third of spend a night that it falls in."""
    if by == "score":
        return lambda r: case((r.score_bp >= 9000, "9-10"), (r.score_bp >= 7000, "7-8"), (r.score_bp.is_not(None), "0-6"), else_="none")
    if by == "case":
        return lambda r: case((r.cases > 0, "case"), else_="none")
    low, high = _thirds(warehouse, scope)
    return lambda r: case((_a_night(r) < low, "low"), (_a_night(r) < high, "middle"), (_a_night(r).is_not(None), "high"), else_="unknown")


def _a_night(r) -> sa.ColumnElement:
    return sa.cast(r.stay_room_revenue + r.stay_other_revenue, sa.Double) / func.nullif(r.stay_nights, 0)


def _thirds(warehouse: Warehouse, scope: Scope) -> tuple[float, float]:
    """The spend a night of first stays below which a third, and two thirds, of them lie."""
    r = within(tables.stays, scope, order=True).c
    spend = func.round(_a_night(r) / 100) * 100  # to the unit: a histogram of a few hundred values instead of a sort of all stays
    frame = warehouse.frame(select(spend.label("spend"), func.count().label("n")).where(first_stays(r), _a_night(r).is_not(None)).group_by(spend).order_by(spend))
    if not len(frame):
        return 0.0, 0.0
    upto = frame["n"].cumsum() / frame["n"].sum()
    return tuple(float(frame["spend"][np.searchsorted(upto, third)]) for third in (1 / 3, 2 / 3))


@query
def return_hazards(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per trait of a first stay: the hazard ratio of coming again, its interval and p, at one property or at all of them together (0).

    Told by refresh for all guests, whatever the other filters; nothing for some of several properties. drift_p is small where the ratio is
    not the same early and late.
    """
    h = within(tables.guest_hazards, scope).c
    told = [h.property_id == tables.TOGETHER] if len(scope.properties) > 1 else []
    return warehouse.frame(select(h).where(*told).order_by(h.property_id, h.ratio.desc(), h.trait))


# --- time between stays ---------------------------------------------------------------------------------------------------
@query
def gaps(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per number of days from a departure to the same guest's next arrival: how often it occurred, and of which stay it follows (1, 2, 3+).

    Only those that came are here: who never came again, or has not yet, has no gap.
    """
    s = within(tables.stays, scope, order=True, returns=True).c
    kind = case((s.is_repeat == 0, "first"), else_="later")
    return warehouse.frame(select(s.back_days.label("days"), kind.label("after"), func.count().label("stays"))
                           .where(s.is_stay == 1, s.guest_id.is_not(None), s.back_days.is_not(None), s.stay_departure_on < scope.as_of)
                           .group_by(s.back_days, kind).order_by(s.back_days, kind))


# --- what the numbers hide ------------------------------------------------------------------------------------------------
@query
def return_limits(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row: what these numbers cannot see.

    guests; `early` = those first seen in the first two years of history, who may have come before it; `young` = those whose first stay is not
    a year old; `nameless` of `stays` have no known guest.
    """
    r = within(tables.stays, scope, order=True).c
    first, seen = first_stays(r) & (r.stay_departure_on < scope.as_of), warehouse.version.history_from or scope.as_of
    count = lambda *when: func.count(case((sa.and_(*when), 1)))  # noqa: E731
    real = r.is_stay == 1
    return warehouse.frame(select(
        count(first).label("guests"), count(first, r.stay_departure_on < seen + dt.timedelta(SEEN_FOR_TWO_YEARS)).label("early"),
        count(first, add_days(r.stay_departure_on, YEAR) >= scope.as_of).label("young"),
        count(real, r.guest_id.is_(None)).label("nameless"), count(real).label("stays")))
