"""The public Hotel booking demand data set (Antonio, de Almeida, Nunes 2019): 32 columns, two hotels, no booking or guest ids."""
import datetime as dt
from decimal import Decimal

from crm_core.geography import iso2_of
from crm_core.i18n import N_
from crm_core.ingest import parsing
from crm_core.ingest.chunk import RAW, Chunk
from crm_core.ingest.parsing import Spellings
from crm_core.ingest.problems import Fault
from crm_core.ingest.systems import deriving
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form

HOTELS = {"cityhotel": "CITY", "resorthotel": "RESORT"}
MONTHS = {name: month for month, name in enumerate(
    ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"), 1)}
SEGMENTS = {"onlineta": "leisure", "offlinetato": "leisure", "direct": "leisure", "groups": "group", "corporate": "business",
            "complementary": "complimentary", "aviation": "contract"}
BY_SEGMENT = {"Online TA": "ota", "Offline TA/TO": "operator", "Direct": "direct", "Corporate": "corporate", "Groups": "group"}
BY_DISTRIBUTION = {"TA/TO": "operator", "Direct": "direct", "Corporate": "corporate"}
ARRIVAL = tuple(f"arrival_date_{part}" for part in ("year", "month", "day_of_month"))


def prepare(chunk: Chunk, form: Form) -> None:
    """Make property, days, channel and revenue of the data set's own columns; a row that cannot be read has its fault in the chunk."""
    chunk.cells["property"] = tuple(name or "" for name in chunk.parse("property", Spellings(hotel)))
    arrival = chunk.parse(RAW + ARRIVAL[2], Spellings(arrival_on), _rows(chunk, *ARRIVAL))
    lead, weekend, week = (_whole(chunk, name) for name in ("lead_time", "stays_in_weekend_nights", "stays_in_week_nights"))
    nights = [None if first is None or then is None else first + then for first, then in zip(weekend, week, strict=True)]
    chunk.cells["arrival"] = tuple(on or "" for on in arrival)
    chunk.cells["departure"] = tuple(map(days_later, arrival, nights))
    chunk.cells["booked_on"] = tuple(days_later(on, None if days is None else -days) for on, days in zip(arrival, lead, strict=True))
    ended = zip(chunk.column("status"), deriving.raw(chunk, "reservation_status_date"), strict=True)
    chunk.cells["cancelled_on"] = tuple("" if status == "Check-Out" else on for status, on in ended)
    segments = zip(chunk.column("segment"), deriving.raw(chunk, "distribution_channel"), strict=True)
    chunk.cells["channel"] = tuple(channel_code(*pair) for pair in segments)
    _price(chunk, nights)
    deriving.change(chunk, "guest_country", country)


def _price(chunk: Chunk, nights: list[int | None]) -> None:
    rates = chunk.parse(RAW + "adr", Spellings(parsing.required(parsing.decimal)))
    chunk.cells["room_revenue"] = tuple(
        "" if rate is None or count is None else f"{Decimal(rate) * count:.2f}" for rate, count in zip(rates, nights, strict=True))
    chunk.cells["rate_class"] = tuple("complimentary" if name == "Complementary" and not rate else "paid"
        for name, rate in zip(chunk.column("segment"), rates, strict=True))


def _rows(chunk: Chunk, *headers: str) -> list[tuple[str, ...]]:
    return list(zip(*(deriving.raw(chunk, header) for header in headers), strict=True))


def _whole(chunk: Chunk, header: str) -> list[int | None]:
    return chunk.parse(RAW + header, Spellings(parsing.whole))


def hotel(cell: str) -> str:
    """Return the code of one of the two hotels."""
    if parsing.folded(cell) not in HOTELS:
        raise Fault("hotel")
    return HOTELS[parsing.folded(cell)]


def country(cell: str) -> str:
    """Return the alpha-2 code of an alpha-3 code; any other stays unknown: "CN" in this data set is not China for sure."""
    code = cell.strip()
    if code in parsing.MISSING:
        return ""
    return (iso2_of(code) if len(code) == 3 and code.isalpha() else None) or f"code {code}"


def arrival_on(parts: tuple[str, str, str]) -> str:
    """Return the ISO date of a year, an English month name and a day."""
    year, month, day = (part.strip() for part in parts)
    if month not in MONTHS or not year.isdecimal() or not day.isdecimal():
        raise Fault("date_form")
    return parsing.date(f"{year:0>4}-{MONTHS[month]:02}-{day:0>2}")


def days_later(on: str | None, days: int | None) -> str:
    """Return the ISO date so many days later (or earlier), "" where one of the two is not known."""
    return "" if on is None or days is None else (dt.date.fromisoformat(on) + dt.timedelta(days)).isoformat()


def channel_code(segment: str, distribution: str) -> str:
    """Return our channel for a market segment, or where that is no way to book, for a distribution channel."""
    if distribution == "GDS":
        return "gds"
    return BY_SEGMENT.get(segment) or BY_DISTRIBUTION.get(distribution) or "other"


SOURCES = (
    Source(
        "hotel_booking_demand", N_("Hotel booking demand (public data set)"), "bookings",
        columns={
            "property": ("hotel",), "status": ("reservation_status",), "segment": ("market_segment",), "room_type": ("reserved_room_type",),
            "adults": ("adults",), "children": ("children",), "infants": ("babies",), "guest_country": ("country",)},
        constants={"currency": "EUR"}, words={"segment": SEGMENTS}, prepare=prepare, closed=True,
        reads=("lead_time", *ARRIVAL, "stays_in_weekend_nights", "stays_in_week_nights", "reservation_status_date",
            "distribution_channel", "adr"),
        derives=("arrival", "departure", "booked_on", "cancelled_on", "channel", "room_revenue", "rate_class"),
        signature=("hotel", "lead_time", *ARRIVAL, "stays_in_week_nights", "stays_in_weekend_nights", "adr", "reservation_status_date",
            "market_segment", "distribution_channel"), enough=6),
)
