"""What other systems and languages call our columns and values: the tables of data/imports/aliases.toml."""
import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "data" / "imports" / "aliases.toml"
EVERY = "any"  # the section whose names count for every target that has the column
SAID_APART = {"#": " no ", "%": " percent ", "№": " no ", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"}
MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u0640]")  # accents and Arabic vowel signs; those of Indic scripts are letters


@cache
def folded(cell: str) -> str:
    """Return the letters and digits of a header or word: without case, accents, blanks and punctuation; # is "no", % is "percent"."""
    plain = MARKS.sub("", unicodedata.normalize("NFKD", cell.casefold())).casefold()
    for sign, said in SAID_APART.items():
        plain = plain.replace(sign, said)
    return "".join(letter for letter in unicodedata.normalize("NFC", plain) if letter.isalnum() or unicodedata.category(letter)[0] == "M")


@cache
def tables() -> dict:
    """Return the file's tables as they stand there."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def headers(target: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the meanings of each folded header for a target: (canonical column, language), those only this target has first."""
    found: dict[str, dict[str, str]] = {}
    for section in (target, EVERY):
        for column, languages in tables()["headers"].get(section, {}).items():
            for language, names in languages.items():
                for name in names:
                    found.setdefault(folded(name), {}).setdefault(column, language)
    return {name: tuple(meanings.items()) for name, meanings in found.items()}


@cache
def spelled(target: str, columns: tuple[str, ...]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return headers(target) with the columns that the target has, which also answer to their own names (language "")."""
    same = {also: column for column, also in tables()["same"].items() if column in columns and also not in columns}
    found = {name: kept for name, meanings in headers(target).items()
             if (kept := tuple((same.get(column, column), language) for column, language in meanings if same.get(column,
                 column) in columns))}
    return found | {folded(column): ((column, ""),) for column in columns}


@cache
def words(kind: str) -> dict[str, str]:
    """Return the canonical word of each folded spelling of a kind of value, in all languages: status, yes_no, segment."""
    return {folded(spelling): word for word, languages in tables()["words"][kind].items()
            for spellings in languages.values() for spelling in spellings}


@cache
def unsure() -> frozenset[str]:
    """Return the languages whose names no reader of the language has checked."""
    return frozenset(tables()["unsure"]["languages"])


def is_dropped(cell: str) -> bool:
    """Return whether a header names what is never stored: documents, payment cards, passwords, tax numbers."""
    key = folded(cell)
    return any(part in key for part in tables()["dropped"]["parts"]) and key not in tables()["dropped"]["but"]
