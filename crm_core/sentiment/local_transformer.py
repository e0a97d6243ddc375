"""A model of one's own: a transformers pipeline from a folder on this machine. Never a name on a hub, and never with a network."""
import hashlib
from collections.abc import Sequence
from pathlib import Path

from crm_core import settings
from crm_core.sentiment import coverage
from crm_core.sentiment.protocol import Clause, Judged, Tier

POSITIVE, NEGATIVE, NEUTRAL = ("pos", "label_2", "5 star", "4 star"), ("neg", "label_0", "1 star", "2 star"), ("neu", "label_1", "3 star")


class NoModel(ValueError):
    """The folder holds no model that can be used here; the text says what is missing."""


class LocalTransformer:
    """Judges clauses by a text-classification model in `folder`; raises NoModel where it cannot."""

    name = "local"

    def __init__(self, folder: str | Path):
        path = Path(folder)
        if not (path / "config.json").is_file():
            raise NoModel(f"{path} holds no model: give the folder with its config.json.")
        settings.keep_models_offline()
        try:
            from transformers import pipeline
        except ImportError as error:
            raise NoModel("The package transformers is not installed: install it, or leave INNSIGHT_SENTIMENT_MODEL empty.") from error
        self.pipeline = pipeline("text-classification", model=str(path.resolve()), tokenizer=str(path.resolve()), top_k=None, truncation=True)
        self.version = "local-" + hashlib.sha256((path / "config.json").read_bytes()).hexdigest()[:12]

    def supports(self, lang: str) -> Tier:
        """Return the coverage of a language: what nobody has measured is an indication at most."""
        return Tier.INDICATIVE if coverage.tier(lang) != Tier.NONE else Tier.NONE

    def judge(self, clauses: Sequence[Clause]) -> list[Judged]:
        """Return one judgement for each clause."""
        return [_judged({one["label"].lower(): one["score"] for one in scores}) for scores in self.pipeline([clause.words for clause in clauses])]


def _judged(scores: dict[str, float]) -> Judged:
    add = lambda names: sum(s for label, s in scores.items() if label.startswith(names))  # noqa: E731
    positive, negative = add(POSITIVE), add(NEGATIVE)
    return Judged(positive / max(positive + negative, 1e-9), add(NEUTRAL))
