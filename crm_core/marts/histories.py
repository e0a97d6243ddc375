"""What is known of every guest's stays before a day: the numbers that models are fitted to, and what kind of guest it is."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.dialects import add_days, days_between, iso_weekday
from crm_core.marts import rfm
from crm_core.marts.tables import guests, properties, stays

SEGMENTS = ("leisure", "business", "group", "contract", "complimentary", "other")
PARTIES = ("single", "couple", "family", "other", "unknown")
SEASONS = {"winter": (12, 1, 2), "spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11)}
# A season is a guest's own where at least so much of the arrivals lie in it.
MOSTLY = 0.6
WEEKEND = (5, 6)  # arrivals on Friday and Saturday
BASIS = 10_000


def histories(before: dt.date, place: int, horizon: int = 0) -> sa.Select:
    """One row per guest with a realised stay that ended before a day, at one property (0: at any of them), by guest; nobody who was erased.

    Days are whole; money is in reporting minor units, null where a rate is missing. `first_spend` is that of the first stay. `booked` = a
    stay was on the books on that day. `came` counts the stays that ended within `horizon` days from that day on, `returned` says whether
    there was one.
    """
    s, p = stays.c, properties.c
    at = [s.property_id == place] if place else []
    first = s.first_here if place else s.first_anywhere
    day = sa.cast(sa.literal(before, sa.Date), sa.Date)
    columns = [*_counts(s, day, horizon), *_sums(s, p, day, first)]
    each = select(s.guest_id, *columns).select_from(stays.join(properties, p.property_id == s.property_id))
    e = each.where(s.guest_id.in_(select(guests.c.guest_id)), *at).group_by(s.guest_id).subquery("each_guest").c
    return select(*_facts(e, day)).where(e.stays > 0).order_by(e.guest_id)


def _past(s, day) -> sa.ColumnElement[bool]:
    return and_(s.is_stay == 1, s.stay_departure_on < day)


def _counts(s, day: sa.ColumnElement, horizon: int) -> list[sa.ColumnElement]:
    count = lambda *when: func.count(case((and_(*when), 1)))  # noqa: E731
    past = _past(s, day)
    later = and_(s.is_stay == 1, s.stay_departure_on >= day, s.stay_departure_on < add_days(day, horizon))
    kept = sa.or_(s.status.in_(("confirmed", "in_house", "checked_out")), s.ended_on >= day)
    month = sa.extract("month", s.stay_arrival_on)
    columns = {
        "stays": count(past), "recent_stays": count(past, s.stay_departure_on >= add_days(day, -rfm.WINDOW)),
        "direct": count(past, s.is_direct == 1), "weekend": count(past, iso_weekday(s.stay_arrival_on).in_(WEEKEND)),
        "booked": count(s.booked_on < day, s.arrival_on >= day, kept), "came": count(later),
        **{f"segment_{name}": count(past, s.segment == name) for name in SEGMENTS},
        **{f"party_{name}": count(past, s.party == name) for name in PARTIES},
        **{f"season_{name}": count(past, month.in_(months)) for name, months in SEASONS.items()},
    }  # fmt: skip
    return [column.label(name) for name, column in columns.items()]


def _sums(s, p, day: sa.ColumnElement, first: sa.ColumnElement) -> list[sa.ColumnElement]:
    past, revenue = _past(s, day), s.stay_room_revenue + s.stay_other_revenue
    total = lambda value, *when: func.coalesce(func.sum(case((and_(past, *when), value))), 0)  # noqa: E731
    columns = {
        "nights": total(s.stay_nights), "spend": total(revenue), "recent_spend": total(revenue, s.stay_departure_on >= add_days(day, -rfm.WINDOW)),
        "first_spend": total(revenue, s.stay_key == first), "priced": func.count(case((past, revenue))),
        "margin": total(sa.cast(revenue, sa.Double) * p.margin_bp), "margin_bp": func.max(case((past, p.margin_bp))),
        "first_on": func.min(case((past, s.stay_departure_on))), "last_on": func.max(case((past, s.stay_departure_on))),
    }
    return [column.label(name) for name, column in columns.items()]


def _facts(e, day: sa.ColumnElement) -> list[sa.ColumnElement]:
    silent, share = days_between(e.last_on, day), lambda part: sa.cast(part, sa.Double) / e.stays
    r, f = rfm.recency(silent), rfm.frequency(e.recent_stays)
    priced = lambda amount: case((e.priced == e.stays, amount))  # noqa: E731
    blended = case((e.spend > 0, func.round(e.margin / e.spend)), else_=e.margin_bp)
    whole = {
        "guest_id": e.guest_id, "stays": e.stays, "nights": e.nights, "age_days": days_between(e.first_on, day), "silent_days": silent,
        "spend": priced(e.spend), "first_spend": priced(e.first_spend), "recent_stays": e.recent_stays, "recent_spend": priced(e.recent_spend),
        "margin_bp": blended, "recency": r, "frequency": f, "booked": case((e.booked > 0, 1), else_=0), "came": e.came,
        "returned": case((e.came > 0, 1), else_=0),
    }  # fmt: skip
    return [
        *(sa.cast(column, sa.BigInteger).label(name) for name, column in whole.items()), e.first_on, e.last_on,
        rfm.group(r, f).label("rfm"), share(e.weekend).label("weekend_share"), share(e.direct).label("direct_share"),
        _most(e, "segment", SEGMENTS).label("purpose"), _most(e, "party", PARTIES).label("party"), _season(e).label("season"),
    ]  # fmt: skip


def _most(e, kind: str, names: tuple[str, ...]) -> sa.ColumnElement[str]:
    """What most of the guest's stays were; of equals, the one that stands first in the list."""
    counts = {name: e[f"{kind}_{name}"] for name in names}
    top = func.greatest(*counts.values())
    return case(*((count == top, name) for name, count in counts.items()))


def _season(e) -> sa.ColumnElement[str]:
    return case(*((e[f"season_{name}"] >= MOSTLY * e.stays, name) for name in SEASONS), else_="mixed")
