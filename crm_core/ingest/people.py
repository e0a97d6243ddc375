"""The guests of a file enter the store: a new profile makes a new guest, a known one fills what its guest does not have yet."""
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import sqlalchemy as sa

from crm_core.ingest.bookings import wishes
from crm_core.ingest.lookup import among, in_chunks
from crm_core.ingest.staging import Staging, unpacked
from crm_core.records.search_terms import terms
from crm_core.schema import consent, guest, preference, profile, search_term, stay
from crm_core.store import bulk
from crm_core.store.record import Change

FILLED = ("email", "phone", "birth_on", "country", "language")
GUEST = ("id", "name", *FILLED, "created_at")
PROFILE = ("id", "guest_id", "property_id", "source", "external_id", "given_name", "family_name", *FILLED, "is_booker")
PREFERENCE = ("guest_id", "kind", "value", "source", "noted_on", "revision")
CONSENT = ("guest_id", "purpose", "channel", "state", "at", "source", "actor", "revision")
MOST_TERMS = 1_000_000  # that wait in memory


class Person(NamedTuple):
    """All that a file says about one guest, the latest stay's word first."""

    key: str
    properties: tuple[int, ...]
    rows: tuple[int, ...]
    given_name: str | None
    family_name: str | None
    email: str | None
    phone: str | None
    birth_on: str | None
    country: str | None
    language: str | None
    is_booker: int
    wishes: dict[str, tuple[str, str]]
    consents: set[tuple[str, str | None, str | None]]

    @property
    def name(self) -> str | None:
        return f"{self.given_name or ''} {self.family_name or ''}".strip() or None

    def terms(self) -> set[str]:
        return terms(self.given_name, self.family_name, self.email, self.phone)


class Known(NamedTuple):
    """A profile that the store has, with what its guest lacks."""

    id: int
    guest_id: int
    lacks: frozenset[str]
    erased: bool


def bring_in(change: Change, staging: Staging, source: str, batch: int, actor: str) -> None:
    """Write profiles, guests, search terms, preferences and consents of all staged rows, and note each profile's id in the staging."""
    writer = _Writer(change, staging, source, batch, actor)
    for people in in_chunks(_people(staging.people(), staging.ids["property"])):
        writer.write(people)
    writer.write_terms()


def _people(rows: Iterable[tuple], places: dict[str, int]) -> Iterator[Person]:
    for _, group in groupby(rows, itemgetter(0)):
        yield _person(list(group), places)


def _person(rows: list[tuple], places: dict[str, int]) -> Person:
    """Merge the rows of one guest: in each column the first word counts."""
    said = [unpacked(packed) for _, _, _, _, packed in rows]  # in the order of staging.PERSON
    first = said[0] if len(said) == 1 else [next(filter(None, column), None) for column in zip(*said, strict=True)]
    where, numbers = dict.fromkeys([places[code] for _, code, _, _, _ in rows]), [n for _, _, n, _, _ in rows]
    return Person(rows[0][0], tuple(where), tuple(numbers), *[value or None for value in first[:7]], first[7] or 0,
                  _wishes(rows, said), _consents(said))


def _wishes(rows: list[tuple], said: list[tuple]) -> dict[str, tuple[str, str]]:
    noted: dict[str, tuple[str, str]] = {}
    for (_, _, _, arrival, _), words in zip(rows, said, strict=True):
        if words[8]:
            for kind, value in wishes(words[8]).items():
                noted.setdefault(kind, (value, words[12] or arrival))
    return noted


def _consents(said: list[tuple]) -> set[tuple[str, str | None, str | None]]:
    return {words[9:12] for words in said if words[9] == "withdrawn" or (words[9] and words[10])}


