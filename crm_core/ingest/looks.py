"""What the values of a column look like, where its name says nothing: the share of its cells that can be read as one kind of value."""
import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from crm_core import geography
from crm_core.i18n import N_
from crm_core.ingest import aliases, amounts, dates, parsing
from crm_core.ingest.bare import bare, is_nothing
from crm_core.ingest.problems import Fault
from crm_core.ingest.written import Form

ENOUGH = .8  # share of the cells that must fit
FEWEST = 3  # cells without which nothing is said
LONG = 80  # letters of what is no longer a name or a word, but a text
PHONE = re.compile(r"(?:\+|00|0|\()[\d ()./-]{6,20}\d")
NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:[ ,'’.-]+[^\W\d_][^\W\d_'’.-]*){1,4}")
CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9/_-]{3,23}")
SCORE = re.compile(r"(?:10|\d)(?:[.,]\d)?")
LANGUAGES = frozenset(aliases.tables()["codes"]["languages"])

KINDS = {
    "email": N_("e-mail addresses"), "day": N_("dates"), "arrival": N_("days that begin a stay"), "departure": N_("days that end a stay"),
    "birth_date": N_("dates of birth"), "phone": N_("phone numbers"), "status": N_("words for a booking's status"),
    "language": N_("language codes"), "country": N_("countries"), "money": N_("amounts of money"), "text": N_("long texts"),
    "name": N_("names of people"), "id": N_("numbers that stand only once"), "score": N_("scores"), "few": N_("small numbers"),
}
# Which of our columns a kind of values may be, the first that is free.
MEANT = {
    "bookings": {"email": ("email",), "phone": ("phone",), "arrival": ("arrival",), "departure": ("departure",), "day": ("booked_on",),
        "birth_date": ("birth_date",), "status": ("status",), "country": ("guest_country",), "language": ("language",),
        "money": ("total_amount",), "name": ("full_name",), "id": ("confirmation",), "few": ("adults", "children")},
    "guests": {"email": ("email",), "phone": ("phone",), "birth_date": ("birth_date",), "country": ("country",), "language": ("language",),
        "name": ("full_name",), "id": ("guest_ref",), "day": ("seen_on",)},
    "reviews": {"day": ("reviewed_on",), "score": ("score",), "text": ("text",), "language": ("language",), "country": ("guest_country",),
        "id": ("review_id",), "email": ("email",)},
    "leads": {"email": ("email",), "phone": ("phone",), "name": ("name",), "day": ("created_at",), "money": ("value",), "id": ("lead_id",)},
    "interactions": {"email": ("email",), "phone": ("phone",), "text": ("text",), "day": ("at",), "id": ("interaction_id",)},
    "cases": {"text": ("text",), "day": ("opened_at",), "id": ("case_id",), "email": ("email",)},
    "commissions": {"id": ("confirmation",), "money": ("commission",)},
}


@dataclass(frozen=True)
class Look:
    """A kind of values, and in how many of a column's cells it was found; `days` are its dates by row."""

    kind: str
    found: int
    of: int
    days: dict[int, dt.date] = field(default_factory=dict, compare=False)

    @property
    def share(self) -> float:
        """Return the share of the cells that fit."""
        return self.found / self.of


def look(cells: Sequence[str], form: Form) -> Look | None:
    """Return the first kind that enough of the cells have, None where there is none or too few cells say anything."""
    filled = {at: value for at, cell in enumerate(cells) if (value := bare(cell)) and not is_nothing(value)}
    if len(filled) < FEWEST:
        return None
    for kind, fits in _kinds(form).items():
        found = sum(map(fits, filled.values()))
        if found >= ENOUGH * len(filled) and (kind != "id" or len(set(filled.values())) == len(filled)):
            days = _days(filled, form) if kind == "day" else {}
            return Look("birth_date" if days and _are_births(days) else kind, found, len(filled), days)
    return None


