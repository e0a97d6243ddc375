"""Who comes back, and after how long: counted from each guest's first stay at the scope's properties."""
from crm_core.i18n import N_
from crm_core.marts import tables
from crm_core.metrics.definition import Measure, Metric

YEAR = 365


def _first(on: str, within: int | None = None) -> Measure:
    """Guests by their first stay, placed by `on`; `within` = those who came again so many days after it."""
    def when(r):
        first = (r.is_stay == 1) & (r.is_repeat == 0) & r.guest_id.is_not(None)
        return first if within is None else first & (r.back_days <= within)

    return Measure(tables.stays, on, lambda r: r.guest_id, when, people=True, order=True, returns=True)


began = _first("stay_departure_on")


def _returned(key: str, name: str, horizon: int, definition: str) -> Metric:
    return Metric(key, "29" + {182: "", YEAR: "a", 730: "b"}[horizon], name, definition, "share", "up", (_first("stay_departure_on", horizon),), (began,),
                  "survival", 50, source="Kaplan-Meier 1958, Greenwood", horizon=horizon)


METRICS = (
    Metric(
        "return_rate_12m", "28", N_("Back within 12 months"),
        N_("Guests who came again within 365 days of their first stay, out of all guests whose 365 days were over in the period. Who is "
           "younger than that is not counted yet: nobody knows."),
        "share", "up", (_first("year_on", YEAR),), (_first("year_on"),), "wilson", 30,
    ),
    _returned("km_return_6m", N_("Back in 6 months"), 182,
              N_("The share that comes again within 182 days of a first stay that ended in the period, by Kaplan-Meier: guests who have had "
                 "less time count for as long as they were seen.")),
    _returned("km_return_12m", N_("Back in a year"), YEAR,
              N_("The share that comes again within 365 days of a first stay that ended in the period, by Kaplan-Meier: guests who have had "
                 "less time count for as long as they were seen.")),
    _returned("km_return_24m", N_("Back in two years"), 730,
              N_("The share that comes again within 730 days of a first stay that ended in the period, by Kaplan-Meier: guests who have had "
                 "less time count for as long as they were seen.")),
    Metric(
        "median_time_to_second_stay", "30", N_("Time to 2nd stay"),
        N_("Days after which half of the guests whose first stay ended in the period had come again, by Kaplan-Meier. Where fewer than half "
           "ever come, there is no such day."),
        "days", "down", (_first("stay_departure_on", 100_000),), (began,), "survival", 50, source="Kaplan-Meier 1958, Greenwood",
    ),
)  # fmt: skip
