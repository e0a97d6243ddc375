"""A guest: found by what one types, named in lists, and opened as one card."""
import re
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.persons import members, person_of, persons_of, shown
from crm_core.records.registry import Refused, action, lookup
from crm_core.records.search_terms import digits, folded
from crm_core.schema import consent, guest, preference, profile, search_term, stay
from crm_core.scope import Scope

SHORTEST_SEARCH = 2
SHORTEST_NUMBER = 4
# What a person types of a phone number: digits, and signs between them.
PHONE = re.compile(r"\+?[\d\s().-]+")
AFTER_ALL = "\U0010ffff"


@dataclass(frozen=True)
class Hit:
    """A guest who fits a search, with what tells namesakes apart."""

    guest_id: int
    name: str
    email: str | None
    phone: str | None
    country: str | None
    confirmation: str | None = None


def visible(scope: Scope) -> sa.ColumnElement[bool]:
    """Return the predicate of a person inside the scope: a profile or a reservation at one of its properties."""
    theirs = profile.c.guest_id.in_(members(guest.c.id))
    at_profile = exists().where(theirs, profile.c.property_id.in_(scope.properties))
    at_stay = exists().where(stay.c.profile_id == profile.c.id, theirs, stay.c.property_id.in_(scope.properties))
    return or_(at_profile, at_stay) & guest.c.erased_at.is_(None) & guest.c.merged_into.is_(None)


@lookup("contact")
def search(connection: Connection, scope: Scope, *, text: str, limit: int = 20) -> list[Hit]:
    """Return guests whose name (either order), e-mail address, phone or confirmation number begins with the text, best first."""
    wanted = folded(text)
    if len(wanted) < SHORTEST_SEARCH:
        return []
    booked = _by_confirmation(connection, scope, text.strip(), limit)
    found = _by_term(connection, scope, wanted, limit)
    number = digits(text)
    if len(number) >= SHORTEST_NUMBER and PHONE.fullmatch(wanted):
        found += _by_term(connection, scope, number, limit)
    whose = persons_of(connection, {*booked, *found})
    booked = {whose[i]: number for i, number in booked.items()}
    ids = list(dict.fromkeys([*booked, *(whose[i] for i in found if i in whose)]))[:limit]
    people = {row.id: row for row in connection.execute(shown().where(guest.c.id.in_(ids), guest.c.erased_at.is_(None)))}
    return [Hit(i, people[i].name or "", people[i].email, people[i].phone, people[i].country, booked.get(i)) for i in ids if i in people]


def _by_term(connection: Connection, scope: Scope, wanted: str, limit: int) -> list[int]:
    s, found = search_term, {}
    beginning = select(s.c.term, s.c.guest_id).where(s.c.property_id == bindparam("one"), *_begins(s.c.term, wanted))
    for term, guest_id in _at_each(connection, scope, beginning.order_by(s.c.term, s.c.guest_id).limit(limit)):
        found[guest_id] = min(term, found.get(guest_id, term))
    return sorted(found, key=lambda i: (found[i], i))[:limit]


def _by_confirmation(connection: Connection, scope: Scope, text: str, limit: int) -> dict[int, str]:
    beginning = (select(stay.c.external_id, profile.c.guest_id).join(profile, profile.c.id == stay.c.profile_id)
                 .where(stay.c.property_id == bindparam("one"), *_begins(stay.c.external_id, text), profile.c.is_booker == 0))
    rows = sorted(_at_each(connection, scope, beginning.order_by(stay.c.external_id).limit(limit)))
    return {guest_id: number for number, guest_id in rows[:limit]}


def _begins(column: sa.Column, text: str) -> tuple[sa.ColumnElement[bool], ...]:
    return column >= text, column < text + AFTER_ALL


def _at_each(connection: Connection, scope: Scope, statement: sa.Select) -> list[tuple]:
    """Walk the index property by property: each walk stops at the statement's limit, however common the beginning is."""
    return [tuple(row) for one in scope.properties for row in connection.execute(statement, {"one": one})]


@lookup("contact")
def names(connection: Connection, scope: Scope, *, ids: tuple[int, ...]) -> dict[int, str]:
    """Return the names of those of the persons who are inside the scope, by id."""
    rows = connection.execute(shown().where(guest.c.id.in_(ids), visible(scope)))
    return {row.id: row.name or "" for row in rows}


@lookup("contact")
def card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a person's own fields, records, profiles, wishes and consent events; None where there is no such guest in the scope.

    The number of a record that was merged opens the person that it belongs to.
    """
    id = person_of(connection, id)
    person = connection.execute(shown(guest.c.created_at, guest.c.version).where(guest.c.id == id, visible(scope))).mappings().one_or_none()
    if person is None:
        return None
    theirs = members(id)
    return {
        **person,
        "records": list(connection.execute(theirs.order_by("id")).scalars()),
        "profiles": _rows(connection, select(profile).where(profile.c.guest_id.in_(theirs), profile.c.property_id.in_(scope.properties))),
        "preferences": wishes(connection, id),
        "consents": consent_state(
            _rows(connection, select(consent).where(consent.c.guest_id.in_(theirs)).order_by(consent.c.at, consent.c.id))),
    }


def wishes(connection: Connection, person: int) -> list[dict]:
    """Return a person's wishes by kind, of each kind the one noted last."""
    noted = select(preference).where(preference.c.guest_id.in_(members(person))).order_by(preference.c.noted_on, preference.c.id)
    return sorted({row["kind"]: row for row in _rows(connection, noted)}.values(), key=lambda row: row["kind"])


def consent_state(events: list[dict]) -> dict[tuple[str, str], dict]:
    """Fold consent events to the last word for each purpose and channel; at equal times the refusal wins."""
    state: dict[tuple[str, str], dict] = {}
    for event in sorted(events, key=lambda e: (e["at"], e["state"] != "given")):
        state[event["purpose"], event["channel"]] = event
    return state


def _rows(connection: Connection, statement: sa.Select) -> list[dict]:
    return [dict(row) for row in connection.execute(statement).mappings()]


@action("contact", "view", "guest", marks=False)
def viewed(change, scope: Scope, *, id: int) -> None:
    """Leave an audit row that a profile was looked at. Raises Refused for a guest outside the scope."""
    known(change.connection, scope, id)


def known(connection: Connection, scope: Scope, guest_id: int) -> int:
    """Return the person that a guest record belongs to. Raises Refused for a guest outside the scope."""
    person = person_of(connection, guest_id)
    if connection.execute(select(guest.c.id).where(guest.c.id == person, visible(scope))).first() is None:
        raise Refused(N_("There is no such guest."))
    return person
