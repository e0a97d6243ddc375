"""The life of the programme: by which rules it runs, who joins and leaves, what members bring of nights and revenue, how soon new ones act."""
import datetime as dt

import numpy as np
import pandas as pd
from sqlalchemy import case, func, select

from crm_core.dialects import month_start, quarter_start
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import metric
from crm_core.queries import uncertainty
from crm_core.queries.registry import query
from crm_core.queries.totals import column, inside, totals
from crm_core.scope import Period, Scope, months_back
from crm_core.scope import months as months_of
from crm_core.stats import intervals
from crm_core.store.warehouse import Warehouse

GROUPED_BY = {"via": "enrolled_via", "property": "property_id"}
EARLY = 90  # days after enrolment within which a new member should have acted


@query
def programmes(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per programme and version of its rules (number 0: without any), in order: name, currency, since when in force, the rules as JSON."""
    p = tables.programmes
    return warehouse.frame(select(p).order_by(p.c.name, p.c.programme_id, p.c.number))


def last_months(scope: Scope, count: int) -> Period:
    """Return the last `count` months before the as-of date, the running one among them."""
    return Period(months_back(scope.as_of, count - 1 if scope.as_of.day > 1 else count), scope.as_of)


# --- who joins --------------------------------------------------------------------------------------------------------------
@query
def enrolments(warehouse: Warehouse, scope: Scope, *, by: str = "via", months: int = 24) -> pd.DataFrame:
    """One row per month (the last `months` before the as-of date) and group, by "via" or "property": accounts opened and closed in it."""
    if by not in GROUPED_BY:
        raise ValueError(f"Enrolments are split by {' or '.join(GROUPED_BY)}, not by {by!r}.")
    span = last_months(scope, months)
    joined, closed = (_accounts(warehouse, scope, on, GROUPED_BY[by], span) for on in ("enrolled_on", "closed_on"))
    groups = sorted({group for _, group in (*joined.index, *closed.index)})
    every = pd.MultiIndex.from_product([pd.to_datetime(months_of(span)), groups], names=["month", "group"])
    return pd.DataFrame({name: found.reindex(every, fill_value=0) for name, found in (("joined", joined), ("closed", closed))}).reset_index()


def _accounts(warehouse: Warehouse, scope: Scope, on: str, group: str, span: Period) -> pd.Series:
    r = within(tables.memberships, scope).c
    month = month_start(r[on])
    found = warehouse.frame(select(month.label("month"), r[group].label("group"), func.count().label("accounts"))
                            .where(inside(r[on], span)).group_by(month, r[group]))
    return found.assign(month=pd.to_datetime(found["month"])).set_index(["month", "group"])["accounts"]


@query
def early_engagement(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per quarter of enrolment: accounts, and how many of them earned or redeemed points within 90 days, beside the welcome.

    `share` with its interval (Wilson) is NaN until the 90 days of the quarter's last day are over (`is_mature`): nobody knows it yet.
    """
    r = within(tables.members, scope).c
    quarter = quarter_start(r.enrolled_on)
    frame = warehouse.frame(
        select(quarter.label("quarter"), func.count().label("members"), func.count(case((r.early_active == 1, 1))).label("engaged"))
        .where(r.enrolled_on < scope.as_of).group_by(quarter).order_by(quarter))
    ripe = np.array([_end_of(day) + dt.timedelta(EARLY) <= scope.as_of for day in frame["quarter"]], bool)
    n = np.where(ripe, frame["members"], np.nan)
    low, high = intervals.wilson(frame["engaged"], n)
    return frame.assign(share=frame["engaged"] / n, low=low, high=high, is_mature=ripe)


def _end_of(quarter) -> dt.date:
    """The first day after a quarter, by its first."""
    return (pd.Timestamp(quarter) + pd.DateOffset(months=3)).date()


# --- what they bring --------------------------------------------------------------------------------------------------------
@query
def member_share(warehouse: Warehouse, scope: Scope, *, months: int = 13) -> pd.DataFrame:
    """One row per month (the last `months` before the as-of date): sold nights and room revenue, of members, and their shares of all.

    Members are those of the night itself. All nights are counted, so that the intervals, over guests, only say how much a month moves by
    chance. Revenue in minor units, NaN where an exchange rate is missing.
    """
    span = last_months(scope, months)
    shares = (metric("member_contribution"), metric("member_revenue_share"))
    measures = tuple(part for k in shares for part in (*k.denominator, *k.numerator))
    sums = totals(warehouse, scope, measures, (span,), ("month",))
    sums = sums.set_axis(pd.to_datetime(sums.index)).reindex(pd.to_datetime(months_of(span)), fill_value=0).rename_axis("month")
    names = ("nights", "member_nights", "revenue", "member_revenue")
    frame = sums.rename(columns={column(i): name for i, name in enumerate(names)})[list(names)].reset_index()
    spread = uncertainty.moments(warehouse, scope, shares, (span,), "month", np.array(months_of(span), object))
    return frame.assign(**_share(frame, "nights", spread[shares[0].key]), **_share(frame, "revenue", spread[shares[1].key]))


def _share(frame: pd.DataFrame, what: str, spread: uncertainty.Moments) -> dict[str, np.ndarray]:
    """The members' share of nights or revenue with its interval: linearised over guests, NaN where the amount is not known."""
    value = frame[f"member_{what}"] / frame[what].where(frame[what] > 0)
    low, high = (np.where(value.isna(), np.nan, limit) for limit in intervals.ratio(*(spread[name] for name in uncertainty.MOMENTS)))
    return {f"{what}_share": value, f"{what}_low": low, f"{what}_high": high}
