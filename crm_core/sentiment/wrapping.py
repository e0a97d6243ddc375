"""What is cleared away before a text is judged. Nothing moves: what goes is replaced by blanks, so that places in the text stay true."""
import re
import unicodedata
from functools import cache
from pathlib import Path

LONGEST = 20_000
LOOKED_AT = 60_000  # of a text: what is cleared away may be longer than what is read
# Every pattern is bounded: a text of any length and kind is cleared in a time that grows with its length alone.
# The parts that are not the guest's words. Each is blanked out.
CLEARED = tuple(re.compile(pattern, flags) for pattern, flags in (
    (r"<(script|style)\b.{0,5000}?</\1[ \t]*>", re.I | re.S),
    (r"<[^<>]{0,2000}>", re.S),
    (r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});", 0),
    (r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)", 0),  # a picture in Markdown
    (r"\]\((?:https?:|www\.)[^)\n]{0,2000}\)", re.I),
    (r"(?:https?://|www\.)\S+", re.I),
    (r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", 0),
    (r"^[ \t]*>.*$", re.M),  # a quoted mail
    (r"^-- ?$.*\Z", re.M | re.S),  # a signature
    (r"^[ \t]*(?:positive|negative|liked|disliked|pros|cons)\s*:", re.I | re.M),
    (r"^[ \t]*(?:response|reply|answer) from (?:the )?(?:owner|management|manager|hotel|property)\b.*\Z", re.I | re.M | re.S),
    (r"^[ \t]*(?:antwort de[sr] \w+|réponse d\w+ \w+|respuesta de\w* \w+)[ \t]*:.*\Z", re.I | re.M | re.S),
    (r"^[ \t]*(?:no (?:negative|positive)|nothing|n/?a|none|-+|\.+)[ \t]*$", re.I | re.M),  # a box that says that it is empty
))
SENTENCE_END = re.compile(r"[.!?。！？։።][\s\"')\]]*")
NO_SPACES = ("zh", "ja", "th")
SHORT_WORDS = Path(__file__).with_name("short_words.txt")


def cleared(text: str | None) -> str:
    """Return a text (its beginning, where it is very long) in which everything that is not the guest's words is blank; empty for None."""
    if not text:
        return ""
    plain = "".join(" " if _is_control(c) else c for c in text[:LOOKED_AT])
    for pattern in CLEARED:
        plain = pattern.sub(lambda found: " " * len(found.group()), plain)
    return plain[:_cut(plain)]


def _is_control(c: str) -> bool:
    return c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and c not in "\u200c\u200d"


def _cut(text: str) -> int:
    """Where a long text ends: at the last end of a sentence before LONGEST."""
    if len(text) <= LONGEST:
        return len(text)
    ends = [found.end() for found in SENTENCE_END.finditer(text, LONGEST - 2000, LONGEST)]
    return ends[-1] if ends else LONGEST


def letters(text: str) -> int:
    """Return how many letters a text has."""
    return sum(c.isalpha() for c in text)


def problem(text: str, lang: str) -> str | None:
    """Return why a cleared text is not judged at all, "no_text" or "too_short"; None where it may be."""
    count = letters(text)
    if not count:
        return "no_text"
    if lang in NO_SPACES:
        return "too_short" if count < 4 and key(text) not in short_words() else None
    words = sum(any(c.isalpha() for c in word) for word in text.split())
    return "too_short" if words < 2 and key(text) not in short_words() else None


def key(text: str) -> str:
    """Return a text as it is compared: composed, lower case, single blanks, without marks at its ends."""
    plain = " ".join(unicodedata.normalize("NFC", text).lower().split())
    return plain.strip("!.?¡¿。！？։።,;:… \"'")


@cache
def short_words() -> frozenset[str]:
    """Return the single words that are a verdict by themselves, such as "perfect"."""
    lines = SHORT_WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(key(word) for line in lines if not line.startswith("#") for word in line.split(","))
