"""The canonical bookings file to start from: its header, three example rows, and what each column means."""
import csv
import io

from crm_core.i18n import t
from crm_core.ingest.bookings import CANONICAL, COLUMNS

EXAMPLES = (
    {column: example for column, _, _, example in CANONICAL},
    {"confirmation": "R-1002", "property": "GALLE", "status": "cancelled", "booked_on": "2025-01-20", "arrival": "2025-04-02",
     "departure": "2025-04-05", "cancelled_on": "2025-03-15", "channel": "Own site", "segment": "business", "room_type": "Single",
     "adults": "1", "guest_country": "United Kingdom", "currency": "EUR", "room_revenue": "0.00", "cancellation_fee": "90.00",
     "given_name": "Tariq", "family_name": "Aziz", "phone": "+44 20 7946 0018"},
    {"confirmation": "R-1003", "property": "GALLE", "status": "confirmed", "booked_on": "2025-02-11", "arrival": "2025-05-09",
     "departure": "2025-05-10", "channel": "Walk-in", "segment": "leisure", "room_type": "Double", "adults": "2", "children": "1",
     "currency": "EUR", "room_revenue": "135.50"},
)


def template() -> str:
    """Return the template as CSV text: the header and three bookings as examples."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(EXAMPLES)
    return text.getvalue()


def explained() -> list[dict]:
    """Return one dict per column of the template: column, meaning in the language in use, required (bool), example."""
    return [{"column": column, "meaning": t(meaning), "required": required, "example": example}
            for column, meaning, required, example in CANONICAL]
