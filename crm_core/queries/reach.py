"""How many messages guests get, what they are for, and which campaigns a platform only told of in counts."""
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import days_between
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.campaigns import figures, share
from crm_core.queries.outreach import OUTCOMES, RATES
from crm_core.queries.points import whole
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

LATELY = 30  # days before the as-of date
MOST = 15  # messages; more are told together


@query
def messages_per_guest(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per number of marketing messages (1, 2 … 15 and more) that guests were sent in the thirty days before the as-of date: messages, guests."""
    m = within(tables.sends, scope).c
    lately = days_between(m.sent_on, m.as_of).between(1, LATELY)
    each = select(m.guest_id, func.count().label("n")).where(m.is_marketing == 1, m.is_sent == 1, lately).group_by(m.guest_id).subquery("each").c
    messages = sa.cast(case((each.n > MOST, MOST), else_=each.n), sa.Integer)
    return warehouse.frame(select(messages.label("messages"), func.count().label("guests")).group_by(messages).order_by(messages))


@query
def purposes(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per purpose (marketing, survey, transactional) of messages of the period: campaigns, sent, delivered … and rates (Wilson)."""
    m = within(tables.sends if scope.segment else tables.send_days, scope).c  # sums know no guests
    sums = (whole(m[column]).label(name) for name, column in OUTCOMES.items())
    frame = warehouse.frame(select(m.purpose, func.count(sa.distinct(m.campaign_id)).label("campaigns"), *sums)
                            .where(inside(m.sent_on, scope.elapsed().period)).group_by(m.purpose).order_by(m.purpose))
    return frame.assign(**{name: values for rate, parts in RATES.items() for name, values in share(frame, rate, *parts).items()})


@query
def only_reported(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per campaign that began in the period and of which a platform told counts only, no messages: what it reports, newest first.

    reported_opens count machines too. Nothing of it enters rates, lists of providers or rules: there are no messages behind it.
    """
    frame = figures(warehouse, scope)
    frame = frame[frame["is_reported"] == 1].sort_values(["started_on", "campaign_id"], ascending=False, ignore_index=True)
    reported = [f"reported_{name}" for name in ("sent", "delivered", "bounces", "opens", "clicks", "unsubscribes", "complaints", "bookings", "revenue")]
    return frame[["campaign_id", "campaign", "medium", "started_on", *reported]].astype(dict.fromkeys(reported, float))
