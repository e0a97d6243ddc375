"""No seed stands, or nearly stands, among the sentences that the scorer is tried on: the labelled reviews and those of the demo."""

import tomllib
from functools import cache
from pathlib import Path

import pytest

from crm_core.sentiment import coverage, evaluating, training
from crm_core.sentiment.clauses import clauses

PHRASES = Path(__file__).resolve().parents[2] / "data" / "phrases" / "reviews"
NEAR = 0.75  # of the groups of three letters that two sentences have together


@cache
def threes(text: str) -> frozenset[str]:
    plain = "".join(c for c in text.lower() if c.isalnum())
    return frozenset(plain[i:i + 3] for i in range(len(plain) - 2))


def alike(one: str, other: str) -> bool:
    a, b = threes(one), threes(other)
    return len(a & b) > NEAR * len(a | b) if a and b else one == other


def strings(value) -> list[str]:
    """All texts of a file, however deep."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in strings(part)]


def copied(lang: str, texts: list[str]) -> list[tuple[str, str]]:
    own = [s.text for s in training.seeds() if s.lang == lang]
    return [(seed, text) for text in texts if len(text) > 12 for seed in own if alike(seed, text)]


def test_alike_is_the_same_sentence_in_other_clothes():
    assert alike("Breakfast is served from seven to ten.", "breakfast is served from seven to ten")
    assert not alike("Breakfast is served from seven to ten.", "Dinner is served from seven to ten.")


@pytest.mark.parametrize("lang", coverage.LANGUAGES)
def test_no_seed_is_a_clause_of_a_labelled_review(lang):
    reviews = [one.text for one in evaluating.labelled() if one.lang == lang]
    assert copied(lang, [text[c.start:c.end] for text in reviews for c in clauses(text, lang)]) == []


@pytest.mark.parametrize("lang", coverage.LANGUAGES)
def test_no_seed_is_a_sentence_of_the_demo(lang):
    assert copied(lang, strings(tomllib.loads((PHRASES / f"{lang}.toml").read_text(encoding="utf-8")))) == []
