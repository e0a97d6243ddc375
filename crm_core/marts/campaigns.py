"""Campaigns and journeys: plans as recorded, what each campaign costs where, what fell due of journeys, and who is held out of everything."""
import sqlalchemy as sa
from sqlalchemy import and_, case, func, literal, or_, select

from crm_core import schema
from crm_core.dialects import add_days
from crm_core.marts import tables
from crm_core.marts.assigned import is_listed
from crm_core.marts.booked import WINDOW, booked_after, filling, flag
from crm_core.marts.persons import persons
from crm_core.marts.sends import utc_day

drawn = sa.table("drawn", sa.column("salt", sa.Text), sa.column("share_bp", sa.Integer), sa.column("upto", sa.Text), sa.column("from_on", sa.Date))


def plan_rows() -> sa.Select:
    """Return the select that fills mart_plans: amounts at the rate of the day of sending, or of planning."""
    c, r, a = schema.campaign, tables.rates, schema.audience
    sent_on = utc_day(c.c.sent_at)
    money = {name: func.round(c.c[column] * r.c.factor) for name, column in (
        ("media", "cost_minor"), ("discount", "discount_minor"), ("staff", "staff_minor"), ("budget", "budget_minor"), ("reported_revenue", "attributed_minor"))}
    parts = [money[name] for name in ("media", "discount", "staff")]
    known = or_(c.c.cost_minor.is_not(None), c.c.discount_minor.is_not(None), c.c.staff_minor.is_not(None))
    values = {
        **{x.name: x for x in c.c}, **money,
        "campaign_id": c.c.id, "campaign": c.c.name, "medium": c.c.channel, "sent_on": sent_on, "fixed_on": utc_day(c.c.fixed_at),
        # An audience says how it was split; the plan, how it was meant to be.
        "holdout_bp": func.coalesce(func.nullif(a.c.holdout_bp, 0), c.c.holdout_bp), "shares_said": func.coalesce(a.c.shares, "{}"), "groups_said": c.c.groups,
        "properties_said": c.c.properties,
        **{f"reported_{name}": c.c[name] for name in ("sent", "delivered", "bounces", "clicks", "unsubscribes", "complaints")},
        "reported_opens": c.c.opens_reported, "reported_proxy": c.c.opens_proxy, "reported_bookings": c.c.conversions,
        "cost": case((and_(known, r.c.factor.is_not(None)), sum(func.coalesce(part, 0) for part in parts))),
    }
    day = func.coalesce(sent_on, c.c.planned_on, c.c.stop_on)
    joined = c.outerjoin(r, (r.c.currency == c.c.currency) & (r.c.day_on == day)).outerjoin(a, a.c.id == c.c.audience_id)
    return select(*filling(tables.plans, values)).select_from(joined).where(c.c.archived_at.is_(None))


def due_rows() -> sa.Select:
    """Return the select that fills mart_dues."""
    d, j, who = schema.journey_due, schema.journey, persons()
    values = {**{c.name: c for c in d.c}, "due_id": d.c.id, "journey": j.c.name, "kind": j.c.kind, "guest_id": who.c.guest_id}
    return select(*filling(tables.dues, values)).select_from(d.join(j, j.c.id == d.c.journey_id).join(who, who.c.strict_id == d.c.guest_id))


def draw_rows() -> sa.Select:
    """Return the select that fills mart_draws."""
    return select(*filling(tables.draws, {c.name: c for c in drawn.c}))


# --- at the as-of date ---------------------------------------------------------------------------------------------------------------
def campaign_rows() -> sa.Select:
    """Return the select that fills mart_campaigns: each campaign as a whole, and at each property its part of the people and of the money."""
    plan, whole, part = tables.plans, _places(together=True), _places()
    place = sa.union_all(select(whole), select(part)).subquery("place").c
    total = func.sum(place.people).over(partition_by=(place.campaign_id, case((place.property_id == tables.TOGETHER, 0), else_=1)))
    beside = func.count().over(partition_by=(place.campaign_id, case((place.property_id == tables.TOGETHER, 0), else_=1)))
    share = case((total > 0, place.people * 1.0 / func.nullif(total, 0)), else_=1.0 / beside)
    money = {name: func.round(plan.c[name] * share) for name in ("media", "discount", "staff", "cost", "budget", "reported_revenue")}
    started = func.coalesce(plan.c.sent_on, place.started_on)
    alone = place.property_id == tables.TOGETHER
    reported = {c.name: case((or_(alone, beside == 1), c)) for c in plan.c if c.name.startswith("reported_") and c.name not in money}
    values = {**{c.name: c for c in plan.c}, **{c.name: c for c in place}, **money, **reported, "started_on": started,
              "ripe_on": add_days(started, plan.c.window_days), "has_sends": flag(place.sends > 0)}
    return (select(*filling(tables.campaigns, values)).select_from(plan.join(place.campaign_id.table, place.campaign_id == plan.c.campaign_id))
            .order_by(plan.c.campaign_id, place.property_id))


