"""The points of members: what came and went by month, how old the open ones are, whose expire next, and what they are redeemed for."""
import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.dialects import add_days, month_start, quarter_start
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics.loyalty import OF_ISSUE
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.schema import COUNTERS
from crm_core.scope import Scope, months_back
from crm_core.stats import intervals
from crm_core.store.warehouse import Warehouse

# The programme's accounts, in the order of a roll-forward; what leaves by two of them is told as a positive number.
ACCOUNTS = tuple(dict.fromkeys(COUNTERS.values()))
SPENT = ("redeemed", "expired")
SOON = 90
REDEEMED_BY = ("spend", "tier", "property", "month")
REDEEMED = ("points", "amount", "priced")
LEAST = 30
PPM = 1_000_000


def whole(amount: sa.ColumnElement) -> sa.ColumnElement:
    """Return a sum as a whole number, 0 over no rows."""
    return sa.cast(func.coalesce(func.sum(amount), 0), sa.BigInteger)


def worth(r) -> sa.ColumnElement:
    """Return the money of a redemption in minor units, below 0 where it was taken back; null where the source tells none."""
    return case((r.points > 0, -func.abs(r.amount)), else_=func.abs(r.amount))


def ledger(warehouse: Warehouse, scope: Scope, *, filtered: bool = True) -> pd.DataFrame:
    """One row per month with postings (the index): entries, and by account what the members' side moved, a reversal under what it takes back.

    An engine adds up days three times as fast as months, and there are few of either.
    """
    r = within(tables.points, scope, history=not filtered).c
    days = warehouse.frame(select(r.posted_on, r.kind, func.count().label("entries"), whole(r.points).label("points"))
                           .where(r.posted_on < scope.as_of).group_by(r.posted_on, r.kind))
    month = pd.Series(starts(days["posted_on"], "M"), days.index, dtype=object, name="month")
    moved = days.pivot_table("points", month, days["kind"].map(COUNTERS), "sum", fill_value=0).reindex(columns=list(ACCOUNTS), fill_value=0)
    return moved.astype("int64").assign(entries=days.groupby(month)["entries"].sum())


def starts(days: pd.Series, grain: str) -> pd.Series:
    """Return the first day of each day's month ("M") or quarter ("Q"); of no day, None."""
    first = pd.to_datetime(days).dt.to_period(grain).dt.start_time
    return first.dt.date.astype(object).where(first.notna(), None)


@query
def points_flow(warehouse: Warehouse, scope: Scope, *, months: int = 25) -> pd.DataFrame:
    """One row per month, oldest first, to the last one before the as-of date: points issued, redeemed, expired, adjusted, transferred; balance at its end.

    By posting date. The balance before + issued − redeemed − expired + adjusted + transferred = `closing`. Opening balances taken over from
    another system count as issued.
    """
    moved = ledger(warehouse, scope)[list(ACCOUNTS)]
    last = scope.as_of - dt.timedelta(1)
    shown = [months_back(last, count) for count in reversed(range(months))]
    every = moved.reindex(sorted({*moved.index, *shown}), fill_value=0)
    closing = every.sum(axis=1).cumsum()
    told = every.assign(**{account: -every[account] for account in SPENT}, closing=closing).loc[shown]
    return told.rename_axis("month").reset_index()


