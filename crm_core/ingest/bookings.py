"""The canonical bookings file: one row per booking, with the columns that our template explains."""
from crm_core import formats, schema
from crm_core.i18n import N_
from crm_core.ingest import identity, parsing
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.house import House
from crm_core.ingest.parsing import Spellings, required

NAME = "bookings"
AMOUNTS = {"room_revenue": "room_revenue_minor", "commission": "commission_minor", "food_revenue": "fnb", "spa_revenue": "spa",
           "other_revenue": "other", "cancellation_fee": "cancellation_fee"}
# (column, meaning, required, example)
CANONICAL = [
    ("confirmation", N_("The booking's number. With it a later file updates the booking; without it every row is a booking of its own."),
        False, "R-1001"),
    ("property", N_("The property's code as in Settings."), True, "GALLE"),
    ("status", N_("tentative, confirmed, in_house, checked_out, cancelled or no_show."), True, "checked_out"),
    ("booked_on", N_("The day the booking was made. All dates are written as 2025-03-31."), False, "2025-01-12"),
    ("arrival", N_("The day of arrival."), True, "2025-03-28"),
    ("departure", N_("The day of departure."), True, "2025-03-31"),
    ("cancelled_on", N_("The day of the cancellation or no-show."), False, ""),
    ("channel", N_("Where the booking came from. A channel that is not known is created."), True, "Booking.com"),
    ("segment", N_("leisure, business, group, contract, complimentary or other."), False, "leisure"),
    ("room_type", N_("The type of room that was booked."), False, "Double"),
    ("room", N_("The room's number."), False, "204"),
    ("rate_class", N_("paid, complimentary or house_use; paid where it is empty."), False, "paid"),
    ("adults", N_("The number of adults."), False, "2"),
    ("children", N_("The number of children."), False, "0"),
    ("guest_country", N_("The guest's country as a code or an English name."), False, "DE"),
    ("currency", N_("The currency of the row's amounts as an ISO code; the property's where it is empty."), False, "EUR"),
    ("room_revenue", N_("The whole stay's room revenue without tax, with a decimal point. "
        "Amounts are rounded to the currency's smallest unit."), True, "420.00"),
    ("commission", N_("The commission that the channel takes."), False, "63.00"),
    ("food_revenue", N_("Food and drinks of the whole stay, without tax."), False, "58.50"),
    ("spa_revenue", N_("Spa of the whole stay, without tax."), False, ""),
    ("other_revenue", N_("Everything else that the guest paid, without tax."), False, ""),
    ("cancellation_fee", N_("What was paid for a cancellation or no-show."), False, ""),
    ("guest_ref", N_("The guest's number in your system: rows with the same number are the same person."), False, "G-77"),
    ("given_name", N_("The guest's given name."), False, "Anna"),
    ("family_name", N_("The guest's family name."), False, "Weber"),
    ("email", N_("The guest's own e-mail address. Relay addresses of travel sites are left out."), False, "anna.weber@example.com"),
    ("phone", N_("The guest's phone number."), False, "+49 30 901820"),
    ("birth_date", N_("The guest's date of birth."), False, "1980-05-17"),
    ("language", N_("The guest's language as a code."), False, "de"),
    ("guest_is_booker", N_("yes where the named person books for others and does not stay."), False, "no"),
    ("preferences", N_("Wishes as kind: value, separated by semicolons. "
        "Kinds are bed, floor, quiet, pillow, diet, crib, newspaper and other."), False,
     "bed: king; floor: high"),
    ("email_consent", N_("given or withdrawn: whether marketing e-mail is allowed."), False, "given"),
    ("email_consent_on", N_("The day the consent was given or withdrawn. A consent without a day is left out."), False, "2025-01-12"),
    ("email_consent_source", N_("Where the consent was given, such as the booking form."), False, "booking form"),
]
COLUMNS = tuple(column for column, *_ in CANONICAL)
REQUIRED = tuple(column for column, _, is_required, _ in CANONICAL if is_required)
ALIASES = {
    "confirmation_number": "confirmation", "confirmation_no": "confirmation", "reservation_id": "confirmation",
    "reservation_number": "confirmation",
    "booking_number": "confirmation", "property_code": "property", "hotel": "property", "reservation_status": "status",
    "booked": "booked_on",
    "booking_date": "booked_on", "created_on": "booked_on", "check_in": "arrival", "checkin": "arrival", "arrival_date": "arrival",
    "arrival_on": "arrival",
    "check_out": "departure", "checkout": "departure", "departure_date": "departure", "departure_on": "departure",
    "canceled_on": "cancelled_on",
    "cancellation_date": "cancelled_on", "source": "channel", "market_segment": "segment", "roomtype": "room_type", "room_number": "room",
    "country": "guest_country",
    "revenue": "room_revenue", "commission_amount": "commission", "fnb_revenue": "food_revenue", "guest_id": "guest_ref",
    "first_name": "given_name",
    "last_name": "family_name", "surname": "family_name", "e_mail": "email", "email_address": "email", "phone_number": "phone",
    "telephone": "phone",
    "date_of_birth": "birth_date", "birthday": "birth_date", "birth_on": "birth_date",
}


