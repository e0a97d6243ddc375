"""Did it cause bookings: every campaign with its messages, its arms and what the people written to did beyond those held out."""
import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.marts import credits, tables
from crm_core.marts.booked import WINDOW
from crm_core.marts.scoped import within
from crm_core.queries.points import whole
from crm_core.queries.registry import query
from crm_core.queries.totals import inside, money
from crm_core.schema import ARMS
from crm_core.scope import Scope
from crm_core.stats import intervals, uplift
from crm_core.store.warehouse import Warehouse

# Openings are no order: machines make most of them.
SORTS = ("started_on", "incremental", "margin", "romi", "clicked", "unsubscribed")
BASIS = 10_000
# What a message came to, by the column of its mart.
OUTCOMES = {
    "sent": "is_sent", "delivered": "is_delivered", "bounced": "is_bounced", "hard": "hard_bounced", "soft": "soft_bounced", "openable": "can_open",
    "opened_human": "opened_human", "machine_opened": "machine_opened", "clicked": "is_clicked", "scanned": "is_scanned",
    "unsubscribed": "is_unsubscribed", "complained": "is_complained", "booked": "is_booked"}  # fmt: skip
# Platforms that send no single messages report these; their openings are not told from machines'.
REPORTED = {"sent": "reported_sent", "delivered": "reported_delivered", "bounced": "reported_bounces", "clicked": "reported_clicks",
            "unsubscribed": "reported_unsubscribes", "complained": "reported_complaints"}  # fmt: skip
UNREPORTED = tuple(name for name in OUTCOMES if name not in REPORTED)
MONEY = ("media", "discount", "staff", "cost", "budget", "reported_revenue")
PEOPLE = ("people", "contacted", "held")
SIDES = {"treated": ARMS[0], "control": ARMS[1]}
MOMENTS = ("n", "booked", "margin", "squares")
LIMITS = ("", "_low", "_high")
# With these verdicts no effect is told: the window runs, nobody was held out, or the split is not the one that was planned.
UNTOLD = ("early", "no_control", "broken")
CAUSED = ("lift", "low", "high", "p", "relative", "relative_low", "relative_high",
          *(f"{name}{end}" for name in ("incremental", "margin", "romi", "cost_per") for end in LIMITS))  # fmt: skip


@query
def campaign_list(warehouse: Warehouse, scope: Scope, *, sort: str = "started_on") -> pd.DataFrame:
    """One row per campaign that began in the period, the last first: plan, messages by what became of them, arms, effect and verdict.

    Of messages: sent, delivered, bounced (hard, soft), openable, opened_human, machine_opened, clicked, scanned, unsubscribed, complained, booked;
    click_rate and unsubscribe_rate of those delivered, each with _low and _high (Wilson); `is_reported` where only a platform's counts are known.
    Of everyone assigned: treated_n, treated_booked, treated_margin (mean per person, minor units), control_… the same, contaminated (held out, yet
    written to). lift with low and high (Newcombe), p, relative, incremental bookings, margin, romi and cost_per with their _low and _high: NaN
    where the verdict is "early" (the window runs), "no_control" or "broken" (srm_p below 0.001). Else it is "few", "shown", "harm" or "not_shown".
    detectable = the smallest lift these arms show; attributed = what the default rule credits, no effect. Raises ValueError for another order.
    """
    if sort not in SORTS:
        raise ValueError(f"Campaigns are put in order by {', '.join(SORTS)}, not by {sort!r}.")
    frame = figures(warehouse, scope)
    return frame.sort_values([sort, "campaign_id"], ascending=False, na_position="last", ignore_index=True)


def figures(warehouse: Warehouse, scope: Scope, campaign: int | None = None) -> pd.DataFrame:
    """Return the rows of campaign_list by id: of the campaigns that began in the period, or of one, whenever it was or will be."""
    frame = _plans(warehouse, scope, campaign)
    ids = frame["campaign_id"].tolist()
    for found in (_messages(warehouse, scope, ids), _arms(warehouse, scope, ids), _credited(warehouse, scope, ids)):
        frame = frame.merge(found, how="left", on="campaign_id")
    return _told(_counted(frame, scope), scope)


# --- as it stands in the marts -----------------------------------------------------------------------------------------------------------
def plans(scope: Scope) -> sa.Select:
    """Return one row per campaign that the scope knows, by id: its plan and money; over several properties counts and money are added up."""
    c = within(tables.campaigns, scope).c
    own = {name: func.max(c[name]) for name in (x.name for x in tables.campaigns.c) if name not in ("campaign_id", "property_id")}
    own |= {"started_on": func.min(c.started_on)} | {name: money(c[name]) for name in MONEY} | {name: whole(c[name]) for name in PEOPLE}
    return select(c.campaign_id, *(value.label(name) for name, value in own.items())).group_by(c.campaign_id).order_by(c.campaign_id)


