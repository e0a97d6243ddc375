"""All of a file's rows enter the record store in one transaction, or none does."""
import datetime as dt
import json
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.ingest import people
from crm_core.ingest.house import House, kind_of
from crm_core.ingest.lookup import among, in_chunks
from crm_core.ingest.problems import RULES, ImportProblem
from crm_core.ingest.staging import CHARGE, STAY, Staging, charges
from crm_core.schema import channel, charge, import_batch, import_reject, stay
from crm_core.schema import property as property_table
from crm_core.store import bulk
from crm_core.store.record import Change

REJECT = ("batch_id", "property_id", "line", "column", "value", "rule", "reason")
DATES = ("booked_on", "arrival_on", "departure_on", "ended_on")


@dataclass(frozen=True)
class Origin:
    """Where the rows come from."""

    source: str
    file: str
    sha256: str
    size: int
    actor: str


@dataclass(frozen=True)
class Written:
    """What one transaction did: the batch's number, and rows by what became of them."""

    batch: int
    added: int
    updated: int
    duplicates: int


def write(change: Change, staging: Staging, house: House, origin: Origin, counts: dict[str, int], warnings: list) -> Written:
    """Write a staged file into an open change; `counts` are its rows read, rejected and duplicates so far."""
    connection = change.connection
    for table, ids in (("property", _properties(connection, house)), ("channel", _channels(connection, house))):
        if gone := staging.used(table) - ids.keys():  # removed in Settings since the file was read
            raise ImportProblem("removed", named=min(gone))
        staging.name_ids(table, ids)
    known = _classify(connection, staging, origin.source)
    batch = _open_batch(change, origin)
    with bulk.roomy(connection):
        people.bring_in(change, staging, origin.source, batch, origin.actor)
        added, updated = _stays(change, staging, origin.source, batch)
    _rejects(connection, staging, batch)
    done = Written(batch, added, updated, counts["duplicates"] + known)
    connection.execute(sa.update(import_batch).where(import_batch.c.id == batch).values(
        read=counts["read"], rejected=counts["rejected"], duplicates=done.duplicates, added=added, updated=updated,
        warnings=json.dumps(warnings)))
    return done


def _properties(connection: Connection, house: House) -> dict[str, int]:
    columns = property_table.c
    there = dict(connection.execute(sa.select(columns.code, columns.id)).all())
    new = [{"code": code, "name": name, "currency": currency or house.reporting}
           for code, (name, currency) in house.new_properties.items() if code not in there]
    if new:
        connection.execute(sa.insert(property_table), new)
        there = dict(connection.execute(sa.select(columns.code, columns.id)).all())
    return there


def _channels(connection: Connection, house: House) -> dict[str, int]:
    there = dict(connection.execute(sa.select(channel.c.code, channel.c.id)).all())
    wanted = {**house.first_channels, **house.new_channels}
    new = [{"code": code, "name": name, "kind": code if code in house.first_channels else kind_of(name)}
           for code, name in wanted.items() if code not in there]
    if new:
        connection.execute(sa.insert(channel), new)
        there = dict(connection.execute(sa.select(channel.c.code, channel.c.id)).all())
    return there


def _classify(connection: Connection, staging: Staging, source: str) -> int:
    """Drop the rows that the store has with equal content, and find the stay of those that differ; return how many were dropped."""
    if connection.execute(sa.select(stay.c.id).where(stay.c.source == source, stay.c.external_id.is_not(None)).limit(1)).first() is None:
        return 0
    dropped = 0
    for rows in in_chunks(staging.bookings()):
        there = _stored(connection, source, [confirmation for _, _, confirmation, _ in rows])
        duplicates = [(n,) for n, place, confirmation, row_hash in rows if there.get((place, confirmation), (0, None))[1] == row_hash]
        updates = [(there[place, confirmation][0], n) for n, place, confirmation, row_hash in rows
                   if (place, confirmation) in there and there[place, confirmation][1] != row_hash]
        staging.mark(duplicates, updates)
        dropped += len(duplicates)
    return dropped


def _stored(connection: Connection, source: str, confirmations: list[str]) -> dict[tuple[int, str], tuple[int, bytes]]:
    columns = (stay.c.property_id, stay.c.external_id, stay.c.id, stay.c.row_hash)
    asked = among(connection, stay.c.external_id, confirmations)
    return {(place, confirmation): (id_, bytes(row_hash)) for place, confirmation, id_, row_hash in connection.execute(
        sa.select(*columns).where(stay.c.source == source, asked))}


def _open_batch(change: Change, origin: Origin) -> int:
    return change.connection.execute(sa.insert(import_batch).values(
        source=origin.source, file_name=origin.file, sha256=origin.sha256, bytes=origin.size, at=change.at, actor=origin.actor).returning(
        import_batch.c.id)).scalar_one()


def _stays(change: Change, staging: Staging, source: str, batch: int) -> tuple[int, int]:
    """Write the stays with their charges; return how many are new and how many were replaced."""
    connection, revision, added, updated = change.connection, change.revision, 0, 0
    for rows in in_chunks(staging.stays(source, bulk.next_id(connection, stay))):
        bulk.insert(connection, stay, STAY, (row for row, _ in rows), batch_id=batch, revision=revision)
        bulk.insert(connection, charge, CHARGE, charges(rows), revision=revision)
        added += len(rows)
    for rows in in_chunks(staging.stays(source, None)):
        _replace(connection, [row for row, _ in rows], batch_id=batch, revision=revision)
        bulk.insert(connection, charge, CHARGE, charges(rows), revision=revision)
        updated += len(rows)
    return added, updated


def _replace(connection: Connection, rows: list[tuple], **same: int) -> None:
    connection.execute(sa.delete(charge).where(among(connection, charge.c.stay_id, [row[0] for row in rows])))
    by_id = sa.update(stay).where(stay.c.id == sa.bindparam("stay_id"))
    values = {name: sa.bindparam(f"new_{name}") for name in STAY[1:]}
    connection.execute(by_id.values(values | same), [
        {"stay_id": row[0], **{f"new_{name}": _typed(name, value) for name, value in zip(STAY[1:], row[1:], strict=True)}} for row in rows])


def _typed(name: str, value):
    return dt.date.fromisoformat(value) if name in DATES and value else value


def _rejects(connection: Connection, staging: Staging, batch: int) -> None:
    bulk.insert(connection, import_reject, REJECT, ((batch, *row, RULES[row[-1]]) for row in staging.rejects()))
