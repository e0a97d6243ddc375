"""Workbooks for the tests: sound ones, and ones that somebody built to do harm."""
import io
import zipfile

import openpyxl

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def book(*rows, **sheets) -> bytes:
    """An .xlsx file with these rows on its only sheet, or with sheets by name."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, content in (sheets or {"Data": rows}).items():
        sheet = made.create_sheet(title)
        for row in content:
            sheet.append(row)
    return _saved(made)


def _saved(made) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def forged(sheet: str, *, packing=zipfile.ZIP_DEFLATED, more: dict | None = None, before: str = "") -> bytes:
    """An .xlsx file whose sheet is the given XML, with further entries in its archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(["x"]))) as source, zipfile.ZipFile(file, "w", packing) as target:
        for entry in source.infolist():
            is_sheet = entry.filename == "xl/worksheets/sheet1.xml"
            target.writestr(entry.filename, f"{before}<worksheet {NAMESPACE}><sheetData>{sheet}</sheetData></worksheet>" if is_sheet
                else source.read(entry))
        for name, content in (more or {}).items():
            target.writestr(name, content)
    return file.getvalue()


def cells(rows: int, columns: int) -> str:
    """The XML of so many rows of ones."""
    row = "<c><v>1</v></c>" * columns
    return "".join(f'<row r="{at}">{row}</row>' for at in range(1, rows + 1))


LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)) + "]>"
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY i SYSTEM "file:///etc/hostname">]>'
ENTITY = '<row r="1"><c t="inlineStr"><is><t>&i;</t></is></c></row>'
FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
