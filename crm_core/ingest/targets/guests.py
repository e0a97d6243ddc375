"""Guests: the contact files of property systems and e-mail platforms."""
import datetime as dt
from collections import defaultdict

import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest import parsing
from crm_core.ingest.lookup import among
from crm_core.ingest.people import FILLED, MORE, STATES, Known, Person
from crm_core.ingest.problems import Fault
from crm_core.ingest.targets.definition import (
    EMAIL,
    FAMILY_NAME,
    FULL_NAME,
    GIVEN_NAME,
    GUEST_REF,
    LANGUAGE,
    PHONE,
    PROPERTY,
    Column,
    Target,
)
from crm_core.ingest.targets.landing import Landing, Row
from crm_core.ingest.targets.persons import person, writer
from crm_core.schema import guest, profile, tag

OWN = ("given_name", "family_name", *FILLED)


def write(landing: Landing) -> None:
    """Write profiles with their guests: new ones are added, known ones take over what the file says anew."""
    merged: list[tuple[Row, str, str]] = []
    for rows in landing.chunks():
        for some in _each_once(landing, rows):
            _write(landing, some)
        merged += [(row, row["guest_ref"], row["merged_into_ref"]) for row in rows if row["guest_ref"] and row["merged_into_ref"]]
    writer(landing).write_terms()
    _link(landing, merged)


def _each_once(landing: Landing, rows: list[Row]):
    """Yield the rows as (row, person) in groups that name each person once; a row without a property to belong to is kept out."""
    group: dict[str, tuple[Row, Person]] = {}
    for row in rows:
        try:
            one = person(landing, row, landing.place(row).id)
        except Fault as fault:
            landing.keep_out(row, fault)
            continue
        if one.key in group:
            yield list(group.values())
            group = {}
        group[one.key] = row, one
    yield list(group.values())


def _write(landing: Landing, rows: list[tuple[Row, Person]]) -> None:
    people = writer(landing)
    known = people.known([one for _, one in rows])
    new = [(row, _nobody(one) if row["anonymized"] else one) for row, one in rows if one.key not in known]
    people.add([one for _, one in new])
    for row, _ in new:
        landing.done(row, "added")
    there = people.known([one for _, one in new])
    _erase(landing, [there[one.key] for row, one in new if row["anonymized"]])
    _tags(landing, [(row, there[one.key].guest_id) for row, one in new if not row["anonymized"]])
    _renew(landing, [(row, one, known[one.key]) for row, one in rows if one.key in known])


def _nobody(one: Person) -> Person:
    return Person(one.key, one.properties, (), *[None] * 7, 0, {}, set(), {})


def _renew(landing: Landing, rows: list[tuple[Row, Person, Known]]) -> None:
    """Take over what the file says anew of known people; who was erased stays so."""
    gone = [known for row, _, known in rows if row["anonymized"] and not known.erased]
    _erase(landing, gone)
    living = [(row, one, known) for row, one, known in rows if not (row["anonymized"] or known.erased)]
    changed = _changed(landing, living) | {known.id for known in gone}
    changed |= _tags(landing, [(row, known.guest_id) for row, _, known in living])
    learned = writer(landing).complete([(one, known) for _, one, known in living])
    for row, _, known in rows:
        landing.done(row, "updated" if known.id in changed or known.guest_id in learned else "duplicates")


def _changed(landing: Landing, rows: list[tuple[Row, Person, Known]]) -> set[int]:
    """Bring profiles to what their source says now, and guests where they said what the profile did; return the profiles that changed."""
    connection = landing.connection
    ids = {"profile": [known.id for _, _, known in rows], "guest": [known.guest_id for _, _, known in rows]}
    profiles, guests = (
        {row["id"]: row for row in connection.execute(sa.select(table).where(among(connection, table.c.id, ids[table.name]))).mappings()}
        for table in (profile, guest))
    new = {known.id: _new(profiles[known.id], one) for _, one, known in rows}
    shown = {known.guest_id: _shown(profiles[known.id], guests[known.guest_id], one, new[known.id]) for _, one, known in rows}
    _update(landing, profile, new)
    _update(landing, guest, {id_: values and values | {"version": guests[id_]["version"] + 1} for id_, values in shown.items()})
    return {id_ for id_, values in new.items() if values}


def _new(there: sa.RowMapping, one: Person) -> dict:
    said = {name: _day(name, getattr(one, name)) for name in OWN} | {name: _day(name, one.more.get(name)) for name in MORE}
    new = {name: value for name, value in said.items() if value and value != there[name]}
    if one.is_booker and not there["is_booker"]:
        new["is_booker"] = 1
    if new.keys() & {*OWN}:
        kept = ("email_state",) if there["email_state"] == "bounced" and "email" not in new else ()
        new |= {name: one.more[name] for name in STATES if name not in kept}
    return new


def _day(name: str, value: str | None):
    return dt.date.fromisoformat(value) if value and name in ("birth_on", "seen_on") else value


def _shown(was: sa.RowMapping, there: sa.RowMapping, one: Person, new: dict) -> dict:
    """Return what the guest shows anew: a value that it has from this profile, or has not at all, follows the profile."""
    old_name = f"{was['given_name'] or ''} {was['family_name'] or ''}".strip() or None
    shown = {name: new[name] for name in FILLED if name in new and there[name] in (None, was[name])}
    if {"given_name", "family_name"} & new.keys() and there["name"] in (None, old_name):
        name = f"{one.given_name or was['given_name'] or ''} {one.family_name or was['family_name'] or ''}".strip()
        shown["name"] = name
    return shown


