"""ABS PMS and Thundi: short booking lists of small property systems, in which "Dept" is the departure."""
from crm_core.i18n import N_
from crm_core.ingest import aliases
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import deriving
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form

RATES = {"comp": "complimentary", "complimentary": "complimentary", "foc": "complimentary", "houseuse": "house_use", "house": "house_use"}


def prepare(chunk: Chunk, form: Form) -> None:
    """The kind of reservation is a status only where it says one; all others were not cancelled."""
    known = aliases.words("status")
    deriving.change(chunk, "status", lambda cell: known.get(aliases.folded(cell), "confirmed"))
    deriving.change(chunk, "rate_class", lambda cell: RATES.get(aliases.folded(cell), ""))
    deriving.fill(chunk, "channel", ("Other",) * len(chunk))


SOURCES = (
    Source(
        "abs_pms", N_("ABS PMS reservations"), "bookings",
        columns={"confirmation": ("Res#",), "arrival": ("Arr",), "departure": ("Dept",), "total_amount": ("Revenue($)",),
            "adults": ("Pax",), "room": ("Room",), "channel": ("Business Source",), "rate_class": ("Rate Type",), "status": ("Res.Type",)},
        prepare=prepare, signature=("Res#", "Arr", "Dept", "Business Source", "Rate Type", "Pax", "Res.Type"), enough=4,
        notes=("status_assumed",)),
    Source(
        "thundi", N_("Thundi booking list"), "bookings",
        columns={"confirmation": ("Res #",), "arrival": ("Arrival",), "departure": ("Dept",), "total_amount": ("Total",),
            "booked_on": ("Booking Time",)},
        constants={"status": "confirmed", "channel": "Other"}, signature=("Res #", "Arrival", "Dept", "Total", "Booking Time"), enough=4,
        notes=("status_assumed",)),
)
