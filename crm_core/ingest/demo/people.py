"""The persons: name, country, language, age, address, e-mail and phone, as they would say it themselves."""
from dataclasses import dataclass

import numpy as np

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import Profile
from crm_core.ingest.demo.markets import OTA
from crm_core.ingest.demo.names import Origin, Place, countries, name_lists, places
from crm_core.ingest.demo.stays import Stays
from crm_core.ingest.demo.streams import Streams, pick, ranks

MAIL = ("example.com", "example.org", "example.net")
RELAY = "guest.booking.example"
CONSENTED, WORKING, OWN, ANY = p.REACH
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
UNSPACED = ("chinese",)  # two given names are written as one
Pair = tuple[str, str]  # given name, family name


@dataclass(frozen=True)
class People:
    """The persons of a block as columns; what is not known is None.

    `latin` and `native` are (given, family), native None where the script is Latin; `in_script` says which of them the person uses.
    `reach` (0 to 1) places each on the way from consent (low) to no e-mail address (high); `created` is the day of the first booking.
    `address` is (street, postcode, town), `relative` the person whose e-mail address this one uses, or -1.
    """

    number: range
    latin: list[Pair]
    native: list[Pair | None]
    groups: list[str]
    in_script: list[bool]
    country: list[str | None]
    language: list[str]
    birth: list[str | None]
    email: list[str | None]
    phone: list[str | None]
    address: list[tuple[str, str | None, str] | None]
    relative: list[int]
    reach: np.ndarray
    created: np.ndarray

    def __len__(self) -> int:
        return len(self.number)

    def names(self, person: int) -> Pair:
        """Return (given, family) as the person writes them."""
        return self.native[person] if self.in_script[person] and self.native[person] else self.latin[person]


def people(streams: Streams, profile: Profile, stays: Stays, first_id: int, persons: int) -> People:
    """Return the block's persons, who are known from the day of their first booking."""
    begin = np.searchsorted(stays.guest, np.arange(persons))
    place = countries_of(streams, profile, stays.hotel[begin], persons)
    known = [countries()[code] for code in place]
    reach = _reach(streams, stays.market[begin] == OTA)
    relative = _relatives(streams, place, reach)
    latin, native, groups = names_of(streams, profile, known, relative)
    address = _addresses(streams, place)
    email = _emails(reach, latin, first_id)
    empty = streams.draw("country empty", persons) < p.COUNTRY_EMPTY
    return People(
        range(first_id, first_id + persons), latin, native, groups, _in_script(streams, groups),
        [None if gone else code for gone, code in zip(empty, place, strict=True)], [c.language for c in known], _births(streams, persons),
        _shared(email, relative), phones(streams, known, first_id), _shared(address, relative), relative, reach,
        np.minimum.reduceat(stays.booked, begin))


def countries_of(streams: Streams, profile: Profile, hotel: np.ndarray, persons: int) -> list[str]:
    """Return the countries of guests of these hotels."""
    u = streams.draw(p.COUNTRY_DRAW, persons)
    tables = [_country_table(h.guests) for h in profile.hotels]
    chosen = pick(u, np.array([shares for _, shares in tables])[hotel])
    return [tables[h][0][c] for h, c in zip(hotel.tolist(), chosen.tolist(), strict=True)]


def _country_table(name: str) -> tuple[list[str], np.ndarray]:
    """Every country and its share: the named ones, then a long tail that shares the rest."""
    named = dict(zip((words := p.COUNTRIES[name].split())[::2], map(float, words[1::2]), strict=True))
    tail = [code for code in countries() if code not in named]
    weight = p.TAIL_DECAY ** np.arange(len(tail))
    shares = [*named.values(), *((1 - sum(named.values())) * weight / weight.sum())]
    codes = [*named, *tail]
    order = np.argsort(codes, kind="stable")
    return [codes[i] for i in order], np.array(shares)[order]


def _relatives(streams: Streams, place: list[str], reach: np.ndarray) -> list[int]:
    """For each person the relative whose address is used, or -1: neighbours among those of one country who have an address of their own."""
    own = np.flatnonzero(reach < OWN)
    own = own[np.argsort(np.array(place)[own], kind="stable")]
    first, second = own[:-1:2], own[1::2]
    alike = np.array(place)[first] == np.array(place)[second]
    chosen = alike & (ranks(streams.draw("relative", len(first)) + ~alike) < p.FAMILY * len(place) / max(len(first), 1))
    relative = np.full(len(place), -1)
    relative[second[chosen]] = first[chosen]
    return relative.tolist()


def _shared(own: list, relative: list[int]) -> list:
    return [own[other] if other >= 0 else mine for mine, other in zip(own, relative, strict=True)]


def names_of(streams: Streams, profile: Profile, known: list[Origin], relative: list[int]) -> tuple[list, list, list[str]]:
    """Return (given, family) in Latin letters and in the own script (None where that is Latin), and the name group, per person."""
    u = streams.draw("name", 3, len(known))
    second = streams.draw("second name", 4, len(known)).T.tolist()
    groups = [c.group(x) for c, x in zip(known, u[0].tolist(), strict=True)]
    latin, native = [], []
    for person, (group, a, b, more) in enumerate(zip(groups, u[1].tolist(), u[2].tolist(), second, strict=True)):
        given, family = (names[int(x * len(names))] for names, x in zip(name_lists(group), (a, b), strict=True))
        (given, native_given), (family, native_family) = (
            _second(group, part, name, shares.get(group, 0), *more[2 * part:2 * part + 2], p.IN_FULL[profile.name])
            for part, (name, shares) in enumerate(((given, p.SECOND_GIVEN), (family, p.SECOND_FAMILY))))
        other = relative[person]
        if 0 <= other < person and groups[other] == group:
            family, native_family = latin[other][1], native[other][1] if native[other] else ""
        latin.append((given, family))
        native.append((native_given, native_family) if native_given else None)
    return latin, native, groups


