"""Airbnb: the reservation list that a host downloads; its earnings are what is left after the site's fee."""
from crm_core.i18n import N_
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import deriving
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form

STATUSES = {"confirmed": "confirmed", "arrivingtoday": "confirmed", "arrivingtomorrow": "confirmed", "arrivingsoon": "confirmed",
            "currentlyhosting": "in_house", "checkingouttoday": "in_house", "pastguest": "checked_out", "reviewguest": "checked_out",
            "awaitingguestreview": "checked_out", "completed": "checked_out", "canceled": "cancelled", "canceledbyguest": "cancelled",
            "canceledbyyou": "cancelled", "canceledbyhost": "cancelled", "canceledbyairbnb": "cancelled", "inquiry": "tentative",
            "request": "tentative", "pending": "tentative", "requestwithdrawn": "cancelled"}


def prepare(chunk: Chunk, form: Form) -> None:
    """The site's code is also the one by which a property system's stay is found."""
    deriving.fill(chunk, "channel_ref", chunk.column("confirmation"))


SOURCES = (
    Source(
        "airbnb", N_("Airbnb reservations"), "bookings", site=True,
        columns={
            "confirmation": ("Confirmation code",), "status": ("Status",), "full_name": ("Guest name",), "phone": ("Contact",),
            "adults": ("# of adults",), "children": ("# of children",), "infants": ("# of infants",), "arrival": ("Start date",),
            "departure": ("End date",), "nights": ("# of nights",), "booked_on": ("Booked",), "room_type": ("Listing",),
            "room_revenue": ("Earnings",)},
        constants={"channel": "Airbnb"}, words={"status": STATUSES}, prepare=prepare, derives=("channel_ref",),
        signature=("Confirmation code", "# of infants", "# of adults", "Start date", "End date", "# of nights", "Listing", "Earnings"),
        enough=4, notes=("net_of_fee",)),
)
