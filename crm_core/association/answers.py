"""A participant's answer: the numbers that it can be, as people in any country write them."""

import re

LONGEST = 60
NUMBER = re.compile(r"[+-]?\d[\d.,]*|[+-]?[.,]\d+")
SPACES = re.compile(r"[\s  '’_]")


def numbers(answer: str) -> tuple[float, ...]:
    """Return what number an answer can be: () where it holds none or several, two where a comma or point can part thousands or decimals."""
    said = SPACES.sub("", answer[:LONGEST]).replace("−", "-").replace("–", "-")
    found = NUMBER.findall(said)
    if len(found) != 1:
        return ()
    sign, digits = (-1.0 if found[0].startswith("-") else 1.0), found[0].lstrip("+-").rstrip(".,")
    return tuple(dict.fromkeys(sign * float(one) for one in _readings(digits)))


def _readings(digits: str) -> list[str]:
    """The number with each of its marks taken for what it can be: 41,100 is 41.1 and 41100, 1.234,5 only 1234.5."""
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return [digits]
    whole, _, rest = digits.rpartition(marks[-1])
    bare = re.sub(r"[.,]", "", whole)
    as_decimal = [f"{bare or '0'}.{rest}"] if marks.count(marks[-1]) == 1 else []
    as_thousands = [bare + rest] if len(set(marks)) == 1 and len(rest) == 3 and whole.strip("0.,") else []
    return as_decimal + as_thousands
