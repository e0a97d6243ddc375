"""The records that the hotels keep of the persons: a person who comes again is often entered once more, and not quite alike."""
import hashlib
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest import quality
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, Profile, iso
from crm_core.ingest.demo.markets import OPERATOR, OTA
from crm_core.ingest.demo.members import Members
from crm_core.ingest.demo.names import full_name
from crm_core.ingest.demo.people import ANY, OWN, WORKING, Pair, People
from crm_core.ingest.demo.slips import SLIPS, Known, Person
from crm_core.ingest.demo.stays import CANCELLED, NO_SHOW, Stays
from crm_core.ingest.demo.streams import Streams, ranks

NOBODY = -1
ORDER = tuple(SLIPS)
MOST_SLIPS = 3
NO_DOCUMENT = "000000000"
NO_EMAILS = ("noemail@example.com", "guest@example.org", "none@example.net")
NO_NAMES = (("Guest", "Guest"), ("TBA", "TBA"), ("Walk", "In"))
NO_PHONES = ("000000", "n/a", "123456", "+1 23", "+44 12", "5-12", "+49 1234567890123456", "12 34")


@dataclass(frozen=True)
class Records:
    """One row per record of the block, in the order of persons and of their bookings.

    `of_stay` is each stay's record, or NOBODY for a booking without a profile; `place` 0 for a person's first record, then 1, 2 …;
    `first_of` each person's first record, or NOBODY where all bookings of the person are unidentified. `seen` is the last day in history.
    """

    of_stay: np.ndarray
    person: np.ndarray
    place: np.ndarray
    hotel: np.ndarray
    opened: np.ndarray
    seen: np.ndarray
    first_of: np.ndarray
    known: list[Known]

    def __len__(self) -> int:
        return len(self.person)


def records(streams: Streams, profile: Profile, who: People, members: Members, stays: Stays) -> Records:
    """Return which records the block's bookings opened, and what each says."""
    named = np.flatnonzero(~_unidentified(streams, profile, stays))
    opens = _opens(streams, profile, stays.take(named))
    of_stay = np.full(len(stays.guest), NOBODY)
    of_stay[named] = np.cumsum(opens) - 1
    opening = named[opens]
    person = stays.guest[opening]
    first = np.concatenate([[True], person[1:] != person[:-1]]) if len(person) else np.zeros(0, bool)
    place = np.arange(len(person)) - np.maximum.accumulate(np.where(first, np.arange(len(person)), 0))
    first_of = np.full(len(who), NOBODY)
    first_of[person[first]] = np.flatnonzero(first)
    seen = last_seen(stays, of_stay, len(person))
    known = _known(streams, profile, who, members, person, place, stays.market[opening] == OTA)
    return Records(of_stay, person, place, stays.hotel[opening], stays.booked[opening], seen, first_of, known)


def last_seen(stays: Stays, of_stay: np.ndarray, size: int) -> np.ndarray:
    """Return the last day in history on which each record heard of its guest."""
    named, seen = np.flatnonzero(of_stay != NOBODY), np.full(size, -9999)
    np.maximum.at(seen, of_stay[named], np.where(stays.departure[named] < DAYS, stays.departure[named], stays.booked[named]))
    return seen


def _unidentified(streams: Streams, profile: Profile, stays: Stays) -> np.ndarray:
    """Some bookings of agencies and operators arrive without a guest."""
    shares = p.MARKET_SHARES["group" if profile.name == "group" else "city"]
    through = (stays.market == OTA) | (stays.market == OPERATOR)
    chance = p.UNIDENTIFIED[profile.name] * sum(shares) / (shares[OTA] + shares[OPERATOR])
    return through & (streams.draw("unidentified", len(stays.guest)) < chance)


