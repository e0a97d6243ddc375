"""The lines that a file's import kept out, as rows and as a CSV file that is safe to open in a spreadsheet."""
import csv
import io
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.ingest.problems import reason
from crm_core.schema import import_reject

COLUMNS = ("line", "column", "value", "rule", "reason")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rejects(connection: Connection, batch: int) -> Iterator[dict]:
    """Yield one dict per line that a batch kept out, in file order; the reason is in the language in use."""
    c = import_reject.c
    rows = connection.execute(sa.select(c.line, c.column, c.value, c.rule).where(c.batch_id == batch).order_by(c.line, c.id))
    return ({**row, "reason": reason(row["rule"])} for row in rows.mappings())


def as_csv(rows: Iterator[dict]) -> str:
    """Return rejects as CSV text; a value that a spreadsheet would run as a formula is led by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_inert(row[column]) for column in COLUMNS] for row in rows)
    return text.getvalue()


def _inert(value) -> str:
    value = str(value)
    return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value
