"""The files that Innsight reads by themselves: our own ones and the exports of known systems."""
from crm_core.i18n import N_, t
from crm_core.ingest.aliases import folded
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import (
    abs_thundi,
    airbnb,
    airline_loyalty,
    booking_com,
    brevo,
    canonical,
    cloudbeds,
    deriving,
    hotel_booking_demand,
    klaviyo,
    mailchimp,
    mews,
    opera,
    ota_invoices,
    review_files,
    several_rows,
)
from crm_core.ingest.systems.canonical import COLUMNS
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form

__all__ = ["COLUMNS", "NOTES", "SOURCES", "Source", "note_text", "ready", "recognised"]

SYSTEMS = (canonical, opera, mews, cloudbeds, abs_thundi, booking_com, airbnb, ota_invoices, klaviyo, mailchimp, brevo, review_files,
           hotel_booking_demand, airline_loyalty, several_rows)
SOURCES: dict[str, Source] = {source.name: source for system in SYSTEMS for source in system.SOURCES}

# What a person should know of a system's export before trusting the figures made from it.
NOTES = {
    "ok_is_no_stay": N_("“ok” says that a booking was not cancelled, not that the guest came: that is told by the property system's file."),
    "net_of_fee": N_("Airbnb's earnings are what is left after its fee: the revenue is lower than what the guest paid."),
    "no_amounts": N_("This list holds no amounts: the revenue of its bookings is 0 until a file with amounts comes in."),
    "days_of_utc": N_("Mews writes moments in UTC: without the hotel's time zone a day can be off by one."),
    "shares": N_("Guests who share a room have a row each, and each may carry the room's revenue: compare the sum with your report."),
    "status_assumed": N_("This list does not say what became of a booking: those without a known status come in as confirmed."),
    "no_person": N_("This list names profiles by their number only: bring in the profiles themselves first."),
    "opens_with_proxies": N_("The reported opens include those that mail programmes make by themselves."),
    "vendor_revenue": N_("The revenue is what the platform counts as its own by its rule, not what the campaign brought."),
    "months_only": N_("This list tells months without days: a membership counts from the first day of its month of enrolment to the last day "
        "of its month of cancellation."),
    "confirm": N_("The names of this system's columns were never checked against a real file: confirm each column."),
}


def note_text(code: str) -> str:
    """Return what a person should know of an export, in the language in use."""
    return t(NOTES[code])


def ready(source: Source, chunk: Chunk, form: Form) -> None:
    """Make of a chunk's cells what the source can tell: its own derivations, then given and family names out of whole ones."""
    if source.prepare and len(chunk):
        source.prepare(chunk, form)
    deriving.divide_names(chunk)


def hits(source: Source, header: frozenset[str]) -> int:
    """Return how many headers of a source's signature a folded header has; 0 where they are too few or the file is too wide."""
    if not source.signature or (source.narrow and len(header) > source.narrow):
        return 0
    found = sum(folded(name) in header for name in source.signature)
    return found if found >= (source.enough or len(source.signature)) else 0


def recognised(header: tuple[str, ...] | list[str], target: str | None = None) -> list[tuple[Source, float]]:
    """Return the known systems whose signature a header has, the surest first, each with the share of its signature that is there."""
    cells = frozenset(map(folded, header)) - {""}
    found = [(source, hits(source, cells)) for source in SOURCES.values() if target in (None, source.target)]
    found.sort(key=lambda scored: (-scored[1], scored[0].name))
    return [(source, number / len(source.signature)) for source, number in found if number]
