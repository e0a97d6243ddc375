"""The phrase banks of the demo's reviews, by language, and how many words a sentence has."""
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "data" / "phrases" / "reviews"
UNSPACED = ("zh", "ja")
Mentions = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sentence:
    """A sentence, what it says of which aspects, and its words (two signs of a script without blanks are one)."""

    text: str
    mentions: Mentions
    words: int


@dataclass(frozen=True)
class Bank:
    """The sentences of one language; `about` by aspect and polarity."""

    openers: tuple[Sentence, ...]
    closers: dict[str, tuple[Sentence, ...]]
    short: dict[str, tuple[Sentence, ...]]
    mixed: tuple[Sentence, ...]
    ironic: tuple[Sentence, ...]
    about: dict[tuple[str, str], tuple[Sentence, ...]]
    joint: str


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that have a bank."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def bank(language: str) -> Bank:
    """Return the sentences of a language, which must be one of languages()."""
    said = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    plain = lambda texts, *mentions: tuple(Sentence(text, mentions, _words(text, language)) for text in texts)  # noqa: E731
    spoken = lambda rows: tuple(s for row in rows for s in plain([row["text"]], *map(tuple, row["mentions"])))  # noqa: E731
    both = lambda name: {tone: plain(said[f"{name}_{tone}"]) for tone in ("positive", "negative")}  # noqa: E731
    about = {(aspect, tone): plain(texts, (aspect, tone)) for aspect, tones in said.items() if isinstance(tones, dict) for tone, texts in tones.items()}
    return Bank(plain(said["openers"]), both("closers"), both("short"), spoken(said["mixed"]), spoken(said["ironic"]), about,
                "" if language in UNSPACED else " ")


def _words(text: str, language: str) -> int:
    return (len(text) + 1) // 2 if language in UNSPACED else len(text.split())
