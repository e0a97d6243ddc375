"""All of a file's rows enter the record store in one transaction, or none does."""
import datetime as dt
import json
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.ingest import pairing, people
from crm_core.ingest.former import Former
from crm_core.ingest.house import House, kind_of
from crm_core.ingest.lookup import among, in_chunks
from crm_core.ingest.problems import RULES, ImportProblem
from crm_core.ingest.quality import refresh_states
from crm_core.ingest.staging import CHARGE, FURTHER, STAY, Staging, charges
from crm_core.ingest.targets import TARGETS
from crm_core.ingest.targets.landing import Landing
from crm_core.records import identity
from crm_core.schema import channel, charge, import_batch, import_reject, stay
from crm_core.schema import property as property_table
from crm_core.store import bulk
from crm_core.store.record import Change

REJECT = ("batch_id", "property_id", "line", "column", "value", "rule", "cells", "reason")
MOST_STATES = 20_000  # profiles whose states are worked out while the store is locked; those of a larger file wait for the next search
DATES = ("booked_on", "arrival_on", "departure_on", "ended_on")


@dataclass(frozen=True)
class Origin:
    """Where the rows come from: the kind of file (source), and the system that numbers its rows."""

    source: str
    system: str
    target: str
    file: str
    sha256: str
    size: int
    actor: str
    form: str = "{}"
    mapping: str = "{}"
    settles: tuple[int, ...] = ()


@dataclass(frozen=True)
class Written:
    """What one transaction did: the batch's number, rows by what became of them, and what is worth a warning."""

    batch: int
    added: int
    updated: int
    duplicates: int
    rejected: int = 0
    warnings: tuple[tuple[str, dict], ...] = ()
    places: dict[str, dict[str, int]] = field(default_factory=dict)


def write(change: Change, staging: Staging, house: House, origin: Origin, counts: dict[str, int], warnings: list) -> Written:
    """Write a staged file into an open change; `counts` are its rows read, rejected and duplicates so far."""
    connection = change.connection
    created = {}
    for table, ids in (("property", _properties(connection, house, created)), ("channel", _channels(connection, house, created))):
        if gone := staging.used(table) - ids.keys():  # removed in Settings since the file was read
            raise ImportProblem("removed", named=min(gone))
        staging.name_ids(table, ids)
    batch = _open_batch(change, origin)
    kept = Former(connection, batch)
    for table, ids in created.items():
        kept.added(table, ids)
    bring = _bookings if origin.target == "bookings" else _records
    done = bring(change, staging, origin, batch, kept)
    done = replace(done, rejected=done.rejected + counts["rejected"], duplicates=done.duplicates + counts["duplicates"])
    _rejects(connection, staging, batch)
    identity.renew(change)
    _settle(change, origin, kept)
    connection.execute(sa.update(import_batch).where(import_batch.c.id == batch).values(
        read=counts["read"], rejected=done.rejected, duplicates=done.duplicates, added=done.added, updated=done.updated,
        warnings=json.dumps([*warnings, *done.warnings])))
    return done


def _bookings(change: Change, staging: Staging, origin: Origin, batch: int, kept: Former) -> Written:
    known = _classify(change.connection, staging, origin.system)
    paired = pairing.pair(change, staging, origin.system, batch, kept)
    added, updated = staging.count("added"), staging.count("updated")
    with bulk.roomy(change.connection):
        people.bring_in(change, staging, origin.system, batch, origin.actor, kept)
        _stays(change, staging, origin.system, batch, kept)
    if added + updated <= MOST_STATES:
        refresh_states(change, batch)
    warnings = (("paired", {"n": paired.filled + paired.same}),) if paired.filled + paired.same else ()
    return Written(batch, added, updated + paired.filled, known + paired.same, warnings=warnings)


def _records(change: Change, staging: Staging, origin: Origin, batch: int, kept: Former) -> Written:
    landing = Landing(change, staging, TARGETS[origin.target], origin.system, origin.actor, batch, kept)
    TARGETS[origin.target].write(landing)
    refresh_states(change, batch)
    staging.reject(landing.rejects)
    done = landing.counts
    return Written(batch, done["added"], done["updated"], done["duplicates"], len(landing.rejects), landing.warnings(), landing.by_place)


def _properties(connection: Connection, house: House, created: dict[str, list[int]]) -> dict[str, int]:
    columns = property_table.c
    there = dict(connection.execute(sa.select(columns.code, columns.id)).all())
    new = [{"code": code, "name": name, "currency": currency or house.reporting}
           for code, (name, currency) in house.new_properties.items() if code not in there]
    if new:
        connection.execute(sa.insert(property_table), new)
        there = dict(connection.execute(sa.select(columns.code, columns.id)).all())
        created["property"] = [there[row["code"]] for row in new]
    return there


