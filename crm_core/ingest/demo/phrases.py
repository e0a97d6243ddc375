"""What guests and hotel write to each other: sentences by topic and language."""
import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[3] / "data" / "phrases" / "messages.csv"


@cache
def _bank() -> dict[tuple[str, str], list[tuple[str, str]]]:
    bank = defaultdict(list)
    with open(FILE, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            bank[row["topic"], row["language"]].append((row["subject"], row["text"]))
    return dict(bank)


def message(topic: str, language: str, u: float) -> tuple[str, str]:
    """Return (subject, text) on a topic in the language, else in English; u (0 to 1) picks one of several."""
    found = _bank().get((topic, language)) or _bank()[topic, "en"]
    return found[int(u * len(found))]
