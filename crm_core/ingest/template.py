"""The canonical files to start from: of each target its header, example rows, and what each column means."""
import csv
import io

from crm_core.i18n import t
from crm_core.ingest.targets import TARGETS

# Of bookings more than one example is worth its place: a cancellation, and a booking to come.
FURTHER = {"bookings": (
    {"confirmation": "R-1002", "property": "GALLE", "status": "cancelled", "booked_on": "2025-01-20", "arrival": "2025-04-02",
     "departure": "2025-04-05", "cancelled_on": "2025-03-15", "channel": "Own site", "segment": "business", "room_type": "Single",
     "adults": "1", "guest_country": "United Kingdom", "currency": "EUR", "room_revenue": "0.00", "cancellation_fee": "90.00",
     "given_name": "Tariq", "family_name": "Aziz", "phone": "+44 20 7946 0018"},
    {"confirmation": "R-1003", "property": "GALLE", "status": "confirmed", "booked_on": "2025-02-11", "arrival": "2025-05-09",
     "departure": "2025-05-10", "channel": "Walk-in", "segment": "leisure", "room_type": "Double", "adults": "2", "children": "1",
     "currency": "EUR", "room_revenue": "135.50"},
)}


def template(target: str = "bookings") -> str:
    """Return a target's template as CSV text: its header and rows as examples; raises KeyError for a target that is none."""
    text, columns = io.StringIO(), TARGETS[target].columns
    writer = csv.DictWriter(text, [column.name for column in columns], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerow({column.name: column.example for column in columns})
    writer.writerows(FURTHER.get(target, ()))
    return text.getvalue()


def explained(target: str = "bookings") -> list[dict]:
    """Return one dict per column of a target: column, meaning in the language in use, required (bool), example."""
    return [{"column": column.name, "meaning": t(column.meaning), "required": column.required, "example": column.example}
            for column in TARGETS[target].columns]


def reference() -> str:
    """Return the reference of all targets as Markdown: docs/columns.md is its English text."""
    parts = ["# Columns of our own files", t("UTF-8, comma, semicolon or tab; headers may stand in any order and in many languages. "
                                             "`python -m crm_core template <name>` prints one with an example row.")]
    for name, target in TARGETS.items():
        parts += [f"## {name}: {t(target.title)}", t(target.grain), _table(name)]
    return "\n\n".join(parts) + "\n"


def _table(name: str) -> str:
    rows = [f"| `{row['column']}`{' **required**' if row['required'] else ''} | {row['meaning']} | {row['example']} |" for row in explained(name)]
    return "\n".join(["| column | meaning | example |", "|---|---|---|", *rows])
