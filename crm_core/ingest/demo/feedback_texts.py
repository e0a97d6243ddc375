"""What a guest writes: sentences of the phrase banks, as many and as content as the score says, and the gold marks of what they speak of."""
from dataclasses import dataclass

import numpy as np

from crm_core.ingest.demo import feedback_parameters as f
from crm_core.ingest.demo.feedback_phrases import Bank, Sentence, bank, languages
from crm_core.ingest.demo.streams import quantile

TONES = ("positive", "neutral", "negative")
ASPECTS = tuple(f.ASPECTS)
EDGES = np.cumsum(tuple(f.ASPECTS.values())).tolist()
QUIET = tuple(a for a in ASPECTS if a != "noise")
MOST = 12
DRAWS = 10 + 4 * MOST
WORDS_A_SENTENCE = 9
EMOJI = {"positive": ("👍", "😍", "🙏"), "negative": ("😡", "👎", "😞")}
Mark = tuple[str, int, int, str, str]  # box, start, stop, aspect, polarity


@dataclass(frozen=True)
class Wish:
    """What a text is to be like: its language, the score of ten behind it, two boxes or one, and whether noise is blamed (None: as it comes)."""

    language: str
    points: int
    boxes: bool
    noise: bool | None


@dataclass(frozen=True)
class Text:
    """The boxes of a text (None: empty), its number of words and the gold marks."""

    text: str | None
    liked: str | None
    disliked: str | None
    words: int
    marks: tuple[Mark, ...]


NOTHING = Text(None, None, None, 0, ())


def spoken(language: str, u: float) -> str:
    """Return the language that a guest writes in: the own one where there is a bank, for some and all others English."""
    return language if language in languages() and u >= f.IN_ENGLISH else "en"


def text(wish: Wish, u: list[float]) -> Text:
    """Return a text by DRAWS uniforms."""
    known, tone = bank(wish.language), "positive" if wish.points > 6 else "negative"
    target = float(quantile(np.array(u[0]), f.WORDS))
    if target < 4 and not wish.noise:
        return _laid_out([(_one(known.short[tone], u[1]), tone)], wish, known, u)
    chosen = _sentences(wish, known, u, max(1, min(MOST, round(target / WORDS_A_SENTENCE))))
    if u[2] < f.OPENS_WITH and not wish.boxes:
        chosen.insert(0, (_one(known.openers, u[3]), "neutral"))
    if u[4] < f.CLOSES_WITH:
        chosen.append((_one(known.closers[tone], u[5]), tone))
    return _laid_out(chosen, wish, known, u)


def _one(sentences, u: float):
    return sentences[int(u * len(sentences))]


def _sentences(wish: Wish, known: Bank, u: list[float], count: int) -> list[tuple[Sentence, str]]:
    """So many sentences, none twice; a complaint of noise stands first where one is wished."""
    chosen = {_one(known.about["noise", "negative"], u[6]): "negative"} if wish.noise else {}
    for k in range(count - len(chosen)):
        sentence, tone = _sentence(wish, known, *u[10 + 4 * k:14 + 4 * k])
        chosen.setdefault(sentence, tone)
    return list(chosen.items())


def _sentence(wish: Wish, known: Bank, a: float, b: float, c: float, d: float) -> tuple[Sentence, str]:
    positive, neutral = f.TONE[wish.points]
    tone = TONES[0 if a < positive else 1 if a < positive + neutral else 2]
    free = [s for s in known.mixed if wish.noise is None or all(about != "noise" for about, _ in s.mentions)]
    if d < f.MIXED and not wish.boxes and tone != "neutral":
        return _one(free, c), "mixed"
    bitter = [s for s in known.ironic if wish.noise is None or all(about != "noise" for about, _ in s.mentions)]
    if d > 1 - f.IRONIC and tone == "negative" and bitter:
        return _one(bitter, c), tone
    aspect = next(name for name, edge in zip(ASPECTS, EDGES, strict=True) if b * EDGES[-1] <= edge)
    if aspect == "noise" and wish.noise is not None:
        aspect = _one(QUIET, c)
    return _one(known.about[aspect, tone], c), tone


def _laid_out(chosen: list[tuple[Sentence, str]], wish: Wish, known: Bank, u: list[float]) -> Text:
    """The sentences in their boxes, with the marks of where each stands."""
    boxes: dict[str, str] = {}
    marks = []
    for sentence, tone in chosen:
        box = ("disliked" if tone == "negative" else "liked") if wish.boxes else "text"
        said = boxes[box] + known.joint if box in boxes else ""
        marks += [(box, len(said), len(said) + len(sentence.text), *mention) for mention in sentence.mentions]
        boxes[box] = said + sentence.text
    box = next(reversed(boxes))
    if u[7] < f.TYPING and known.joint:
        boxes[box] = _mistyped(boxes[box], u[8])
    if u[9] < f.EMOJI:
        boxes[box] += f" {_one(EMOJI['positive' if wish.points > 6 else 'negative'], u[9] / f.EMOJI)}"
    return Text(boxes.get("text"), boxes.get("liked"), boxes.get("disliked"), sum(sentence.words for sentence, _ in chosen), tuple(marks))


def _mistyped(said: str, u: float) -> str:
    """Two letters inside a word change places: the length stays."""
    places = [i for i in range(1, len(said) - 2) if said[i].isalpha() and said[i + 1].isalpha() and said[i - 1].isalpha()]
    if not places:
        return said
    i = _one(places, u)
    return f"{said[:i]}{said[i + 1]}{said[i]}{said[i + 2:]}"
