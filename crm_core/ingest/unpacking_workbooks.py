"""The rows of Excel workbooks as text: cached values only, never formulas or macros."""
import datetime as dt
from collections.abc import Iterator

import defusedxml
import openpyxl
import xlrd

from crm_core.ingest.unpacking import Asked, Refused, check_zip

MOST_ROWS = 1_048_576


def xlsx(asked: Asked) -> Iterator[list[str]]:
    """Yield the rows of the chosen sheet, or of the first that has any; an empty list for a row that is left out."""
    check_zip(asked.source)
    if not (openpyxl.DEFUSEDXML and defusedxml):
        raise Refused("unsafe")  # without it an entity could be unfolded without end
    with open(asked.source, "rb") as file:  # by its bytes: the name of an upload has no ending
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheets = {sheet.title: sheet for sheet in book.worksheets if sheet.sheet_state == "visible"} or {
            sheet.title: sheet for sheet in book.worksheets}
        for sheet in sheets.values():
            sheet.reset_dimensions()  # some programs write a wrong size, and rows beyond it would be lost
        sheet = sheets[_choose(asked, [title for title in sheets if _has_rows(sheets[title])], list(sheets))]
        for row in sheet.iter_rows(max_row=MOST_ROWS, values_only=True):
            yield [_text(value, asked.decimal) for value in row]


def xls(asked: Asked) -> Iterator[list[str]]:
    """Yield the rows of a workbook in the format of before 2007."""
    book = xlrd.open_workbook(asked.source, on_demand=True, logfile=_Silence())
    titles = book.sheet_names()
    filled = [title for title in titles if book.sheet_by_name(title).nrows > 1]
    sheet = book.sheet_by_name(_choose(asked, filled, titles))
    for at in range(sheet.nrows):
        yield [_xls_text(cell, book.datemode, asked.decimal) for cell in sheet.row(at)]


def _choose(asked: Asked, filled: list[str], titles: list[str]) -> str:
    """Return the title of the sheet to read, and tell which ones there are."""
    asked.told |= {"sheets": filled or titles[:1]}
    if asked.sheet and asked.sheet not in titles:
        asked.told |= {"sheets": titles}
        raise Refused("sheet")
    if not titles:
        raise Refused("empty")
    asked.told["sheet"] = asked.sheet or asked.told["sheets"][0]
    return asked.told["sheet"]


def _has_rows(sheet) -> bool:
    """Return whether a sheet has two rows with something in them among its first hundred."""
    return sum(any(value is not None for value in row) for row in sheet.iter_rows(max_row=100, values_only=True)) > 1


class _Silence:
    def write(self, _: str) -> None:
        """Keep xlrd's warnings out of the answer."""


def _xls_text(cell, datemode: int, decimal: str) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return _text(xlrd.xldate_as_datetime(cell.value, datemode), decimal)
        except (ValueError, OverflowError):
            return str(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return _text(bool(cell.value), decimal)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#N/A")
    return _text(cell.value, decimal)


def _text(value, decimal: str) -> str:
    """Return a cell's value as text: days and instants as ISO says, numbers with the 15 digits that Excel counts with."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value).replace(".", decimal)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(timespec="seconds")
    return value.isoformat(timespec="seconds") if isinstance(value, dt.time) else str(value)


def number(value: float) -> str:
    """Return a number in digits, never with an exponent; 42.0 is 42."""
    short = f"{value:.15g}"
    return f"{value:.0f}" if "e+" in short else f"{value:.10f}".rstrip("0").rstrip(".") if "e-" in short else short
