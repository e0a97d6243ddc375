"""The public list of members of an airline's programme (Maven Analytics): months without days, tiers without points, nobody's name."""
from crm_core.i18n import N_
from crm_core.ingest.bare import bare
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import deriving
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form

PARTS = tuple(f"{what} {part}" for what in ("Enrollment", "Cancellation") for part in ("Year", "Month"))


def prepare(chunk: Chunk, form: Form) -> None:
    """Make days of months: a membership begins with its month of enrolment and ends with its month of cancellation."""
    years, months, last_years, last_months = (deriving.raw(chunk, name) for name in PARTS)
    chunk.cells["enrolled_on"] = tuple(map(first_day, years, months))
    chunk.cells["closed_on"] = tuple(map(day_after, last_years, last_months))


def first_day(year: str, month: str) -> str:
    """Return the first day of a month as 2018-02-01; what is no month stays as it is written, for the reader to refuse."""
    found = _month(year, month)
    return f"{found[0]:04}-{found[1]:02}-01" if found else f"{bare(year)} {bare(month)}".strip()


def day_after(year: str, month: str) -> str:
    """Return the first day after a month; what is no month stays as it is written."""
    found = _month(year, month)
    return first_day(*map(str, (found[0] + found[1] // 12, found[1] % 12 + 1))) if found else first_day(year, month)


def _month(year: str, month: str) -> tuple[int, int] | None:
    said = bare(year), bare(month)
    if not all(part.isdecimal() for part in said):
        return None
    number = int(said[1])
    return (int(said[0]), number) if 1 <= number <= 12 else None


SOURCES = (
    Source(
        "airline_loyalty", N_("Airline loyalty programme (public data set)"), "memberships",
        columns={
            "membership_number": ("Loyalty_Number",), "tier": ("Loyalty Card",), "enrolled_via": ("Enrollment Type",), "country": ("Country",),
            "city": ("City",)},
        prepare=prepare, derives=("enrolled_on", "closed_on"), reads=PARTS, closed=True, notes=("months_only",),
        signature=("Loyalty_Number", "Loyalty Card", "CLV", "Enrollment Type", *PARTS), enough=5),
)
