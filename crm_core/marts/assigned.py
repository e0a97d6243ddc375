"""mart_assigned: everyone who was to be in an arm of a campaign, what they were before it, and what they did in its window."""
import sqlalchemy as sa
from sqlalchemy import and_, case, func, literal, or_, select

from crm_core import schema
from crm_core.dialects import add_days
from crm_core.marts import tables
from crm_core.marts.booked import booked_after, filling, flag

LAPSED_DAYS = 730
# One number per campaign and guest: guests' ids stay below 2^36.
STEP = 2**36


def rows() -> sa.Select:
    """Return the select that fills mart_assigned: everyone who was to be in an arm, whatever came of it (intention to treat)."""
    one = sa.union_all(_of_audiences(), _of_arms()).subquery("one")
    o, plan, mailed, other = one.c, tables.plans, _mailed(), _others(one)
    booked = booked_after(select(o.id, o.guest_id, o.property_id, o.assigned_on.label("from_on"), o.window_days.label("days")).subquery("of"))
    before, member, guest = _before(one), member_spans(), tables.guests
    values = {
        **{c.name: c for c in one.c}, "cluster": o.guest_id, "medium": plan.c.medium, "purpose": plan.c.purpose, "ripe_on": add_days(o.assigned_on, o.window_days),
        "has_control": func.max(flag(o.arm == schema.ARMS[1])).over(partition_by=o.campaign_id),
        "is_booked": flag(booked.c.bookings > 0), "is_booked_here": flag(booked.c.bookings_here > 0),
        **{name: func.coalesce(booked.c[name], 0) for name in ("bookings", "bookings_here")},
        **{name: case((booked.c.id.is_(None), 0), else_=booked.c[name]) for name in ("revenue", "revenue_here", "margin", "margin_here")},
        **{name: func.coalesce(mailed.c[name], 0) for name in ("is_mailed", "is_delivered", "is_opened", "is_clicked", "is_unsubscribed", "is_complained")},
        "others": func.coalesce(other.c.others, 0), **{name: func.coalesce(before.c[name], "") for name in ("trip", "way")},
        "country": func.coalesce(before.c.country, guest.c.country),
        "stays_before": stays_band(func.coalesce(before.c.stays, 0)), "is_lapsed": flag(before.c.last_on < add_days(o.assigned_on, -LAPSED_DAYS)),
        "is_member": flag(member.c.from_on <= o.assigned_on, or_(member.c.until_on.is_(None), member.c.until_on > o.assigned_on)),
    }
    same = lambda found: (found.c.campaign_id == o.campaign_id) & (found.c.guest_id == o.guest_id)  # noqa: E731
    joined = (one.join(plan, plan.c.campaign_id == o.campaign_id).outerjoin(booked, booked.c.id == o.id).outerjoin(mailed, same(mailed))
              .outerjoin(other, other.c.id == o.id).outerjoin(before, before.c.id == o.id).outerjoin(member, member.c.guest_id == o.guest_id)
              .outerjoin(guest, guest.c.guest_id == o.guest_id))
    return select(*filling(tables.assigned, values)).select_from(joined).order_by(o.campaign_id, o.property_id, o.guest_id)


def _of_audiences() -> sa.Select:
    """Who is on the audience of a campaign, at the first of the audience's properties that knows the guest."""
    m, plan, p = tables.audience_members, tables.plans, tables.profiles
    home = func.coalesce(func.min(case((is_listed(m.c.properties_said, p.c.property_id), p.c.property_id))), func.min(p.c.property_id))
    keys = (plan.c.campaign_id, m.c.guest_id, m.c.arm, m.c.cell, m.c.cell_stratum, m.c.saved_on, plan.c.window_days, plan.c.sent_on)
    return (select((plan.c.campaign_id * STEP + m.c.guest_id).label("id"), plan.c.campaign_id, m.c.guest_id, m.c.arm, m.c.cell, m.c.cell_stratum,
                   func.coalesce(plan.c.sent_on, m.c.saved_on).label("assigned_on"), plan.c.window_days, home.label("property_id"))
            .select_from(m.join(plan, plan.c.audience_id == m.c.audience_id).join(p, p.c.guest_id == m.c.guest_id)).group_by(*keys))


def _of_arms() -> sa.Select:
    """Whom a file of messages says to be in an arm, of campaigns without an audience; who is in two arms was to be written to."""
    s, plan = tables.sends, tables.plans
    told = select(s.c.campaign_id).where(s.c.arm != "").distinct()
    keys = (plan.c.campaign_id, s.c.guest_id, plan.c.window_days)
    # The arm is the one that was drawn: who was held out and got a message all the same is held out, and contaminated.
    arm = case((func.max(flag(s.c.arm != schema.ARMS[1])) == 1, schema.ARMS[0]), else_=schema.ARMS[1])
    cell = func.coalesce(func.min(case((s.c.arm.not_in(schema.ARMS), s.c.arm))), "")
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


def member_spans() -> sa.Subquery:
    m = tables.memberships.c
    until = case((func.count(m.closed_on) == func.count(), func.max(m.closed_on)))
    return select(m.guest_id, func.min(m.enrolled_on).label("from_on"), until.label("until_on")).group_by(m.guest_id).subquery("member")


def stays_band(stays: sa.ColumnElement) -> sa.ColumnElement:
    """How many stays there were, as groups are told by it."""
    return case((stays == 0, "0"), (stays == 1, "1"), (stays <= 3, "2-3"), else_="4+")
