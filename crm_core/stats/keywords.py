"""Words and two-word phrases that tell good reviews from bad ones, with how sure that is."""
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

FEWEST = 5  # reviews that use a word before it is told
PRIOR, PRIOR_SHARE = 500.0, 0.1  # words that the prior is worth, and the share of all words that it may not exceed
UNSPACED = ("zh", "ja")
STOP_WORDS = Path(__file__).with_name("stop_words.toml")
WORD = re.compile(r"[^\W\d_][\w'’\u0300-\u036f\u0d80-\u0dff\u1200-\u137f]*")
TOGETHER = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")


@dataclass(frozen=True)
class Word:
    """A word or phrase: reviews that use it on either side, and the log-odds ratio of its use with its z (positive: in good reviews)."""

    text: str
    good: int
    bad: int
    log_odds: float
    z: float


def distinguishing(good: Iterable[str], bad: Iterable[str], lang: str, limit: int = 40) -> list[Word]:
    """Return the words and phrases of one language that most surely belong to one side, the surest first.

    A word counts once for each review; one that fewer than five reviews use, or that is a stop word, is left out. Log-odds ratio with an
    informative Dirichlet prior: Monroe, Colaresi and Quinn (2008), Political Analysis 16(4).
    """
    sides = [Counter(w for text in texts for w in set(terms(text, lang))) for texts in (good, bad)]
    words = sorted(w for w in sides[0].keys() | sides[1].keys() if sides[0][w] + sides[1][w] >= FEWEST)
    if len(words) < 2:  # one word alone cannot be told from others
        return []
    a, b = (np.array([side[w] for w in words], float) for side in sides)
    log_odds, z = _against(a, b)
    order = np.argsort(-np.abs(z), kind="stable")
    found = [Word(words[i], int(a[i]), int(b[i]), float(log_odds[i]), float(z[i])) for i in order]
    return _without_parts(found)[:limit]


def _against(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    worth = min(PRIOR, PRIOR_SHARE * (a + b).sum())
    prior = worth * (a + b) / (a + b).sum()
    odds = lambda k: np.log((k + prior) / (k.sum() + worth - k - prior))  # noqa: E731
    log_odds = odds(a) - odds(b)
    return log_odds, log_odds / np.sqrt(1 / (a + prior) + 1 / (b + prior))


def _without_parts(found: list[Word]) -> list[Word]:
    """Leave out a word where a phrase with it was surer, and a phrase where its word was: one finding is told once."""
    kept: list[Word] = []
    for word in found:
        parts = set(word.text.split())
        if not any(parts & set(other.text.split()) and (word.z > 0) == (other.z > 0) for other in kept):
            kept.append(word)
    return kept


def terms(text: str, lang: str) -> list[str]:
    """Return the words and phrases of a text: lower case, without stop words; pairs of letters where words are not separated."""
    plain = unicodedata.normalize("NFC", text).lower()
    if lang in UNSPACED:
        return [run[i:i + 2] for run in TOGETHER.findall(plain) for i in range(len(run) - 1) if run[i:i + 2] not in stop_words(lang)]
    found, stops = WORD.findall(plain), stop_words(lang)
    single = [w for w in found if w not in stops and len(w) > 1]
    pairs = [f"{one} {two}" for one, two in pairwise(found) if one not in stops and two not in stops and min(len(one), len(two)) > 1]
    return single + pairs


@cache
def stop_words(lang: str) -> frozenset[str]:
    """Return the words of a language that tell nothing by themselves; empty for a language without a list."""
    return frozenset(tomllib.loads(STOP_WORDS.read_text(encoding="utf-8")).get(lang, "").split())
