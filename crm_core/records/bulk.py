"""Many contacts changed at once: one transaction, one audit row, and what stood there before, so that it can be undone."""
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from babel import Locale
from sqlalchemy import select

from crm_core.i18n import N_
from crm_core.records.guests import consent_state, visible
from crm_core.records.persons import own_id
from crm_core.records.registry import Refused, Stale, action
from crm_core.records.search_terms import terms
from crm_core.schema import bulk_action, consent, former, guest, profile, search_term, survivor
from crm_core.schema import tag as TAG
from crm_core.scope import Scope
from crm_core.store.bulk import among
from crm_core.store.record import Change

MOST = 10_000
LONGEST_TAG = 40
WRONG = ("invalid", "placeholder", "bounced")
Chosen = list[tuple[int, int]]  # (guest, version as it was read)


@dataclass
class Bulk:
    """One bulk action under way: whom it may touch, and what it has kept of the rows it changed."""

    change: Change
    scope: Scope
    kind: str
    id: int
    person: dict[int, int]  # of each guest record
    kept: list[dict] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    def rows(self, table: sa.Table, column: str, *where) -> list[dict]:
        """Return a table's rows of the chosen persons' records."""
        statement = select(table).where(among(self.change.connection, table.c[column], self.person), *where).order_by(table.primary_key.columns)
        return [dict(row) for row in self.change.connection.execute(statement).mappings()]

    def profiles(self) -> list[dict]:
        """Return the chosen persons' profiles at the scope's properties."""
        return self.rows(profile, "guest_id", profile.c.property_id.in_(self.scope.properties))

    def edit(self, table: sa.Table, row: dict, values: dict) -> None:
        """Change columns of a row that differ, keeping what stood there."""
        new = {name: value for name, value in values.items() if row[name] != value}
        if not new:
            return
        key = next(iter(table.primary_key.columns))
        marks = {"revision": self.change.revision} if "revision" in table.c else {}
        self.change.connection.execute(sa.update(table).where(key == row[key.name]).values(**new, **marks))
        record = row["id"] if table is guest else row["guest_id"]
        self.keep(table, row[key.name], record, {name: row[name] for name in new}, new)

    def keep(self, table: sa.Table, row_id: int, record: int, before: dict | None, after: dict | None) -> None:
        """Note what stood in a row before (None: nothing) and what stands there now."""
        self.touched.add(self.person[record])
        self.kept.append({"bulk_action_id": self.id, "table_name": table.name, "row_id": row_id,
                          "row": json.dumps({"person": self.person[record], "before": before, "after": after})})

    def end(self) -> int:
        """Write what was kept, mark the persons as changed, and return the action's id. Raises Refused where nothing changed."""
        if not self.touched:
            raise Refused(N_("None of the chosen contacts has anything to change here."))
        connection = self.change.connection
        connection.execute(sa.update(guest).where(among(connection, guest.c.id, self.touched)).values(
            version=guest.c.version + 1, revision=self.change.revision))
        connection.execute(sa.insert(former), self.kept)
        connection.execute(sa.update(bulk_action).where(bulk_action.c.id == self.id).values(rows=len(self.touched)))
        return self.id


def begin(change: Change, scope: Scope, kind: str, chosen: Chosen) -> Bulk:
    """Open a bulk action on persons; all of them must be in the scope and as they were read.

    Raises Refused for the whole request where one is not in the scope, and Stale with their ids where some were changed meanwhile.
    """
    if not 0 < len(chosen) <= MOST:
        raise Refused(N_("Choose at least one contact and at most 10,000."))
    asked = dict(chosen)
    found = dict(map(tuple, change.connection.execute(
        select(guest.c.id, guest.c.version).where(among(change.connection, guest.c.id, asked), visible(scope)))))
    if set(found) != set(asked):
        raise Refused(N_("There is no such contact among yours; nothing was changed."))
    if changed := sorted(i for i, version in asked.items() if found[i] != version):
        raise Stale({"ids": changed})
    records = change.connection.execute(select(guest.c.id, own_id()).where(among(change.connection, own_id(), asked)))
    made = sa.insert(bulk_action).values(kind=kind, actor=scope.user, at=change.at, rows=0).returning(bulk_action.c.id)
    return Bulk(change, scope, kind, change.connection.execute(made).scalar_one(), dict(map(tuple, records)))


@action("people", "remove", "email")
def remove_email(change: Change, scope: Scope, *, chosen: Chosen) -> int:
    """Remove the chosen guests' e-mail addresses that are known to be wrong; return the bulk action's id."""
    return _without(begin(change, scope, "remove_email", chosen), "email")


@action("people", "remove", "phone")
def remove_phone(change: Change, scope: Scope, *, chosen: Chosen) -> int:
    """Remove the chosen guests' phone numbers that are known to be wrong; return the bulk action's id."""
    return _without(begin(change, scope, "remove_phone", chosen), "phone")


def _without(bulk: Bulk, field: str) -> int:
    """Take a wrong value out of profiles, and out of what the guest shows unless it stands right somewhere else."""
    state, gone, right = f"{field}_state", defaultdict(set), {}
    for row in bulk.profiles():
        if row[state] in WRONG and row[field]:
            gone[bulk.person[row["guest_id"]]].add(row[field])
            bulk.edit(profile, row, {field: None, state: "missing"})
        elif row[field] and row[state] == "valid":
            right[bulk.person[row["guest_id"]]] = row[field]
    for table, key in ((guest, "id"), (survivor, "guest_id")):
        for row in bulk.rows(table, key):
            person = bulk.person[row[key]]
            if row[field] in gone[person]:
                bulk.edit(table, row, {field: right.get(person)})
    _forget(bulk, gone, field)
    return bulk.end()


