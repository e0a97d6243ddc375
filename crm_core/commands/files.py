"""Files from the command line: bring them in, take one back, see what was kept out, start from a template."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from crm_core import settings
from crm_core.commands.terminal import Problem, progress
from crm_core.i18n import t
from crm_core.store.record import RecordStore, open_store

CORRECTIONS = ("date_order", "decimal", "encoding", "delimiter", "sheet", "header_line", "currency")
LARGEST_NUMBER = 2**63 - 1  # that a store can look for


def add(command: Callable) -> None:
    """Add import, undo, rejects, sources and template to the parser."""
    brings = command("import", run_import, "bring files in", "hotel")
    brings.add_argument("file", type=Path, nargs="+")
    brings.add_argument("--source", help="the system that the file comes from, where the header does not tell (see: sources)")
    brings.add_argument("--target", help="what the rows are, such as bookings, guests or reviews")
    brings.add_argument("--property", help="the property of every row, where the file does not say")
    _corrections(brings.add_argument_group("where the file is not read as it is written"))
    brings.add_argument("--map", action="append", default=[], metavar='COLUMN="Header"', help="which column of ours a header is (may be repeated)")
    brings.add_argument("--mapping", help="use the mapping that was saved under this name")
    brings.add_argument("--save-mapping", metavar="NAME", help="save the mapping under this name; it is used again for the same header")
    brings.add_argument("--dry-run", action="store_true", help="say what would come of it, and write nothing")
    brings.add_argument("--rejects", type=Path, help="write the rejected lines to this CSV file")
    brings.add_argument("--no-refresh", action="store_true", help="leave the figures as they are")
    brings.add_argument("--no-match", action="store_true", help="do not look for records of the same person")
    brings.add_argument("--json", action="store_true")
    undo = command("undo", run_undo, "take a batch back", "hotel")
    undo.add_argument("batch", type=int)
    rejects = command("rejects", run_rejects, "print the rejected lines of a batch as CSV", "hotel")
    rejects.add_argument("batch", type=int)
    rejects.add_argument("--whole", action="store_true", help="with all cells of the lines that wait: correct them in a spreadsheet and import the file")
    command("sources", run_sources, "list the files that are known", store=None)
    template = command("template", run_template, "print the template of a target", store=None)
    template.add_argument("target", nargs="?", default="bookings")
    template.add_argument("--explain", action="store_true", help="say what each column of every target means, as Markdown")


def _corrections(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--date-order", choices=("dmy", "mdy", "ymd"))
    group.add_argument("--decimal", choices=(".", ","))
    group.add_argument("--encoding", help="such as utf-8 or cp1252")
    group.add_argument("--delimiter")
    group.add_argument("--sheet", help="the sheet of a workbook")
    group.add_argument("--header-line", type=int, help="the line with the names of the columns")
    group.add_argument("--currency", help="the currency of amounts that do not name theirs")


def run_import(asked) -> int:
    """Bring files into the hotel's own store (or the one named), each as a batch of its own; then figures and people follow."""
    from crm_core.ingest.problems import ImportProblem

    said = settings.read(asked.store or settings.named() or "hotel")
    outcomes = []
    for path in asked.file:
        try:
            outcomes.append(_one(said, path, asked))
        except (ImportProblem, Problem) as problem:
            if len(asked.file) == 1:
                raise
            print(problem, file=sys.stderr)
            outcomes.append({"file": path.name, "error": str(problem)})
    if asked.json:
        print(json.dumps(outcomes if len(outcomes) > 1 else outcomes[0], ensure_ascii=False))
    if any(outcome.get("accepted") for outcome in outcomes) and not asked.dry_run:
        _follow(said, asked)
    return int(any("error" in outcome for outcome in outcomes))


def _one(said: settings.Settings, path: Path, asked) -> dict:
    """Bring one file in and return its outcome as --json prints it."""
    from crm_core.ingest.problems import warning
    from crm_core.jobs.bringing import bring_in

    form = {name: getattr(asked, name) for name in CORRECTIONS if getattr(asked, name) is not None}
    found, mapping, form = _mapping(said, path, asked, form)
    options = {"form": found, "mapping": mapping.as_dict(), "property_code": asked.property, "dry_run": asked.dry_run}
    done = bring_in(said, path, progress=progress("import"), **options)
    if asked.save_mapping and not asked.dry_run:
        _save(said, asked.save_mapping, mapping, form, found.header)
    if asked.rejects and not asked.dry_run:
        asked.rejects.write_text(_rejects_csv(open_store(said), done.batch), encoding="utf-8-sig", newline="")
    words = [warning(code, values) for code, values in done.warnings]
    if not asked.json:
        print("\n".join([_sentence(done, path, asked), *(f"- {line}" for line in words)]))
    return {**done.as_json(), "warnings": words, "file": path.name, "source": mapping.source, "target": mapping.target}


def _sentence(done, path: Path, asked) -> str:
    begin = f"{path.name} would bring: " if asked.dry_run else f"{path.name}: "
    end = "" if asked.dry_run else f" Batch {done.batch}."
    return (
        f"{begin}{done.accepted:,} of {done.read:,} rows came in ({done.added:,} new, {done.updated:,} changed), "
        f"{done.rejected:,} rejected, {done.duplicates:,} were already here.{end}"
    )


