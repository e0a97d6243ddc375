"""mart_sends: every message to a guest with what became of it, and mart_send_days: the same added up by day."""
import sqlalchemy as sa
from sqlalchemy import and_, case, func, literal, or_, select

from crm_core import schema
from crm_core.dialects import add_days, day_number, iso_weekday, local_time, minutes_between
from crm_core.marts import tables
from crm_core.marts.booked import WINDOW, booked_after, filling, flag
from crm_core.marts.daily import summed
from crm_core.marts.interactions import zones
from crm_core.marts.persons import persons

FATIGUE_DAYS = 30
# Whom a file says was written to in none of the arms.
CONTROL = ("held_out", "holdout", "hold_out", "control", "kontrolle", "controle", "none")


def rows() -> sa.Select:
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
    booked = booked_after(select(one.send_id.label("id"), one.guest_id, one.property_id, one.sent_on.label("from_on"), literal(WINDOW).label("days")).subquery("of"))
    for name, found in (("is_booked", "bookings"), ("is_booked_here", "bookings_here")):
        values[name] = one.is_sent * flag(booked.c[found] > 0)
    for name, found in (("booked_revenue", "revenue"), ("booked_revenue_here", "revenue_here")):
        values[name] = one.is_sent * func.coalesce(booked.c[found], 0)
    return (select(*filling(tables.sends, values)).select_from(one.send_id.table.outerjoin(booked, booked.c.id == one.send_id))
            .order_by(one.sent_on, one.campaign_id, one.send_id))


def _messages() -> sa.Select:
    """One row per message to a guest: what is said of it and what happened to it, as 0 or 1."""
    s, c, p, g, who, e = schema.send, schema.campaign, schema.profile, schema.guest, persons(), _events()
    held = func.lower(s.c.arm).in_(CONTROL)
    sent = flag(or_(sa.not_(held), e.c.send_id.is_not(None)))  # what arrived, or came back, was sent: to somebody held out by mistake
    at = local_time(s.c.sent_at, zones.c.zone)
    happened = {name: sent * func.coalesce(e.c[name], 0) for name in ("is_bounced", "hard_bounced", "soft_bounced", "machine_opened", "is_opened", "is_clicked",
                                                                     "is_scanned", "is_unsubscribed", "is_complained")}
    values = {
        "send_id": s.c.id, "campaign_id": s.c.campaign_id, "property_id": p.c.property_id, "guest_id": who.c.guest_id, "country": p.c.country,
        "medium": c.c.channel, "purpose": c.c.purpose, "is_marketing": flag(c.c.purpose == "marketing"), "sent_on": sa.cast(at, sa.Date),
        "sent_hour": sa.extract("hour", at), "domain": s.c.domain, "arm": case((held, schema.ARMS[1]), else_=s.c.arm),
        "opened_on": _since(at, s.c.sent_at, e.c.opened_at), "clicked_on": _since(at, s.c.sent_at, e.c.clicked_at),
        "acted_on": func.coalesce(_since(at, s.c.sent_at, e.c.acted_at), sa.cast(at, sa.Date)), "is_sent": sent, **happened,
        "is_delivered": sent * (1 - func.coalesce(e.c.is_bounced, 0)),
    }
    return (select(*(value.label(name) for name, value in values.items()))
            .select_from(s.join(c, c.c.id == s.c.campaign_id).join(p, p.c.id == s.c.profile_id).join(who, who.c.strict_id == p.c.guest_id)
                         .join(g, g.c.id == who.c.guest_id).join(zones, zones.c.property_id == p.c.property_id).outerjoin(e, e.c.send_id == s.c.id))
            .where(p.c.is_booker == 0, g.c.erased_at.is_(None)))


def _events() -> sa.Subquery:
    """One row per message to which something happened: what a person did, and what a machine did, kept apart."""
    e, s = schema.send_event, schema.send
    human = e.c.is_machine == 0
    yes = lambda *when: func.max(flag(*when))  # noqa: E731
    first = lambda *when: func.min(case((and_(*when), e.c.at)))  # noqa: E731
    opened, clicked, bounced = e.c.kind == "opened", e.c.kind == "clicked", e.c.kind == "bounced"
    in_time = utc_day(e.c.at) <= add_days(utc_day(s.c.sent_at), WINDOW)
    return (select(
        e.c.send_id, yes(bounced).label("is_bounced"), yes(bounced, e.c.detail != "soft").label("hard_bounced"),
        yes(bounced, e.c.detail == "soft").label("soft_bounced"), yes(opened, sa.not_(human)).label("machine_opened"),
        yes(opened, human).label("is_opened"), yes(clicked, human).label("is_clicked"),
        yes(clicked, sa.not_(human), e.c.detail != "unsubscribe_link").label("is_scanned"), yes(e.c.kind == "unsubscribed", in_time).label("is_unsubscribed"),
        yes(e.c.kind == "complained").label("is_complained"), first(opened, human).label("opened_at"), first(clicked, human).label("clicked_at"),
        func.max(case((and_(human, e.c.kind.in_(("delivered", "opened", "clicked"))), e.c.at))).label("acted_at"))
        .join(s, s.c.id == e.c.send_id).group_by(e.c.send_id).subquery("events"))


def _since(sent: sa.ColumnElement, sent_at: sa.ColumnElement, at: sa.ColumnElement) -> sa.ColumnElement:
    """The day of an instant by the clock of the house, by which bookings have their days: counted on from the sending, whose wall clock is `sent`.

    Asking the engine for the wall clock of each event would take longer than all else.
    """
    minute = sa.extract("hour", sent) * 60 + sa.extract("minute", sent) + minutes_between(sent_at, at)
    return add_days(sa.cast(sent, sa.Date), sa.cast(func.floor(minute / sa.literal(1440.0, sa.Double)), sa.Integer))


def day_rows() -> sa.Select:
    """Return the select that fills mart_send_days."""
    s, days = tables.sends.c, tables.send_days
    keys = {c.name: s[c.name] for c in days.c if c.name not in tables.sends_outcomes()}
    values = keys | {name: summed(s[name]) for name in tables.sends_outcomes()}
    return select(*filling(days, values)).group_by(*keys.values()).order_by(s.sent_on, s.campaign_id)


def utc_day(instant: sa.ColumnElement) -> sa.ColumnElement:
    """The UTC day of an instant."""
    return sa.cast(func.substr(instant, 1, 10), sa.Date)
