"""How what associations share is read and written: sheets of days, codes and parts beside a form's plain values, and JSON within limits."""

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from crm_core.association.forms import CODE, Form
from crm_core.i18n import t

NAME, LINE = 200, 500  # letters of a name and of one line
MOST_PROBLEMS = 50
FIRST_DAY, LAST_DAY = dt.date(1990, 1, 1), dt.date(2200, 1, 1)
EVERYBODY = "*"
UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")

Read = TypeVar("Read")


class Bad(ValueError):
    """What was read cannot be meant; `problems` says each thing that is wrong in a sentence, of very many the first fifty."""

    def __init__(self, *problems: str):
        self.problems = tuple(UNSEEN.sub("�", problem) for problem in problems[:MOST_PROBLEMS])
        super().__init__("\n".join(self.problems))


class Sheet(Form):
    """A form that reads days, whole numbers, lists of codes and parts too."""

    @classmethod
    def of(cls, values: object, place: str, known: tuple[str, ...], problems: list[str] | None = None) -> "Sheet":
        """Return the sheet of what JSON or TOML gave; what is no mapping, and a field that is not known, are noted."""
        sheet = cls(values if isinstance(values, dict) else {}, place, [] if problems is None else problems)
        if not isinstance(values, dict):
            sheet.problems.append(t("{place}: fields with values are needed here.", place=place))
        sheet.only(known)
        return sheet

    def done(self, value: Read, kind: type[Bad]) -> Read:
        """Return the value read, or raise with everything that was noted."""
        if self.problems:
            raise kind(*self.problems)
        return value

    def part(self, name: str, known: tuple[str, ...], place: str) -> "Sheet":
        """Return the sheet under a name, whose problems are collected with this one's."""
        return Sheet.of(self.values.get(name), place, known, self.problems)

    def parts(self, name: str, known: tuple[str, ...], place: str, most: int, least: int = 0) -> list["Sheet"]:
        """Return the sheets of a list; `place` is a message with {place} and {number}."""
        found = enumerate(self.several(name, least, most), 1)
        return [Sheet.of(one, t(place, place=self.place, number=number), known, self.problems) for number, one in found]

    def whole(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """Return a whole number from least to most; the least where the field has another."""
        found = self.values.get(name, default)
        if type(found) is int and least <= found <= most:
            return found
        self.refuse(name, t("a whole number from {least} to {most} is needed.", least=least, most=most))
        return least

    def maybe(self, name: str, read: Callable, *limits: object):
        """Return what `read` (a method of this sheet) finds, None where the field says nothing."""
        return None if self.values.get(name) in (None, "") else read(name, *limits)

    def day(self, name: str) -> dt.date:
        """Return a day, written like 2025-04-30 or as TOML has it; the first possible one where the field has another thing."""
        found = self.values.get(name)
        day = found if type(found) is dt.date else _day(found)
        if day is not None and FIRST_DAY <= day <= LAST_DAY:
            return day
        self.refuse(name, t("a day is needed, written like 2025-04-30."))
        return FIRST_DAY

    def codes(self, name: str, most: int) -> tuple[str, ...]:
        """Return a list of codes, each once; "*" stands for all."""
        found = self.several(name, 0, most)
        if not all(isinstance(one, str) and (one == EVERYBODY or CODE.fullmatch(one)) for one in found):
            self.refuse(name, t("use Latin letters, digits, - and _ only, and begin with a letter or a digit."))
            return ()
        return tuple(dict.fromkeys(found))

    def once(self, name: str, codes: Sequence[str]) -> None:
        """Note every code that stands more than once."""
        for code in sorted({code for code in codes if code and codes.count(code) > 1}):
            self.refuse(name, t("two entries have the code “{code}”: give each its own.", code=code))


def place(message: str, values: object) -> str:
    """Return where something stands, by its own code: a message with {code}."""
    code = values.get("code") if isinstance(values, dict) else None
    return t(message, code=code[:40] if isinstance(code, str) else "?")


def _day(found: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(found)
    except (TypeError, ValueError):
        return None


# --- JSON ------------------------------------------------------------------------------------------------------------------
def from_json(data: bytes | str, place: str, largest: int, kind: type[Bad]) -> object:
    """Return what a JSON text says. Raises `kind` where it is too large, cut off, not in UTF-8 or nested too deep, or says NaN."""
    if len(data) > largest:
        raise kind(t("{place}: the file has more than {most} kB. Share less at once.", place=place, most=largest // 1000))
    try:
        return json.loads(data.decode("utf-8-sig") if isinstance(data, bytes) else data, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise kind(t("{place}: this is no complete JSON file. Ask for it again.", place=place)) from problem


def _no_number(said: str) -> NoReturn:
    raise ValueError(said)


def to_json(value: object) -> str:
    """Return the one way in which a value is written: equal values give equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def filled(form: dict) -> dict:
    """Return a form without the fields that say nothing: empty words, texts and lists, None."""
    return {name: value for name, value in form.items() if value is not None and value != "" and value != {} and value != []}
