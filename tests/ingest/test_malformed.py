"""Broken files and changed copies of sound ones: a message or an account of every row, within seconds and within the child's memory."""
import json
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from crm_core.ingest import opening, unpacking
from crm_core.ingest.sources import SOURCES
from tests.ingest import books, malformed, sound
from tests.ingest.judging import Judge
from tests.ingest.mutating import mutation, written

CORPUS = dict(malformed.corpus())
UNPACKED = tuple(ending for ending, kind in opening.ENDINGS.items() if kind != "csv")
TEXTS, OTHERS = ([name for name in CORPUS if name.endswith(UNPACKED) == is_other] for is_other in (False, True))
SAMPLE = {*TEXTS[::6], *OTHERS[::30]}  # a child process for each of the others takes its time
WRITTEN_ANEW = ("xlsx", "jsonl", "parquet")
SLICE = 500
GIBIBYTE = 1024 ** 2  # in kB


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """A judge whose hotel has one row of everything."""
    return Judge(tmp_path_factory.mktemp("judged"))


def every(names, marks=()):
    return [pytest.param(name, marks=marks) for name in names]


def test_there_are_more_than_three_hundred_broken_files_of_every_kind():
    assert len(CORPUS) > 300
    assert {Path(name).suffix for name in CORPUS} == {".csv", ".tsv", ".json", ".jsonl", ".xlsx", ".xls", ".parquet", ".pdf"}


@pytest.mark.parametrize("name", every(name for name in CORPUS if name in SAMPLE) + every(
    (name for name in CORPUS if name not in SAMPLE), pytest.mark.soak))
def test_a_broken_file_costs_a_message_or_the_rows_that_it_breaks(judge, name):
    judge(CORPUS[name], name)


@pytest.mark.parametrize("source", SOURCES)
def test_the_sound_file_of_a_source_is_read_without_a_reject(judge, source):
    grid = sound.files()[source]
    code = judge(written(grid, "csv"), "sound.csv", source=source, **({} if "property" in grid[0] else {"property_code": "GALLE"}))
    assert code == ("columns_missing" if source == "opera_subscriptions" else "")  # which names no person


@pytest.mark.parametrize("first", [0, *every(range(SLICE, 10_000, SLICE), pytest.mark.soak)])
def test_changed_copies_of_sound_files_are_read_or_refused(judge, first):
    is_short = first == 0
    for seed in range(first, first + (150 if is_short else SLICE)):
        content, name, said = mutation(seed)
        judge(content, name, **said)


@pytest.mark.parametrize(("ending", "seeds"), [
    *[(ending, range(2)) for ending in WRITTEN_ANEW],
    *[pytest.param(ending, range(at, at + 44), marks=pytest.mark.soak) for ending in WRITTEN_ANEW for at in range(2, 134, 44)]])
def test_changed_copies_of_workbooks_json_lines_and_parquet_are_read_or_refused(judge, ending, seeds):
    for seed in seeds:
        content, name, said = mutation(seed * 7, ending)
        judge(content, name, **said)


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_copy_is_the_same_for_ever(seed):
    assert mutation(seed) == mutation(seed)


def peak(path: Path, kind: str, folder: Path) -> tuple[int, dict]:
    """Unpack a file as an import does; return the most memory that the child really had, in kB, and what it told."""
    command = [sys.executable, "-m", unpacking.__name__, kind, str(path), str(folder / "table.csv"), json.dumps({"decimal": "."})]
    child = subprocess.Popen(command, cwd=opening.ROOT, env=opening._environment(folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    most, status = 0, Path(f"/proc/{child.pid}/status")
    while child.poll() is None:
        lines = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        most = max([most, *(int(line.split()[1]) for line in lines)])
        time.sleep(0.005)
    return most, opening._answer(child.stdout.read())


def stored(sheet: str) -> bytes:
    """A workbook that is not packed, so that its size raises no doubt."""
    return books.forged(sheet, packing=zipfile.ZIP_STORED)


def noise(size: int) -> str:
    return random.Random(size).randbytes(size // 2).hex()


BURDENS = {
    "a hundred thousand cells.xlsx": (lambda: stored(books.cells(5_000, 20)), (None,)),
    "entities.xlsx": (lambda: books.forged(books.ENTITY, before=books.LAUGHS), ("unsafe",)),
}
# Those that are legal come in where the machine is fast enough, or are too large; the others are always too large.
HEAVY = {
    "an endless sheet.xlsx": (lambda: books.forged(books.FAR), ("too_wide",)),
    "eight million cells.xlsx": (lambda: stored(books.cells(400_000, 20)), (None, "too_large")),
    "two hundred megabytes of one cell.xlsx": (lambda: stored(f"<row><c t='inlineStr'><is><t>{noise(190_000_000)}</t></is></c></row>"), ("too_large",)),
    "a row without an end.xlsx": (lambda: stored("<row>" + "<c><v>1</v></c>" * 11_000_000), ("too_large", "damaged")),
    "deep in elements.xlsx": (lambda: stored("<row>" * 10_000_000), ("too_large", "damaged")),
    "four hundred sheets.xlsx": (lambda: books.book(**{f"S{at}": [["a", "b"], [1, 2]] for at in range(400)}), (None,)),
    "one array.json": (lambda: b"[" + b",".join([b'{"a":1,"b":"x"}'] * 12_000_000) + b"]", ("too_large",)),
    "lines.jsonl": (lambda: b'{"a":1,"b":"x","c":"2025-03-28"}\n' * 3_000_000, (None, "too_large")),
    "long lines.jsonl": (lambda: (b'{"a":"' + b"x" * 5_000_000 + b'"}\n') * 30, (None,)),
    "columns.parquet": (lambda: malformed._of({f"c{at}": random.Random(at).choices(range(10 ** 12), k=100_000) for at in range(40)}), (None,)),
    "one long text.parquet": (lambda: malformed._of({"a": ["x" * 300_000_000]}), ("too_large",)),
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell how much memory a process had")
@pytest.mark.parametrize("name", [*BURDENS, *every(HEAVY, pytest.mark.soak)])
def test_the_child_never_has_more_than_a_gibibyte(tmp_path, name):
    make, codes = (BURDENS | HEAVY)[name]
    (path := tmp_path / name).write_bytes(make())
    most, told = peak(path, opening.ENDINGS[path.suffix], tmp_path)
    print(f"{name}: {most / 1024:.0f} MB")
    assert 10_000 < most <= GIBIBYTE
    assert told.get("problem") in codes
