"""What platforms call an opening beside what people did: by month, over all the years that are known."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.dialects import month_start
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.campaigns import share
from crm_core.queries.points import whole
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse


@query
def opens_by_month(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per complete month with marketing e-mails that arrived, whatever the period: delivered, openable, reported, opened_human, machine_opened, clicked.

    reported = opened by whomsoever, as a platform counts; reported_rate, click_rate and machine_rate of those delivered, human_rate of those at a
    person whose mail programme is not known to open by itself (openable); each with _low and _high (Wilson).
    """
    m = within(tables.sends, scope).c
    month = month_start(m.sent_on)
    any_opening = case((m.is_opened + m.machine_opened > 0, 1), else_=0)
    columns = {"delivered": m.is_delivered, "openable": m.can_open, "reported": m.is_delivered * any_opening, "opened_human": m.opened_human,
               "machine_opened": m.is_delivered * m.machine_opened, "clicked": m.is_delivered * m.is_clicked}
    began = sa.literal(scope.as_of.replace(day=1), sa.Date)
    frame = warehouse.frame(select(month.label("month"), *(whole(column).label(name) for name, column in columns.items()))
                            .where(m.medium == "email", m.is_marketing == 1, m.is_delivered == 1, m.sent_on < began).group_by(month).order_by(month))
    for name, part, of in (("reported_rate", "reported", "delivered"), ("human_rate", "opened_human", "openable"), ("click_rate", "clicked", "delivered"),
                           ("machine_rate", "machine_opened", "delivered")):
        frame = frame.assign(**share(frame, name, part, of))
    return frame


@query
def campaign_overlaps(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per campaign with arms that began in the period: assigned = people in its arms, overlapping = those whom another campaign of the same
    way wrote to within its window, and the same of those held out (held, held_overlapping)."""
    a = within(tables.assigned, scope).c
    count = lambda *when: func.count(case((and_(*when), 1)))  # noqa: E731
    held = a.arm == "held_out"
    return warehouse.frame(
        select(a.campaign_id, func.count().label("assigned"), count(a.others > 0).label("overlapping"), count(held).label("held"),
               count(held, a.others > 0).label("held_overlapping"))
        .where(inside(a.assigned_on, scope.elapsed().period)).group_by(a.campaign_id).order_by(a.campaign_id)).replace({None: np.nan})
