"""A file comes in as a job, by the command line or by the inbox: the same few steps around import_file."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import sqlalchemy as sa

from crm_core.ingest import quarantine
from crm_core.ingest.form import detect
from crm_core.ingest.importing import Progress, Result, import_file
from crm_core.ingest.mapping import Mapping, header_hash
from crm_core.ingest.opening import open_file
from crm_core.records.hotel import all_property_ids
from crm_core.records.mappings import saved_mapping
from crm_core.schema import import_batch
from crm_core.scope import Scope, default_period
from crm_core.settings import Settings
from crm_core.store.record import open_store


def bring_in(settings: Settings, path: Path, *, name: str | None = None, actor: str | None = None, progress: Progress | None = None,
             **options) -> Result:
    """Import a file into the settings' store, which is created for the first one; return what became of its rows.

    `options` are those of import_file, with `mapping` as the dict of a Mapping; what is None is left to detection.
    Raises ImportProblem where the file cannot be used.
    """
    open_file(path, name or path.name).close()  # a file that cannot be read must not leave an empty store behind
    if options.get("mapping"):
        options["mapping"] = Mapping.from_dict(options["mapping"])
    given = {key: value for key, value in options.items() if value is not None}
    return import_file(open_store(settings), path, name=name or path.name, actor=actor or settings.actor, progress=progress, **given)


def operator(settings: Settings) -> Scope:
    """Return the scope of whoever works on this machine itself: every property, and today's year where a period is wanted."""
    with open_store(settings).reading() as connection:
        everything = all_property_ids(connection)
    today = dt.date.today()
    return Scope(settings.role, everything, default_period(today), today, user=settings.actor, chain=everything)


def saved_for(settings: Settings, header: Sequence[str]) -> dict | None:
    """Return the mapping that was saved last for this header, as records.mappings does; None where there is none."""
    if settings.sqlite_path and not settings.sqlite_path.exists():
        return None
    return saved_mapping(open_store(settings), operator(settings), header_hash=header_hash(header))


def as_saved(settings: Settings, path: Path, name: str) -> dict:
    """Return the mapping and form that were saved for a file's header, as options of bring_in; {} where none was."""
    kept = saved_for(settings, detect(path, name).header)
    return {"mapping": kept["mapping"], "form": kept["form"]} if kept else {}


def whole_lines(settings: Settings, batch: int) -> str:
    """Return the lines of a batch that wait, with all their cells, as CSV that can be corrected in a spreadsheet and brought in again."""
    return quarantine.as_csv(quarantine.open_rejects(open_store(settings), operator(settings), batch=batch))


def as_dict(done: Result) -> dict:
    """Return everything that a result holds, as JSON can say it; warnings are [code, values]."""
    return asdict(done)


def committed(settings: Settings, path: Path, since: str) -> dict | None:
    """Return the counts of the batch that this very file became at or after an instant, None where it did not come in."""
    if not path.exists() or (settings.sqlite_path and not settings.sqlite_path.exists()):
        return None
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    b = import_batch.c
    counts = sa.select(b.id.label("batch"), b.read, (b.added + b.updated).label("accepted"), b.added, b.updated, b.rejected, b.duplicates)
    with open_store(settings).reading() as connection:
        row = connection.execute(counts.where(b.sha256 == sha256, b.at >= since).order_by(b.id.desc())).mappings().first()
    return {**row, "warnings": []} if row else None
