"""mart_complaints: service cases as they were recorded; mart_cases: beside the stay they are about, and how far they are."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core import schema
from crm_core.dialects import add_days, local_time, minutes_between
from crm_core.marts import about, tables
from crm_core.marts.interactions import zones
from crm_core.marts.leads import today

# A case that comes up again within so many days was not solved (KPI 64).
REOPEN_DAYS = 14
INSTANTS = ("opened_at", "answered_at", "answer_due_at", "due_at", "closed_at", "told_at")


def complaint_rows() -> sa.Select:
    """Return the select that fills mart_complaints, in the order of its columns."""
    c, p, steps = schema.service_case, schema.property, _steps()
    here = {name: local_time(c.c[name], zones.c.zone) for name in INSTANTS}
    opened_on = sa.cast(here["opened_at"], sa.Date)
    values = {
        **{x.name: x for x in c.c},
        **here,
        "case_id": c.c.id,
        "reservation_id": c.c.stay_id,
        "opened_on": opened_on,
        "first_closed_at": func.coalesce(local_time(steps.c.closed_at, zones.c.zone), here["closed_at"]),
        "reopened_at": local_time(steps.c.reopened_at, zones.c.zone),
        "cost": func.round(c.c.compensation_minor * tables.rates.c.factor),
    }
    currency = func.coalesce(c.c.currency, p.c.currency)
    return select(*(sa.cast(values[x.name], x.type).label(x.name) for x in tables.complaints.c)).select_from(
        c.join(p, p.c.id == c.c.property_id)
        .join(zones, zones.c.property_id == c.c.property_id)
        .outerjoin(steps, steps.c.service_case_id == c.c.id)
        .outerjoin(tables.rates, (tables.rates.c.currency == currency) & (tables.rates.c.day_on == opened_on))
    )


def _steps() -> sa.Subquery:
    """One row per case whose steps are known: when it was closed for the first time, and when it came up again first."""
    s = schema.case_step.c
    first = lambda kind: func.min(case((s.kind == kind, s.at)))  # noqa: E731
    return (select(s.service_case_id, first("closed").label("closed_at"), first("reopened").label("reopened_at"))
            .group_by(s.service_case_id).subquery("steps"))


def case_rows() -> sa.Select:
    """Return the select that fills mart_cases, in the order of its columns."""
    c, d = tables.complaints, today
    joined, found = about.beside(c, c.c.case_id)
    as_of = sa.cast(d.c.as_of, sa.DateTime)
    answered, closed = c.c.answered_at < as_of, c.c.closed_at < as_of
    first_closed = case((c.c.first_closed_at < as_of, c.c.first_closed_at))
    soon = c.c.reopened_at < sa.cast(add_days(sa.cast(first_closed, sa.Date), REOPEN_DAYS + 1), sa.DateTime)
    again = func.coalesce(soon, c.c.reopened > 0)  # a source that only counts says nothing of when
    values = {
        **{x.name: x for x in c.c},
        **found,
        "is_complaint": case((c.c.kind != "request", 1), else_=0),
        "is_open": case((closed, 0), else_=1),
        "is_waiting": case((c.c.status == "waiting", 1), else_=0),
        "age_minutes": func.greatest(0, minutes_between(c.c.opened_at, case((closed, c.c.closed_at), else_=as_of))),
        "answer_minutes": func.greatest(0, minutes_between(c.c.opened_at, case((answered, c.c.answered_at), else_=as_of))),
        "is_answered": case((answered, 1), else_=0),
        "solve_minutes": case((closed, func.greatest(0, minutes_between(c.c.opened_at, c.c.closed_at)))),
        "due_on": sa.cast(c.c.due_at, sa.Date),
        "is_due_met": case((c.c.closed_at <= c.c.due_at, 1), else_=0),
        "closed_on": sa.cast(first_closed, sa.Date),
        "reopen_ripe_on": add_days(sa.cast(first_closed, sa.Date), REOPEN_DAYS),
        "is_reopened": case((first_closed.is_not(None) & again, 1), else_=0),
    }
    return select(*(sa.cast(values[x.name], x.type).label(x.name) for x in tables.cases.c)).select_from(joined.join(d, sa.true()))
