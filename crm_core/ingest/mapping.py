"""Which column of a file is which of ours: what is known, what other languages call it, and what its values look like."""
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache

from crm_core.i18n import N_, t
from crm_core.ingest import aliases
from crm_core.ingest.aliases import folded
from crm_core.ingest.looks import KINDS, Look, looks_of, meant
from crm_core.ingest.sources import COLUMNS, SOURCES, Source, recognised
from crm_core.ingest.targets import TARGETS
from crm_core.ingest.written import Detected

# Why a column is taken for one of ours. {header} is the file's name of it.
WHY = {
    "saved": N_("{header}: by the mapping that was saved for this header."),
    "own": N_("{header} is our own name."),
    "system": N_("{header} is what {system} calls it."),
    "system_first": N_("{header} is what {system} calls it; {others} would fit too and was left out."),
    "system_unsure": N_("{header} is what {system} is said to call it: confirm."),
    "alias": N_("{header} means it ({language})."),
    "alias_unsure": N_("{header} seems to mean it ({language}; our words for this language were not checked by a reader): confirm."),
    "alias_first": N_("{header} means it ({language}); {others} would fit too and was left out."),
    "values": N_("{n} of {of} cells of {header} look like {kind}."),
    "constant": N_("Every row is “{value}”: {system} has no column for it."),
    "derived": N_("Made from other columns of {system}."),
}

NAMES = frozenset(("name", "nom", "nome", "naam", "nombre"))  # a part of the name, or the whole of it


@dataclass(frozen=True)
class Mapping:
    """Which header is which canonical column, and the columns that have one value for all rows."""

    source: str
    target: str
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict:
        """Return the mapping as JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: dict) -> "Mapping":
        """Return the mapping that as_dict() gave; raises KeyError where it names no source or target."""
        return cls(kept["source"], kept["target"], dict(kept.get("columns", {})), dict(kept.get("constants", {})))


@dataclass(frozen=True)
class Suggestion:
    """A mapping with its reasons: `why` has (code, values) of WHY by canonical column.

    `candidates` are (source, share of its marks found), best first; `missing` required columns; `ignored` headers that are not used;
    `dropped` headers whose values are never stored.
    """

    mapping: Mapping
    why: dict[str, tuple[str, dict]]
    candidates: tuple[tuple[str, float], ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]
    dropped: tuple[str, ...]


def why_text(code: str, values: dict) -> str:
    """Return a reason as a sentence in the language in use."""
    return t(WHY[code], **{name: t(value) if name in ("system", "kind") else value for name, value in values.items()})


def header_hash(header: Iterable[str]) -> str:
    """Return by what a saved mapping is found again: the same columns in any order, spelled alike but for case and punctuation."""
    return hashlib.sha256("\n".join(sorted(map(folded, header))).encode()).hexdigest()


def suggest(detected: Detected, *, source: str | None = None, target: str | None = None, saved: Mapping | None = None) -> Suggestion:
    """Return how a file's columns may be ours: by a saved mapping, else as a known system, else by names and the look of values.

    `source` is a key of SOURCES (KeyError for another), `target` one of COLUMNS; without them the file tells.
    """
    header = detected.header
    if saved:
        return _as_saved(saved, header)
    systems = tuple((known.name, share) for known, share in recognised(header, target or (SOURCES[source].target if source else None)))
    is_known = source not in COLUMNS if source else bool(systems)
    looks = {} if is_known else looks_of(header, detected.sample, detected.form)
    own = sorted(((name, _share(name, header, looks)) for name in COLUMNS if target in (None, name)), key=lambda scored: -scored[1])
    systems = systems or _marked(detected, own[0][0])
    return _with_source(SOURCES[source or (*systems, *own)[0][0]], header, looks, (*systems, *own))


def _as_saved(saved: Mapping, header: Sequence[str]) -> Suggestion:
    columns = {column: name for column, name in saved.columns.items() if name in header}
    why = {column: ("saved", {"header": name}) for column, name in columns.items()}
    return _settled(Mapping(saved.source, saved.target, columns, saved.constants), why, header, ((saved.source, 1.0),))


def _marked(detected: Detected, target: str) -> tuple[tuple[str, float], ...]:
    """Return the systems of a target that give themselves away by their cells where their headers say nothing."""
    cells = {folded(cell) for row in detected.sample for cell in row if len(cell) < 40}
    return tuple((source.name, .5) for source in SOURCES.values() if source.target == target and cells.intersection(map(folded,
        source.marks)))


def _share(target: str, header: Sequence[str], looks: dict[str, Look]) -> float:
    """Return how well a target explains a header: the share of columns it can name, less for names that many targets know.

    A column told by its values counts half; a target whose required columns are not there is worth less.
    """
    columns, _ = named(SOURCES[target], header)
    weight = sum(1 / _ambiguity(folded(name)) for name in columns.values())
    seen = meant(target, {name: look for name, look in looks.items() if name not in columns.values()}, set(columns))
    weight += sum(look.share / 2 for _, look in seen.values())
    needed, lacking = (set(TARGETS[target].missing(there)) - {"property"} for there in (set(), {*columns, *seen}))
    return round(weight / max(1, len(header)) * (1 - .6 * len(lacking) / len(needed)), 3)


@cache
def _ambiguity(key: str) -> int:
    return max(1, sum(key in aliases.spelled(target, columns) for target, columns in COLUMNS.items()))


def _with_source(source: Source, header: Sequence[str], looks: dict[str, Look], candidates: tuple[tuple[str, float], ...]) -> Suggestion:
    columns, why = named(source, header)
    unnamed = {name: look for name, look in looks.items() if name not in columns.values() and not aliases.is_dropped(name)}
    for column, (name, look) in meant(source.target, unnamed, set(columns)).items():
        columns[column] = name
        why[column] = ("values", {"header": name, "n": look.found, "of": look.of, "kind": KINDS[look.kind]})
    constants = {column: value for column, value in source.constants.items() if column not in columns}
    why |= {column: ("constant", {"value": value, "system": source.title}) for column, value in constants.items()}
    why |= {column: ("derived", {"system": source.title}) for column in source.derives if column not in why}
    return _settled(Mapping(source.name, source.target, columns, constants), why, header, candidates)


def named(source: Source, header: Sequence[str]) -> tuple[dict[str, str], dict[str, tuple[str, dict]]]:
    """Return which header is which canonical column by name, and why; the source's own spellings come before aliases."""
    cells: dict[str, str] = {}
    for cell in header:
        cells.setdefault(folded(cell), cell)
    columns: dict[str, str] = {}
    why: dict[str, tuple[str, dict]] = {}
    for column, spellings in source.columns.items():
        fitting = [cells[key] for key in map(folded, spellings) if key in cells and cells[key] not in columns.values()]
        if fitting:
            columns[column] = fitting[0]
            why[column] = _known(source, fitting)
    if not source.closed:
        _by_alias(source.target, cells, columns, why)
        _settle_names(columns, why)
    return columns, why