def _opens(streams: Streams, profile: Profile, stays: Stays) -> np.ndarray:
    """Which bookings open a new record: each person's first, a repeat stay by the number of stays, any other rarely."""
    size = stays.guest.max(initial=-1) + 1
    lost = (stays.status == CANCELLED) | (stays.status == NO_SHOW)
    count = np.bincount(stays.guest, stays.realised, size)[stays.guest]
    held = np.cumsum(~lost) - ~lost
    start = np.searchsorted(stays.guest, np.arange(size))
    before = held - held[start[stays.guest]] if len(held) else held
    chance = np.where(~lost & (before > 0), np.array(p.OPENS)[np.searchsorted((4, 10), count, side="right")], p.OTHERWISE_OPENS[profile.name])
    first = np.concatenate([[True], stays.guest[1:] != stays.guest[:-1]]) if len(chance) else np.zeros(0, bool)
    return first | (streams.draw("new profile", len(chance)) < chance)


def _known(streams: Streams, profile: Profile, who: People, members: Members, person, place, through_agency) -> list[Known]:
    own = _own_words(streams, profile, who, members, person, place)
    kinds = _kinds(streams, place > 0, through_agency)
    chance = streams.draw("slip", len(person), len(ORDER)).tolist()
    said = [_copied(known, who, n, k, kinds[i], chance[i]) if k else known
            for i, (known, n, k) in enumerate(zip(own, person.tolist(), place.tolist(), strict=True))]
    return _with_dirt(streams, who, said, person, place)


def _own_words(streams: Streams, profile: Profile, who: People, members: Members, person, place) -> list[Known]:
    """What each record would say if nobody made a mistake; address, document and loyalty number stand in some."""
    u = streams.draw("kept", 5, len(person))
    at_home, carded, in_full = (((place == 0) | (x < share)).tolist() for x, share in zip(u[2:], p.KEEPS.values(), strict=True))
    document = np.where(u[0] < p.DOCUMENT[profile.name], np.where(u[1] < p.PLACEHOLDER_DOCUMENT[profile.name], 0, 1), -1).tolist()
    # A travel site's address ends with its booking: the next record cannot repeat it.
    lasting = ((place == 0) | (who.reach[person] < OWN)).tolist()
    return [Known(*_names(who.names(n), full), who.email[n] if lasts else None, who.phone[n], who.birth[n], *(who.address[n] or NOWHERE if home else NOWHERE),
                  None if paper < 0 else _document(who.number[n] if paper else None), members.number[n] if card else None)
            for n, home, card, full, paper, lasts in zip(person.tolist(), at_home, carded, in_full, document, lasting, strict=True)]


def _names(names: Pair, in_full: bool) -> Pair:
    return names if in_full else (names[0].split(" ")[0], names[1])


NOWHERE = (None, None, None)


def _document(person: int | None) -> str:
    """A document number is kept as a hash only; the placeholder's is the same for all."""
    number = NO_DOCUMENT if person is None else f"demo-passport-{person}"
    return hashlib.blake2b(number.encode(), digest_size=16).hexdigest()


def _kinds(streams: Streams, again: np.ndarray, through_agency: np.ndarray) -> np.ndarray:
    """Which slips a further record has: by their shares, at least one and at most three; relay addresses come with agency bookings."""
    shares = np.array([p.SLIPS[name] for name in ORDER])
    u = streams.draw("slips", len(through_agency), len(ORDER))
    relay = ORDER.index("relay")
    u[again, relay] = ranks((u[:, relay] - through_agency)[again])
    weight = u / shares
    order = np.argsort(np.argsort(weight, axis=1, kind="stable"), axis=1, kind="stable")
    return ((weight < 1) & (order < MOST_SLIPS)) | (order == 0)


def _copied(known: Known, who: People, n: int, place: int, kinds: np.ndarray, chance: list[float]) -> Known:
    person = Person(who.latin[n], who.native[n], who.groups[n], who.number[n], place)
    for k in np.flatnonzero(kinds).tolist():
        known = SLIPS[ORDER[k]](known, person, chance[k])
    return known


