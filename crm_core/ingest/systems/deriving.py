"""Cells that are made from other cells, as several systems need it."""
import datetime as dt
import re
from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_core.ingest.aliases import folded
from crm_core.ingest.bare import bare, is_nothing
from crm_core.ingest.chunk import RAW, Chunk
from crm_core.ingest.systems import names

LIST = re.compile(r"""\s*[\[\]'";|]+\s*|\s*,\s+|,(?=\S)""")
PERSONAL = ("given_name", "family_name", "full_name", "email", "phone", "birth_date", "street", "postcode", "city", "document",
            "loyalty_number", "preferences", "tags")
YES = frozenset(("y", "yes", "true", "1", "t", "on"))
NO = frozenset(("n", "no", "false", "0", "f", "off"))


def raw(chunk: Chunk, *headers: str) -> tuple[str, ...]:
    """Return the cells of the first of these headers that the file has and no canonical column took; empty cells where it has none."""
    found = {folded(name.removeprefix(RAW)): name for name in chunk.cells if name.startswith(RAW)}
    return next((chunk.cells[found[key]] for key in map(folded, headers) if key in found), ("",) * len(chunk))


def fill(chunk: Chunk, column: str, cells: Iterable[str]) -> None:
    """Put cells where the column has none."""
    chunk.cells[column] = tuple(own if own.strip() else new for own, new in zip(chunk.column(column), cells, strict=True))


def change(chunk: Chunk, column: str, make: Callable[[str], str]) -> None:
    """Replace each cell of a column that the file has; each distinct cell is made once."""
    if column in chunk.cells:
        cells = chunk.cells[column]
        made = {cell: make(cell) for cell in set(cells)}
        chunk.cells[column] = tuple(made[cell] for cell in cells)


def translate(chunk: Chunk, column: str, words: dict[str, str]) -> None:
    """Replace the words of a column by ours; a word that is not known stays, so that the reader can name it."""
    change(chunk, column, lambda cell: words.get(folded(cell), cell))


def divide_names(chunk: Chunk) -> None:
    """Make given and family name of the full one where a row has neither."""
    if "full_name" not in chunk.cells:
        return
    change(chunk, "full_name", names.first_of)
    halves = {cell: names.split(cell) for cell in set(chunk.cells["full_name"])}
    blank = [not (given.strip() or family.strip()) for given, family in zip(chunk.column("given_name"), chunk.column("family_name"),
        strict=True)]
    for at, column in enumerate(("given_name", "family_name")):
        cells = [halves[full][at] if empty else "" for full, empty in zip(chunk.cells["full_name"], blank, strict=True)]
        if any(cells):
            fill(chunk, column, cells)


def flag(cell: str) -> bool | None:
    """Return what a flag says, None where it says nothing."""
    key = bare(cell).casefold()
    return True if key in YES else False if key in NO else None


def yes_no(cell: str) -> str:
    """Return a flag as yes or no, "" where it says nothing."""
    return {True: "yes", False: "no", None: ""}[flag(cell)]


def consent(cell: str) -> str:
    """Return an opt-in flag as a consent. "No" is a withdrawal: of the two things that it can mean, the one that protects the guest."""
    return {True: "given", False: "withdrawn", None: ""}[flag(cell)]


def forget_anonymized(chunk: Chunk) -> None:
    """Empty what is personal in the rows of guests whom their system has erased: what stands there is a placeholder."""
    nobody = [cell == "yes" for cell in chunk.column("anonymized")]
    for column in PERSONAL if any(nobody) else ():
        if column in chunk.cells:
            chunk.cells[column] = tuple("" if erased else cell for cell, erased in zip(chunk.cells[column], nobody, strict=True))


def parts(cell: str) -> list[str]:
    """Return the elements of a list that was written as text: "['a', 'b']", "a; b", "a, b"."""
    return [part for part in (piece.strip() for piece in LIST.split(cell)) if part and not is_nothing(part)]


def listed(cell: str) -> str:
    """Return a list that was written as text with semicolons between its elements."""
    return "; ".join(parts(cell))


def hotel_days(chunk: Chunk, *columns: str) -> None:
    """Turn instants in UTC to the hotel's days, by the cells of "time_zone" where a mapping gives them, else to days of UTC."""
    zones = chunk.column("time_zone")
    for column in columns:
        if column in chunk.cells:
            made = {pair: hotel_day(*pair) for pair in set(zip(chunk.cells[column], zones, strict=True))}
            chunk.cells[column] = tuple(made[pair] for pair in zip(chunk.cells[column], zones, strict=True))


def hotel_day(cell: str, zone: str = "") -> str:
    """Return the day that the hotel's calendar showed at an instant such as 2025-03-31T22:30:00Z; what is no instant stays."""
    try:
        at = dt.datetime.fromisoformat(bare(cell))
        return at.date().isoformat() if at.tzinfo is None else at.astimezone(_zone(zone)).date().isoformat()
    except (ValueError, OverflowError):
        return cell


def _zone(name: str) -> dt.tzinfo:
    try:
        return ZoneInfo(name) if name else dt.UTC
    except (ZoneInfoNotFoundError, ValueError):
        return dt.UTC
