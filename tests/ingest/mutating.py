"""Changed copies of sound files: by bytes, by cells, and inside a workbook's archive; a seed gives the same copy for ever."""
import csv
import io
import json
import random
import zipfile

import pyarrow as pa
from pyarrow import parquet

from crm_core.ingest.sources import SOURCES
from tests.ingest import sound
from tests.ingest.books import book
from tests.ingest.malformed import mutated

ENDINGS = ("csv", "tsv", "xlsx", "jsonl", "parquet")
STRANGE = (
    "", " ", "-", "?", "0", "-1", "1e999", "9" * 300, "-" + "9" * 300, "1" * 13, "0.000000000000000000001", "1,5", "1.234.567,89", "1,234,567.89",
    "EUR 5", "5 XYZ", "€", "%", "100%", "NaN", "inf", "null", "#REF!", "٤٢", "１２", "½", "true", "2025-02-30", "0001-01-01", "9999-12-31", "31/12/9999",
    "1900-01-01", "0000-00-00", "2025-03-28T25:00:00", "2025-03-28T00:00:00+99:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "45744",
    "now", "=1+1", "=cmd|'/C calc'!A0", "@SUM(A1)", "'; DROP TABLE stay; --", "%s%n{x}{0}", "{nobody}", "$(reboot)", "\\x00", "\\ud800", "\0", "a\nb",
    'a"b', "a,b;c|d\te", "\u202eevil", "🛎️" * 40, "e" + "\u0301" * 300, "\ufdd0json", "\uffff", "\ufeff", "x" * 300, "x" * 70_000, "4111 1111 1111 1111",
    "4111111111111111", "a@b.c", "a@guest.booking.com", "@", "a@b@c", "+" * 30, "+49", "+999 123", "[]", "[[1]]", "{}", '{"a":1}', "bed: king; x: y; :;",
    "; ; ,", "COLOMBO", "galle", "GALLE ", "checked_out", "in_house", "GÄLLE")


def mutation(seed: int, ending: str | None = None) -> tuple[bytes, str, dict]:
    """Return a changed file, its name, and what import_file is told of it: every source comes in turn, every other one as what it is."""
    names, chance = list(SOURCES), random.Random(seed)
    source, ending = names[seed % len(names)], ending or chance.choice(("csv", "csv", "tsv"))
    grid, turn = sound.files()[source], seed // len(names)
    if turn % 2:
        grid = changed(grid, chance)
    content = written(grid, ending)
    if not turn % 2:
        content = repacked(content, seed) if ending == "xlsx" and turn % 4 else mutated(content, seed)
    said = {"source": source, "form": {"date_order": "ymd", "decimal": "."}} if turn % 3 else {}
    if said and ending == "csv":
        said["form"]["encoding"] = "utf-8"
    return content, f"{seed}-{source}.{ending}", said | ({} if "property" in grid[0] else {"property_code": "GALLE"})


def changed(grid: list[list[str]], chance: random.Random) -> list[list[str]]:
    """Return a grid with one to six changes: strange cells, cells of other columns, rows and columns doubled, dropped and shuffled."""
    grid = [list(row) for row in grid]
    for _ in range(chance.randint(1, 6)):
        row, column = chance.randrange(len(grid)), chance.randrange(len(grid[0]))
        change = chance.randrange(12)
        if change < 7:
            grid[row or 1 % len(grid)][column] = chance.choice(STRANGE)
        elif change == 7:
            grid[row][column] = chance.choice(grid[-1])
        elif change == 8:
            grid.append(list(grid[row]))
        elif change == 9:
            for cells in grid[1:]:
                cells[column] = chance.choice(STRANGE)
        elif change == 10 and len(grid[0]) > 2:
            grid = [cells[:column] + cells[column + 1:] for cells in grid]
        else:
            chance.shuffle(grid[row])
    return grid


def written(grid: list[list[str]], ending: str) -> bytes:
    """Return a grid as a file of a kind."""
    if ending == "xlsx":
        return book(*([openpyxl_takes(cell) for cell in row] for row in grid))
    if ending == "jsonl":
        return "\n".join(json.dumps(dict(zip(grid[0], row, strict=True))) for row in grid[1:]).encode()
    if ending == "parquet":
        file = io.BytesIO()
        names = [f"{name}{at}" if name in grid[0][:at] else name for at, name in enumerate(grid[0])]
        parquet.write_table(pa.table([pa.array(cells) for cells in zip(*grid[1:], strict=True)], names), file)
        return file.getvalue()
    text = io.StringIO()
    csv.writer(text, delimiter="\t" if ending == "tsv" else ",", lineterminator="\n").writerows(grid)
    return text.getvalue().encode("utf-16" if ending == "tsv" else "utf-8", "replace")


def openpyxl_takes(cell: str) -> str:
    """Return a cell as a workbook can hold it: without control characters, of at most 32,767 letters."""
    return "".join(letter for letter in cell if letter >= " " or letter in "\t\n")[:32_767].replace("\uffff", "")


def repacked(workbook: bytes, seed: int) -> bytes:
    """Return a workbook of which one part was changed before it was packed, so that its checksums are right."""
    file, chance = io.BytesIO(), random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        hit = chance.choice([entry.filename for entry in source.infolist()] + ["xl/worksheets/sheet1.xml"] * 8)
        for entry in source.infolist():
            content = source.read(entry)
            target.writestr(entry.filename, mutated(content, seed) if entry.filename == hit else content)
    return file.getvalue()
