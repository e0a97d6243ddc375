"""Campaigns: their plans, every message with what became of it, who was assigned to which arm with what they booked, and what each costs where."""
import sqlalchemy as sa
from sqlalchemy import and_, case, func, literal, or_, select

from crm_core import schema
from crm_core.dialects import add_days, day_number, iso_weekday, local_time
from crm_core.marts import tables
from crm_core.marts.daily import summed
from crm_core.marts.interactions import zones
from crm_core.marts.persons import persons

WINDOW = 30  # days in which a booking, or an unsubscription, is looked for after a message
FATIGUE_DAYS = 30
LAPSED_DAYS = 730
CONTROL = ("held_out", "holdout", "hold_out", "control", "kontrolle", "controle", "none")
# What was booked and did not fall through.
STANDS = ("confirmed", "in_house", "checked_out")
drawn = sa.table("drawn", sa.column("salt", sa.Text), sa.column("share_bp", sa.Integer), sa.column("upto", sa.Text), sa.column("from_on", sa.Date))


def _filling(table: sa.Table, values: dict) -> list[sa.ColumnElement]:
    return [sa.cast(values[c.name], c.type).label(c.name) for c in table.c]


def _day(instant: sa.ColumnElement) -> sa.ColumnElement:
    """The UTC day of an instant."""
    return sa.cast(func.substr(instant, 1, 10), sa.Date)


def _flag(*when: sa.ColumnElement) -> sa.ColumnElement:
    return case((and_(*when), 1), else_=0)


# --- as recorded ---------------------------------------------------------------------------------------------------------------------
def plan_rows() -> sa.Select:
    """Return the select that fills mart_plans: amounts at the rate of the day of sending, or of planning."""
    c, r, a = schema.campaign, tables.rates, schema.audience
    sent_on = _day(c.c.sent_at)
    money = {name: func.round(c.c[column] * r.c.factor) for name, column in (
        ("media", "cost_minor"), ("discount", "discount_minor"), ("staff", "staff_minor"), ("budget", "budget_minor"), ("reported_revenue", "attributed_minor"))}
    parts = [money[name] for name in ("media", "discount", "staff")]
    known = or_(c.c.cost_minor.is_not(None), c.c.discount_minor.is_not(None), c.c.staff_minor.is_not(None))
    values = {
        **{x.name: x for x in c.c}, **money,
        "campaign_id": c.c.id, "campaign": c.c.name, "medium": c.c.channel, "sent_on": sent_on, "fixed_on": _day(c.c.fixed_at),
        # An audience says how it was split; the plan, how it was meant to be.
        "holdout_bp": func.coalesce(func.nullif(a.c.holdout_bp, 0), c.c.holdout_bp), "shares_said": func.coalesce(a.c.shares, "{}"), "groups_said": c.c.groups,
        "properties_said": c.c.properties,
        **{f"reported_{name}": c.c[name] for name in ("sent", "delivered", "bounces", "clicks", "unsubscribes", "complaints")},
        "reported_opens": c.c.opens_reported, "reported_proxy": c.c.opens_proxy, "reported_bookings": c.c.conversions,
        "cost": case((and_(known, r.c.factor.is_not(None)), sum(func.coalesce(part, 0) for part in parts))),
    }
    day = func.coalesce(sent_on, c.c.planned_on, c.c.stop_on)
    joined = c.outerjoin(r, (r.c.currency == c.c.currency) & (r.c.day_on == day)).outerjoin(a, a.c.id == c.c.audience_id)
    return select(*_filling(tables.plans, values)).select_from(joined).where(c.c.archived_at.is_(None))


