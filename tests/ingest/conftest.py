"""A new hotel store in a folder of its own, and files written beside it."""
import csv
import io

import pytest
import sqlalchemy as sa

from crm_core import schema, settings
from crm_core.ingest.importing import import_file
from crm_core.store import record

BOOKING = {"confirmation": "R-1", "property": "GALLE", "status": "checked_out", "booked_on": "2025-01-12", "arrival": "2025-03-28",
    "departure": "2025-03-31",
           "channel": "Booking.com", "room_revenue": "420.00"}
CONTENT = ("property", "channel", "guest", "profile", "search_term", "stay", "charge", "preference", "consent", "import_batch",
    "import_reject", "audit")


def csv_of(rows: list[dict], columns: list[str] | None = None) -> str:
    """CSV text of bookings; the columns are those that any row has."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or list(dict.fromkeys(name for row in rows for name in row)), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class Desk:
    """A store and a folder: files are written and imported, and tables are read back."""

    def __init__(self, store, home):
        self.store, self.home = store, home

    def write(self, content, name="file.csv"):
        path = self.home / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def bring(self, content, name="file.csv", **options):
        return import_file(self.store, self.write(content, name), **options)

    def bring_rows(self, *rows, name="file.csv", **options):
        """Import bookings that differ from BOOKING by what each row says."""
        return self.bring(csv_of([BOOKING | row for row in rows]), name, **options)

    def table(self, name, *columns, order=None):
        t = schema.metadata.tables[name]
        wanted = [t.c[column] for column in columns] or list(t.c)
        with self.store.reading() as connection:
            return [tuple(row) for row in connection.execute(sa.select(*wanted).order_by(*(t.c[order],) if order else wanted))]

    def one(self, name, *columns):
        """The only row of a table (its only value where one column is asked)."""
        (row,) = self.table(name, *columns)
        return row[0] if len(columns) == 1 else row

    def rejected(self):
        return self.table("import_reject", "line", "column", "value", "rule", order="line")

    def everything(self):
        return {name: self.table(name) for name in CONTENT}


@pytest.fixture
def desk(sqlite_store, tmp_path):
    """A desk where the engine does not matter."""
    return Desk(sqlite_store, tmp_path)


@pytest.fixture
def second_desk(tmp_path):
    """Another hotel's desk."""
    opened = record.open_store(settings.at(tmp_path / "second", "hotel"))
    yield Desk(opened, tmp_path / "second")
    opened.engine.dispose()
