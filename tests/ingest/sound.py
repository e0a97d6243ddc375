"""A small sound file of each kind that an import knows: one for every target and one for every system, as a grid of cells."""
import sqlalchemy as sa

from crm_core import schema
from crm_core.ingest.aliases import folded
from crm_core.ingest.sources import SOURCES
from crm_core.ingest.targets import TARGETS
from crm_core.store.audit import Entry
from crm_core.store.record import RecordStore

ROWS = 4
# Cells of columns for which the template has no example, and of those that a system makes other columns of.
CELLS = {"confirmation": "R-1001", "full_name": "Anna Weber", "nights": "3", "document": "X1234567", "sms_consent": "given",
         "channel_ref": "4402118876", "infants": "0", "rooms": "1", "cancelled_on": "2025-03-01", "total_amount": "462.00",
         "arrival": "2025-03-28", "property": "GALLE"}
READ = {"houseuseyn": "N", "complimentaryyn": "N", "communicationvalue": "anna.weber@example.com", "adjustmentyn": "N",
        "pointscreditdate": "2025-04-01", "personcounts": "AgeCategoryId: a, Count: 2", "hasotaemail": "false", "bookedby": "Weber, Anna",
        "createdutc": "2025-01-12T20:00:00Z", "scheduledstartutc": "2025-03-28T13:00:00Z", "scheduledendutc": "2025-03-31T08:30:00Z",
        "options": "SendMarketingEmails; Invoiceable", "classifications": "Returning", "dietaryrequirements": "No nuts",
        "leadtime": "68", "arrivaldateyear": "2025", "arrivaldatemonth": "March", "arrivaldatedayofmonth": "28", "staysinweekendnights": "2",
        "staysinweeknights": "1", "adr": "75.15", "reservationstatus": "Check-Out", "reservationstatusdate": "2025-03-31", "hotel": "City Hotel",
        "marketsegment": "Online TA", "distributionchannel": "TA/TO", "isanonymized": "false", "guestoptin": "true", "state": "Processed",
        "origin": "Commander", "commanderorigin": "Website"}


def files() -> dict[str, list[list[str]]]:
    """Return by source the header and the rows of its sound file: rows of a number of their own each, otherwise alike."""
    return {name: _grid(name) for name in SOURCES}


def teach(store: RecordStore) -> None:
    """Offer the course of which the sound certificates are: it counts 10 points and holds for two years."""
    with store.changing(Entry("ana", "save", "course")) as change:
        change.connection.execute(sa.insert(schema.course).values(
            code="food_safety", form='{"code": "food_safety", "name": {"en": "Food safety"}, "points": 10, "valid_months": 24}', points=10,
            valid_months=24, actor="ana", at=change.at))


def text(grid: list[list[str]], delimiter: str = ",") -> str:
    """Return a grid as text; cells with the delimiter stand between quotation marks."""
    return "".join(delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) + "\n" for row in grid)


def _grid(name: str) -> list[list[str]]:
    source = SOURCES[name]
    target, own = TARGETS[source.target], {column: headers[0] for column, headers in source.columns.items()}
    if not own or not source.signature:
        own = {column: column for column in target.names} | own
    cells = {header: _cell(target, column) for column, header in own.items() if column in target.names}
    cells |= {header: READ.get(folded(header), "") for header in (*source.signature, *source.reads) if header not in cells or folded(header) in READ}
    numbers = {own.get(target.number or "confirmation"), own.get("channel_ref")}
    rows = [[_number(target.name, cell, n) if header in numbers else cell for header, cell in cells.items()] for n in range(ROWS)]
    return [list(cells), *rows]


def _number(target: str, cell: str, n: int) -> str:
    """Return a number of a row's own; commissions are of bookings that are there."""
    return f"R-100{1 + n % 2}" if target == "commissions" else f"{cell or 'N-1'}{n}"


def _cell(target, column: str) -> str:
    example = target.column(column).example
    return "4" if column == "score" else example or CELLS.get(column, "")
