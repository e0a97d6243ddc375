"""What members add: spend beside guests who are alike but no members, and whether that pays for the programme."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.histories import BASIS
from crm_core.marts.scoped import within
from crm_core.metrics.measures import SPENT
from crm_core.queries.points import whole, worth
from crm_core.queries.registry import query
from crm_core.queries.totals import inside, money
from crm_core.schema import PROGRAMME_COSTS
from crm_core.scope import Period, Scope, default_period
from crm_core.store.warehouse import Warehouse

LEAST = 100  # matched members below which the comparison says nothing


@query
def member_effect(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property of the scope (0: all of them together): what members spent more than others in the year before the as-of date.

    Revenue in minor units per guest. `raw` is the plain difference of the means, `effect` that of the `matched` members to the `matched_others`
    of the same strata (exact matching), each between its bounds (95 %); members are those who were so a year ago, at the start of what is
    counted. `naive` counts everybody who is a member today: who joined during the year must have come to join, so that the time before
    joining is counted as the programme's work (immortal time). `balance` is JSON: standardised differences before and after. `few` below 100
    matched members. What is left is a difference between people who chose differently, not a proof.
    """
    m = within(tables.member_effects, scope).c
    frame = warehouse.frame(select(m).order_by(m.property_id))
    return frame.assign(few=frame["matched"] < LEAST)


@query
def programme_economics(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row: what the programme cost in the last 12 complete months, per occupied room night, beside the margin that its members added.

    Money in minor units. cost = `points_cost` (the worth of what was redeemed; of the `unpriced` points at the mean of the others, else as the
    rules say) + fees + benefits + staff + other. margin = `members` of a year ago × `effect` of the matched ones × margin rate, between bounds
    from the interval of the effect; `net` = margin − cost. `break_even` is the effect per member at which net is 0. Filters play no part. NaN
    where an exchange rate is missing, or where the comparison has too few pairs.
    """
    year = default_period(scope.as_of)
    rooms, costs = _rooms(warehouse, scope, year), _costs(warehouse, scope, year)
    effect = _margin(member_effect(warehouse, scope), rooms)
    cost = sum(costs[name] for name in ("points_cost", *PROGRAMME_COSTS))
    occupied = int(rooms["occupied"].sum())
    return pd.DataFrame([{
        "from_on": year.start, "to_on": year.end, **costs, "cost": cost, "occupied": occupied, "per_room": cost / occupied if occupied else np.nan, **effect,
        "net": effect["margin"] - cost, "net_low": effect["margin_low"] - cost, "net_high": effect["margin_high"] - cost,
        "break_even": cost / (effect["members"] * effect["rate"]) if effect["members"] * effect["rate"] > 0 else np.nan}])  # fmt: skip


def _rooms(warehouse: Warehouse, scope: Scope, year: Period) -> pd.DataFrame:
    """One row per property: occupied room nights, members' room revenue, and the margin rate."""
    d, p = within(tables.daily, scope, history=True).c, within(tables.properties, scope, history=True).c
    spent = sa.and_(d.property_id == p.property_id, d.status.in_(SPENT), inside(d.night_on, year))
    revenue = sa.cast(func.coalesce(func.sum(case((d.is_member == 1, d.room_revenue), else_=0)), 0), sa.Double)
    return warehouse.frame(
        select(p.property_id, p.margin_bp, whole(d.sold + d.complimentary).label("occupied"), revenue.label("revenue"))
        .select_from(p.property_id.table.outerjoin(d.property_id.table, spent)).group_by(p.property_id, p.margin_bp).order_by(p.property_id))


def _costs(warehouse: Warehouse, scope: Scope, year: Period) -> dict[str, float]:
    """The redeemed points and their worth, and each kind of other cost; NaN where an exchange rate is missing."""
    r, c = within(tables.points, scope, history=True).c, within(tables.programme_costs, scope, history=True).c
    priced = case((r.amount.is_not(None), -r.points), else_=0)
    burned = warehouse.frame(select(whole(-r.points).label("redeemed"), whole(priced).label("priced"), whole(worth(r)).label("amount"))
                             .where(r.kind == "burn", inside(r.posted_on, year))).iloc[0]
    kinds = warehouse.frame(select(c.kind, money(c.amount).label("amount")).where(inside(c.month_on, year)).group_by(c.kind))
    other = dict(zip(kinds["kind"], kinds["amount"].astype(float), strict=True))
    redeemed, told, amount = (int(burned[name]) for name in ("redeemed", "priced", "amount"))
    value = 0.0 if redeemed == told else amount / told if told > 0 else _value(warehouse, scope)
    return {"redeemed": redeemed, "unpriced": redeemed - told, "points_cost": amount + (redeemed - told) * value,
            **{kind: other.get(kind, 0.0) for kind in PROGRAMME_COSTS}}


def _value(warehouse: Warehouse, scope: Scope) -> float:
    """What a point was worth in the last month, by the points that were open; the rules say so where no redemption does."""
    m = within(tables.point_months, scope, history=True).c
    last = within(tables.point_months, scope, history=True).c
    points = sa.cast(m.closing, sa.Double)
    told = warehouse.frame(select((func.sum(m.value * points) / func.nullif(func.sum(points), 0)).label("value"))
                           .where(m.month_on == select(func.max(last.month_on)).scalar_subquery()))
    return float(told["value"].astype(float).iloc[0])


def _margin(effects: pd.DataFrame, rooms: pd.DataFrame) -> dict[str, float]:
    """Members, the mean effect on each, the margin rate, and the margin added with its bounds: properties' own margins of error are independent."""
    rates = rooms.set_index("property_id")["margin_bp"] / BASIS
    mean = np.average(rates, weights=rooms["revenue"] if rooms["revenue"].sum() > 0 else None) if len(rooms) else np.nan
    rate = effects["property_id"].map(rates).fillna(mean)  # of all together: by where members spend
    weight = effects["members"] * rate
    low, high = (np.sqrt(((effects["effect"] - effects[f"effect_{side}"]) * weight).pow(2).sum(skipna=False)) for side in ("low", "high"))
    margin, members = (effects["effect"] * weight).sum(skipna=False), int(effects["members"].sum())
    told = members and weight.sum()
    return {"members": members, "matched": int(effects["matched"].sum()), "effect": margin / weight.sum() if told else np.nan,
            "rate": weight.sum() / members if told else np.nan, "margin": margin if told else np.nan, "margin_low": margin - low if told else np.nan,
            "margin_high": margin + high if told else np.nan}
