"""The persons: name, country, language, age, e-mail address and phone, and the profile each property keeps of them."""
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.bookings import OTA
from crm_core.ingest.demo.hotels import Profile, iso
from crm_core.ingest.demo.names import countries, full_name, name_lists
from crm_core.ingest.demo.stays import Stays
from crm_core.ingest.demo.streams import Streams, pick, ranks

MAIL = ("example.com", "example.org", "example.net")
RELAY = "guest.booking.example"
CONSENTED, WORKING, OWN, ANY = p.REACH


@dataclass(frozen=True)
class People:
    """The persons of a block as columns; what is not known is None.

    `reach` (0 to 1) places each on the way from consent (low) to no e-mail address (high); `created` is the day of the first booking.
    """

    given: list[str]
    family: list[str]
    name: list[str]
    country: list[str | None]
    language: list[str]
    birth: list[str | None]
    email: list[str | None]
    phone: list[str | None]
    reach: np.ndarray
    created: np.ndarray


def people(streams: Streams, profile: Profile, stays: Stays, first_id: int, persons: int) -> People:
    """Return the block's persons, who are known from the day of their first booking."""
    begin = np.searchsorted(stays.guest, np.arange(persons))
    place = _countries(streams, profile, stays.hotel[begin], persons)
    known = [countries()[code] for code in place]
    latin, native, groups = _names(streams, known)
    kept = _in_script(streams, groups)
    given, family = zip(*(own if script and own else plain for script, own, plain in zip(kept, native, latin, strict=True)), strict=True)
    empty = streams.draw("country empty", persons) < p.COUNTRY_EMPTY
    reach = _reach(streams, stays.market[begin] == OTA)
    return People(
        list(given), list(family), [full_name(*pair) for pair in zip(given, family, strict=True)],
        [None if gone else code for gone, code in zip(empty, place, strict=True)], [c.language for c in known], _births(streams, persons),
        _emails(reach, latin, first_id), _phones(streams, known, first_id), reach, np.minimum.reduceat(stays.booked, begin))


def _countries(streams: Streams, profile: Profile, hotel: np.ndarray, persons: int) -> list[str]:
    u = streams.draw("country", persons)
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


def _names(streams: Streams, known: list) -> tuple[list, list, list[str]]:
    """(given, family) in Latin letters and in the own script (None where that is Latin), and the name group, per person."""
    u = streams.draw("name", 3, len(known))
    groups = [c.group(x) for c, x in zip(known, u[0].tolist(), strict=True)]
    latin, native = [], []
    for group, a, b in zip(groups, u[1].tolist(), u[2].tolist(), strict=True):
        given, family = (names[int(x * len(names))] for names, x in zip(name_lists(group), (a, b), strict=True))
        latin.append((given.latin, family.latin))
        native.append((given.native, family.native) if given.native else None)
    return latin, native, groups


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
    return [_email(x, given, family, first_id + i) for i, (x, (given, family)) in enumerate(zip(reach.tolist(), latin, strict=True))]


def _email(reach: float, given: str, family: str, number: int) -> str | None:
    if reach >= ANY:
        return None
    if reach >= OWN:
        return f"{given[0].lower()}{family[0].lower()}.{(number * 7919) % 100_000_007:08d}@{RELAY}"
    return f"{_plain(given)}.{_plain(family)}{number}@{MAIL[number % 3]}"


def _plain(name: str) -> str:
    return name.lower().translate(PLAIN)


PLAIN = str.maketrans("àáâãäåçèéêëìíîïñòóôõöùúûüý", "aaaaaaceeeeiiiinooooouuuuy") | str.maketrans({"ß": "ss", "ø": "o", " ": "", "'": ""})


def _phones(streams: Streams, known: list, first_id: int) -> list[str | None]:
    """Numbers that nobody has: after the calling code come three zeros, which no country assigns, and the person's number."""
    u = streams.draw("phone", len(known)).tolist()
    return [f"+{c.calling_code} 000 {(first_id + i) // 10000:03d} {(first_id + i) % 10000:04d}" if x < p.PHONE else None
            for i, (c, x) in enumerate(zip(known, u, strict=True))]


GUEST = ("id", "name", "email", "phone", "birth_on", "country", "language", "created_at", "version", "revision")
PROFILE = ("id", "guest_id", "property_id", "source", "external_id", "given_name", "family_name", "email", "phone", "birth_on", "country",
           "language", "batch_id", "revision")


def write(block, writer) -> None:
    """Write the block's guests, and one profile for each guest and property."""
    who = block.people
    created = [f"{day}T09:00:00+00:00" for day in iso(who.created)]
    ids = range(block.first_id, block.first_id + len(who.name))
    known = (who.name, who.email, who.phone, who.birth, who.country, who.language, created)
    writer.rows(schema.guest, GUEST, zip(ids, *known, [1] * len(ids), [writer.revision] * len(ids), strict=True))
    codes = [h.code for h in block.profile.hotels]
    writer.rows(schema.profile, PROFILE, (
        (number, block.first_id + g, h + 1, "demo", f"G{block.first_id + g:06d}@{codes[h]}", who.given[g], who.family[g], who.email[g],
         who.phone[g], who.birth[g], who.country[g], who.language[g], 1, writer.revision)
        for number, g, h in zip(block.profile_ids, block.profile_guest.tolist(), block.profile_hotel.tolist(), strict=True)))
