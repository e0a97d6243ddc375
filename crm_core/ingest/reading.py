"""A CSV file becomes logical records with the physical lines they begin on, however the file was damaged."""
import codecs
import csv
import hashlib
import io
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, islice, repeat
from pathlib import Path
from typing import BinaryIO

from crm_core.ingest import opening
from crm_core.ingest.bare import bare
from crm_core.ingest.footers import MOST_FOOTERS, footers
from crm_core.ingest.opening import open_file
from crm_core.ingest.problems import Fault, ImportProblem
from crm_core.ingest.unpacking import BROKEN
from crm_core.ingest.written import Form

__all__ = ["Lines", "Table", "encoding", "header", "open_file", "records", "table"]

CELL, RECORD, LINES = 65_536, 1_000_000, 100  # the most that a cell, a record (characters) and a record (lines) may have
COLUMNS = 500
BLOCK = 500_000  # characters that are looked at together
DELIMITERS = {";": "“;”", "\t": "TAB", "|": "“|”"}
BINARIES = (*opening.BINARIES, b"PAR1")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
UNDECODABLE = "\udcff"  # stands for bytes that are no letter, so that their line can be found and kept out
Record = tuple[int, list[str] | None, str, str]  # as records() yields it
BATCH = 10_000
codecs.register_error("undecodable", lambda error: (UNDECODABLE, error.end))


def encoding(head: bytes, name: str) -> str:
    """Return the encoding that a file's first bytes tell; raises ImportProblem for what is no text at all."""
    if not head.strip():
        raise ImportProblem("empty", file=name)
    if head.startswith(WORKBOOKS):
        raise ImportProblem("workbook", file=name)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head.startswith(BINARIES) or any(byte < 32 and byte not in b"\t\r\n" for byte in head.split(b"\n")[0]):
        raise ImportProblem("binary", file=name)
    return "utf-8-sig"


class Lines:
    """A file's physical lines, handed to the CSV reader one by one so that a record which never ends can be taken back."""

    def __init__(self, file: BinaryIO, name: str, chosen: str | None = None):
        """`chosen` is the encoding where it is known: then a line with other bytes is kept out instead of the file."""
        self.name = name
        if chosen:
            self.file = io.TextIOWrapper(file, chosen, "undecodable", newline="")
        else:
            head = file.read(4096)
            file.seek(0)
            self.file = io.TextIOWrapper(file, encoding(head, name), newline="")
        self.waiting: deque[str] = deque()
        self.record: list[str] = []
        self.number = self.size = 0
        self.damage = ""
        self.has_wrapped = False  # whether cells such as ="0042" were met

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        if len(self.record) >= LINES or self.size >= RECORD:
            raise Fault("quotes")
        line = self.waiting.popleft() if self.waiting else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.size += len(line)
        self.record.append(line)
        if "\0" in line or UNDECODABLE in line:
            self.damage = "nul" if "\0" in line else "undecodable"
        if len(line) >= RECORD:
            raise Fault("cell_too_long")
        return line

    def _read(self) -> str:
        try:
            line = self.file.readline(RECORD)
            if len(line) == RECORD and line[-1] not in "\r\n":
                while (rest := self.file.readline(RECORD)) and rest[-1] not in "\r\n":
                    pass  # the rest of an endless line is passed over without being kept
            return line
        except UnicodeDecodeError as error:
            raise ImportProblem("not_utf8", file=self.name, line=self.number) from error

    def block(self) -> list[str]:
        """Return the next lines of the file, an empty list at its end."""
        lines, size = [], 0
        while size < BLOCK and (line := self._read()):
            lines.append(line)
            size += len(line)
        return lines

    def bytes_read(self) -> int:
        """Return how far the file is read, for progress."""
        return self.file.buffer.tell()

    def next_record(self) -> None:
        """Forget the record that was just read."""
        self.record.clear()
        self.size, self.damage = 0, ""

    def take_back(self) -> None:
        """Give up the record at its first line; the lines after it are read again."""
        self.waiting.extendleft(reversed(self.record[1:]))
        self.number -= len(self.record) - 1
        self.next_record()


def records(lines: Lines, delimiter: str = ",") -> Iterator[Record]:
    """Yield one (line, cells, rule, text) per record: cells and "" for a sound one, else None, the broken rule and the line's text."""
    while block := lines.block():
        text = "".join(block)
        if '"' in text or "\0" in text or UNDECODABLE in text or max(map(len, block)) > CELL:
            lines.waiting.extend(block)
            lines.has_wrapped = lines.has_wrapped or '="' in text
            yield from _careful(lines, delimiter)
        else:  # without quotation marks every line is a record, which is read three times as fast
            yield from zip(count(lines.number + 1), csv.reader(block, delimiter=delimiter), repeat(""), repeat(""))
            lines.number += len(block)


