"""One spelling for each name, address, number and date, so that only real differences are left to compare."""

import re
import unicodedata
from functools import cache

import phonenumbers
from anyascii import anyascii
from phonenumbers.phonemetadata import PhoneMetadata

from crm_core.stats.relays import is_relay

NOBODY = {"unknown", "n a", "none", "null", "nan", "tba", "tbc", "guest", "no name", "noname", "anonymous", "not provided", "xxx"}
NO_ONES_ADDRESS = {"none", "noemail", "no-email", "no.email", "no_email", "na", "noreply", "no-reply", "unknown"}
NO_ONES_BIRTHDAY = {"19000101", "19010101", "11111111", "99991231", "00010101"}  # what systems write for "not known"
TITLES = {"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "mme", "mlle", "sr", "sra"}
SHORT = {
    "street": "st", "strasse": "str", "avenue": "ave", "av": "ave", "road": "rd", "place": "pl", "drive": "dr", "lane": "ln",
    "court": "ct", "boulevard": "blvd", "square": "sq", "crescent": "cr", "circuit": "cct", "apartment": "apt",
}  # fmt: skip
LEAST_DIGITS, NINE = 6, 9
QUOTES, OTHERS, NO_DIGITS, SIGNS = re.compile(r"['`]"), re.compile(r"[^a-z0-9]+"), re.compile(r"\D"), re.compile(r"[\W_]")


def plain(text: str) -> str:
    """Return text in small Latin letters, digits and single blanks; other scripts are transliterated letter by letter."""
    if not text.isascii():
        text = anyascii(unicodedata.normalize("NFKC", text).casefold())
    text = text.lower()
    return text if text.isalnum() else OTHERS.sub(" ", QUOTES.sub("", text)).strip()


def name(text: str) -> str | None:
    """Return a given name, family name or town without titles; None for what stands in place of a name."""
    kept = plain(text)
    if " " in kept:
        kept = " ".join([word for word in kept.split() if word not in TITLES]) or kept
    return None if not kept or kept in NOBODY else kept


def email(text: str) -> str | None:
    """Return an address in small letters without its +tag; None for a travel site's relay address and for what is none at all."""
    local, at, domain = text.strip().lower().rpartition("@")
    local = local.split("+")[0] or local
    found = f"{local}{at}{domain}"
    return None if len(found) < LEAST_DIGITS or is_relay(found) or local in NO_ONES_ADDRESS else found


def phone(text: str, country: str = "") -> str | None:
    """Return the last nine digits of the number in E.164, in which two spellings of one number agree; None for too few and 000000.

    A number without + or 00 is read by the rules of `country` (ISO 3166-1 alpha-2), as far as one is given.
    """
    text = text.strip().replace("(0)", "")
    digits = NO_DIGITS.sub("", text)
    if len(digits) < LEAST_DIGITS or len(set(digits[-LEAST_DIGITS:])) == 1:
        return None
    if not text.startswith("+") and not digits.startswith("00"):
        code, trunk = _dialling(country.strip().upper())
        digits = code + (digits.removeprefix(trunk) if trunk else digits)
    return digits.lstrip("0")[-NINE:] or None


@cache
def _dialling(country: str) -> tuple[str, str]:
    """Return a country's calling code and trunk prefix."""
    rules = PhoneMetadata.metadata_for_region(country, None) if len(country) == 2 else None
    return (str(phonenumbers.country_code_for_region(country)), rules.national_prefix or "") if rules else ("", "")


def birth(text: str) -> str | None:
    """Return a date as yyyymmdd; None for what systems write when they do not know it."""
    digits = text[:4] + text[5:7] + text[8:10]
    digits = digits if digits.isdigit() and len(text) == 10 else NO_DIGITS.sub("", text[:10])
    return None if len(digits) < LEAST_DIGITS or digits in NO_ONES_BIRTHDAY or not digits.strip("0") else digits


def identifier(text: str) -> str | None:
    """Return a document or card number without blanks, signs and case; None for a row of equal signs such as 000000 or XXXX."""
    kept = text.casefold()
    kept = kept if kept.isalnum() else SIGNS.sub("", kept)
    return None if len(set(kept)) < 2 else kept


def street(text: str) -> str | None:
    """Return a street with common words shortened and its numbers at the end, where half the world writes them."""
    words = [SHORT.get(word, word) for word in plain(text).split()]
    if words and words[0][0].isdigit():
        words.sort(key=_is_number)
    return " ".join(words) or None


def _is_number(word: str) -> bool:
    return word[0].isdigit()


def postcode(text: str) -> str | None:
    """Return a postcode without blanks and case."""
    kept = plain(text).replace(" ", "")
    return kept if kept.strip("0") else None


def sound(text: str) -> str:
    """Return the Soundex of a plain name: its first letter and the groups of the next three consonants."""
    groups = text.translate(_SOUNDS)
    kept, last = text[:1], groups[:1]
    for group in groups[1:]:
        if group not in ("0", "-", last):
            kept += group
        last = last if group == "-" else group
    return kept[:4]


_SOUNDS = str.maketrans(
    {letter: group for group, letters in
     {"0": "aeiouy", "1": "bfpv", "2": "cgjkqsxz", "3": "dt", "4": "l", "5": "mn", "6": "r", "-": "hw "}.items() for letter in letters}
)  # fmt: skip