def _places(together: bool = False) -> sa.Subquery:
    """One row per campaign and property that it has to do with: its people there (assigned, else written to), by arm, and its messages."""
    a, d, plan, p = tables.assigned.c, tables.send_days.c, tables.plans.c, tables.properties
    where = (lambda property_id: literal(tables.TOGETHER)) if together else (lambda property_id: property_id)
    nothing = literal(0)
    arms = select(a.campaign_id, where(a.property_id).label("property_id"), nothing.label("sends"), literal(1).label("is_assigned"),
                  func.count().label("people"), func.count(case((a.arm == schema.ARMS[0], 1))).label("contacted"),
                  func.count(case((a.arm == schema.ARMS[1], 1))).label("held"), func.min(a.assigned_on).label("started_on")).group_by(a.campaign_id, a.property_id)
    sent = func.sum(d.is_sent)
    sends = select(d.campaign_id, where(d.property_id), sent, nothing, sent, sent, nothing, func.min(d.sent_on)).group_by(d.campaign_id, d.property_id)
    none = sa.cast(sa.null(), sa.Date)
    listed = select(plan.campaign_id, where(p.c.property_id), nothing, nothing, nothing, nothing, nothing, none)
    alone = select(func.count()).select_from(tables.properties).scalar_subquery() == 1
    named = listed.select_from(tables.plans.join(p, sa.true() if together else or_(is_listed(plan.properties_said, p.c.property_id), alone)))
    every = sa.union_all(arms, sends, named).subquery("every").c
    assigned = func.max(every.is_assigned).over(partition_by=(every.campaign_id, every.property_id))
    each = select(*every, assigned.label("has_arms")).subquery("each_place").c
    counts = or_(each.is_assigned == 1, each.has_arms == 0)
    return (select(each.campaign_id, each.property_id, func.sum(each.sends).label("sends"), func.min(each.started_on).label("started_on"),
                   *(func.sum(case((counts, each[name]), else_=0)).label(name) for name in ("people", "contacted", "held")))
            .group_by(each.campaign_id, each.property_id).subquery("whole_place" if together else "part_place"))


def step_rows() -> sa.Select:
    """Return the select that fills mart_journey_steps."""
    d = tables.dues
    booked = booked_after(select(d.c.due_id.label("id"), d.c.guest_id, d.c.property_id, d.c.due_on.label("from_on"), literal(WINDOW).label("days")).subquery("of"))
    values = {**{c.name: c for c in d.c}, "cluster": d.c.guest_id, "ripe_on": add_days(d.c.due_on, WINDOW), "is_booked": flag(booked.c.bookings > 0),
              "is_booked_here": flag(booked.c.bookings_here > 0),
              **{f"booked_{name}": case((booked.c.id.is_(None), 0), else_=booked.c[name]) for name in ("revenue", "revenue_here")}}
    return select(*filling(tables.journey_steps, values)).select_from(d.outerjoin(booked, booked.c.id == d.c.due_id))


def held_rows() -> sa.Select:
    """Return the select that fills mart_held_out: the same draw as crm_core.outreach.draw makes, by the first eight digits of a hash."""
    g, d = tables.guests, tables.draws
    held = func.substr(func.md5(d.c.salt + literal("/") + sa.cast(g.c.guest_id, sa.Text)), 1, 8) < d.c.upto
    return select(*filling(tables.held_out, {"guest_id": g.c.guest_id, "from_on": d.c.from_on})).select_from(g.join(d, sa.true())).where(held)
