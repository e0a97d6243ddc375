"""The guests of a file enter the store: a new profile makes a new guest, a known one fills what its guest does not have yet."""
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import sqlalchemy as sa

from crm_core.ingest.bookings import wishes
from crm_core.ingest.former import Former
from crm_core.ingest.lookup import among, in_chunks
from crm_core.ingest.staging import Staging, unpacked
from crm_core.records.search_terms import terms
from crm_core.schema import consent, guest, preference, profile, search_term, stay
from crm_core.store import bulk
from crm_core.store.record import Change

FILLED = ("email", "phone", "birth_on", "country", "language")
GUEST = ("id", "name", *FILLED, "created_at")
PROFILE = ("id", "guest_id", "property_id", "source", "external_id", "given_name", "family_name", *FILLED, "is_booker")
# What few files say of a guest.
MORE = ("street", "postcode", "city", "document_hash", "loyalty_number", "seen_on")
STATES = ("name_state", "email_state", "phone_state", "birth_state")
PREFERENCE = ("guest_id", "kind", "value", "source", "noted_on", "revision")
CONSENT = ("guest_id", "purpose", "channel", "state", "at", "source", "actor", "revision")
MOST_TERMS = 1_000_000  # that wait in memory

# (channel, state, day or None, where it was said or None)
Said = tuple[str, str, str | None, str | None]


class Person(NamedTuple):
    """All that a file says about one guest, the latest stay's word first. `more` are columns of MORE and STATES."""

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
    consents: set[Said]
    more: dict[str, str | None]

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


def bring_in(change: Change, staging: Staging, source: str, batch: int, actor: str, kept: Former) -> None:
    """Write profiles, guests, search terms, preferences and consents of all staged rows, and note each profile's id in the staging."""
    writer = Writer(change, staging.note_profile, source, batch, actor, kept)
    for people in in_chunks(_people(staging.people(), staging.ids["property"])):
        writer.write(people)
    writer.write_terms()


def _people(rows: Iterable[tuple], places: dict[str, int]) -> Iterator[Person]:
    for _, group in groupby(rows, itemgetter(0)):
        yield _person(list(group), places)


def _person(rows: list[tuple], places: dict[str, int]) -> Person:
    """Merge the rows of one guest: in each column the first word counts."""
    said = [unpacked(row[4]) for row in rows]  # in the order of staging.PERSON
    first = said[0] if len(said) == 1 else [next(filter(None, column), None) for column in zip(*said, strict=True)]
    where, numbers = dict.fromkeys([places[row[1]] for row in rows]), [row[2] for row in rows]
    return Person(rows[0][0], tuple(where), tuple(numbers), *[value or None for value in first[:7]], first[7] or 0,
                  _wishes(rows, said), _consents(said), _more(rows))


def _more(rows: list[tuple]) -> dict[str, str | None]:
    packed = [row[5] for row in rows if row[5]]
    if not packed:
        return {}
    first = [next(filter(None, column), None) for column in zip(*map(unpacked, packed), strict=True)]  # in the order of staging.MORE
    return {name: value for name, value in zip(MORE[:5], first[1:6], strict=True) if value} | ({"email_state": "relay"} if first[6] else {})


def with_states(person: "Person") -> "Person":
    """Return the person with the states of name, phone and birth date where a relay address stands for the e-mail address."""
    from crm_core.ingest.quality import states

    said = states(person.given_name, person.family_name, person.email, person.phone, person.birth_on, person.country)
    return person._replace(more=said | person.more)


def _wishes(rows: list[tuple], said: list[tuple]) -> dict[str, tuple[str, str]]:
    noted: dict[str, tuple[str, str]] = {}
    for row, words in zip(rows, said, strict=True):
        if words[8]:
            for kind, value in wishes(words[8]).items():
                noted.setdefault(kind, (value, words[12] or row[3]))
    return noted


def _consents(said: list[tuple]) -> set[Said]:
    return {("email", *words[9:12]) for words in said if words[9] == "withdrawn" or (words[9] and words[10])}


