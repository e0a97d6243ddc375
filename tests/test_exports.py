"""What leaves as a file opens in a spreadsheet as the text and the numbers it was, never as a formula."""

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.exports import csv_bytes, harmless, parquet_bytes, xlsx_bytes

FORMULAS = (
    "=1+1",
    '=HYPERLINK("https://evil.example","x")',
    "+351 21 555 0100",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\x00=1+1",
    "=cmd|' /C calc'!A0",
)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
COLUMNS = ("Guest", "Stays", "Spend")


def csv_cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_cells(content: bytes) -> list[list]:
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    return [list(row) for row in page.iter_rows()]


def test_a_csv_begins_with_the_mark_by_which_spreadsheets_know_utf_8():
    assert csv_bytes(COLUMNS, [("ሰላም", 3, 1.5)]) == b"\xef\xbb\xbf" + "Guest,Stays,Spend\r\nሰላም,3,1.5\r\n".encode()


@pytest.mark.parametrize("payload", FORMULAS)
def test_text_that_could_be_a_formula_is_led_by_an_apostrophe_in_both_formats(payload):
    shown = "'" + payload.replace("\x00", "")
    assert csv_cells(csv_bytes([payload], [(payload,)])) == [[shown], [shown]]
    head, body = xlsx_cells(xlsx_bytes([payload], [(payload,)]))
    assert [cell[0].data_type for cell in (head, body)] == ["s", "s"]
    assert body[0].value.replace("_x000D_", "\r") == shown


def test_an_apostrophe_is_all_that_is_added():
    assert [harmless(text)[1:] for text in FORMULAS if "\x00" not in text] == [text for text in FORMULAS if "\x00" not in text]


@pytest.mark.parametrize("text", ["Ana Silva", "1=1", "O'Brien", "ana@example.com", "−3.6", "'quoted", ""])
def test_harmless_text_stays_as_it_is(text):
    assert harmless(text) == text


def test_numbers_stay_numbers_even_where_they_are_negative():
    assert csv_cells(csv_bytes(COLUMNS, [("Ana", -2, -3.5)]))[1] == ["Ana", "-2", "-3.5"]
    name, stays, spend = xlsx_cells(xlsx_bytes(COLUMNS, [("Ana", -2, -3.5)]))[1]
    assert [(cell.data_type, cell.value) for cell in (name, stays, spend)] == [("s", "Ana"), ("n", -2), ("n", -3.5)]


def test_what_is_not_known_is_an_empty_cell():
    assert csv_cells(csv_bytes(COLUMNS, [(None, None, float("nan"))]))[1] == ["", "", ""]
    assert [cell.value or "" for cell in xlsx_cells(xlsx_bytes(COLUMNS, [("Ana", None, float("nan"))]))[1]] == ["Ana", "", ""]


def test_dates_and_truths_are_text_in_a_workbook():
    cells = xlsx_cells(xlsx_bytes(COLUMNS, [(dt.date(2025, 3, 31), True, "2025")]))[1]
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", "2025-03-31"), ("s", "True"), ("s", "2025")]


def test_a_workbook_holds_no_formula_and_no_link():
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(COLUMNS, [("=1+1", "https://evil.example", "mailto:a@b.example")]))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b"hyperlink" not in sheet
        assert [name for name in book.namelist() if "_rels/sheet" in name] == []


@given(st.lists(st.tuples(TEXT, st.integers(), st.text('=+-@\t\r\n",;ab')), max_size=5))
def test_every_row_comes_back_from_a_csv_when_the_apostrophe_is_taken_away(rows):
    found = csv_cells(csv_bytes(COLUMNS, rows))[1:]
    assert [len(row) for row in found] == [3] * len(rows)
    for (first, number, last), cells in zip(rows, found, strict=True):
        assert cells == [harmless(first), str(number), harmless(last)]
        assert not cells[0].startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cells[2].removeprefix("'") == last


def test_parquet_keeps_numbers_and_days_and_makes_text_of_what_is_mixed():
    columns, rows = ["Group", "Share", "n", "Day", "n"], [("a", 0.5, 3, dt.date(2025, 3, 1), 1), ("b", float("nan"), 4, None, "many")]
    found = pq.read_table(io.BytesIO(parquet_bytes(columns, rows)))
    assert found.to_pydict() == {"Group": ["a", "b"], "Share": [0.5, None], "n": [3, 4], "Day": [dt.date(2025, 3, 1), None], "n (2)": ["1", "many"]}


def test_parquet_of_no_rows_has_its_columns():
    assert pq.read_table(io.BytesIO(parquet_bytes(["Group", "n"], []))).column_names == ["Group", "n"]