class _Writer:
    def __init__(self, change: Change, staging: Staging, source: str, batch: int, actor: str):
        self.change, self.staging, self.source, self.batch, self.actor = change, staging, source, batch, actor
        self.connection = change.connection
        self.next_profile, self.next_guest = bulk.next_id(self.connection, profile), bulk.next_id(self.connection, guest)
        self.terms: dict[int, list[tuple[str, int]]] = defaultdict(list)  # of new guests, by property

    def write(self, people: list[Person]) -> None:
        known = self._known(people)
        new = [person for person in people if person.key not in known]
        self._add(new)
        if sum(map(len, self.terms.values())) > MOST_TERMS:
            self.write_terms()
        if known:
            self._fill([(person, known[person.key]) for person in people if person.key in known])

    def _known(self, people: list[Person]) -> dict[str, Known]:
        asked = among(self.connection, profile.c.external_id, [person.key for person in people])
        columns = (profile.c.external_id, profile.c.id, guest.c.id, guest.c.erased_at, guest.c.name, *(guest.c[name] for name in FILLED))
        rows = self.connection.execute(sa.select(*columns).join_from(profile, guest).where(profile.c.source == self.source, asked))
        return {key: Known(id_, guest_id, frozenset(name for name, value in zip(("name", *FILLED), values, strict=True) if not value),
                           erased is not None)
                for key, id_, guest_id, erased, *values in rows}

    def _add(self, people: list[Person]) -> None:
        numbered = list(enumerate(people))
        first, first_guest = self.next_profile, self.next_guest
        at, revision = self.change.at, self.change.revision
        bulk.insert(self.connection, guest, GUEST, ((first_guest + i, p.name, *p[5:10], at) for i, p in numbered), revision=revision)
        bulk.insert(self.connection, profile, PROFILE, (
            (first + i, first_guest + i, p.properties[0], self.source, p.key, *p[3:11]) for i, p in numbered),
            batch_id=self.batch, revision=revision)
        with_ids = [(person, first_guest + i) for i, person in numbered]
        self._add_wishes(with_ids, set())
        self._add_consents(with_ids, {})
        for person, guest_id in with_ids:
            self.staging.note_profile(person.rows, guest_id - first_guest + first)
            self._collect_terms(person, guest_id)
        self.next_profile, self.next_guest = first + len(people), first_guest + len(people)

    def _fill(self, people: list[tuple[Person, Known]]) -> None:
        for person, known in people:
            self.staging.note_profile(person.rows, known.id)
        people = [(person, known) for person, known in people if not known.erased]  # what was erased never comes back
        for person, known in people:
            self._fill_one(person, known)
        with_ids = [(person, known.guest_id) for person, known in people]
        asked = [guest_id for _, guest_id in with_ids]
        kinds = sa.select(preference.c.guest_id, preference.c.kind).where(among(self.connection, preference.c.guest_id, asked))
        self._add_wishes(with_ids, {tuple(row) for row in self.connection.execute(kinds)})
        self._add_consents(with_ids, self._consents(asked))
        self._add_terms(people)

    def _fill_one(self, person: Person, known: Known) -> None:
        said = {"name": person.name, **{name: getattr(person, name) for name in FILLED}}
        new = {name: said[name] for name in known.lacks if said[name]}
        if "birth_on" in new:
            new["birth_on"] = dt.date.fromisoformat(new["birth_on"])
        if new:
            changed = {**new, "revision": self.change.revision}
            self.connection.execute(sa.update(guest).where(guest.c.id == known.guest_id).values(**changed, version=guest.c.version + 1))
            self.connection.execute(sa.update(profile).where(profile.c.id == known.id).values(
                {name: value for name, value in changed.items() if name != "name"} | _names(person, new)))
        if person.is_booker:
            self.connection.execute(sa.update(profile).where(profile.c.id == known.id, profile.c.is_booker == 0).values(
                is_booker=1, revision=self.change.revision))

    def _add_wishes(self, people: list[tuple[Person, int]], there: set[tuple[int, str]]) -> None:
        bulk.insert(self.connection, preference, PREFERENCE, [
            (guest_id, kind, value, self.source, noted_on, self.change.revision) for person, guest_id in people
            for kind, (value, noted_on) in person.wishes.items() if (guest_id, kind) not in there])

    def _add_consents(self, people: list[tuple[Person, int]], there: dict[int, list[tuple[str, str, str]]]) -> None:
        rows = ((guest_id, event) for person, guest_id in people for event in sorted(person.consents, key=str)
                if not _is_known(self._event(*event), event[1], there.get(guest_id, ())))
        bulk.insert(self.connection, consent, CONSENT, [
            (guest_id, "marketing", "email", *self._event(*event), self.actor, self.change.revision) for guest_id, event in rows])

    def _event(self, state: str, on: str | None, said_in: str | None) -> tuple[str, str, str]:
        return state, f"{on}T00:00:00+00:00" if on else self.change.at, said_in or self.source

    def _consents(self, guests: list[int]) -> dict[int, list[tuple[str, str, str]]]:
        found = defaultdict(list)
        columns = (consent.c.guest_id, consent.c.state, consent.c.at, consent.c.source)
        of_these = (consent.c.purpose == "marketing", consent.c.channel == "email", among(self.connection, consent.c.guest_id, guests))
        for guest_id, *event in self.connection.execute(sa.select(*columns).where(*of_these).order_by(consent.c.at, consent.c.id)):
            found[guest_id].append(tuple(event))
        return found

    def _add_terms(self, people: list[tuple[Person, Known]]) -> None:
        """A known guest is found at every property of its stays, those of this file included."""
        places = defaultdict(set)
        asked = among(self.connection, stay.c.profile_id, [known.id for _, known in people])
        for profile_id, property_id in self.connection.execute(sa.select(stay.c.profile_id, stay.c.property_id).where(asked).distinct()):
            places[profile_id].add(property_id)
        columns = (profile.c.id, profile.c.property_id, profile.c.given_name, profile.c.family_name, profile.c.email, profile.c.phone)
        asked = among(self.connection, profile.c.id, [known.id for _, known in people])
        stored = {id_: (home, terms(*words)) for id_, home, *words in self.connection.execute(sa.select(*columns).where(asked))}
        rows = [{"property_id": place, "term": term, "guest_id": known.guest_id} for person, known in people
                for term in person.terms() | stored[known.id][1] for place in {*person.properties, *places[known.id], stored[known.id][0]}]
        if rows:
            self.connection.execute(sa.text("INSERT INTO search_term (property_id, term, guest_id) VALUES (:property_id, :term, :guest_id) "
                                            "ON CONFLICT DO NOTHING"), rows)

    def _collect_terms(self, person: Person, guest_id: int) -> None:
        found = [(term, guest_id) for term in person.terms()]
        for place in person.properties:
            self.terms[place] += found

    def write_terms(self) -> None:
        """Write the collected terms together and in order, which is many times faster than as they come."""
        for place in sorted(self.terms):
            bulk.insert(self.connection, search_term, ("term", "guest_id"), sorted(self.terms.pop(place)), property_id=place)


def _names(person: Person, new: dict) -> dict[str, str | None]:
    return {"given_name": person.given_name, "family_name": person.family_name} if "name" in new else {}


def _is_known(event: tuple[str, str, str], on: str | None, there: Iterable[tuple[str, str, str]]) -> bool:
    """Return whether a consent event is already told; a withdrawal without a day is new only where the last word was another."""
    there = list(there)
    return event in there or (on is None and bool(there) and there[-1][0] == event[0])
