"""The interface in four languages: English messages looked up in the gettext catalogues beside this file."""

import gettext
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "am": "አማርኛ", "si": "සිංහල", "hy": "Հայերեն"}
SOURCE = "en"  # messages are written in English, so English needs no catalogue
CATALOGUES = Path(__file__).parent

_current = ContextVar("language", default=SOURCE)


def use(language: str | None) -> None:
    """Speak `language` from here on in this context; "si-LK" means si, an unknown one means English."""
    short = (language or SOURCE).replace("_", "-").split("-")[0].lower()
    _current.set(short if short in LANGUAGES else SOURCE)


def language() -> str:
    """The code of the language in use, a key of LANGUAGES."""
    return _current.get()


def t(message: str, /, **values) -> str:
    """The message in the language in use, its {placeholders} filled; English where no translation fits."""
    return _filled(_translated(message, language()), message, values)


def tn(singular: str, plural: str, n: float, /, **values) -> str:
    """The form that fits n, filled; {n} is the bare n unless the caller passes it as text (n=count(n))."""
    whole = int(n) if n == int(n) else 2  # gettext counts in whole numbers; 1.5 days takes the plural
    text = _catalogue(language()).ngettext(singular, plural, whole)
    return _filled(text, singular if whole == 1 else plural, {"n": n} | values)


def N_(message: str) -> str:
    """The message unchanged: marks for extraction what is declared in one place and shown by t() in another."""
    return message


def all_spellings(message: str) -> set[str]:
    """The message in every language, unfilled; reads labels that reached a URL in another language."""
    return {_translated(message, code) for code in LANGUAGES}


def _translated(message: str, code: str) -> str:
    return _catalogue(code).gettext(message) if message else ""  # gettext answers "" with the file's header


def _filled(text: str, source: str, values: dict) -> str:
    for candidate in (text, source):
        try:
            return candidate.format_map(values)
        except (LookupError, ValueError, TypeError, AttributeError):
            continue
    return source


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    """One language's translations, compiled in memory once per process so that no binary file needs to be kept."""
    if code == SOURCE:
        return gettext.NullTranslations()
    compiled = BytesIO()
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
