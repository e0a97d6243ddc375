"""How far the scorer agrees with what the demo's texts were composed of: found aspects, and Cohen's kappa of praise against blame, by language.

It reads a demo that was scored (`python -m crm_core demo`, then `python -m crm_core score`). Texts composed of our own sentences are tidier
than those of guests: a smoke test, no evidence of accuracy.
"""
import sqlite3
from collections import Counter, defaultdict

from crm_core import settings
from crm_core.ingest.demo import truth

SAID = {"positive": 1, "negative": -1}


def kappa(pairs: list[tuple[str, str]]) -> float:
    """Cohen's kappa (1960) of pairs of labels; NaN without pairs."""
    n = len(pairs)
    if not n:
        return float("nan")
    agreed = sum(a == b for a, b in pairs) / n
    left, right = (Counter(side) for side in zip(*pairs, strict=True))
    chance = sum(left[label] * right[label] for label in left) / n**2
    return (agreed - chance) / (1 - chance) if chance < 1 else 1.0


def scored(here: settings.Settings) -> dict[tuple[int, str], str]:
    """The scorer's label of each review and aspect: of several clauses, what most of them say."""
    with sqlite3.connect(f"file:{here.sqlite_path}?mode=ro", uri=True) as store:
        votes: dict[tuple[int, str], int] = defaultdict(int)
        for review, aspect, label in store.execute("SELECT review_id, aspect, label FROM mention"):
            votes[review, aspect] += SAID.get(label, 0)
    return {key: "positive" if vote > 0 else "negative" if vote < 0 else "neutral" for key, vote in votes.items()}


def main() -> None:
    """Print one line for each language."""
    here = settings.read("demo")
    said, by_language = scored(here), defaultdict(list)
    for review, _box, _start, _stop, aspect, polarity, language in truth.mentions(here.home / "truth-demo.csv"):
        by_language[language].append((polarity, said.get((review, aspect))))
    print(f"{'language':10} {'gold':>7} {'found':>7} {'kappa':>7}")
    for language, pairs in sorted(by_language.items(), key=lambda item: -len(item[1])):
        found = [(gold, label) for gold, label in pairs if label]
        polar = [pair for pair in found if set(pair) <= set(SAID)]
        print(f"{language:10} {len(pairs):7,} {len(found) / len(pairs):7.1%} {kappa(polar):7.2f}")


if __name__ == "__main__":
    main()
