"""How a file will be read: its form and mapping are settled before the first row, and what cannot be settled is asked."""
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from crm_core.ingest import aliases, parsing, reading
from crm_core.ingest.chunk import RAW, Header
from crm_core.ingest.form import detect
from crm_core.ingest.house import House
from crm_core.ingest.mapping import Mapping, suggest
from crm_core.ingest.problems import ImportProblem, Unsettled
from crm_core.ingest.sources import SOURCES, Source
from crm_core.ingest.targets import TARGETS, Target
from crm_core.ingest.written import Detected, Form
from crm_core.records.cards import masked

DATES = ("day", "past_day", "instant", "month")
NUMBERS = ("amount", "change", "decimal")
ORDERS = ("dmy", "mdy", "ymd")
# Targets whose rows belong to a property by themselves, and those that may learn it from the booking that they name.
PLACED = ("bookings", "guests", "interactions", "leads", "events", "comparison_sets", "staff", "annotations")
PLACED_BY_STAY = ("reviews", "cases")
# What we put beside the rows of an exported quarantine: where each stood, and what was wrong.
TOLD = ("Innsight: line", "Innsight: column", "Innsight: reason")


@dataclass(frozen=True)
class Asked:
    """What whoever brings the file has said about it."""

    path: str | Path
    name: str
    source: str | None = None
    target: str | None = None
    form: dict | Form | Detected | None = None
    mapping: Mapping | None = None
    property: str | None = None


@dataclass(frozen=True)
class Plan:
    """How a file will be read: where its columns go, in which form, and the property of all rows where the file does not say it."""

    source: Source
    target: Target
    form: Form
    mapping: Mapping
    header: Header
    property: str | None
    warnings: tuple[tuple[str, dict], ...]

    def unescaped(self, records: Iterator) -> Iterator:
        """Return the records; in a file that we have exported ourselves, without the apostrophe that guards a spreadsheet."""
        if TOLD[0] not in self.header.cells:
            return records
        return ((line, cells and [parsing.unescaped(cell) for cell in cells], *rest) for line, cells, *rest in records)

    def form_json(self) -> str:
        """Return the form as the batch keeps it."""
        return json.dumps(self.form.as_dict())

    def mapping_json(self) -> str:
        """Return the mapping as the batch keeps it."""
        return json.dumps(self.mapping.as_dict(), ensure_ascii=False)


def plan(asked: Asked, house: House) -> Plan:
    """Settle a file's form and mapping; raises Unsettled for what a person must say, ImportProblem for what cannot be used."""
    _check_known(asked)
    detected = _detected(asked)
    suggestion = suggest(detected, source=asked.source, target=asked.target, saved=asked.mapping)
    mapping = suggestion.mapping
    source, target = SOURCES[mapping.source], TARGETS[mapping.target]
    _check_mapping(asked, mapping, target, detected)
    settled = _property(asked, house, mapping, target, source)
    _check_missing(asked, source, target, mapping, {"property"} if settled else set(), detected)
    form = _settled_form(asked, detected, source, target, mapping)
    warnings = _warnings(detected, suggestion.ignored, suggestion.dropped)
    header = Header(tuple(detected.header), tuple(_names(detected.header, mapping, suggestion.dropped)))
    if settled:
        mapping = replace(mapping, constants=mapping.constants | {"property": settled})
    return Plan(source, target, form, mapping, header, settled, tuple(warnings))


def _check_known(asked: Asked) -> None:
    """Raise where the source or target that was said, or that a saved mapping names, is none."""
    saved = (asked.mapping.source, asked.mapping.target) if asked.mapping else (None, None)
    for said, known, code in ((asked.source, SOURCES, "source"), (saved[0], SOURCES, "source"), (asked.target, TARGETS, "target"),
                              (saved[1], TARGETS, "target")):
        if said and said not in known:
            raise ImportProblem(code, **{code: said, f"{code}s": ", ".join(known)})


def _detected(asked: Asked) -> Detected:
    if isinstance(asked.form, Detected):
        return asked.form
    if not isinstance(asked.form, Form):
        return detect(asked.path, asked.name, **(asked.form or {}))
    with reading.table(asked.path, asked.name, asked.form) as table:
        return Detected(asked.form, (), tuple(table.header), (), 0)


def _names(header: Iterable[str], mapping: Mapping, dropped: Iterable[str]) -> Iterable[str | None]:
    """Yield what each column of the file is: ours, "raw:" and its own name, None where its values are never kept."""
    ours = {cell: column for column, cell in mapping.columns.items()}
    for cell in header:
        if cell in ours:
            yield ours.pop(cell)  # a header that stands twice counts where it stands first
        else:
            yield None if cell in dropped or aliases.is_dropped(cell) else f"{RAW}{cell}"


