"""Rows of any target but bookings are read by columns: canonical cells become values, and what a row lacks keeps it out."""
from collections.abc import Callable, Iterator, Mapping

from crm_core.ingest.chunk import Chunk
from crm_core.ingest.documents import Keyed
from crm_core.ingest.house import House, Otherwise
from crm_core.ingest.parsing import Spellings
from crm_core.ingest.targets.definition import Target
from crm_core.ingest.targets.kinds import parser
from crm_core.ingest.written import Form
from crm_core.records.cards import CANDIDATE, numbers

EXEMPT = ("anonymized", "merged_into_ref")  # a row that says this needs to say nothing else


def parsers(target: Target, form: Form, house: House, words: Mapping[str, Mapping[str, str]], hashed: Keyed) -> dict[str, Callable]:
    """Return the parser of each column of a target, made for a file's form and its source's words."""
    return {column.name: parser(column, target, form, house, words.get(column.name, {}), hashed) for column in target.columns}


class Rows:
    """Reads chunks of one target's rows; its caches of spellings live as long as one import."""

    def __init__(self, target: Target, house: House, made: Mapping[str, Callable]):
        self.target, self.house = target, house
        self.spellings = {name: Spellings(parse) for name, parse in made.items()}
        self.empty = {name: _empty(parse) for name, parse in made.items()}

    def read(self, chunk: Chunk) -> dict[str, list]:
        """Return the chunk's values by column; lines that cannot come in have their fault in the chunk."""
        required = self.target.required
        found = {name: chunk.parse(name, spellings) if name in chunk.cells or name in required else [self.empty[name]] * len(chunk)
                 for name, spellings in self.spellings.items()}
        self._count(chunk, found)
        self._check_needs(chunk, found)
        return found

    def sound(self, chunk: Chunk, found: dict[str, list]) -> Iterator[tuple]:
        """Yield (line, number, property, values, cells of the file) of the rows without a fault, for the staging."""
        names, number = self.target.names, self.target.number
        columns = [found[name] for name in names]
        keys = found[number] if number else [None] * len(chunk)
        places = found.get("property") or [None] * len(chunk)
        for at, values in enumerate(zip(*columns, strict=True)):
            if at not in chunk.faults:
                yield chunk.lines[at], keys[at], places[at], values, chunk.row(at)

    def _count(self, chunk: Chunk, found: dict[str, list]) -> None:
        for column in self.target.columns:
            cells = chunk.cells.get(column.name)
            if not cells:
                continue
            if column.kind == "word" and column.otherwise is not None:
                self._count_words(column.name, cells, found)
            elif column.kind == "country":
                self.house.count_countries([cell for cell, code in zip(cells, found[column.name], strict=True) if code is None and cell.strip()])
            elif column.kind == "id" and CANDIDATE.search("\n".join(cells)):
                self.house.counts["card_like"] += sum(bool(numbers(cell)) for cell in cells)

    def _count_words(self, name: str, cells: tuple[str, ...], found: dict[str, list]) -> None:
        unknown = [cell for cell, word in zip(cells, found[name], strict=True) if isinstance(word, Otherwise)]
        if unknown:
            self.house.count_words(name, unknown)
            found[name] = [None if word is None else str(word) for word in found[name]]

    def _check_needs(self, chunk: Chunk, found: dict[str, list]) -> None:
        if not self.target.needs:
            return
        enough = [found[name] for name in (*self.target.needs, *EXEMPT) if name in found]
        for at, values in enumerate(zip(*enough, strict=True)):
            if not any(values):
                chunk.blame(at, next((name for name in self.target.needs if name in chunk.cells), self.target.needs[0]), "needs")


def _empty(parse: Callable) -> object:
    try:
        return parse("")
    except ValueError:
        return None
