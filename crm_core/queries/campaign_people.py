"""The people behind a campaign's figures: who of everyone assigned or written to did what."""
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import func, literal, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.schema import ARMS
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

OUTCOMES = ("booked", "not_booked", "held_out_booked", "held_out", "contaminated", "clicked", "unsubscribed", "complained", "bounced", "sent")
HAPPENED = {"clicked": "is_clicked", "unsubscribed": "is_unsubscribed", "complained": "is_complained", "bounced": "is_bounced", "sent": "is_sent"}


@query
def campaign_people(warehouse: Warehouse, scope: Scope, *, campaign: int, outcome: str = "booked", offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per guest of a campaign with an outcome (OUTCOMES), by id: guest_id, property_id, arm, cell, is_booked.

    booked and not_booked are of those assigned to be written to, or without arms of those who were. Raises ValueError for another outcome.
    """
    p = _people(warehouse, scope, campaign, outcome).subquery("people").c
    return warehouse.frame(select(*p).order_by(p.guest_id).offset(offset).limit(limit))


@query
def campaign_people_total(warehouse: Warehouse, scope: Scope, *, campaign: int, outcome: str = "booked") -> pd.DataFrame:
    """One row: how many guests campaign_people lists."""
    return warehouse.frame(select(func.count().label("guests")).select_from(_people(warehouse, scope, campaign, outcome).subquery("people")))


def _people(warehouse: Warehouse, scope: Scope, campaign: int, outcome: str) -> sa.Select:
    if outcome not in OUTCOMES:
        raise ValueError(f"People of a campaign are listed as {', '.join(OUTCOMES)}, not as {outcome!r}.")
    if outcome in HAPPENED or not _has_arms(warehouse, scope, campaign):
        return _written_to(scope, campaign, outcome)
    a = within(tables.assigned, scope).c
    held, written = a.arm == ARMS[1], a.arm == ARMS[0]
    wanted = {"booked": (written, a.is_booked == 1), "not_booked": (written, a.is_booked == 0), "held_out": (held,),
              "held_out_booked": (held, a.is_booked == 1), "contaminated": (held, a.is_mailed == 1)}[outcome]
    return select(a.guest_id, a.property_id, a.arm, a.cell, a.is_booked).where(a.campaign_id == campaign, *wanted)


def _has_arms(warehouse: Warehouse, scope: Scope, campaign: int) -> bool:
    a = within(tables.assigned, scope).c
    return bool(warehouse.frame(select(func.count().label("n")).where(a.campaign_id == campaign))["n"].iloc[0])


def _written_to(scope: Scope, campaign: int, outcome: str) -> sa.Select:
    """One row per guest whom messages reached or were sent to, whatever arm a file names."""
    m = within(tables.sends, scope).c
    wanted = {"booked": func.max(m.is_booked) == 1, "not_booked": func.max(m.is_booked) == 0}.get(outcome, sa.false())
    if outcome in HAPPENED:
        wanted = func.max(m[HAPPENED[outcome]]) == 1
    return (select(m.guest_id, func.min(m.property_id).label("property_id"), literal(ARMS[0]).label("arm"), func.min(m.arm).label("cell"),
                   func.max(m.is_booked).label("is_booked"))
            .where(m.campaign_id == campaign, m.is_sent == 1).group_by(m.guest_id).having(wanted))
