"""How a file is written: its form, what was found in it, and the evidence for that."""
from dataclasses import asdict, dataclass, field, fields

from crm_core.i18n import N_, t

# Why an aspect of the form is believed. The values are those of the evidence; {value} is what was chosen.
EVIDENCE = {
    "given": N_("{value}: chosen by a person."),
    "encoding_mark": N_("{value}: the file begins with this encoding's mark."),
    "encoding_sound": N_("{value}: every letter of the file is valid in it."),
    "encoding_ascii": N_("The file has only plain Latin letters without accents, so that every encoding reads it alike."),
    "encoding_mostly": N_("{value}: nearly all letters are valid in it. Lines with others are kept out: {n}."),
    "encoding_wide": N_("{value}: every second byte is 0."),
    "encoding_guessed": N_("{value} is likely by the letters that come out: {example}. Compare them, or choose another encoding."),
    "encoding_kind": N_("Files of this kind name their letters themselves."),
    "delimiter_steady": N_("{shown} divides {n} of {most} lines into {columns} columns."),
    "delimiter_unsteady": N_("{shown} divides the lines most evenly, but only {n} of {most} into {columns} columns."),
    "delimiter_none": N_("Nothing divides the lines into columns."),
    "header_first": N_("The first line holds the names of the columns."),
    "header_below": N_("Line {value} holds the names of the columns. Lines above it that are passed over: {n}, such as “{example}”."),
    "header_unsure": N_("Line {value} seems to hold the names of the columns, but it looks like a line of data."),
    "footer": N_("Lines at the end that are no rows: {n}, such as “{example}”."),
    "sheet_only": N_("{value} is the only sheet with rows."),
    "sheet_first": N_("{value} is the first of the sheets with rows: {values}."),
    "date_none": N_("No column holds dates whose order matters."),
    "date_iso": N_("All dates begin with the year, such as {example}."),
    "date_settled": N_("In {column} {example} can only be read in this order; dates that say so: {n}."),
    "date_contradicted": N_("{column} has {example}, {other} has {against}: the file holds both orders."),
    "date_ambiguous": N_("No date of {column} shows whether day or month stands first, such as {example}."),
    "decimal_none": N_("No column holds amounts with decimals."),
    "decimal_settled": N_("In {column} {example} can only be read so; amounts that say so: {n}."),
    "decimal_contradicted": N_("{column} has {example}, {other} has {against}: the file holds both decimal signs."),
    "decimal_ambiguous": N_("{example} in {column} may have thousands or decimals."),
    "currency_none": N_("The file names no currency: amounts are in the property's."),
    "currency_header": N_("The column {column} names it."),
    "currency_cells": N_("The amounts name their currency, such as {example} in {column}."),
    "currency_sign": N_("The sign in {example} (column {column}) can be one of several currencies."),
}


@dataclass(frozen=True)
class Form:
    """How a file is written. A date order of None is not settled, and must be asked before the dates can be read."""

    kind: str = "csv"
    sheet: str | None = None
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    header_line: int = 1
    date_order: str | None = "ymd"
    decimal: str = "."
    currency: str | None = None

    def as_dict(self) -> dict:
        """Return the form as JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: dict) -> "Form":
        """Return the form that as_dict() gave; what it does not know is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})


@dataclass(frozen=True)
class Evidence:
    """Why an aspect of a form is believed: `why` is a key of EVIDENCE, its `values` fill the text, `alternatives` may be chosen instead."""

    aspect: str
    value: str | int | None
    why: str
    values: dict = field(default_factory=dict)
    alternatives: tuple = ()
    certain: bool = True

    def text(self) -> str:
        """Return the reason as a sentence in the reader's language."""
        return t(EVIDENCE[self.why], **{"value": self.value} | self.values)


@dataclass(frozen=True)
class Detected:
    """What a file is: its form, the evidence, its header, up to 200 of its rows, and how many it has."""

    form: Form
    evidence: tuple[Evidence, ...]
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    rows: int

    def open_questions(self) -> tuple[Evidence, ...]:
        """Return what a person must settle before the file can come in."""
        return tuple(found for found in self.evidence if not found.certain)
