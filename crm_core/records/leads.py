"""Leads looked up: the board and the list, what they add up to, and one lead with all that was done and said."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import case, func, or_, select
from sqlalchemy.engine import Connection

from crm_core.formats import exponent
from crm_core.records.guests import visible as visible_guest
from crm_core.records.persons import members, person_of
from crm_core.records.registry import lookup
from crm_core.schema import LEAD_STAGES, exchange_rate, guest, interaction, lead, lead_step, profile, setting, stay
from crm_core.scope import Scope

OPEN = ("enquiry", "qualified", "offer")
CLOSED = ("won", "lost")
DUES = ("overdue", "week", "none")
WEEK = dt.timedelta(7)
SORTS = {
    "due": (lead.c.due_on.asc().nulls_last(), lead.c.created_at.desc()),
    "created": (lead.c.created_at.desc(),),
    "closed": (lead.c.closed_at.desc().nulls_last(), lead.c.created_at.desc()),
    "value": (lead.c.value_minor.desc().nulls_last(),),
    "arrival": (lead.c.arrival_on.asc().nulls_last(),),
}


def here(scope: Scope) -> sa.ColumnElement[bool]:
    """Return the predicate of a lead inside the scope."""
    return lead.c.property_id.in_(scope.properties)


@lookup("lead")
def leads(connection: Connection, scope: Scope, *, sort: str = "due", offset: int = 0, limit: int = 50, **chosen) -> list[dict]:
    """Return leads of the scope, sorted by one of SORTS. What can be chosen: see `_chosen`."""
    order = (*SORTS[sort], lead.c.id.desc())
    rows = connection.execute(select(lead).where(*_chosen(scope, **chosen)).order_by(*order).offset(offset).limit(limit))
    return [dict(row) for row in rows.mappings()]


def _chosen(scope: Scope, *, stages: tuple[str, ...] = LEAD_STAGES, owner: str | None = None, via: str | None = None, kind: str | None = None,
            due: str | None = None, text: str | None = None, closed_from: dt.date | None = None) -> list[sa.ColumnElement[bool]]:
    """The predicates of a choice; `closed_from` leaves out what was won or lost before that day, `due` is one of DUES."""
    found = [here(scope), lead.c.stage.in_(stages)]
    found += [column == value for column, value in ((lead.c.owner, owner), (lead.c.via, via), (lead.c.kind, kind)) if value is not None]
    if due:
        found += _due(scope, due)
    if text and text.strip():
        columns = (lead.c.name, lead.c.company, lead.c.email, lead.c.phone, lead.c.note)
        found.append(or_(*(c.icontains(text.strip(), autoescape=True) for c in columns)))
    if closed_from:
        found.append(lead.c.stage.in_(OPEN) | (lead.c.closed_at >= closed_from.isoformat()))
    return found


def _due(scope: Scope, due: str) -> list[sa.ColumnElement[bool]]:
    when = {
        "overdue": lead.c.due_on < scope.as_of,
        "week": (lead.c.due_on >= scope.as_of) & (lead.c.due_on < scope.as_of + WEEK),
        "none": lead.c.due_on.is_(None),
    }
    return [lead.c.stage.in_(OPEN), when[due]]


@lookup("lead")
def lead_totals(connection: Connection, scope: Scope, **chosen) -> dict[str, dict]:
    """Return for each stage: `leads`, `value` in reporting minor units (None where a rate is missing), `overdue`, `no_step`."""
    overdue, no_step = (func.count(case((when, 1))) for when in (lead.c.due_on < scope.as_of, lead.c.due_on.is_(None)))
    rows = connection.execute(
        select(lead.c.stage, lead.c.currency, func.count().label("leads"), func.coalesce(func.sum(lead.c.value_minor), 0).label("value"),
               overdue.label("overdue"), no_step.label("no_step"))
        .where(*_chosen(scope, **chosen)).group_by(lead.c.stage, lead.c.currency).order_by(lead.c.stage, lead.c.currency)
    )  # fmt: skip
    found = {stage: {"leads": 0, "value": 0.0, "overdue": 0, "no_step": 0} for stage in LEAD_STAGES}
    worth = factors(connection, scope.as_of)
    for row in rows:
        one, factor = found[row.stage], worth.get(row.currency)
        one |= {name: one[name] + getattr(row, name) for name in ("leads", "overdue", "no_step")}
        one["value"] = None if one["value"] is None or (factor is None and row.value) else one["value"] + float(row.value) * (factor or 0)
    return found


def factors(connection: Connection, on: dt.date) -> dict[str, float]:
    """Return what one minor unit of a currency is worth in reporting minor units on a day."""
    reporting = connection.execute(select(setting.c.value).where(setting.c.key == "reporting_currency")).scalar() or "EUR"
    rates = connection.execute(select(exchange_rate).where(exchange_rate.c.from_on <= on).order_by(exchange_rate.c.from_on))
    return {r.currency: r.rate * 10.0 ** (exponent(reporting) - exponent(r.currency)) for r in rates} | {reporting: 1.0}


@lookup("lead")
def lead_owners(connection: Connection, scope: Scope) -> list[str]:
    """Return everybody who owns an open lead of the scope, by name."""
    owners = select(lead.c.owner).where(here(scope), lead.c.stage.in_(OPEN), lead.c.owner != "").distinct().order_by(lead.c.owner)
    return list(connection.execute(owners).scalars())


@lookup("lead")
def lead_names(connection: Connection, scope: Scope, *, ids: tuple[int, ...]) -> dict[int, str]:
    """Return the names of those of the leads that are inside the scope, by id."""
    rows = connection.execute(select(lead.c.id, lead.c.name, lead.c.company).where(lead.c.id.in_(ids), here(scope)))
    return {row.id: row.name or row.company or "" for row in rows}


@lookup("lead")
def lead_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a lead with its `steps` and what was `said` (newest first), its `guest` and its `booking`; None outside the scope."""
    row = connection.execute(select(lead).where(lead.c.id == id, here(scope))).mappings().one_or_none()
    if row is None:
        return None
    steps = select(lead_step).where(lead_step.c.lead_id == id).order_by(lead_step.c.id.desc())
    words = select(interaction).where(interaction.c.lead_id == id, interaction.c.property_id.in_(scope.properties))
    person = select(guest.c.id, guest.c.name).where(guest.c.id == _person(connection, row["guest_id"]), visible_guest(scope))
    booking = select(stay).where(stay.c.id == row["stay_id"], stay.c.property_id.in_(scope.properties))
    return {
        **row, "steps": _rows(connection, steps), "said": _rows(connection, words.order_by(interaction.c.at.desc(), interaction.c.id.desc())),
        "guest": next(iter(_rows(connection, person)), None), "booking": next(iter(_rows(connection, booking)), None),
    }  # fmt: skip


@lookup("lead")
def lead_bookings(connection: Connection, scope: Scope, *, id: int) -> list[dict]:
    """Return reservations that may have come of a lead: its guest's, at its property, booked since it was made; the newest first."""
    asked = connection.execute(select(lead.c.guest_id).where(lead.c.id == id, here(scope))).scalar()
    if asked is None:
        return []
    rows = (
        select(stay.c.id, stay.c.external_id, stay.c.arrival_on, stay.c.departure_on, stay.c.status)
        .join(profile, profile.c.id == stay.c.profile_id).join(lead, lead.c.property_id == stay.c.property_id)
        .where(lead.c.id == id, profile.c.guest_id.in_(members(_person(connection, asked))),
               stay.c.booked_on >= func.substr(lead.c.created_at, 1, 10))
        .order_by(stay.c.booked_on.desc(), stay.c.id.desc()).limit(8)
    )  # fmt: skip
    return _rows(connection, rows)


def _person(connection: Connection, guest_id: int | None) -> int | None:
    return None if guest_id is None else person_of(connection, guest_id)


def _rows(connection: Connection, statement: sa.Select) -> list[dict]:
    return [dict(row) for row in connection.execute(statement).mappings()]
