"""Stays and bookings: how many, how long, how far ahead, and what became of them."""
from crm_core.i18n import N_
from crm_core.metrics import measures as m
from crm_core.metrics.definition import Metric

METRICS = (
    Metric("stays", "66d", N_("Realised stays"), N_("Stays of one night or more that ended in the period. Folios of one guest without a free night between them "
           "are one stay."), "count", "up", (m.stays,)),
    Metric("arrivals", "66e", N_("Arrivals"), N_("Stays that began in the period; cancelled bookings and no-shows are out."), "count", "up", (m.arrivals,)),
    Metric("other_spend_share", "66h", N_("Spend beyond rooms"), N_("Revenue outside rooms out of the total revenue of stays that ended in the period."), "share",
           "up", (m.stay_other,), (m.stay_revenue,), "clusters", 30, cases=m.stays),
    Metric("unidentified_share", "66i", N_("Unidentified stays"), N_("Realised stays without an identified guest, out of all realised stays. They count in stay "
           "figures, never in guest figures."), "share", "down", (m.nameless,), (m.stays,), "wilson", 30),
    Metric("cancellation_rate", "74", N_("Cancellations"), N_("Cancelled bookings out of all bookings with a known outcome (cancelled, no-show, checked out) that planned to "
           "arrive in the period."), "share", "down", (m.cancelled,), (m.decided,), "wilson", 30, source="D-EDGE"),
    Metric("cancellation_rate_revenue", "74a", N_("Cancelled value"), N_("Booked room revenue that was cancelled, out of the room revenue of all bookings with a known outcome "
           "that planned to arrive in the period."), "share", "down", (m.cancelled_value,), (m.decided_value,), "clusters", 30, cases=m.decided, source="D-EDGE"),
    Metric("no_show_rate", "75", N_("No-shows"), N_("Bookings whose guest did not come, out of those who came or should have. Cancelled bookings are out."), "share",
           "down", (m.no_show,), (m.came_or_not,), "wilson", 30),
    Metric("lead_time_median", "76", N_("Lead time"), N_("Half of the stays that ended in the period were booked at least this many days ahead; groups are out."),
           "days", "none", (m.lead_days,), interval="median", minimum=20),
    Metric("alos", "77", N_("Length of stay"), N_("Nights per stay that ended in the period; the whole stay counts, also where it began earlier."), "nights", "none",
           (m.stay_nights,), (m.stays,), "clusters", 20, source="STR practice"),
)
