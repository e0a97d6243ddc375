"""Cuts a text into the pieces that are judged one by one: at the end of sentences, at semicolons, and before words of contrast."""
import re
from functools import cache
from itertools import pairwise

from crm_core.sentiment.protocol import Clause

ENDS = r"[.!?…]+(?=[\s\"')\]]|$)|[。！？；]+|[։።፣]+|:(?=\s*$)|[;؛]+|[؟]+|\n+|(?<=\s)[-–—•*](?=\s)"
# Words that turn from praise to blame; a clause begins with them.
CONTRAST = {
    "en": ("but", "however", "although", "though", "except", "unfortunately", "whereas", "yet"),
    "de": ("aber", "jedoch", "allerdings", "obwohl", "leider", "dagegen"),
    "fr": ("mais", "cependant", "toutefois", "malheureusement", "par contre"),
    "es": ("pero", "sin embargo", "aunque", "lamentablemente", "desgraciadamente"),
    "it": ("ma", "però", "tuttavia", "purtroppo", "anche se"),
    "pt": ("mas", "porém", "contudo", "embora", "infelizmente"),
    "nl": ("maar", "echter", "helaas", "hoewel"),
    "ru": ("но", "однако", "зато", "хотя"),
    "hy": ("բայց", "սակայն", "իսկ"),
    "am": ("ነገር ግን", "ግን"),
    "si": ("නමුත්", "එහෙත්"),
    "ar": ("لكن", "ولكن", "إلا"),
}
JOINED = {"zh": ("但是", "但", "不过", "可是", "然而"), "ja": ("しかし", "けれども", "ただし", "が、")}
SHORTEST = 2  # words; a shorter piece stays with the one before it
LONGEST_WORDS = 45  # a run-on text without marks is cut here: real reviews often have none


def clauses(text: str, lang: str) -> list[Clause]:
    """Return the clauses of a cleared text with their places in it."""
    pieces = [piece for span in _sentences(text) for piece in _turned(text, span, lang)]
    found = [part for piece in _joined(text, pieces, lang) for part in _shortened(text, piece, lang)]
    return [Clause(a, b, " ".join(text[a:b].split()), lang) for a, b in found if any(c.isalpha() for c in text[a:b])]


def _sentences(text: str) -> list[tuple[int, int]]:
    at, found = 0, []
    for end in re.finditer(ENDS, text):
        found.append((at, end.end()))
        at = end.end()
    return [*found, (at, len(text))]


def _turned(text: str, span: tuple[int, int], lang: str) -> list[tuple[int, int]]:
    """Cut a sentence before each word of contrast."""
    start, end = span
    cuts = [start, *(m.start() for m in _contrast(lang).finditer(text, start, end) if m.start() > start), end]
    return list(pairwise(cuts))


@cache
def _contrast(lang: str) -> re.Pattern:
    if lang in JOINED:
        return re.compile("|".join(JOINED[lang]))
    words = CONTRAST.get(lang, ())
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)", re.I) if words else re.compile(r"(?!x)x")


def _joined(text: str, pieces: list[tuple[int, int]], lang: str) -> list[tuple[int, int]]:
    """Put a piece that is too short to be judged by itself to the one before it, the first to the one after."""
    found: list[tuple[int, int]] = []
    for start, end in pieces:
        if found and (_size(text[start:end], lang) < SHORTEST or _size(text[slice(*found[-1])], lang) < SHORTEST):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [_trimmed(text, *span) for span in found]


def _size(piece: str, lang: str) -> int:
    return sum(c.isalpha() for c in piece) // 2 if lang in JOINED else sum(any(c.isalpha() for c in word) for word in piece.split())


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _shortened(text: str, span: tuple[int, int], lang: str) -> list[tuple[int, int]]:
    """Cut a piece with very many words into parts of alike length, at a comma or a blank."""
    words = [(span[0] + m.start(), span[0] + m.end()) for m in re.finditer(r"\S+", text[slice(*span)])]
    parts = -(-len(words) // LONGEST_WORDS)
    if parts < 2:
        return [span]
    size = -(-len(words) // parts)
    return [(group[0][0], group[-1][1]) for i in range(0, len(words), size) if (group := words[i:i + size])]
