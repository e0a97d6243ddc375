"""mart_stages: all that moves a guest through the life cycle, dated: first known, enquiries, bookings, stays, membership, praise."""
import sqlalchemy as sa
from sqlalchemy import Date, case, func, literal, null, select

from crm_core import schema
from crm_core.marts.persons import persons
from crm_core.marts.tables import stages, stays

# Nine points of ten, also as an answer to "would you recommend us".
PRAISE = 9000
COMES = ("confirmed", "in_house", "checked_out")


def rows() -> sa.Select:
    """Return the select that fills mart_stages, in the order of its columns; its steps make the stages, under any scope."""
    steps = sa.union_all(_known(), _enquiries(), _bookings(), _stays(), _memberships(), _praise()).subquery("steps")
    alive = select(schema.guest.c.id).where(schema.guest.c.erased_at.is_(None))
    return select(*(sa.cast(steps.c[c.name], c.type).label(c.name) for c in stages.c)).where(steps.c.guest_id.in_(alive))


def _step(guest, place, kind: str, begins, ends=None) -> sa.Select:
    return select(guest.label("guest_id"), place.label("property_id"), literal(kind).label("kind"), sa.cast(begins, Date).label("from_on"),
                  sa.cast(null() if ends is None else ends, Date).label("until_on"))


def _day(instant: sa.ColumnElement[str]) -> sa.ColumnElement:
    return sa.cast(func.substr(instant, 1, 10), Date)


def _known() -> sa.Select:
    """Since when a property knows a guest: a profile came, or a first booking was made, whichever was earlier."""
    p, g, who, s = schema.profile, schema.guest, persons(), schema.stay
    booked = select(s.c.profile_id, func.min(s.c.booked_on).label("on")).group_by(s.c.profile_id).subquery("first_booked")
    first = func.min(func.least(_day(g.c.created_at), booked.c.on))
    return (_step(who.c.guest_id, p.c.property_id, "known", first)
            .select_from(p.join(who, who.c.strict_id == p.c.guest_id).join(g, g.c.id == p.c.guest_id)
                         .outerjoin(booked, booked.c.profile_id == p.c.id))
            .where(p.c.is_booker == 0).group_by(who.c.guest_id, p.c.property_id))


def _enquiries() -> sa.Select:
    e, who = schema.lead, persons()
    return _step(who.c.guest_id, e.c.property_id, "lead", _day(e.c.created_at), _day(e.c.closed_at)).join(who, who.c.strict_id == e.c.guest_id)


def _bookings() -> sa.Select:
    """From the day of booking to the arrival, or to the departure of who is in house."""
    s = stays.c
    until = case((s.status == "in_house", s.departure_on), else_=s.arrival_on)
    return _step(s.guest_id, s.property_id, "booked", func.coalesce(s.booked_on, s.arrival_on), until).where(
        s.guest_id.is_not(None), s.status.in_(COMES))


def _stays() -> sa.Select:
    s = stays.c
    return _step(s.guest_id, s.property_id, "stay", s.stay_departure_on).where(s.is_stay == 1, s.guest_id.is_not(None))


def _memberships() -> sa.Select:
    m, p, g, who = schema.membership, schema.profile, schema.guest, persons()
    return (_step(who.c.guest_id, p.c.property_id, "member", func.coalesce(m.c.enrolled_on, _day(g.c.created_at)), m.c.expires_on)
            .select_from(m.join(p, p.c.id == m.c.profile_id).join(g, g.c.id == p.c.guest_id).join(who, who.c.strict_id == p.c.guest_id))
            .where(m.c.status == "active", p.c.is_booker == 0))


def _praise() -> sa.Select:
    r, p, who = schema.review, schema.profile, persons()
    return (_step(who.c.guest_id, r.c.property_id, "praise", r.c.reviewed_on)
            .select_from(r.join(p, p.c.id == r.c.profile_id).join(who, who.c.strict_id == p.c.guest_id))
            .where(r.c.score_bp >= PRAISE, r.c.reviewed_on.is_not(None), p.c.is_booker == 0))
