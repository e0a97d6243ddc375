"""The person that a row of a contact file speaks of, as the writer of people takes it."""
import datetime as dt
from collections.abc import Iterable, Iterator

from crm_core.ingest import bookings, identity
from crm_core.ingest.people import MORE, Person, Writer
from crm_core.ingest.quality import states
from crm_core.ingest.targets.landing import Landing, Row
from crm_core.records.search_terms import folded

NAMING = ("guest_ref", "given_name", "family_name", "email", "phone", "membership_number")
CHANNELS = {"email_consent": "email", "sms_consent": "sms", "post_consent": "post"}


def person(landing: Landing, row: Row, place: int) -> Person:
    """Return all that a row says about a person. A relay address is left out, one that is none keeps its state and identifies nobody."""
    say = row.values.get
    given, family, email, phone, birth = (say(name) or None for name in ("given_name", "family_name", "email", "phone", "birth_date"))
    state = states(given, family, email, phone, birth, say("country"), dt.date.fromisoformat(landing.change.at[:10]))
    landing.counts["relay"] += state["email_state"] == "relay"
    valid = email if state["email_state"] == "valid" else None
    key = identity.key(say("guest_ref"), valid, given or "", family or "", phone or "", birth)
    if key and key.startswith("email:") and (given or family):
        key = f"{key}|{folded(f'{given or str()} {family or str()}')}"  # a family may share an address: its members stay apart
    more = {name: say(name) or None for name in MORE if name != "document_hash"} | {"document_hash": say("document")} | state
    more["loyalty_number"] = more["loyalty_number"] or say("membership_number")
    return Person(key or f"row:{landing.batch}:{row.line}", (place,), (), given, family, None if state["email_state"] == "relay" else email,
        phone, birth, say("country"), say("language"), say("guest_is_booker") or 0, _wishes(landing, row), _consents(row), more)


def _wishes(landing: Landing, row: Row) -> dict[str, tuple[str, str]]:
    noted_on = row.values.get("seen_on") or landing.change.at[:10]
    return {kind: (value, noted_on) for kind, value in bookings.wishes(row.values.get("preferences") or "").items()}


def _consents(row: Row) -> set:
    """Return the consents of a row: one that was given counts only with its day."""
    day, said_in = row.values.get("email_consent_on"), row.values.get("email_consent_source")
    said = ((channel, row.values.get(column)) for column, channel in CHANNELS.items())
    return {(channel, state, day, said_in or None) for channel, state in said if state and (day or state != "given")}


def writer(landing: Landing) -> Writer:
    """Return the landing's one writer of people; `landing.profiles` holds the profile of each key that it has written."""
    if not hasattr(landing, "people"):
        landing.people = Writer(landing.change, lambda *_: None, landing.source, landing.batch, landing.actor, landing.kept)
    return landing.people


def known_or_new(landing: Landing, row: Row, place: int) -> int | None:
    """Return the profile of a row's guest, a new one where there is none; None where the row names nobody."""
    found = landing.find.profile(row)
    if found or not any(row.values.get(name) for name in NAMING):
        return found
    return brought_in(landing, [(row, place)])[row.line]


def brought_in(landing: Landing, rows: Iterable[tuple[Row, int]]) -> dict[int, int]:
    """Write the guests of rows, given with their property, and return their profiles by line; guests of one key are one."""
    people, found = writer(landing), {}
    for some in _each_once((row.line, person(landing, row, place)) for row, place in rows):
        people.write(list(some.values()))
        known = people.known(list(some.values()))
        found |= {line: known[one.key].id for line, one in some.items()}
    people.write_terms()
    return found


def _each_once(people: Iterable[tuple[int, Person]]) -> Iterator[dict[int, Person]]:
    """Yield people by line in groups that name each key once."""
    group, keys = {}, set()
    for line, one in people:
        if one.key in keys:
            yield group
            group, keys = {}, set()
        group[line] = one
        keys.add(one.key)
    yield group
