"""Contacts as they stand now: what a work list shows of each, and the tags there are."""
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from crm_core.records.guests import visible
from crm_core.records.persons import own_id, shown
from crm_core.records.registry import lookup
from crm_core.schema import guest, profile, tag
from crm_core.scope import Scope
from crm_core.store.bulk import among

STATES = ("email_state", "phone_state", "birth_state")


@lookup("contact")
def contacts(connection: Connection, scope: Scope, *, ids: tuple[int, ...]) -> dict[int, dict]:
    """Return those of the guests who are in the scope, by id: the values that stand for them, version, profiles there, and tags."""
    rows = connection.execute(shown(guest.c.version).where(among(connection, guest.c.id, ids), visible(scope))).mappings()
    found = {row["id"]: {**row, "profiles": [], "tags": []} for row in rows}
    for kind, statement in (("profiles", _profiles(connection, scope, ids)), ("tags", _tags(connection, ids))):
        for row in connection.execute(statement).mappings():
            if row["person"] in found:
                found[row["person"]][kind].append(row["tag"] if kind == "tags" else dict(row))
    return found


def _profiles(connection: Connection, scope: Scope, ids: tuple[int, ...]) -> sa.Select:
    p = profile.c
    return (select(own_id().label("person"), p.source, p.email, p.phone, p.birth_on, *(p[name] for name in STATES))
            .join(guest, guest.c.id == p.guest_id).where(among(connection, own_id(), ids), p.property_id.in_(scope.properties)).order_by(p.id))


def _tags(connection: Connection, ids: tuple[int, ...]) -> sa.Select:
    return (select(own_id().label("person"), tag.c.tag).join(guest, guest.c.id == tag.c.guest_id)
            .where(among(connection, own_id(), ids)).distinct().order_by("person", tag.c.tag))


@lookup("contact")
def tags_in_use(connection: Connection, scope: Scope) -> list[str]:
    """Return the tags of guests in the scope, the most frequent first."""
    record = guest.alias("record")
    rows = connection.execute(
        select(tag.c.tag).join(record, record.c.id == tag.c.guest_id).join(guest, guest.c.id == func.coalesce(record.c.merged_into, record.c.id))
        .where(visible(scope)).group_by(tag.c.tag).order_by(func.count().desc(), tag.c.tag))
    return list(rows.scalars())
