"""Where guests come from: nights, revenue, guests and their change, by country."""

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import measures as m
from crm_core.metrics import metric
from crm_core.queries import uncertainty
from crm_core.queries.kpis import GRACE
from crm_core.queries.registry import query
from crm_core.queries.totals import column, inside, totals
from crm_core.scope import Scope
from crm_core.stats import contrasts, intervals
from crm_core.store.warehouse import Warehouse

HIDDEN_BELOW = 5
LEAST = 30  # guests from which a figure of a country is told


@query
def origins(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per country: nights, revenue and guests now and in the comparison, and whether it is too small to show (fewer than 5 guests).

    Unidentified stays count in nights and revenue; `people` counts guests and nameless stays together, so that hiding protects both.
    """
    now, before = scope.elapsed().period, scope.compared().period
    sums = totals(warehouse, scope, (m.sold, m.room_revenue, m.guests, m.nameless), (now, before), ("country",)).reset_index()
    frame = pd.DataFrame(
        {
            "country": sums["country"],
            "nights": sums[column(0, 0)],
            "revenue": sums[column(1, 0)],
            "guests": sums[column(2, 0)],
            "nights_before": sums[column(0, 1)],
            "revenue_before": sums[column(1, 1)],
            "guests_before": sums[column(2, 1)],
            "people": sums[column(2, 0)] + sums[column(3, 0)],
        }
    )
    frame["hidden"] = frame["people"] < HIDDEN_BELOW
    return frame[frame["nights"] > 0].sort_values(["nights", "country"], ascending=[False, True], ignore_index=True)


@query
def origin_figures(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per country as in origins, in the same order: growth, value and direct booking; NaN where `hidden`.

    growth = guests now / guests in the comparison − 1 with growth_low and growth_high (both counts by chance, Poisson; NaN without guests then or before
    the first known day); spend = mean revenue of a guest in the period, rooms and all else, in minor units, with spend_low and spend_high; direct = part of
    its nights booked directly, distance = direct − that of the whole house, with distance_low and distance_high (the country against all others,
    Newcombe, on as many cases as its guests are worth); distant_nights = the nights that this distance comes to: below zero, what it would bring to book
    directly as often as the house does. few: under 30 guests.
    """
    base = origins(warehouse, scope)
    found = base[["country", "hidden", "guests", "guests_before"]]
    found = found.assign(**_growth(warehouse, scope, base), **_spend(warehouse, scope, base["country"]), **_direct(warehouse, scope, base["country"]),
                         few=base["guests"] < LEAST)
    told = [name for name in found if name not in ("country", "hidden", "few")]
    found[told] = found[told].astype(float).where(~found["hidden"], np.nan)
    return found


def _growth(warehouse: Warehouse, scope: Scope, base: pd.DataFrame) -> dict[str, np.ndarray]:
    """Of all guests of both periods the part that is of now says by how much they grew: its interval is that of a share (Wilson)."""
    first, before = warehouse.version.history_from, scope.compared().period
    now, then = base["guests"].to_numpy(float), base["guests_before"].to_numpy(float)
    both = np.where((then > 0) & (first is None or before.start + GRACE >= first), now + then, np.nan)
    low, high = intervals.wilson(np.where(np.isnan(both), np.nan, now), both)
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = lambda part: part / (1 - part) - 1  # noqa: E731
        return {"growth": grown(now / both), "growth_low": grown(low), "growth_high": grown(high)}


def _spend(warehouse: Warehouse, scope: Scope, countries: pd.Series) -> dict[str, np.ndarray]:
    """The mean revenue of a guest's stays that ended in the period, with its interval over guests."""
    s = within(tables.stays, scope).c
    spent = s.stay_room_revenue + s.stay_other_revenue
    # Where one amount has no exchange rate, nobody knows what the guest spent.
    whole = case((func.count() == func.count(spent), func.sum(spent)))
    each = (select(s.country, sa.cast(whole, sa.Double).label("spent")).group_by(s.country, s.guest_id)
            .where(s.is_stay == 1, s.guest_id.is_not(None), inside(s.stay_departure_on, scope.elapsed().period)).subquery("each_guest").c)
    squares = func.sum(each.spent * each.spent)
    sums = warehouse.frame(select(each.country, func.count().label("n"), func.count(each.spent).label("known"), func.sum(each.spent).label("x"),
                                  squares.label("xx")).group_by(each.country))
    sums = sums.set_index("country").reindex(countries)
    n, x, xx = (sums[name].to_numpy(float) for name in ("n", "x", "xx"))
    n = np.where(sums["known"].to_numpy(float) == n, n, np.nan)
    low, high = intervals.ratio(n, x, n, xx, x, n)
    return {"spend": x / n, "spend_low": low, "spend_high": high}


def _direct(warehouse: Warehouse, scope: Scope, countries: pd.Series) -> dict[str, np.ndarray]:
    """The distance to the house is that to all others, less the country's own part of the house."""
    k, period = metric("direct_share_nights"), scope.elapsed().period
    own = uncertainty.moments(warehouse, scope, (k,), (period,), "country", countries.to_numpy())[k.key]
    whole = {name: np.nansum(values) for name, values in own.items()}
    mine, rest = ([side[name] for name in uncertainty.MOMENTS] for side in (own, {name: whole[name] - np.nan_to_num(own[name]) for name in own}))
    told = contrasts.clustered_shares(mine, rest)
    with np.errstate(divide="ignore", invalid="ignore"):
        others, direct = 1 - own["y"] / whole["y"], own["x"] / own["y"]
        distance = direct - whole["x"] / whole["y"]
    return {"direct": direct, "distance": distance, "distance_low": others * told.difference_low, "distance_high": others * told.difference_high,
            "distant_nights": distance * own["y"]}


@query
def origin(warehouse: Warehouse, scope: Scope, *, country: str) -> pd.DataFrame:
    """One row per property: one country's nights in the period, most first."""
    r = within(tables.nights, scope).c
    period = scope.elapsed().period
    spent = case((r.status.in_(m.SPENT), r.sold), else_=0)
    return warehouse.frame(
        select(r.property_id, sa.cast(func.sum(spent), sa.BigInteger).label("nights"))
        .where(r.country == country, r.night_on >= period.start, r.night_on < period.end)
        .group_by(r.property_id)
        .order_by(sa.desc("nights"), r.property_id)
    )
