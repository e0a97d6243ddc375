"""Amounts of money and percentages as hotel systems write them, in the file's decimal style."""
import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from babel.numbers import list_currencies

from crm_core.ingest.bare import bare, is_nothing
from crm_core.ingest.problems import Fault

CURRENCIES = frozenset(list_currencies())
# What a sign can mean; the first is meant where the file does not say.
SIGNS = {
    "€": ("EUR",), "£": ("GBP",), "₹": ("INR",), "฿": ("THB",), "₫": ("VND",), "₩": ("KRW",), "₺": ("TRY",), "₽": ("RUB",), "֏": ("AMD",),
    "₾": ("GEL",), "₴": ("UAH",), "₪": ("ILS",), "₱": ("PHP",), "₸": ("KZT",), "₦": ("NGN",), "zł": ("PLN",), "kč": ("CZK",),
    "ft": ("HUF",), "r$": ("BRL",), "us$": ("USD",), "a$": ("AUD",), "c$": ("CAD",), "nz$": ("NZD",), "s$": ("SGD",), "hk$": ("HKD",),
    "rm": ("MYR",), "rp": ("IDR",), "lei": ("RON",), "br": ("ETB",),
    "$": ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN", "CLP", "COP", "ARS"), "¥": ("JPY", "CNY"),
    "rs": ("LKR", "INR", "PKR", "NPR", "MUR", "SCR"), "kr": ("SEK", "NOK", "DKK", "ISK"), "fr": ("CHF",), "sfr": ("CHF",),
}
MOST_DIGITS, LONGEST = 12, 40  # digits before the decimals, and characters in all
GAP = "[ \u00a0\u202f\u2009'’]"
DIVIDED = re.compile(rf"(?:\d|[.,]|{GAP})+", re.ASCII)  # a number, however its digits are grouped
MONEY = re.compile(
    r"(?P<before>(?:[^\d\s.,()+−-]+\.?)?)\s*(?P<minus>[-−+]?)\s*(?P<number>[.,]?\d.*?)\s*(?P<after>(?:[^\d\s.,()'’][^\d\s,()'’]*)?)")


def _number(group: str, point: str, more: str = "") -> re.Pattern:
    """Return the form of a number: plain digits, or groups of three that are all divided alike, then perhaps decimals."""
    return re.compile(rf"(?:\d+|\d{{1,3}}(?P<gap>{group}|{GAP})\d{{3}}(?:(?P=gap)\d{{3}})*{more})?(?:{point}\d*)?", re.ASCII)


# 1,00,000.00 is how India groups, and nothing else can be meant by it.
NUMBERS = {".": _number(",", r"\.", r"|\d{1,2}(?:,\d\d)+,\d{3}"), ",": _number(r"\.", ",")}


class Amount(NamedTuple):
    """An amount, negative for what is taken back, and the ISO code of the currency that its cell names."""

    value: Decimal
    currency: str | None


def amounts(decimal: str, currency: str | None = None) -> Callable[[str], Amount | None]:
    """Return a parser of amounts, None for nothing: €100, $1,020.00, 1.240,50 EUR, 1 240,50, (12.00).

    `decimal` is the file's decimal sign, "." or ","; `currency` is what a sign of many currencies means, such as $.
    Raises Fault: amount_spelling, grouping where the separators are not those of that style, currency, too_large.
    """
    def parsed(cell: str) -> Amount | None:
        value = bare(cell)
        if is_nothing(value):
            return None
        if value[0] == "(" and value[-1] == ")":
            return _money("-" + value[1:-1].strip(), decimal, currency)
        return _money(value, decimal, currency)
    return parsed


def percents(decimal: str) -> Callable[[str], Decimal | None]:
    """Return a parser of percentages, None for nothing: "12.3%" and "12.3" are 12.3 per cent. Raises Fault as amounts()."""
    def parsed(cell: str) -> Decimal | None:
        value = bare(cell)
        if is_nothing(value):
            return None
        if len(value) > LONGEST:
            raise Fault("amount_spelling")
        number = value.removesuffix("%").rstrip().replace("−", "-")
        return _signed(number.lstrip("-").strip(), number.startswith("-"), decimal)
    return parsed


def _money(value: str, decimal: str, currency: str | None) -> Amount:
    if len(value) > LONGEST:
        raise Fault("amount_spelling")
    minus = value[0] in "-−" or value[-1] in "-−"
    found = MONEY.fullmatch(value.strip("-− "))
    if not found:
        raise Fault("amount_spelling")
    before, after = found["before"], found["after"]
    if before and after and before != after:
        raise Fault("amount_spelling")
    negative = minus != (found["minus"] in ("-", "−"))
    return Amount(_signed(found["number"], negative, decimal), meant(before or after, currency))


def meant(sign: str, currency: str | None = None) -> str | None:
    """Return the ISO code that a sign or code means, None for no sign; raises Fault currency for one that is not known."""
    if not sign:
        return None
    if sign.upper() in CURRENCIES:
        return sign.upper()
    possible = SIGNS.get(sign.casefold()) or SIGNS.get(sign.casefold().rstrip("."))
    if not possible:
        raise Fault("currency")
    return currency if currency in possible else possible[0]


def _signed(number: str, negative: bool, decimal: str) -> Decimal:
    if not number or not NUMBERS[decimal].fullmatch(number) or not any(map(str.isdigit, number)):
        raise Fault("grouping" if DIVIDED.fullmatch(number) else "amount_spelling")
    whole, _, part = number.partition(decimal)
    whole = "".join(filter(str.isdigit, whole))
    if len(whole.lstrip("0")) > MOST_DIGITS:
        raise Fault("too_large")
    value = Decimal(f"{whole or 0}.{part or 0}") if part else Decimal(whole or 0)
    return -value if negative else value
