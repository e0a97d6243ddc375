"""Several guest records can be one person: who that is, which records are theirs, and the values that stand for all of them."""
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection

from crm_core.schema import guest, survivor
from crm_core.store.bulk import among

SHOWN = ("name", "email", "phone", "birth_on", "country", "language")


def person_of(connection: Connection, guest_id: int) -> int:
    """Return the person that a guest record belongs to: links to a record that was merged stay alive."""
    found = connection.execute(select(guest.c.merged_into).where(guest.c.id == guest_id)).scalar()
    return found or guest_id


def persons_of(connection: Connection, guest_ids: Iterable[int]) -> dict[int, int]:
    """Return the person of each of these guest records."""
    rows = connection.execute(select(guest.c.id, guest.c.merged_into).where(among(connection, guest.c.id, guest_ids)))
    return {id_: root or id_ for id_, root in rows}


def members(person: int | sa.ColumnElement) -> sa.Select:
    """Return the select of a person's guest records, for use with in_()."""
    record = guest.alias("record")
    return select(record.c.id).where(or_(record.c.id == person, record.c.merged_into == person)).correlate_except(record)


def shown(*also: sa.ColumnElement) -> sa.Select:
    """Return the select of persons: id, the columns of SHOWN as they stand for the whole person, and what else is asked for."""
    alone = survivor.c.guest_id.is_(None)
    values = [sa.case((alone, guest.c[name]), else_=survivor.c[name]).label(name) for name in SHOWN]
    joined = guest.outerjoin(survivor, survivor.c.guest_id == guest.c.id)
    return select(guest.c.id, *values, *also).select_from(joined).where(guest.c.merged_into.is_(None))


def own_id() -> sa.ColumnElement[int]:
    """Return the expression of the person that a row of the guest table belongs to."""
    return func.coalesce(guest.c.merged_into, guest.c.id)
