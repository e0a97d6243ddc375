"""Where a table stands in a text file: what divides its columns, and on which line their names are."""
import codecs
import io
import math
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from crm_core.ingest.bare import bare
from crm_core.ingest.problems import ImportProblem
from crm_core.ingest.reading import COLUMNS, UNDECODABLE, Lines, Record, records
from crm_core.ingest.written import Evidence

DELIMITERS = {",": "“,”", ";": "“;”", "\t": "TAB", "|": "“|”"}
HEAD, LOOKED_AT = 256_000, 300  # bytes and records of the beginning by which the layout is judged
STEADY, FULL = 0.8, 0.75


@dataclass(frozen=True)
class Head:
    """The records at the beginning of a file that can be read, with their lines, as one delimiter divides them."""

    rows: list[tuple[int, list[str]]]
    is_broken: bool = False  # whether there is a record that cannot be read

    @property
    def width(self) -> int:
        """The number of columns that most rows have."""
        return Counter(len(cells) for _, cells in self.rows).most_common(1)[0][0] if self.rows else 0

    @property
    def steady(self) -> int:
        """The number of rows with that many columns."""
        return sum(len(cells) == self.width for _, cells in self.rows)


def head(path: str | Path, encoding: str) -> str:
    """Return the text of the file's beginning, without a last line that is cut off."""
    with open(path, "rb") as file:
        start = file.read(HEAD)
        is_whole = not file.read(1)
    text = codecs.getincrementaldecoder(encoding)("undecodable").decode(start, final=is_whole)
    at = max(text.rfind("\n"), text.rfind("\r"))
    return text if is_whole or at < 0 else text[:at + 1]


def divided(text: str, delimiter: str) -> Head:
    """Return the records of a text that are not blank, as a delimiter divides them."""
    lines = Lines(io.BytesIO(text.encode("utf-8", "surrogatepass")), "", "utf-8")
    found: list[Record] = list(islice(records(lines, delimiter), LOOKED_AT))
    return Head([(line, cells) for line, cells, _, _ in found if cells and any(map(str.strip, cells))],
        any(rule for _, _, rule, _ in found))


def delimiter(text: str, name: str) -> Evidence:
    """Return what divides the columns: what divides most lines into equally many, with names at the top; raises ImportProblem."""
    heads = {sign: divided(text, sign) for sign in DELIMITERS if sign in text}
    heads = {sign: found for sign, found in heads.items() if found.width > 1}
    if not heads:
        return Evidence("delimiter", ",", "delimiter_none")
    best = max(heads, key=lambda sign: _evenness(heads[sign]))
    found = heads[best]
    if found.width > COLUMNS:
        raise ImportProblem("too_wide", file=name, most=COLUMNS)
    body = [cells for _, cells in found.rows[header_at(found):]]
    even = sum(len(cells) == found.width for cells in body)
    values = {"shown": DELIMITERS[best], "n": even, "most": len(body), "columns": found.width}
    others = tuple(sign for sign in DELIMITERS if sign in text and sign != best)
    if even >= STEADY * len(body):
        return Evidence("delimiter", best, "delimiter_steady", values, others)
    return Evidence("delimiter", best, "delimiter_unsteady", values, others, certain=not others)


def _evenness(found: Head) -> float:
    names = found.rows[header_at(found)][1]
    return found.steady / len(found.rows) * (1 + like_names(names)) * math.log2(found.width + 1)


def header_at(found: Head) -> int:
    """Return which row has the names: the first that is about as full as most rows and looks like names, else the first full one."""
    fullness = sorted(sum(map(bool, map(str.strip, cells))) for _, cells in found.rows)
    usual = fullness[len(fullness) // 2]
    full = [at for at, (_, cells) in enumerate(found.rows)
            if sum(map(bool, map(str.strip, cells))) >= FULL * usual and len(cells) >= FULL * found.width]
    named = [at for at, (_, cells) in enumerate(found.rows) if like_names(cells) > 0.5 and len(cells) > 1]
    return next((at for at in full if at in named), (named or full or [0])[0])


def like_names(cells: list[str]) -> float:
    """Return the share of a row's cells that can be names of columns: they have letters and hardly digits."""
    filled = [bare(cell) for cell in cells if cell.strip()]
    names = [cell for cell in filled if any(map(str.isalpha, cell)) and sum(map(str.isdigit, cell)) * 2 < len(cell)
             and "@" not in cell and UNDECODABLE not in cell]
    return len(names) / max(len(cells), 1)


def header(found: Head, name: str) -> Evidence:
    """Return the line of the header; not certain where it could be a line of data. Raises ImportProblem for a file without rows."""
    if not found.rows:
        raise ImportProblem("damaged" if found.is_broken else "empty", file=name)
    at = header_at(found)
    line, cells = found.rows[at]
    if like_names(cells) <= 0.5 and len(found.rows) > 1:
        return Evidence("header", line, "header_unsure", alternatives=tuple(other for other, _ in found.rows[:5] if other != line), certain=False)
    if at == 0:
        return Evidence("header", line, "header_first")
    banner = " ".join(bare(cell) for cell in found.rows[0][1] if cell.strip())
    return Evidence("header", line, "header_below", {"n": at, "example": banner[:60]}, tuple(other for other, _ in found.rows[:at]))