def send_rows() -> sa.Select:
    """Return the select that fills mart_sends; who books for others, and who was erased, is out."""
    one = _messages().subquery("one").c
    over = {"partition_by": one.guest_id}
    proxied = func.max(one.machine_opened).over(**over)
    can_open = one.is_delivered * (1 - proxied)
    values = {
        **{c.name: c for c in one}, "cluster": one.guest_id, "is_proxied": proxied, "can_open": can_open, "opened_human": can_open * one.is_opened,
        "is_engaged": func.greatest(one.is_opened, one.is_clicked),
        "mails_30d": func.sum(one.is_marketing * one.is_sent).over(**over, order_by=day_number(one.sent_on), range_=(1 - FATIGUE_DAYS, 0)),
        "weekday": iso_weekday(one.sent_on), "ripe_on": add_days(one.sent_on, WINDOW),
    }
    booked = _booked(select(one.send_id.label("id"), one.guest_id, one.property_id, one.sent_on.label("from_on"), literal(WINDOW).label("days")).subquery("of"))
    for name, found in (("is_booked", "bookings"), ("is_booked_here", "bookings_here")):
        values[name] = one.is_sent * _flag(booked.c[found] > 0)
    for name, found in (("booked_revenue", "revenue"), ("booked_revenue_here", "revenue_here")):
        values[name] = one.is_sent * func.coalesce(booked.c[found], 0)
    return (select(*_filling(tables.sends, values)).select_from(one.send_id.table.outerjoin(booked, booked.c.id == one.send_id))
            .order_by(one.sent_on, one.campaign_id, one.send_id))


def _messages() -> sa.Select:
    """One row per message to a guest: what is said of it and what happened to it, as 0 or 1."""
    s, c, p, g, who, e = schema.send, schema.campaign, schema.profile, schema.guest, persons(), _events()
    held = func.lower(s.c.arm).in_(CONTROL)
    sent = _flag(sa.not_(held))
    at = local_time(s.c.sent_at, zones.c.zone)
    happened = {name: sent * func.coalesce(e.c[name], 0) for name in ("is_bounced", "hard_bounced", "soft_bounced", "machine_opened", "is_opened", "is_clicked",
                                                                     "is_scanned", "is_unsubscribed", "is_complained")}
    values = {
        "send_id": s.c.id, "campaign_id": s.c.campaign_id, "property_id": p.c.property_id, "guest_id": who.c.guest_id, "country": p.c.country,
        "medium": c.c.channel, "purpose": c.c.purpose, "is_marketing": _flag(c.c.purpose == "marketing"), "sent_on": sa.cast(at, sa.Date),
        "sent_hour": sa.extract("hour", at), "domain": s.c.domain, "arm": case((held, schema.ARMS[1]), else_=s.c.arm), "opened_on": e.c.opened_on,
        "clicked_on": e.c.clicked_on, "acted_on": func.coalesce(e.c.acted_on, sa.cast(at, sa.Date)), "is_sent": sent, **happened,
        "is_delivered": sent * (1 - func.coalesce(e.c.is_bounced, 0)),
    }
    return (select(*(value.label(name) for name, value in values.items()))
            .select_from(s.join(c, c.c.id == s.c.campaign_id).join(p, p.c.id == s.c.profile_id).join(who, who.c.strict_id == p.c.guest_id)
                         .join(g, g.c.id == who.c.guest_id).join(zones, zones.c.property_id == p.c.property_id).outerjoin(e, e.c.send_id == s.c.id))
            .where(p.c.is_booker == 0, g.c.erased_at.is_(None)))


def _events() -> sa.Subquery:
    """One row per message to which something happened: what a person did, and what a machine did, kept apart."""
    e, s = schema.send_event, schema.send
    human, on = e.c.is_machine == 0, _day(e.c.at)
    yes = lambda *when: func.max(_flag(*when))  # noqa: E731
    first = lambda *when: func.min(case((and_(*when), on)))  # noqa: E731
    opened, clicked, bounced = e.c.kind == "opened", e.c.kind == "clicked", e.c.kind == "bounced"
    in_time = on <= add_days(_day(s.c.sent_at), WINDOW)
    return (select(
        e.c.send_id, yes(bounced).label("is_bounced"), yes(bounced, e.c.detail != "soft").label("hard_bounced"),
        yes(bounced, e.c.detail == "soft").label("soft_bounced"), yes(opened, sa.not_(human)).label("machine_opened"),
        yes(opened, human).label("is_opened"), yes(clicked, human).label("is_clicked"),
        yes(clicked, sa.not_(human), e.c.detail != "unsubscribe_link").label("is_scanned"), yes(e.c.kind == "unsubscribed", in_time).label("is_unsubscribed"),
        yes(e.c.kind == "complained").label("is_complained"), first(opened, human).label("opened_on"), first(clicked, human).label("clicked_on"),
        func.max(case((and_(human, e.c.kind.in_(("delivered", "opened", "clicked"))), on))).label("acted_on"))
        .join(s, s.c.id == e.c.send_id).group_by(e.c.send_id).subquery("events"))


