"""Some thousand records at once, by columns, with the first fault of each line that cannot come in."""
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, islice

from crm_core.ingest.cards import masked
from crm_core.ingest.parsing import Spellings

SIZE = 20_000
SHOWN = 200


@dataclass(frozen=True)
class Reject:
    """A line that was kept out; its value is as it stood, cut at 200 characters, card numbers masked."""

    line: int
    column: str
    value: str
    rule: str
    property: str | None = None


@dataclass
class Chunk:
    """Records that have as many cells as the header: `cells` by canonical column name, `faults` by position."""

    lines: list[int]
    cells: dict[str, tuple[str, ...]]
    rejects: list[Reject] = field(default_factory=list)
    blank: int = 0
    faults: dict[int, tuple[str, str, str]] = field(default_factory=dict)

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
        """Keep the line at a position out; only its first fault counts."""
        self.faults.setdefault(at, (column, rule, self.column(column)[at]))

    def rejected(self, properties: list[str | None]) -> list[Reject]:
        """Return a reject for each line with a fault, and for each that was broken before it had columns."""
        found = [reject(self.lines[at], column, value, rule, properties[at]) for at, (column, rule, value) in self.faults.items()]
        return self.rejects + found

    def sound(self, columns: list[list]) -> list[Iterable]:
        """Return the columns without the lines that have a fault."""
        if not self.faults:
            return columns
        keep = [at not in self.faults for at in range(len(self))]
        return [list(compress(column, keep)) for column in columns]


def reject(line: int, column: str, value: str, rule: str, property_: str | None = None) -> Reject:
    """Return a Reject whose value is safe to keep and to show."""
    return Reject(line, column, masked(value[:10 * SHOWN].rstrip("\r\n"))[:SHOWN].replace("\0", "␀"), rule, property_)


def chunks(found: Iterator[tuple], names: list[str | None], size: int = SIZE) -> Iterator[Chunk]:
    """Yield the records as chunks; a column whose name is None is left out, and so is a repeated or unknown one."""
    while records := list(islice(found, size)):
        lines, rows, rules, _ = zip(*records, strict=True)
        whole = not any(rules) and set(map(len, rows)) == {len(names)} and all(map(any, rows))  # nearly always
        yield Chunk(list(lines), _by_name(rows, names)) if whole else _sifted(records, names)


def _sifted(records: list[tuple], names: list[str | None]) -> Chunk:
    rows, lines, rejects, blank = [], [], [], 0
    for line, cells, rule, text in records:
        if cells is None:
            rejects.append(reject(line, "", text, rule))
        elif not any(cells):
            blank += 1
        elif len(cells) != len(names):
            rejects.append(reject(line, *_miscounted(cells, names)))
        else:
            lines.append(line)
            rows.append(cells)
    return Chunk(lines, _by_name(rows, names), rejects, blank)


def _by_name(rows: Sequence[list[str]], names: list[str | None]) -> dict[str, tuple[str, ...]]:
    return {name: column for name, column in zip(names, zip(*rows, strict=True), strict=bool(rows)) if name}


def _miscounted(cells: list[str], names: list[str | None]) -> tuple[str, str, str]:
    if len(cells) < len(names):
        return names[len(cells)] or "", cells[-1], "cells_missing"
    return "", cells[len(names)], "cells_extra"
