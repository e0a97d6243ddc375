"""Service cases in figures: how many, how fast, within what was promised, where they come from, and how many wait for how long."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import month_start
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Scope
from crm_core.service.causes import pareto
from crm_core.stats import intervals, survival
from crm_core.store.warehouse import Warehouse

HOUR, DAY = 60, 24 * 60
COLUMNS = {"kind": "kind", "department": "department", "aspect": "aspect", "cause": "root_cause", "priority": "priority", "severity": "severity",
           "opened_from": "opened_from", "owner": "owner", "property": "property_id", "block": "block"}
GROUPS = (*COLUMNS, "month")
AGES = ((DAY, "<1"), (3 * DAY, "1-2"), (8 * DAY, "3-7"), (31 * DAY, "8-30"), (None, ">30"))  # days


@query
def cases_by(warehouse: Warehouse, scope: Scope, *, by: str = "kind") -> pd.DataFrame:
    """One row per group (one of GROUPS) of the cases opened in the period, the most frequent first; months in order.

    cases, complaints, open, reopened, cost (minor units; NaN without a rate); answer and solve = median hours, answer_90 and solve_90 = P90
    (Kaplan-Meier: what still waits counts for as long as it has waited; NaN where never reached); met = share solved by the due time of the `due`
    cases whose due time is past, with met_low and met_high; reopen = share of the `ripe` cases closed two weeks ago or more that came up again
    within two weeks, with reopen_low and reopen_high (all Wilson); stays and per_100 = complaints per 100 stays that ended in the period (by property and
    month of those stays, else of all).
    """
    counts = _counts(warehouse, scope, by)
    for name, column, ended in (("answer", "answer_minutes", "is_answered"), ("solve", "age_minutes", "is_open")):
        told = {group: _quantiles(part) for group, part in _waits(warehouse, scope, by, column, ended).groupby("group", dropna=False)}
        counts[name], counts[f"{name}_90"] = ([told.get(group, (np.nan, np.nan))[i] for group in counts["group"]] for i in (0, 1))
    counts = counts.assign(**_share(counts, "met", "met_count", "due"), **_share(counts, "reopen", "again", "ripe"),
                           stays=_stays(warehouse, scope, by, counts["group"]))
    counts = counts.assign(per_100=100 * counts["complaints"] / counts["stays"].where(counts["stays"] > 0)).drop(columns=["met_count", "again"])
    return counts.sort_values(["group"] if by == "month" else ["cases", "group"], ascending=[True] if by == "month" else [False, True], ignore_index=True)


def _group(rows, by: str) -> sa.ColumnElement:
    if by not in GROUPS:
        raise ValueError(f"Cases are split by {', '.join(GROUPS)}, not by {by!r}.")
    return month_start(rows.opened_on) if by == "month" else func.coalesce(rows[COLUMNS[by]], 0 if by == "property" else "")


def _counts(warehouse: Warehouse, scope: Scope, by: str) -> pd.DataFrame:
    c = within(tables.cases, scope).c
    count = lambda *when: func.count(case((sa.and_(*when), 1)))  # noqa: E731
    due, ripe = c.due_at < sa.cast(sa.literal(scope.as_of, sa.Date), sa.DateTime), c.reopen_ripe_on < scope.as_of
    group = _group(c, by)
    cost = case((count(c.cost.is_(None), c.reopened.is_(None)) == 0, func.sum(c.cost)))
    return warehouse.frame(
        select(group.label("group"), func.count().label("cases"), func.sum(c.is_complaint).label("complaints"), func.sum(c.is_open).label("open"),
               func.sum(c.is_reopened).label("reopened"), cost.label("cost"), count(due).label("due"), count(due, c.is_due_met == 1).label("met_count"),
               count(ripe).label("ripe"), count(ripe, c.is_reopened == 1).label("again"))
        .where(inside(c.opened_on, scope.elapsed().period)).group_by(group))


def _waits(warehouse: Warehouse, scope: Scope, by: str, minutes: str, ended: str) -> pd.DataFrame:
    """One row per group, wait in minutes and whether it ended: how many cases."""
    c = within(tables.cases, scope).c
    over = case((c[ended] == (0 if ended == "is_open" else 1), 1), else_=0).label("over")
    group = _group(c, by)
    return warehouse.frame(select(group.label("group"), c[minutes].label("minutes"), over, func.count().label("n"))
                           .where(inside(c.opened_on, scope.elapsed().period)).group_by(group, c[minutes], over))


def _quantiles(part: pd.DataFrame) -> tuple[float, float]:
    """(median, P90) in hours; NaN where never reached."""
    curve = survival.kaplan_meier(part["minutes"].to_numpy(), part["over"].to_numpy(bool), part["n"].to_numpy())
    reached = (np.flatnonzero(curve.survival <= 1 - share + 1e-12) for share in (0.5, 0.9))
    return tuple(float(curve.time[at[0]]) / HOUR if len(at) else np.nan for at in reached)


def _share(frame: pd.DataFrame, name: str, part: str, whole: str) -> dict[str, pd.Series]:
    low, high = intervals.wilson(frame[part], frame[whole])
    return {name: frame[part] / frame[whole].where(frame[whole] > 0), f"{name}_low": low, f"{name}_high": high}


def _stays(warehouse: Warehouse, scope: Scope, by: str, groups: pd.Series) -> np.ndarray:
    s = within(tables.stays, scope).c
    ended = (s.is_stay == 1, inside(s.stay_departure_on, scope.elapsed().period))
    if by not in ("property", "month"):
        return np.full(len(groups), int(warehouse.frame(select(func.count().label("n")).where(*ended))["n"].iloc[0]))
    group = month_start(s.stay_departure_on) if by == "month" else s.property_id
    found = warehouse.frame(select(group.label("group"), func.count().label("n")).where(*ended).group_by(group))
    return groups.map(dict(zip(found["group"], found["n"], strict=True))).fillna(0).to_numpy(int)


@query
def backlog_ages(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per age in days (<1, 1-2, 3-7, 8-30, >30) and priority of the cases open at the as-of date, whenever opened: cases, waiting, overdue."""
    c = within(tables.cases, scope).c
    age = case(*((c.age_minutes < minutes, name) for minutes, name in AGES if minutes), else_=AGES[-1][1])
    late = func.count(case((c.due_at < sa.cast(sa.literal(scope.as_of, sa.Date), sa.DateTime), 1)))
    frame = warehouse.frame(select(age.label("age"), c.priority, func.count().label("cases"), func.sum(c.is_waiting).label("waiting"), late.label("overdue"))
                            .where(c.is_open == 1, c.opened_on < scope.as_of).group_by(age, c.priority))
    order = {name: at for at, (_, name) in enumerate(AGES)}
    return frame.sort_values(["age", "priority"], key=lambda column: column.map(order) if column.name == "age" else column, ignore_index=True)


