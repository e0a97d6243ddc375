"""Words in a guest's text that must not wait: of safety, discrimination, pests and health, in fourteen languages."""
import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "data" / "service" / "concerns.toml"
# The gravest first: a text has one concern.
CONCERNS = ("safety", "discrimination", "pests", "health")
# These write words without blanks between them, or put prefixes on them: a word is looked for anywhere.
UNSPACED = frozenset({"zh", "ja", "ar", "am", "si"})
BREAK = re.compile(r"[.!?;:,…\n()]|[。！？；：，、]|[؟،؛]|[።፣፤፥]|[։]| - | – | — ")
NEAR = 5  # words between what denies and what alarms, at most
NEAR_LETTERS = 6  # the same where no blanks part words
FAR_LETTERS = 16  # what denies after the word: "cockroaches there were none"


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def languages() -> tuple[str, ...]:
    """Return the languages whose words are known."""
    return tuple(_words())


def concern(text: str, lang: str) -> str:
    """Return what a text warns of (one of CONCERNS, the gravest if several), "" for nothing.

    A language that is not known (or "") is read by the words of all. "No bedbugs" warns of nothing; irony and hearsay are not understood.
    """
    said = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    read = [lang] if lang in _words() else languages()
    found = {kind for one in read for kind in _found(said, one)} if said.strip() else set()
    return next((kind for kind in CONCERNS if kind in found), "")


def _found(said: str, lang: str) -> set[str]:
    clauses = _clauses(lang).split(said)
    return {kind for kind in CONCERNS for clause in clauses if any(not _denied(clause, hit, lang) for hit in _alarms(lang)[kind].finditer(clause))}


@cache
def _clauses(lang: str) -> re.Pattern:
    """What parts clauses. "Not clean and cockroaches everywhere" denies no cockroaches; that "no rats and mice" alarms is the lesser evil."""
    parts = _words()[lang].get("parts")
    return re.compile(BREAK.pattern + (rf"|\b(?:{'|'.join(parts)})\b" if parts else ""))


@cache
def _alarms(lang: str) -> dict[str, re.Pattern]:
    return {kind: re.compile("|".join(_pattern(stem, lang) for stem in _words()[lang][kind])) for kind in CONCERNS}


def _pattern(stem: str, lang: str) -> str:
    plain = re.escape(stem.removeprefix("=").casefold())
    return plain if lang in UNSPACED else rf"\b{plain}" + (r"\b" if stem.startswith("=") else "")


def _denied(clause: str, hit: re.Match, lang: str) -> bool:
    """Say whether something in the clause denies the word: a few words before it, or soon after it."""
    before, after = (tuple(word.casefold() for word in _words()[lang][side]) for side in ("before", "after"))
    rest = clause[hit.end():]
    if any(word in rest[:FAR_LETTERS] for word in after if lang in UNSPACED) or re.match(r"\w*(" + "|".join(map(re.escape, after or ("$^",))) + ")", rest):
        return True
    if lang in ("zh", "ja"):
        return any(word in clause[max(0, hit.start() - NEAR_LETTERS):hit.start()] for word in before)
    near = " " + " ".join(clause[:hit.start()].split()[-NEAR:]) + " "
    return any(f" {word} " in near for word in before) or "n't " in near or (lang in ("ru", "hy") and any(f" {word}" in rest[:FAR_LETTERS] for word in after))
