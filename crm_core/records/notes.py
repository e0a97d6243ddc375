"""Notes of the staff about a guest: added, edited under an optimistic lock, listed newest first."""
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.records.guests import visible
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.schema import guest, note, profile
from crm_core.scope import Scope

LONGEST = 4000


@lookup("note")
def notes(connection: Connection, scope: Scope, *, guest_id: int) -> list[dict]:
    """Return the notes about a guest at the scope's properties, newest first."""
    rows = connection.execute(select(note).where(note.c.guest_id == guest_id, note.c.property_id.in_(scope.properties)).order_by(note.c.id.desc()))
    return [dict(row) for row in rows.mappings()]


@action("note", "add", "note")
def add_note(change, scope: Scope, *, guest_id: int, text: str) -> int:
    """Add a note and return its id. Raises Refused for an empty or too long text, or a guest outside the scope."""
    home = change.connection.execute(select(profile.c.property_id).join(guest, guest.c.id == profile.c.guest_id)
                                     .where(guest.c.id == guest_id, visible(scope)).order_by(profile.c.property_id.in_(scope.properties).desc())).scalars().first()
    if home is None:
        raise Refused("There is no such guest.")
    at = home if home in scope.properties else scope.properties[0]
    values = {"guest_id": guest_id, "property_id": at, "text": _checked(text), "author": scope.user, "created_at": change.at}
    return change.connection.execute(sa.insert(note).values(values).returning(note.c.id)).scalar_one()


@action("note", "edit", "note")
def edit_note(change, scope: Scope, *, id: int, version: int, text: str) -> int:
    """Replace a note's text and return its new version. Raises Stale with the present row where another editor was first."""
    here = (note.c.id == id) & note.c.property_id.in_(scope.properties)
    edited = sa.update(note).where(here, note.c.version == version).values(text=_checked(text), edited_at=change.at, version=version + 1)
    if change.connection.execute(edited).rowcount == 1:
        return version + 1
    current = change.connection.execute(select(note).where(here)).mappings().one_or_none()
    if current is None:
        raise Refused("There is no such note.")
    raise Stale(dict(current))


def _checked(text: str) -> str:
    plain = text.replace("\x00", "").strip()
    if not plain:
        raise Refused("A note needs some text.")
    if len(plain) > LONGEST:
        raise Refused("A note has at most 4,000 characters.")
    return plain