@query
def case_causes(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per root cause of the cases closed in the period, most frequent first: cause, cases, share, up_to, is_vital; n and unknown stand beside."""
    c = within(tables.cases, scope).c
    found = warehouse.frame(select(c.root_cause, func.count().label("n")).where(c.is_open == 0, inside(c.closed_on, scope.elapsed().period)).group_by(c.root_cause))
    counts = dict(zip(found["root_cause"].fillna(""), found["n"].astype(int), strict=True))
    unknown = counts.pop("", 0)
    frame = pd.DataFrame([vars(part) for part in pareto(counts)], columns=["cause", "cases", "share", "up_to", "is_vital"])
    return frame.assign(n=sum(counts.values()), unknown=unknown)


@query
def case_ids(warehouse: Warehouse, scope: Scope, *, group: tuple[str, object] | None = None, view: str = "all", limit: int = 200) -> pd.DataFrame:
    """One row per case opened in the period, newest first: case_id, `rows` = how many in all; a `group` is (one of GROUPS, its value).

    view: all, open, late (due time past and not met), reopened.
    """
    c = within(tables.cases, scope).c
    views = {"all": sa.true(), "open": c.is_open == 1, "reopened": c.is_reopened == 1,
             "late": (c.due_at < sa.cast(sa.literal(scope.as_of, sa.Date), sa.DateTime)) & (c.is_due_met == 0)}
    if view not in views:
        raise ValueError(f"Cases are listed as {', '.join(views)}, not as {view!r}.")
    chosen = _group(c, group[0]) == group[1] if group else sa.true()
    return warehouse.frame(select(c.case_id, func.count().over().label("rows")).where(inside(c.opened_on, scope.elapsed().period), views[view], chosen)
                           .order_by(c.opened_at.desc(), c.case_id.desc()).limit(limit))


@query
def case_facts(warehouse: Warehouse, scope: Scope, *, ids: tuple[int, ...]) -> pd.DataFrame:
    """One row per case of the ids: case_id, kind, status (at the as-of date), severity; cases outside the scope are left out."""
    c = within(tables.cases, scope).c
    status = case((c.is_open == 0, "closed"), (c.status != "closed", c.status), else_=case((c.is_answered == 1, "answered"), else_="open"))
    return warehouse.frame(select(c.case_id, c.kind, status.label("status"), c.severity).where(c.case_id.in_(ids)).order_by(c.case_id))
