"""What the Briefing shows beside its KPIs: the books, what changed more than noise, arrivals to recognise, and freshness."""

import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import month_start
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import metric
from crm_core.queries.registry import query
from crm_core.queries.totals import column, money, totals
from crm_core.scope import Period, Scope, next_month
from crm_core.stats import alerts
from crm_core.store.warehouse import Warehouse

WATCHED = ("rooms_sold", "room_revenue", "adr", "direct_share_nights", "cancellation_rate", "unidentified_share")
WEEKS_OF_HISTORY = 60
RECOGNISED_FROM = 5


@query
def on_the_books(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per month from the as-of date on: nights and room revenue that are booked, the running month in full."""
    r = within(tables.nights if scope.segment else tables.daily, scope).c
    first = scope.as_of.replace(day=1)
    until = next_month(next_month(first))
    booked = r.status.in_(("confirmed", "in_house", "checked_out"))
    month = month_start(r.night_on).label("month")
    return warehouse.frame(
        select(month, sa.cast(func.sum(r.sold), sa.BigInteger).label("rooms_sold"), money(r.room_revenue).label("room_revenue"))
        .where(booked, r.night_on >= first, r.night_on < until)
        .group_by(month)
        .order_by(month)
    )


@query
def unusual(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per KPI and property: last week's value, what was usual on the same weekdays, and whether it left its range.

    The rule: log distance to the median of the same weekdays of eight weeks, over 1.4826 MAD, beyond 3.5; Benjamini-Hochberg over all.
    """
    end = min(scope.period.end, scope.as_of)
    history = Period(end - dt.timedelta(7 * WEEKS_OF_HISTORY), end)
    metrics = [metric(key) for key in WATCHED]
    measures = list(dict.fromkeys(m for k in metrics for m in (*k.numerator, *k.denominator)))
    daily = totals(warehouse, scope, measures, (history,), ("property", "day")).reset_index()
    grids = dict(zip(measures, _grids(daily, scope, history, len(measures)), strict=True))
    frames = [_watched(k, grids, scope) for k in metrics]
    found = pd.concat(frames, ignore_index=True)
    found["flagged"] = (found["z"].abs() > alerts.LIMIT) & alerts.benjamini_hochberg(found["p"].to_numpy(dtype=float))
    return found


def _grids(daily: pd.DataFrame, scope: Scope, history: Period, measures: int) -> np.ndarray:
    """Return measures × days × properties; a day without rows is a day with nothing sold."""
    grids = np.zeros((measures, history.days, len(scope.properties)))
    days = (pd.to_datetime(daily["day"]) - pd.Timestamp(history.start)).dt.days.to_numpy()
    places = pd.Index(scope.properties).get_indexer(daily["property"])
    grids[:, days, places] = daily[[column(i) for i in range(measures)]].fillna(0).to_numpy(dtype=float).T
    return grids


def _watched(k, grids: dict, scope: Scope) -> pd.DataFrame:
    top = sum(grids[m] for m in k.numerator)
    bottom = sum(grids[m] for m in k.denominator) if k.denominator else None
    said = alerts.unusual(top, over=bottom)
    cases = (bottom if bottom is not None else top)[-7:].sum(axis=0)
    return pd.DataFrame(
        {
            "key": k.key,
            "property_id": scope.properties,
            "value": said.value,
            "expected": said.expected,
            "low": said.low,
            "high": said.high,
            "z": said.z,
            "p": said.p,
            "n": cases,
        }
    )


@query
def arrivals(warehouse: Warehouse, scope: Scope, *, limit: int = 6) -> pd.DataFrame:
    """One row per guest who arrives on the as-of date and has stayed before, most stays first, with the stays in the scope."""
    r, v = within(tables.stays, scope).c, within(tables.visits, scope, history=True).c
    today = (r.arrival_on == scope.as_of) & r.status.in_(("confirmed", "in_house"))
    past = (
        select(v.guest_id, func.sum(v.stays).label("stays"), func.max(v.last_departure_on).label("last_on"))
        .where(v.guest_id.in_(select(r.guest_id).where(today)))
        .group_by(v.guest_id)
        .subquery("past")
    )
    return warehouse.frame(
        select(
            r.guest_id,
            r.property_id,
            r.reservation_id,
            r.room_type,
            r.nights,
            sa.cast(past.c.stays, sa.BigInteger).label("stays"),
            past.c.last_on,
            sa.cast(func.count().over(), sa.BigInteger).label("all"),
        )
        .select_from(r.guest_id.table.join(past, past.c.guest_id == r.guest_id))
        .where(today, past.c.stays >= 1)
        .order_by(past.c.stays.desc(), r.guest_id)
        .limit(limit)
    )


@query
def arrivals_count(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row: how many reservations arrive on the as-of date, and how many of them by guests who are known by name."""
    r = within(tables.stays, scope).c
    return warehouse.frame(
        select(func.count().label("arrivals"), func.count(r.guest_id).label("known")).where(
            r.arrival_on == scope.as_of, r.status.in_(("confirmed", "in_house"))
        )
    )


@query
def freshness(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property: its last event before the as-of date, its reservations, and the shares with a guest, a country and rooms."""
    r = within(tables.stays, scope, history=True).c
    last = func.max(case((r.ended_on < scope.as_of, r.ended_on)))
    return warehouse.frame(
        select(
            r.property_id,
            last.label("last_on"),
            func.max(r.booked_on).label("booked_on"),
            func.count().label("reservations"),
            func.count(r.guest_id).label("with_guest"),
            func.count(r.country).label("with_country"),
            func.count(r.room_revenue).label("with_rate"),
        )
        .group_by(r.property_id)
        .order_by(r.property_id)
    )
