"""Guests as a list: filtered, sorted and paged in the warehouse, without a name in it."""

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.queries.totals import money
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

SORTS = ("last_departure_on", "stays", "nights", "spend", "next_arrival_on", "first_departure_on")


@query
def guest_list(
    warehouse: Warehouse,
    scope: Scope,
    *,
    sort: str = "last_departure_on",
    offset: int = 0,
    limit: int = 50,
    country: str | None = None,
    stays_from: int = 0,
    consent: str | None = None,
    in_period: bool = False,
    ids: tuple[int, ...] | None = None,
) -> pd.DataFrame:
    """One row per guest: stays, nights, spend and dates in the scope's properties. `in_period` keeps those with a stay that ended in it."""
    if sort not in SORTS:
        raise ValueError(f"Guests are sorted by one of {', '.join(SORTS)}, not {sort!r}.")
    listed = _guests(scope, country, stays_from, consent, in_period, ids)
    column = listed.selected_columns[sort]
    return warehouse.frame(listed.order_by(column.desc().nulls_last(), sa.text("guest_id")).offset(offset).limit(limit))


@query
def guest_count(
    warehouse: Warehouse,
    scope: Scope,
    *,
    country: str | None = None,
    stays_from: int = 0,
    consent: str | None = None,
    in_period: bool = False,
) -> pd.DataFrame:
    """One row: how many guests a list holds, and their spend."""
    listed = _guests(scope, country, stays_from, consent, in_period, None).subquery("listed")
    return warehouse.frame(
        select(
            func.count().label("guests"),
            money(listed.c.spend).label("spend"),
            func.count(sa.case((listed.c.stays > 1, 1))).label("repeaters"),
        )
    )


def _guests(scope: Scope, country, stays_from: int, consent, in_period: bool, ids) -> sa.Select:
    v, g = within(tables.visits, scope, history=True).c, within(tables.guests, scope).c
    whole = lambda c: sa.cast(func.coalesce(func.sum(c), 0), sa.BigInteger)  # noqa: E731
    statement = (
        select(
            v.guest_id,
            g.country,
            g.language,
            g.email_consent,
            whole(v.stays).label("stays"),
            whole(v.nights).label("nights"),
            money(v.spend).label("spend"),
            func.min(v.first_departure_on).label("first_departure_on"),
            func.max(v.last_departure_on).label("last_departure_on"),
            func.min(v.next_arrival_on).label("next_arrival_on"),
            func.count().label("properties"),
            func.min(v.property_id).label("property_id"),
        )
        .select_from(v.guest_id.table.join(g.guest_id.table, g.guest_id == v.guest_id))
        .group_by(v.guest_id, g.country, g.language, g.email_consent)
    )
    if country:
        statement = statement.where(g.country == country)
    if consent:
        statement = statement.where(g.email_consent == (1 if consent == "yes" else 0))
    if ids is not None:
        statement = statement.where(v.guest_id.in_(ids))
    if in_period or scope.channels:
        statement = statement.where(v.guest_id.in_(_stayed(scope, in_period)))
    return statement.having(func.sum(v.stays) >= stays_from) if stays_from else statement


def _stayed(scope: Scope, in_period: bool) -> sa.Select:
    """Guests with a realised stay inside the filters, and inside the period where it counts."""
    r = within(tables.stays, scope).c
    stayed = select(r.guest_id).where(r.is_stay == 1, r.guest_id.is_not(None))
    return stayed.where(r.stay_departure_on >= scope.period.start, r.stay_departure_on < scope.period.end) if in_period else stayed


@query
def guest_figures(warehouse: Warehouse, scope: Scope, *, guest: int) -> pd.DataFrame:
    """One row per property the guest has visited within the scope: stays, nights, spend, first, last and next dates. Empty for others."""
    v = within(tables.visits, scope, history=True).c
    return warehouse.frame(select(v).where(v.guest_id == guest).order_by(v.property_id))


@query
def guest_outlook(warehouse: Warehouse, scope: Scope, *, guest: int) -> pd.DataFrame:
    """One row: what is expected of the guest at the scope's properties, and where the guest stands. Empty for others and before a first stay.

    Money in minor units, chances and stays in millionths; what a model would say is null where it may not speak.
    """
    s = within(tables.guest_scores, scope).c
    return warehouse.frame(select(s).where(s.guest_id == guest))


@query
def guest_departments(warehouse: Warehouse, scope: Scope, *, guest: int) -> pd.DataFrame:
    """One row per department: what the guest spent there to date, room first, in reporting minor units."""
    s, c = within(tables.stays, scope, history=True).c, within(tables.charges, scope, history=True).c
    room = select(sa.literal("room").label("department"), money(s.stay_room_revenue).label("amount")).where(s.guest_id == guest)
    other = select(c.department, money(c.amount).label("amount")).where(c.guest_id == guest).group_by(c.department)
    return warehouse.frame(sa.union_all(room, other))
