"""The child process that turns a workbook, JSON lines or Parquet into a plain CSV whose lines are the file's rows.

A file that somebody sent is opened here and nowhere else: with limits on memory, time and size, and nothing to lose but the process.
`python -m crm_core.ingest.unpacking KIND SOURCE TARGET OPTIONS` prints one JSON object: {"sheet", "sheets"} or {"problem"}.
"""
import csv
import errno
import json
import signal
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

COLUMNS = 500
MEMORY = 1024 ** 3
OUTPUT = 2 * 1024 ** 3
SECONDS, ROWS, MOST_SECONDS = 60, 200_000, 600  # so much work for so many rows, however busy the machine is, and never more in all
UNPACKED, RATIO, ENTRIES = 200_000_000, 100, 1_000
BROKEN = "\ufdd0"  # begins a row that only says which rule its line breaks; no text has this character


class Refused(Exception):
    """A file that is not opened; its text is a key of problems.PROBLEMS."""


@dataclass
class Asked:
    """What to open: the sheet by name where one is chosen, and the decimal sign that numbers are to be written with."""

    source: str
    sheet: str | None = None
    decimal: str = "."
    told: dict = field(default_factory=dict)


def main(arguments: list[str]) -> None:
    """Unpack one file within the limits and print what was found."""
    kind, source, target, options = arguments
    limit()
    asked = Asked(source, **json.loads(options))
    try:
        with open(target, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            write(rows_of(kind)(asked), file)
        print(json.dumps(asked.told))
    except Exception as error:  # whatever a damaged file does to its reader, the answer is one message
        print(json.dumps(asked.told | {"problem": problem(error)}))


def limit() -> None:
    """Bind this process to 1 GiB of addresses, a time and 2 GiB of output, where the system knows such limits."""
    try:
        import resource
    except ImportError:  # Windows: the size checks here and the parent's clock stand alone
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS), (resource.RLIMIT_FSIZE, OUTPUT)):
        resource.setrlimit(what, (most, most))
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, SECONDS)


def more_time(row: int) -> None:
    """Wind the clock again that ends this process, where it runs: 60 s of work for each 200,000 rows."""
    if row % ROWS == 0 and hasattr(signal, "setitimer") and signal.getitimer(signal.ITIMER_PROF)[0]:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)


def problem(error: Exception) -> str:
    """Return the key of PROBLEMS for what a reader raised."""
    if isinstance(error, Refused):
        return str(error)
    is_full = isinstance(error, OSError) and error.errno in (errno.EFBIG, errno.ENOSPC)
    if is_full or isinstance(error, MemoryError):
        return "too_large"
    return "unsafe" if type(error).__name__ in ("DTDForbidden", "EntitiesForbidden", "ExternalReferenceForbidden") else "damaged"


def rows_of(kind: str) -> Callable[[Asked], Iterator[list[str]]]:
    """Return the reader of a kind: its rows as text, each for one line; imported late, so that the limits hold for the import too."""
    from crm_core.ingest import unpacking_records, unpacking_workbooks
    return {"xlsx": unpacking_workbooks.xlsx, "xls": unpacking_workbooks.xls,
            "jsonl": unpacking_records.json_lines, "parquet": unpacking_records.parquet}[kind]


def write(rows: Iterable[list[str]], file) -> None:
    """Write one line per row; line breaks inside a cell become blanks, so that line numbers stay those of the file."""
    writer = csv.writer(file, lineterminator="\n")
    for row, cells in enumerate(rows):
        more_time(row)
        filled = len(cells)
        while filled and not cells[filled - 1]:
            filled -= 1
        if filled > COLUMNS:
            raise Refused("too_wide")
        if filled:
            kept = cells[:filled]
            writer.writerow(kept if "".join(kept).isprintable() else [" ".join(cell.splitlines()) for cell in kept])
        else:
            file.write("\n")


def check_zip(path: str) -> None:
    """Raise Refused for an archive that would unpack into too much, or that holds a path outside itself or a document type."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
        if len(entries) > ENTRIES or unpacked > UNPACKED or unpacked > RATIO * max(packed, 1_000):
            raise Refused("too_large")
        for entry in entries:
            name = entry.filename.replace("\\", "/")
            if name.startswith("/") or ":" in name or ".." in name.split("/"):
                raise Refused("unsafe")
            if name.endswith((".xml", ".rels")):
                with archive.open(entry) as part:
                    if b"<!" in part.read(1_000).replace(b"\0", b"").replace(b"<!--", b""):
                        raise Refused("unsafe")


if __name__ == "__main__":
    from crm_core.ingest import unpacking  # under its own name, so that its Refused is the one that the readers raise
    unpacking.main(sys.argv[1:])
