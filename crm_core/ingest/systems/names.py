"""A guest's name in one cell becomes given and family name."""
import re

TITLES = frozenset((
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau", "hr", "mme", "mlle", "sr", "sra", "srta", "sig", "dhr", "mevr", "mw",
        "г-н",
    "г-жа"))
PARTICLES = frozenset((
    "van", "von", "de", "del", "della", "der", "den", "di", "da", "do", "dos", "das", "du", "la", "le", "el", "al", "bin", "ibn", "ter",
        "ten",
    "zu", "zur"))
SEVERAL = re.compile(r"\s*(?:[;\n|&+]|\s/\s)\s*")
COUPLE = re.compile(r"([^\s,;&+]+)\s*[&+]\s*[^,;&+]*?([^\s,;&+]+)")


def first_of(cell: str) -> str:
    """Return the first of several names: "Anna Weber, Jonas Weber" are two people, "Weber, Anna" is one."""
    if couple := COUPLE.fullmatch(cell.strip()):  # Anna & Jonas Weber
        return f"{couple[1]} {couple[2]}"
    first = next(filter(None, SEVERAL.split(cell.strip())), "")
    parts = [part.strip() for part in re.split("[,/]", first) if part.strip()]
    if len(parts) > 1 and all(" " in part for part in parts) and parts[0].split()[0].casefold() not in PARTICLES:
        return parts[0]
    return ", ".join(parts[:2])


def split(cell: str) -> tuple[str, str]:
    """Return (given, family) of one name: Anna Weber; Weber, Anna; WEBER Anna; Ludwig van Beethoven. A single word is a family name."""
    family, comma, given = (part.strip() for part in first_of(cell).partition(","))
    if comma:
        return _untitled(given), _untitled(family)
    words = _untitled(family).split()
    if len(words) > 1 and words[0].isupper() and len(words[0]) > 2 and not words[-1].isupper():
        return " ".join(words[1:]), words[0]
    at = next((at for at, word in enumerate(words[1:-1], 1) if word.casefold() in PARTICLES), max(0, len(words) - 1))
    return " ".join(words[:at]), " ".join(words[at:])


def _untitled(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[0].casefold().rstrip(".") in TITLES:
        words.pop(0)
    return " ".join(words)
