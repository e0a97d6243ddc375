"""mart_visits and mart_guests: each guest's history at each property, and what is known of the guest everywhere."""

import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.marts.consents import last_word
from crm_core.marts.persons import persons
from crm_core.marts.tables import guests, stays, visits


def visit_rows() -> sa.Select:
    """Return the select that fills mart_visits: guests with a profile or a reservation at a property."""
    p, s, who = schema.profile, stays, persons()
    known = sa.union(
        select(who.c.guest_id, p.c.property_id).join(who, who.c.strict_id == p.c.guest_id).where(p.c.is_booker == 0),
        select(s.c.guest_id, s.c.property_id).where(s.c.guest_id.is_not(None)),
    ).subquery("known")
    real = s.c.is_stay == 1
    spend = case(
        (
            func.count(case((real, 1))) == func.count(case((real, s.c.stay_room_revenue + s.c.stay_other_revenue))),
            func.coalesce(func.sum(case((real, s.c.stay_room_revenue + s.c.stay_other_revenue))), 0),
        )
    )
    values = {
        "guest_id": known.c.guest_id,
        "property_id": known.c.property_id,
        "first_key": func.min(case((real, s.c.stay_key))),
        "stays": func.coalesce(func.sum(s.c.is_stay), 0),
        "nights": func.coalesce(func.sum(s.c.stay_nights), 0),
        "spend": spend,
        "first_departure_on": func.min(case((real, s.c.stay_departure_on))),
        "last_departure_on": func.max(case((real, s.c.stay_departure_on))),
        "next_arrival_on": func.min(case((s.c.status == "confirmed", s.c.arrival_on))),
    }
    return (
        select(*(sa.cast(values[c.name], c.type).label(c.name) for c in visits.c))
        .select_from(known.outerjoin(s, (s.c.guest_id == known.c.guest_id) & (s.c.property_id == known.c.property_id)))
        .group_by(known.c.guest_id, known.c.property_id)
    )


def guest_rows() -> sa.Select:
    """Return the select that fills mart_guests: everyone with a visit, each person once."""
    g, one = schema.guest, schema.survivor
    word = last_word("email")
    shown = lambda name: case((one.c.guest_id.is_(None), g.c[name]), else_=one.c[name]).label(name)  # noqa: E731
    return (
        select(g.c.id, shown("country"), shown("language"), sa.cast(case((word.c.state == "given", 1), else_=0), guests.c.email_consent.type))
        .select_from(g.outerjoin(one, one.c.guest_id == g.c.id).outerjoin(word, word.c.guest_id == g.c.id))
        .where(g.c.erased_at.is_(None), g.c.id.in_(select(visits.c.guest_id)))
    )