def _update(landing: Landing, table: sa.Table, changes: dict[int, dict]) -> None:
    """Write the changes by row, and keep what stood there; rows that change alike in kind are written together."""
    landing.kept.keep(table, [id_ for id_, values in changes.items() if values])
    alike: dict[tuple, list[dict]] = defaultdict(list)
    for id_, values in changes.items():
        if values:
            alike[tuple(sorted(values))].append({f"new_{name}": value for name, value in values.items()} | {"row": id_})
    for names, rows in alike.items():
        values = {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
        landing.connection.execute(sa.update(table).where(table.c.id == sa.bindparam("row")).values(
            **values, revision=landing.change.revision), rows)


def _erase(landing: Landing, gone: list[Known]) -> None:
    """Remove what is personal of guests whom their system has erased, for good: undoing the batch does not bring it back."""
    from crm_core.records import erasure

    for known in gone:
        erasure.erase(landing.change, known.guest_id, landing.actor)


def _tags(landing: Landing, rows: list[tuple[Row, int]]) -> set[int]:
    """Add the tags that guests do not have yet; return the guests that got one."""
    wanted = {(guest_id, mark) for row, guest_id in rows for mark in (row["tags"] or "").split("; ") if mark}
    if not wanted:
        return set()
    asked = among(landing.connection, tag.c.guest_id, {guest_id for guest_id, _ in wanted})
    there = {tuple(row) for row in landing.connection.execute(sa.select(tag.c.guest_id, tag.c.tag).where(asked))}
    new = [{"guest_id": guest_id, "tag": mark, "actor": landing.actor, "at": landing.change.at, "revision": landing.change.revision}
           for guest_id, mark in sorted(wanted - there)]
    if new:
        ids = landing.connection.execute(sa.insert(tag).returning(tag.c.id), new).scalars().all()
        landing.kept.added("tag", ids)
    return {row["guest_id"] for row in new}


def _link(landing: Landing, merged: list[tuple[Row, str, str]]) -> None:
    """Make the guests one person that their system has merged; the number of one that is not here, or was erased, links nothing."""
    from crm_core.records import identity

    refs = {f"ref:{ref}" for _, *pair in merged for ref in pair}
    asked = sa.select(profile.c.external_id, profile.c.guest_id).join(guest, guest.c.id == profile.c.guest_id).where(
        guest.c.erased_at.is_(None), profile.c.source == landing.source, among(landing.connection, profile.c.external_id, refs))
    guests = dict(landing.connection.execute(asked).all()) if refs else {}
    links = []
    for _, ref, into in merged:
        a, b = guests.get(f"ref:{ref}"), guests.get(f"ref:{into}")
        if a is None or b is None:
            landing.counts["unlinked"] += 1
        elif a != b:
            links.append(identity.link(landing.change, a, b, decided_by="source", actor=landing.actor))
    landing.kept.added("guest_link", filter(None, links))


GUESTS = Target("guests", N_("Guests and contacts"), N_("One row per guest or contact."), (
    GUEST_REF, PROPERTY, GIVEN_NAME, FAMILY_NAME, FULL_NAME, EMAIL, PHONE,
    Column("birth_date", N_("The guest's date of birth."), "past_day", False, "1980-05-17"),
    Column("street", N_("The guest's street and number."), "text", False, "Hauptstraße 7"),
    Column("postcode", N_("The guest's postcode."), "text", False, "10115"),
    Column("city", N_("The guest's town."), "text", False, "Berlin"),
    Column("country", N_("The guest's country as a code or an English name."), "country", False, "DE"),
    LANGUAGE,
    Column("document", N_("The number of a passport or identity card. Only a keyed hash is kept, by which two records can be compared."),
        "document", False, ""),
    Column("loyalty_number", N_("The guest's number in the loyalty programme."), "id", False, "M-2001"),
    Column("guest_is_booker", N_("yes where the named person books for others and does not stay."), "yes_no", False, "no"),
    Column("preferences", N_("Wishes as kind: value, separated by semicolons. "
        "Kinds are bed, floor, quiet, pillow, diet, crib, newspaper and other."), "preferences", False, "bed: king; floor: high"),
    Column("email_consent", N_("given or withdrawn: whether marketing e-mail is allowed."), "word", False, "given", parsing.CONSENTS),
    Column("email_consent_on", N_("The day the consents of this row were given or withdrawn. A consent without a day is left out."), "day",
        False, "2025-01-12"),
    Column("email_consent_source", N_("Where the consent was given, such as the booking form."), "text", False, "booking form"),
    Column("sms_consent", N_("given or withdrawn: whether text messages are allowed."), "word", False, "", parsing.CONSENTS),
    Column("post_consent", N_("given or withdrawn: whether letters are allowed."), "word", False, "", parsing.CONSENTS),
    Column("tags", N_("Marks of the guest, separated by semicolons or commas."), "words", False, "vip; wedding 2025"),
    Column("merged_into_ref", N_("The number of the guest with whom your system has merged this one."), "id", False, ""),
    Column("anonymized", N_("yes where your system has erased this guest: nothing personal is kept of the row."), "yes_no", False, ""),
    Column("seen_on", N_("The last day the guest was seen, or the row was changed."), "day", False, "2025-03-31"),
), needs=("email", "phone", "full_name", "family_name", "given_name"), number="guest_ref", write=write)
