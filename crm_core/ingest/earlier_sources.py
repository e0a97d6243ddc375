"""The two kinds of file that importing.py read before the mapping came; goes with it."""
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from crm_core.i18n import N_
from crm_core.ingest import bookings, hotel_booking_demand
from crm_core.ingest.house import House
from crm_core.ingest.problems import ImportProblem
from crm_core.ingest.reading import DELIMITERS


@dataclass(frozen=True)
class Source:
    """A kind of file: its columns, those it cannot do without, other spellings of their names, and its reader."""

    name: str
    title: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    reader: Callable[[House], object]
    aliases: dict[str, str] = field(default_factory=dict)

    def named(self, header: list[str]) -> list[str | None]:
        """Return the canonical name of each column of a header, None for one that is not known."""
        folded = [re.sub(r"[\W_]+", "_", cell.strip().casefold()).strip("_") for cell in header]
        names = [self.aliases.get(name, name) for name in folded]
        return [name if name in self.columns else None for name in names]


SOURCES = {source.name: source for source in (
    Source(hotel_booking_demand.NAME, N_("Hotel booking demand (public data set)"), hotel_booking_demand.COLUMNS,
        hotel_booking_demand.REQUIRED,
           hotel_booking_demand.HotelBookingDemand),
    Source(bookings.NAME, N_("Bookings (our template)"), bookings.COLUMNS, bookings.REQUIRED, bookings.Bookings, bookings.ALIASES),
)}
ENOUGH = 3  # known columns by which a header is recognised


def chosen(source: str | None, header: list[str], file: str) -> Source:
    """Return the source of that name, or without a name the one whose columns the header has; raises ImportProblem."""
    if source and source not in SOURCES:
        raise ImportProblem("source", source=source, sources=", ".join(SOURCES))
    candidates = [SOURCES[source]] if source else list(SOURCES.values())
    best = max(candidates, key=lambda candidate: _known(candidate, header))
    if _known(best, header) < ENOUGH:
        raise _unreadable(candidates, header, file)
    return best


def column_names(source: Source, header: list[str], file: str, given: tuple[str, ...] = ()) -> list[str | None]:
    """Return the canonical name of each column; raises ImportProblem for a column that is missing and not `given`, or there twice."""
    names = source.named(header)
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise ImportProblem("column_twice", file=file, column=twice)
    missing = [name for name in source.required if name not in names and name not in given]
    if missing:
        raise ImportProblem("columns_missing", file=file, columns=", ".join(missing))
    return names


def _known(source: Source, header: list[str]) -> int:
    return len(set(source.named(header)) - {None})


def _unreadable(candidates: list[Source], header: list[str], file: str) -> ImportProblem:
    line = ",".join(header)
    for delimiter, called in DELIMITERS.items():
        if any(_known(source, line.split(delimiter)) >= ENOUGH for source in candidates):
            return ImportProblem("delimiter", file=file, found=called)
    return ImportProblem("header", file=file, found=line[:80])
