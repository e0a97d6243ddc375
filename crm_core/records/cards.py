"""Payment card numbers are found wherever people write them, and never kept."""
import re

from stdnum import luhn

BETWEEN = r"[ \t.\-\u00a0\u2000-\u200b\u2010-\u2015\u202f\u3000]{1,2}"  # blanks, dashes and points of all widths
# Whatever is no longer than a card number must hold thirteen digits with little between them.
CANDIDATE = re.compile(rf"\d(?:(?:{BETWEEN})?\d){{12}}")
# 13 to 19 digits with single blanks or dashes anywhere between them; or in the groups of a card, whatever digits stand around those.
SHAPES = tuple(re.compile(rf"(?<!\d)(?=({shape})(?!\d))") for shape in (
    r"\d(?:[ -]?\d){12,18}", r"\d{13,19}", rf"\d{{4}}(?:{BETWEEN}\d{{4}}){{3}}", rf"\d{{4}}(?:{BETWEEN}\d{{4}}){{3}}{BETWEEN}\d{{1,3}}",
    rf"\d{{4}}{BETWEEN}\d{{6}}{BETWEEN}\d{{4,5}}"))
BEGINS = re.compile("[3-6]|2[2-7]")  # no card begins as years do


def numbers(text: str) -> list[str]:
    """Return the card numbers in a text as they are written."""
    if not CANDIDATE.search(text):
        return []
    return list(dict.fromkeys(found for shape in SHAPES for found in shape.findall(text) if _is_card(_digits(found))))


def masked(text: str) -> str:
    """Return the text with all but the last four digits of each card number replaced by dots."""
    for number in numbers(text):
        text = text.replace(number, "•••• " + _digits(number)[-4:])
    return text


def _digits(text: str) -> str:
    """Return a number's digits as 0 to 9, of whatever script they are."""
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())


def _is_card(digits: str) -> bool:
    return BEGINS.match(digits) is not None and luhn.is_valid(digits)
