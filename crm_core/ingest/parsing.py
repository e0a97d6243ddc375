"""One cell becomes one value; each distinct spelling is parsed once, so that a million rows cost dictionary look-ups."""
import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from crm_core import geography
from crm_core.ingest.amounts import CURRENCIES, amounts, percents
from crm_core.ingest.bare import bare
from crm_core.ingest.dates import dates, instants
from crm_core.ingest.problems import Fault
from crm_core.records import cards

__all__ = ["CURRENCIES", "amounts", "bare", "dates", "instants", "percents"]  # the parametrised parsers live in modules of their own

MOST_SPELLINGS = 50_000
MOST_NIGHTS = 1096
MISSING = {"", "NULL", "NA", "Undefined"}
DATE = re.compile(r"\d{4}-\d\d-\d\d")
PLAIN_CENTS = re.compile(r"[0-9]{1,12}\.[0-9]{2}")
PLAIN = re.compile(r"[!-~]*")
AMOUNT = re.compile(r"-?\d+(\.\d+)?")
GROUPED = re.compile(r"-?\d{1,3}([,.' \u00a0\u202f]\d{3})+([.,]\d+)?|-?\d+,\d+")
EMAIL = re.compile(r"[^@\s,;<>\"()]+@[^@\s,;<>\"()]+\.[^@\s,;<>\"().]+")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
STATUSES = {
    "tentative": "tentative", "option": "tentative", "optional": "tentative", "inquiry": "tentative", "waitlist": "tentative",
    "confirmed": "confirmed", "definite": "confirmed", "guaranteed": "confirmed", "reserved": "confirmed", "booked": "confirmed",
    "ok": "confirmed",
    "inhouse": "in_house", "checkedin": "in_house", "checkin": "in_house", "arrived": "in_house",
    "checkedout": "checked_out", "checkout": "checked_out", "departed": "checked_out",
    "cancelled": "cancelled", "canceled": "cancelled", "cancelledbyguest": "cancelled", "cancelledbyhotel": "cancelled",
    "noshow": "no_show",
}
SEGMENTS = {
    "leisure": "leisure", "private": "leisure", "transient": "leisure", "fit": "leisure", "tourist": "leisure", "holiday": "leisure",
    "business": "business", "corporate": "business", "commercial": "business", "group": "group", "groups": "group", "mice": "group",
    "contract": "contract", "crew": "contract", "airline": "contract", "aviation": "contract",
    "complimentary": "complimentary", "complementary": "complimentary", "comp": "complimentary", "other": "other",
}
RATE_CLASSES = {"": "", "paid": "paid", "complimentary": "complimentary", "comp": "complimentary", "houseuse": "house_use",
    "house": "house_use"}
YES_NO = {"": 0, "no": 0, "false": 0, "0": 0, "n": 0, "yes": 1, "true": 1, "1": 1, "y": 1}
CONSENTS = {"": None, "given": "given", "yes": "given", "optin": "given", "withdrawn": "withdrawn", "optout": "withdrawn",
    "no": "withdrawn"}
FORMULA_STARTS = ("=", "+", "-", "@")


class Spellings(dict):
    """Values by spelling: an unseen spelling is parsed, a wrong one is None and stands in `faults` with its rule."""

    def __init__(self, parse: Callable):
        super().__init__()
        self.of, self.faults = parse, {}
        self.are_ids = parse is identifier

    def __missing__(self, spelling):
        try:
            value = self.of(spelling)
        except Fault as fault:
            self.faults[spelling], value = fault.rule, None
        self[spelling] = value
        return value

    def are_plain(self, cells: tuple[str, ...]) -> bool:
        """Return whether all cells of a column are ids that parsing would not change: nearly all, and no two are spelled alike."""
        return self.are_ids and PLAIN.fullmatch("".join(cells)) is not None

    def make_room(self) -> None:
        """Forget everything once there is too much of it, so that memory stays bounded."""
        if len(self) > MOST_SPELLINGS:
            self.clear()
            self.faults.clear()


def required(parse: Callable) -> Callable:
    """Return the parser with a fault for a cell that is empty or says that there is nothing."""
    def parsed(cell: str):
        value = parse(cell) if cell.strip() else None
        if value is None:
            raise Fault("missing")
        return value
    return parsed


