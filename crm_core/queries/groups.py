"""Guests in groups as they stand today: by recency and frequency, by value, by the kind of stay, by likeness; and the guests of each group."""
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import contacts
from crm_core.metrics.value import MILLION
from crm_core.queries.registry import query
from crm_core.queries.totals import money
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

# What of a guest's standing a group can be asked by, beside the country.
STANDINGS = ("rfm", "recency", "frequency", "tier", "purpose", "season", "party", "cluster")


@query
def rfm_cells(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per score of recency and of frequency that guests have: the group these make, guests, and how many of them can be reached.

    `returns` of the `foretold` guests are expected to come within 12 months. Spend to date and of 36 months in minor units, null where an
    exchange rate is missing. Reached = a working address and a yes to marketing by e-mail.
    """
    r, reached = within(tables.guest_scores, scope).c, _reachable(scope)
    can = func.count(reached.c.guest_id).label("reachable")
    joined = r.guest_id.table.outerjoin(reached, reached.c.guest_id == r.guest_id)
    split = (r.recency, r.frequency, r.rfm)
    return warehouse.frame(select(*split, *_sums(r), can).select_from(joined).group_by(*split).order_by(r.recency.desc(), r.frequency.desc()))


def _reachable(scope: Scope) -> sa.Subquery:
    p = within(tables.profiles, scope).c
    return select(p.guest_id).where(contacts.reachable.when(p)).group_by(p.guest_id).subquery("reachable")


def _sums(r) -> list[sa.ColumnElement]:
    """Guests, what they spent, and how many are expected to come of those with a forecast."""
    return [func.count().label("guests"), money(r.spend).label("spend"), money(r.recent_spend).label("recent_spend"),
            (func.coalesce(func.sum(sa.cast(r.return_ppm, sa.Double)), 0) / MILLION).label("returns"), func.count(r.return_ppm).label("foretold")]


@query
def value_tiers(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per value tier: guests, spend to date and of 36 months, `returns` of the `foretold`, value over three years and what of it is
    at stake (minor units; null where no model speaks: tiers are then by the spend of 36 months)."""
    r = within(tables.guest_scores, scope).c
    known = lambda amount: case((func.count(r.value) > 0, money(amount)))  # noqa: E731
    return warehouse.frame(select(r.tier, *_sums(r), known(r.value).label("value"), known(r.at_stake).label("at_stake"))
                           .group_by(r.tier).order_by(r.tier))


@query
def stay_patterns(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per usual purpose, season and party: guests, their stays, and how many of those began on a weekend or were booked direct."""
    r = within(tables.guest_scores, scope).c
    of = lambda share: sa.cast(func.round(func.sum(share * r.stays)), sa.BigInteger)  # noqa: E731
    split = (r.purpose, r.season, r.party)
    return warehouse.frame(
        select(*split, func.count().label("guests"), sa.cast(func.sum(r.stays), sa.BigInteger).label("stays"),
               of(r.weekend_share).label("weekend"), of(r.direct_share).label("direct")).group_by(*split).order_by(*split))


@query
def guest_clusters(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per cluster of guests who are alike: guests, their spend, stays and nights, `returns` of the `foretold`.

    None for several properties that are not all: each has clusters of its own, and the first of one is not the first of another.
    """
    r = within(tables.guest_scores, scope).c
    whole = lambda c: sa.cast(func.sum(c), sa.BigInteger).label(c.name)  # noqa: E731
    return warehouse.frame(select(r.cluster, *_sums(r), whole(r.stays), whole(r.nights))
                           .where(r.cluster > 0, sa.literal(one_fit(scope))).group_by(r.cluster).order_by(r.cluster))


def one_fit(scope: Scope) -> bool:
    """Say whether all guests of a scope were scored together: at one property, or at all of them."""
    return len(scope.properties) <= 1 or scope.everywhere


@query
def group_guests(warehouse: Warehouse, scope: Scope, *, where: tuple[tuple[str, object], ...] = (), offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per guest with a stay for whom every pair of `where` holds, (a standing or "country", its value), by spend of 36 months, largest first.

    Stays, last departure, spend (minor units), chance to come within 12 months in millionths, group and tier; `rows` = all of them.
    """
    r = within(tables.guest_scores, scope).c
    g = within(tables.guests, scope).c
    source = r.guest_id.table
    if any(name == "country" for name, _ in where):
        source = source.join(g.guest_id.table, g.guest_id == r.guest_id)
    columns = (r.guest_id, r.property_id, r.stays, r.recent_stays, r.last_on, r.spend, r.recent_spend, r.return_ppm, r.rfm, r.tier)
    wanted = [_standing(r, g, name) == value for name, value in where]
    return warehouse.frame(select(*columns, func.count().over().label("rows")).select_from(source).where(*wanted)
                           .order_by(r.recent_spend.desc().nulls_last(), r.guest_id).offset(offset).limit(limit))


def _standing(r, g, name: str) -> sa.ColumnElement:
    if name == "country":
        return g.country
    if name not in STANDINGS:
        raise ValueError(f"Guests are asked for by country, {', '.join(STANDINGS)}, not by {name!r}.")
    return r[name]
