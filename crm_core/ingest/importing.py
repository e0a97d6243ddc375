"""One file comes in: read, checked, staged, and written in one transaction, with every row accounted for."""
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.ingest import documents, folding, reading
from crm_core.ingest import staging as stage
from crm_core.ingest.bookings import Bookings
from crm_core.ingest.chunk import Chunk, chunks
from crm_core.ingest.commit import Origin, Written, write
from crm_core.ingest.garbage import collected_later
from crm_core.ingest.house import House
from crm_core.ingest.mapping import Mapping
from crm_core.ingest.planning import Asked, Plan, plan
from crm_core.ingest.preview import Measured, Preview, measure, preview
from crm_core.ingest.problems import Cancelled
from crm_core.ingest.sources import ready
from crm_core.ingest.staging import Staging
from crm_core.ingest.targets.reading import Rows, parsers
from crm_core.ingest.written import Detected, Form
from crm_core.schema import import_batch, import_reject
from crm_core.store.audit import Entry
from crm_core.store.record import RecordStore

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Result:
    """What became of a file's rows: accepted + rejected + duplicates = read. Warnings are (code, values) of problems.WARNINGS.

    Of a dry run `batch` is 0 and `preview` says what would move.
    """

    batch: int
    read: int
    accepted: int
    added: int
    updated: int
    rejected: int
    duplicates: int
    warnings: list[tuple[str, dict]]
    source: str = ""
    target: str = ""
    preview: Preview | None = None

    def as_json(self) -> dict:
        """Return the outcome as `python -m crm_core import --json` prints it."""
        return {name: getattr(self, name) for name in ("batch", "read", "accepted", "rejected", "duplicates", "warnings")}


def import_file(store: RecordStore, path: str | Path, *, source: str | None = None, target: str | None = None,
                form: dict | Form | Detected | None = None, mapping: Mapping | None = None, property_code: str | None = None, actor: str = "local",
                name: str | None = None, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None,
                dry_run: bool = False, settles: tuple[int, ...] = ()) -> Result:
    """Bring a file in, all of it or nothing, and return what became of its rows. The same file again changes nothing.

    `source` is a key of SOURCES and `target` one of TARGETS, else the header tells; `form` has corrections of the form that is found in
    the file (or is what was found already, which spares looking again); `mapping` says which column is which; `property_code` is the
    property of all rows; `name` is the file's name to show. `progress(done, total, phase)` counts bytes while "reading" and is called once
    for "writing". `cancelled()` is asked before each chunk and before the end: then nothing is written. A `dry_run` writes nothing and
    says what would move. `settles` are rejects that this file corrects. Raises ImportProblem where the file as a whole cannot be used, its
    subclass Unsettled for what a person must say.
    """
    asked = Asked(path, name or Path(path).name, source, target, form, mapping, property_code)
    run = _Run(store, asked, actor, progress or (lambda *_: None), cancelled or (lambda: False), dry_run, settles)
    reading.open_file(path, asked.name).close()
    with collected_later(), Staging() as staging:
        return run.through(staging)


@dataclass(frozen=True)
class _Earlier:
    """The last import of the very same file, and the lines that no import of it has taken in so far."""

    batch: int
    read: int
    rejected_lines: frozenset[int]


def _earlier(connection: Connection, sha256: str, target: str) -> _Earlier | None:
    same = (import_batch.c.sha256 == sha256, import_batch.c.target == target, import_batch.c.undone_at.is_(None))
    batches = connection.execute(sa.select(import_batch.c.id, import_batch.c.read).where(*same).order_by(import_batch.c.id)).all()
    if not batches:
        return None
    waits = sa.or_(import_reject.c.settled_at.is_(None), import_reject.c.settled_by == "expired")
    kept_out = sa.select(import_reject.c.line).where(waits)
    lines = [set(connection.execute(kept_out.where(import_reject.c.batch_id == batch)).scalars()) for batch, _ in batches]
    return _Earlier(batches[-1].id, batches[-1].read, frozenset(set.intersection(*lines)))


class _TakenBack(Exception):
    """Ends the transaction of a dry run."""


