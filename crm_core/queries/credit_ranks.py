"""All campaigns of a period as each rule credits them, beside what each of them caused: which rule would have chosen which."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import func, select

from crm_core.marts import credits, tables
from crm_core.marts.scoped import within
from crm_core.queries.campaigns import UNTOLD, figures
from crm_core.queries.registry import query
from crm_core.queries.totals import money
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

OF_CAMPAIGN = ["campaign_id", "campaign", "started_on", "verdict", "treated_n", "treated_booked", "control_n", "control_booked", "incremental",
               "incremental_low", "incremental_high", "lift", "low", "high"]  # fmt: skip
CREDITED = ["rule", "bookings", "revenue", "came_anyway", "came_anyway_low", "came_anyway_high"]


@query
def credit_ranks(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per marketing campaign that began in the period and published rule or rule of touches: what the rule credits it with.

    The campaign's arms, effect and verdict stand on each of its rows, as in campaign_list; bookings (parts added up), revenue (minor units, NaN
    without an exchange rate); came_anyway with its limits as in credits_by_rule, NaN where the arms tell no effect. Newest campaigns first, without
    those of which a platform tells counts only: a rule needs messages.
    """
    found = figures(warehouse, scope)
    found = found[(found["purpose"] == "marketing") & (found["is_reported"] == 0)].sort_values(["started_on", "campaign_id"], ascending=False)
    pairs = found[OF_CAMPAIGN].merge(pd.DataFrame({"rule": list(credits.RULES)}), how="cross")
    frame = pairs.merge(_credited(warehouse, scope, found["campaign_id"].tolist()), how="left", on=["campaign_id", "rule"])
    known = frame["bookings"].notna()
    frame = frame.assign(bookings=frame["bookings"].astype(float).fillna(0.0), revenue=frame["revenue"].astype(float).where(known, 0.0))
    return frame.assign(**_came_anyway(frame))[OF_CAMPAIGN + CREDITED]


def _credited(warehouse: Warehouse, scope: Scope, ids: list[int]) -> pd.DataFrame:
    c = within(tables.credits, scope).c
    columns = (sa.cast(func.sum(c.part), sa.Double).label("bookings"), money(c.revenue).label("revenue"))
    return warehouse.frame(select(c.campaign_id, c.rule, *columns).where(c.campaign_id.in_(ids)).group_by(c.campaign_id, c.rule))


def _came_anyway(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """What is credited × the part of all who booked, among those written to, that was not caused."""
    booked = frame["treated_booked"].to_numpy(float)
    told, kept = ~frame["verdict"].isin(UNTOLD).to_numpy(), frame["bookings"].to_numpy(float)
    parts = {}
    for name, end in (("came_anyway", ""), ("came_anyway_low", "_high"), ("came_anyway_high", "_low")):
        caused = np.divide(frame[f"incremental{end}"].to_numpy(float), booked, out=np.full(len(frame), np.nan), where=told & (booked > 0))
        parts[name] = np.clip(kept * (1 - caused), 0, kept)
    return parts
