"""The spellings under which a person is found: both name orders, e-mail address, digits of the phone number."""
import re
import unicodedata

LONGEST = 80


def folded(text: str | None) -> str:
    """Return text as it is compared in a search: one line, no case, Latin letters without accents, other scripts as they are."""
    line = " ".join((text or "").split())
    if line.isascii():
        return line.lower()[:LONGEST].rstrip()
    # Taken apart before and after: some letters show their capital, or their accent, only then.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", line).casefold())
    kept = "".join(c for c in plain if not (unicodedata.combining(c) and ord(c) < 0x370))
    return " ".join(unicodedata.normalize("NFC", kept).split())[:LONGEST].rstrip()


def digits(phone: str | None) -> str:
    """Return a phone number's digits without the international prefix's zeros."""
    return re.sub(r"\D", "", phone or "").lstrip("0")


def terms(given: str | None, family: str | None, email: str | None, phone: str | None) -> set[str]:
    """Return what one profile can be found by; a search matches the beginning of any of these."""
    first, last, number = folded(given), folded(family), digits(phone)
    found = {f"{first} {last}".strip(), f"{last} {first}".strip(), folded(email)}
    # People type a number with or without its country code: its last nine digits are a spelling of their own.
    return {t for t in found | {number, number[-9:]} if len(t) > 1}
