"""What one hotel gives to a benchmark: sums of KPIs under a random pseudonym, nothing that names the hotel or few of its guests."""

import datetime as dt
import math
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from crm_core.association.forms import LARGEST
from crm_core.association.reading import Bad, Sheet, from_json, to_json
from crm_core.i18n import N_, t

K = 5  # guests: a figure of fewer never leaves the house
UNITS = ("share", "money", "ratio", "points", "index", "nights", "days", "hours", "count")
FORMAT, VERSION, MOST_LINES, LARGEST_FILE = "innsight-contribution", 1, 200, 200_000
PSEUDONYM = re.compile(r"[0-9a-f]{16}")
CURRENCY = re.compile(r"[A-Z]{3}")
OF_FILE = ("format", "version", "code", "from_on", "to_on", "currency", "lines")
OF_LINE = ("key", "unit", "numerator", "denominator", "n", "guests")


class BadContribution(Bad):
    """The contribution, or several together, cannot be used."""


@dataclass(frozen=True)
class Line:
    """The sums behind one KPI: its value is numerator / denominator in its unit (money: minor units), from n cases of so many guests."""

    key: str
    unit: str
    numerator: float
    denominator: float
    n: int
    guests: int


@dataclass(frozen=True)
class Contribution:
    """What one hotel gives for one period [from_on, to_on). There is no field for a name, and `code` is sixteen random digits.

    Raises ValueError where the code is something else, so that no name can stand in its place.
    """

    code: str
    from_on: dt.date
    to_on: dt.date
    currency: str
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if not PSEUDONYM.fullmatch(self.code):
            raise ValueError("A contribution goes under a pseudonym() of sixteen random digits and never under a name.")


def pseudonym() -> str:
    """Return a new random pseudonym; keep it, so that a hotel that gives twice is found out."""
    return secrets.token_hex(8)


def contribution(rows: Iterable[Line], *, code: str, from_on: dt.date, to_on: dt.date, currency: str) -> tuple[Contribution, tuple[tuple[str, str], ...]]:
    """Return what may leave the house, and (KPI, why) for every line that may not."""
    rows = sorted(rows, key=lambda line: line.key)
    kept = tuple(line for line in rows if not _withheld(line))
    return Contribution(code, from_on, to_on, currency, kept), tuple((line.key, _withheld(line)) for line in rows if _withheld(line))


def _withheld(line: Line) -> str:
    if line.guests < K:
        return t("fewer than {k} guests stand behind it", k=K)
    is_ratio = math.isfinite(line.numerator) and math.isfinite(line.denominator) and line.denominator > 0
    return "" if is_ratio else t("it has no numerator and denominator that several hotels could add up")


# --- the file -------------------------------------------------------------------------------------------------------------
def dumps(given: Contribution) -> str:
    """Return a contribution as the text of a JSON file; equal contributions give equal texts."""
    days = {"from_on": given.from_on.isoformat(), "to_on": given.to_on.isoformat()}
    return to_json({"format": FORMAT, "version": VERSION} | asdict(given) | days)


def loads(data: bytes | str, place: str = "") -> Contribution:
    """Return the contribution of a file; `place` names the file in sentences. Raises BadContribution with every problem."""
    place = place or t("The contribution")
    said = from_json(data, place, LARGEST_FILE, BadContribution)
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise BadContribution(t("{place}: this is no contribution to a benchmark. Choose the file that a hotel saved as one.", place=place))
    if said.get("version") != VERSION:
        raise BadContribution(t("{place}: it was written by another version of the program. Update this one, or ask for the file anew.", place=place))
    return _read(Sheet.of(said, place, OF_FILE))


def _read(sheet: Sheet) -> Contribution:
    lines = tuple(_line(part) for part in sheet.parts("lines", OF_LINE, N_("{place}, line {number}"), MOST_LINES, 1))
    sheet.once("lines", [line.key for line in lines])
    from_on, to_on, code, currency = sheet.day("from_on"), sheet.day("to_on"), sheet.text("code", 40), sheet.text("currency", 3)
    if to_on <= from_on:
        sheet.refuse("to_on", t("the period ends before it begins."))
    if code and not PSEUDONYM.fullmatch(code):
        sheet.refuse("code", t("a contribution goes under a random pseudonym and never under a name."))
    if currency and not CURRENCY.fullmatch(currency):
        sheet.refuse("currency", t("write a currency as three letters, such as EUR."))
    return Contribution(*sheet.done((code, from_on, to_on, currency, lines), BadContribution))


def _line(sheet: Sheet) -> Line:
    line = Line(sheet.code("key"), sheet.choice("unit", UNITS), sheet.number("numerator", -LARGEST, LARGEST), sheet.number("denominator", 0, LARGEST),
                sheet.whole("n", 0, 10**12), sheet.whole("guests", K, 10**12))  # fmt: skip
    if line.denominator == 0:
        sheet.refuse("denominator", t("a figure without a denominator cannot be pooled: take the line out."))
    return line
