"""Booking.com: the reservation list of the extranet. Its headers follow the account's language, its status words never do."""
from crm_core.i18n import N_
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import deriving
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form

STATUSES = {"ok": "confirmed", "cancelledbyguest": "cancelled", "cancelledbyhotel": "cancelled", "cancelledbybookingcom": "cancelled",
            "noshow": "no_show"}


def prepare(chunk: Chunk, form: Form) -> None:
    """Name the booker where no guest is named; the site's number is also the one by which a property system's stay is found."""
    deriving.fill(chunk, "full_name", deriving.raw(chunk, "Booked by"))
    deriving.fill(chunk, "channel_ref", chunk.column("confirmation"))


SOURCES = (
    Source(
        "booking_com", N_("Booking.com reservations"), "bookings", site=True,
        columns={
            "confirmation": ("Book number",), "full_name": ("Guest name(s)",), "arrival": ("Check-in",), "departure": ("Check-out",),
            "booked_on": ("Booked on",), "status": ("Status",), "rooms": ("Rooms",), "adults": ("Adults",), "children": ("Children",),
            "total_amount": ("Price",), "commission": ("Commission amount",), "guest_country": ("Booker country",),
            "segment": ("Travel purpose",), "room_type": ("Unit type",), "nights": ("Duration (nights)",), "phone": ("Phone number",),
            "street": ("Address",), "cancelled_on": ("Cancellation date",)},
        constants={"channel": "Booking.com"}, words={"status": STATUSES}, prepare=prepare, derives=("channel_ref",), reads=("Booked by",),
        signature=("Book number", "Booked by", "Guest name(s)", "Booked on", "Commission %", "Booker country", "Unit type",
            "Duration (nights)"),
        enough=3, marks=("cancelled_by_guest", "cancelled_by_hotel"), notes=("ok_is_no_stay",)),
)
