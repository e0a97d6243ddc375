"""Leads: how many become bookings, and how well their score tells which."""
from sqlalchemy import literal

from crm_core.i18n import N_
from crm_core.marts import tables
from crm_core.marts.lead_scores import MILLION
from crm_core.metrics.definition import Measure, Metric


def _mature(value=lambda r: literal(1), **options) -> Measure:
    """A measure of leads whose time to become a booking is over, placed by the day they were made; duplicates and spam are out."""
    return Measure(tables.leads, "created_on", value, options.get("when", lambda r: (r.is_counted == 1) & (r.is_mature == 1)))


mature = _mature()
converted = _mature(when=lambda r: (r.is_counted == 1) & (r.is_mature == 1) & (r.is_converted == 1))


def _tested(value) -> Measure:
    return Measure(tables.lead_tests, "created_on", value, lambda r: r.score.is_not(None))


# Sums are of whole numbers, so that errors and the leads they are divided by are both counted in millionths.
error = _tested(lambda r: r.squared_error)
whole = _tested(lambda r: literal(MILLION))
tested = _tested(lambda r: literal(1))

METRICS = (
    Metric(
        "lead_conversion",
        "59",
        N_("Lead conversion"),
        N_(
            "Leads made in the period that were won within 90 days, out of all leads made in it whose 90 days are over. A booking that was "
            "cancelled, or whose guest did not come, does not count; duplicates and spam are out."
        ),
        "share",
        "up",
        (converted,),
        (mature,),
        "wilson",
        30,
        source="CRM practice",
    ),
    Metric(
        "lead_score_brier",
        "60",
        N_("Lead-score error"),
        N_(
            "The mean of (score − outcome)², the outcome being 1 for a lead that was won and 0 for all others, over the leads of the test: "
            "scored from what was known before the outcome, by a model that had seen earlier leads only. 0 is perfect."
        ),
        "ratio",
        "down",
        (error,),
        (whole,),
        "clusters",
        100,
        cases=tested,
        source="Brier 1950",
    ),
)
