"""Who moved between groups: every guest classified before a day and at the as-of date, by the same windows and cut points."""
import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.dialects import days_between
from crm_core.marts import rfm, tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.queries.value import guest_models, said
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

NEW = "new"
# By recency and frequency, or by the spend within the same window, in the fifths of today.
KINDS = ("rfm", "spend")
FIFTHS = ("fifth_5", "fifth_4", "fifth_3", "fifth_2", "fifth_1")
NO_STAY, UNPRICED = "none", "unknown"


@query
def group_moves(warehouse: Warehouse, scope: Scope, *, since: dt.date, kind: str = "rfm") -> pd.DataFrame:
    """One row per pair of groups, before the day `since` (new: without a stay until then) and at the as-of date: how many guests went that way.

    `kind` rfm: the groups of marts/rfm.py. `kind` spend: the fifths of today's spend of 36 months at both dates, "none" without a stay within
    them; no rows for several properties that are not all, whose fifths differ. Filters by channel play no part: they would cut histories.
    """
    moves = _moves(warehouse, scope, since, kind).subquery("moves").c
    return warehouse.frame(select(moves.before, moves.now, func.count().label("guests"))
                           .group_by(moves.before, moves.now).order_by(moves.before, moves.now))


@query
def group_movers(warehouse: Warehouse, scope: Scope, *, since: dt.date, before: str, now: str, kind: str = "rfm", offset: int = 0,
                 limit: int = 50) -> pd.DataFrame:
    """One row per guest who went from one group to another, largest spend first: stays and spend within 36 months before both dates, last
    departure; money in minor units."""
    moves = _moves(warehouse, scope, since, kind, money=True).subquery("moves").c
    columns = (moves.guest_id, moves.before, moves.now, moves.then_stays, moves.now_stays, moves.then_spend, moves.now_spend, moves.now_last)
    return warehouse.frame(select(*columns).where(moves.before == before, moves.now == now)
                           .order_by(func.greatest(moves.then_spend, moves.now_spend).desc().nulls_last(), moves.guest_id).offset(offset).limit(limit))


def _moves(warehouse: Warehouse, scope: Scope, since: dt.date, kind: str, money: bool = False) -> sa.Select:
    """One row per guest with a stay: both groups, and what they rest on."""
    if kind not in KINDS:
        raise ValueError(f"Guests move between groups by {' or '.join(KINDS)}, not by {kind!r}.")
    h = _histories(scope, {"then": since, "now": scope.as_of}, money or kind == "spend").c
    cuts = _cuts(warehouse, scope) if kind == "spend" else ()
    group = lambda name, day: _fifth(h, name, cuts) if kind == "spend" else _rfm(h, name, day)  # noqa: E731
    before = case((h.then_last.is_(None), NEW), else_=group("then", since))
    known = and_(h.now_last.is_not(None), sa.literal(kind == "rfm" or bool(cuts)))
    return select(h.guest_id, h.now_last, h.then_stays, h.now_stays, h.then_spend, h.now_spend, before.label("before"),
                  group("now", scope.as_of).label("now")).where(known)


def _histories(scope: Scope, days: dict[str, dt.date], money: bool) -> sa.Subquery:
    """One row per guest: what had happened before each day, in one scan."""
    s = within(tables.stays, replace(scope, channels=())).c
    columns = [column.label(f"{name}_{what}") for name, day in days.items() for what, column in _facts(s, day, money).items()]
    return select(s.guest_id, *columns).where(s.is_stay == 1, s.guest_id.is_not(None)).group_by(s.guest_id).subquery("histories")


def _facts(s, day: dt.date, money: bool) -> dict[str, sa.ColumnElement]:
    past = s.stay_departure_on < day
    recent = and_(past, s.stay_departure_on >= day - dt.timedelta(rfm.WINDOW))
    revenue = s.stay_room_revenue + s.stay_other_revenue
    priced = func.count(case((recent, revenue))) == func.count(case((recent, 1)))
    spend = case((priced, func.coalesce(func.sum(case((recent, revenue))), 0)))
    return {"last": func.max(case((past, s.stay_departure_on))), "stays": func.count(case((recent, 1))),
            "spend": sa.cast(spend if money else sa.null(), sa.BigInteger)}


def _rfm(h, name: str, day: dt.date) -> sa.ColumnElement[str]:
    silent = days_between(h[f"{name}_last"], sa.literal(day, sa.Date))
    return rfm.group(rfm.recency(silent), rfm.frequency(h[f"{name}_stays"]))


def _fifth(h, name: str, cuts: Sequence[float]) -> sa.ColumnElement[str]:
    spend = h[f"{name}_spend"]
    steps = ((spend >= round(cut), fifth) for cut, fifth in zip(reversed(cuts), FIFTHS, strict=False))
    return case((h[f"{name}_stays"] == 0, NO_STAY), (spend.is_(None), UNPRICED), *steps, else_=FIFTHS[-1])


def _cuts(warehouse: Warehouse, scope: Scope) -> tuple[float, ...]:
    """The least spend of each fifth of today's guests, lowest first; nothing where the properties have different ones."""
    models = guest_models(warehouse, scope)
    return tuple(said(models.iloc[0], "cuts").get("monetary", ())) if len(models) == 1 else ()
