"""The fallback for English where the encoder is not installed: VADER's word list (vaderSentiment, MIT). It knows no aspects by itself."""
from collections.abc import Sequence
from functools import cache

from crm_core.sentiment.protocol import Clause, Judged, Tier

FLAT = 0.05  # the compound score within which VADER's authors call a text neutral


class Vader:
    """Judges English clauses only, and only as an indication."""

    name, version = "vader", "vader-3.3.2-1"

    def supports(self, lang: str) -> Tier:
        """Return the coverage of a language: English is indicative, all else is not scored."""
        return Tier.INDICATIVE if lang == "en" else Tier.NONE

    def judge(self, clauses: Sequence[Clause]) -> list[Judged]:
        """Return one judgement for each clause."""
        return [_judged(_analyser().polarity_scores(clause.words)["compound"]) for clause in clauses]


def _judged(compound: float) -> Judged:
    return Judged(0.5 + compound / 2, 1.0 if abs(compound) < FLAT else 0.0)


@cache
def _analyser():
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def is_installed() -> bool:
    """Say whether the word list can be used here."""
    try:
        _analyser()
    except (ImportError, OSError):
        return False
    return True
