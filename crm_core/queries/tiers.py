"""Tiers: how many members stand in each through time, who moved between two dates, how long they stay, and who is near the next or about to fall."""
import datetime as dt
import json

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, or_, select

from crm_core.dialects import days_between, month_start
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.programme.rules import Rules, Version, in_force, parse
from crm_core.queries.loyalty import last_months, programmes
from crm_core.queries.registry import query
from crm_core.queries.retention import YEAR
from crm_core.scope import Scope
from crm_core.scope import months as months_of
from crm_core.stats import intervals, survival
from crm_core.store.warehouse import Warehouse

LEAST = 30
CLOSED = "closed"  # where members are who left; of no rank
NEAR = 600_000  # of what the next tier wants, in millionths: from here on a member is within reach of it
AHEAD = 90  # days within which a tier that ends is worth a call
KINDS = ("rise", "keep")


PLACED = ("tier", "tier_rank")


def _one_place(frame: pd.DataFrame, *pairs: tuple[str, str]) -> pd.DataFrame:
    """Give every tier (tier, rank) one place, its lowest: two programmes may have it in different ones."""
    told = pd.concat([frame[list(pair)].set_axis(PLACED, axis=1).astype({"tier_rank": "Int64"}) for pair in pairs]).dropna()
    lowest = told.groupby("tier")["tier_rank"].min()
    return frame.assign(**{rank: frame[tier].map(lowest).astype("Int64") for tier, rank in pairs})


def _stood(r, day: dt.date) -> sa.ColumnElement[bool]:
    """Whether a spell held when the day before `day` was over."""
    return and_(r.from_on < day, or_(r.until_on.is_(None), r.until_on >= day))


@query
def tier_mix(warehouse: Warehouse, scope: Scope, *, months: int = 25) -> pd.DataFrame:
    """One row per month (the last `months` before the as-of date) and tier, lowest first: accounts that stood in it at the month's end.

    Of a month that is not over, at the as-of date.
    """
    r = within(tables.tiers, scope).c
    began, ended = month_start(r.from_on), month_start(case((r.until_on < scope.as_of, r.until_on)))
    split = (r.tier_rank, r.tier, began, ended)
    spells = warehouse.frame(select(r.tier_rank, r.tier, began.label("began"), ended.label("ended"), func.count().label("members"))
                             .where(r.from_on < scope.as_of).group_by(*split))
    spells = _one_place(spells, PLACED)
    came, left = (_by_month(spells, on) for on in ("began", "ended"))
    stood = came.subtract(left, fill_value=0).sort_index(axis=1).cumsum(axis=1)
    shown = stood.reindex(columns=pd.to_datetime(months_of(last_months(scope, months))), method="ffill").fillna(0).astype(int)
    found = shown[shown.any(axis=1)].rename_axis(columns="month").T.stack(["tier_rank", "tier"])
    return found.rename("members").reset_index()[["month", "tier", "tier_rank", "members"]]


def _by_month(spells: pd.DataFrame, on: str) -> pd.DataFrame:
    """Accounts by tier (rows) and month (columns) in which their spell began or ended."""
    known = spells.assign(month=pd.to_datetime(spells[on])).dropna(subset="month")
    return known.pivot_table(index=["tier_rank", "tier"], columns="month", values="members", aggfunc="sum", fill_value=0)


# --- moves ------------------------------------------------------------------------------------------------------------------
@query
def tier_moves(warehouse: Warehouse, scope: Scope, *, from_on: dt.date | None = None, to_on: dt.date | None = None) -> pd.DataFrame:
    """One row per tier before `from_on` and tier before `to_on` ("closed": the account was), lowest first: accounts, `of` all in the first.

    Days are the as-of date and 365 days before it unless given. `share` with its interval (Wilson) for each way by itself; ways that nobody
    went are told as well, and the shares of a tier add up to 1. `few`: fewer than 30 began there. `move` is up, keep, down or closed.
    """
    way = _ways(scope, from_on, to_on).subquery("ways").c
    split = (way.before, way.before_rank, way.now, way.now_rank)
    found = warehouse.frame(select(*split, func.count().label("members")).group_by(*split))
    frame = _every_way(_one_place(found, ("before", "before_rank"), ("now", "now_rank")))
    low, high = intervals.wilson(frame["members"], frame["of"])
    return frame.assign(share=frame["members"] / frame["of"], low=low, high=high, few=frame["of"] < LEAST)


