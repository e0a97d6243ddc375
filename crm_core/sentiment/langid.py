"""In which language a text is: by its script where that decides, else by a classifier that says when it does not know."""
from collections import Counter
from collections.abc import Sequence
from functools import cache

from crm_core.sentiment import frequent
from crm_core.sentiment.protocol import UNSURE

SURE = 0.9
MANY, SOME, FEW = 0.5, 0.35, 0.15  # shares of a text's words that are frequent in one language
FEWEST_LATIN = 20
# Scripts with one language among those that reviews are written in, and letters that speak for a neighbour of it.
SCRIPTS = (
    ("am", 0x1200, 0x139F), ("si", 0x0D80, 0x0DFF), ("hy", 0x0530, 0x058F), ("el", 0x0370, 0x03FF), ("he", 0x0590, 0x05FF), ("th", 0x0E00, 0x0E7F),
    ("ka", 0x10A0, 0x10FF), ("ko", 0xAC00, 0xD7AF), ("hi", 0x0900, 0x097F), ("ta", 0x0B80, 0x0BFF), ("kana", 0x3040, 0x30FF), ("han", 0x3400, 0x9FFF),
    ("ar", 0x0600, 0x06FF), ("cyrillic", 0x0400, 0x052F), ("latin", 0x0041, 0x024F), ("latin", 0x1E00, 0x1EFF))
OTHER_CYRILLIC = {"uk": "іїєґІЇЄҐ", "sr": "ђћџљњЂЋЏЉЊ", "be": "ўЎ"}
BULGARIAN = ("ъ",)  # frequent as a vowel there, rare in Russian
OTHER_ARABIC = "پچژگٹڈڑںےہھکی"


def identify(texts: Sequence[str | None], hints: Sequence[str | None] | None = None) -> list[str]:
    """Return the language of each text as a code, "und" where it is not clear. `hints` are what the source says: used where the text is
    too short or the classifier unsure."""
    hints = hints or [None] * len(texts)
    return [language(text or "", hint) for text, hint in zip(texts, hints, strict=True)]


def language(text: str, hint: str | None = None) -> str:
    """Return the language of one text."""
    counts = _scripts(text)
    total = sum(counts.values())
    if not total:
        return UNSURE
    said = (hint or "").split("-")[0].split("_")[0].lower() or None
    if counts["kana"] >= 0.1 * (counts["kana"] + counts["han"]) and counts["kana"] and counts["kana"] + counts["han"] > total / 2:
        return "ja"
    script, most = counts.most_common(1)[0]
    if most < 0.5 * total:
        return UNSURE
    if script == "han":
        return "zh"
    if script == "cyrillic":
        return _cyrillic(text, most)
    if script == "ar":
        return UNSURE if sum(c in OTHER_ARABIC for c in text) > 0.02 * most else "ar"
    return _latin(text, most, said) if script == "latin" else script


def _scripts(text: str) -> Counter:
    """Count the letters of a text by script."""
    return Counter(_script(c) for c in text if c.isalpha() or 0x0D80 <= ord(c) <= 0x0DFF)


@cache
def _script(c: str) -> str:
    code = ord(c)
    return next((name for name, first, last in SCRIPTS if first <= code <= last), "other")


def _cyrillic(text: str, letters: int) -> str:
    for lang, own in OTHER_CYRILLIC.items():
        if any(c in own for c in text):
            return lang
    return UNSURE if sum(c in BULGARIAN for c in text.lower()) > 0.012 * letters and not any(c in "ыэё" for c in text.lower()) else "ru"


def _latin(text: str, letters: int, said: str | None) -> str:
    """Frequent words decide where they are many; else the classifier where it is sure and no list contradicts; else what the source says."""
    plain = " ".join(text.split())[:2000]
    own, share = frequent.leader(plain)
    if letters < FEWEST_LATIN:
        return said or (own if own and share >= MANY else None) or _of_short_word(text) or UNSURE
    if own and share >= MANY:
        return own
    found, sure = _classified(plain.lower())
    if sure >= SURE and frequent.shares(plain).get(found, 1.0) >= FEW:
        return found
    return own if own and (own == found or share >= SOME) and share >= FEW else said or UNSURE


def _of_short_word(text: str) -> str | None:
    """The language of a verdict in one word."""
    from crm_core.sentiment.wrapping import key
    return _verdicts().get(key(text))


@cache
def _verdicts() -> dict[str, str]:
    from crm_core.sentiment.wrapping import SHORT_WORDS, key
    lines = [line for line in SHORT_WORDS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    order = ("en", "de", "fr", "es", "it", "pt", "nl", "ru", "hy", "zh", "ja", "ar", "si")
    pairs = [(key(word), lang) for lang, line in zip(order, lines, strict=True) for word in line.split(",")]
    return dict(reversed(pairs))  # where languages share a word, the one that is named first: its tone is the same


def _classified(text: str) -> tuple[str, float]:
    """(language, probability) by py3langid; unsure where it is not installed."""
    classifier = _classifier()
    return classifier.classify(text) if classifier else (UNSURE, 0.0)


@cache
def _classifier():
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        return None
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def script_of(text: str) -> str:
    """Return the script of most letters of a text, with those of Chinese and Japanese as one; empty without letters."""
    counts = _scripts(text)
    return _one_script(counts.most_common(1)[0][0]) if counts else ""


def script_of_language(lang: str) -> str:
    """Return the script that a language is written in."""
    return {"zh": "han", "ja": "han", "ru": "cyrillic"}.get(lang, lang if any(lang == name for name, *_ in SCRIPTS) else "latin")


def _one_script(script: str) -> str:
    return "han" if script == "kana" else script
