"""Some thousand records at once, by columns, with the first fault of each line that cannot come in."""
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, islice
from operator import itemgetter

from crm_core.ingest.parsing import Spellings
from crm_core.records.cards import masked

SIZE = 20_000
SHOWN = 200
ROW = 65_536
RAW = "raw:"  # before the header of a column that is none of ours


@dataclass(frozen=True)
class Reject:
    """A line that was kept out; its value and cells are cut at 200 characters, card numbers masked. `cells` is JSON by header."""

    line: int
    column: str
    value: str
    rule: str
    property: str | None = None
    cells: str | None = None


@dataclass(frozen=True)
class Header:
    """Which column of a file is which of ours: `names` by place, None for those whose values are never kept; `cells` as in the file."""

    cells: tuple[str, ...]
    names: tuple[str | None, ...]

    @property
    def given(self) -> frozenset[str]:
        """Return the canonical columns that the file has."""
        return frozenset(name for name in self.names if name and not name.startswith(RAW))

    def header_of(self, name: str) -> str:
        """Return the file's own name of a canonical column, the canonical one where the file has none."""
        return self.cells[self.names.index(name)] if name in self.names else name

    def kept(self, cells: Sequence[str]) -> str:
        """Return a row's cells as JSON by header, safe to keep: cut, card numbers masked, without what is never stored."""
        found: dict[str, str] = {}
        for place, (title, name, cell) in enumerate(zip(self.cells, self.names, cells, strict=False)):
            if name and name != "document":
                title = masked(title)
                found[title if title and title not in found else f"{title} ({place + 1})"] = shown(cell)
        text = json.dumps(found, ensure_ascii=False)
        while len(text.encode(errors="replace")) > ROW:
            found = {title: cell[:len(cell) // 2] for title, cell in found.items()}
            text = json.dumps(found, ensure_ascii=False)
        return text


@dataclass
class Chunk:
    """Records that have as many cells as the header: `cells` by canonical column name, `faults` by position.

    Columns that are none of ours stand in `cells` as "raw:" and their header. `original` are the file's columns as they were read.
    """

    lines: list[int]
    cells: dict[str, tuple[str, ...]]
    rejects: list[Reject] = field(default_factory=list)
    blank: int = 0
    faults: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    original: list[tuple[str, ...]] = field(default_factory=list)
    header: Header | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> tuple[str, ...]:
        """Return a column's cells; a column that the file does not have is empty."""
        return self.cells.get(name) or ("",) * len(self)

    def parse(self, name: str, spellings: Spellings, cells: Iterable | None = None) -> list:
        """Return a column's values. Where a spelling is wrong the value is None and the line has a fault in column `name`.

        `cells` may hold tuples instead, for a value that several columns make together.
        """
        if cells is None:
            cells = self.column(name)
            if spellings.are_plain(cells):
                return [cell or None for cell in cells]
        spellings.make_room()
        values = list(map(spellings.__getitem__, cells))
        if spellings.faults:
            for at, cell in enumerate(cells):
                if cell in spellings.faults:
                    self.blame(at, name, spellings.faults[cell])
        return values

    def blame(self, at: int, column: str, rule: str) -> None:
        """Keep the line at a position out; only its first fault counts. It is said of the file's own column and cell."""
        if at not in self.faults:
            self.faults[at] = column, rule, self._written(at, column)

    def _written(self, at: int, column: str) -> str:
        if self.header and column in self.header.names:
            return self.original[self.header.names.index(column)][at]
        return str(self.column(column)[at])

    def row(self, at: int) -> tuple[str, ...]:
        """Return the cells of the line at a position as they stood in the file."""
        return tuple(map(itemgetter(at), self.original))

    def rejected(self, properties: list[str | None]) -> list[Reject]:
        """Return a reject for each line with a fault, and for each that was broken before it had columns."""
        found = [reject(self.lines[at], self._header_of(column), value, rule, properties[at] if properties else None, self._kept(at))
                 for at, (column, rule, value) in self.faults.items()]
        return self.rejects + found

    def _header_of(self, column: str) -> str:
        return self.header.header_of(column) if self.header else column

    def _kept(self, at: int) -> str | None:
        return self.header.kept(self.row(at)) if self.header else None

    def sound(self, columns: list[list]) -> list[Iterable]:
        """Return the columns without the lines that have a fault."""
        if not self.faults:
            return columns
        keep = [at not in self.faults for at in range(len(self))]
        return [list(compress(column, keep)) for column in columns]


def shown(cell: str) -> str:
    """Return a cell as it may be kept and shown: cut at 200 characters, card numbers masked."""
    return masked(cell[:10 * SHOWN].rstrip("\r\n"))[:SHOWN].replace("\0", "␀").encode(errors="replace").decode()


def reject(line: int, column: str, value: str, rule: str, property_: str | None = None, cells: str | None = None) -> Reject:
    """Return a Reject whose value is safe to keep and to show."""
    return Reject(line, column, shown(value), rule, property_, cells)


def chunks(found: Iterator[tuple], header: Header, size: int = SIZE) -> Iterator[Chunk]:
    """Yield the records as chunks; a column whose name is None is never kept."""
    width = len(header.names)
    while records := list(islice(found, size)):
        lines, rows, rules, _ = zip(*records, strict=True)
        whole = not any(rules) and set(map(len, rows)) == {width} and all(map(any, rows))  # nearly always
        yield _chunk(list(lines), rows, header) if whole else _sifted(records, header)


def _chunk(lines: list[int], rows: Sequence[Sequence[str]], header: Header, rejects: list[Reject] | None = None, blank: int = 0) -> Chunk:
    columns = list(zip(*rows, strict=True))
    by_name = {name: column for name, column in zip(header.names, columns, strict=bool(rows)) if name}
    return Chunk(lines, by_name, rejects or [], blank, original=columns, header=header)


def _sifted(records: list[tuple], header: Header) -> Chunk:
    rows, lines, rejects, blank = [], [], [], 0
    for line, cells, rule, text in records:
        if cells is None:
            rejects.append(reject(line, "", text, rule))
        elif not any(cells):
            blank += 1
        elif len(cells) != len(header.names):
            rejects.append(reject(line, *_miscounted(cells, header), cells=header.kept(cells)))
        else:
            lines.append(line)
            rows.append(cells)
    return _chunk(lines, rows, header, rejects, blank)


def _miscounted(cells: list[str], header: Header) -> tuple[str, str, str]:
    if len(cells) < len(header.names):
        return header.cells[len(cells)] or f"({len(cells) + 1})", cells[-1], "cells_missing"
    return "", cells[len(header.names)], "cells_extra"
