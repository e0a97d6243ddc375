"""Rooms and revenue: what was sold, at which rate, and what was kept of it."""

from sqlalchemy import and_, literal

from crm_core.i18n import N_
from crm_core.marts import tables
from crm_core.metrics import measures as m
from crm_core.metrics.definition import Measure, Metric

FEWEST_HOTELS = 4  # of a comparison set: in fewer one would be recognised
LATELY = 7  # days whose changes of the books are the pick-up


def _set(column: str, **options) -> Measure:
    """A measure of the days on which the property's main comparison set, and the property's own rooms, are known."""
    return Measure(tables.market_days, "day_on", lambda r: r[column], _is_told, **options)


def _is_told(r):
    return and_(r.is_main == 1, r.hotels >= FEWEST_HOTELS, r.own_rooms.is_not(None))


def _change(value, **options) -> Measure:
    return Measure(tables.pickups, None, value, lambda r: r.days_ago <= LATELY, **options)


METRICS = (
    Metric(
        "rooms_sold",
        "66a",
        N_("Room nights"),
        N_("Paid room nights of guests who checked out or are in house, counted night by night. Complimentary and house use are not sold."),
        "nights",
        "up",
        (m.sold,),
        source="STR",
    ),
    Metric(
        "room_revenue",
        "66b",
        N_("Room revenue"),
        N_(
            "Room revenue of the sold nights, net of tax and gross of commission, on the night it was earned. "
            "Breakfast and other parts of packages are not in it."
        ),
        "money",
        "up",
        (m.room_revenue,),
        cases=m.sold,
        source="USALI",
    ),
    Metric(
        "total_revenue",
        "66c",
        N_("Total revenue"),
        N_("Room revenue by night, other departments and cancellation fees by posting date."),
        "money",
        "up",
        (m.room_revenue, m.postings),
        cases=m.sold,
        source="USALI",
    ),
    Metric(
        "occupancy",
        "67",
        N_("Occupancy"),
        N_(
            "Sold room nights out of the rooms available. Complimentary and house use count as not sold; rooms out of order "
            "for a short time stay in the supply."
        ),
        "share",
        "up",
        (m.sold,),
        (m.rooms,),
        source="STR, USALI",
    ),
    Metric(
        "occupancy_total",
        "67a",
        N_("Occupancy with free"),
        N_("Sold and complimentary room nights out of the rooms available."),
        "share",
        "none",
        (m.occupied,),
        (m.rooms,),
        source="USALI",
    ),
    Metric(
        "adr",
        "68",
        N_("Average daily rate"),
        N_("Room revenue of the sold nights per sold night."),
        "money",
        "up",
        (m.room_revenue,),
        (m.sold,),
        source="STR",
    ),
    Metric(
        "revpar",
        "69",
        N_("RevPAR"),
        N_("Room revenue per available room and night. It equals occupancy times average daily rate."),
        "money",
        "up",
        (m.room_revenue,),
        (m.rooms,),
        source="STR",
    ),
    Metric(
        "trevpar",
        "70",
        N_("Total RevPAR"),
        N_("All operating revenue per available room and night: rooms, restaurant, spa, other departments and cancellation fees."),
        "money",
        "up",
        (m.room_revenue, m.postings),
        (m.rooms,),
        source="USALI",
    ),
    Metric(
        "net_adr",
        "71",
        N_("Net ADR"),
        N_("Room revenue less commission, booking fees and the channel's marketing cost, per sold night."),
        "money",
        "up",
        (m.room_revenue, m.booking_cost),
        (m.sold,),
        source="Kalibri",
    ),
    Metric(
        "cope_pct",
        "71a",
        N_("After booking cost"),
        N_("The part of room revenue that is left after the cost of the booking."),
        "share",
        "up",
        (m.room_revenue, m.booking_cost),
        (m.room_revenue,),
        cases=m.sold,
        source="Kalibri",
    ),
    Metric(
        "direct_share_nights",
        "72",
        N_("Direct share"),
        N_("Sold nights booked by own website, phone, e-mail, form or at the desk, out of all sold nights."),
        "share",
        "up",
        (m.sold_direct,),
        (m.sold,),
        source="HOTREC",
    ),
    Metric(
        "direct_share_revenue",
        "72a",
        N_("Direct share, value"),
        N_("Room revenue booked by own website, phone, e-mail, form or at the desk, out of all room revenue."),
        "share",
        "up",
        (m.revenue_direct,),
        (m.room_revenue,),
        cases=m.sold,
        source="HOTREC",
    ),
    Metric(
        "channel_share",
        "66j",
        N_("Channel mix"),
        N_("Sold nights of a channel out of all sold nights."),
        "share",
        "none",
        (m.sold,),
        (m.sold,),
        source="HOTREC",
        by="channel",
    ),
    Metric(
        "cost_per_booking",
        "73",
        N_("Cost per booking"),
        N_("Commission, fees and channel marketing cost per booking whose guest checked out in the period."),
        "money",
        "down",
        (m.realised_cost,),
        (m.realised,),
        source="Kalibri",
    ),
    Metric(
        "mpi", "78", N_("Occupancy index"),
        N_("Own occupancy out of that of the comparison set, times 100, on the days for which the set is known: its hotels' sums without the own "
           "hotel, four hotels at least. Of several sets the first by name counts."),
        "set_index", "up", (_set("own_sold"),), (_set("own_rooms"),), source="STR", beside=(_set("sold"), _set("rooms")),
    ),
    Metric(
        "ari", "78a", N_("Rate index"),
        N_("Own average daily rate out of that of the comparison set, times 100, on the days for which the set is known."),
        "set_index", "up", (_set("own_revenue", money=True),), (_set("own_sold"),), source="STR", beside=(_set("revenue", money=True), _set("sold")),
    ),
    Metric(
        "rgi", "78b", N_("RevPAR index"),
        N_("Own RevPAR out of that of the comparison set, times 100. It equals occupancy index times rate index, out of 100."),
        "set_index", "up", (_set("own_revenue", money=True),), (_set("own_rooms"),), source="STR", beside=(_set("revenue", money=True), _set("rooms")),
    ),
    Metric(
        "pickup_7d", "79", N_("Pick-up, 7 days"),
        N_("Paid room nights from the as-of date on that are on the books now, less those that were seven days ago: bookings made since, less "
           "what was cancelled since."),
        "nights", "up", (_change(lambda r: r.nights),), cases=_change(lambda r: literal(1)),
    ),
    Metric(
        "pickup_7d_revenue", "79a", N_("Pick-up, value"),
        N_("Room revenue from the as-of date on that is on the books now, less what was seven days ago, at the rates of today."),
        "money", "up", (_change(lambda r: r.revenue, money=True),), cases=_change(lambda r: literal(1)),
    ),
)  # fmt: skip
