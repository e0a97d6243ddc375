"""Leads in figures: what became of them by source and by stage, how long stages take, and how good their score is."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Scope
from crm_core.stats import survival
from crm_core.stats.intervals import wilson
from crm_core.store.warehouse import Warehouse

STAGES = ("enquiry", "qualified", "offer")
DAY = 24 * 60


@query
def lead_conversion_by(warehouse: Warehouse, scope: Scope, *, by: str = "via") -> pd.DataFrame:
    """One row per source ("via") or kind of lead: leads made in the period whose 90 days are over, how many were won, and the interval."""
    if by not in ("via", "kind"):
        raise ValueError(f"Leads are split by via or kind, not {by!r}.")
    r = within(tables.leads, scope).c
    found = warehouse.frame(_won(r, r[by].label("group")).where(*_counted(scope, r)).group_by(r[by]).order_by(sa.desc("leads"), r[by]))
    return _with_interval(found)


@query
def lead_stages(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per open stage: leads that reached it and were won (their 90 days are over), and the median days that leads stay in it.

    `days`, `low_days`, `high_days`, `n_days`: Kaplan-Meier over the leads that entered in the period; who is still there counts as far as seen.
    """
    r, s = within(tables.leads, scope).c, within(tables.lead_stages, scope).c
    reached = select(s.lead_id, s.stage).distinct().subquery("reached")
    joined = r.lead_id.table.join(reached, reached.c.lead_id == r.lead_id)
    won = _won(r, reached.c.stage.label("group")).select_from(joined).where(*_counted(scope, r)).group_by(reached.c.stage)
    found = _with_interval(warehouse.frame(won).set_index("group").reindex(STAGES, fill_value=0).reset_index(names="group"))
    times = warehouse.frame(select(s.stage, s.minutes, s.entered_at).where(s.is_counted == 1, inside(s.entered_on, scope.elapsed().period)))
    return pd.concat([found, pd.DataFrame([_stay(times[times["stage"] == stage], scope) for stage in STAGES])], axis=1)


def _stay(rows: pd.DataFrame, scope: Scope) -> dict:
    seen = (pd.Timestamp(scope.as_of) - rows["entered_at"]).dt.total_seconds() / 60
    left = (rows["minutes"].notna() & (rows["minutes"] <= seen)).to_numpy()
    time = np.where(left, rows["minutes"].astype(float), seen).clip(0) / DAY
    value, low, high, n = survival.median(time, left)
    return {"days": value, "low_days": low, "high_days": high, "n_days": n, "waiting": int((~left).sum())}


def _won(r, *groups) -> sa.Select:
    return select(*groups, func.count().label("leads"), func.count(case((r.is_converted == 1, 1))).label("won"))


def _counted(scope: Scope, r) -> tuple[sa.ColumnElement[bool], ...]:
    return r.is_counted == 1, r.is_mature == 1, inside(r.created_on, scope.elapsed().period)


def _with_interval(frame: pd.DataFrame) -> pd.DataFrame:
    low, high = wilson(frame["won"].to_numpy(float), frame["leads"].to_numpy(float))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = frame["won"].to_numpy(float) / frame["leads"].to_numpy(float)
    return frame.assign(share=share, low=low, high=high)


@query
def lead_scores(warehouse: Warehouse, scope: Scope, *, ids: tuple[int, ...] | None = None) -> pd.DataFrame:
    """One row per open lead that was scored: kind ("model" or "group": a probability and the band of its tenth; "points"), score, low, high, reasons."""
    s = within(tables.lead_scores, scope, history=True).c
    asked = select(s).order_by(s.score.desc(), s.lead_id)
    return warehouse.frame(asked if ids is None else asked.where(s.lead_id.in_(ids)))


@query
def lead_models(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property with leads: how they are scored, from how many leads and conversions, and how the test went."""
    m = within(tables.lead_models, scope, history=True).c
    return warehouse.frame(select(m).order_by(m.property_id))


@query
def lead_deciles(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per tenth of the tested leads, the likeliest first: leads, won, the mean score, and the share won with its interval."""
    t = within(tables.lead_tests, scope, history=True).c
    frame = warehouse.frame(_won(t, t.decile.label("group"), func.avg(t.score).label("score")).group_by(t.decile).order_by(t.decile.desc()))
    return _with_interval(frame)
