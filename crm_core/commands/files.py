"""Files from the command line: bring one in, see what was kept out, start from the template."""

import json
from collections.abc import Callable
from pathlib import Path

from crm_core import settings
from crm_core.commands.terminal import Problem, progress
from crm_core.store.record import open_store


def add(command: Callable) -> None:
    """Add import, rejects and template to the parser."""
    brings = command("import", run_import, "bring a file in", "hotel")
    brings.add_argument("file", type=Path)
    brings.add_argument("--source", help="a source's name, where the header does not tell")
    brings.add_argument("--property", help="the property of every row, where the file does not say")
    brings.add_argument("--rejects", type=Path, help="write the rejected lines to this CSV file")
    brings.add_argument("--no-refresh", action="store_true", help="leave the figures as they are")
    brings.add_argument("--json", action="store_true")
    rejects = command("rejects", run_rejects, "print the rejected lines of a batch as CSV", "hotel")
    rejects.add_argument("batch", type=int)
    command("template", run_template, "print the bookings template", store=None)


def run_import(asked) -> None:
    """Bring a file into the hotel's own store (or the one named) and refresh the figures."""
    from crm_core.ingest import reading
    from crm_core.ingest.importing import import_file
    from crm_core.ingest.problems import warning
    from crm_core.refresh import refresh

    reading.open_file(asked.file, asked.file.name).close()  # a file that cannot be read must not leave an empty store behind
    said = settings.read(asked.store or settings.named() or "hotel")
    store = open_store(said)
    done = import_file(store, asked.file, source=asked.source, property_code=asked.property, actor=said.actor, progress=progress("import"))
    if asked.rejects:
        asked.rejects.write_text(_rejects_csv(store, done.batch), encoding="utf-8-sig", newline="")
    if not asked.no_refresh and done.accepted:
        refresh(said)
    words = [warning(code, values) for code, values in done.warnings]
    if asked.json:
        print(json.dumps({**done.as_json(), "warnings": words}, ensure_ascii=False))
        return
    print(
        f"\n{done.accepted:,} of {done.read:,} rows came in ({done.added:,} new, {done.updated:,} changed), "
        f"{done.rejected:,} rejected, {done.duplicates:,} were already here. Batch {done.batch}."
    )
    print("\n".join(f"- {line}" for line in words))


def _rejects_csv(store, batch: int) -> str:
    from crm_core.ingest.rejects import as_csv, rejects

    with store.reading() as connection:
        return as_csv(rejects(connection, batch))


def run_rejects(asked) -> None:
    """Print a batch's rejected lines."""
    from crm_core.ingest.rejects import is_batch

    store = open_store(settings.read(asked.store or "hotel"))
    with store.reading() as connection:
        if not is_batch(connection, asked.batch):
            raise Problem(f"There is no batch {asked.batch}.")
    print(_rejects_csv(store, asked.batch), end="")


def run_template(_asked) -> None:
    """Print the canonical bookings file with example rows."""
    from crm_core.ingest.template import template

    print(template(), end="")
