"""What a scorer takes and gives: one answer for each text, in order, and never a number in the place of one that is not known."""
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

UNSURE = "und"
LABELS = ("negative", "neutral", "positive")
ASPECTS = ("room", "cleanliness", "staff", "food", "location", "value", "facilities", "checkin", "wifi", "noise", "general")
REASONS = ("no_text", "too_short", "unsupported_language", "unsure_language", "low_confidence", "no_scorer", "error")


class Tier(StrEnum):
    """How far the scores of a language can be trusted (coverage.py says which is which, and why)."""

    VALIDATED = "validated"
    VALIDATED_OTHER = "validated_other"
    INDICATIVE = "indicative"
    NONE = "not_scored"


@dataclass(frozen=True)
class Score:
    """polarity −1 … 1, its label ("neutral" also where praise and blame are mixed), confidence 0.5 … 1, the language, and who scored."""

    polarity: float
    label: str
    confidence: float
    lang: str
    scorer_version: str


@dataclass(frozen=True)
class NotScored:
    """Why a text has no score: one of REASONS."""

    reason: str
    lang: str = UNSURE


@dataclass(frozen=True)
class Mention:
    """One clause that speaks of an aspect: characters start to end of the text as it was given; polarity None where it is not known."""

    aspect: str
    polarity: float | None
    label: str
    confidence: float | None
    start: int
    end: int
    lang: str


@dataclass(frozen=True)
class Clause:
    """A piece of a text that is judged by itself: characters start to end, and its words as they are judged."""

    start: int
    end: int
    words: str
    lang: str


@dataclass(frozen=True)
class Judged:
    """What a scorer says of one clause: probability of praise against blame, of saying neither, and of each aspect in order of ASPECTS."""

    positive: float
    neutral: float
    aspects: tuple[float, ...] = ()


class Judge(Protocol):
    """A scorer: it judges clauses. `name` and `version` change whenever its answers may."""

    name: str
    version: str

    def supports(self, lang: str) -> Tier:
        """Return how far it can be trusted with a language."""

    def judge(self, clauses: Sequence[Clause]) -> list[Judged]:
        """Return one judgement for each clause, in order; it may be asked for any number of them."""
