"""Commissions: the invoices of travel sites, joined to the bookings that are already here."""
import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.problems import Fault
from crm_core.ingest.targets.definition import CURRENCY, PROPERTY, Column, Target
from crm_core.ingest.targets.landing import Landing, Misfit, Row
from crm_core.schema import stay


def write(landing: Landing) -> None:
    """Write commissions into their stays; a row whose booking is not here is kept out."""
    for rows in landing.chunks():
        for row in rows:
            try:
                _commission(landing, row)
            except Fault as fault:
                landing.keep_out(row, fault)


def _commission(landing: Landing, row: Row) -> None:
    found = landing.find.stay(row, landing.places[row.property].id if row.property else None)
    if not found:
        raise Misfit("confirmation", "no_such_booking")
    if landing.currency(row, "commission", found.currency) != found.currency:
        raise Misfit("commission", "other_currency")
    amount, own = landing.money(row, "commission", found.currency), stay.c.id == found.id
    code = next(code for code, place in landing.places.items() if place.id == found.property_id)
    if landing.connection.execute(sa.select(stay.c.commission_minor).where(own)).scalar() == amount:
        return landing.done(row, "duplicates", code)
    landing.kept.keep(stay, [found.id])
    landing.connection.execute(sa.update(stay).where(own).values(commission_minor=amount, batch_id=landing.batch,
        revision=landing.change.revision))
    return landing.done(row, "updated", code)


COMMISSIONS = Target("commissions", N_("Commissions of travel sites"), N_("One row per booking that a commission is charged for."), (
    Column("confirmation", N_("The number of the booking, the hotel's or the travel site's."), "id", True, "4402118876"),
    PROPERTY,
    Column("commission", N_("The commission of the whole booking."), "amount", True, "63.00"),
    CURRENCY,
), number="confirmation", write=write)