def _settle_names(columns: dict[str, str], why: dict[str, tuple[str, dict]]) -> None:
    """Read "Name" beside "Vorname" as family name, and "Nom" or "Nome" that stands alone as the whole name."""
    for column, other, becomes in (("full_name", "given_name", "family_name"), ("family_name", "given_name", "full_name"),
            ("given_name", "family_name", "full_name")):
        short = column in columns and folded(columns[column]) in NAMES and becomes not in columns
        if short and (other in columns) == (column == "full_name"):
            columns[becomes], why[becomes] = columns.pop(column), why.pop(column)
            return


def _known(source: Source, fitting: list[str]) -> tuple[str, dict]:
    values = {"header": fitting[0], "system": source.title}
    if source.confirm:
        return "system_unsure", values
    return ("system_first", values | {"others": ", ".join(fitting[1:])}) if fitting[1:] else ("system", values)


def _by_alias(target: str, cells: dict[str, str], columns: dict[str, str], why: dict[str, tuple[str, dict]]) -> None:
    """Add the columns that other systems and languages call so; the first header of the file that fits is taken."""
    spelled = aliases.spelled(target, COLUMNS[target])
    for key, cell in cells.items():
        meanings = spelled.get(key, ())
        if cell in columns.values() or (aliases.is_dropped(cell) and ("document" not in dict(meanings))):
            continue
        for column, language in meanings:
            if column not in columns:
                columns[column], why[column] = cell, _called(cell, language)
                break
            code, values = why[column]
            if code in ("alias", "alias_first"):
                why[column] = "alias_first", values | {"others": ", ".join(filter(None, (values.get("others"), cell)))}


def _called(cell: str, language: str) -> tuple[str, dict]:
    if not language:
        return "own", {"header": cell}
    return "alias_unsure" if language in aliases.unsure() else "alias", {"header": cell, "language": language}


def _settled(mapping: Mapping, why: dict, header: Sequence[str], candidates: tuple[tuple[str, float], ...]) -> Suggestion:
    used = set(mapping.columns.values())
    read = set(map(folded, SOURCES[mapping.source].reads))
    rest = [cell for cell in header if cell not in used and folded(cell) not in read and cell.strip()]
    dropped = tuple(cell for cell in rest if aliases.is_dropped(cell))
    given = {*mapping.columns, *mapping.constants, *SOURCES[mapping.source].derives}
    missing = TARGETS[mapping.target].missing(given)
    return Suggestion(mapping, why, candidates, missing, tuple(cell for cell in rest if cell not in dropped), dropped)
