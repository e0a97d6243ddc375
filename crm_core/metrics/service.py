"""Service cases: how many there are, how fast they are answered and solved, whether they stay solved, and whether the guest comes back."""
from sqlalchemy import literal

from crm_core.i18n import N_
from crm_core.marts import tables
from crm_core.metrics import measures as m
from crm_core.metrics.definition import Measure, Metric

HOUR = 60
YEAR = 365


def _cases(on: str | None, when=lambda r: r.case_id.is_not(None), value=lambda r: literal(1), **options) -> Measure:
    return Measure(tables.cases, on, value, when, **options)


def _closed(r):
    """Whether a case was closed and has had the time in which it could come up again."""
    return r.closed_on.is_not(None) & (r.reopen_ripe_on <= r.as_of)


def _solved(within: int | None = None) -> Measure:
    """Guests of a stay with a solved case, placed by the day on which a year had passed since; `within` = those who came again by then."""
    def when(r):
        solved = (r.is_open == 0) & r.guest_id.is_not(None)
        return solved if within is None else solved & (r.back_days <= within)

    return Measure(tables.cases, "year_on", lambda r: r.guest_id, when, people=True, returns=True)


def _time(key: str, number: str, name: str, definition: str, minutes, ended) -> Metric:
    return Metric(key, number, name, definition, "hours", "down", (_cases("opened_on", value=minutes),), (), "waiting", 20,
                  source="helpdesk practice; Kaplan-Meier 1958", ended=_cases("opened_on", ended), percentile=50, scale=HOUR)


complaints = Measure(tables.stays, "stay_departure_on", lambda r: 100 * r.complaints, lambda r: r.is_stay == 1)

METRICS = (
    Metric(
        "backlog_open", "61", N_("Open cases"),
        N_("Cases that are not closed as of today, with those that wait for the guest."),
        "count", "down", (_cases(None, lambda r: r.is_open == 1),), source="helpdesk practice",
    ),
    _time("first_response_median", "62", N_("First response"),
          N_("Hours after which half of the cases opened in the period had a first word from staff, by Kaplan-Meier: those still without one count for "
             "as long as they have waited. Automatic replies do not count."),
          lambda r: r.answer_minutes, lambda r: r.is_answered == 1),
    _time("solve_time_median", "62a", N_("Time to solve"),
          N_("Hours after which half of the cases opened in the period were closed, by Kaplan-Meier: open ones count for as long as they have been open."),
          lambda r: r.age_minutes, lambda r: r.is_open == 0),
    Metric(
        "sla_met_rate", "63", N_("Solved in time"),
        N_("Cases solved by their due time, out of all cases whose due time falls in the period: what is overdue and still open counts as missed."),
        "share", "up", (_cases("due_on", lambda r: r.is_due_met == 1),), (_cases("due_on"),), "wilson", 30,
    ),
    Metric(
        "reopen_rate", "64", N_("Reopened cases"),
        N_("Cases that came up again within 14 days after they were closed, out of all closed in the period whose 14 days are over; each counts once."),
        "share", "down", (_cases("closed_on", lambda r: _closed(r) & (r.is_reopened == 1)),), (_cases("closed_on", _closed),), "wilson", 30,
    ),
    Metric(
        "cases_per_100_stays", "65", N_("Complaints per 100 stays"),
        N_("Complaints about stays that ended in the period, per hundred of these stays."),
        "ratio", "down", (complaints,), (m.stays,), "clusters", 30,
    ),
    Metric(
        "post_case_return", "66", N_("Back after a case"),
        N_("Guests with a solved case who came again within 365 days of that stay, out of all such guests whose 365 days were over in the period. "
           "Guests who complain differ from those who do not: what is seen here is no proof of a cause."),
        "share", "up", (_solved(YEAR),), (_solved(),), "wilson", 30,
    ),
)  # fmt: skip