class Bookings:
    """Reads chunks of canonical bookings for one house; its caches of spellings live as long as one import."""

    def __init__(self, house: House):
        self.house = house
        self.rounded: set[tuple] = set()
        parsers = {
            "confirmation": parsing.identifier, "property": required(house.property),
            "status": required(parsing.word(parsing.STATUSES, "status")),
            "booked_on": parsing.date, "arrival": required(parsing.date), "departure": required(parsing.date), "cancelled_on": parsing.date,
            "channel": required(lambda cell: house.channel(parsing.text(cell))),
            "segment": lambda cell: parsing.SEGMENTS.get(parsing.folded(cell)),
            "rate_class": parsing.word(parsing.RATE_CLASSES, "rate_class"), "adults": parsing.whole, "children": parsing.whole,
            "guest_country": parsing.country, "currency": parsing.currency, "guest_ref": parsing.identifier, "email": parsing.email,
            "phone": parsing.phone, "birth_date": parsing.date, "language": parsing.language,
            "guest_is_booker": parsing.word(parsing.YES_NO, "yes_no"),
            "preferences": preferences, "email_consent": parsing.word(parsing.CONSENTS, "consent"), "email_consent_on": parsing.date,
        }
        self.spellings = {column: Spellings(parsers.get(column, parsing.text)) for column in COLUMNS if column not in AMOUNTS}
        self.amounts, self.ends = Spellings(self._amount), Spellings(_ended_on)
        self.nights = Spellings(parsing.nights)

    def read(self, chunk: Chunk) -> dict[str, list]:
        """Return the chunk's values by staged column; lines that cannot come in have their fault in the chunk."""
        found = {column: chunk.parse(column, spellings) for column, spellings in self.spellings.items()}
        chunk.parse("departure", self.nights, list(zip(found["arrival"], found["departure"], strict=True)))
        for at, (booked, departure) in enumerate(zip(found["booked_on"], found["departure"], strict=True)):
            if booked and departure and booked > departure:
                chunk.blame(at, "booked_on", "booked_after_departure")
        found["currency"] = self._currencies(found)
        self._read_amounts(chunk, found)
        found["email"] = self._own_addresses(found["email"])
        found["guest_country"], found["segment"] = self._countries(chunk, found), self._segments(chunk, found)
        return self._staged(found)

    def _amount(self, spelling: tuple[str, int]) -> int | None:
        cell, exponent = spelling
        if exponent == 2 and parsing.PLAIN_CENTS.fullmatch(cell):  # nearly all amounts, and five times as fast
            return int(cell.replace(".", ""))
        amount = parsing.decimal(cell)
        if amount is None:
            return None
        if amount != round(amount, exponent):
            self.rounded.add(spelling)
        return parsing.minor(amount, exponent)

    def _currencies(self, found: dict[str, list]) -> list[str | None]:
        settle = self.house.settle_currency
        return [code and settle(code, currency) for code, currency in zip(found["property"], found["currency"], strict=True)]

    def _read_amounts(self, chunk: Chunk, found: dict[str, list]) -> None:
        exponents = [formats.exponent(currency) for currency in found["currency"]]
        for column in AMOUNTS:
            spellings = list(zip(chunk.column(column), exponents, strict=True))
            found[column] = chunk.parse(column, self.amounts, spellings)
            if self.rounded:
                self.house.counts["rounded"] += sum(spelling in self.rounded for spelling in spellings)
        # A booking that did not come may leave its revenue empty; for all others an empty cell is more likely a mistake than a gift.
        for at, (revenue, status) in enumerate(zip(found["room_revenue"], found["status"], strict=True)):
            if revenue is None:
                found["room_revenue"][at] = 0
                if status not in ("cancelled", "no_show"):
                    chunk.blame(at, "room_revenue", "missing")

    def _own_addresses(self, emails: list[str | None]) -> list[str | None]:
        relays = {email for email in set(emails) if identity.is_relay(email)}
        if not relays:
            return emails
        self.house.counts["relay"] += sum(email in relays for email in emails)
        return [None if email in relays else email for email in emails]

    def _countries(self, chunk: Chunk, found: dict[str, list]) -> list[str | None]:
        codes = zip(chunk.column("guest_country"), found["guest_country"], strict=True)
        self.house.count_countries([cell for cell, code in codes if code is None and cell.strip()])
        return found["guest_country"]

    def _segments(self, chunk: Chunk, found: dict[str, list]) -> list[str]:
        segments = zip(chunk.column("segment"), found["segment"], strict=True)
        self.house.counts["segment"] += sum(segment is None and bool(cell.strip()) for cell, segment in segments)
        return [segment or "other" for segment in found["segment"]]

    def _staged(self, found: dict[str, list]) -> dict[str, list]:
        parts = ("guest_ref", "email", "given_name", "family_name", "phone", "birth_date")
        person = list(map(identity.key, *(found[part] for part in parts)))
        ends = zip(found["status"], found["arrival"], found["departure"], found["cancelled_on"], strict=True)
        same = ("property", "confirmation", "status", "booked_on", "channel", "segment", "room_type", "room", "adults", "children",
            "currency",
                "given_name", "family_name", "email", "phone", "language", "preferences")
        return {column: found[column] for column in same} | {staged: found[column] for column, staged in AMOUNTS.items()} | {
            "person": person, "arrival_on": found["arrival"], "departure_on": found["departure"],
            "ended_on": list(map(self.ends.__getitem__, ends)),
            "rate_class": [rate or ("complimentary" if segment == "complimentary" else "paid")
                           for rate, segment in zip(found["rate_class"], found["segment"], strict=True)],
            "country": found["guest_country"], "birth_on": found["birth_date"], "is_booker": found["guest_is_booker"],
            "consent": found["email_consent"],
            "consent_on": found["email_consent_on"], "consent_source": found["email_consent_source"]}


def _ended_on(booking: tuple[str | None, ...]) -> str | None:
    """Return the day of the last change of status: the cancellation, the night that nobody came, or the check-out."""
    status, arrival, departure, cancelled_on = booking
    if status == "cancelled":
        return cancelled_on
    return {"no_show": cancelled_on or arrival, "checked_out": departure}.get(status)


def preferences(cell: str) -> str:
    """Return wishes in one spelling, "bed: king; floor: high", by kind; words without a known kind are "other"."""
    wishes: dict[str, str] = {}
    for part in parsing.text(cell).split(";"):
        kind, colon, value = (piece.strip() for piece in part.partition(":"))
        if not colon or kind.lower() not in schema.PREFERENCES:
            kind, value = "other", part.strip()
        if value:
            wishes[kind.lower()] = ", ".join(filter(None, (wishes.get(kind.lower()), value)))
    return "; ".join(f"{kind}: {value}" for kind, value in sorted(wishes.items()))


def wishes(spelling: str) -> dict[str, str]:
    """Return the wishes of one spelling that preferences() made, by kind."""
    return dict(part.split(": ", 1) for part in spelling.split("; ") if part)
