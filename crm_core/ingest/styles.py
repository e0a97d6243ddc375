"""Date order, decimal sign and currency of a file: settled over all of its columns together, from their distinct spellings."""
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from crm_core.ingest.amounts import CURRENCIES, DIVIDED, MONEY, SIGNS
from crm_core.ingest.bare import bare, is_nothing
from crm_core.ingest.dates import CLOCK, COMPACT, LONGEST, NUMERIC, dates
from crm_core.ingest.problems import Fault
from crm_core.ingest.written import Evidence

PROBE, SHARE = 40, 0.6  # a column is of dates or amounts where so many of its first distinct cells are
TYPOS = 0.01  # so few spellings of the other style in one column are mistakes in single cells
MOST_SIGNS = 20
SIGNED = re.compile(r"[(\[]\s*([^\d\s()\[\]]{1,4})\s*[)\]]|[_ ]([A-Za-z]{3})$|([€£₹฿₺₽֏])")
FREQUENT = frozenset({"EUR", "USD", "GBP", "CHF", "LKR", "INR", "AMD", "ETB", "AUD", "CAD", "JPY", "CNY", "THB", "ZAR", "AED", "SEK", "NOK", "DKK",
    "PLN", "CZK", "HUF", "RON", "TRY", "MXN", "BRL", "SGD", "HKD", "NZD"})
TELLING = re.compile(r"[^\d+-]")  # what whole numbers, ids and phones do not have
PLAIN = re.compile(r"[-+(]?\d+(?:\.\d+)?\)?", re.ASCII)


@dataclass
class Votes:
    """What one column's spellings say: by style how many prove it, with the first of them; and one that fits both styles."""

    proofs: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    doubtful: str = ""

    def add(self, style: str, cell: str) -> None:
        """Count one spelling; "" is one that fits both styles."""
        if style:
            self.proofs[style] = self.proofs.get(style, 0) + 1
            self.examples.setdefault(style, cell)
        else:
            self.doubtful = self.doubtful or cell

    def styles(self) -> list[str]:
        """Return the styles that are more than single mistakes, the most frequent first."""
        total = sum(self.proofs.values())
        return [style for style in sorted(self.proofs, key=lambda style: -self.proofs[style]) if self.proofs[style] > TYPOS * total]


class Styles:
    """Reads a file's columns piece by piece, and knows at the end how its dates and amounts are written."""

    def __init__(self, header: Iterable[str], *, has_numbers: bool = False):
        """`has_numbers` says that the file tells numbers from text, so that a plain number proves no style."""
        self.header = list(header)
        self.has_numbers = has_numbers
        self.dates: dict[str, Votes] = {}
        self.amounts: dict[str, Votes] = {}
        self.signs: dict[str, tuple[str, str]] = {}
        self.iso = ""

    def read(self, columns: Iterable[tuple[str, ...]]) -> None:
        """Look at the next rows, given by columns."""
        for name, column in zip(self.header, columns, strict=False):
            probe = list(islice(_values(column), PROBE))
            if sum(map(_is_date, probe)) > SHARE * len(probe):
                self._read_dates(self.dates.setdefault(name, Votes()), _values(dict.fromkeys(column)))
            elif sum(map(_is_amount, probe)) > SHARE * len(probe) and TELLING.search("".join(column)):
                self._read_amounts(name, self.amounts.setdefault(name, Votes()), _values(dict.fromkeys(column)))

    def _read_dates(self, votes: Votes, cells: Iterator[str]) -> None:
        for cell in cells:
            if not (found := NUMERIC.fullmatch(_day_of(cell))):
                continue
            first, _, second, _ = found.groups()
            if len(first) > 2:
                self.iso = self.iso or cell
            elif int(first) > 12 >= int(second):
                votes.add("dmy", cell)
            elif int(second) > 12 >= int(first):
                votes.add("mdy", cell)
            elif first != second:
                votes.add("", cell)

    def _read_amounts(self, name: str, votes: Votes, cells: Iterator[str]) -> None:
        for cell in cells:
            if cell.isdecimal() or (PLAIN.fullmatch(cell) and (self.has_numbers or "." not in cell)):
                continue
            found = _money(cell)
            if found and (style := decimal_of(found["number"])) is not None:
                votes.add(style, cell)
            sign = found and (found["before"] or found["after"]).casefold()
            if sign and sign != "%" and sign not in self.signs and len(self.signs) < MOST_SIGNS:
                self.signs[sign] = name, cell

    def date_order(self) -> Evidence:
        """Return the order of day and month; None and not certain where the file does not show it or holds both."""
        if settled := _settled("date", "date_order", self.dates, None, ("dmy", "mdy")):
            return settled
        return Evidence("date_order", "ymd", "date_iso" if self.iso else "date_none", {"example": self.iso} if self.iso else {})

    def decimal(self) -> Evidence:
        """Return the decimal sign; not certain where the file does not show it or holds both."""
        return _settled("decimal", "decimal", self.amounts, ".", (".", ",")) or Evidence("decimal", ".", "decimal_none")

    def currency(self) -> Evidence:
        """Return the currency that the header or the amounts name; not certain where a sign can be that of several."""
        for name in self.header:
            if possible := _of_header(name):
                why = "currency_header" if len(possible) == 1 else "currency_sign"
                return Evidence("currency", possible[0], why, {"column": name, "example": name}, possible[1:], certain=len(possible) == 1)
        found = {sign: possible for sign in self.signs if (possible := _possible(sign))}
        if not found:
            return Evidence("currency", None, "currency_none")
        doubtful = next((sign for sign in found if len(found[sign]) > 1), None)
        column, example = self.signs[doubtful or next(iter(found))]
        values = {"column": column, "example": example}
        if doubtful:
            return Evidence("currency", found[doubtful][0], "currency_sign", values, found[doubtful][1:], certain=False)
        named = sorted({possible[0] for possible in found.values()})
        return Evidence("currency", named[0] if len(named) == 1 else None, "currency_cells", values)


