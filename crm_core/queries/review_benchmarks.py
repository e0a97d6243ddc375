"""Beside others: the own review index against a comparison set, which is the group's other hotels or an imported one."""
import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import func, select

from crm_core.dialects import days_between
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Period, Scope
from crm_core.store.warehouse import Warehouse

# A set must be so large that nobody is recognised in it: four hotels beside one's own, none of them above half of the reviews.
FEWEST_HOTELS = 4
LARGEST = 0.5
LEAST = 25  # reviews on either side
HALF_LIFE, LOOK_BACK = 90, 365
OWN_GROUP = ""


@query
def index_gaps(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property in the scope and comparison set ("": the group's other hotels in the scope): index, n, set_index, hotels, set_n, gap.

    Index = reviews of the 365 days before the period's end, each half as heavy every 90 days, by source weight, without shrinkage, so that
    all are measured alike; gap = index − the mean of the set's hotels, with low and high. `hidden` says why no gap is told: "hotels" (fewer
    than four), "large" (one above half of the reviews), "few" (under 25 reviews on a side), else "".
    """
    alone = _indices(warehouse, scope)
    rows = [_gap(one, _group_without(alone, one["property_id"])) for _, one in alone.iterrows()]
    rows += [_gap(one, theirs) for _, one in alone.iterrows() for theirs in _imported(warehouse, scope, int(one["property_id"]))]
    columns = ("property_id", "set_name", "index", "n", "set_index", "hotels", "set_n", "gap", "low", "high", "hidden")
    return pd.DataFrame(rows, columns=columns).sort_values(["set_name", "property_id"], ignore_index=True)


def _indices(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property: its weighted mean rating, the variance of that, and the number of reviews."""
    end = scope.elapsed().period.end
    r = within(tables.reviews, scope).c
    age = sa.cast(days_between(r.reviewed_on, sa.literal(end, sa.Date)), sa.Double)
    w = r.weight * func.exp(-age * (np.log(2.0).item() / HALF_LIFE))
    sums = (func.count().label("n"), func.sum(w).label("w"), func.sum(w * r.rating).label("x"), func.sum(w * w).label("ww"),
            func.sum(w * w * r.rating).label("wwx"), func.sum(w * w * r.rating * r.rating).label("wwxx"))
    year = Period(end - dt.timedelta(LOOK_BACK), end)
    frame = warehouse.frame(select(r.property_id, *sums).where(r.rating.is_not(None), inside(r.reviewed_on, year)).group_by(r.property_id).order_by(r.property_id))
    value = frame["x"] / frame["w"].where(frame["w"] > 0)
    variance = (frame["wwxx"] - 2 * value * frame["wwx"] + value**2 * frame["ww"]) / frame["w"] ** 2
    return frame[["property_id", "n"]].assign(index=value, variance=variance.clip(lower=0))


def _group_without(alone: pd.DataFrame, own: int) -> dict:
    """The group's other hotels as a set: the mean of their indices, each hotel alike."""
    rest = alone[alone["property_id"] != own]
    n, hotels = int(rest["n"].sum()), len(rest)
    largest = rest["n"].max() / n if n else 0.0
    return {"set_name": OWN_GROUP, "set_index": rest["index"].mean(), "variance": rest["variance"].sum() / max(hotels, 1) ** 2, "hotels": hotels, "set_n": n,
            "largest": largest}


def _imported(warehouse: Warehouse, scope: Scope, property_id: int) -> list[dict]:
    """A property's imported sets over the months of the period: their mean by reviews. What a file tells has no interval of its own."""
    b = within(tables.benchmarks, scope).c
    frame = warehouse.frame(select(b.set_name, b.value, b.hotels, b.reviews, b.largest_bp)
                            .where(b.property_id == property_id, b.figure == "review_index", inside(b.month_on, scope.elapsed().period)))
    return [{"set_name": name, "set_index": np.average(part["value"], weights=part["reviews"].clip(lower=1)), "variance": 0.0, "hotels": int(part["hotels"].min()),
             "set_n": int(part["reviews"].sum()), "largest": part["largest_bp"].max() / 10_000} for name, part in frame.groupby("set_name")]


def _gap(own: pd.Series, theirs: dict) -> dict:
    """One comparison; told only where the set is large enough to hide its hotels."""
    checks = (("hotels", theirs["hotels"] < FEWEST_HOTELS), ("large", theirs["largest"] > LARGEST), ("few", min(own["n"], theirs["set_n"]) < LEAST))
    hidden = next((name for name, holds in checks if holds), "")
    value, half = own["index"] - theirs["set_index"], 1.959964 * np.sqrt(own["variance"] + theirs["variance"])
    told = {"set_index": theirs["set_index"], "gap": value, "low": value - half, "high": value + half}
    shown = dict.fromkeys(told, np.nan) if hidden else told
    return {"property_id": int(own["property_id"]), "index": own["index"], "n": int(own["n"]), "set_name": theirs["set_name"], "hotels": theirs["hotels"],
            "set_n": theirs["set_n"], "hidden": hidden, **shown}
