"""Charges: what guests paid beside the room, posting by posting."""
from crm_core.i18n import N_
from crm_core.ingest.targets.definition import CONFIRMATION, CURRENCY, PROPERTY, Column, Target, words
from crm_core.ingest.targets.landing import Landing, Misfit, Row, land, on
from crm_core.schema import charge

DEPARTMENTS = words(
    "fnb", "spa", "minibar", "laundry", "transfer", "events", "other", "cancellation_fee",
    fnb="food foodandbeverage foodbeverage fb restaurant bar breakfast dinner lunch roomservice drinks",
    spa="wellness massage sauna", minibar="minibars", transfer="transport taxi shuttle airporttransfer", laundry="drycleaning",
    events="event meeting meetings banquet conference", cancellation_fee="noshowfee cancellation cancelfee noshow",
    other="misc miscellaneous shop telephone parking internet")


def _charge(landing: Landing, row: Row) -> dict:
    """Return the posting of the stay that the row names."""
    stay = landing.find.stay(row, landing.places[row.property].id if row.property else None)
    if not stay:
        raise Misfit("confirmation", "no_such_booking")
    currency = landing.currency(row, "amount", stay.currency)
    return {"stay_id": stay.id, "property_id": stay.property_id, "posted_on": on(row["posted_on"]), "department": row["department"],
            "currency": currency, "amount_minor": landing.money(row, "amount", currency)}


def write(landing: Landing) -> None:
    """Write postings; a row whose booking is not here is kept out."""
    land(landing, charge, _charge)


CHARGES = Target("charges", N_("Charges beside the room"), N_("One row per posting."), (
    Column("charge_id", N_("The posting's number. With it a later file corrects the posting."), "id", False, "C-501"),
    PROPERTY,
    Column("confirmation", CONFIRMATION.meaning, "id", True, "R-1001"),
    Column("posted_on", N_("The day of the posting."), "day", True, "2025-03-29"),
    Column("department", N_("fnb, spa, minibar, laundry, transfer, events, other or cancellation_fee."), "word", True, "fnb", DEPARTMENTS,
        "other"),
    CURRENCY,
    Column("amount", N_("The amount without tax; a correction has a minus."), "change", True, "58.50"),
), number="charge_id", write=write)
