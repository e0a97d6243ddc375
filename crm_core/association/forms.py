"""A form of plain values as JSON and TOML give it: its fields are read one by one, and everything wrong with it is told at once."""

import re
from dataclasses import dataclass, field
from unicodedata import category

from crm_core.association.texts import Texts
from crm_core.i18n import LANGUAGES, SOURCE, t

LONGEST_TEXT = 5_000
LARGEST = 1e12
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
MOST_PARAMS, LONGEST_PARAM, LONGEST_VALUE = 30, 60, 2_000


def printable(name: str) -> str:
    """Return the beginning of a name that came with a file, its control signs and halves of signs replaced."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:40])


@dataclass(frozen=True)
class Form:
    """A mapping with the place where it stands ("Lesson “L02”"), for the sentences that `problems` collects."""

    values: dict
    place: str
    problems: list[str] = field(default_factory=list)

    def refuse(self, name: str, problem: str) -> None:
        """Note what is wrong with a field; the sentence says the place and the field before it."""
        self.problems.append(t("{place}, “{field}”: {problem}", place=self.place, field=printable(name), problem=problem))

    def only(self, known: tuple[str, ...]) -> None:
        """Note every field that is not among the known ones."""
        for name in self.values:
            if name not in known:
                self.refuse(str(name), t("this is not known here. Take it out, or choose from {known}.", known=", ".join(known)))

    def inner(self, values: object, name: str, place: str) -> "Form":
        """Return a form inside this one, whose problems are collected with this one's; an empty one where `values` are none."""
        if not isinstance(values, dict):
            self.refuse(name, t("fields with values are needed here."))
        return Form(values if isinstance(values, dict) else {}, place, self.problems)

    def several(self, name: str, least: int, most: int) -> list:
        """Return a list of least to most entries, the first `most` of more; [] where the field is missing."""
        values = self.values.get(name, [])
        if not isinstance(values, list | tuple):
            self.refuse(name, t("a list is needed here."))
            return []
        if not least <= len(values) <= most:
            self.refuse(name, t("there are {n} entries, and {least} to {most} are possible.", n=len(values), least=least, most=most))
        return list(values[:most])

    # --- single values -------------------------------------------------------------------------------------------------------
    def text(self, name: str, most: int, *, is_needed: bool = True) -> str:
        """Return a text without the space around it; "" where it is missing."""
        return self._text(self.values.get(name, ""), name, most, is_needed)

    def code(self, name: str, *, is_needed: bool = True) -> str:
        """Return a code of letters, digits, - and _."""
        found = self.text(name, 40, is_needed=is_needed)
        if found and not CODE.fullmatch(found):
            self.refuse(name, t("use Latin letters, digits, - and _ only, and begin with a letter or a digit."))
        return found

    def choice(self, name: str, known: tuple[str, ...], default: str | None = None) -> str:
        """Return one of the known values; the default, or else the first, where the field has another."""
        found = self.values.get(name, default)
        if isinstance(found, str) and found in known:
            return found
        self.refuse(name, t("choose from {known}.", known=", ".join(filter(None, known))))
        return known[0]

    def number(self, name: str, least: float, most: float, default: float | None = None) -> float:
        """Return a number from least to most; the default, or else the least, where the field has another."""
        found = self.values.get(name, default)
        if isinstance(found, int | float) and not isinstance(found, bool) and least <= found <= most:
            return float(found)
        self.refuse(name, t("a number from {least} to {most} is needed.", least=f"{least:g}", most=f"{most:g}"))
        return float(least)

    def whole(self, name: str, least: int, most: int) -> int:
        """Return a whole number from least to most; the least where the field has another."""
        found = self.number(name, least, most)
        if not found.is_integer():
            self.refuse(name, t("a whole number is needed."))
        return int(found)

    # --- words in languages --------------------------------------------------------------------------------------------------
    def texts(self, name: str, most: int = LONGEST_TEXT, *, is_needed: bool = True) -> Texts:
        """Return a text by language; {} where it is missing."""
        return self.texts_of(self.values.get(name, {}), name, most, is_needed=is_needed)

    def texts_of(self, values: object, name: str, most: int = LONGEST_TEXT, *, is_needed: bool = True) -> Texts:
        """Return texts() of values that stand in a list rather than under a name."""
        if not isinstance(values, dict):
            self.refuse(name, t("give words by language, such as {example}.", example='{"en": "…"}'))
            return {}
        if is_needed or values:
            self._check_languages(values, name)
        return {language: self._text(values[language], f"{name}.{language}", most, True) for language in LANGUAGES if language in values}

    def _check_languages(self, values: dict, name: str) -> None:
        if SOURCE not in values:
            self.refuse(name, t("write it in English (en) too: who reads no other language here sees that."))
        for language in values:
            if language not in LANGUAGES:
                self.refuse(name, t("“{language}” is no language here. Choose from {known}.", language=printable(str(language)), known=", ".join(LANGUAGES)))

    def params(self, name: str) -> dict[str, str]:
        """Return the parameters of an address, name → value; {} where the field is missing."""
        values = self.values.get(name, {})
        if not isinstance(values, dict) or len(values) > MOST_PARAMS:
            self.refuse(name, t("at most {most} names with their values are needed here.", most=MOST_PARAMS))
            return {}
        return {self._text(key, name, LONGEST_PARAM, True): self._text(value, f"{name}.{key}", LONGEST_VALUE, False) for key, value in values.items()}

    def _text(self, value: object, name: str, most: int, is_needed: bool) -> str:
        value = value.replace("\r\n", "\n") if isinstance(value, str) else value
        problem = self._wrong(value, most, is_needed)
        if problem:
            self.refuse(name, problem)
        return value.strip() if isinstance(value, str) and not problem else ""

    def _wrong(self, value: object, most: int, is_needed: bool) -> str:
        if not isinstance(value, str):
            return t("words are needed here.")
        if is_needed and not value.strip():
            return t("this is missing: write it.")
        if len(value) > most:
            return t("this has {n} letters, and {most} are possible: shorten it.", n=len(value), most=most)
        # Halves of a sign and control signs can be neither saved nor shown.
        return t("this holds signs that cannot be shown: type it again.") if any(category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in value) else ""
