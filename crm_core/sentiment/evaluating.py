"""Measures the scorer on a labelled set that it was never fitted to: what the product prints as its accuracy, language by language."""
import datetime as dt
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crm_core.sentiment import langid, reading, wrapping
from crm_core.sentiment.protocol import ASPECTS, Judge, NotScored, Score, Tier

LABELLED = Path(__file__).resolve().parents[2] / "data" / "sentiment"
TABLE = Path(__file__).with_name("accuracy.json")
SAID = {"pos": "positive", "neg": "negative", "neu": "neutral"}
SURE = 0.8
BINS = np.linspace(0.5, 1.0, 6)


@dataclass(frozen=True)
class Labelled:
    """One review with its tone (positive, negative, neutral) and the aspects that it speaks of."""

    text: str
    label: str
    aspects: frozenset[str]
    lang: str


def labelled(folder: Path = LABELLED) -> list[Labelled]:
    """Return the labelled set, by language."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        kept = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [Labelled(r["text"], SAID[r["label"]], frozenset(a for a, _ in r["mentions"]), kept["language"]) for r in kept["reviews"]]
    return found


def unchecked(folder: Path = LABELLED) -> list[str]:
    """Return the languages whose labels no native reader has checked."""
    kept = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))]
    return [one["language"] for one in kept if not one.get("reviewer")]


class Unguarded:
    """The same judge without the gates of coverage: a language is measured before it may be scored."""

    def __init__(self, judge: Judge):
        self.judge, self.name, self.version = judge.judge, judge.name, judge.version

    def supports(self, lang: str) -> Tier:
        return Tier.VALIDATED


def evaluate(judge: Judge, found: Sequence[Labelled] | None = None) -> dict:
    """Return the table: version, date, one row per language and one per aspect. Neutral and mixed reviews are left out of the tone."""
    found = labelled() if found is None else found
    readings = reading.read(Unguarded(judge), [one.text for one in found], [one.lang for one in found])
    pairs = list(zip(found, readings, strict=True))
    by_lang = {lang: [p for p in pairs if p[0].lang == lang] for lang in dict.fromkeys(one.lang for one in found)}
    return {"version": reading.version(judge), "scorer": judge.name, "date": dt.date.today().isoformat(), "unchecked": unchecked(),
            "languages": {lang: {"tier": str(judge.supports(lang)), **_tone(part), **_mentioned(part)} for lang, part in by_lang.items()},
            "aspects": {aspect: _found([aspect in one.aspects for one, _ in pairs], [aspect in _said(r) for _, r in pairs]) for aspect in ASPECTS}}


def _tone(part: list) -> dict:
    """Accuracy and macro-F1 of praise against blame, how sure answers do, and how far confidence can be believed (ECE)."""
    polar = [(one.label, r.result) for one, r in part if one.label != "neutral" and isinstance(r.result, Score)]
    truth = np.array([label == "positive" for label, _ in polar])
    p = np.array([(score.polarity + 1) / 2 for _, score in polar])
    right, sure = (p > 0.5) == truth, np.array([score.confidence for _, score in polar]) >= SURE
    low, high = _wilson(int(right.sum()), len(right))
    return {"n": len(part), "polar": len(polar), "not_scored": sum(isinstance(r.result, NotScored) for _, r in part),
            "language_right": _language_right(part), "macro_f1": _macro_f1(truth, p > 0.5),
            "accuracy": _share(int(right.sum()), len(right)), "low": low, "high": high, "sure": _share(int(sure.sum()), len(sure)),
            "sure_accuracy": _share(int((right & sure).sum()), int(sure.sum())), "ece": _ece(p, truth)}


def _language_right(part: list) -> float | None:
    """The share whose language is told right from the text alone: what a source says of it is no merit of ours."""
    told = langid.identify([wrapping.cleared(one.text) for one, _ in part])
    return _share(sum(one.lang == lang for (one, _), lang in zip(part, told, strict=True)), len(part))


def _mentioned(part: list) -> dict:
    """Micro-averaged precision, recall and F1 of the aspects of reviews."""
    truth = [a in one.aspects for one, _ in part for a in ASPECTS if a != "general"]
    said = [a in _said(r) for _, r in part for a in ASPECTS if a != "general"]
    return {f"aspect_{name}": value for name, value in _found(truth, said).items()}


def _said(one: reading.Reading) -> set[str]:
    return {m.aspect for m in one.mentions}


def _found(truth: Sequence[bool], said: Sequence[bool]) -> dict:
    both = sum(a and b for a, b in zip(truth, said, strict=True))
    precision, recall = _share(both, sum(said)), _share(both, sum(truth))
    f1 = _share(2 * both, sum(said) + sum(truth))
    return {"n": int(sum(truth)), "precision": precision, "recall": recall, "f1": f1}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _macro_f1(truth: np.ndarray, said: np.ndarray) -> float | None:
    if not len(truth):
        return None
    f1 = [2 * np.sum((truth == side) & (said == side)) / max(1, np.sum(truth == side) + np.sum(said == side)) for side in (True, False)]
    return round(float(np.mean(f1)), 4)


def _ece(p: np.ndarray, truth: np.ndarray) -> float | None:
    """Expected calibration error: how far confidence is from the share that is right, over bins of confidence."""
    if not len(p):
        return None
    confidence, right = np.maximum(p, 1 - p), (p > 0.5) == truth
    place = np.clip(np.digitize(confidence, BINS) - 1, 0, len(BINS) - 2)
    gaps = [np.sum(place == b) * abs(confidence[place == b].mean() - right[place == b].mean()) for b in range(len(BINS) - 1) if np.any(place == b)]
    return round(float(sum(gaps) / len(p)), 4)


def _wilson(k: int, n: int, z: float = 1.959964) -> tuple[float | None, float | None]:
    if not n:
        return None, None
    centre, half = k / n + z * z / (2 * n), z * np.sqrt(k / n * (1 - k / n) / n + z * z / (4 * n * n))
    return round(float((centre - half) / (1 + z * z / n)), 4), round(float((centre + half) / (1 + z * z / n)), 4)


def write(path: Path = TABLE) -> dict:
    """Evaluate the scorer in use, write the table, and return it. Raises ValueError where no scorer is installed."""
    from crm_core import sentiment

    judge = sentiment.scorer()
    if judge is None:
        raise ValueError("No scorer is installed here: install the requirements first.")
    table = evaluate(judge)
    path.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return table


def table(path: Path = TABLE) -> dict | None:
    """Return the table that is shipped, None where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