def _plans(warehouse: Warehouse, scope: Scope, campaign: int | None) -> pd.DataFrame:
    statement = plans(scope)
    rows = statement.selected_columns
    if campaign is not None:
        return warehouse.frame(statement.having(rows.campaign_id == campaign))
    return warehouse.frame(statement.having(inside(rows.started_on.element, scope.elapsed().period)))


def _messages(warehouse: Warehouse, scope: Scope, ids: list[int]) -> pd.DataFrame:
    """One row per campaign that wrote to somebody; sums know no guests, so a segment asks for the messages themselves."""
    m = within(tables.sends if scope.segment else tables.send_days, scope).c
    sums = (whole(m[column]).label(name) for name, column in OUTCOMES.items())
    return warehouse.frame(select(m.campaign_id, func.max(m.sent_on).label("last_on"), *sums).where(m.campaign_id.in_(ids)).group_by(m.campaign_id))


def _arms(warehouse: Warehouse, scope: Scope, ids: list[int]) -> pd.DataFrame:
    """One row per campaign with arms: of everyone assigned the people, those who booked, Σ margin and Σ margin² (null without an exchange rate)."""
    a = within(tables.assigned, scope).c
    columns = [column for side, arm in SIDES.items() for column in moments(a, a.arm == arm, f"{side}_")]
    mailed = func.count(case((and_(a.arm == ARMS[1], a.is_mailed == 1), 1)))
    return warehouse.frame(select(a.campaign_id, *columns, mailed.label("contaminated"), func.max(a.ripe_on).label("last_ripe_on"))
                           .where(a.campaign_id.in_(ids)).group_by(a.campaign_id))


def moments(a, counts: sa.ColumnElement[bool], prefix: str = "", amount: str = "margin") -> list[sa.ColumnElement]:
    """Return people, those who booked, Σ and Σ² of an amount over the rows that count, as n, booked, margin and squares."""
    value = sa.cast(a[amount], sa.Double)
    known = func.count(case((and_(counts, value.is_(None)), 1))) == 0
    total = lambda x: case((known, func.coalesce(func.sum(case((counts, x))), 0.0)))  # noqa: E731
    found = (func.count(case((counts, 1))), whole(case((counts, a.is_booked))), total(value), total(value * value))
    return [column.label(prefix + name) for name, column in zip(MOMENTS, found, strict=True)]


def _credited(warehouse: Warehouse, scope: Scope, ids: list[int]) -> pd.DataFrame:
    """One row per campaign that the default rule credits with a booking."""
    c = within(tables.credits, scope).c
    bookings = sa.cast(func.sum(c.part), sa.Double).label("attributed_bookings")
    return warehouse.frame(select(c.campaign_id, money(c.revenue).label("attributed"), bookings)
                           .where(c.rule == credits.DEFAULT, c.campaign_id.in_(ids)).group_by(c.campaign_id))


