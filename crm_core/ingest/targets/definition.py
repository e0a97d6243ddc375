"""What a file can be: a target with its columns, each with the kind of value that it holds."""
from collections.abc import Callable
from dataclasses import dataclass, field

from crm_core.i18n import N_

KINDS = (
    "text", "prose", "id", "day", "past_day", "month", "time", "instant", "amount", "change", "whole", "points", "decimal", "country", "language",
    "email", "phone", "currency", "property", "channel", "yes_no", "word", "words", "document", "preferences")


@dataclass(frozen=True)
class Column:
    """A canonical column: what it means, the kind of its values, an example, and for the kind "word" its words.

    `words` are the folded spellings of each word; a word that is none of them becomes `otherwise`, or without that is a fault.
    """

    name: str
    meaning: str
    kind: str = "text"
    required: bool = False
    example: str = ""
    words: dict[str, str] = field(default_factory=dict, hash=False)
    otherwise: str | None = None


@dataclass(frozen=True)
class Target:
    """What the rows of a file become. `needs` names columns of which each row must fill at least one; of each group in `either` a file must
    have at least one column.

    `number` is the column with the row's number in its source; `write` brings staged rows into an open change (see rows.py), and is None
    for bookings, which have a faster way of their own. `content` are the columns by which a row without a number is known when it comes
    again; without them each such row is a new one. `keeps_equals`: equal rows without a number all count.
    """

    name: str
    title: str
    grain: str
    columns: tuple[Column, ...]
    needs: tuple[str, ...] = ()
    either: tuple[tuple[str, ...], ...] = ()
    number: str | None = None
    write: Callable | None = None
    content: tuple[str, ...] = ()
    keeps_equals: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all columns in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Return the names of the columns that no file may lack."""
        return tuple(column.name for column in self.columns if column.required)

    def missing(self, there: set[str]) -> tuple[str, ...]:
        """Return the columns that a file with these ones lacks: required ones, and the first of a group of which it has none."""
        groups = (*self.either, *((self.needs,) if self.needs else ()))
        return tuple(name for name in self.required if name not in there) + tuple(group[0] for group in groups if not there & set(group))

    def column(self, name: str) -> Column:
        """Return a column by its name; raises KeyError."""
        return {column.name: column for column in self.columns}[name]


def words(*canonical: str, **spelled: str) -> dict[str, str]:
    """Return the words of a column by folded spelling: each is its own, and `spelled` adds others: closed="done resolved"."""
    found = {word.replace("_", ""): word for word in canonical}
    return found | {spelling: word for word, spellings in spelled.items() for spelling in spellings.split()}


PROPERTY = Column("property", N_("The property's code as in Settings."), "property", False, "GALLE")
CURRENCY = Column("currency", N_("The currency of the row's amounts as an ISO code; the property's where it is empty."), "currency", False,
    "EUR")
GIVEN_NAME = Column("given_name", N_("The guest's given name."), "text", False, "Anna")
FAMILY_NAME = Column("family_name", N_("The guest's family name."), "text", False, "Weber")
FULL_NAME = Column("full_name", N_("The guest's whole name where the file does not divide it: Anna Weber, or Weber, Anna."), "text", False, "")
EMAIL = Column("email", N_("The guest's own e-mail address. Relay addresses of travel sites are left out."), "email", False,
    "anna.weber@example.com")
PHONE = Column("phone", N_("The guest's phone number."), "phone", False, "+49 30 901820")
LANGUAGE = Column("language", N_("The guest's language as a code."), "language", False, "de")
GUEST_REF = Column("guest_ref", N_("The guest's number in your system: rows with the same number are the same person."), "id", False, "G-77")
CONFIRMATION = Column("confirmation", N_("The number of the booking that the row belongs to, the hotel's or the travel site's."), "id", False,
    "R-1001")
