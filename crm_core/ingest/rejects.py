"""The lines that a file's import kept out, as rows and as a CSV file that is safe to open in a spreadsheet."""
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.exports import csv_text
from crm_core.ingest.problems import reason
from crm_core.schema import import_batch, import_reject

COLUMNS = ("line", "column", "value", "rule", "reason")


def is_batch(connection: Connection, batch: int) -> bool:
    """Say whether a file came in under this number."""
    return connection.execute(sa.select(import_batch.c.id).where(import_batch.c.id == batch)).first() is not None


def rejects(connection: Connection, batch: int) -> Iterator[dict]:
    """Yield one dict per line that a batch kept out, in file order; the reason is in the language in use."""
    c = import_reject.c
    rows = connection.execute(sa.select(c.line, c.column, c.value, c.rule).where(c.batch_id == batch).order_by(c.line, c.id))
    return ({**row, "reason": reason(row["rule"])} for row in rows.mappings())


def as_csv(rows: Iterator[dict]) -> str:
    """Return rejects as CSV text that no spreadsheet can be tricked by."""
    return csv_text(COLUMNS, ([row[column] for column in COLUMNS] for row in rows))