def _forget(bulk: Bulk, gone: dict[int, set[str]], field: str) -> None:
    """Let nobody be found by what was removed."""
    for record, person in bulk.person.items():
        if gone.get(person):
            spelt = {word for value in gone[person] for word in spellings(field, value)}
            bulk.change.connection.execute(sa.delete(search_term).where(
                search_term.c.guest_id == record, search_term.c.term.in_(spelt)))


def spellings(field: str, value: str | None) -> set[str]:
    """Return what an e-mail address or phone can be found by."""
    return terms(None, None, value if field == "email" else None, value if field == "phone" else None)


@action("people", "set", "country")
def set_country(change: Change, scope: Scope, *, chosen: Chosen, country: str) -> int:
    """Set the chosen guests' country, an ISO code of two letters; return the bulk action's id. Raises Refused for an unknown code."""
    if country not in Locale("en").territories or len(country) != 2:
        raise Refused(N_("A country is a code of two letters, such as PT."))
    bulk = begin(change, scope, "set_country", chosen)
    for row in bulk.profiles():
        # A number without a calling code means another one in another country: it is looked at anew.
        local = bool(row["phone"]) and not row["phone"].startswith("+") and row["country"] != country
        bulk.edit(profile, row, {"country": country} | ({"name_state": "", "phone_state": ""} if local else {}))
    return _shown(bulk, {"country": country})


@action("people", "set", "language")
def set_language(change: Change, scope: Scope, *, chosen: Chosen, language: str) -> int:
    """Set the chosen guests' language, an ISO code; return the bulk action's id. Raises Refused for an unknown code."""
    if language not in Locale("en").languages:
        raise Refused(N_("A language is a code of two letters, such as pt."))
    bulk = begin(change, scope, "set_language", chosen)
    for row in bulk.profiles():
        bulk.edit(profile, row, {"language": language})
    return _shown(bulk, {"language": language})


def _shown(bulk: Bulk, values: dict) -> int:
    for table, key in ((guest, "id"), (survivor, "guest_id")):
        for row in bulk.rows(table, key):
            bulk.edit(table, row, values)
    return bulk.end()


@action("people", "tag", "guest")
def tag_contacts(change: Change, scope: Scope, *, chosen: Chosen, tag: str) -> int:
    """Put a tag on the chosen guests; return the bulk action's id."""
    bulk, word = begin(change, scope, "tag", chosen), _word(tag)
    have = {bulk.person[row["guest_id"]] for row in _tags(bulk, word)}
    for person in sorted(set(bulk.person.values()) - have):
        row = {"guest_id": person, "tag": word, "actor": scope.user, "at": change.at, "revision": change.revision}
        added = change.connection.execute(sa.insert(TAG).values(row).returning(TAG.c.id)).scalar_one()
        bulk.keep(TAG, added, person, None, {"guest_id": person, "tag": word})
    return bulk.end()


@action("people", "untag", "guest")
def untag_contacts(change: Change, scope: Scope, *, chosen: Chosen, tag: str) -> int:
    """Take a tag off the chosen guests; return the bulk action's id."""
    bulk = begin(change, scope, "untag", chosen)
    for row in _tags(bulk, _word(tag)):
        change.connection.execute(sa.delete(TAG).where(TAG.c.id == row["id"]))
        bulk.keep(TAG, row["id"], row["guest_id"], {name: row[name] for name in ("guest_id", "tag", "actor", "at")}, None)
    return bulk.end()



def _word(said: str) -> str:
    word = " ".join(said.replace("\x00", "").split())
    if not 0 < len(word) <= LONGEST_TAG:
        raise Refused(N_("A tag has 1 to 40 characters."))
    return word


def _tags(bulk: Bulk, word: str) -> Iterable[dict]:
    return bulk.rows(TAG, "guest_id", TAG.c.tag == word)


@action("people", "expire", "consent")
def expire_consents(change: Change, scope: Scope, *, chosen: Chosen) -> int:
    """Let the chosen guests' consents that nobody can prove expire; return the bulk action's id. The events before stay as they are."""
    bulk, said = begin(change, scope, "expire_consents", chosen), defaultdict(list)
    for row in bulk.rows(consent, "guest_id"):
        said[bulk.person[row["guest_id"]]].append(row)
    for person, events in said.items():
        for last in consent_state(events).values():
            if last["state"] == "given" and not last["proof"]:
                word = {name: last[name] for name in ("purpose", "channel")} | {
                    "guest_id": person, "state": "expired", "at": max(change.at, last["at"]), "source": "bulk"}
                bulk.keep(consent, say(change, word, scope.user), person, {name: last[name] for name in WORD}, None)
    return bulk.end()


WORD = ("guest_id", "purpose", "channel", "state", "source", "wording", "language", "proof")


def say(change: Change, word: dict, actor: str) -> int:
    """Append a word on consent and return its id."""
    row = {**word, "actor": actor, "revision": change.revision}
    return change.connection.execute(sa.insert(consent).values(row).returning(consent.c.id)).scalar_one()
