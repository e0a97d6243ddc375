"""How a further record of a person differs from the person's own words: slips of the pen, other scripts, other addresses."""
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from crm_core.ingest.demo.names import name_lists, nicknames, variants
from crm_core.ingest.demo.people import MAIL, Pair, own_address, plain, relay

BESIDE = dict(pair for row in ("qwertyuiopo", "asdfghjklk", "zxcvbnmn") for pair in pairwise(row))  # the key to the right


class Known(NamedTuple):
    """What one record says of a person; None is not known."""

    given: str
    family: str
    email: str | None
    phone: str | None
    birth: str | None
    street: str | None
    postcode: str | None
    town: str | None
    document: str | None
    loyalty_number: str | None


@dataclass(frozen=True)
class Person:
    """What a slip needs to know beside the record: the name in both scripts, the name group, the person's number, and which record it is."""

    latin: Pair
    native: Pair | None
    group: str
    number: int
    place: int


def mistyped(known: Known, who: Person, u: float) -> Known:
    """A letter of the given or the family name is left out, doubled, exchanged with the next or with its neighbour on the keyboard."""
    part = "family" if u < .6 else "given"
    word = getattr(known, part)
    if len(word) < 3:
        return known
    place, kind = divmod(int(u * 10**6), 4)
    at = 1 + place % (len(word) - 2)
    left, sign, right = word[:at], word[at], word[at + 1:]
    beside = BESIDE.get(sign, right[0])
    return known._replace(**{part: (left + right, left + sign + sign + right, left + right[0] + sign + right[1:], left + beside + right)[kind]})


def swapped(known: Known, who: Person, u: float) -> Known:
    """Given and family name stand in each other's place."""
    return known._replace(given=known.family, family=known.given)


def transliterated(known: Known, who: Person, u: float) -> Known:
    """The name in the other script, or in another spelling in Latin letters."""
    if who.native and (known.given, known.family) == who.native:
        return known._replace(given=_other_spelling(who.latin[0]), family=_other_spelling(who.latin[1]))
    if who.native and u < .5:
        return known._replace(given=who.native[0], family=who.native[1])
    return known._replace(given=_other_spelling(known.given), family=_other_spelling(known.family))


def _other_spelling(name: str) -> str:
    return " ".join(variants().get(word, word) for word in name.split(" "))


def nickname(known: Known, who: Person, u: float) -> Known:
    """The short form of the given name, or the given name without the second one."""
    first = known.given.split(" ")[0]
    return known._replace(given=nicknames().get(first, first))


def accents(known: Known, who: Person, u: float) -> Known:
    """Latin letters without their accents."""
    return known._replace(given=_bare(known.given), family=_bare(known.family))


def _bare(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if ord(c) < 0x250) if name and ord(name[0]) < 0x250 else name


def other_email(known: Known, who: Person, u: float) -> Known:
    """Another address of the same person, or none."""
    if u < .5 or not known.email:
        return known._replace(email=None)
    given, family = who.latin
    return known._replace(email=f"{plain(given.split(' ')[0])[0]}{plain(family.split(' ')[-1])}.{who.number % 9973}@{MAIL[(who.number + 1) % 3]}")


def relayed(known: Known, who: Person, u: float) -> Known:
    """The address of a travel site, another one for every booking."""
    return known._replace(email=relay(who.latin, who.number + 4_000_000 * who.place))


def phone_format(known: Known, who: Person, u: float) -> Known:
    """The same number in another clerk's hand."""
    if not known.phone:
        return known
    code, *rest = known.phone.split(" ")
    written = (f"{code}{''.join(rest)}", f"00{code[1:]} {' '.join(rest)}", f"{code}-{'-'.join(rest)}", f"{code} {''.join(rest)}")
    return known._replace(phone=written[int(u * 4)])


def no_birth(known: Known, who: Person, u: float) -> Known:
    """Nobody asked for the birth date."""
    return known._replace(birth=None)


def day_for_month(known: Known, who: Person, u: float) -> Known:
    """Day and month of birth in each other's place, where both can be."""
    if not known.birth or known.birth[8:] > "12":
        return known
    return known._replace(birth=f"{known.birth[:5]}{known.birth[8:]}-{known.birth[5:7]}")


def married(known: Known, who: Person, u: float) -> Known:
    """Another family name, from the same list."""
    names = name_lists(who.group)[1]
    other = names[int(u * len(names))]
    return known._replace(family=other.native if who.native and (known.given, known.family) == who.native else other.latin)


def family_email(known: Known, who: Person, u: float) -> Known:
    """The address of somebody at home."""
    names = name_lists(who.group)[0]
    return known._replace(email=own_address((names[int(u * len(names))].latin, who.latin[1]), who.number + 50_000_000))


# In the order in which they happen; later ones see what earlier ones did.
SLIPS: dict[str, Callable[[Known, Person, float], Known]] = {
    "nickname": nickname, "married": married, "transliterated": transliterated, "accents": accents, "mistyped": mistyped, "swapped": swapped,
    "phone_format": phone_format, "day_for_month": day_for_month, "no_birth": no_birth, "other_email": other_email,
    "family_email": family_email, "relay": relayed,
}
