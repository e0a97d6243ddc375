"""Bookings are read by columns, each distinct spelling once, so that a million of them come in within seconds."""
import datetime as dt
from collections.abc import Callable, Mapping

from crm_core import formats, schema
from crm_core.ingest import identity, parsing
from crm_core.ingest.amounts import amounts
from crm_core.ingest.bare import bare
from crm_core.ingest.chunk import RAW, Chunk
from crm_core.ingest.house import House, Otherwise
from crm_core.ingest.parsing import Spellings
from crm_core.ingest.problems import Fault
from crm_core.ingest.written import Form
from crm_core.records.cards import CANDIDATE, numbers

AMOUNTS = {"room_revenue": "room_revenue_minor", "commission": "commission_minor", "food_revenue": "fnb", "spa_revenue": "spa",
           "other_revenue": "other", "cancellation_fee": "cancellation_fee", "total_amount": "total_amount"}
IDS = ("confirmation", "channel_ref", "guest_ref", "loyalty_number")
PEOPLE = ("adults", "children", "infants", "rooms", "nights")
REST = ("street", "postcode", "city", "loyalty_number", "channel_ref")
MOST, MOST_ROOMS = 9_999, 200


class Bookings:
    """Reads chunks of canonical bookings for one house; its caches of spellings live as long as one import."""

    def __init__(self, house: House, parsers: Mapping[str, Callable], form: Form):
        """`parsers` are those of the target's columns (targets.kinds), made for the form."""
        self.house, self.form = house, form
        self.rounded: set[tuple] = set()
        self.money = amounts(form.decimal, form.currency)
        self.spellings = {column: Spellings(parse) for column, parse in parsers.items() if column not in AMOUNTS}
        for column in IDS:
            self.spellings[column] = Spellings(parsing.identifier)
        for column in PEOPLE:
            self.spellings[column] = Spellings(small(parsers[column], MOST_ROOMS if column == "rooms" else MOST))
        self.amounts, self.ends, self.nights = Spellings(self._amount), Spellings(_ended_on), Spellings(parsing.nights)

    def read(self, chunk: Chunk) -> dict[str, list]:
        """Return the chunk's values by staged column; lines that cannot come in have their fault in the chunk."""
        found = {column: chunk.parse(column, spellings) for column, spellings in self.spellings.items()}
        self._check_dates(chunk, found)
        found["currency"] = self._currencies(chunk, found)
        self._read_amounts(chunk, found)
        found["email"], found["relay"] = self._own_addresses(found["email"])
        found["guest_country"], found["segment"] = self._countries(chunk, found), self._segments(chunk, found)
        self._count_card_like(chunk)
        return self._staged(chunk, found)

    def _check_dates(self, chunk: Chunk, found: dict[str, list]) -> None:
        if "nights" in chunk.cells:
            found["departure"] = [departure or later(arrival, nights)
                                  for arrival, departure, nights in zip(found["arrival"], found["departure"], found["nights"], strict=True)]
        chunk.parse("departure", self.nights, list(zip(found["arrival"], found["departure"], strict=True)))
        for at, (booked, departure) in enumerate(zip(found["booked_on"], found["departure"], strict=True)):
            if departure is None:
                chunk.blame(at, "departure", "missing")
            elif booked and booked > departure:
                chunk.blame(at, "booked_on", "booked_after_departure")

    def _amount(self, spelling: tuple[str, int]) -> int | None:
        cell, exponent = spelling
        if exponent == 2 and self.form.decimal == "." and parsing.PLAIN_CENTS.fullmatch(cell):  # nearly all, and five times as fast
            return int(cell.replace(".", ""))
        amount = self.money(cell)
        if amount is None:
            return None
        if amount.value < 0:
            raise Fault("negative")
        if amount.value != round(amount.value, exponent):
            self.rounded.add(spelling)
        return parsing.minor(abs(amount.value), exponent)

    def _currencies(self, chunk: Chunk, found: dict[str, list]) -> list[str | None]:
        settle, of_form = self.house.settle_currency, self.form.currency
        beside = self._beside_amounts(chunk)
        return [code and settle(code, currency or said or of_form) for code, currency, said in zip(
            found["property"], found["currency"], beside, strict=True)]

    def _beside_amounts(self, chunk: Chunk) -> list[str | None]:
        """Return the currency that stands beside each row's revenue, None where there is none: plain numbers are told at a glance."""
        cells = chunk.column("room_revenue" if "room_revenue" in chunk.cells else "total_amount")
        if "".join(cells).strip("0123456789.,-") == "" or not any(map(_has_sign, cells)):
            return [None] * len(cells)
        said = {cell: self._sign(cell) for cell in set(cells)}
        return [said[cell] for cell in cells]

    def _sign(self, cell: str) -> str | None:
        try:
            amount = self.money(cell)
        except Fault:
            return None
        return amount and amount.currency

    def _read_amounts(self, chunk: Chunk, found: dict[str, list]) -> None:
        exponents = [formats.exponent(currency) for currency in found["currency"]]
        for column in AMOUNTS:
            if column not in chunk.cells:
                found[column] = [None] * len(chunk)
                continue
            spellings = list(zip(chunk.cells[column], exponents, strict=True))
            found[column] = chunk.parse(column, self.amounts, spellings)
            if self.rounded:
                self.house.counts["rounded"] += sum(spelling in self.rounded for spelling in spellings)
        # A booking that did not come may leave its revenue empty; for all others an empty cell is more likely a mistake than a gift.
        for at, (revenue, total, status) in enumerate(zip(found["room_revenue"], found["total_amount"], found["status"], strict=True)):
            if revenue is None:
                found["room_revenue"][at] = total or 0
                if total is None and status not in ("cancelled", "no_show"):
                    chunk.blame(at, "room_revenue" if "room_revenue" in chunk.cells else "total_amount", "missing")

    def _own_addresses(self, emails: list[str | None]) -> tuple[list[str | None], list[int]]:
        relays = {email for email in set(emails) if identity.is_relay(email)}
        if not relays:
            return emails, [0] * len(emails)
        self.house.counts["relay"] += sum(email in relays for email in emails)
        return [None if email in relays else email for email in emails], [int(email in relays) for email in emails]

    def _countries(self, chunk: Chunk, found: dict[str, list]) -> list[str | None]:
        codes = zip(chunk.column("guest_country"), found["guest_country"], strict=True)
        self.house.count_countries([cell for cell, code in codes if code is None and bare(cell) not in parsing.MISSING])
        return found["guest_country"]

    def _segments(self, chunk: Chunk, found: dict[str, list]) -> list[str]:
        segments = zip(chunk.column("segment"), found["segment"], strict=True)
        self.house.counts["segment"] += sum(bool(cell.strip()) and isinstance(segment, Otherwise) for cell, segment in segments)
        return [str(segment or "other") for segment in found["segment"]]

    def _count_card_like(self, chunk: Chunk) -> None:
        for column in IDS:
            cells = chunk.cells.get(column, ())
            if CANDIDATE.search("\n".join(cells)):
                self.house.counts["card_like"] += sum(bool(numbers(cell)) for cell in cells)

    def _staged(self, chunk: Chunk, found: dict[str, list]) -> dict[str, list]:
        parts = ("guest_ref", "email", "given_name", "family_name", "phone", "birth_date")
        person = list(map(identity.key, *(found[part] for part in parts)))
        ends = zip(found["status"], found["arrival"], found["departure"], found["cancelled_on"], strict=True)
        same = ("property", "confirmation", "status", "booked_on", "channel", "room_type", "room", "currency", "segment", "given_name",
                "family_name", "email", "phone", "language", "preferences", "relay", *REST)
        staged = {column: found[column] for column in same} | {name: found[column] for column, name in AMOUNTS.items()}
        children = found["children"] if "infants" not in chunk.cells else [
            (children or 0) + (infants or 0) for children, infants in zip(found["children"], found["infants"], strict=True)]
        return staged | {
            "person": person, "arrival_on": found["arrival"], "departure_on": found["departure"],
            "ended_on": list(map(self.ends.__getitem__, ends)), "adults": [n or 0 for n in found["adults"]],
            "children": [n or 0 for n in children], "rooms": found["rooms"], "document_hash": found["document"],
            "rate_class": [rate or ("complimentary" if segment == "complimentary" else "paid")
                           for rate, segment in zip(found["rate_class"], found["segment"], strict=True)],
            "country": found["guest_country"], "birth_on": found["birth_date"], "is_booker": found["guest_is_booker"],
            "consent": found["email_consent"], "consent_on": found["email_consent_on"], "consent_source": found["email_consent_source"],
            "rest": _rest(chunk, found["confirmation"])}


def small(parse: Callable, most: int) -> Callable:
    """Return the parser of a count of people, nights or rooms, to which more than `most` is too many."""
    def parsed(cell: str) -> int | None:
        count = parse(cell)
        if count is not None and count > most:
            raise Fault("too_large")
        return count
    return parsed


def _rest(chunk: Chunk, confirmations: list[str | None]) -> list[str]:
    """Return by what rows without a number are told apart beyond what is kept: the cells that are none of ours."""
    raw = [cells for name, cells in chunk.cells.items() if name.startswith(RAW)]
    if not raw or all(confirmations):
        return [""] * len(chunk)
    return ["" if confirmation else "|".join(cells) for confirmation, cells in zip(confirmations, zip(*raw, strict=True), strict=True)]


def _has_sign(cell: str) -> bool:
    return bool(cell.strip("0123456789.,- "))


def later(arrival: str | None, nights: int | None) -> str | None:
    """Return the day so many nights after an arrival, None where one of the two is not known."""
    return (dt.date.fromisoformat(arrival) + dt.timedelta(nights)).isoformat() if arrival and nights is not None else None


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
