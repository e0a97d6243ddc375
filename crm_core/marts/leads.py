"""mart_enquiries, mart_lead_stages and mart_leads: enquiries as they were recorded, the stages they went through, what became of them."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.dialects import add_days, local_time, minutes_between
from crm_core.marts.interactions import LIVE, zones
from crm_core.marts.persons import persons
from crm_core.marts.tables import enquiries, interactions, lead_stages, leads, rates, stays, visits

# Within so many days of its first word an enquiry becomes a booking, or counts as none.
WINDOW = 90
# What was no enquiry is in no rate.
NOT_COUNTED = ("duplicate", "spam")
# Whoever asks on the phone or at the desk is answered at once.
AT_ONCE = ("phone", "walk_in")
# The first day that is not complete; refresh provides it once it is known.
today = sa.table("today", sa.column("as_of", sa.Date))


def enquiry_rows() -> sa.Select:
    """Return the select that fills mart_enquiries, in the order of its columns."""
    e, who = schema.lead, persons()
    created, closed = local_time(e.c.created_at, zones.c.zone), local_time(e.c.closed_at, zones.c.zone)
    created_on = sa.cast(created, sa.Date)
    values = {
        **{c.name: c for c in e.c},
        "lead_id": e.c.id,
        "guest_id": func.coalesce(who.c.guest_id, e.c.guest_id),
        "reservation_id": e.c.stay_id,
        "value": func.round(e.c.value_minor * rates.c.factor),
        "party": e.c.guests,
        "created_at": created,
        "created_on": created_on,
        "closed_on": sa.cast(closed, sa.Date),
    }
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in enquiries.c)).select_from(
        e.join(zones, zones.c.property_id == e.c.property_id)
        .outerjoin(who, who.c.strict_id == e.c.guest_id)
        .outerjoin(rates, (rates.c.currency == e.c.currency) & (rates.c.day_on == created_on))
    )


def stage_rows() -> sa.Select:
    """Return the select that fills mart_lead_stages: when a lead entered a stage, and when it left for which."""
    e, step = schema.lead, schema.lead_step
    inside = {"partition_by": step.c.lead_id, "order_by": (step.c.at, step.c.id)}
    left_at, following = func.lead(step.c.at).over(**inside), func.lead(step.c.stage).over(**inside)
    each = select(step, left_at.label("left_at"), following.label("following")).subquery("each_step")
    at = local_time(each.c.at, zones.c.zone)
    values = {
        "step_id": each.c.id, "lead_id": each.c.lead_id, "property_id": e.c.property_id, "stage": each.c.stage,
        "following": each.c.following, "entered_at": at, "entered_on": sa.cast(at, sa.Date), "minutes": minutes_between(each.c.at, each.c.left_at),
        "is_counted": case((e.c.lost_reason.in_(NOT_COUNTED), 0), else_=1),
    }  # fmt: skip
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in lead_stages.c)).select_from(
        each.join(e, e.c.id == each.c.lead_id).join(zones, zones.c.property_id == e.c.property_id)
    )


def rows() -> sa.Select:
    """Return the select that fills mart_leads: each enquiry with its outcome as far as it is known on the as-of date."""
    e, s, d, v = enquiries, stays, today, visits
    fell_through = s.c.status.in_(("cancelled", "no_show"))
    in_time = (e.c.closed_on <= add_days(e.c.created_on, WINDOW)) & (e.c.closed_on < d.c.as_of)
    won = (e.c.stage == "won") & in_time & func.coalesce(sa.not_(fell_through), sa.true())
    answered, written = _answers(), _written()
    values = {
        **{c.name: c for c in e.c},
        "cluster": e.c.lead_id,
        "is_counted": case((e.c.lost_reason.in_(NOT_COUNTED), 0), else_=1),
        "is_mature": case((add_days(e.c.created_on, WINDOW) < d.c.as_of, 1), else_=0),
        "is_converted": case((won, 1), else_=0),
        "is_returning": case((v.c.first_departure_on <= e.c.created_on, 1), else_=0),
        "answered_minutes": case((e.c.via.in_(AT_ONCE), 0), else_=minutes_between(e.c.created_at, answered.c.at)),
        "messages": func.coalesce(written.c.messages, 0),
    }
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in leads.c)).select_from(
        e.join(d, sa.true()).outerjoin(s, s.c.reservation_id == e.c.reservation_id)
        .outerjoin(v, (v.c.guest_id == e.c.guest_id) & (v.c.property_id == e.c.property_id))
        .outerjoin(answered, answered.c.lead_id == e.c.lead_id).outerjoin(written, written.c.lead_id == e.c.lead_id)
    )  # fmt: skip


def _answers() -> sa.Subquery:
    """One row per lead that was answered: when first."""
    i = interactions
    answers = (i.c.direction == "out") | i.c.medium.in_(LIVE)
    return select(i.c.lead_id, func.min(i.c.said_at).label("at")).where(i.c.lead_id.is_not(None), answers).group_by(i.c.lead_id).subquery("answered")


def _written() -> sa.Subquery:
    """One row per lead with words of its guest: how many."""
    i = interactions
    return (select(i.c.lead_id, func.count().label("messages")).where(i.c.direction == "in", i.c.lead_id.is_not(None))
            .group_by(i.c.lead_id).subquery("written"))
