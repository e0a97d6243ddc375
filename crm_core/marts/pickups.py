"""mart_pickups: how the books for the nights to come changed in the last weeks, by bookings made and bookings that fell through."""
import sqlalchemy as sa
from sqlalchemy import and_, func, literal, select

from crm_core.dialects import add_days, days_between
from crm_core.marts import tables
from crm_core.marts.booked import STANDS, filling
from crm_core.marts.leads import today
from crm_core.marts.nights import numbers, part

BACK = 35  # days before the as-of date whose changes are told
# A guest who did not come leaves the books, as one who cancelled.
FELL_THROUGH = ("cancelled", "no_show")


def rows() -> sa.Select:
    """Return the select that fills mart_pickups: summed over the changes of n days it is the books as they are less the books n days ago.

    A booking that fell through on a day that nobody told was never on the books. Nothing free of charge, and nothing tentative, is on them.
    """
    s, change, rate, number = tables.stays, _changes(), tables.rates, numbers.c.n
    night_on = add_days(s.c.arrival_on, number)
    part_of = func.round(part(s.c.revenue_minor, number, s.c.nights) * rate.c.factor)
    values = {**{c.name: c for c in s.c}, **{c.name: c for c in change.c}, "night_on": night_on, "revenue": change.c.nights * part_of,
              "days_ago": days_between(change.c.changed_on, today.c.as_of)}
    joined = (change.join(s, s.c.reservation_id == change.c.reservation_id).join(numbers, number < s.c.nights)
              .join(today, night_on >= today.c.as_of)
              .outerjoin(rate, (rate.c.currency == s.c.currency) & (rate.c.day_on == night_on)))
    return select(*filling(tables.pickups, values)).select_from(joined)


def _changes() -> sa.Subquery:
    """One row per booking made, and per booking that fell through, in the days looked at: +1 or −1 for each night to come."""
    s, d = tables.stays.c, today.c
    fell = s.status.in_(FELL_THROUGH)
    left_on = func.greatest(s.ended_on, s.booked_on)  # a file may say that a booking ended before it was made
    lately = lambda day: and_(day >= add_days(d.as_of, -BACK), day < d.as_of)  # noqa: E731
    counts = and_(s.rate_class == "paid", s.departure_on > d.as_of, sa.or_(s.status.in_(STANDS), and_(fell, s.ended_on.is_not(None))))
    told = lambda day, kind, nights: (select(s.reservation_id, day.label("changed_on"), literal(kind).label("kind"), literal(nights).label("nights"))  # noqa: E731
                                      .select_from(tables.stays.join(today, lately(day))).where(counts))
    return sa.union_all(told(s.booked_on, "booked", 1), told(left_on, "cancelled", -1).where(fell)).subquery("change")
