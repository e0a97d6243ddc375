"""Payment card numbers are found wherever people write them, and never kept."""
import re

from stdnum import luhn

# 13 to 19 digits beginning as card numbers do, with single blanks or dashes between them, and no digit on either side.
CANDIDATE = re.compile(r"(?<!\d)[2-6](?:[ -]?\d){12,18}(?!\d)")


def numbers(text: str) -> list[str]:
    """Return the card numbers in a text as they are written."""
    return [found for found in CANDIDATE.findall(text) if luhn.is_valid(re.sub(r"\D", "", found))]


def masked(text: str) -> str:
    """Return the text with all but the last four digits of each card number replaced by dots."""
    for number in numbers(text):
        text = text.replace(number, "•••• " + re.sub(r"\D", "", number)[-4:])
    return text
