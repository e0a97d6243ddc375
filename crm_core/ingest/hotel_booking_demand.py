"""The public Hotel booking demand data set (Antonio, de Almeida, Nunes 2019): 32 columns, two hotels, no booking or guest ids."""
import datetime as dt

from crm_core.geography import iso2_of
from crm_core.ingest import parsing
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.house import House
from crm_core.ingest.parsing import Spellings
from crm_core.ingest.problems import Fault

NAME = "hotel_booking_demand"
COLUMNS = (
    "hotel", "is_canceled", "lead_time", "arrival_date_year", "arrival_date_month", "arrival_date_week_number", "arrival_date_day_of_month",
    "stays_in_weekend_nights", "stays_in_week_nights", "adults", "children", "babies", "meal", "country", "market_segment",
    "distribution_channel",
    "is_repeated_guest", "previous_cancellations", "previous_bookings_not_canceled", "reserved_room_type", "assigned_room_type",
    "booking_changes",
    "deposit_type", "agent", "company", "days_in_waiting_list", "customer_type", "adr", "required_car_parking_spaces",
    "total_of_special_requests",
    "reservation_status", "reservation_status_date",
)
REQUIRED = ("hotel", "lead_time", "arrival_date_year", "arrival_date_month", "arrival_date_day_of_month", "stays_in_weekend_nights",
    "stays_in_week_nights",
            "adults", "children", "babies", "country", "market_segment", "distribution_channel", "reserved_room_type", "adr",
            "reservation_status",
            "reservation_status_date")
HOTELS = {"cityhotel": ("CITY", "City Hotel"), "resorthotel": ("RESORT", "Resort Hotel")}
CURRENCY, EXPONENT = "EUR", 2
MONTHS = {name: month for month, name in enumerate(
    ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"), 1)}
SEGMENTS = {"Online TA": "leisure", "Offline TA/TO": "leisure", "Direct": "leisure", "Groups": "group", "Corporate": "business",
            "Complementary": "complimentary", "Aviation": "contract"}
BY_SEGMENT = {"Online TA": "ota", "Offline TA/TO": "operator", "Direct": "direct", "Corporate": "corporate", "Groups": "group"}
BY_DISTRIBUTION = {"TA/TO": "operator", "Direct": "direct", "Corporate": "corporate"}
REST = tuple(column for column in COLUMNS if column not in REQUIRED)
WHOLE = ("lead_time", "stays_in_weekend_nights", "stays_in_week_nights", "adults", "children", "babies")


class HotelBookingDemand:
    """Reads chunks of the public data set for one house: every row is a stay of an unidentified guest."""

    def __init__(self, house: House):
        self.house = house
        self.spellings = dict.fromkeys(WHOLE, Spellings(parsing.whole)) | {
            "hotel": Spellings(self._property), "country": Spellings(country), "market_segment": Spellings(parsing.text),
            "distribution_channel": Spellings(parsing.text), "reserved_room_type": Spellings(parsing.text),
            "adr": Spellings(parsing.required(parsing.decimal)),
            "reservation_status": Spellings(parsing.word(parsing.STATUSES, "status")), "reservation_status_date": Spellings(parsing.date)}
        self.arrivals, self.days_later, self.revenue = Spellings(arrival_on), Spellings(days_later), Spellings(room_revenue)
        self.nights, self.channels = Spellings(parsing.nights), Spellings(lambda pair: house.channel(channel_code(*pair)))

    def read(self, chunk: Chunk) -> dict[str, list]:
        """Return the chunk's values by staged column; lines that cannot come in have their fault in the chunk."""
        found = {column: chunk.parse(column, spellings) for column, spellings in self.spellings.items()}
        nights = list(map(_sum, found["stays_in_weekend_nights"], found["stays_in_week_nights"]))
        arrival, departure, booked = self._dates(chunk, found, nights)
        self._count(chunk, found)
        segment = [SEGMENTS.get(name) or "other" for name in found["market_segment"]]
        return {
            "property": found["hotel"], "status": found["reservation_status"], "booked_on": booked, "arrival_on": arrival,
            "departure_on": departure,
            "ended_on": [None if status == "confirmed" else on
                         for status, on in _pairs(found["reservation_status"], found["reservation_status_date"])],
            "channel": list(map(self.channels.__getitem__, _pairs(found["market_segment"], found["distribution_channel"]))),
            "segment": segment, "room_type": found["reserved_room_type"],
            "rate_class": ["complimentary" if name == "complimentary" and not adr else "paid"
                           for name, adr in _pairs(segment, found["adr"])],
            "adults": found["adults"], "children": list(map(_sum, found["children"], found["babies"])), "country": found["country"],
            "currency": [CURRENCY] * len(chunk), "room_revenue_minor": chunk.parse("adr", self.revenue, _pairs(found["adr"], nights)),
            "rest": list(map("|".join, zip(*map(chunk.column, REST), strict=True)))}

    def _property(self, cell: str) -> str:
        if parsing.folded(cell) not in HOTELS:
            raise Fault("hotel")
        return self.house.add_property(*HOTELS[parsing.folded(cell)], CURRENCY)

    def _dates(self, chunk: Chunk, found: dict[str, list], nights: list) -> tuple[list, list, list]:
        parts = zip(*(chunk.column(f"arrival_date_{part}") for part in ("year", "month", "day_of_month")), strict=True)
        arrival = chunk.parse("arrival_date_day_of_month", self.arrivals, list(parts))
        departure = list(map(self.days_later.__getitem__, _pairs(arrival, nights)))
        booked = [self.days_later[on, lead and -lead] for on, lead in _pairs(arrival, found["lead_time"])]
        chunk.parse("stays_in_week_nights", self.nights, _pairs(arrival, departure))
        return arrival, departure, booked

    def _count(self, chunk: Chunk, found: dict[str, list]) -> None:
        self.house.counts["segment"] += sum(name not in SEGMENTS for name in found["market_segment"])
        codes = _pairs(chunk.column("country"), found["country"])
        self.house.count_countries([cell for cell, code in codes if code is None and cell.strip() not in parsing.MISSING])


def country(cell: str) -> str | None:
    """Return the alpha-2 code of an alpha-3 code; None for anything else: "CN" in this data set is not China for sure."""
    cell = cell.strip()
    return iso2_of(cell) if len(cell) == 3 and cell.isalpha() else None


def arrival_on(parts: tuple[str, str, str]) -> str:
    """Return the ISO date of a year, an English month name and a day."""
    year, month, day = (part.strip() for part in parts)
    if month not in MONTHS or not year.isdecimal() or not day.isdecimal():
        raise Fault("date_form")
    return parsing.date(f"{year:0>4}-{MONTHS[month]:02}-{day:0>2}")


def days_later(counted: tuple[str | None, int | None]) -> str | None:
    """Return the ISO date so many days later (or earlier), None where one of the two is not known."""
    on, days = counted
    return None if on is None or days is None else (dt.date.fromisoformat(on) + dt.timedelta(days)).isoformat()


def room_revenue(counted: tuple) -> int | None:
    """Return the whole stay's revenue in minor units: average daily rate times nights."""
    adr, nights = counted
    return None if adr is None or nights is None else parsing.minor(adr * nights, EXPONENT)


def channel_code(segment: str | None, distribution: str | None) -> str:
    """Return our channel for a market segment, or where that is no way to book, for a distribution channel."""
    if distribution == "GDS":
        return "gds"
    return BY_SEGMENT.get(segment) or BY_DISTRIBUTION.get(distribution) or "other"


def _sum(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else first + second


def _pairs(first, second) -> list[tuple]:
    return list(zip(first, second, strict=True))
