"""Who of an event's property slept there around the event, and how many nights others like an attendee did: as many stays before, the same country."""
import sqlalchemy as sa
from sqlalchemy import and_, case, func, literal, select

from crm_core.dialects import add_days, days_between
from crm_core.marts import tables
from crm_core.marts.assigned import stays_band
from crm_core.marts.leads import today
from crm_core.marts.nights import numbers

SPENT = ("checked_out", "in_house")
MARGIN = 1  # nights before and after the event that count as its own
# With how many stays a guest passes from which band to which.
PASSING = ((1, "0", "1"), (2, "1", "2-3"), (4, "2-3", "4+"))


def histories() -> sa.Subquery:
    """One row per event that has begun and known guest who was registered for it or slept there around it: stays before, nights, is_registered."""
    pair, s, g = sa.union_all(_slept(), _listed()).subquery("pair"), tables.stays.c, tables.guests.c
    each = (select(pair.c.event_id, pair.c.property_id, pair.c.starts_on, pair.c.guest_id, func.sum(pair.c.nights).label("nights"),
                   func.max(pair.c.is_registered).label("is_registered"))
            .group_by(pair.c.event_id, pair.c.property_id, pair.c.starts_on, pair.c.guest_id).subquery("each_pair"))
    earlier = and_(s.guest_id == each.c.guest_id, s.property_id == each.c.property_id, s.is_stay == 1, s.stay_departure_on < each.c.starts_on)
    keys = (each.c.event_id, each.c.property_id, each.c.guest_id, each.c.nights, each.c.is_registered, g.country)
    return (select(*keys, func.count(s.reservation_id).label("stays"))
            .select_from(each.join(tables.guests, g.guest_id == each.c.guest_id).outerjoin(tables.stays, earlier)).group_by(*keys).subquery("history"))


def expected() -> sa.Subquery:
    """One row per event, country and band of stays before with guests who were not registered: how many (others), and the mean of their nights."""
    cell = sa.union_all(_known_cells(), _passing_cells(), _history_cells()).subquery("cell").c
    others = func.sum(cell.guests)
    mean = func.round(1000.0 * func.sum(cell.nights) / others)
    return (select(cell.event_id, cell.country, cell.band, others.label("others"), mean.label("expected_milli"))
            .group_by(cell.event_id, cell.country, cell.band).having(others > 0).subquery("would"))


def _begun() -> sa.Subquery:
    e = tables.events.c
    until = add_days(func.coalesce(e.ends_on, e.starts_on), MARGIN)
    return (select(e.event_id, e.property_id, e.starts_on, until.label("until_on"))
            .select_from(tables.events.join(today, e.starts_on < today.c.as_of)).subquery("begun"))


def _slept() -> sa.Select:
    """One row per event and room night of a known guest around it."""
    e, n = _begun(), tables.nights.c
    span = days_between(e.c.starts_on, e.c.until_on) + MARGIN + 1
    night = (select(e.c.event_id, e.c.property_id, e.c.starts_on, add_days(e.c.starts_on, numbers.c.n - MARGIN).label("night_on"))
             .select_from(e.join(numbers, numbers.c.n < span)).subquery("night"))
    same = and_(n.property_id == night.c.property_id, n.night_on == night.c.night_on)
    return (select(night.c.event_id, night.c.property_id, night.c.starts_on, n.guest_id, n.sold.label("nights"), literal(0).label("is_registered"))
            .select_from(night.join(tables.nights, same)).where(n.guest_id.is_not(None), n.status.in_(SPENT)))


def _listed() -> sa.Select:
    """One row per registration of a known guest for an event that has begun, whatever became of it."""
    e, r, p = _begun(), tables.registrations, tables.profiles
    return (select(e.c.event_id, e.c.property_id, e.c.starts_on, p.c.guest_id, literal(0).label("nights"), literal(1).label("is_registered"))
            .select_from(e.join(r, r.c.event_id == e.c.event_id).join(p, p.c.profile_id == r.c.profile_id)))


# --- how many guests there are in each cell, and their nights: three counts that add up -----------------------------------------------------
def _known_cells() -> sa.Select:
    """Every guest whom the property knows, as if none had stayed there before."""
    e, v, g = _begun(), tables.visits, tables.guests
    known = (select(v.c.property_id, _country(g).label("country"), func.count().label("guests")).select_from(v.join(g, g.c.guest_id == v.c.guest_id))
             .group_by(v.c.property_id, _country(g)).subquery("known"))
    return (select(e.c.event_id, known.c.country, literal("0").label("band"), known.c.guests, literal(0).label("nights"))
            .select_from(e.join(known, known.c.property_id == e.c.property_id)))


def _passing_cells() -> sa.Select:
    """Whoever had reached a band before the event is one more in it, and one less in the band below."""
    e, p = _begun(), _passed()
    counted = (select(e.c.event_id, p.c.country, p.c.place, func.sum(p.c.guests).label("guests"))
               .select_from(e.join(p, and_(p.c.property_id == e.c.property_id, p.c.stay_departure_on < e.c.starts_on)))
               .group_by(e.c.event_id, p.c.country, p.c.place).subquery("counted").c)
    step = sa.union_all(select(literal(1).label("sign")), select(literal(-1).label("sign"))).subquery("step").c
    above, below = (case(*((counted.place == passing[0], passing[i]) for passing in PASSING)) for i in (2, 1))
    return (select(counted.event_id, counted.country, case((step.sign > 0, above), else_=below).label("band"),
                   (step.sign * counted.guests).label("guests"), literal(0).label("nights"))
            .select_from(counted.event_id.table.join(step.sign.table, sa.true())))


def _passed() -> sa.Subquery:
    """One row per property, country, day and number of stays: how many guests ended on that day the stay with which they pass to another band."""
    s, g = tables.stays, tables.guests
    place = func.row_number().over(partition_by=(s.c.guest_id, s.c.property_id), order_by=s.c.stay_key)
    each = (select(s.c.property_id, s.c.stay_departure_on, _country(g).label("country"), place.label("place"))
            .select_from(s.join(g, g.c.guest_id == s.c.guest_id)).where(s.c.is_stay == 1).subquery("numbered_stay").c)
    keys = (each.property_id, each.country, each.place, each.stay_departure_on)
    return select(*keys, func.count().label("guests")).where(each.place.in_([n for n, *_ in PASSING])).group_by(*keys).subquery("passed")


def _history_cells() -> sa.Select:
    """Who was registered is none of the others; what the rest slept around the event."""
    h, v = histories().c, tables.visits.c
    here = and_(v.guest_id == h.guest_id, v.property_id == h.property_id)
    return (select(h.event_id, func.coalesce(h.country, "").label("country"), stays_band(h.stays).label("band"), (-h.is_registered).label("guests"),
                   case((h.is_registered == 0, h.nights), else_=0).label("nights"))
            .select_from(h.event_id.table.join(tables.visits, here)))


def _country(g: sa.Table) -> sa.ColumnElement[str]:
    return func.coalesce(g.c.country, "")
