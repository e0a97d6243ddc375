"""The limits of the child process, and what it writes."""
import errno
import io
import json
import subprocess
import sys
import zipfile

import pytest
import xlrd

from crm_core.ingest import unpacking, unpacking_workbooks
from crm_core.ingest.opening import plain
from crm_core.ingest.problems import PROBLEMS, ImportProblem
from crm_core.ingest.unpacking import Asked, Refused, check_zip, problem, write
from tests.ingest.books import ENTITY, FAR, LAUGHS, OUTSIDE, book, cells, forged


def written(rows):
    file = io.StringIO()
    write(rows, file)
    return file.getvalue()


def refused(tmp_path, content):
    path = tmp_path / "f.xlsx"
    path.write_bytes(content)
    with pytest.raises(Refused) as problem:
        check_zip(str(path))
    return str(problem.value)


def test_every_row_is_one_line_whatever_stands_in_its_cells():
    rows = [["a", "b"], [], ["two\r\nlines", 'say "hi"'], ["", ""], ["1,5", "x\u2028y", ""]]
    assert written(rows) == 'a,b\n\ntwo lines,"say ""hi"""\n\n"1,5",x y\n'


def test_too_many_columns_are_refused_where_they_are_filled():
    assert written([["x"] + [""] * 16_000]) == "x\n"
    with pytest.raises(Refused, match="too_wide"):
        written([["x"] * 501])


def test_an_archive_is_judged_before_it_is_opened(tmp_path):
    assert refused(tmp_path, forged(cells(8_000, 100))) == "too_large"  # more than 100 times as large when unpacked
    assert refused(tmp_path, forged("", more={f"e{at}": "x" for at in range(1_000)})) == "too_large"
    assert refused(tmp_path, forged("", more={"../../evil": "x"})) == "unsafe"
    assert refused(tmp_path, forged("", more={"c:/evil": "x"})) == "unsafe"
    assert refused(tmp_path, forged(ENTITY, before=LAUGHS)) == "unsafe"
    assert refused(tmp_path, forged(ENTITY, before=OUTSIDE)) == "unsafe"


def test_a_sound_archive_passes(tmp_path):
    path = tmp_path / "f.xlsx"
    path.write_bytes(book(["a"], [1]))
    assert check_zip(str(path)) is None


HOSTILE = {"billion laughs": (forged(ENTITY, before=LAUGHS), "unsafe"), "an external entity": (forged(ENTITY, before=OUTSIDE), "unsafe"),
           "two cells as far apart as can be": (forged(FAR), "too_wide"), "800,000 cells in 90 kB": (forged(cells(8_000, 100)), "too_large"),
           "8,000,000 cells": (None, "too_large"), "no sheet at all": (forged("<"), "damaged")}


@pytest.mark.parametrize(("content", "code"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_workbook_costs_a_message(tmp_path, content, code):
    path = tmp_path / "f.xlsx"
    path.write_bytes(content or forged(cells(40_000, 200)))
    with pytest.raises(ImportProblem) as problem, plain(path, "f.xlsx", "xlsx"):
        pass
    assert problem.value.code == code


def test_many_cells_that_are_not_packed_so_tightly_come_in(tmp_path):
    path = tmp_path / "f.xlsx"
    path.write_bytes(forged(cells(1_000, 100), packing=zipfile.ZIP_STORED))
    with plain(path, "f.xlsx", "xlsx") as table:
        assert len(table.path.read_text().splitlines()) == 1_000


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no limit of addresses")
def test_the_child_has_no_more_than_its_memory_and_its_time():
    limits = "import crm_core.ingest.unpacking as u, resource, signal; u.limit(); print(resource.getrlimit(resource.RLIMIT_AS)[0], " \
             "resource.getrlimit(resource.RLIMIT_CPU)[0], round(signal.getitimer(signal.ITIMER_PROF)[0]))"
    told = subprocess.run([sys.executable, "-c", limits], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["1073741824", "600", "60"]


def test_what_a_reader_raises_becomes_a_message():
    class DTDForbidden(Exception):
        pass
    errors = [Refused("too_wide"), MemoryError(), DTDForbidden(), KeyError("x"), OSError("no footer"), OSError(errno.EFBIG, "")]
    assert [problem(error) for error in errors] == ["too_wide", "too_large", "unsafe", "damaged", "damaged", "too_large"]
    assert {"too_wide", "too_large", "unsafe", "damaged", "sheet", "empty"} <= set(PROBLEMS)


def test_the_child_answers_in_json(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(unpacking, "limit", lambda: None)
    source, target = tmp_path / "f.xlsx", tmp_path / "t.csv"
    source.write_bytes(book(Empty=[], Data=[["a"], [1]], More=[["b"], [2]]))
    unpacking.main(["xlsx", str(source), str(target), "{}"])
    assert json.loads(capsys.readouterr().out) == {"sheets": ["Data", "More"], "sheet": "Data"}
    unpacking.main(["xlsx", str(source), str(target), '{"sheet": "Nowhere"}'])
    assert json.loads(capsys.readouterr().out) == {"sheets": ["Empty", "Data", "More"], "problem": "sheet"}


@pytest.mark.parametrize(("value", "text"), [(42.0, "42"), (1240.5, "1240.5"), (0.1 + 0.2, "0.3"), (1e16, "10000000000000000"), (1e-7, "0.0000001"),
    (-12.25, "-12.25")])
def test_numbers_are_written_in_digits(value, text):
    assert unpacking_workbooks.number(value) == text


def test_a_workbook_of_before_2007(monkeypatch):
    cell = xlrd.sheet.Cell
    rows = [[cell(1, "Res"), cell(1, "Arrival"), cell(1, "Price")], [cell(2, 42.0), cell(3, 45744.0), cell(2, 15.5)],
            [cell(5, 42), cell(3, 1e10), cell(4, 1)]]

    class Sheet:
        nrows = 3

        def row(self, at):
            return rows[at]

    class Book:
        datemode = 0

        def sheet_names(self):
            return ["Data"]

        def sheet_by_name(self, _):
            return Sheet()

    monkeypatch.setattr(xlrd, "open_workbook", lambda *_, **__: Book())
    assert list(unpacking_workbooks.xls(Asked("a.xls", decimal=","))) == [
        ["Res", "Arrival", "Price"], ["42", "2025-03-28", "15,5"], ["#N/A", "10000000000.0", "true"]]