@dataclass(frozen=True)
class _Run:
    """One import on its way."""

    store: RecordStore
    asked: Asked
    actor: str
    progress: Progress
    cancelled: Callable[[], bool]
    dry_run: bool
    settles: tuple[int, ...]

    def through(self, staging: Staging) -> Result:
        """Read, check, stage and write the file."""
        with self.store.reading() as connection:
            house = House(connection, self.asked.name)
        planned = plan(self.asked, house)
        with reading.table(self.asked.path, self.asked.name, planned.form) as table:
            with self.store.reading() as connection:
                earlier = _earlier(connection, table.sha256, planned.target.name)
            if earlier and not earlier.rejected_lines:
                return self._result(planned, Written(earlier.batch, 0, 0, earlier.read), earlier.read, [("same_file", {"batch": earlier.batch})])
            counts = self._stage(table, staging, house, planned)
            origin = Origin(planned.source.name, planned.source.origin, planned.target.name, self.asked.name, table.sha256, table.size, self.actor,
                planned.form_json(), planned.mapping_json(), self.settles)
        return self._settle(staging, house, planned, origin, counts, earlier)

    def _stage(self, table: reading.Table, staging: Staging, house: House, planned: Plan) -> Counter:
        """Check and stage the whole file; return its rows read and rejected, blank and skipped lines."""
        made = parsers(planned.target, planned.form, house, planned.source.words, documents.keyed(documents.home_of(self.store)))
        stage_chunk = _bookings(Bookings(house, made, planned.form), staging) if planned.target.name == "bookings" else _records(
            Rows(planned.target, house, made), staging)
        staging.header, counts = planned.header, Counter()
        for chunk in chunks(planned.unescaped(table.records), planned.header):
            self._check_cancelled()
            _prepare(chunk, planned)
            counts.update(stage_chunk(chunk), blank_lines=chunk.blank)
            self.progress(table.bytes_read(), table.size, "reading")
        counts["skipped"] = sum(table.skipped.values())
        return counts

    def _check_cancelled(self) -> None:
        if self.cancelled():
            raise Cancelled("cancelled", file=self.asked.name)

    def _settle(self, staging: Staging, house: House, planned: Plan, origin: Origin, counts: Counter, earlier: _Earlier | None) -> Result:
        counts["duplicates"] = staging.drop_lines_but(earlier.rejected_lines) if earlier else 0
        repeated = folding.fold(staging, planned.source.fold) + staging.drop_repeated()
        counts["duplicates"] += repeated
        house.keep_used(staging.used("property"), staging.used("channel"))
        warnings = [*planned.warnings, *_warnings(staging, house, counts, repeated, planned)]
        if earlier and staging.is_empty():
            again = ("same_file", {"batch": earlier.batch})
            done = Written(earlier.batch, 0, 0, counts["duplicates"], counts["rejected"])
            return self._result(planned, done, counts["read"], [again, *warnings])
        self._check_cancelled()
        self.progress(origin.size, origin.size, "writing")
        return self._write(staging, house, planned, origin, counts, warnings)

    def _write(self, staging: Staging, house: House, planned: Plan, origin: Origin, counts: Counter, warnings: list) -> Result:
        result = None
        try:
            with self.store.changing(Entry(actor=origin.actor, verb="import", kind="import_batch", object=origin.sha256)) as change:
                before = measure(change.connection) if self.dry_run and planned.target.name == "bookings" else Measured()
                done = write(change, staging, house, origin, counts, warnings)
                self._check_cancelled()
                shown = preview(change, done, before, planned.target.name) if self.dry_run else None
                result = self._result(planned, done, counts["read"], [*warnings, *done.warnings], shown)
                if self.dry_run:
                    raise _TakenBack
        except _TakenBack:
            pass
        return result

    def _result(self, planned: Plan, done: Written, read: int, warnings: list, shown: Preview | None = None) -> Result:
        return Result(0 if shown else done.batch, read, done.added + done.updated, done.added, done.updated, done.rejected, done.duplicates,
            warnings, planned.source.name, planned.target.name, shown)


def _prepare(chunk: Chunk, planned: Plan) -> None:
    """Make the canonical cells that the file does not have as such."""
    for column, value in planned.mapping.constants.items():
        chunk.cells[column] = (value,) * len(chunk)
    if planned.property:
        chunk.cells["property"] = (planned.property,) * len(chunk)
    if len(chunk):
        ready(planned.source, chunk, planned.form)


def _bookings(reader: Bookings, staging: Staging) -> Callable[[Chunk], dict[str, int]]:
    def stage_chunk(chunk: Chunk) -> dict[str, int]:
        found = reader.read(chunk) if len(chunk) else {}
        rejects = chunk.rejected(found.get("property", []))
        staging.reject(rejects)
        if found:
            names = list(found)
            lines, *columns = chunk.sound([chunk.lines, *found.values()])
            lines, sound = folding.rooms_apart(lines, dict(zip(names, columns, strict=True)))
            staging.add(lines, stage.columns(sound, len(lines)))
        return {"read": len(chunk) + len(chunk.rejects), "rejected": len(rejects)}
    return stage_chunk


def _records(reader: Rows, staging: Staging) -> Callable[[Chunk], dict[str, int]]:
    def stage_chunk(chunk: Chunk) -> dict[str, int]:
        found = reader.read(chunk) if len(chunk) else {}
        rejects = chunk.rejected(found.get("property", []))
        staging.reject(rejects)
        if found:
            staging.keep(reader.sound(chunk, found))
        return {"read": len(chunk) + len(chunk.rejects), "rejected": len(rejects)}
    return stage_chunk


REPEATED = {"last": "repeated", "amendments": "amended", "rooms": "repeated"}


def _warnings(staging: Staging, house: House, counts: Counter, repeated: int, planned: Plan) -> list[tuple[str, dict]]:
    is_bookings = planned.target.name == "bookings"
    numbers = {"blank_lines": counts["blank_lines"], "skipped": counts["skipped"],
               REPEATED[planned.source.fold] if is_bookings else "repeated_number": repeated,
               "equal_rows" if is_bookings else "equal_records": planned.target.keeps_equals and staging.equal_rows(), **staging.remarkable(),
               **{code: house.counts[code] for code in ("segment", "relay", "rounded", "card_like")}}
    found = [("no_rows", {})] if not counts["read"] else []
    created = {"properties_created": house.new_properties, "channels_created": house.new_channels}
    found += [(code, {"codes": ", ".join(new)}) for code, new in created.items() if new]
    if unknown := house.unknown_countries:
        found.append(("country", {"n": house.counts["country"], "values": ", ".join(sorted(unknown))}))
    for column, values in house.unknown_words.items():
        found.append(("words", {"column": column, "n": house.counts[f"words {column}"], "values": ", ".join(sorted(values))}))
    return found + [(code, {"n": n}) for code, n in numbers.items() if n]