def _values(column: Iterable[str]) -> Iterator[str]:
    return (value for value in map(bare, filter(None, column)) if not is_nothing(value))


def decimal_of(number: str) -> str | None:
    """Return the sign that must be the decimal one, "" where . or , may be either, None where there is none to judge by."""
    points, commas = number.count("."), number.count(",")
    if points and commas:
        last = max(".,", key=number.rfind)
        return last if number.count(last) == 1 else None
    if not points and not commas:
        return None
    sign, other = (".", ",") if points else (",", ".")
    first, *groups = number.split(sign)
    if len(groups) > 1:
        return other if all(len(group) == 3 for group in groups) and 0 < len(first) <= 3 else None
    could_group = len(groups[0]) == 3 and 0 < len(first) <= 3 and first != "0"
    return "" if could_group else sign


def _settled(code: str, aspect: str, columns: dict[str, Votes], default: str | None, styles: tuple[str, str]) -> Evidence | None:
    proofs = list(_proofs(columns))
    if proofs:
        style, column, example, _ = proofs[0]
        against = next((proof for proof in proofs if proof[0] != style), None)
        if against:
            values = {"column": column, "example": example, "other": against[1], "against": against[2]}
            return Evidence(aspect, default, f"{code}_contradicted", values, styles, certain=False)
        return Evidence(aspect, style, f"{code}_settled", {"column": column, "example": example, "n": sum(n for *_, n in proofs)})
    for column, votes in columns.items():
        if votes.doubtful:
            return Evidence(aspect, default, f"{code}_ambiguous", {"column": column, "example": votes.doubtful}, styles, certain=False)
    return None


def _proofs(columns: dict[str, Votes]) -> Iterator[tuple[str, str, str, int]]:
    for column, votes in columns.items():
        for style in votes.styles():
            yield style, column, votes.examples[style], votes.proofs[style]


def _day_of(cell: str) -> str:
    if len(cell) > LONGEST:
        return "text"
    return CLOCK.sub("", cell, count=1).strip(" ,") if ":" in cell else cell


def _is_date(cell: str) -> bool:
    day = _day_of(cell)
    if NUMERIC.fullmatch(day) or COMPACT.fullmatch(day) or not day.strip("0-/. "):
        return True
    try:
        return bool(dates("dmy")(day))
    except Fault:
        return False


def _is_amount(cell: str) -> bool:
    return _money(cell) is not None


def _money(cell: str) -> re.Match | None:
    found = MONEY.fullmatch(cell.strip("-−() %")) if len(cell) <= LONGEST else None
    if not found or not DIVIDED.fullmatch(found["number"]) or (found["before"] and found["after"]):
        return None
    sign = found["before"] or found["after"]
    return found if not sign or _possible(sign) else None


def _possible(sign: str) -> tuple[str, ...]:
    return (sign.upper(),) if sign.upper() in CURRENCIES else SIGNS.get(sign.casefold().rstrip("."), ())


def _of_header(name: str) -> tuple[str, ...]:
    for found in islice(SIGNED.finditer(name), 3):
        bracketed, last, sign = found.groups()
        if last and last.upper() in FREQUENT:
            return (last.upper(),)
        if possible := _possible(bracketed or sign or ""):
            return possible
    return ()
