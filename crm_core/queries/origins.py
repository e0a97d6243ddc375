"""Where guests come from: nights, revenue, guests and their change, by country."""

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import measures as m
from crm_core.queries.registry import query
from crm_core.queries.totals import column, totals
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

HIDDEN_BELOW = 5


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