@query
def points_age(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per quarter of issue with open points, oldest first: points, those expected to be redeemed, and those that expire within 90 days.

    `quarter` is null where nobody knows the age (a balance taken over); these are spent first, and come first. `expected` is NaN where the
    programme is too young for an estimate.
    """
    r = within(tables.lots, scope).c
    expected = case((func.count() == func.count(r.redeems_ppm), func.sum(sa.cast(r.points, sa.Double) * r.redeems_ppm) / PPM))
    days = warehouse.frame(
        select(r.issued_on, whole(r.points).label("points"), expected.label("expected"),
               whole(case((_expires(r, scope, SOON), r.points), else_=0)).label("expiring")).where(r.fate == "open").group_by(r.issued_on))
    days = days.astype({"expected": float}).assign(quarter=starts(days["issued_on"], "Q"))
    sums = days.groupby("quarter", dropna=False)[["points", "expected", "expiring"]].agg(lambda part: part.sum(skipna=False))
    return sums.reset_index().sort_values("quarter", na_position="first", ignore_index=True)


@query
def points_expiring(warehouse: Warehouse, scope: Scope, *, days: int = SOON, offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per member whose points expire within so many days, most points first: how many, from which day on, tier and whole balance.

    expires_on is the first day on which some of them are gone. `rows` and `total` are the members and the points of all of them. What a
    member redeems until then is taken from the oldest points, so the list shrinks by it.
    """
    r, m = within(tables.lots, scope).c, within(tables.members, scope).c
    points = whole(r.points)
    return warehouse.frame(
        select(m.guest_id, m.property_id, m.membership_id, m.tier, m.balance, points.label("points"), func.min(r.expires_on).label("expires_on"),
               func.count().over().label("rows"), sa.cast(func.sum(points).over(), sa.BigInteger).label("total"))
        .select_from(r.membership_id.table.join(m.membership_id.table, m.membership_id == r.membership_id))
        .where(r.fate == "open", _expires(r, scope, days)).group_by(m.guest_id, m.property_id, m.membership_id, m.tier, m.balance)
        .order_by(sa.desc("points"), m.guest_id, m.membership_id).offset(offset).limit(limit))


def _expires(r, scope: Scope, days: int) -> sa.ColumnElement[bool]:
    return and_(r.expires_on >= scope.as_of, r.expires_on < scope.as_of + dt.timedelta(days))


# --- redemption -----------------------------------------------------------------------------------------------------------
@query
def redemptions(warehouse: Warehouse, scope: Scope, *, by: str = "spend") -> pd.DataFrame:
    """One row per group of what was redeemed in the period, most points first: members, points, their money, and the money per point.

    by: what for ("spend"), "tier" (on the day), "property" (of the membership) or "month". Money in minor units: `amount` is that of the
    `priced` points, whose worth the source tells, and `value` their quotient. For tiers and properties `breakage` is what of the `issued`
    points of ripe quarters was never redeemed, between low and high (95 %, linearised over members); `few` below 30 members with such points.
    """
    if by not in REDEEMED_BY:
        raise ValueError(f"Redemptions are by {', '.join(REDEEMED_BY)}, not {by!r}.")
    frame = warehouse.frame(_redeemed(scope, by))
    if by in ("tier", "property"):
        frame = frame.merge(_breakage(warehouse, scope, by), on="group", how="outer")
        counts = ["members", *REDEEMED, "issued", "holders"]
        frame = frame.assign(**frame[counts].fillna(0).astype("int64"), few=frame["holders"].fillna(0) < LEAST)
    frame = frame.assign(value=frame["amount"] / frame["priced"].where(frame["priced"] != 0))
    return frame.sort_values("group", ignore_index=True) if by == "month" else frame.sort_values(
        ["points", "group"], ascending=[False, True], ignore_index=True)


def _redeemed(scope: Scope, by: str) -> sa.Select:
    """One row per group; a member who took all back redeemed nothing there."""
    r, t = within(tables.points, scope).c, _spells(scope)
    # Two plain comparisons: with an OR between the tables an engine compares every row with every other.
    on_the_day = and_(t.membership_id == r.membership_id, t.from_on <= r.posted_on, t.until_on > r.posted_on)
    source = r.membership_id.table.outerjoin(t.membership_id.table, on_the_day) if by == "tier" else r.membership_id.table
    group = {"spend": r.spend, "tier": t.tier, "property": r.property_id, "month": month_start(r.posted_on)}[by]
    each = (select(group.label("group"), whole(-r.points).label("points"), whole(worth(r)).label("amount"),
                   whole(case((r.amount.is_not(None), -r.points), else_=0)).label("priced"))
            .select_from(source).where(r.kind == "burn", inside(r.posted_on, scope.elapsed().period)).group_by(group, r.guest_id).subquery("each").c)
    return (select(each.group, func.count(case((each.points > 0, 1))).label("members"), *(whole(each[name]).label(name) for name in REDEEMED))
            .group_by(each.group))


def _spells(scope: Scope) -> sa.sql.ColumnCollection:
    """The tiers of members from day to day; who leaves may still redeem on that day, in the last one."""
    t, m = within(tables.tiers, scope).c, within(tables.members, scope).c
    until = case((t.until_on == m.closed_on, add_days(t.until_on, 1)), (t.until_on.is_(None), scope.as_of), else_=t.until_on)
    joined = t.membership_id.table.join(m.membership_id.table, m.membership_id == t.membership_id)
    return select(t.membership_id, t.tier, t.from_on, until.label("until_on")).select_from(joined).subquery("spells").c


def _breakage(warehouse: Warehouse, scope: Scope, by: str) -> pd.DataFrame:
    """One row per tier or property: points issued in ripe quarters, the members who held them, and what share was never redeemed."""
    r, v = within(tables.lots, scope).c, tables.vintages.c
    group = r.tier if by == "tier" else r.property_id
    ripe = and_(v.programme_id == r.programme_id, v.issued_on == quarter_start(r.issued_on), v.is_ripe == 1)
    kept = case((r.fate == "burned", 0), else_=r.points)
    each = (select(group.label("group"), func.sum(sa.cast(kept, sa.Double)).label("x"), func.sum(sa.cast(r.points, sa.Double)).label("y"))
            .select_from(r.lot_id.table.join(tables.vintages, ripe)).where(r.fate.in_(OF_ISSUE)).group_by(group, r.cluster).subquery("each").c)
    frame = warehouse.frame(
        select(each.group, func.count().label("holders"), func.sum(each.x).label("x"), func.sum(each.y).label("y"), func.sum(each.x * each.x).label("xx"),
               func.sum(each.x * each.y).label("xy"), func.sum(each.y * each.y).label("yy")).group_by(each.group))
    low, high = intervals.ratio(*(frame[name] for name in ("holders", "x", "y", "xx", "xy", "yy")))
    with np.errstate(invalid="ignore"):
        told = frame.assign(issued=frame["y"], breakage=frame["x"] / frame["y"], low=np.clip(low, 0, 1), high=np.clip(high, 0, 1))
    return told[["group", "issued", "holders", "breakage", "low", "high"]]