def _kinds(form: Form) -> dict[str, Callable[[str], bool]]:
    """Return the tests in their order: what is told apart more surely comes first."""
    day, amount = dates.dates(form.date_order or "dmy"), amounts.amounts(form.decimal, form.currency)
    statuses = aliases.words("status") | parsing.STATUSES
    return {
        "email": lambda cell: bool(parsing.EMAIL.fullmatch(cell)), "day": lambda cell: _reads(day, cell),
        "phone": lambda cell: bool(PHONE.fullmatch(cell)) and sum(map(str.isdigit, cell)) >= 7,
        "status": lambda cell: aliases.folded(cell) in statuses, "language": lambda cell: cell.replace("_", "-").split("-")[0] in LANGUAGES,
        "country": lambda cell: not cell.isdecimal() and geography.iso2_of(cell) is not None, "text": lambda cell: len(cell) > LONG,
        "few": lambda cell: cell.isdecimal() and len(cell) == 1, "score": lambda cell: bool(SCORE.fullmatch(cell)),
        "money": lambda cell: not cell.isdecimal() and _reads(amount, cell),
        "name": lambda cell: len(cell) < 60 and bool(NAME.fullmatch(cell)), "id": lambda cell: bool(CODE.fullmatch(cell))}


def _reads(parse: Callable, cell: str) -> bool:
    try:
        return parse(cell) is not None
    except Fault:
        return False


def _days(filled: dict[int, str], form: Form) -> dict[int, dt.date]:
    day = dates.dates(form.date_order or "dmy")
    return {at: dt.date.fromisoformat(day(cell)) for at, cell in filled.items() if _reads(day, cell)}


def _are_births(days: dict[int, dt.date]) -> bool:
    """Return whether days spread over decades, as births do and bookings do not."""
    years = [on.year for on in days.values()]
    return max(years) - min(years) > 15 and min(years) < 2005


def stays(looks: dict[str, Look]) -> tuple[str, str, int, int] | None:
    """Return the two columns of days that are arrival and departure, with the rows in which they follow each other and all rows.

    Of several such pairs it is the closest: a booking lies further from its arrival than the departure does.
    """
    best = None
    for first, then in permutations([name for name, seen in looks.items() if seen.kind == "day"], 2):
        both = [(looks[then].days[at] - on).days for at, on in looks[first].days.items() if at in looks[then].days]
        fit = sum(0 <= gap <= 60 for gap in both)
        if len(both) >= FEWEST and sum(both) > 0 and fit >= ENOUGH * len(both):
            best = min(filter(None, (best, (sum(both) / len(both), first, then, fit, len(both)))))
    return best and best[1:]


def looks_of(header: Sequence[str], rows: Sequence[Sequence[str]], form: Form) -> dict[str, Look]:
    """Return what the columns of a file look like, those that look like nothing left out, the first of headers that stand twice."""
    columns: dict[str, list[str]] = {}
    for at, name in enumerate(header):
        columns.setdefault(name, [row[at] if at < len(row) else "" for row in rows])
    return {name: seen for name, cells in columns.items() if (seen := look(cells, form))}


def meant(target: str, looks: dict[str, Look], taken: set[str]) -> dict[str, tuple[str, Look]]:
    """Return which columns, by their look, may be which of the target's that are not yet `taken`: canonical column to (header, look)."""
    looks, columns = dict(looks), MEANT.get(target, {})
    if "arrival" in columns and not {"arrival", "departure"} & taken and (pair := stays(looks)):
        for kind, name in (("arrival", pair[0]), ("departure", pair[1])):
            looks[name] = Look(kind, pair[2], pair[3])
    found: dict[str, tuple[str, Look]] = {}
    for name, seen in looks.items():
        kinds = (seen.kind, "score") if seen.kind == "few" else (seen.kind,)
        free = next((column for kind in kinds for column in columns.get(kind, ()) if column not in taken and column not in found), None)
        if free:
            found[free] = (name, seen)
    return found