def _channels(connection: Connection, house: House, created: dict[str, list[int]]) -> dict[str, int]:
    there = dict(connection.execute(sa.select(channel.c.code, channel.c.id)).all())
    wanted = {**house.first_channels, **house.new_channels}
    new = [{"code": code, "name": name, "kind": code if code in house.first_channels else kind_of(name)}
           for code, name in wanted.items() if code not in there]
    if new:
        connection.execute(sa.insert(channel), new)
        there = dict(connection.execute(sa.select(channel.c.code, channel.c.id)).all())
        created["channel"] = [there[row["code"]] for row in new]
    return there


def _classify(connection: Connection, staging: Staging, source: str) -> int:
    """Drop the rows that the store has with equal content, and find the stay of those that differ; return how many were dropped."""
    if connection.execute(sa.select(stay.c.id).where(stay.c.source == source, stay.c.external_id.is_not(None)).limit(1)).first() is None:
        return 0
    dropped = 0
    for rows in in_chunks(staging.bookings()):
        there = _stored(connection, source, [row[2] for row in rows])
        duplicates = [(n, remarks) for n, place, confirmation, row_hash, remarks in rows
                      if there.get((place, confirmation), (0, None))[1] == row_hash]
        updates = [(there[place, confirmation][0], n) for n, place, confirmation, row_hash, _ in rows
                   if (place, confirmation) in there and there[place, confirmation][1] != row_hash]
        staging.drop(n for n, _ in duplicates)
        staging.mark(updates)
        dropped += sum(not remarks & FURTHER for _, remarks in duplicates)
    return dropped


def _stored(connection: Connection, source: str, confirmations: list[str]) -> dict[tuple[int, str], tuple[int, bytes]]:
    columns = (stay.c.property_id, stay.c.external_id, stay.c.id, stay.c.row_hash)
    asked = among(connection, stay.c.external_id, confirmations)
    return {(place, confirmation): (id_, bytes(row_hash)) for place, confirmation, id_, row_hash in connection.execute(
        sa.select(*columns).where(stay.c.source == source, asked))}


def _open_batch(change: Change, origin: Origin) -> int:
    return change.connection.execute(sa.insert(import_batch).values(
        source=origin.source, file_name=origin.file, sha256=origin.sha256, bytes=origin.size, at=change.at, actor=origin.actor,
        target=origin.target, form=origin.form, mapping=origin.mapping).returning(import_batch.c.id)).scalar_one()


def _stays(change: Change, staging: Staging, source: str, batch: int, kept: Former) -> None:
    """Write the stays with their charges: the new ones, and those that replace what was there."""
    connection, revision = change.connection, change.revision
    for rows in in_chunks(staging.stays(source, bulk.next_id(connection, stay))):
        bulk.insert(connection, stay, STAY, (row for row, _ in rows), batch_id=batch, revision=revision)
        bulk.insert(connection, charge, CHARGE, charges(rows), batch_id=batch, revision=revision)
    for rows in in_chunks(staging.stays(source, None)):
        _replace(connection, kept, [row for row, _ in rows], batch_id=batch, revision=revision)
        bulk.insert(connection, charge, CHARGE, charges(rows), batch_id=batch, revision=revision)


def _replace(connection: Connection, kept: Former, rows: list[tuple], **same: int) -> None:
    """Write the rows over their stays. What another file has filled in stays where this one says nothing of it."""
    ids = [row[0] for row in rows]
    with_stay = among(connection, charge.c.stay_id, ids) & charge.c.source.is_(None)  # postings of a file of their own stay
    kept.keep(stay, ids)
    kept.keep(charge, connection.execute(sa.select(charge.c.id).where(with_stay)).scalars())
    connection.execute(sa.delete(charge).where(with_stay))
    by_id = sa.update(stay).where(stay.c.id == sa.bindparam("stay_id"))
    values = {name: sa.bindparam(f"new_{name}", type_=stay.c[name].type) for name in STAY[1:]}
    values |= {name: sa.func.coalesce(values[name], stay.c[name]) for name in ("commission_minor", "channel_ref", "country", "profile_id")}
    connection.execute(by_id.values(values | same), [
        {"stay_id": row[0], **{f"new_{name}": _typed(name, value) for name, value in zip(STAY[1:], row[1:], strict=True)}} for row in rows])


def _typed(name: str, value):
    return dt.date.fromisoformat(value) if name in DATES and value else value


def _settle(change: Change, origin: Origin, kept: Former) -> None:
    """Mark the lines of earlier files that this one corrects; what they said is forgotten once it stands elsewhere."""
    if origin.settles:
        kept.keep(import_reject, origin.settles)
        change.connection.execute(sa.update(import_reject).where(among(change.connection, import_reject.c.id, origin.settles)).values(
            settled_at=change.at, settled_by=origin.actor))


def _rejects(connection: Connection, staging: Staging, batch: int) -> None:
    bulk.insert(connection, import_reject, REJECT, ((batch, *row, RULES[row[4]]) for row in staging.rejects()))
