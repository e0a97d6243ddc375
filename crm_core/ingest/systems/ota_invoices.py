"""Invoices of travel sites: the commission of bookings that are already known."""
from crm_core.i18n import N_
from crm_core.ingest.systems.source import Source

SOURCES = (
    Source(
        "booking_com_invoice", N_("Booking.com invoice"), "commissions",
        columns={"confirmation": ("Reservation number",), "commission": ("Commission amount",), "currency": ("Currency",)},
        signature=("Reservation number", "Commission amount"), narrow=8, closed=True),
    Source(
        "booking_com_statement", N_("Booking.com reservation statement"), "commissions",
        columns={"confirmation": ("Reservation number",), "commission": ("Commission amount",), "currency": ("Currency",)},
        signature=("Reservation number", "Commission amount", "Original amount", "Final amount"), enough=4, closed=True),
    Source(
        "expedia_invoice", N_("Expedia invoice"), "commissions",
        columns={"confirmation": ("Reservation ID",), "commission": ("Total Amount Due",), "currency": ("Currency", "Billing Currency")},
        signature=("Reservation ID", "Total Amount Due"), closed=True),
    Source(
        "vrbo_invoice", N_("Vrbo invoice"), "commissions",
        columns={"confirmation": ("Reservation External ID (Folio #)",), "commission": ("Commission",), "currency": ("Currency",)},
        signature=("Reservation External ID (Folio #)", "Commission"), closed=True),
)
