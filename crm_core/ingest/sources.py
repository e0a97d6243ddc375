"""The files that Innsight reads by themselves: our own ones and the exports of known systems."""
from crm_core.i18n import N_, t
from crm_core.ingest.aliases import folded
from crm_core.ingest.systems import canonical
from crm_core.ingest.systems.canonical import COLUMNS, PERSON, REQUIRED
from crm_core.ingest.systems.source import Source

__all__ = ["COLUMNS", "NOTES", "PERSON", "REQUIRED", "SOURCES", "Source", "note_text", "recognised"]

SYSTEMS: tuple = (canonical,)
SOURCES: dict[str, Source] = {source.name: source for system in SYSTEMS for source in system.SOURCES}

# What a person should know of a system's export before trusting the figures made from it.
NOTES = {
    "confirm": N_("The names of this system's columns were never checked against a real file: confirm each column."),
}


def note_text(code: str) -> str:
    """Return what a person should know of an export, in the language in use."""
    return t(NOTES[code])


def hits(source: Source, header: frozenset[str]) -> int:
    """Return how many headers of a source's signature a folded header has; 0 where they are too few or the file is too wide."""
    if not source.signature or (source.narrow and len(header) > source.narrow):
        return 0
    found = sum(folded(name) in header for name in source.signature)
    return found if found >= (source.enough or len(source.signature)) else 0


def recognised(header: tuple[str, ...] | list[str], target: str | None = None) -> list[tuple[Source, float]]:
    """Return the known systems whose signature a header has, the surest first, each with the share of its signature that is there."""
    cells = frozenset(map(folded, header)) - {""}
    found = [(source, hits(source, cells)) for source in SOURCES.values() if target in (None, source.target)]
    found.sort(key=lambda scored: (-scored[1], scored[0].name))
    return [(source, number / len(source.signature)) for source, number in found if number]


def chosen(source: str | None, header: list[str], file: str):
    """Return the kind of file that importing.py of before the mapping reads; raises ImportProblem. Goes with that importing.py."""
    from crm_core.ingest.earlier_sources import chosen
    return chosen(source, header, file)


def column_names(source, header: list[str], file: str, given: tuple[str, ...] = ()) -> list[str | None]:
    """Return the names for importing.py of before the mapping; raises ImportProblem. Goes with that importing.py."""
    from crm_core.ingest.earlier_sources import column_names
    return column_names(source, header, file, given)
