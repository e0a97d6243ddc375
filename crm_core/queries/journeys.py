"""Journeys: how many messages came up at each step, who left before them and why, and what the people written to did beyond those held out."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.campaigns import each
from crm_core.queries.points import whole
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.schema import ARMS, DUE_STATES
from crm_core.scope import Scope
from crm_core.stats import uplift
from crm_core.store.warehouse import Warehouse

DUE, EXPORTED, LEFT = DUE_STATES
ARM_COUNTS = ("treated_n", "treated_booked", "control_n", "control_booked")


@query
def journey_summary(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per journey with a step that fell due in the period, by name: journey_id, journey, kind, steps (messages that came up), waiting,
    exported, left, held (steps of people held out), guests, and the columns of journey_lift."""
    d = within(tables.journey_steps, scope).c
    frame = warehouse.frame(select(d.journey_id, func.max(d.journey).label("journey"), func.max(d.kind).label("kind"), *_states(d))
                            .where(inside(d.due_on, scope.elapsed().period)).group_by(d.journey_id))
    lifts = _lifts(_arms(warehouse, scope, frame["journey_id"].tolist()))
    return frame.merge(lifts, how="left", on="journey_id").sort_values(["journey", "journey_id"], ignore_index=True)


def _states(d) -> list[sa.ColumnElement]:
    count = lambda *when: func.count(case((and_(*when), 1)))  # noqa: E731
    written = d.arm == ARMS[0]
    found = {"steps": func.count(), "waiting": count(written, d.state == DUE), "exported": count(written, d.state == EXPORTED), "left": count(d.state == LEFT),
             "held": count(d.arm == ARMS[1], d.state != LEFT), "guests": func.count(sa.distinct(d.guest_id))}
    return [column.label(name) for name, column in found.items()]


@query
def journey_funnel(warehouse: Warehouse, scope: Scope, *, journey: int) -> pd.DataFrame:
    """One row per step of a journey that fell due in the period, in order: step, steps, waiting, exported, left, held, guests.

    written_ripe = messages not left whose thirty days are over, booked = those whose guest booked within them: no effect, many would have anyway.
    """
    d = within(tables.journey_steps, scope).c
    over = and_(d.arm == ARMS[0], d.state != LEFT, d.ripe_on <= scope.as_of)
    ripe = (func.count(case((over, 1))).label("written_ripe"), whole(case((over, d.is_booked))).label("booked"))
    return warehouse.frame(select(d.step, *_states(d), *ripe).where(d.journey_id == journey, inside(d.due_on, scope.elapsed().period))
                           .group_by(d.step).order_by(d.step))


@query
def journey_left(warehouse: Warehouse, scope: Scope, *, journey: int) -> pd.DataFrame:
    """One row per reason for which guests left a journey before a step of the period, the most frequent first: why, left (steps), guests."""
    d = within(tables.journey_steps, scope).c
    left = func.count().label("left")
    return warehouse.frame(select(d.why, left, func.count(sa.distinct(d.guest_id)).label("guests"))
                           .where(d.journey_id == journey, d.state == LEFT, inside(d.due_on, scope.elapsed().period)).group_by(d.why)
                           .order_by(left.desc(), d.why))


@query
def journey_lift(warehouse: Warehouse, scope: Scope, *, journey: int) -> pd.DataFrame:
    """One row: of guests whose first step of a journey fell due in the period, who booked within thirty days of it, written to and held out by lot.

    treated_n, treated_booked, control_n, control_booked; lift with low and high (Newcombe), p, incremental with _low and _high, detectable, verdict as
    in campaign_list. A first step counts once its thirty days are over, and where the guest had not left before it, which the lot cannot have changed.
    """
    found = _lifts(_arms(warehouse, scope, [journey]))
    return found if len(found) else _lifts(pd.DataFrame([{"journey_id": journey, **dict.fromkeys((*ARM_COUNTS, "waiting_for"), 0)}]))


def _arms(warehouse: Warehouse, scope: Scope, ids: list[int]) -> pd.DataFrame:
    """One row per journey: guests of both arms whose first step is thirty days old, and those who booked; waiting_for = first steps that are not."""
    d = within(tables.journey_steps, scope).c
    # The first of all times: a later step is only reached by those who did not book after it, and that may be an effect.
    place = func.row_number().over(partition_by=(d.journey_id, d.guest_id), order_by=(d.due_on, d.step, d.due_id))
    first = (select(d.journey_id, d.guest_id, d.arm, d.due_on, d.ripe_on, d.is_booked, place.label("place"))
             .where(d.state != LEFT, d.arm.in_(ARMS), d.journey_id.in_(ids)).subquery("first_step").c)
    over = first.ripe_on <= scope.as_of
    count = lambda *when: func.count(case((and_(*when), 1)))  # noqa: E731
    columns = []
    for side, arm in zip(("treated", "control"), ARMS, strict=True):
        columns += [count(over, first.arm == arm).label(f"{side}_n"), count(over, first.arm == arm, first.is_booked == 1).label(f"{side}_booked")]
    return warehouse.frame(select(first.journey_id, *columns, count(sa.not_(over)).label("waiting_for"))
                           .where(first.place == 1, inside(first.due_on, scope.elapsed().period)).group_by(first.journey_id))


def _lifts(arms: pd.DataFrame) -> pd.DataFrame:
    k1, n1, k0, n0 = (arms[name].to_numpy(float) for name in ("treated_booked", "treated_n", "control_booked", "control_n"))
    lifts = uplift.lift(k1, n1, k0, n0)
    least = uplift.detectable(n1, n0, lifts.control)
    found = [_verdict(each(lifts, i), least[i], n1[i], n0[i], arms["waiting_for"].iloc[i]) for i in range(len(arms))]
    told = {"lift": lifts.difference, "low": lifts.low, "high": lifts.high, "p": lifts.p}
    told |= {name: getattr(lifts, name) for name in ("incremental", "incremental_low", "incremental_high")}
    return arms.assign(**told, detectable=np.asarray(least, float), verdict=np.array(found, object))


def _verdict(one: uplift.Lift, detectable: float, treated: float, held: float, waiting: int) -> str:
    if not held:
        return "early" if waiting and not treated else "no_control"
    return uplift.verdict(one, detectable, None)
