"""Notes of the staff about a guest: added, edited under an optimistic lock, listed newest first."""

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.guests import known
from crm_core.records.persons import members, person_of
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.schema import note, profile, stay
from crm_core.scope import Scope

LONGEST = 4000


@lookup("note")
def notes(connection: Connection, scope: Scope, *, guest_id: int) -> list[dict]:
    """Return the notes about a guest at the scope's properties, newest first."""
    theirs = note.c.guest_id.in_(members(person_of(connection, guest_id)))
    rows = connection.execute(select(note).where(theirs, note.c.property_id.in_(scope.properties)).order_by(note.c.id.desc()))
    return [dict(row) for row in rows.mappings()]


@action("note", "add", "note")
def add_note(change, scope: Scope, *, guest_id: int, text: str) -> int:
    """Add a note and return its id. Raises Refused for an empty or too long text, or a guest outside the scope."""
    person = known(change.connection, scope, guest_id)
    values = {
        "guest_id": person,
        "property_id": _home(change.connection, scope, person),
        "text": _checked(text),
        "author": scope.user,
        "created_at": change.at,
    }
    return change.connection.execute(sa.insert(note).values(values).returning(note.c.id)).scalar_one()


def _home(connection: Connection, scope: Scope, person: int) -> int:
    """Return the first of the scope's properties that knows the guest, by a profile or a reservation."""
    theirs = profile.c.guest_id.in_(members(person))
    profiles = select(profile.c.property_id).where(theirs)
    stays = select(stay.c.property_id).join(profile, profile.c.id == stay.c.profile_id).where(theirs)
    known = sa.union(profiles, stays).subquery("known")
    return connection.execute(select(func.min(known.c.property_id)).where(known.c.property_id.in_(scope.properties))).scalar_one()


@action("note", "edit", "note")
def edit_note(change, scope: Scope, *, id: int, version: int, text: str) -> int:
    """Replace a note's text and return its new version. Raises Stale with the present row where another editor was first."""
    here = (note.c.id == id) & note.c.property_id.in_(scope.properties)
    edited = sa.update(note).where(here, note.c.version == version).values(text=_checked(text), edited_at=change.at, version=version + 1)
    if change.connection.execute(edited).rowcount == 1:
        return version + 1
    current = change.connection.execute(select(note).where(here)).mappings().one_or_none()
    if current is None:
        raise Refused(N_("There is no such note."))
    raise Stale(dict(current))


def _checked(text: str) -> str:
    plain = text.replace("\x00", "").strip()
    if not plain:
        raise Refused(N_("A note needs some text."))
    if len(plain) > LONGEST:
        raise Refused(N_("A note has at most 4,000 characters."))
    return plain