def _booked(rows: sa.Subquery) -> sa.Subquery:
    """One row per `id` of rows (id, guest_id, property_id, from_on, days) whose guest booked on one of the days: how often, and for how much."""
    s, p = tables.stays, tables.properties
    here = s.c.property_id == rows.c.property_id
    margin = s.c.room_revenue * p.c.margin_bp / 10_000.0
    inside = and_(s.c.guest_id == rows.c.guest_id, s.c.booked_on >= rows.c.from_on, s.c.booked_on <= add_days(rows.c.from_on, rows.c.days))
    return (select(rows.c.id, func.count().label("bookings"), func.count(case((here, 1))).label("bookings_here"),
                   _sum_of(s.c.room_revenue).label("revenue"), _sum_of(s.c.room_revenue, here).label("revenue_here"),
                   func.round(_sum_of(margin)).label("margin"), func.round(_sum_of(margin, here)).label("margin_here"))
            .select_from(rows.join(s, inside).join(p, p.c.property_id == s.c.property_id)).where(s.c.status.in_(STANDS)).group_by(rows.c.id).subquery("booked"))


def _sum_of(amount: sa.ColumnElement, *when: sa.ColumnElement) -> sa.ColumnElement:
    """The sum where `when` holds, or NULL where one of its amounts lacks an exchange rate."""
    counted = and_(*when) if when else sa.true()
    missing = func.count(case((and_(counted, amount.is_(None)), 1)))
    return case((missing == 0, func.coalesce(func.sum(case((counted, amount))), 0)))


def day_rows() -> sa.Select:
    """Return the select that fills mart_send_days."""
    s, days = tables.sends.c, tables.send_days
    keys = {c.name: s[c.name] for c in days.c if c.name not in tables.sends_outcomes()}
    values = keys | {name: summed(s[name]) for name in tables.sends_outcomes()}
    return select(*_filling(days, values)).group_by(*keys.values()).order_by(s.sent_on, s.campaign_id)


def due_rows() -> sa.Select:
    """Return the select that fills mart_dues."""
    d, j, who = schema.journey_due, schema.journey, persons()
    values = {**{c.name: c for c in d.c}, "due_id": d.c.id, "journey": j.c.name, "kind": j.c.kind, "guest_id": who.c.guest_id}
    return select(*_filling(tables.dues, values)).select_from(d.join(j, j.c.id == d.c.journey_id).join(who, who.c.strict_id == d.c.guest_id))


def draw_rows() -> sa.Select:
    """Return the select that fills mart_draws."""
    return select(*_filling(tables.draws, {c.name: c for c in drawn.c}))


