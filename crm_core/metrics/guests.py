"""Guests and their return: people, not profiles; bookers and house use are out."""

from crm_core.i18n import N_
from crm_core.metrics import measures as m
from crm_core.metrics.definition import Metric

METRICS = (
    Metric(
        "guests",
        "66f",
        N_("Guests"),
        N_("Identified guests with a stay that ended in the period, each counted once."),
        "count",
        "up",
        (m.guests,),
    ),
    Metric(
        "new_guests",
        "66g",
        N_("New guests"),
        N_("Guests whose first stay at these properties ended in the period."),
        "count",
        "up",
        (m.new,),
    ),
    Metric(
        "repeat_ratio_guests",
        "25",
        N_("Returning guests"),
        N_("Guests with a stay that ended in the period and an earlier stay, out of all guests with a stay that ended in the period."),
        "share",
        "up",
        (m.returning,),
        (m.guests,),
        "wilson",
        30,
        source="Lodgify, own",
    ),
    Metric(
        "repeat_ratio_stays",
        "26",
        N_("Repeat stays"),
        N_("Stays that were the guest's second or later, out of all stays of identified guests that ended in the period."),
        "share",
        "up",
        (m.repeat_stays,),
        (m.known_stays,),
        "clusters",
        30,
    ),
    Metric(
        "repeat_ratio_nights",
        "27",
        N_("Repeat nights"),
        N_(
            "Nights of stays that were the guest's second or later, out of all nights of identified guests' stays that ended in the period."
        ),
        "share",
        "up",
        (m.repeat_nights,),
        (m.known_nights,),
        "clusters",
        30,
        cases=m.known_stays,
    ),
)