class Writer:
    """Writes people into an open change; `note(rows, profile id)` is told where each one's profile is."""

    def __init__(self, change: Change, note: Callable[[Iterable[int], int], None], source: str, batch: int, actor: str, kept: Former):
        self.change, self.note, self.source, self.batch, self.actor, self.kept = change, note, source, batch, actor, kept
        self.connection = change.connection
        self.next_profile, self.next_guest = bulk.next_id(self.connection, profile), bulk.next_id(self.connection, guest)
        self.terms: dict[int, list[tuple[str, int]]] = defaultdict(list)  # of new guests, by property

    def write(self, people: list[Person]) -> None:
        """Write people, each key once: those that are not known are added, the others fill what they lack."""
        known = self.known(people)
        self.add([person for person in people if person.key not in known])
        if sum(map(len, self.terms.values())) > MOST_TERMS:
            self.write_terms()
        if known:
            self._fill([(person, known[person.key]) for person in people if person.key in known])

    def known(self, people: list[Person]) -> dict[str, Known]:
        """Return the profiles of this source that the store has, by key."""
        asked = among(self.connection, profile.c.external_id, [person.key for person in people])
        columns = (profile.c.external_id, profile.c.id, guest.c.id, guest.c.erased_at, guest.c.name, *(guest.c[name] for name in FILLED))
        rows = self.connection.execute(sa.select(*columns).join_from(profile, guest).where(profile.c.source == self.source, asked))
        return {key: Known(id_, guest_id, frozenset(name for name, value in zip(("name", *FILLED), values, strict=True) if not value),
                           erased is not None)
                for key, id_, guest_id, erased, *values in rows}

    def add(self, people: list[Person]) -> None:
        """Add people that the store does not know, each with a guest of its own."""
        people = [with_states(person) if person.more.get("email_state") == "relay" and not person.email else person for person in people]
        numbered = list(enumerate(people))
        first, first_guest = self.next_profile, self.next_guest
        at, revision = self.change.at, self.change.revision
        bulk.insert(self.connection, guest, GUEST, ((first_guest + i, p.name, *p[5:10], at) for i, p in numbered), revision=revision)
        rows = [((first + i, first_guest + i, p.properties[0], self.source, p.key, *p[3:11]), p.more) for i, p in numbered]
        bulk.insert(self.connection, profile, PROFILE, (row for row, more in rows if not more), batch_id=self.batch, revision=revision)
        bulk.insert(self.connection, profile, (*PROFILE, *MORE, *STATES), (
            (*row, *map(more.get, MORE), *(more.get(name, "") for name in STATES)) for row, more in rows if more),
            batch_id=self.batch, revision=revision)
        with_ids = [(person, first_guest + i) for i, person in numbered]
        self.add_wishes(with_ids, set())
        self.add_consents(with_ids, {})
        for person, guest_id in with_ids:
            self.note(person.rows, guest_id - first_guest + first)
            self._collect_terms(person, guest_id)
        self.next_profile, self.next_guest = first + len(people), first_guest + len(people)

    def _fill(self, people: list[tuple[Person, Known]]) -> None:
        for person, known in people:
            self.note(person.rows, known.id)
        people = [(person, known) for person, known in people if not known.erased]  # what was erased never comes back
        self._fill_lacks(people)
        self._fill_more([(person, known) for person, known in people if person.more])
        self.complete(people)

    def complete(self, people: list[tuple[Person, Known]]) -> set[int]:
        """Add the wishes, consents and search terms that known people do not have yet; return the guests who had a new wish or consent."""
        with_ids = [(person, known.guest_id) for person, known in people]
        asked = [guest_id for _, guest_id in with_ids]
        kinds = sa.select(preference.c.guest_id, preference.c.kind).where(among(self.connection, preference.c.guest_id, asked))
        learned = self.add_wishes(with_ids, {tuple(row) for row in self.connection.execute(kinds)})
        learned |= self.add_consents(with_ids, self._consents(asked))
        self._add_terms(people)
        return learned

    def _fill_lacks(self, people: list[tuple[Person, Known]]) -> None:
        new = [(person, known, _new(person, known)) for person, known in people]
        self.kept.keep(guest, [known.guest_id for _, known, changed in new if changed])
        self.kept.keep(profile, [known.id for person, known, changed in new if changed or person.is_booker])
        for person, known, changed in new:
            if changed:
                values = {**changed, "revision": self.change.revision}
                self.connection.execute(sa.update(guest).where(guest.c.id == known.guest_id).values(**values, version=guest.c.version + 1))
                self.connection.execute(sa.update(profile).where(profile.c.id == known.id).values(
                    {name: value for name, value in values.items() if name != "name"} | _names(person, changed) | dict.fromkeys(STATES, "")))
            if person.is_booker:
                self.connection.execute(sa.update(profile).where(profile.c.id == known.id, profile.c.is_booker == 0).values(
                    is_booker=1, revision=self.change.revision))

    def _fill_more(self, people: list[tuple[Person, Known]]) -> None:
        if not people:
            return
        asked = among(self.connection, profile.c.id, [known.id for _, known in people])
        there = {row["id"]: row for row in self.connection.execute(sa.select(profile).where(asked)).mappings()}
        new = {known.id: lacking(there[known.id], person.more) for person, known in people}
        self.kept.keep(profile, [id_ for id_, values in new.items() if values])
        for id_, values in new.items():
            if values:
                self.connection.execute(sa.update(profile).where(profile.c.id == id_).values(**values, revision=self.change.revision))

    def add_wishes(self, people: list[tuple[Person, int]], there: set[tuple[int, str]]) -> set[int]:
        """Add the wishes whose guest and kind are not `there`; return the guests that got one."""
        rows = [(guest_id, kind, value, self.source, noted_on, self.change.revision) for person, guest_id in people
                for kind, (value, noted_on) in person.wishes.items() if (guest_id, kind) not in there]
        bulk.insert(self.connection, preference, PREFERENCE, rows, batch_id=self.batch)
        return {row[0] for row in rows}

    def add_consents(self, people: list[tuple[Person, int]], there: dict[int, list[tuple[str, str, str, str]]]) -> set[int]:
        """Add the consent events that are not `there` yet; return the guests that got one."""
        new = ((guest_id, event) for person, guest_id in people for event in sorted(person.consents, key=str)
               if not _is_known(self._event(*event), event[2], there.get(guest_id, ())))
        rows = [(guest_id, "marketing", *self._event(*event), self.actor, self.change.revision) for guest_id, event in new]
        bulk.insert(self.connection, consent, CONSENT, rows, batch_id=self.batch)
        return {row[0] for row in rows}

    def _event(self, channel: str, state: str, on: str | None, said_in: str | None) -> tuple[str, str, str, str]:
        return channel, state, f"{on}T00:00:00+00:00" if on else self.change.at, said_in or self.source

    def _consents(self, guests: list[int]) -> dict[int, list[tuple[str, str, str, str]]]:
        found = defaultdict(list)
        columns = (consent.c.guest_id, consent.c.channel, consent.c.state, consent.c.at, consent.c.source)
        of_these = (consent.c.purpose == "marketing", among(self.connection, consent.c.guest_id, guests))
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
        wanted = defaultdict(set)
        for person, known in people:
            for place in {*person.properties, *places[known.id], stored[known.id][0]}:
                wanted[place] |= {(term, known.guest_id) for term in person.terms() | stored[known.id][1]}
        added = defaultdict(list)
        for place in sorted(wanted):
            new = sorted(wanted[place] - self._terms_there(place, wanted[place]))
            bulk.insert(self.connection, search_term, ("term", "guest_id"), new, property_id=place)
            for term, guest_id in new:
                added[guest_id].append((place, term))
        self.kept.noted("search_term", added.items())

    def _terms_there(self, place: int, wanted: set[tuple[str, int]]) -> set[tuple[str, int]]:
        s = search_term.c
        asked = among(self.connection, s.term, {term for term, _ in wanted})
        there = self.connection.execute(sa.select(s.term, s.guest_id).where(s.property_id == place, asked))
        return {*map(tuple, there), *self.terms.get(place, ())}

    def _collect_terms(self, person: Person, guest_id: int) -> None:
        found = [(term, guest_id) for term in person.terms()]
        for place in person.properties:
            self.terms[place] += found

    def write_terms(self) -> None:
        """Write the collected terms together and in order, which is many times faster than as they come."""
        for place in sorted(self.terms):
            bulk.insert(self.connection, search_term, ("term", "guest_id"), sorted(self.terms.pop(place)), property_id=place)


def lacking(there: sa.RowMapping, said: dict[str, str | None]) -> dict[str, object]:
    """Return those of the values that a profile does not have yet, as its columns take them."""
    return {name: dt.date.fromisoformat(value) if name == "seen_on" else value
            for name, value in said.items() if value and not there[name]}


def _new(person: Person, known: Known) -> dict[str, object]:
    """Return what a guest learns from the file."""
    said = {"name": person.name, **{name: getattr(person, name) for name in FILLED}}
    new = {name: said[name] for name in known.lacks if said[name]}
    return new | ({"birth_on": dt.date.fromisoformat(new["birth_on"])} if "birth_on" in new else {})


def _names(person: Person, new: dict) -> dict[str, str | None]:
    return {"given_name": person.given_name, "family_name": person.family_name} if "name" in new else {}


def _is_known(event: tuple[str, str, str, str], on: str | None, there: Iterable[tuple[str, str, str, str]]) -> bool:
    """Return whether a consent event is already told; a withdrawal without a day is new only where the last word was another."""
    there = [known for known in there if known[0] == event[0]]
    return event in there or (on is None and bool(there) and there[-1][1] == event[1])