# --- at the as-of date ---------------------------------------------------------------------------------------------------------------
def assigned_rows() -> sa.Select:
    """Return the select that fills mart_assigned: everyone who was to be in an arm, whatever came of it (intention to treat)."""
    one = sa.union_all(_of_audiences(), _of_arms()).subquery("one")
    o, plan, mailed, other = one.c, tables.plans, _mailed(), _others(one)
    booked = _booked(select(o.id, o.guest_id, o.property_id, o.assigned_on.label("from_on"), o.window_days.label("days")).subquery("of"))
    before, member, guest = _before(one), _members(), tables.guests
    values = {
        **{c.name: c for c in one.c}, "cluster": o.guest_id, "medium": plan.c.medium, "purpose": plan.c.purpose, "ripe_on": add_days(o.assigned_on, o.window_days),
        "has_control": func.max(_flag(o.arm == schema.ARMS[1])).over(partition_by=o.campaign_id),
        "is_booked": _flag(booked.c.bookings > 0), "is_booked_here": _flag(booked.c.bookings_here > 0),
        **{name: func.coalesce(booked.c[name], 0) for name in ("bookings", "bookings_here")},
        **{name: case((booked.c.id.is_(None), 0), else_=booked.c[name]) for name in ("revenue", "revenue_here", "margin", "margin_here")},
        **{name: func.coalesce(mailed.c[name], 0) for name in ("is_mailed", "is_delivered", "is_opened", "is_clicked", "is_unsubscribed", "is_complained")},
        "others": func.coalesce(other.c.others, 0), **{name: func.coalesce(before.c[name], "") for name in ("trip", "way")},
        "country": func.coalesce(before.c.country, guest.c.country),
        "stays_before": _band(func.coalesce(before.c.stays, 0)), "is_lapsed": _flag(before.c.last_on < add_days(o.assigned_on, -LAPSED_DAYS)),
        "is_member": _flag(member.c.from_on <= o.assigned_on, or_(member.c.until_on.is_(None), member.c.until_on > o.assigned_on)),
    }
    same = lambda found: (found.c.campaign_id == o.campaign_id) & (found.c.guest_id == o.guest_id)  # noqa: E731
    joined = (one.join(plan, plan.c.campaign_id == o.campaign_id).outerjoin(booked, booked.c.id == o.id).outerjoin(mailed, same(mailed))
              .outerjoin(other, other.c.id == o.id).outerjoin(before, before.c.id == o.id).outerjoin(member, member.c.guest_id == o.guest_id)
              .outerjoin(guest, guest.c.guest_id == o.guest_id))
    return select(*_filling(tables.assigned, values)).select_from(joined).order_by(o.campaign_id, o.property_id, o.guest_id)


# One number per campaign and guest: guests' ids stay below 2^36.
STEP = 2**36


def _of_audiences() -> sa.Select:
    """Who is on the audience of a campaign, at the first of the audience's properties that knows the guest."""
    m, plan, p = tables.audience_members, tables.plans, tables.profiles
    home = func.coalesce(func.min(case((is_listed(m.c.properties_said, p.c.property_id), p.c.property_id))), func.min(p.c.property_id))
    keys = (plan.c.campaign_id, m.c.guest_id, m.c.arm, m.c.cell, m.c.cell_stratum, m.c.saved_on, plan.c.window_days, plan.c.sent_on)
    return (select((plan.c.campaign_id * STEP + m.c.guest_id).label("id"), plan.c.campaign_id, m.c.guest_id, m.c.arm, m.c.cell, m.c.cell_stratum,
                   func.coalesce(plan.c.sent_on, m.c.saved_on).label("assigned_on"), plan.c.window_days, home.label("property_id"))
            .select_from(m.join(plan, plan.c.audience_id == m.c.audience_id).join(p, p.c.guest_id == m.c.guest_id)).group_by(*keys))


def _of_arms() -> sa.Select:
    """Whom a file of messages says to be in an arm, of campaigns without an audience; who is in two arms was written to."""
    s, plan = tables.sends, tables.plans
    told = select(s.c.campaign_id).where(s.c.arm != "").distinct()
    keys = (plan.c.campaign_id, s.c.guest_id, plan.c.window_days)
    arm = case((func.max(s.c.is_sent) == 1, schema.ARMS[0]), else_=schema.ARMS[1])
    cell = func.coalesce(func.min(case((and_(s.c.is_sent == 1, s.c.arm != schema.ARMS[0]), s.c.arm))), "")
    return (select((plan.c.campaign_id * STEP + s.c.guest_id).label("id"), plan.c.campaign_id, s.c.guest_id, arm.label("arm"), cell.label("cell"),
                   literal("").label("cell_stratum"), func.min(s.c.sent_on).label("assigned_on"), plan.c.window_days, func.min(s.c.property_id).label("property_id"))
            .select_from(s.join(plan, plan.c.campaign_id == s.c.campaign_id)).where(plan.c.audience_id.is_(None), s.c.campaign_id.in_(told)).group_by(*keys))


def is_listed(said: sa.ColumnElement, property_id: sa.ColumnElement) -> sa.ColumnElement[bool]:
    """Whether a JSON list of whole numbers, such as "[1, 2]", holds a property."""
    return (literal(" ") + func.replace(func.replace(said, "[", ""), "]", ",")).like(literal("% ") + sa.cast(property_id, sa.Text) + literal(",%"))


