"""Texts in, scores and mentions out: what guests praise and blame, in which language, and how far that can be trusted. No network, ever."""
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from crm_core import settings
from crm_core.sentiment.coverage import LANGUAGES, TIERS, tier
from crm_core.sentiment.protocol import ASPECTS, LABELS, REASONS, UNSURE, Judge, Mention, NotScored, Score, Tier

__all__ = [
    "ASPECTS", "LABELS", "LANGUAGES", "REASONS", "TIERS", "UNSURE", "Mention", "NotScored", "Score", "Tier", "aspects", "available", "identify", "read",
    "score", "scorer", "tier", "use", "version",
]

_own: dict[str, Path] = {}


def score(texts: Sequence[str | None], langs: Sequence[str | None] | None = None) -> list[Score | NotScored]:
    """Return a Score, or a NotScored with its reason, for each text, in order. `langs` are language codes as far as they are known."""
    return [one.result for one in read(texts, langs)]


def aspects(texts: Sequence[str | None], langs: Sequence[str | None] | None = None) -> list[list[Mention]]:
    """Return what each text speaks of, clause by clause, with the place in the text as it was given."""
    return [list(one.mentions) for one in read(texts, langs)]


def identify(texts: Sequence[str | None]) -> list[str]:
    """Return the language of each text as a code, "und" where it is not clear."""
    from crm_core.sentiment import langid, wrapping

    return langid.identify([wrapping.cleared(text) for text in texts])


def read(texts: Sequence[str | None], langs: Sequence[str | None] | None = None, known=None, judge: Judge | None = None) -> list:
    """Return a reading.Reading (score and mentions) for each text; `known` keeps what was judged of clauses, so that none is judged twice."""
    from crm_core.sentiment import reading

    return reading.read(judge or scorer(), texts, langs, known)


def version() -> str:
    """Return the version of the scorer in use: another one may answer differently."""
    from crm_core.sentiment import reading

    return reading.version(scorer())


def available() -> str:
    """Return which scorer is in use: "e5", "vader" (English only), "local", or "none"."""
    found = scorer()
    return found.name if found else "none"


def use(head: Path | None) -> None:
    """Score with a head of one's own from now on (None: with the one that is shipped)."""
    _own.clear()
    if head:
        _own["head"] = Path(head)
    scorer.cache_clear()


@cache
def scorer() -> Judge | None:
    """Return the best scorer that is installed: a local model where its folder is named, the encoder, VADER for English, or none."""
    from crm_core.sentiment import e5, vader

    if folder := settings.sentiment_model():
        from crm_core.sentiment.local_transformer import LocalTransformer

        return LocalTransformer(folder)
    if e5.is_installed():
        return e5.E5(_own["head"]) if "head" in _own else e5.E5()
    return vader.Vader() if vader.is_installed() else None
