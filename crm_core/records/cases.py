"""Service cases looked up: the queue and the board, and one case with its guest, stay, review and all that was done."""
import datetime as dt
import json
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import case, func, or_, select
from sqlalchemy.engine import Connection

from crm_core.records.guests import visible
from crm_core.records.persons import members, person_of, shown
from crm_core.records.registry import lookup
from crm_core.schema import CASE_PRIORITIES, CASE_STATUSES, case_step, guest, profile, property, review, service_case, stay
from crm_core.scope import Scope
from crm_core.store import record
from crm_core.store.bulk import among

SHOWN = ("id", "version", "property_id", "kind", "severity", "status", "priority", "aspect", "department", "owner", "room", "opened_at", "answered_at",
         "answer_due_at", "due_at", "closed_at", "told_at", "reopened", "opened_from", "root_cause", "compensation_minor", "currency", "text", "resolution",
         "review_id", "interaction_id", "stay_id")
UNSOLVED = tuple(status for status in CASE_STATUSES if status != "closed")
ORDERS = ("due", "opened", "priority")
MOST = 200


def here(scope: Scope) -> sa.ColumnElement[bool]:
    """Return the predicate of a case inside the scope."""
    return service_case.c.property_id.in_(scope.properties)


def present(scope: Scope) -> str:
    """Return the instant up to which waiting is counted: now, in a store that stands still (a demo) the last minute of its as-of day."""
    return min(record.now(), f"{scope.as_of.isoformat()}T23:59:00+00:00")


@lookup("contact")
def case_queue(connection: Connection, scope: Scope, *, status: str = "", owner: str | None = None, department: str = "", priority: str = "",
               kind: str = "", text: str = "", order: str = "due", limit: int = 200) -> list[dict]:
    """Return cases of the scope for queue and board: the columns of SHOWN, property, guest_id, name, age_minutes, overdue_minutes, answer_overdue_minutes.

    Without a status all that are not closed; owner "" = nobody's; `text` is looked for in what was said and done, and the room. Order: due
    (what is due first), opened (newest first), priority. Minutes are wall-clock minutes since the due time, 0 where it is not past or was met.
    """
    c = service_case.c
    same = {"department": department, "priority": priority, "kind": kind}
    where = [here(scope), c.status == status if status else c.status.in_(UNSOLVED), *(c[name] == value for name, value in same.items() if value)]
    where += [c.owner == owner] if owner is not None else []
    where += [or_(*(c[name].icontains(text.strip(), autoescape=True) for name in ("text", "resolution", "room")))] if text.strip() else []
    return _with_names(connection, scope, _rows().where(*where).order_by(*_order(order)).limit(limit))


@lookup("contact")
def case_counts(connection: Connection, scope: Scope) -> dict[str, int]:
    """Return how many cases of the scope stand in each status, and how many of those not closed are `overdue` and `unowned`."""
    c = service_case.c
    late = func.count(case(((c.status != "closed") & (c.due_at < present(scope)), 1)))
    nobody = func.count(case(((c.status != "closed") & (c.owner == ""), 1)))
    rows = connection.execute(select(c.status, func.count().label("n"), late.label("late"), nobody.label("nobody")).where(here(scope)).group_by(c.status)).all()
    found = {row.status: row.n for row in rows}
    return {status: found.get(status, 0) for status in CASE_STATUSES} | {"overdue": sum(r.late for r in rows), "unowned": sum(r.nobody for r in rows)}


@lookup("contact")
def case_owners(connection: Connection, scope: Scope) -> list[str]:
    """Return who looks after cases of the scope, by name."""
    c = service_case.c
    return list(connection.execute(select(c.owner).distinct().where(here(scope), c.owner != "").order_by(c.owner)).scalars())


