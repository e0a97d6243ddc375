"""The audit chain: who did what to which object, each row holding the hash of the one before."""

import hashlib
import json
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core import schema

FIELDS = ("sequence", "at", "actor", "verb", "kind", "object", "property_id", "scope", "fields", "previous")


@dataclass(frozen=True)
class Entry:
    """What an audit row says. It names fields and opaque ids, never their values."""

    actor: str
    verb: str
    kind: str
    object: str = ""
    property_id: int | None = None
    scope: str = ""
    fields: tuple[str, ...] = ()


def append(connection: Connection, entry: Entry, at: str) -> int:
    """Write one audit row at the chain's head inside the caller's transaction; return its sequence number."""
    state = connection.execute(sa.select(schema.store_state).with_for_update()).one()
    row = {
        "sequence": state.audit_sequence + 1,
        "at": at,
        "actor": entry.actor,
        "verb": entry.verb,
        "kind": entry.kind,
        "object": str(entry.object),
        "property_id": entry.property_id,
        "scope": entry.scope,
        "fields": json.dumps(entry.fields),
        "previous": state.audit_hash,
    }
    row["hash"] = digest(row)
    connection.execute(sa.insert(schema.audit).values(row))
    connection.execute(sa.update(schema.store_state).values(audit_sequence=row["sequence"], audit_hash=row["hash"]))
    return row["sequence"]


def digest(row: dict) -> str:
    """Return the SHA-256 of a row's fields in their fixed order, as hexadecimal text."""
    return hashlib.sha256(json.dumps([row[name] for name in FIELDS], ensure_ascii=False).encode()).hexdigest()


def verify(connection: Connection) -> list[int]:
    """Return the sequence numbers at which the chain is broken; an empty list means that it is whole.

    A cut at the end, or a last row that was rewritten, shows as the number one beyond it, because the head is kept apart.
    """
    broken, previous, expected = [], "", 1
    for row in connection.execute(sa.select(schema.audit).order_by(schema.audit.c.sequence)).mappings():
        if row["sequence"] != expected or row["previous"] != previous or digest(row) != row["hash"]:
            broken.append(row["sequence"])
        previous, expected = row["hash"], row["sequence"] + 1
    head = connection.execute(sa.select(schema.store_state.c.audit_sequence, schema.store_state.c.audit_hash)).one()
    return broken + ([expected] if tuple(head) != (expected - 1, previous) else [])
