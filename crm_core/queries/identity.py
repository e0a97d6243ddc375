"""What identity does to the numbers: guests and returning guests when records are merged strictly, as they are, and loosely."""
import pandas as pd
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Scope
from crm_core.stats import intervals
from crm_core.store.warehouse import Warehouse

# Every record a person of its own; records merged as they stand; every pair that waits for a decision merged too.
IDENTITIES = {"strict": "strict_id", "default": "guest_id", "loose": "loose_id"}


@query
def identity_sensitivity(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per identity (strict, default, loose): guests with a stay that ended in the period, those with an earlier one, their share.

    Stays are those of the records as merged: folios that follow each other stay one stay under every identity.
    repeat_ratio lies between low and high (Wilson, 95 %): noise of the sample, beside which the three rows show that of identity.
    """
    rows = [warehouse.frame(_returning(scope, column)).assign(identity=name) for name, column in IDENTITIES.items()]
    frame = pd.concat(rows, ignore_index=True)
    low, high = intervals.wilson(frame["repeaters"], frame["guests"])
    ratio = frame["repeaters"] / frame["guests"].where(frame["guests"] > 0)
    return frame.assign(repeat_ratio=ratio, low=low, high=high)[["identity", "guests", "repeaters", "repeat_ratio", "low", "high"]]


def _returning(scope: Scope, column: str):
    """Count the guests of the period, and among them those with an earlier stay at the scope's properties, under one identity."""
    every, counted = within(tables.stays, scope, history=True).c, within(tables.stays, scope).c
    first = (select(every[column].label("who"), func.min(every.stay_key).label("first_key"))
             .where(every.is_stay == 1, every[column].is_not(None)).group_by(every[column]).subquery("first").c)
    each = (select(counted[column].label("who"), func.max(case((counted.stay_key > first.first_key, 1), else_=0)).label("again"))
            .join(first.who.table, first.who == counted[column])
            .where(counted.is_stay == 1, inside(counted.stay_departure_on, scope.elapsed().period))
            .group_by(counted[column]).subquery("each").c)
    return select(func.count().label("guests"), func.coalesce(func.sum(each.again), 0).label("repeaters"))