@lookup("contact")
def case_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return one case as the queue does, with `steps` (kind, value, text, actor, at), `stay` (a dict or None), `reasons`; None outside the scope.

    `reasons` names the rule by which each value was set when it was opened; what is said of the review is review_card's (review_id).
    """
    found = next(iter(_with_names(connection, scope, _rows().where(service_case.c.id == id, here(scope)))), None)
    if found is None:
        return None
    s = case_step.c
    steps = [dict(row) for row in connection.execute(
        select(s.kind, s.value, s.text, s.actor, s.at).where(s.service_case_id == id).order_by(s.at, s.id)).mappings()]
    reasons = next((json.loads(step["value"]) for step in steps if step["kind"] == "opened" and step["value"].startswith("{")), {})
    return found | {"steps": steps, "reasons": reasons, "stay": _stay(connection, scope, found["stay_id"])}


@lookup("contact")
def case_list(connection: Connection, scope: Scope, *, ids: Sequence[int]) -> list[dict]:
    """Return cases of the scope in the order of their ids (200 at most, others are left out), as the queue does."""
    found = {row["id"]: row for row in _with_names(connection, scope, _rows().where(here(scope), among(connection, service_case.c.id, list(ids)[:MOST])))}
    return [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]


@lookup("contact")
def guest_cases(connection: Connection, scope: Scope, *, guest_id: int) -> list[dict]:
    """Return a person's cases in the scope, newest first, as the queue does."""
    theirs = select(profile.c.id).where(profile.c.guest_id.in_(members(person_of(connection, guest_id))))
    rows = _with_names(connection, scope, _rows().where(here(scope), _profile().in_(theirs)).order_by(service_case.c.opened_at.desc()))
    return [row for row in rows if row["guest_id"]]


def _profile() -> sa.ColumnElement:
    return func.coalesce(service_case.c.profile_id, stay.c.profile_id)


def _rows() -> sa.Select:
    c, own = service_case.c, func.coalesce(guest.c.merged_into, guest.c.id)
    joined = (service_case.join(property, property.c.id == c.property_id).outerjoin(stay, stay.c.id == c.stay_id)
              .outerjoin(profile, profile.c.id == _profile()).outerjoin(guest, guest.c.id == profile.c.guest_id))
    return select(*(c[name] for name in SHOWN), property.c.name.label("property"), own.label("guest_id")).select_from(joined)


def _order(order: str) -> tuple[sa.ColumnElement, ...]:
    if order not in ORDERS:
        raise ValueError(f"Cases are ordered by {', '.join(ORDERS)}, not by {order!r}.")
    c = service_case.c
    rank = case({name: at for at, name in enumerate(CASE_PRIORITIES)}, value=c.priority, else_=0)
    first = {"due": (c.due_at.is_(None), c.due_at), "opened": (c.opened_at.desc(),), "priority": (rank.desc(), c.due_at.is_(None), c.due_at)}
    return *first[order], c.id


def _with_names(connection: Connection, scope: Scope, statement: sa.Select) -> list[dict]:
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    ids = {row["guest_id"] for row in rows if row["guest_id"]}
    names = {row.id: row.name for row in connection.execute(shown().where(among(connection, guest.c.id, ids), visible(scope)))}
    now = present(scope)
    return [row | {"guest_id": row["guest_id"] if row["guest_id"] in names else None, "name": names.get(row["guest_id"]),
                   "age_minutes": _minutes(row["opened_at"], row["closed_at"] or now),
                   "overdue_minutes": _minutes(row["due_at"], row["closed_at"] or now),
                   "answer_overdue_minutes": _minutes(row["answer_due_at"], row["answered_at"] or row["closed_at"] or now)} for row in rows]


def _minutes(since: str | None, until: str) -> int:
    """Minutes between two instants; 0 where the first is not known or not past."""
    if since is None:
        return 0
    return max(0, int((dt.datetime.fromisoformat(until) - dt.datetime.fromisoformat(since)).total_seconds() // 60))


def _stay(connection: Connection, scope: Scope, id: int | None) -> dict | None:
    s = stay.c
    found = connection.execute(select(s.id, s.external_id, s.status, s.arrival_on, s.departure_on, s.room).where(
        s.id == id, s.property_id.in_(scope.properties))).mappings().one_or_none()
    return dict(found) if found else None


def review_case(connection: Connection, review_id: int) -> int | None:
    """Return the case that is not closed yet and was opened from a review, if any."""
    c = service_case.c
    return connection.execute(select(c.id).where(c.review_id == review_id, c.status != "closed").join(review, review.c.id == c.review_id)).scalars().first()
