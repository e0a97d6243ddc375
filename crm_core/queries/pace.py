"""The books for the nights to come: what stands on them, what the last seven days added and took, and how they stood a year before."""
import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, func, or_, select

from crm_core.marts import tables
from crm_core.marts.booked import STANDS
from crm_core.marts.pickups import FELL_THROUGH
from crm_core.marts.scoped import within
from crm_core.metrics import measures as m
from crm_core.metrics import metric
from crm_core.metrics.definition import Measure
from crm_core.metrics.dimensions import Dimension
from crm_core.queries.registry import query
from crm_core.queries.totals import column, money, totals
from crm_core.scope import Period, Scope
from crm_core.store.warehouse import Warehouse

AHEAD = 364  # days: as far the year before is wholly over, and its weekdays are the same
BOOKED, CANCELLED = "booked", "cancelled"
NIGHT = Dimension("night", "", lambda r, day: r.night_on, "night_on")
KIND = Dimension("change", "", lambda r, day: r.kind, "days_ago")
_on_books = lambda value, **options: Measure(tables.nights, "night_on", value, lambda r: r.status.in_(STANDS), **options)  # noqa: E731
nights, revenue = _on_books(lambda r: r.sold), _on_books(lambda r: r.room_revenue, money=True)


@query
def pickup_days(warehouse: Warehouse, scope: Scope, *, count: int = 60) -> pd.DataFrame:
    """One row per night from the as-of date on, `count` of them (364 at most): day, rooms, and the books.

    nights and revenue (rooms, minor units) on the books; booked, cancelled (below zero) and picked = nights that the last seven days brought, took, and
    both; picked_revenue; was_nights and was_revenue = on the books 364 days ago for the night 364 days before; was_sold = nights sold there in the end.
    was_… are NaN where history does not reach so far, revenue where a rate is missing.
    """
    return _nights(warehouse, scope).head(count).reset_index(names="day").assign(day=lambda f: f["day"].dt.date)


@query
def pickup_months(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per month of the 364 nights from the as-of date on, the first and the last as far as they are among them: month, and as pickup_days."""
    frame = _nights(warehouse, scope)
    found = frame.groupby(frame.index.to_period("M")).agg(lambda part: part.sum(skipna=False)).reset_index(names="month")
    return found.assign(month=[month.start_time.date() for month in found["month"]])


def _nights(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per night to come, the day as index."""
    span = Period(scope.as_of, scope.as_of + dt.timedelta(AHEAD))
    days = pd.date_range(span.start, periods=AHEAD)
    books = _by_day(totals(warehouse, scope, (m.rooms, nights, revenue), (span,), ("day",)), days, ("rooms", "nights", "revenue"))
    return pd.concat([books, _picked(warehouse, scope, days), _before(warehouse, scope, span, days)], axis=1)


def _by_day(sums: pd.DataFrame, days: pd.DatetimeIndex, names: tuple[str, ...]) -> pd.DataFrame:
    found = sums[[column(i) for i in range(len(names))]].set_axis(list(names), axis=1)
    return found.set_axis(pd.to_datetime(found.index)).reindex(days, fill_value=0).astype(float)


def _picked(warehouse: Warehouse, scope: Scope, days: pd.DatetimeIndex) -> pd.DataFrame:
    """What the KPI pick-up is made of, night by night, bookings and cancellations apart."""
    parts = (metric("pickup_7d").numerator[0], metric("pickup_7d_revenue").numerator[0])
    sums = totals(warehouse, scope, parts, (scope.period,), (NIGHT, KIND)).reset_index()
    each = {kind: _by_day(part.set_index("night"), days, ("nights", "revenue")) for kind in (BOOKED, CANCELLED)
            for part in [sums[sums["change"] == kind]]}
    booked, cancelled = each[BOOKED], each[CANCELLED]
    return pd.DataFrame({"booked": booked["nights"], "cancelled": cancelled["nights"], "picked": booked["nights"] + cancelled["nights"],
                         "picked_revenue": booked["revenue"] + cancelled["revenue"]})


# --- a year before -------------------------------------------------------------------------------------------------------------------------
def _before(warehouse: Warehouse, scope: Scope, span: Period, days: pd.DatetimeIndex) -> pd.DataFrame:
    then, first = span.year_before(), warehouse.version.history_from
    if first and then.start < first:
        return pd.DataFrame(np.nan, index=days, columns=["was_nights", "was_revenue", "was_sold"])
    sold = _by_day(totals(warehouse, scope, (m.sold,), (then,), ("day",), AHEAD), days, ("was_sold",))
    return pd.concat([_spread(warehouse.frame(_books_at(scope, then)), then, days), sold], axis=1)


def _books_at(scope: Scope, then: Period) -> sa.Select:
    """Reservations that stood on the books when `then` began, by arrival and length: as now, paid ones, nothing tentative."""
    s = within(tables.stays, scope).c
    fell_later = and_(s.status.in_(FELL_THROUGH), s.ended_on.is_not(None), func.greatest(s.ended_on, s.booked_on) >= then.start)
    stood = and_(s.rate_class == "paid", s.booked_on < then.start, or_(s.status.in_(STANDS), fell_later))
    return (select(s.arrival_on, s.nights, func.count().label("stays"), money(s.room_revenue).label("revenue"))
            .where(stood, s.departure_on > then.start, s.arrival_on < then.end, s.nights > 0).group_by(s.arrival_on, s.nights))


def _spread(found: pd.DataFrame, then: Period, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Nights and revenue of reservations, evenly over their nights, each under the day 364 days later."""
    start = (pd.to_datetime(found["arrival_on"]) - pd.Timestamp(then.start)).dt.days.to_numpy(int)
    length = found["nights"].to_numpy(int)
    row = np.repeat(np.arange(len(found)), length)
    night = start[row] + np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    inside = (night >= 0) & (night < AHEAD)
    weigh = lambda amount: np.bincount(night[inside], amount[row][inside], AHEAD).astype(float)  # noqa: E731
    each = found["revenue"].to_numpy(float) / np.maximum(length, 1)
    return pd.DataFrame({"was_nights": weigh(found["stays"].to_numpy(float)), "was_revenue": weigh(each).round()}, index=days)