def _mailed() -> sa.Subquery:
    """One row per campaign and guest whom it wrote to: what became of its messages."""
    s = tables.sends.c
    flags = ("is_delivered", "is_opened", "is_clicked", "is_unsubscribed", "is_complained")
    return (select(s.campaign_id, s.guest_id, func.max(s.is_sent).label("is_mailed"), *(func.max(s[name]).label(name) for name in flags))
            .where(s.is_sent == 1).group_by(s.campaign_id, s.guest_id).subquery("mailed"))


def _others(one: sa.Subquery) -> sa.Subquery:
    """One row per assigned guest to whom other campaigns wrote in the window, by the same way: how many messages."""
    s, o, plan = tables.sends.c, one.c, tables.plans
    inside = and_(s.guest_id == o.guest_id, s.campaign_id != o.campaign_id, s.is_marketing == 1, s.is_sent == 1, s.sent_on >= o.assigned_on,
                  s.sent_on < add_days(o.assigned_on, o.window_days), s.medium == plan.c.medium)
    return (select(o.id, func.count().label("others")).select_from(one.join(plan, plan.c.campaign_id == o.campaign_id).join(tables.sends, inside))
            .group_by(o.id).subquery("other"))


def _before(one: sa.Subquery) -> sa.Subquery:
    """One row per assigned guest with a stay before: how many, when the last one ended, what it was for and how it was booked."""
    s, o, k = tables.stays.c, one.c, tables.channels
    earlier = and_(s.guest_id == o.guest_id, s.is_stay == 1, s.stay_departure_on <= o.assigned_on)
    way = case((s.is_direct == 1, "direct"), (k.c.kind == "ota", "ota"), else_="other")
    place = func.row_number().over(partition_by=o.id, order_by=s.stay_key.desc())
    each = (select(o.id, s.segment.label("trip"), way.label("way"), s.country, s.stay_departure_on.label("last_on"),
                   func.count().over(partition_by=o.id).label("stays"), place.label("place"))
            .select_from(one.join(tables.stays, earlier).outerjoin(k, k.c.channel == s.channel)).subquery("each_before"))
    return select(each).where(each.c.place == 1).subquery("before")


def _members() -> sa.Subquery:
    m = tables.memberships.c
    until = case((func.count(m.closed_on) == func.count(), func.max(m.closed_on)))
    return select(m.guest_id, func.min(m.enrolled_on).label("from_on"), until.label("until_on")).group_by(m.guest_id).subquery("member")


def _band(stays: sa.ColumnElement) -> sa.ColumnElement:
    return case((stays == 0, "0"), (stays == 1, "1"), (stays <= 3, "2-3"), else_="4+")


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
              "ripe_on": add_days(started, plan.c.window_days), "has_sends": _flag(place.sends > 0)}
    return (select(*_filling(tables.campaigns, values)).select_from(plan.join(place.campaign_id.table, place.campaign_id == plan.c.campaign_id))
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
    booked = _booked(select(d.c.due_id.label("id"), d.c.guest_id, d.c.property_id, d.c.due_on.label("from_on"), literal(WINDOW).label("days")).subquery("of"))
    values = {**{c.name: c for c in d.c}, "cluster": d.c.guest_id, "ripe_on": add_days(d.c.due_on, WINDOW), "is_booked": _flag(booked.c.bookings > 0),
              "is_booked_here": _flag(booked.c.bookings_here > 0),
              **{f"booked_{name}": case((booked.c.id.is_(None), 0), else_=booked.c[name]) for name in ("revenue", "revenue_here")}}
    return select(*_filling(tables.journey_steps, values)).select_from(d.outerjoin(booked, booked.c.id == d.c.due_id))


def held_rows() -> sa.Select:
    """Return the select that fills mart_held_out: the same draw as crm_core.outreach.draw makes, by the first eight digits of a hash."""
    g, d = tables.guests, tables.draws
    held = func.substr(func.md5(d.c.salt + literal("/") + sa.cast(g.c.guest_id, sa.Text)), 1, 8) < d.c.upto
    return select(*_filling(tables.held_out, {"guest_id": g.c.guest_id, "from_on": d.c.from_on})).select_from(g.join(d, sa.true())).where(held)
