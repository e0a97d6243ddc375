"""What guests are worth: over the next years with its doubt, how it is spread, where such guests come from, and how good the forecast was."""
import json

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.histories import BASIS
from crm_core.marts.scoped import within
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.metrics.value import MILLION
from crm_core.queries.registry import query
from crm_core.queries.totals import inside, money
from crm_core.queries.uncertainty import first_stays
from crm_core.scope import Scope
from crm_core.stats import intervals, lorenz
from crm_core.store.warehouse import Warehouse

DISCOUNT_BP, YEARS = 1000, 3
TIERS = ("top", "high", "middle", "base")
# Chance that a guest still is a customer, in bands: lowest value of each, in millionths.
BANDS = ((750_000, "likely"), (500_000, "open"), (250_000, "doubtful"), (0, "gone"))
ACQUIRED_BY = ("way", "channel", "segment", "property", "country", "cohort")
LEAST = 30


def worth(r, years: int = YEARS, discount_bp: int = DISCOUNT_BP, margin_bp: int = 0) -> sa.ColumnElement:
    """The margin a guest is expected to bring within so many years (1 to 3), in minor units; `margin_bp` 0 = each property's own rate."""
    stays = (sa.cast(r.expected_ppm, sa.Double) / MILLION, r.stays_2, r.stays_3)
    total = sum(stays[year] * factor(year, discount_bp) for year in range(years))
    return total * r.spend_per_stay * (sa.literal(margin_bp) if margin_bp else r.margin_bp) / sa.literal(float(BASIS), sa.Double)


def factor(year: int, discount_bp: int) -> float:
    """Return what one unit of margin in a year (0 = the first) is worth today, its stays spread evenly over the months."""
    months = np.arange(12 * year + 1, 12 * year + 13)
    return float(((1 + discount_bp / BASIS) ** (-months / 12)).mean())


@query
def value_summary(warehouse: Warehouse, scope: Scope, *, years: int = YEARS, discount_bp: int = DISCOUNT_BP, margin_bp: int = 0) -> pd.DataFrame:
    """One row per tenth of the guests by value (10 = the most valuable): guests, their value, stays and spend to date, and its bounds.

    Money in minor units, null where an exchange rate or a bound is missing. Value and bounds are the stored ones (3 years, 10 %), scaled: where
    margin or years differ, they move alike.
    """
    r = within(tables.guest_scores, scope).c
    scale = func.coalesce(worth(r, years, discount_bp, margin_bp) / func.nullif(worth(r), 0), 1)
    whole = lambda c: money(func.round(c))  # noqa: E731
    return warehouse.frame(
        select(r.value_decile.label("decile"), func.count().label("guests"), whole(r.value * scale).label("value"), whole(r.value_low * scale).label("low"),
               whole(r.value_high * scale).label("high"), func.sum(r.stays).label("stays"), money(r.spend).label("spend"))
        .where(r.value_decile.is_not(None)).group_by(r.value_decile).order_by(sa.desc("decile")))