def _check_mapping(asked: Asked, mapping: Mapping, target: Target, detected: Detected) -> None:
    for column, cell in mapping.columns.items():
        if (column not in target.names and column != "time_zone") or cell not in detected.header:
            raise ImportProblem("map", file=asked.name, found=cell, column=column)
    if not (mapping.columns or mapping.constants):
        raise ImportProblem("header", file=asked.name, found=detected.form.delimiter.join(detected.header)[:80])


def _check_missing(asked: Asked, source: Source, target: Target, mapping: Mapping, given: set[str], detected: Detected) -> None:
    missing = target.missing({*mapping.columns, *mapping.constants, *source.derives, *given})
    if not missing:
        return
    if asked.source is asked.target is asked.mapping is None and len(mapping.columns) < 2:
        raise ImportProblem("header", file=asked.name, found=detected.form.delimiter.join(detected.header)[:80])
    if "property" in missing and len(missing) == 1:
        raise Unsettled("property_needed", "property", ("CODE",), file=asked.name)
    raise Unsettled("columns_missing", "mapping", missing, file=asked.name, columns=", ".join(missing), first=missing[0])


def _property(asked: Asked, house: House, mapping: Mapping, target: Target, source: Source) -> str | None:
    """Return the property of all rows: the one that was said, else the only one there is; raises where it must be asked."""
    if asked.property:
        if asked.property.strip().upper() not in house.properties and not house.is_new:
            raise ImportProblem("property", property=asked.property)
        return asked.property
    if "property" in {*mapping.columns, *mapping.constants, *source.derives} or "property" not in target.names:
        return None
    if len(house.properties) == 1:
        return next(iter(house.properties))
    by_stay = target.name in PLACED_BY_STAY and "confirmation" not in mapping.columns
    if target.name in PLACED or by_stay:
        raise Unsettled("property_needed", "property", tuple(code for code, _ in house.properties.values()) or ("CODE",), file=asked.name)
    return None


def _settled_form(asked: Asked, detected: Detected, source: Source, target: Target, mapping: Mapping) -> Form:
    """Return the form in which the columns that are used will be read; raises Unsettled where a person must say it."""
    form = detected.form
    if form.date_order is None and not detected.evidence:
        form = replace(form, date_order="ymd")  # whoever gives a whole form has seen that no date of it leaves a choice
    for question in detected.open_questions():
        if question.aspect == "encoding":
            raise Unsettled("encoding_unsure", "encoding", (str(question.value), *map(str, question.alternatives)), file=asked.name)
        kinds = {"decimal": NUMBERS, "date_order": DATES}.get(question.aspect)
        if not kinds:
            continue
        said = [example for column, example in _examples(question.values) if source.prepare or _is_of(column, kinds, target, mapping)]
        if question.aspect == "decimal" and said and (_is_own(mapping) or ("other" in question.values and len(said) == 1)):
            form = replace(form, decimal="." if _is_own(mapping) else re.sub(r"[^.,]", "", said[0])[-1:] or ".")
        elif said:
            choices = (".", ",") if question.aspect == "decimal" else ORDERS[:2]
            raise Unsettled(question.aspect, question.aspect, choices, file=asked.name, example=said[0])
    return form


def _examples(values: dict) -> list[tuple[str, str]]:
    """Return the columns that leave a question open, each with its example."""
    found = [(values.get("column", ""), values.get("example", ""))]
    return found + ([(values["other"], values.get("against", ""))] if "other" in values else [])


def _is_of(column: str, kinds: tuple[str, ...], target: Target, mapping: Mapping) -> bool:
    return any(cell == column and name in target.names and target.column(name).kind in kinds for name, cell in mapping.columns.items())


def _is_own(mapping: Mapping) -> bool:
    """Say whether a file has the names of our template, which asks for decimal points."""
    return mapping.source == mapping.target and all(column == cell for column, cell in mapping.columns.items())


def _warnings(detected: Detected, ignored: tuple[str, ...], dropped: tuple[str, ...]) -> list[tuple[str, dict]]:
    found = [("unsure", {"said": question.text()}) for question in detected.open_questions()
             if question.aspect not in ("encoding", "decimal", "date_order")]
    ignored = tuple(cell for cell in ignored if cell not in TOLD)
    found += [("columns_ignored", {"columns": masked(", ".join(ignored))})] if ignored else []
    return found + ([("dropped", {"columns": ", ".join(dropped)})] if dropped else [])

