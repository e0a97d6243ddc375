"""What a clause speaks of: words that name an aspect, together with what the fitted head makes of the clause."""
import re
import tomllib
from functools import cache
from pathlib import Path

from crm_core.sentiment.protocol import ASPECTS, Clause, Judged

KEYWORDS = Path(__file__).with_name("keywords.toml")
# How sure the head must be, beside a list of words and alone: between .35 and .6 the F1 of aspects hardly changes, below it precision falls.
BESIDE_WORDS, ALONE = 0.45, 0.35
UNSPACED = ("zh", "ja")
GENERAL = "general"


def spoken_of(clause: Clause, judged: Judged) -> tuple[str, ...]:
    """Return the aspects of a clause in the order of ASPECTS; "general" only where it speaks of nothing else."""
    sure = BESIDE_WORDS if clause.lang in _lists() else ALONE
    found = named(clause.words, clause.lang) | {a for a, p in zip(ASPECTS, judged.aspects, strict=False) if p > sure}
    return tuple(a for a in ASPECTS if a in found and (a != GENERAL or len(found) == 1))


def named(text: str, lang: str) -> set[str]:
    """Return the aspects whose words a text uses."""
    plain = text.lower()
    return {aspect for aspect, pattern in _patterns(lang).items() if pattern.search(plain)}


@cache
def _lists() -> dict[str, dict[str, str]]:
    return tomllib.loads(KEYWORDS.read_text(encoding="utf-8"))


@cache
def _patterns(lang: str) -> dict[str, re.Pattern]:
    return {aspect: re.compile(_pattern(words.split(), lang)) for aspect, words in _lists().get(lang, {}).items()}


def _pattern(words: list[str], lang: str) -> str:
    if lang in UNSPACED:
        return "|".join(map(re.escape, words))
    return r"(?<!\w)(?:" + "|".join(re.escape(w[:-1]) + r"\w*" if w.endswith("*") else re.escape(w) for w in words) + r")(?!\w)"
