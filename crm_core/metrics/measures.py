"""The measures that KPIs share: room nights, revenue, rooms, realised stays, bookings and guests."""

from sqlalchemy import literal

from crm_core.marts import tables
from crm_core.metrics.definition import Measure

SPENT = ("checked_out", "in_house")
DECIDED = ("cancelled", "no_show", "checked_out")


def _night(value, **options) -> Measure:
    return Measure(tables.nights, "night_on", value, options.pop("when", lambda r: r.status.in_(SPENT)), **options)


def _stay(value, **options) -> Measure:
    """A measure of realised stays, placed by the departure that completes them."""
    return Measure(tables.stays, "stay_departure_on", value, options.pop("when", lambda r: r.is_stay == 1), **options)


def _planned(value, *statuses: str, **options) -> Measure:
    """A measure of bookings by their planned arrival."""
    return Measure(tables.stays, "arrival_on", value, lambda r: r.status.in_(statuses), **options)


def _one(_rows):
    return literal(1)


rooms = Measure(tables.days, "day_on", lambda r: r.rooms)
sold = _night(lambda r: r.sold)
occupied = _night(lambda r: r.sold + r.complimentary)
room_revenue = _night(lambda r: r.room_revenue, money=True)
booking_cost = _night(lambda r: -r.booking_cost, money=True)
sold_direct = _night(lambda r: r.sold, when=lambda r: r.status.in_(SPENT) & (r.is_direct == 1))
revenue_direct = _night(lambda r: r.room_revenue, when=lambda r: r.status.in_(SPENT) & (r.is_direct == 1), money=True)
postings = Measure(tables.charges, "posted_on", lambda r: r.amount, money=True)

stays = _stay(lambda r: r.is_stay)
stay_nights = _stay(lambda r: r.stay_nights)
stay_revenue = _stay(lambda r: r.stay_room_revenue + r.stay_other_revenue, money=True)
stay_other = _stay(lambda r: r.stay_other_revenue, money=True)
nameless = _stay(lambda r: r.is_stay, when=lambda r: (r.is_stay == 1) & r.guest_id.is_(None))
lead_days = _stay(lambda r: r.lead_days, when=lambda r: (r.is_stay == 1) & (r.segment != "group") & r.lead_days.is_not(None))
arrivals = Measure(tables.stays, "arrival_on", lambda r: r.is_arrival)
known_stays = _stay(lambda r: r.is_stay, when=lambda r: (r.is_stay == 1) & r.guest_id.is_not(None))
known_nights = _stay(lambda r: r.stay_nights, when=lambda r: (r.is_stay == 1) & r.guest_id.is_not(None))
repeat_stays = _stay(lambda r: r.is_stay * r.is_repeat, when=lambda r: (r.is_stay == 1) & r.guest_id.is_not(None), order=True)
repeat_nights = _stay(lambda r: r.stay_nights * r.is_repeat, when=lambda r: (r.is_stay == 1) & r.guest_id.is_not(None), order=True)

guests = _stay(lambda r: r.guest_id, people=True)
returning = _stay(lambda r: r.guest_id, when=lambda r: (r.is_stay == 1) & (r.is_repeat == 1), people=True, order=True)
new = _stay(lambda r: r.guest_id, when=lambda r: (r.is_stay == 1) & (r.is_repeat == 0), people=True, order=True)

realised = Measure(
    tables.stays, "departure_on", _one, lambda r: (r.status == "checked_out") & (r.nights > 0) & (r.rate_class != "house_use")
)
realised_cost = Measure(tables.stays, "departure_on", lambda r: r.booking_cost, realised.when, money=True)
cancelled = _planned(_one, "cancelled")
no_show = _planned(_one, "no_show")
decided = _planned(_one, *DECIDED)
came_or_not = _planned(_one, "no_show", "checked_out")
cancelled_value = _planned(lambda r: r.room_revenue, "cancelled", money=True)
decided_value = _planned(lambda r: r.room_revenue, *DECIDED, money=True)