@query
def value_map(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per value tier and band of the chance to be still a customer: guests, their value, and what is at stake. Money in minor units."""
    r = within(tables.guest_scores, scope).c
    band = _band(r)
    return warehouse.frame(
        select(r.tier, band.label("band"), func.count().label("guests"), sa.cast(func.sum(r.value), sa.BigInteger).label("value"),
               sa.cast(func.sum(r.at_stake), sa.BigInteger).label("at_stake"))
        .where(r.alive_ppm.is_not(None)).group_by(r.tier, band).order_by(r.tier, band))


def _band(r) -> sa.ColumnElement[str]:
    return case(*((r.alive_ppm >= least, name) for least, name in BANDS), else_="gone")


@query
def value_guests(warehouse: Warehouse, scope: Scope, *, tier: str | None = None, band: str | None = None, decile: int | None = None,
                 offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per guest of a tier, band or tenth, most valuable first: stays, last departure, chances, value with its bounds; `rows` = all of them."""
    r = within(tables.guest_scores, scope).c
    wanted = [*([r.tier == tier] if tier else []), *([_band(r) == band] if band else []), *([r.value_decile == decile] if decile else [])]
    columns = (r.guest_id, r.property_id, r.stays, r.spend, r.last_on, r.silent_days, r.gap_days, r.alive_ppm, r.return_ppm, r.value, r.value_low, r.value_high)
    return warehouse.frame(select(*columns, func.count().over().label("rows")).where(r.value.is_not(None), *wanted)
                           .order_by(r.value.desc(), r.guest_id).offset(offset).limit(limit))


@query
def value_by(warehouse: Warehouse, scope: Scope, *, by: str = "way") -> pd.DataFrame:
    """One row per group of guests by their first stay (way of booking, channel, segment, property, country) or its year (cohort): guests, and the mean value.

    The mean, in minor units, lies between low and high (95 %, over guests); `few` marks groups of fewer than 30.
    """
    if by not in ACQUIRED_BY:
        raise ValueError(f"Value is split by {', '.join(ACQUIRED_BY)}, not {by!r}.")
    r, s = within(tables.stays, scope, order=True).c, within(tables.guest_scores, scope).c
    group = sa.extract("year", r.stay_departure_on) if by == "cohort" else DIMENSIONS[by].of(r, r.stay_departure_on)
    value = sa.cast(s.value, sa.Double)
    frame = warehouse.frame(
        select(group.label("group"), func.count().label("guests"), func.sum(value).label("total"), func.sum(value * value).label("squares"))
        .select_from(r.guest_id.table.join(s.guest_id.table, s.guest_id == r.guest_id)).where(first_stays(r), s.value.is_not(None))
        .group_by(group).order_by(sa.desc("guests"), group))
    n = frame["guests"].to_numpy(float)
    low, high = intervals.ratio(n, frame["total"], n, frame["squares"], frame["total"], n)
    return frame.assign(mean=frame["total"] / n, low=low, high=high, few=n < LEAST).drop(columns="squares")


@query
def concentration(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row: the share of the period's revenue that the tenth of the guests with most of it brought, with its interval, and the guests.

    Revenue of realised stays that ended in the period, of guests known by name. `share` is NaN below 100 guests, and where an exchange rate is missing.
    """
    r = within(tables.stays, scope).c
    spend = money(r.stay_room_revenue + r.stay_other_revenue)
    each = select(spend.label("spend")).where(r.is_stay == 1, r.guest_id.is_not(None), inside(r.stay_departure_on, scope.elapsed().period)).group_by(r.guest_id)
    amounts = warehouse.frame(each)["spend"].to_numpy(float)
    share, low, high = lorenz.top_share(amounts, 0.1) if len(amounts) >= 100 and np.isfinite(amounts).all() else (np.nan,) * 3
    return pd.DataFrame([{"share": share, "low": low, "high": high, "guests": len(amounts), "revenue": amounts.sum()}])


@query
def recency_table(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per number of stays (1, 2, 3 = 3–4, 5 = five or more) and score of recency: guests, their mean chance to come within 12 months."""
    r = within(tables.guest_scores, scope).c
    times = case((r.stays >= 5, 5), (r.stays >= 3, 3), else_=r.stays)
    return warehouse.frame(
        select(times.label("times"), r.recency, func.count().label("guests"), (func.avg(sa.cast(r.return_ppm, sa.Double)) / MILLION).label("chance"))
        .where(r.return_ppm.is_not(None)).group_by(times, r.recency).order_by(times, r.recency))


# --- how far it can be believed ---------------------------------------------------------------------------------------------
@query
def guest_models(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property of the scope (0: all of them together): what its guests are scored by, and how the back-test went.

    fitted, propensity, clusters, cuts and checks are JSON; predicted and actual are stays of the year that was held back.
    """
    m = within(tables.guest_models, scope).c
    return warehouse.frame(select(m).order_by(m.property_id))


@query
def forecast_deciles(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per tenth of the guests known a year ago by their chance to come within it, likeliest last: guests, the mean chance foretold,
    how many came, and their share with its interval (Wilson)."""
    r = within(tables.guest_tests, scope).c
    frame = warehouse.frame(
        select(r.decile, func.count().label("guests"), (func.avg(sa.cast(r.return_ppm, sa.Double)) / MILLION).label("foretold"),
               sa.cast(func.sum(r.returned), sa.BigInteger).label("came")).group_by(r.decile).order_by(r.decile))
    low, high = intervals.wilson(frame["came"], frame["guests"])
    return frame.assign(share=frame["came"] / frame["guests"].where(frame["guests"] > 0), low=low, high=high)


def said(model: pd.Series, name: str) -> dict:
    """Return a JSON column of a row of guest_models."""
    return json.loads(model[name]) if isinstance(model[name], str) else {}