@query
def tier_movers(warehouse: Warehouse, scope: Scope, *, before: str, now: str, from_on: dt.date | None = None, to_on: dt.date | None = None,
                offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per account that went from one tier to another ("closed": was closed) between two days, as in tier_moves, latest move first.

    `moved_on` is the day on which the spell at the end began (closed: on which the last one ended); `rows` = all of them.
    """
    way = _ways(scope, from_on, to_on).subquery("ways").c
    return warehouse.frame(
        select(way.membership_id, way.guest_id, way.property_id, way.moved_on, func.count().over().label("rows"))
        .where(way.before == before, way.now == now).order_by(way.moved_on.desc().nulls_last(), way.membership_id).offset(offset).limit(limit))


def _ways(scope: Scope, from_on: dt.date | None, to_on: dt.date | None) -> sa.Select:
    """One row per account that was open before the first day: its tier then, and before the second day."""
    start, end = from_on or scope.as_of - dt.timedelta(YEAR), to_on or scope.as_of
    if not start < end <= scope.as_of:
        raise ValueError(f"Moves are told from a day to a later one that is known: {start} to {end} is not.")
    first, last = within(tables.tiers, scope), within(tables.tiers, scope)
    then = select(first).where(_stood(first.c, start)).subquery("then").c
    later = select(last).where(_stood(last.c, end)).subquery("later").c
    joined = then.membership_id.table.outerjoin(later.membership_id.table, later.membership_id == then.membership_id)
    return select(
        then.membership_id, then.guest_id, then.property_id, then.tier.label("before"), then.tier_rank.label("before_rank"),
        func.coalesce(later.tier, CLOSED).label("now"), later.tier_rank.label("now_rank"),
        func.coalesce(later.from_on, then.until_on).label("moved_on")).select_from(joined)


def _every_way(found: pd.DataFrame) -> pd.DataFrame:
    """Every way from a tier that somebody was in to each tier there is, and to a closed account, also where nobody went."""
    began = found.groupby(["before", "before_rank"])["members"].sum().rename("of").reset_index()
    tiers = pd.concat([found[["before", "before_rank"]].set_axis(["now", "now_rank"], axis=1), found[["now", "now_rank"]],
                       pd.DataFrame({"now": [CLOSED], "now_rank": [None]})]).astype({"now_rank": "Int64"}).drop_duplicates()
    every = began.merge(tiers, how="cross").sort_values(["before_rank", "before", "now_rank", "now"], ignore_index=True)
    went = found.groupby(["before", "now"])["members"].sum()
    every["members"] = went.reindex(pd.MultiIndex.from_frame(every[["before", "now"]]), fill_value=0).to_numpy()
    return every.assign(move=_direction(every))[["before", "before_rank", "now", "now_rank", "move", "members", "of"]]


def _direction(ways: pd.DataFrame) -> np.ndarray:
    step = (ways["now_rank"].fillna(-1) - ways["before_rank"]).astype(float)
    return np.select([ways["now_rank"].isna(), step > 0, step < 0], [CLOSED, "up", "down"], "keep")


@query
def time_in_tier(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per tier, lowest first: spells in it, how many of them ended, and the median days that one lasts, with its interval.

    Kaplan-Meier: a spell that still goes on counts for as long as it was seen. An account that is closed ends its spell. NaN where fewer than
    half have ended; `few`: fewer than 30 spells.
    """
    r = within(tables.tiers, scope).c
    over = r.until_on < scope.as_of
    days = days_between(r.from_on, case((over, r.until_on), else_=sa.literal(scope.as_of, sa.Date)))
    ended = case((over, 1), else_=0)
    split = (r.tier, r.tier_rank, days.label("days"), ended.label("ended"))
    frame = warehouse.frame(select(*split, func.count().label("spells")).where(r.from_on < scope.as_of).group_by(r.tier, r.tier_rank, days, ended))
    rows = [(rank, tier, *_lasting(part)) for (rank, tier), part in _one_place(frame, PLACED).groupby(["tier_rank", "tier"])]
    return pd.DataFrame(rows, columns=["tier_rank", "tier", "spells", "ended", "days", "low", "high"]).assign(few=lambda f: f["spells"] < LEAST)


def _lasting(part: pd.DataFrame) -> tuple:
    curve = survival.kaplan_meier(part["days"].to_numpy(), part["ended"].to_numpy(bool), part["spells"].to_numpy())
    return curve.n, curve.events, *curve.median()


# --- work lists -------------------------------------------------------------------------------------------------------------
@query
def tier_work(warehouse: Warehouse, scope: Scope, *, kind: str = "rise", offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per open account near the next tier ("rise"), nearest first, or that loses its own within 90 days ("keep"), soonest first.

    `to_tier` is the tier it would reach or fall to, `measure` what counts (nights, stays or points): of what is asked (`wants`) the member `has`
    so much, and the rest is `missing`. On the list "keep" that is what still counts on the day `on`, on which the tier is lost (rise: none);
    where today's rules do not ask for the measure, has and wants are missing. `rows` = all of them. Spend of 12 months in minor units.
    """
    if kind not in KINDS:
        raise ValueError(f"The lists are {' and '.join(KINDS)}, not {kind!r}.")
    r = within(tables.members, scope).c
    listed, said, order = (_rising if kind == "rise" else _falling)(r, scope)
    columns = (r.membership_id, r.guest_id, r.property_id, r.programme_id, r.tier, *said, r.measure, r.last_active_on, r.spend_12m)
    found = warehouse.frame(select(*columns, func.count().over().label("rows")).where(r.is_open == 1, listed)
                            .order_by(*order, r.spend_12m.desc().nulls_last(), r.membership_id).offset(offset).limit(limit))
    return found if kind == "rise" else _asked(found, _rules(warehouse, scope))


def _rising(r, _scope: Scope) -> tuple:
    said = (r.next_tier.label("to_tier"), r.has, r.wants, r.missing, sa.cast(sa.null(), sa.Date).label("on"))
    return and_(r.next_tier.is_not(None), r.missing > 0, r.reach_ppm >= NEAR), said, (r.reach_ppm.desc(), r.tier_rank.desc())


def _falling(r, scope: Scope) -> tuple:
    said = (r.falls_to.label("to_tier"), r.keeps_with.label("missing"), r.falls_on.label("on"))
    soon = and_(r.falls_on >= scope.as_of, r.falls_on < scope.as_of + dt.timedelta(AHEAD))
    return and_(r.falls_to.is_not(None), r.keeps_with > 0, soon), said, (r.falls_on, r.tier_rank.desc())


def _rules(warehouse: Warehouse, scope: Scope) -> dict[int, Rules]:
    """Each programme's rules of the last known day."""
    rows = programmes(warehouse, scope).query("number > 0")
    versions = rows.assign(version=[Version(int(row.number), pd.Timestamp(row.from_on).date(), parse(json.loads(row.rules))) for row in rows.itertuples()])
    found = {int(number): in_force(part["version"], scope.as_of - dt.timedelta(1)) for number, part in versions.groupby("programme_id")}
    return {number: rules for number, rules in found.items() if rules}


def _asked(listed: pd.DataFrame, rules: dict[int, Rules]) -> pd.DataFrame:
    """Add what a tier asks for to be kept, and what of it is there: the mart only says what is missing."""
    retain = {(number, tier.name, measure): least for number, said in rules.items() for tier in said.tiers for measure, least in tier.retain.items()}
    asked = [retain.get((row.programme_id, row.tier, row.measure)) for row in listed.itertuples()]
    wants = pd.array(asked, "Int64")
    return listed.assign(has=wants - listed["missing"].astype("Int64"), wants=wants)
