"""mart_events and mart_registrations: events as recorded; mart_advocates and mart_attendances: who speaks for the house, and who came to its events."""
import sqlalchemy as sa
from sqlalchemy import and_, case, func, literal, or_, select

from crm_core import schema
from crm_core.dialects import add_days
from crm_core.marts import tables
from crm_core.marts.about import NOBODY
from crm_core.marts.assigned import member_spans, stays_band
from crm_core.marts.booked import filling, flag
from crm_core.marts.leads import today
from crm_core.marts.matched_nights import expected, histories

PRAISES, PUBLIC_PRAISE = 9, 80  # of ten; of a hundred
ANSWERED_WITHIN = 730  # days: an older answer says little of today
# Where nobody told when an event begins, whoever cancelled before its day cancelled in time.
MIDNIGHT = "T23:59"


def event_rows() -> sa.Select:
    """Return the select that fills mart_events, the cost at the rate of the first day."""
    e, p, rate = schema.event, schema.property, tables.rates
    values = {**{c.name: c for c in e.c}, "event_id": e.c.id, "event": e.c.name, "cost": func.round(e.c.cost_minor * rate.c.factor),
              "is_cancelled": flag(e.c.cancelled_at.is_not(None))}
    currency = func.coalesce(func.nullif(e.c.currency, ""), p.c.currency)
    joined = e.join(p, p.c.id == e.c.property_id).outerjoin(rate, (rate.c.currency == currency) & (rate.c.day_on == e.c.starts_on))
    return select(*filling(tables.events, values)).select_from(joined)


def registration_rows() -> sa.Select:
    """Return the select that fills mart_registrations, in the order of its columns."""
    a, e = schema.attendance, schema.event
    values = {**{c.name: c for c in a.c}, "attendance_id": a.c.id, "property_id": e.c.property_id}
    return select(*filling(tables.registrations, values)).select_from(a.join(e, e.c.id == a.c.event_id))


# --- at the as-of date ------------------------------------------------------------------------------------------------------------------
def advocate_rows() -> sa.Select:
    """Return the select that fills mart_advocates: who praises the property to itself, and to others (KPI 83), all of it told at that property."""
    last, spoke, g = _last_answers(), sa.union(_praised(), _brought()).subquery("spoke"), tables.guests
    values = {"guest_id": last.c.guest_id, "cluster": last.c.guest_id, "property_id": last.c.property_id, "country": g.c.country,
              "answered_on": last.c.reviewed_on}
    joined = (last.join(spoke, and_(spoke.c.guest_id == last.c.guest_id, spoke.c.property_id == last.c.property_id))
              .join(g, g.c.guest_id == last.c.guest_id).join(today, last.c.reviewed_on >= add_days(today.c.as_of, -ANSWERED_WITHIN)))
    return select(*filling(tables.advocates, values)).select_from(joined).where(last.c.place == 1, last.c.nps >= PRAISES)


def _last_answers() -> sa.Subquery:
    """One row per answer to the recommendation question; place 1 is the guest's last one at the property."""
    r = tables.reviews.c
    place = func.row_number().over(partition_by=(r.guest_id, r.property_id), order_by=(r.reviewed_on.desc(), r.review_id.desc()))
    return (select(r.guest_id, r.property_id, r.reviewed_on, r.nps, place.label("place")).select_from(tables.reviews.join(today, r.reviewed_on < today.c.as_of))
            .where(r.nps.is_not(None), r.guest_id.is_not(None)).subquery("last_answer"))


def _praised() -> sa.Select:
    """Guests and properties that they praised where everybody reads it."""
    r = tables.reviews.c
    return (select(r.guest_id, r.property_id).select_from(tables.reviews.join(today, r.reviewed_on < today.c.as_of))
            .where(r.kind == "review", r.rating >= PUBLIC_PRAISE, r.guest_id.is_not(None)))


