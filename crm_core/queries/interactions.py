"""Messages, calls and talks in figures: how many by channel, and how long guests wait for an answer."""
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
from crm_core.stats import survival
from crm_core.stats.intervals import wilson
from crm_core.store.warehouse import Warehouse

RESPONSE = ("group", "asked", "answered", "minutes", "low_minutes", "high_minutes", "ripe", "in_time", "low", "high")


@query
def interaction_volume(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per month of the period and channel: words of guests and words of ours."""
    r = within(tables.interactions, scope).c
    month = month_start(r.said_on).label("month")
    received, sent = (func.count(case((r.direction == way, 1))).label(name) for way, name in (("in", "received"), ("out", "sent")))
    return warehouse.frame(
        select(month, r.medium, received, sent).where(inside(r.said_on, scope.elapsed().period)).group_by(month, r.medium)
        .order_by(month, r.medium))  # fmt: skip


@query
def response_times(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per channel on which guests wait, and one for all of them (group None) first: the median minutes to the first answer with
    its interval (who still waits counts as far as seen), and how many were answered within the property's hours.

    A word counts among the last (`ripe`) only once those hours are over.
    """
    r = within(tables.interactions, scope).c
    asked = warehouse.frame(
        select(r.medium, r.said_at, r.answered_minutes, r.in_time, case((r.ripe_on <= sa.literal(scope.as_of), 1), else_=0).label("ripe"))
        .where(r.opens == 1, inside(r.said_on, scope.elapsed().period)).order_by(r.medium, r.said_at, r.interaction_id))  # fmt: skip
    groups = [(None, asked), *asked.groupby("medium", sort=True)] if len(asked) else []
    return pd.DataFrame([_response(medium, rows, scope) for medium, rows in groups], columns=RESPONSE)


def _response(medium: str | None, rows: pd.DataFrame, scope: Scope) -> tuple:
    seen = (pd.Timestamp(scope.as_of) - rows["said_at"]).dt.total_seconds() / 60
    answered = (rows["answered_minutes"].notna() & (rows["answered_minutes"] <= seen)).to_numpy()
    value, low, high, n = survival.median(np.where(answered, rows["answered_minutes"].astype(float), seen).clip(0), answered)
    ripe, in_time = int(rows["ripe"].sum()), int((rows["ripe"] * rows["in_time"]).sum())
    return (medium, n, int(answered.sum()), value, low, high, ripe, in_time, *(float(x) for x in wilson(in_time, ripe)))
