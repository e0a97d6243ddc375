"""A CSV file becomes logical records with the physical lines they begin on, however the file was damaged."""
import csv
import io
from collections import deque
from collections.abc import Iterator
from itertools import count, repeat
from pathlib import Path
from typing import BinaryIO

from crm_core.ingest.problems import Fault, ImportProblem

CELL, RECORD, LINES = 65_536, 1_000_000, 100  # the most that a cell, a record (characters) and a record (lines) may have
COLUMNS = 500
BLOCK = 500_000  # characters that are looked at together
DELIMITERS = {";": "“;”", "\t": "TAB", "|": "“|”"}
BINARIES = (b"\x89PNG", b"\xff\xd8\xff", b"%PDF", b"\x1f\x8b", b"SQLite format", b"GIF8", b"PAR1")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


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

    def __init__(self, file: BinaryIO, name: str):
        self.name = name
        head = file.read(4096)
        file.seek(0)
        self.file = io.TextIOWrapper(file, encoding(head, name), newline="")
        self.waiting: deque[str] = deque()
        self.record: list[str] = []
        self.number = self.size = 0
        self.nul = False

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
        if "\0" in line:
            self.nul = True
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
        self.size, self.nul = 0, False

    def take_back(self) -> None:
        """Give up the record at its first line; the lines after it are read again."""
        self.waiting.extendleft(reversed(self.record[1:]))
        self.number -= len(self.record) - 1
        self.next_record()


def records(lines: Lines) -> Iterator[tuple[int, list[str] | None, str, str]]:
    """Yield one (line, cells, rule, text) per record: cells and "" for a sound one, else None, the broken rule and the line's text."""
    while block := lines.block():
        text = "".join(block)
        if '"' in text or "\0" in text or max(map(len, block)) > CELL:
            lines.waiting.extend(block)
            yield from _careful(lines)
        else:  # without quotation marks every line is a record, which is read three times as fast
            yield from zip(count(lines.number + 1), csv.reader(block), repeat(""), repeat(""))
            lines.number += len(block)


def _careful(lines: Lines) -> Iterator[tuple[int, list[str] | None, str, str]]:
    """Yield the records of the lines that wait, and of those which the last record needs beyond them."""
    reader = csv.reader(lines, strict=True)
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
            reader = csv.reader(lines, strict=True)
            yield start, None, rule, text
            continue
        rule = _damage(lines, cells)
        yield start, None if rule else cells, rule, lines.record[0] if rule else ""
        lines.next_record()


def _damage(lines: Lines, cells: list[str]) -> str:
    if lines.nul:
        return "nul"
    return "cell_too_long" if lines.size > CELL and any(len(cell) > CELL for cell in cells) else ""


def header(found: Iterator[tuple], name: str) -> list[str]:
    """Return the cells of the first record that is not blank; raises ImportProblem where there is none that can be a header."""
    for _, cells, _, _ in found:
        if cells is None:
            raise ImportProblem("binary", file=name)
        if len(cells) > COLUMNS:
            raise ImportProblem("too_wide", file=name, most=COLUMNS)
        if any(map(str.strip, cells)):
            return cells
    raise ImportProblem("empty", file=name)


def open_file(path: str | Path, name: str) -> BinaryIO:
    """Return the file, open for reading; raises ImportProblem where it is not there or may not be read."""
    try:
        return open(path, "rb")
    except OSError as error:
        raise ImportProblem("no_file", file=name) from error