def _brought() -> sa.Select:
    """Members and properties at which somebody whom they invited has stayed since."""
    r, s = tables.referrals.c, tables.stays
    came = and_(s.c.guest_id == r.invited_id, s.c.is_stay == 1, s.c.stay_arrival_on >= r.invited_on)
    return (select(r.guest_id, s.c.property_id).select_from(tables.referrals.join(s, came).join(today, s.c.stay_departure_on < today.c.as_of)))


def attendance_rows() -> sa.Select:
    """Return the select that fills mart_attendances, in the order of its columns."""
    one, before, would, member, advocate, g = _registered(), histories(), expected(), member_spans(), tables.advocates, tables.guests
    own = lambda found: and_(found.c.event_id == one.c.event_id, found.c.guest_id == one.c.guest_id)  # noqa: E731
    band, country = stays_band(func.coalesce(before.c.stays, 0)), func.coalesce(g.c.country, "")
    like = and_(would.c.event_id == one.c.event_id, would.c.country == country, would.c.band == band)
    counted = and_(one.c.is_attended == 1, one.c.is_known == 1)
    nights = case((one.c.is_known == 1, func.coalesce(before.c.nights, 0)), else_=0)
    values = {
        **{c.name: c for c in one.c}, "cluster": func.coalesce(one.c.guest_id, literal(NOBODY, sa.BigInteger) - one.c.attendance_id),
        "country": g.c.country, "stays_before": band, "nights": nights,
        "others": case((counted, func.coalesce(would.c.others, 0)), else_=0),
        "expected_milli": case((counted, would.c.expected_milli)),
        # Who has two registrations came once.
        "halo_milli": case((~counted, 0), (one.c.turn == 1, 1000 * nights - would.c.expected_milli)),
        "is_member": flag(member.c.from_on <= one.c.event_on, or_(member.c.until_on.is_(None), member.c.until_on > one.c.event_on)),
        "is_advocate": flag(advocate.c.guest_id.is_not(None)),
    }
    joined = (one.outerjoin(before, own(before)).outerjoin(g, g.c.guest_id == one.c.guest_id).outerjoin(would, like)
              .outerjoin(member, member.c.guest_id == one.c.guest_id)
              .outerjoin(advocate, and_(advocate.c.guest_id == one.c.guest_id, advocate.c.property_id == one.c.property_id)))
    return select(*filling(tables.attendances, values)).select_from(joined).order_by(one.c.event_on, one.c.attendance_id)


def _registered() -> sa.Subquery:
    """One row per registration for an event that has begun; turn 1 is the guest's first one, of those that came."""
    r, e, p = tables.registrations, tables.events, tables.profiles
    turn = func.row_number().over(partition_by=(r.c.event_id, p.c.guest_id), order_by=(flag(r.c.status == "attended").desc(), r.c.attendance_id))
    stands = e.c.is_cancelled == 0
    return (select(r.c.attendance_id, r.c.event_id, r.c.property_id, p.c.guest_id, e.c.kind.label("event_kind"), e.c.audience, e.c.place,
                   e.c.starts_on.label("event_on"), r.c.party, flag(stands, ~_in_time(r, e)).label("is_registered"),
                   flag(stands, r.c.status == "attended").label("is_attended"), flag(p.c.guest_id.is_not(None)).label("is_known"), turn.label("turn"))
            .select_from(r.join(e, e.c.event_id == r.c.event_id).join(today, e.c.starts_on < today.c.as_of)
                         .outerjoin(p, p.c.profile_id == r.c.profile_id)).subquery("registered"))


def _in_time(r: sa.Table, e: sa.Table) -> sa.ColumnElement[bool]:
    """Whether a registration was cancelled a day or more before the event; of one that only says that it was, one takes it so."""
    begins = case((e.c.starts_time == "", MIDNIGHT), else_=literal("T") + e.c.starts_time)
    limit = sa.cast(add_days(e.c.starts_on, -1), sa.Text) + begins
    return and_(r.c.status == "cancelled", or_(r.c.cancelled_local.is_(None), r.c.cancelled_local <= limit))