def text(cell: str) -> str:
    """Return one line of text in Unicode's composed form; raises Fault where it holds a payment card number."""
    line = unescaped(" ".join(cell.split()))
    if cards.numbers(line):
        raise Fault("card_number")
    return line if line.isascii() else unicodedata.normalize("NFC", line)


def phone(cell: str) -> str:
    """Return a phone number as it is written. Many have the digits of a card number by chance, but none has more than fifteen."""
    return text(cell) if sum(map(str.isdigit, cell)) > 15 else " ".join(cell.split())


def identifier(cell: str) -> str | None:
    """Return an id as it is written, None where there is none; ids may look like card numbers."""
    return unicodedata.normalize("NFC", unescaped(" ".join(cell.split()))) or None


def unescaped(line: str) -> str:
    """Take back the apostrophe that our own exports put before what a spreadsheet could take for a formula, and no other."""
    return line[1:] if line[:1] == "'" and line[1:2] in FORMULA_STARTS else line


def date(cell: str) -> str | None:
    """Return an ISO date as text, None for an empty cell; nothing but 2025-03-31 is a date."""
    cell = cell.strip()
    if cell in MISSING:
        return None
    if not DATE.fullmatch(cell):
        raise Fault("date_form")
    if not "1900" <= cell[:4] <= "2200":
        raise Fault("year")
    try:
        return dt.date.fromisoformat(cell).isoformat()
    except ValueError as error:
        raise Fault("no_such_day") from error


def nights(dates: tuple[str | None, str | None]) -> int | None:
    """Return the nights between arrival and departure; raises Fault where the two do not go together."""
    arrival, departure = dates
    if not (arrival and departure):
        return None
    if departure < arrival:
        raise Fault("departure_before_arrival")
    between = (dt.date.fromisoformat(departure) - dt.date.fromisoformat(arrival)).days
    if between > MOST_NIGHTS:
        raise Fault("too_many_nights")
    return between


def whole(cell: str) -> int:
    """Return a count of people, nights or days, 0 for an empty cell."""
    cell = cell.strip()
    if cell in MISSING:
        return 0
    if not (cell.isascii() and cell.removeprefix("-").isdecimal()):
        raise Fault("whole_number")
    if cell.startswith("-"):
        raise Fault("negative")
    if len(cell) > 4:
        raise Fault("too_large")
    return int(cell)


def decimal(cell: str) -> Decimal | None:
    """Return an amount that is not negative, None for an empty cell; only a decimal point, no separators, no currency."""
    cell = cell.strip()
    if cell in MISSING:
        return None
    if not (AMOUNT.fullmatch(cell) and cell.isascii()):
        raise Fault("thousands" if GROUPED.fullmatch(cell) else "amount_form")
    if cell.startswith("-") and cell.strip("-0."):
        raise Fault("negative")
    if len(cell.partition(".")[0]) > 12:
        raise Fault("too_large")
    return abs(Decimal(cell))


def minor(amount: Decimal, exponent: int) -> int:
    """Return an amount in minor units, half a unit rounded up."""
    return int(amount.scaleb(exponent).quantize(Decimal(1), ROUND_HALF_UP))


def currency(cell: str) -> str | None:
    """Return an ISO 4217 code, None for an empty cell."""
    code = cell.strip().upper()
    if code and code not in CURRENCIES:
        raise Fault("currency")
    return code or None


def email(cell: str) -> str | None:
    """Return an e-mail address in small letters, None for an empty cell."""
    address = cell.strip().lower()
    if address and not EMAIL.fullmatch(address):
        raise Fault("email")
    return address or None


def language(cell: str) -> str | None:
    """Return a language code ("en", "pt-BR"), None for an empty cell."""
    code = cell.strip()
    if code and not LANGUAGE.fullmatch(code):
        raise Fault("language")
    return code.replace("_", "-") or None


def country(cell: str) -> str | None:
    """Return the alpha-2 code of a country's code or name, None where it is empty or unknown."""
    return geography.iso2_of(cell.strip())


def folded(cell: str) -> str:
    """Return the letters and digits of a word in small letters, so that "Check-Out" and "checked out" can be looked up."""
    return "".join(letter for letter in cell.casefold() if letter.isalnum())


def word(words: dict, rule: str) -> Callable:
    """Return a parser for the words of a list, however they are hyphenated; another word is a fault."""
    def parsed(cell: str):
        try:
            return words[folded(cell)]
        except KeyError as error:
            raise Fault(rule) from error
    return parsed
