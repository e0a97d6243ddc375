"""Each kind of column has one parser, made for the file's form: a cell becomes a value that can be kept, or a fault."""
import unicodedata
from collections.abc import Callable, Mapping

from crm_core.ingest import aliases, dates, parsing
from crm_core.ingest.amounts import amounts, percents
from crm_core.ingest.bare import bare, is_nothing
from crm_core.ingest.bookings import preferences
from crm_core.ingest.documents import Keyed
from crm_core.ingest.house import House, Otherwise
from crm_core.ingest.problems import Fault
from crm_core.ingest.targets.definition import Column, Target
from crm_core.ingest.written import Form
from crm_core.records import cards

# In a name or a text only these say that there is nothing: "Na" and "None" may be somebody.
NOTHING = frozenset({"", "null", "undefined", "?", "-", "#n/a", "(null)", "\\n"})
# The words of a booking have rules of their own, which name them.
RULES = {id(parsing.STATUSES): "status", id(parsing.RATE_CLASSES): "rate_class", id(parsing.CONSENTS): "consent"}
LONGEST = 20_000  # characters of a text; reviews are shorter


def parser(column: Column, target: Target, form: Form, house: House, said: Mapping[str, str], hashed: Keyed) -> Callable:
    """Return the parser of a column; `said` are the source's own words for it, by folded spelling. A required one faults where empty."""
    made = {
        "text": text, "prose": prose, "id": parsing.identifier, "day": dates.dates(form.date_order),
        "past_day": dates.dates(form.date_order, past=True), "month": _month(form), "time": dates.time_of_day,
        "instant": dates.instants(form.date_order),
        "amount": _amount(form, signed=False), "change": _amount(form, signed=True), "whole": _whole(form, signed=False),
        "points": _whole(form, signed=True), "decimal": _decimal(form), "country": country, "language": language,
        "email": parsing.email if column.required or target.name == "bookings" else address, "phone": phone,
        "currency": parsing.currency, "property": house.property,
        "channel": lambda cell: house.channel(parsing.text(cell)), "yes_no": _yes_no(), "word": word(column, said), "words": marks,
        "document": lambda cell: hashed(bare(cell)), "preferences": lambda cell: preferences(text(cell)),
    }[column.kind]
    parse = empty_first(made, "" if column.kind in ("text", "prose", "words", "preferences", "phone") else 0 if column.kind == "yes_no" else None)
    return required(parse) if column.required else parse


def empty_first(parse: Callable, nothing: object) -> Callable:
    """Return the parser, to which a cell that says that there is nothing is `nothing`."""
    def parsed(cell: str):
        value = bare(cell)
        return nothing if value.casefold() in NOTHING else parse(value)
    return parsed


def required(parse: Callable) -> Callable:
    """Return the parser with a fault for nothing."""
    def parsed(cell: str):
        value = parse(cell)
        if value is None or value == "":
            raise Fault("missing")
        return value
    return parsed


def text(cell: str) -> str:
    """Return one line of text; raises Fault where it holds a payment card number."""
    return "" if cell.strip().casefold() in NOTHING else parsing.text(cell)


def prose(cell: str) -> str:
    """Return a longer text with its line breaks; raises Fault where it holds a payment card number or is a book."""
    if cards.numbers(cell):
        raise Fault("card_number")
    if len(cell) > LONGEST:
        raise Fault("cell_too_long")
    lines = (" ".join(line.split()) for line in cell.strip().splitlines())
    return unicodedata.normalize("NFC", parsing.unescaped("\n".join(lines)))


def phone(cell: str) -> str:
    """Return a phone number as it is written."""
    return parsing.unescaped(parsing.phone(cell))


def address(cell: str) -> str | None:
    """Return an e-mail address in small letters; what is none is kept too, and its state says so: a contact is more than its address."""
    return text(cell).lower() or None


def country(cell: str) -> str | None:
    """Return a country's code, None for what is not known: it is reported, never guessed."""
    return None if is_nothing(cell) and len(cell) != 2 else parsing.country(cell)


def language(cell: str) -> str | None:
    """Return a language's code, None for nothing; a name such as German is looked up."""
    return aliases.words("language").get(aliases.folded(cell)) or parsing.language(cell) if _knows("language") else parsing.language(cell)


def marks(cell: str) -> str:
    """Return a list of words with a semicolon and a blank between them, each once, in their order."""
    parts = (" ".join(part.split()) for part in text(cell).strip("[]").replace(",", ";").split(";"))
    return "; ".join(dict.fromkeys(part.strip("'\" ") for part in parts if part.strip("'\" ")))


def word(column: Column, said: Mapping[str, str]) -> Callable:
    """Return a parser for the words of a column: ours, the source's own, those of other languages."""
    canonical = set(column.words.values())
    known = {spelling: found for spelling, found in (_elsewhere(column.name).items()) if found in canonical} | column.words
    own = {aliases.folded(spelling): found for spelling, found in said.items()}

    def parsed(cell: str):
        for spelling, words in ((aliases.folded(cell), own), (parsing.folded(cell), known), (aliases.folded(cell), known)):
            if spelling in words:
                return words[spelling]
        if column.otherwise is None:
            raise Fault(RULES.get(id(column.words), "word"))
        return Otherwise(column.otherwise)
    return parsed


def _knows(kind: str) -> bool:
    return kind in aliases.tables()["words"]


def _elsewhere(kind: str) -> dict[str, str]:
    return aliases.words(kind) if _knows(kind) else {}


def _yes_no() -> Callable:
    known = {spelling: {"yes": 1, "no": 0}.get(said) for spelling, said in _elsewhere("yes_no").items()} | parsing.YES_NO

    def parsed(cell: str) -> int:
        found = known.get(aliases.folded(cell), known.get(parsing.folded(cell)))
        if found is None:
            raise Fault("yes_no")
        return found
    return parsed


def _month(form: Form) -> Callable:
    day = dates.dates(form.date_order)

    def parsed(cell: str) -> str | None:
        if len(cell) == 7 and cell[4] == "-":
            cell += "-01"
        try:
            return (day(cell) or "")[:7] or None
        except Fault:
            return (day(f"1 {cell}") or "")[:7] or None  # "March 2025"
    return parsed


def _amount(form: Form, signed: bool) -> Callable:
    """Return a parser of amounts to (decimal as text, currency or None): their minor units wait until the row's currency is known."""
    parse = amounts(form.decimal, form.currency)

    def parsed(cell: str) -> tuple[str, str | None] | None:
        found = parse(cell)
        if found is None:
            return None
        if found.value < 0 and not signed:
            raise Fault("negative")
        return format(found.value, "f"), found.currency
    return parsed


def _whole(form: Form, signed: bool) -> Callable:
    parse = percents(form.decimal)

    def parsed(cell: str) -> int | None:
        try:
            value = parse(cell)
        except Fault as fault:
            raise Fault("whole_number") from fault
        if value is None:
            return None
        if value != int(value) or "%" in cell:
            raise Fault("whole_number")
        if value < 0 and not signed:
            raise Fault("negative")
        return int(value)
    return parsed


def _decimal(form: Form) -> Callable:
    """Return a parser of scores to text: 8.4, or 8,4 in a file with decimal commas."""
    parse = percents(form.decimal)

    def parsed(cell: str) -> str | None:
        value = parse(cell)
        return None if value is None else format(value, "f")
    return parsed