def _second(group: str, part: int, name, share: float, has: float, which: float, chances: int) -> tuple[str, str]:
    """The name in Latin letters and in the own script, with a second one of the same list where the person has one."""
    if has >= 1 - (1 - share) ** chances:
        return name.latin, name.native
    names = name_lists(group)[part]
    other = names[int(which * len(names))]
    if other == name:
        return name.latin, name.native
    if group in UNSPACED:
        return name.latin + other.latin.lower(), name.native + other.native
    return f"{name.latin} {other.latin}", f"{name.native} {other.native}".strip()


def _in_script(streams: Streams, groups: list[str]) -> list[bool]:
    u = streams.draw("script", len(groups)).tolist()
    return [x < p.NATIVE_SCRIPT.get(group, 0) for x, group in zip(u, groups, strict=True)]


def _births(streams: Streams, persons: int) -> list[str | None]:
    u = streams.draw("age", 3, persons)
    edges = np.array(p.AGE_EDGES, float)
    band = pick(u[0], p.AGES)
    days = ((edges[band] + u[1] * (edges[band + 1] - edges[band])) * 365.25).astype(int)
    born = (np.datetime64(p.AS_OF) - days).astype(str).tolist()
    return [None if gone else day for gone, day in zip(u[2] < p.BIRTH_EMPTY, born, strict=True)]


def _reach(streams: Streams, through_agency: np.ndarray) -> np.ndarray:
    """Evenly spread between 0 and 1; relay addresses go to guests whose first booking came through an online agency."""
    u = streams.draw("reach", 2, len(through_agency))
    relayed = ranks(u[0] + through_agency) >= 1 - (ANY - OWN)
    reach = np.full(len(relayed), OWN)
    others = ranks(u[1][~relayed]) * (1 - ANY + OWN)
    reach[~relayed] = np.where(others < OWN, others, others + ANY - OWN)
    return reach


def _emails(reach: np.ndarray, latin: list, first_id: int) -> list[str | None]:
    """Own address, an agency's relay address or none; the person's number keeps every address apart."""
    return [_email(x, names, first_id + i) for i, (x, names) in enumerate(zip(reach.tolist(), latin, strict=True))]


def _email(reach: float, names: Pair, number: int) -> str | None:
    if reach >= ANY:
        return None
    return relay(names, number) if reach >= OWN else own_address(names, number)


def relay(names: Pair, number: int) -> str:
    """Return the address behind which a travel site hides a guest, another one for each number."""
    return f"{names[0][0].lower()}{names[1][0].lower()}.{(number * 7919) % 100_000_007:08d}@{RELAY}"


def own_address(names: Pair, number: int) -> str:
    """Return a person's address: the names and a number that scatters neighbours and is unique below ten million."""
    given, family = (plain(name.split(" ")[0]) for name in names)
    return f"{given}.{family}{scattered(number, 5)}@{MAIL[number % 3]}"


def scattered(number: int, digits: int) -> str:
    """Return a number as at least so many digits, each its own, none like its neighbour's."""
    size = 10**digits
    rest = (number * 61_803 + 27_182) % size
    return f"{number // size or ''}{rest:0{digits}d}"


def plain(name: str) -> str:
    """Return a name in small Latin letters without accents, as an address has it."""
    return name.lower().translate(PLAIN)


PLAIN = str.maketrans("àáâãäåçèéêëìíîïñòóôõöùúûüý", "aaaaaaceeeeiiiinooooouuuuy") | str.maketrans({"ß": "ss", "ø": "o", " ": "", "'": ""})


def phones(streams: Streams, known: list[Origin], first_id: int) -> list[str | None]:
    """Return numbers that nobody has: after the calling code come three zeros, which no country assigns, and the person's own seven digits."""
    u = streams.draw("phone", len(known)).tolist()
    numbers = (scattered(first_id + i, 7)[-7:] for i in range(len(known)))
    return [f"+{c.calling_code} 000 {n[:3]} {n[3:]}" if x < p.PHONE else None for c, x, n in zip(known, u, numbers, strict=True)]


def _addresses(streams: Streams, place: list[str]) -> list[tuple[str, str | None, str] | None]:
    """(street and number, postcode, town) of those who leave an address."""
    u = streams.draw("address", 5, len(place)).T.tolist()
    return [_address(where, *x[1:]) if x[0] < p.ADDRESS and (where := places().get(code)) else None
            for code, x in zip(place, u, strict=True)]


def _address(where: Place, a: float, b: float, c: float, d: float) -> tuple[str, str | None, str]:
    town = int(a * len(where.towns))
    street = where.streets[int(b * len(where.streets))]
    return f"{street} {1 + int(c * c * 180)}", _postcode(where.postcode, town, d), where.towns[town]


def _postcode(shape: str, town: int, u: float) -> str | None:
    """The first digit tells the town, the others are chance."""
    code, number = "", int(u * 10**9)
    for sign in shape:
        if sign == "#":
            code += str(town + 1) if not any(c.isdigit() for c in code) else str(number % 10)
        else:
            code += LETTERS[number % len(LETTERS)] if sign == "@" else sign
        number //= 10 if sign == "#" else 23 if sign == "@" else 1
    return code or None
