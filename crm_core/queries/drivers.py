"""What matters: how the ratings go with what guests praise and blame, what would be gained, how others do, and whether an alarm rang."""
import datetime as dt

import pandas as pd
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.feedback import LEAST, VALIDATED
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse


@query
def drivers(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property (0: all together) and aspect of mart_drivers, the largest share of the ratings' spread first; association, no cause.

    Of a part of several properties each one's own rows; of all of them the rows told together.
    """
    d = within(tables.drivers, scope).c
    return warehouse.frame(select(d).order_by(d.property_id, d.share.desc()))


@query
def what_if(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per aspect that the drivers know: own positive share, the best property's (with at least 30 mentions), and the rating's gain there.

    gain = effect of ten points × gap / 10, with low and high from the effect's interval; 0 where one is the best. Properties of the whole
    chain are compared only by their shares.
    """
    effects, shares = drivers(warehouse, scope), _shares(warehouse, scope)
    if effects.empty or shares.empty:
        return pd.DataFrame(columns=["property_id", "aspect", "share", "best", "best_id", "gain", "gain_low", "gain_high"])
    best = shares[shares["n"] >= LEAST].sort_values("share").groupby("aspect", as_index=False).last()[["aspect", "share", "property_id"]]
    own = shares.groupby("aspect", as_index=False)[["positive", "n"]].sum().assign(share=lambda f: f["positive"] / f["n"].where(f["n"] > 0))
    frame = effects.drop(columns="share").merge(best.rename(columns={"share": "best", "property_id": "best_id"}), on="aspect")
    frame = frame.merge(own[["aspect", "share"]], on="aspect")
    mine = shares.rename(columns={"share": "alone"})[["property_id", "aspect", "alone"]]
    frame = frame.merge(mine, how="left", on=["property_id", "aspect"])
    frame["share"] = frame["alone"].where(frame["property_id"] != tables.TOGETHER, frame["share"])
    gap = (frame["best"] - frame["share"]).clip(lower=0)
    gains = {f"gain{side}": frame[f"effect{side}"] * gap * 10 for side in ("", "_low", "_high")}
    return frame.assign(**gains).sort_values(["property_id", "gain"], ascending=[True, False], ignore_index=True)


def _shares(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property and aspect: positive, n = positive and negative mentions, and the share."""
    m = within(tables.mentions, scope).c
    positive, polar = func.count(case((m.label == "positive", 1))), func.count(case((m.label.in_(("positive", "negative")), 1)))
    frame = warehouse.frame(select(m.property_id, m.aspect, positive.label("positive"), polar.label("n"))
                            .where(m.coverage.in_(VALIDATED), inside(m.reviewed_on, scope.elapsed().period)).group_by(m.property_id, m.aspect))
    return frame.assign(share=frame["positive"] / frame["n"].where(frame["n"] > 0))


# --- alarms -------------------------------------------------------------------------------------------------------------------
@query
def alarm_weeks(warehouse: Warehouse, scope: Scope, *, property: int, aspect: str = "") -> pd.DataFrame:
    """One row per week of one control chart (aspect empty: the ratings): n, value, centre, low, high, is_signal, is_worse, false_per_year."""
    a = within(tables.alarms, scope).c
    return warehouse.frame(select(a).where(a.property_id == property, a.aspect == aspect).order_by(a.week_on))


@query
def alarm_signals(warehouse: Warehouse, scope: Scope, *, weeks: int = 13, worse_only: bool = True) -> pd.DataFrame:
    """One row per chart of which a signal rang in the last weeks before the as-of date, the latest first, with how often it rang (times)."""
    a = within(tables.alarms, scope).c
    since = scope.as_of - dt.timedelta(weeks=weeks)
    wanted = [a.is_signal == 1, a.week_on >= since, *([a.is_worse == 1] if worse_only else [])]
    place = func.row_number().over(partition_by=(a.property_id, a.aspect), order_by=a.week_on.desc())
    times = func.count().over(partition_by=(a.property_id, a.aspect))
    each = select(a, place.label("place"), times.label("times")).where(*wanted).subquery("each_signal")
    names = [c.name for c in tables.alarms.c]
    return warehouse.frame(select(*(each.c[name] for name in names), each.c.times).where(each.c.place == 1)
                           .order_by(each.c.week_on.desc(), each.c.property_id, each.c.aspect))


@query
def alarm_charts(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per control chart there is: property_id, aspect (empty: the ratings), weeks, signals."""
    a = within(tables.alarms, scope).c
    return warehouse.frame(select(a.property_id, a.aspect, func.count().label("weeks"), func.sum(a.is_signal).label("signals"))
                           .group_by(a.property_id, a.aspect).order_by(a.property_id, a.aspect))
