"""What all campaigns together cause: guests whom the lot keeps out of every one of them, beside all others."""
import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.marts import tables
from crm_core.marts.booked import STANDS
from crm_core.marts.scoped import within
from crm_core.queries.points import whole
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Period, Scope
from crm_core.stats import uplift
from crm_core.store.warehouse import Warehouse

BASIS = 10_000
# Who bounced, or took consent back, may have done so because of a campaign, and only those written to can: leaving them out would flatter it.
ADDRESSES, WORDS = ("valid", "bounced"), ("given", "withdrawn", "objected", "expired")
COUNTS = ("treated_n", "treated_booked", "control_n", "control_booked")
COLUMNS = ["from_on", "to_on", *COUNTS, "lift", "low", "high", "p", "relative", "relative_low",
           "relative_high", "incremental", "incremental_low", "incremental_high", "detectable", "srm_p", "verdict"]  # fmt: skip


@query
def global_holdout(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row: of guests known before the period with an own address and a word on marketing, who booked in it: held out by the lot, and all others.

    The period begins with the holdout where that is later (from_on), and ends where it is complete (to_on, exclusive). treated = not held out; lift
    with low and high (Newcombe), p, relative, incremental guests who booked, detectable, srm_p against the share that the lot was to hold out, and
    verdict as in campaign_list: "no_control" where nobody is held out, "early" before the first day is over.
    """
    h = within(tables.held_out, scope).c
    begun = warehouse.frame(select(func.max(h.from_on).label("from_on")))["from_on"].iloc[0]
    elapsed = scope.elapsed().period
    if pd.isna(begun):
        return _row("no_control")
    start = max(elapsed.start, pd.Timestamp(begun).date())
    if start >= min(elapsed.end, scope.as_of):
        return _row("early", from_on=start)
    period = Period(start, elapsed.end)
    return _told(_counts(warehouse, scope, period), period, _planned(warehouse))


def _row(verdict: str, **values: object) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys(COLUMNS, np.nan) | {"verdict": verdict} | values])


def _planned(warehouse: Warehouse) -> float:
    """The share that the lot was to hold out; the draw is the whole house's and tells of no guest."""
    return warehouse.frame(select(func.max(tables.draws.c.share_bp).label("share_bp")))["share_bp"].astype(float).iloc[0] / BASIS


def _counts(warehouse: Warehouse, scope: Scope, period: Period) -> pd.Series:
    reach, held, booked = _reachable(scope, period.start), _held(scope), _booked(scope, period)
    out = held.c.guest_id.is_not(None)
    did = booked.c.guest_id.is_not(None)
    count = lambda *when: func.count(case((and_(*when), 1)))  # noqa: E731
    columns = {"treated_n": count(sa.not_(out)), "treated_booked": count(sa.not_(out), did), "control_n": count(out), "control_booked": count(out, did)}
    joined = reach.outerjoin(held, held.c.guest_id == reach.c.guest_id).outerjoin(booked, booked.c.guest_id == reach.c.guest_id)
    return warehouse.frame(select(*(column.label(name) for name, column in columns.items())).select_from(joined)).iloc[0]


def _reachable(scope: Scope, day: dt.date) -> sa.Subquery:
    """One row per guest known before a day with an own address and a word on marketing."""
    p, s = within(tables.profiles, scope).c, within(tables.stages, scope, history=True).c
    known = select(s.guest_id).where(s.kind == "known", s.from_on < day)
    usable = (p.email_state.in_(ADDRESSES), p.email_word.in_(WORDS), p.guest_id.in_(known))
    return select(p.guest_id, whole(sa.literal(1)).label("profiles")).where(*usable).group_by(p.guest_id).subquery("reachable")


def _held(scope: Scope) -> sa.Subquery:
    h = within(tables.held_out, scope).c
    return select(h.guest_id).distinct().subquery("held")


def _booked(scope: Scope, period: Period) -> sa.Subquery:
    s = within(tables.stays, scope, history=True).c
    return select(s.guest_id).where(s.guest_id.is_not(None), s.status.in_(STANDS), inside(s.booked_on, period)).distinct().subquery("booked")


def _told(n: pd.Series, period: Period, planned: float) -> pd.DataFrame:
    k1, n1, k0, n0 = (float(n[name]) for name in ("treated_booked", "treated_n", "control_booked", "control_n"))
    one, split = uplift.lift(k1, n1, k0, n0), uplift.srm((n1, n0), (1 - planned, planned))[1]
    least = uplift.detectable(n1, n0, one.control)
    told = {name: float(getattr(one, name)) for name in COLUMNS if hasattr(one, name) and name not in COUNTS} | {"lift": float(one.difference)}
    verdict = uplift.verdict(one, least, split) if n0 else "no_control"
    hidden = dict.fromkeys(told, np.nan) if verdict in ("broken", "no_control") else told
    return _row(verdict, from_on=period.start, to_on=period.end, **{name: int(n[name]) for name in COUNTS}, **hidden, detectable=float(least), srm_p=split)
