"""How a file is written is found out from the file: a first look at its beginning, then one reading of the whole."""
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, zip_longest
from pathlib import Path

from crm_core.ingest import layout, letters, opening
from crm_core.ingest.dates import ORDERS
from crm_core.ingest.garbage import collected_later
from crm_core.ingest.opening import Plain, open_file
from crm_core.ingest.problems import ImportProblem
from crm_core.ingest.reading import Record, Table
from crm_core.ingest.styles import Styles
from crm_core.ingest.written import EVIDENCE, Detected, Evidence, Form

__all__ = ["EVIDENCE", "Detected", "Evidence", "Form", "detect"]

SAMPLE, BATCH = 200, 20_000
CHOICES = {"delimiter": tuple(layout.DELIMITERS), "date_order": ORDERS, "decimal": (".", ","), "kind": tuple(opening.NAMED)[:5]}


def detect(path: str | Path, name: str, **corrections) -> Detected:
    """Return how a file is written, with the evidence; `corrections` are fields of Form that a person has fixed.

    Raises ImportProblem where the file cannot be opened or a correction cannot be.
    """
    fixed = _checked(corrections)
    kind = _kind(opening.kind(path, name), fixed.get("kind"))
    with opening.plain(path, name, kind, fixed.get("sheet"), fixed.get("decimal", ".")) as plain:
        evidence = {found.aspect: found for found in _first_look(plain, name, kind, fixed)}
        form = Form(kind=kind, sheet=plain.sheet, **{_field(found.aspect): found.value for found in evidence.values() if found.aspect != "sheet"})
        found = _read_through(plain, path, name, form, evidence, fixed)
    if found.form.decimal == "," and kind != "csv" and "decimal" not in fixed:  # the file's numbers are then written so as well
        return replace(found, sample=detect(path, name, **corrections, decimal=",").sample)
    return found


def _kind(found: str, fixed: str | None) -> str:
    """Return the kind that a person chose among those of text, else the one that the file has."""
    return fixed if fixed and {found, fixed} <= {"csv", "jsonl"} else found


def _checked(corrections: dict) -> dict:
    for field, value in corrections.items():
        if field in CHOICES and value not in CHOICES[field]:
            raise ImportProblem("form", found=value, column=field, values=" ".join(CHOICES[field]))
    if "encoding" in corrections:
        return corrections | {"encoding": letters.known(corrections["encoding"])}
    return corrections


def _first_look(plain: Plain, name: str, kind: str, fixed: dict) -> Iterator[Evidence]:
    """Yield the evidence for sheet, encoding, delimiter and header, each found with the ones before it."""
    if plain.sheet is not None:
        others = tuple(sheet for sheet in plain.sheets if sheet != plain.sheet)
        yield _given("sheet", fixed) or Evidence("sheet", plain.sheet, "sheet_first" if others else "sheet_only",
            {"values": ", ".join(plain.sheets)} if others else {}, others, certain=not others)
    yield (encoding := _encoding(plain, name, kind, fixed))
    text = layout.head(plain.path, encoding.value)
    delimiter = _given("delimiter", fixed) or (layout.delimiter(text, name) if kind == "csv" else None)
    if delimiter:
        yield delimiter
    if kind in ("csv", "xlsx", "xls"):
        yield _given("header", fixed) or layout.header(layout.divided(text, delimiter.value if delimiter else ","), name)


def _encoding(plain: Plain, name: str, kind: str, fixed: dict) -> Evidence:
    if kind != "csv":
        return Evidence("encoding", "utf-8", "encoding_kind")
    if "encoding" in fixed:
        return Evidence("encoding", letters.with_order(plain.path, fixed["encoding"]), "given")
    return letters.encoding(plain.path, name)


def _given(aspect: str, fixed: dict) -> Evidence | None:
    field = _field(aspect)
    return Evidence(aspect, fixed[field], "given") if field in fixed else None


def _field(aspect: str) -> str:
    return "header_line" if aspect == "header" else aspect


def _read_through(plain: Plain, path: str | Path, name: str, form: Form, evidence: dict[str, Evidence], fixed: dict) -> Detected:
    """Read the whole table and settle what only all of it can tell."""
    sample, rows = [], 0
    with open_file(plain.path, name) as file, collected_later():
        table = Table(file, name, form, Path(path).stat().st_size)
        styles = Styles(table.header, has_numbers=form.kind != "csv")
        for batch in _batches(table.records):
            sample += [tuple(cells) for cells in batch[:SAMPLE - len(sample)]]
            rows += len(batch)
            styles.read(zip_longest(*batch, fillvalue=""))
    settled = [styles.date_order(), styles.decimal(), styles.currency()]
    for found in settled:
        evidence[found.aspect] = _given(found.aspect, fixed) or found
    if n := table.skipped["footer"]:
        evidence["footer"] = Evidence("footer", n, "footer", {"n": n, "example": table.footer_text()})
    form = replace(form, **{found.aspect: evidence[found.aspect].value for found in settled})
    return Detected(form, tuple(evidence.values()), tuple(table.header), tuple(sample), rows)


def _batches(records: Iterator[Record]) -> Iterator[list[list[str]]]:
    """Yield the cells of the records that can be read and are not blank, some thousand together."""
    while batch := list(islice(records, BATCH)):
        yield [cells for _, cells, _, _ in batch if cells and any(cells)]