def _mapping(said: settings.Settings, path: Path, asked, form: dict) -> tuple:
    """Return what the file is, the mapping to use and the corrections of its form; what was found out is told on stderr."""
    from crm_core.ingest.form import detect
    from crm_core.ingest.mapping import Mapping, suggest
    from crm_core.ingest.sources import SOURCES
    from crm_core.jobs.bringing import saved_for

    if asked.source and asked.source not in SOURCES:
        raise Problem(f"There is no source {asked.source!r}. `python -m crm_core sources` lists them.")
    kept = _named(said, asked.mapping) if asked.mapping else None
    found = detect(path, path.name, **form)
    if not (kept or asked.source or asked.target):
        kept = saved_for(said, found.header)
    if kept and kept["form"]:
        form = {**kept["form"], **form}
        found = detect(path, path.name, **form)
    saved = Mapping.from_dict(kept["mapping"]) if kept else None
    suggestion = suggest(found, source=asked.source, target=asked.target, saved=saved)
    mapping = _mapped(suggestion.mapping, asked.map, found.header)
    _tell(found, suggestion, mapping)
    return found, mapping, form


def _tell(found, suggestion, mapping) -> None:
    from crm_core.ingest.mapping import why_text
    from crm_core.ingest.sources import SOURCES

    lines = [evidence.text() for evidence in found.evidence]
    lines += [f"{t(SOURCES[mapping.source].title)} → {mapping.target}"]
    lines += [f"{column}: {why_text(*why)}" for column, why in suggestion.why.items()]
    lines += [t("Not used: {columns}.", columns=", ".join(suggestion.ignored))] if suggestion.ignored else []
    lines += [t("Never stored: {columns}.", columns=", ".join(suggestion.dropped))] if suggestion.dropped else []
    print("\n".join(f"  {line}" for line in lines), file=sys.stderr)


def _mapped(mapping, wanted: list[str], header: tuple[str, ...]):
    """Return the mapping with what the person said (column=Header) in place of what was found."""
    from dataclasses import replace

    from crm_core.ingest.sources import COLUMNS

    columns = dict(mapping.columns)
    for text in wanted:
        column, equals, cell = text.partition("=")
        if not equals or column not in COLUMNS[mapping.target]:
            raise Problem(f"--map {text!r}: write it as column=Header. Columns of {mapping.target}: {', '.join(COLUMNS[mapping.target])}.")
        if cell not in header:
            raise Problem(f"--map {text!r}: the file has no column {cell!r}. It has: {', '.join(header)}.")
        columns = {name: there for name, there in columns.items() if there != cell} | {column: cell}
    constants = {name: value for name, value in mapping.constants.items() if name not in columns}
    return replace(mapping, columns=columns, constants=constants)


def _named(said: settings.Settings, name: str) -> dict:
    from crm_core.jobs.bringing import operator
    from crm_core.records.mappings import saved_mapping, saved_mappings

    store, scope = open_store(said), operator(said)
    kept = saved_mapping(store, scope, name=name)
    if kept is None:
        names = ", ".join(one["name"] for one in saved_mappings(store, scope)) or "none"
        raise Problem(f"No mapping was saved as {name!r}. Saved: {names}.")
    return kept


def _save(said: settings.Settings, name: str, mapping, form: dict, header: tuple[str, ...]) -> None:
    from crm_core.ingest.mapping import header_hash
    from crm_core.jobs.bringing import operator
    from crm_core.records.mappings import save_mapping

    save_mapping(open_store(said), operator(said), id=name, mapping=mapping.as_dict(), form=form, header_hash=header_hash(header))


def _follow(said: settings.Settings, asked) -> None:
    """Look for people who are there twice, then publish everything at once."""
    from crm_core.jobs.work import match
    from crm_core.refresh import refresh

    if not asked.no_match:
        match(said, progress("match"))
    if not asked.no_refresh:
        refresh(said, progress=progress("refresh"))


def run_undo(asked) -> None:
    """Take a batch back: rows that it added go, rows that it changed are as they were."""
    from crm_core.ingest.undo import undo_batch
    from crm_core.jobs.bringing import operator

    said = settings.read(asked.store or "hotel")
    store = open_store(said)
    _must_be_batch(store, asked.batch)
    undo_batch(store, operator(said), id=asked.batch)
    print(f"Batch {asked.batch} was taken back. `python -m crm_core refresh` brings the figures up to date.")


def _must_be_batch(store: RecordStore, batch: int) -> None:
    from crm_core.ingest.rejects import is_batch

    with store.reading() as connection:
        if abs(batch) > LARGEST_NUMBER or not is_batch(connection, batch):
            raise Problem(f"There is no batch {batch}.")


def _rejects_csv(store: RecordStore, batch: int) -> str:
    from crm_core.ingest.rejects import as_csv, rejects

    with store.reading() as connection:
        return as_csv(rejects(connection, batch))


def run_rejects(asked) -> None:
    """Print a batch's rejected lines."""
    from crm_core.jobs.bringing import whole_lines

    said = settings.read(asked.store or "hotel")
    store = open_store(said)
    _must_be_batch(store, asked.batch)
    print(whole_lines(said, asked.batch) if asked.whole else _rejects_csv(store, asked.batch), end="")


def run_sources(_asked) -> None:
    """Print the known sources: the name for --source, what its rows are, and its title."""
    from crm_core.ingest.sources import SOURCES

    for source in SOURCES.values():
        print(f"{source.name:28} {source.target:14} {t(source.title)}")


def run_template(asked) -> None:
    """Print a target's canonical file with example rows."""
    from crm_core.ingest.targets import TARGETS
    from crm_core.ingest.template import reference, template

    if asked.target not in TARGETS:
        raise Problem(f"There is no target {asked.target!r}. Known: {', '.join(TARGETS)}.")
    print(reference() if asked.explain else template(asked.target), end="")
