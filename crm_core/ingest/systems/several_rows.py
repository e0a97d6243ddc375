"""Bookings that take several rows: lists of what was booked, changed and cancelled, and lists of rooms."""
from crm_core.i18n import N_
from crm_core.ingest.systems.source import Source

CHANGES = {
    "new": "confirmed", "newbooking": "confirmed", "newreservation": "confirmed", "booking": "confirmed", "created": "confirmed",
    "create": "confirmed", "amend": "confirmed", "amended": "confirmed", "amendment": "confirmed", "modified": "confirmed",
        "modify": "confirmed",
    "modification": "confirmed", "changed": "confirmed", "change": "confirmed", "update": "confirmed", "updated": "confirmed",
    "cancel": "cancelled", "cancellation": "cancelled", "delete": "cancelled", "deleted": "cancelled"}

SOURCES = (
    Source(
        "bookings_by_change", N_("Bookings, one row for each change"), "bookings",
        columns={"status": ("Event", "Event type", "Change type", "Message type", "Notification type", "Action", "Status", "Type")},
        words={"status": CHANGES}, fold="amendments", system="bookings",
        marks=("amend", "amended", "amendment", "modified", "modification", "new booking", "new reservation")),
    Source("bookings_by_room", N_("Bookings, one row for each room"), "bookings", fold="rooms", system="bookings"),
)