def _with_dirt(streams: Streams, who: People, said: list[Known], person, place) -> list[Known]:
    """Addresses written wrongly, numbers that cannot be, and what clerks type where a form insists on an answer."""
    u = streams.draw("dirt", 6, len(said))
    reach = who.reach[person]
    broken = (reach >= WORKING) & (reach < OWN) & ~bounces(streams, who)[person]
    changes: list[tuple[np.ndarray, str, object]] = [
        (broken, "email", _broken), ((reach >= ANY) & (u[1] < p.PLACEHOLDER_EMAIL / (1 - ANY)), "email", NO_EMAILS),
        (u[2] < p.BROKEN_PHONE * p.PHONE, "phone", NO_PHONES), (u[3] < p.PLACEHOLDER_BIRTH, "birth", ("1900-01-01",)),
        (u[4] < p.PLACEHOLDER_NAME, "name", NO_NAMES)]
    for mask, field, how in changes:
        for i in np.flatnonzero(mask).tolist():
            said[i] = _dirty(said[i], field, how, float(u[5][i]))
    return said


def _dirty(known: Known, field: str, how, u: float) -> Known:
    if callable(how):
        return known._replace(email=how(known.email, u))
    value = how[int(u * len(how))]
    return known._replace(given=value[0], family=value[1]) if field == "name" else known._replace(**{field: value})


def _broken(email: str | None, u: float) -> str | None:
    if not email or not email.rpartition("@")[2].startswith("example."):
        return email
    local, _, domain = email.partition("@")
    return (f"{local}.{domain}", f"{local}@@{domain}", f"{local}@{domain.split('.')[0]}", f"{local} @{domain}", f"{local}@.{domain}")[int(u * 5)]


def bounces(streams: Streams, who: People) -> np.ndarray:
    """Return the persons whose mailbox does not work, though the address looks well."""
    failing = (who.reach >= WORKING) & (who.reach < OWN)
    return failing & (streams.draw("bounces", len(who)) >= p.BROKEN_EMAIL)


GUEST = ("id", "name", "email", "phone", "birth_on", "country", "language", "created_at", "version", "revision")
PROFILE = ("id", "guest_id", "property_id", "source", "external_id", "given_name", "family_name", "email", "phone", "birth_on",
           "street", "postcode", "city", "document_hash", "loyalty_number", "country", "language", "seen_on", *quality.FIELDS)


def write(block, writer) -> None:
    """Write the block's profiles, each with a guest of its own: which of them are one person is for the hotel to find out."""
    who, kept, revision = block.people, block.records, writer.revision
    numbers = block.profile_ids
    created = [f"{day}T09:00:00+00:00" for day in iso(kept.opened)]
    person = kept.person.tolist()
    writer.rows(schema.guest, GUEST, (
        (number, full_name(k.given, k.family), k.email, k.phone, k.birth, who.country[n], who.language[n], at, 1, revision)
        for number, n, k, at in zip(numbers, person, kept.known, created, strict=True)))
    codes = [h.code for h in block.profile.hotels]
    bouncing = bounces(block.streams, who).tolist()
    writer.rows(schema.profile, (*PROFILE, "batch_id", "revision"), (
        (number, number, h + 1, "demo", f"{codes[h]}-P{number:07d}", *k[:9], k.loyalty_number, who.country[n], who.language[n], day,
         *_states(k, who.country[n], bouncing[n]), 1, revision)
        for number, n, h, k, day in zip(numbers, person, kept.hotel.tolist(), kept.known, iso(kept.seen), strict=True)))
    writer.truth.persons(zip(numbers, (who.number[n] for n in person), strict=True))
    unknown = np.flatnonzero(kept.of_stay == NOBODY)
    writer.truth.stays((block.stay_ids[s], who.number[g]) for s, g in zip(unknown.tolist(), block.stays.guest[unknown].tolist(), strict=True))


def _states(known: Known, country: str | None, bounces: bool) -> tuple[str, ...]:
    states = quality.states(known.given, known.family, known.email, known.phone, known.birth, country, p.AS_OF)
    if bounces and states["email_state"] == "valid":
        states["email_state"] = "bounced"
    return tuple(states[name] for name in quality.FIELDS)
