"""Commissions: the invoices of travel sites, joined to the bookings that are already here."""
from crm_core.i18n import N_
from crm_core.ingest.targets.definition import CURRENCY, PROPERTY, Column, Target

COMMISSIONS = Target("commissions", N_("Commissions of travel sites"), N_("One row per booking that a commission is charged for."), (
    Column("confirmation", N_("The number of the booking, the hotel's or the travel site's."), "id", True, "4402118876"),
    PROPERTY,
    Column("commission", N_("The commission of the whole booking."), "amount", True, "63.00"),
    CURRENCY,
), number="confirmation")
