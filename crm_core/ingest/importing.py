"""One file comes in: read, checked, staged, and written in one transaction, with every row accounted for."""
import gc
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.ingest import reading
from crm_core.ingest import staging as stage
from crm_core.ingest.chunk import Chunk, chunks
from crm_core.ingest.commit import Origin, write
from crm_core.ingest.house import House
from crm_core.ingest.problems import ImportProblem
from crm_core.ingest.sources import Source, chosen, column_names
from crm_core.ingest.staging import Staging
from crm_core.schema import import_batch, import_reject
from crm_core.store.audit import Entry
from crm_core.store.record import RecordStore

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Result:
    """What became of a file's rows: accepted + rejected + duplicates = read. Warnings are (code, values) of problems.WARNINGS."""

    batch: int
    read: int
    accepted: int
    added: int
    updated: int
    rejected: int
    duplicates: int
    warnings: list[tuple[str, dict]]

    def as_json(self) -> dict:
        """Return the outcome as `python -m crm_core import --json` prints it."""
        return {name: getattr(self, name) for name in ("batch", "read", "accepted", "rejected", "duplicates", "warnings")}


def import_file(store: RecordStore, path: str | Path, *, source: str | None = None, actor: str = "local", property_code: str | None = None,
                progress: Progress | None = None, name: str | None = None) -> Result:
    """Bring a file in, all of it or nothing, and return what became of its rows. The same file again changes nothing.

    `source` is a key of SOURCES, else the header tells; `property_code` is the property of all rows; `name` is the file's name to show.
    `progress(done, total, phase)` counts bytes while "reading" and is called once for "writing".
    Raises ImportProblem where the file as a whole cannot be used.
    """
    name, progress = name or Path(path).name, progress or (lambda *_: None)
    with reading.open_file(path, name) as file, Staging() as staging, _collecting_later():
        sha256, size = hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size
        file.seek(0)
        with store.reading() as connection:
            house, earlier = House(connection, name), _earlier(connection, sha256)
        if earlier and not earlier.rejected_lines:
            return _same_again(earlier)
        used, counts, warnings = _stage(file, staging, house, _Asked(name, source, property_code, size), progress)
        return _settle(store, staging, house, Origin(used.name, name, sha256, size, actor), counts, warnings, earlier, progress)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """An import makes tuples by the million and no cycles: looking for garbage in them would be in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True)
class _Asked:
    name: str
    source: str | None
    property_code: str | None
    size: int


@dataclass(frozen=True)
class _Earlier:
    """The last import of the very same file, and the lines that no import of it has taken in so far."""

    batch: int
    read: int
    rejected_lines: frozenset[int]


def _earlier(connection: Connection, sha256: str) -> _Earlier | None:
    same = import_batch.c.sha256 == sha256
    batches = connection.execute(sa.select(import_batch.c.id, import_batch.c.read).where(same).order_by(import_batch.c.id)).all()
    if not batches:
        return None
    kept_out = sa.select(import_reject.c.line)
    lines = [set(connection.execute(kept_out.where(import_reject.c.batch_id == batch)).scalars()) for batch, _ in batches]
    return _Earlier(batches[-1].id, batches[-1].read, frozenset(set.intersection(*lines)))


def _same_again(earlier: _Earlier) -> Result:
    return Result(earlier.batch, earlier.read, 0, 0, 0, 0, earlier.read, [("same_file", {"batch": earlier.batch})])


def _stage(file: BinaryIO, staging: Staging, house: House, asked: _Asked, progress: Progress) -> tuple[Source, Counter, list]:
    """Check and stage the whole file; return its source, the rows read and rejected, and the warnings about its form."""
    lines = reading.Lines(file, asked.name)
    records = reading.records(lines)
    header = reading.header(records, asked.name)
    source = chosen(asked.source, header, asked.name)
    names = column_names(source, header, asked.name, given=("property",) if asked.property_code else ())
    reader, counts = source.reader(house), Counter()
    if asked.property_code and asked.property_code.strip().upper() not in house.properties and not house.is_new:
        raise ImportProblem("property", property=asked.property_code)
    for chunk in chunks(records, names):
        if asked.property_code:
            chunk.cells["property"] = (asked.property_code,) * len(chunk)
        _stage_chunk(chunk, reader, staging, house, counts)
        progress(lines.bytes_read(), asked.size, "reading")
    ignored = [cell.strip() for cell, known in zip(header, names, strict=True) if known is None]
    return source, counts, [("columns_ignored", {"columns": ", ".join(ignored)})] if any(ignored) else []


def _stage_chunk(chunk: Chunk, reader, staging: Staging, house: House, counts: Counter) -> None:
    found = reader.read(chunk) if len(chunk) else {}
    rejects = chunk.rejected(found.get("property", []))
    staging.reject(rejects)
    accepted = staging.add(*_sound(chunk, found)) if found else 0
    counts.update(read=accepted + len(rejects), rejected=len(rejects), blank_lines=chunk.blank)


def _sound(chunk: Chunk, found: dict[str, list]) -> tuple[list, list]:
    lines, *columns = chunk.sound([chunk.lines, *stage.columns(found, len(chunk))])
    return lines, columns


def _settle(store: RecordStore, staging: Staging, house: House, origin: Origin, counts: Counter, warnings: list, earlier: _Earlier | None,
            progress: Progress) -> Result:
    counts["duplicates"] = staging.drop_lines_but(earlier.rejected_lines) if earlier else 0
    repeated = staging.supersede()
    counts["duplicates"] += repeated
    house.keep_used(staging.used("property"), staging.used("channel"))
    warnings = warnings + _warnings(staging, house, counts, repeated)
    if earlier and staging.is_empty():
        again = ("same_file", {"batch": earlier.batch})
        return Result(earlier.batch, counts["read"], 0, 0, 0, counts["rejected"], counts["duplicates"], [again, *warnings])
    progress(origin.size, origin.size, "writing")
    with store.changing(Entry(actor=origin.actor, verb="import", kind="import_batch", object=origin.sha256)) as change:
        done = write(change, staging, house, origin, counts, warnings)
    return Result(done.batch, counts["read"], done.added + done.updated, done.added, done.updated, counts["rejected"], done.duplicates,
        warnings)


def _warnings(staging: Staging, house: House, counts: Counter, repeated: int) -> list[tuple[str, dict]]:
    numbers = {"blank_lines": counts["blank_lines"], "repeated": repeated, "equal_rows": staging.equal_rows(), **staging.remarkable(),
               **{code: house.counts[code] for code in ("segment", "relay", "rounded")}}
    found = [("no_rows", {})] if not counts["read"] else []
    created = {"properties_created": house.new_properties, "channels_created": house.new_channels}
    found += [(code, {"codes": ", ".join(new)}) for code, new in created.items() if new]
    if unknown := house.unknown_countries:
        found.append(("country", {"n": house.counts["country"], "values": ", ".join(sorted(unknown))}))
    return found + [(code, {"n": n}) for code, n in numbers.items() if n]