# --- what is told of it ------------------------------------------------------------------------------------------------------------------
def _counted(frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Counts as whole numbers, those of a platform where there are no messages, and rates with their intervals."""
    reported = frame["has_sends"].to_numpy(float) == 0
    counts = {name: frame[name].fillna(0).astype("int64") for name in OUTCOMES}
    counts |= {name: np.where(reported, frame[column].astype(float), counts[name]) for name, column in REPORTED.items()}
    counts |= {name: counts[name].astype(float).where(~reported) for name in UNREPORTED}
    over = ripe(frame["last_on"].map(lambda day: day + dt.timedelta(WINDOW) if isinstance(day, dt.date) else None), scope)
    counts["booked"] = counts["booked"].where(over)  # a message's thirty days are over
    arms = {name: frame[name].fillna(0).astype("int64") for name in ("treated_n", "treated_booked", "control_n", "control_booked", "contaminated")}
    frame = frame.assign(**counts, **arms, is_reported=(reported & frame["reported_sent"].notna()).astype(int),
                         attributed=frame["attributed"].where(frame["attributed_bookings"].notna(), 0).astype(float),
                         attributed_bookings=frame["attributed_bookings"].fillna(0).astype(float))
    for name, part in (("click_rate", "clicked"), ("unsubscribe_rate", "unsubscribed")):
        frame = frame.assign(**share(frame, name, part, "delivered"))
    return frame


def share(frame: pd.DataFrame, name: str, part: str, of: str) -> dict[str, np.ndarray]:
    """Return a share and its limits (Wilson), NaN over nothing."""
    k, n = (frame[column].to_numpy(float) for column in (part, of))
    low, high = intervals.wilson(k, n)
    return {name: np.divide(k, n, out=np.full(len(k), np.nan), where=n > 0), f"{name}_low": low, f"{name}_high": high}


def ripe(days: pd.Series, scope: Scope) -> np.ndarray:
    """Return whether each day has come; what has no day has not."""
    return (pd.to_datetime(days) <= pd.Timestamp(scope.as_of)).to_numpy(bool)


def _told(frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Effects and verdicts from the arms."""
    arms = [frame[f"{side}_{name}"].to_numpy(float) for side in SIDES for name in MOMENTS]
    (n1, k1, sum1, squares1), (n0, k0, sum0, squares0) = arms[:4], arms[4:]
    lifts, margins = uplift.lift(k1, n1, k0, n0), uplift.lift_mean_of(n1, sum1, squares1, n0, sum0, squares0)
    is_ripe = ripe(frame["last_ripe_on"].fillna(frame["ripe_on"]), scope)
    least = np.where(is_ripe, uplift.detectable(n1, n0, lifts.control), np.nan)
    split = np.array([_split(*each) for each in zip(n1, n0, frame["holdout_bp"], strict=True)], float)
    by_margin = (frame["primary_kpi"] == "margin").to_numpy()
    found = [_verdict(each(margins, i) if by_margin[i] else each(lifts, i), None if by_margin[i] else least[i], split[i], is_ripe[i], n0[i],
                      frame["started_on"].iloc[i]) for i in range(len(frame))]
    frame = frame.assign(**_caused(frame, scope, lifts, margins), treated_margin=margins.treated, control_margin=margins.control, srm_p=split,
                         detectable=least, is_ripe=is_ripe.astype(int), verdict=np.array(found, object))
    frame[list(CAUSED)] = frame[list(CAUSED)].astype(float).mask(frame["verdict"].isin(UNTOLD))
    return frame.drop(columns=["last_on", "last_ripe_on", "treated_squares", "control_squares"])


def _caused(frame: pd.DataFrame, scope: Scope, lifts: uplift.Lift, margins: uplift.MeanLift) -> dict[str, np.ndarray]:
    """The columns of CAUSED. A campaign's cost is of all its people: for a segment of them nobody knows it."""
    cost = np.full(len(frame), np.nan) if scope.segment else frame["cost"].to_numpy(float)
    told = {"lift": lifts.difference, "low": lifts.low, "high": lifts.high, "p": lifts.p}
    told |= {name: getattr(lifts, name) for name in CAUSED if name.startswith(("relative", "incremental"))}
    booked = np.fmin(frame["treated_booked"].to_numpy(float), frame["control_booked"].to_numpy(float)) >= uplift.EVENTS
    # Fewer amounts tell neither their mean nor how far they scatter.
    margin = tuple(np.where(booked, limit, np.nan) for limit in (margins.incremental, margins.incremental_low, margins.incremental_high))
    bookings = lifts.incremental, lifts.incremental_low, lifts.incremental_high
    for name, values in (("margin", margin), ("romi", uplift.romi(*margin, cost)), ("cost_per", uplift.cost_per(*bookings, cost))):
        told |= {f"{name}{end}": value for end, value in zip(LIMITS, values, strict=True)}
    return told


def each(lifts: uplift.Lift | uplift.MeanLift, i: int) -> uplift.Lift | uplift.MeanLift:
    """Return one of many lifts."""
    return type(lifts)(*(np.broadcast_to(getattr(lifts, f.name), np.shape(lifts.difference))[i] for f in dataclasses.fields(lifts)))


def _split(treated: float, held: float, holdout_bp: float) -> float:
    """The p of the split, where a part to hold out was planned and somebody was assigned."""
    planned = pd.notna(holdout_bp) and 0 < holdout_bp < BASIS
    return uplift.srm((treated, held), (BASIS - holdout_bp, holdout_bp))[1] if planned else np.nan


def _verdict(one: uplift.Lift | uplift.MeanLift, detectable: float | None, split: float, is_ripe: bool, held: float, started_on: object) -> str:
    """What a campaign says; whoever held nobody out will never know."""
    if pd.notna(started_on) and not held:
        return "no_control"
    return uplift.verdict(one, detectable, split) if is_ripe else "early"
