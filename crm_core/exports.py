"""Tables as files: CSV and XLSX that no spreadsheet can be tricked by, and Parquet for programs."""
import csv
import io
from collections.abc import Iterable, Sequence

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\x00")
MOST_ROWS = 100_000


def harmless(value: object) -> object:
    """Return a cell's value: nothing for what is not known, an apostrophe before text that a spreadsheet could take for a formula.

    Source: OWASP ASVS 5.0, 1.2.10.
    """
    if value is None or value != value:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(DANGEROUS):
        return "'" + value.replace("\x00", "")
    return value


def csv_text(columns: Sequence[str], rows: Iterable[Sequence]) -> str:
    """Return a table as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([harmless(c) for c in columns])
    writer.writerows([harmless(v) for v in row] for row in rows)
    return out.getvalue()


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence]) -> bytes:
    """Return a table as CSV in UTF-8 with a byte-order mark, which spreadsheets recognise."""
    return csv_text(columns, rows).encode("utf-8-sig")


def xlsx_bytes(columns: Sequence[str], rows: Iterable[Sequence], sheet: str = "Innsight") -> bytes:
    """Return a table as a workbook whose cells are typed strings and numbers, never formulas."""
    import xlsxwriter
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                     "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet(sheet[:31])
    for y, row in enumerate((columns, *rows)):
        for x, value in enumerate(row):
            _write(page, y, x, harmless(value))
    book.close()
    return out.getvalue()


def parquet_bytes(columns: Sequence[str], rows: Iterable[Sequence]) -> bytes:
    """Return a table as Parquet: numbers stay numbers, days stay days; a column in which kinds are mixed becomes text."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    table = pa.table([_column(column) for column in values], names=_distinct(columns))
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def _column(values: Sequence):
    import pyarrow as pa
    known = [None if value != value else value for value in values]
    try:
        return pa.array(known)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else str(value) for value in known], pa.string())


def _distinct(columns: Sequence[str]) -> list[str]:
    """Names that come again get a number: readers of Parquet know a column by its name."""
    seen: dict[str, int] = {}
    found = []
    for name in columns:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def _write(page, y: int, x: int, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        page.write_string(y, x, str(value))
    else:
        page.write_number(y, x, value)
