"""A head fitted to one hotel's own labels too, kept only where it tells them better than the shipped one; each label judged by a fit that had not seen it."""
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crm_core.sentiment import e5, head, training

FOLDS = 5
FEWEST = 100
TOGETHER = 32

Own = Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Fitted:
    """own: labels that there were; before, after: how many the shipped head and the new one tell right; kept: whether the new one was written."""

    own: int
    before: int
    after: int
    kept: bool


def fit(own: Own, path: Path, progress: Callable[[int, int], None] | None = None) -> Fitted:
    """Fit a head to the seeds and (text, language, label) of one hotel, and write it to `path` where it is better; `progress` hears done and total.

    Raises ValueError below 100 own labels.
    """
    if len(own) < FEWEST:
        raise ValueError(f"{len(own)} own labels are too few to fit to: {FEWEST} are needed.")
    seeds = training.seeds()
    vectors = _embedded([s.text for s in seeds] + [text for text, _, _ in own], progress or (lambda *_: None))
    before, after = crosschecked(seeds, own, vectors)
    if kept := after > before:
        head.save(training.fitted(seeds, own, vectors), path)
    return Fitted(len(own), before, after, kept)


def _embedded(texts: list[str], progress: Callable[[int, int], None]) -> np.ndarray:
    parts = []
    for start in range(0, len(texts), TOGETHER):
        progress(start, len(texts))
        parts.append(e5.embedded(texts[start:start + TOGETHER]))
    return np.concatenate(parts)


def crosschecked(seeds: Sequence[training.Seed], own: Own, vectors: np.ndarray) -> tuple[int, int]:
    """Return how many own labels the seeds alone tell right, and how many with four fifths of the other own labels beside them.

    `vectors` are those of the seeds, then those of the own texts; a text is judged whole.
    """
    truth = np.array([training.TONES[training.SAID.get(label, label)] for _, _, label in own])
    theirs, ours = vectors[:len(seeds)], vectors[len(seeds):]
    right = lambda made, of: int((made.tones(ours[of]).argmax(axis=1) == truth[of]).sum())  # noqa: E731
    before = right(training.fitted(seeds, (), theirs), np.arange(len(own)))
    after, folds = 0, np.arange(len(own)) % FOLDS
    for fold in range(FOLDS):
        seen, unseen = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        after += right(training.fitted(seeds, [own[i] for i in seen], np.concatenate((theirs, ours[seen]))), unseen)
    return before, after
