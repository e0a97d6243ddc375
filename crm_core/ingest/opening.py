"""A file of any kind becomes a plain text table: what it is is told by its first bytes, and a child process unpacks it."""
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crm_core.i18n import N_, t
from crm_core.ingest import unpacking
from crm_core.ingest.problems import ImportProblem
from crm_core.settings import ROOT, system_environment

ENDINGS = {".csv": "csv", ".tsv": "csv", ".tab": "csv", ".psv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls",
           ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet", ".pq": "parquet"}
BINARIES = (b"\x89PNG", b"\xff\xd8\xff", b"%PDF", b"\x1f\x8b", b"SQLite format", b"GIF8")
MAGIC = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"PAR1": "parquet"}
NAMED = {"csv": N_("a text table (.csv)"), "jsonl": N_("JSON (.jsonl)"), "xlsx": N_("an Excel workbook (.xlsx)"),
         "xls": N_("an Excel workbook of before 2007 (.xls)"), "parquet": N_("Parquet (.parquet)"), "html": N_("a web page (.html)")}
UNPACKED = ("xlsx", "xls", "jsonl", "parquet")


@dataclass(frozen=True)
class Plain:
    """A text table: the file itself or what it was unpacked to, and for a workbook its sheet and the sheets that have rows."""

    path: Path
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


def open_file(path: str | Path, name: str) -> BinaryIO:
    """Return the file, open for reading; raises ImportProblem where it is not there or may not be read."""
    try:
        return open(path, "rb")
    except OSError as error:
        raise ImportProblem("no_file", file=name) from error


def kind(path: str | Path, name: str) -> str:
    """Return what a file is: csv, xlsx, xls, jsonl or parquet; raises ImportProblem where its name says something else."""
    with open_file(path, name) as file:
        head = file.read(4096)
    if not head.strip():
        raise ImportProblem("empty", file=name)
    found, ending = _content(head, name), Path(name).suffix.lower()
    said = ENDINGS.get(ending, found)
    if found == "csv" and said == "jsonl" and head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] in b"{[":
        return "jsonl"
    if said != found:
        raise ImportProblem("extension", file=name, found=t(NAMED[found]))
    return found


def _content(head: bytes, name: str) -> str:
    for magic, found in MAGIC.items():
        if head.startswith(magic):
            return found
    if head.startswith(BINARIES):
        raise ImportProblem("binary", file=name)
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or wide(head)
    if not is_wide and any(byte < 32 and byte not in b"\t\r\n\f" for byte in head.split(b"\n")[0]):
        raise ImportProblem("binary", file=name)
    return "html" if head.lstrip()[:200].lower().startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")) else "csv"


def wide(head: bytes) -> str:
    """Return utf-16-le or utf-16-be where every other byte of the beginning is 0 though no mark says so, "" otherwise."""
    head = head[:200]
    low, high = head[::2].count(0), head[1::2].count(0)
    if max(low, high) * 5 < len(head) or min(low, high):
        return ""
    return "utf-16-be" if low else "utf-16-le"


@contextmanager
def plain(path: str | Path, name: str, kind: str, sheet: str | None = None, decimal: str = ".") -> Iterator[Plain]:
    """Give the file as a text table: CSV in UTF-8 with commas, unless it was text from the start. Raises ImportProblem."""
    if kind == "csv":
        yield Plain(Path(path))
        return
    if kind not in UNPACKED:
        raise ImportProblem("kind", file=name)
    with tempfile.TemporaryDirectory(prefix="import-", ignore_cleanup_errors=True) as folder:
        target = Path(folder, "table.csv")
        told = _unpacked(Path(path).resolve(), target, name, kind, {"sheet": sheet, "decimal": decimal})
        yield Plain(target, told.get("sheet"), tuple(told.get("sheets", ())))


def _unpacked(source: Path, target: Path, name: str, kind: str, options: dict) -> dict:
    """Let the child unpack the file; return what it told."""
    command = [sys.executable, "-m", unpacking.__name__, kind, str(source), str(target), json.dumps(options)]
    try:
        child = subprocess.run(command, cwd=ROOT, env=_environment(target.parent), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=unpacking.MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise ImportProblem("too_large", file=name) from error
    told = _answer(child.stdout)
    if code := told.get("problem"):
        raise ImportProblem(code, file=name, most=unpacking.COLUMNS, found=options["sheet"], named=", ".join(told.get("sheets", ())))
    return told


def _answer(output: bytes) -> dict:
    """Return the child's last word; one that was stopped by its limits has none."""
    try:
        return json.loads(output)
    except ValueError:
        return {"problem": "too_large"}


def _environment(folder: Path) -> dict[str, str]:
    """Return what the child may know: where programs are and where it may write, nothing of this process's settings."""
    return system_environment() | {"TMPDIR": str(folder), "TEMP": str(folder), "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1",
                   "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
