"""mart_point_months: the roll-forward of each property, to the point, and what its open points were worth as one knew it at each month's end."""
import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import month_start
from crm_core.marts import tables
from crm_core.marts.loyalty.estimates import History
from crm_core.marts.loyalty.given import told
from crm_core.schema import COUNTERS

# What leaves by these accounts is told as a positive number.
LEAVING = ("redeemed", "expired")
ACCOUNTS = tuple(dict.fromkeys(COUNTERS.values()))
_PLACE = ["property_id", "month_on"]


def moved_rows(as_of: dt.date) -> sa.Select:
    """One row per programme, property and month with postings: what the members' side moved, by account."""
    p = tables.points.c
    kinds = {account: [kind for kind, counter in COUNTERS.items() if counter == account] for account in ACCOUNTS}
    moved = (func.sum(case((p.kind.in_(kinds[account]), p.points), else_=0)).label(account) for account in ACCOUNTS)
    month = month_start(p.posted_on)
    return (select(p.programme_id, p.property_id, month.label("month_on"), *moved).where(p.posted_on < as_of)
            .group_by(p.programme_id, p.property_id, month).order_by(p.programme_id, p.property_id, month))


def rows(history: History, moved: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the rows of one programme: every month from the first posting at a property to the last one before the as-of date.

    Expected: the balance × the share of the open points that was then thought to be redeemed in the end. Urr: what was then thought of all points
    together; what comes in during a month comes in at that share. Liability: expected × the worth of a point then, in minor units.
    """
    every = _every_month(moved, as_of)
    months = [pd.Timestamp(month) for month in every["month_on"].unique()]
    ends = {month: min((month + pd.offsets.MonthBegin(1)).date(), as_of) for month in months}
    known = {month: history.vintages(day) for month, day in ends.items()}
    share = {(place, month): part for month, found in known.items() for place, part in history.open_shares(found, ends[month]).items()}
    every = every.assign(share=pd.MultiIndex.from_frame(every[_PLACE]).map(share)).sort_values(_PLACE, ignore_index=True)
    urr = every["month_on"].map({month: found.estimate.overall for month, found in known.items()}).to_numpy(float)
    value = every["month_on"].map({month: history.value(day) for month, day in ends.items()}).to_numpy(float)
    is_empty = (every["closing"] == 0).to_numpy()
    expected = np.where(is_empty, 0.0, every["closing"].to_numpy(float) * every["share"].to_numpy(float))
    columns = {name: every[name].to_numpy() for name in every} | {"urr": urr, "value": value, "expected": expected}
    liability = np.where(is_empty, 0.0, expected * value)
    return told(tables.point_months, {"programme_id": history.programme.id, **columns, "liability": liability})


def _every_month(moved: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """The postings of each property and month without a gap, with the balances before and after."""
    last = pd.Timestamp(as_of) - pd.Timedelta(days=1)
    moved = moved.assign(month_on=pd.to_datetime(moved["month_on"])).astype(dict.fromkeys(ACCOUNTS, "int64"))
    found = []
    for place, postings in moved.groupby("property_id"):
        months = pd.date_range(postings["month_on"].min(), last, freq="MS", name="month_on")
        each = postings.set_index("month_on")[list(ACCOUNTS)].reindex(months, fill_value=0)
        closing = each.sum(axis=1).cumsum()
        signed = {account: -each[account] for account in LEAVING}
        found.append(each.assign(**signed, property_id=place, closing=closing, opening=closing.shift(1, fill_value=0)).reset_index())
    return pd.concat(found, ignore_index=True)
