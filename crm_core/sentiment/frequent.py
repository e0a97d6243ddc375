"""Tells the language of a short text in Latin letters by the words that are frequent in it, where a classifier of letters is unsure."""
import re
import tomllib
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("frequent.toml")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
LEAD = 0.1  # by which the share of the best language must exceed that of the next


def shares(text: str) -> dict[str, float]:
    """Return for each language of the lists the share of a text's words that are among its frequent ones, the largest first."""
    words = [word.replace("’", "'") for word in WORD.findall(text.lower())]
    found = {lang: sum(_is_known(word, known) for word in words) / max(1, len(words)) for lang, known in _lists().items()}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def leader(text: str) -> tuple[str | None, float]:
    """Return the language with the largest share, and that share; None where another comes close."""
    (first, share), (_, second), *_ = shares(text).items()
    return (first, share) if share >= second + LEAD else (None, share)


def _is_known(word: str, known: frozenset[str]) -> bool:
    start, apostrophe, end = word.partition("'")
    return word in known or (bool(apostrophe) and (start in known or end in known))


@cache
def _lists() -> dict[str, frozenset[str]]:
    """The lists, each with the words that name an aspect in its language."""
    from crm_core.sentiment import aspect_words

    frequent = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    named = tomllib.loads(aspect_words.KEYWORDS.read_text(encoding="utf-8"))
    return {lang: frozenset(words.split()) | _whole(named.get(lang, {})) for lang, words in frequent.items()}


def _whole(named: dict[str, str]) -> frozenset[str]:
    return frozenset(word for words in named.values() for word in words.split() if not word.endswith("*"))