def _careful(lines: Lines, delimiter: str) -> Iterator[Record]:
    """Yield the records of the lines that wait, and of those which the last record needs beyond them."""
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    while lines.waiting:
        start = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, Fault) as error:
            rule = "cell_too_long" if str(error) == "cell_too_long" or "field limit" in str(error) else "quotes"
            text = lines.record[0] if lines.record else ""
            lines.take_back()
            reader = csv.reader(lines, strict=True, delimiter=delimiter)
            yield start, None, rule, text.replace(UNDECODABLE, "�")
            continue
        rule = _damage(lines, cells)
        yield start, None if rule else cells, rule, lines.record[0].replace(UNDECODABLE, "�") if rule else ""
        lines.next_record()


def _damage(lines: Lines, cells: list[str]) -> str:
    if lines.damage:
        return lines.damage
    return "cell_too_long" if lines.size > CELL and any(len(cell) > CELL for cell in cells) else ""


def header(found: Iterator[Record], name: str) -> list[str]:
    """Return the cells of the first record that is not blank; raises ImportProblem where there is none that can be a header."""
    for _, cells, _, _ in found:
        if cells is None:
            raise ImportProblem("binary", file=name)
        if len(cells) > COLUMNS:
            raise ImportProblem("too_wide", file=name, most=COLUMNS)
        if any(map(str.strip, cells)):
            return cells
    raise ImportProblem("empty", file=name)


class Table:
    """A file that is being read: its header, and its records one after the other; `skipped` counts what is no row, by kind.

    `records` yields what records() does, every sound record as wide as the header unless it is too short or too long.
    """

    def __init__(self, file: BinaryIO, name: str, form: Form, size: int, sha256: str = ""):
        self.form, self.size, self.sha256 = form, size, sha256
        self.skipped: Counter = Counter()
        self.length = file.seek(0, io.SEEK_END)
        file.seek(0)
        is_text = form.kind == "csv"
        self.lines = Lines(file, name, form.encoding if is_text else "utf-8")
        found = records(self.lines, form.delimiter if is_text else ",")
        self.header = self._header(found, name)
        self._footers: list[list[str]] = []
        self.records: Iterator[Record] = self._rows(found)

    def bytes_read(self) -> int:
        """Return how much of the file is read, in its own bytes."""
        return self.size * self.lines.bytes_read() // max(self.length, 1)

    def footer_text(self) -> str:
        """Return the first line below the table that is no row, once all records are read."""
        return " ".join(filter(None, map(bare, self._footers[0])))[:80] if self._footers else ""

    def _header(self, found: Iterator[Record], name: str) -> list[str]:
        for record in found:
            if record[0] >= self.form.header_line and (record[1] is None or any(map(str.strip, record[1]))):
                cells = header(iter([record]), name)
                return [bare(cell) for cell in cells]
            self.skipped["banner"] += bool(record[1] and any(map(str.strip, record[1])))
        raise ImportProblem("empty", file=name)

    def _rows(self, found: Iterator[Record]) -> Iterator[Record]:
        held: list[Record] = []
        while batch := list(islice(found, BATCH)):
            held += self._shaped(batch)
            yield from held[:-MOST_FOOTERS]
            held = held[-MOST_FOOTERS:]
        n, cut = footers([cells for _, cells, _, _ in held], len(self.header))
        self.skipped["footer"] = n
        self._footers = [cells for _, cells, _, _ in held[len(held) - cut:] if cells]
        yield from held[:len(held) - cut]

    def _shaped(self, batch: list[Record]) -> list[Record]:
        """Return the records as wide as the header, where only empty cells are lacking or too many."""
        width = len(self.header)
        if self.form.kind == "csv" and not self.lines.has_wrapped and {len(cells or ()) for _, cells, _, _ in batch} <= {0, width}:
            return batch
        return [self._one(record, width) for record in batch]

    def _one(self, record: Record, width: int) -> Record:
        line, cells, rule, text = record
        line -= self.form.kind == "jsonl"  # whose first line is a row; the header is what we put above it
        if not cells:
            return line, cells, rule, text
        if self.form.kind != "csv":
            if cells[0] == BROKEN:
                return line, None, cells[1], cells[2]
            cells = cells + [""] * (width - len(cells))
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if self.lines.has_wrapped:
            cells = [bare(cell) if cell[:2] == '="' else cell for cell in cells]
        return line, cells, rule, text


@contextmanager
def table(path: str | Path, name: str, form: Form) -> Iterator[Table]:
    """Open a file of any kind as its form says; raises ImportProblem where that cannot be."""
    with open_file(path, name) as original:
        sha256, size = hashlib.file_digest(original, "sha256").hexdigest(), original.seek(0, io.SEEK_END)
    with opening.plain(path, name, form.kind, form.sheet, form.decimal) as plain, open_file(plain.path, name) as file:
        yield Table(file, name, form, size, sha256)
