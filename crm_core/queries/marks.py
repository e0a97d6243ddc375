"""What happened while a figure went up or down: events of the house and campaigns, for the axis of time."""
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import func, literal, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

MOST = 200


@query
def marks(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per event (not cancelled) and campaign that falls into the period, by day: kind (event, campaign), its id, what it is called, sort
    (the kind of event, the medium), on_day and until (the last day of an event of several days). The first 200."""
    e, c = within(tables.events, scope).c, within(tables.campaigns, scope, apart=True).c
    last = func.coalesce(e.ends_on, e.starts_on)
    event = select(literal("event").label("kind"), e.event_id.label("id"), e.event.label("called"), e.kind.label("sort"), e.starts_on.label("on_day"),
                   e.ends_on.label("until")).where(e.is_cancelled == 0, e.starts_on < scope.period.end, last >= scope.period.start)
    began = func.min(c.started_on)
    campaign = (select(literal("campaign"), c.campaign_id, func.max(c.campaign), func.max(c.medium), began, sa.cast(sa.null(), sa.Date))
                .group_by(c.campaign_id).having(began >= scope.period.start, began < scope.period.end))
    both = sa.union_all(event, campaign).subquery("both").c
    return warehouse.frame(select(*both).order_by(both.on_day, both.kind, both.id).limit(MOST))
