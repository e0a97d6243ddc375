"""mart_interactions: every message, call and talk, and for those that ask for an answer, how long it took."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.dialects import add_days, local_time, minutes_between
from crm_core.marts.persons import persons
from crm_core.marts.tables import interactions

# A call or a talk at the desk is answered as it happens: it never waits, and it answers what waited.
LIVE = ("phone", "front_desk")
# The time zone of each property as the engine knows it; refresh provides it beside the record tables.
zones = sa.table("zones", sa.column("property_id", sa.BigInteger), sa.column("zone", sa.Text))


def rows() -> sa.Select:
    """Return the select that fills mart_interactions, in the order of its columns."""
    said, p, who = conversations().subquery("said"), schema.property, persons()
    at = local_time(said.c.at, zones.c.zone)
    took = minutes_between(said.c.at, said.c.answered_at)
    values = {
        **{c.name: c for c in said.c},
        "interaction_id": said.c.id,
        "guest_id": func.coalesce(who.c.guest_id, said.c.guest_id),
        "medium": said.c.channel,
        "said_at": at,
        "said_on": sa.cast(at, sa.Date),
        "answered_minutes": case((said.c.opens == 1, took)),
        "in_time": case((took <= p.c.sla_hours * 60, said.c.opens), else_=0),
        "ripe_on": add_days(sa.cast(at, sa.Date), func.ceil(p.c.sla_hours / sa.literal(24.0, sa.Double)) + 1),
    }
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in interactions.c)).select_from(
        said.join(p, p.c.id == said.c.property_id)
        .join(zones, zones.c.property_id == said.c.property_id)
        .outerjoin(who, who.c.strict_id == said.c.guest_id)
    )


def conversations(*where: sa.ColumnElement[bool]) -> sa.Select:
    """One row per interaction: `opens` = 1 where a guest's word begins to wait, and `answered_at`, the first answer after it, or null.

    Further words of the guest before that answer wait with the first one.
    """
    i = schema.interaction
    answers = case(((i.c.direction == "out") | i.c.channel.in_(LIVE), 1), else_=0)
    thread = {"partition_by": _thread(i), "order_by": (i.c.at, i.c.id)}
    before = func.coalesce(func.lag(answers).over(**thread), 1)
    after = func.min(case((answers == 1, i.c.at))).over(**thread, rows=(1, None))
    columns = ("id", "property_id", "guest_id", "lead_id", "channel", "direction", "at")
    opens = case(((answers == 0) & (before == 1), 1), else_=0)
    return select(*(i.c[name] for name in columns), opens.label("opens"), after.label("answered_at")).where(*where)


def _thread(i: sa.Table) -> sa.ColumnElement:
    """What belongs together: the source's own thread, else the lead, else the guest at a property, else the word alone."""
    number = lambda column: sa.cast(column, sa.Text)  # noqa: E731
    return case(
        (i.c.thread.is_not(None), sa.literal("t") + i.c.source + sa.literal("/") + i.c.thread),
        (i.c.lead_id.is_not(None), sa.literal("l") + number(i.c.lead_id)),
        (i.c.guest_id.is_not(None), sa.literal("g") + number(i.c.guest_id) + sa.literal("/") + number(i.c.property_id)),
        else_=sa.literal("i") + number(i.c.id),
    )
