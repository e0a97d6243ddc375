"""Movements of points as the ledger's table holds them, and the accounts that a change reads and adds to."""
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.programme.ledger import Entry
from crm_core.programme.rules import Version, expires_on, in_force, parse
from crm_core.schema import COUNTERS, membership, points_entry, programme, programme_rules, setting
from crm_core.store.bulk import among, insert, next_id
from crm_core.store.record import Change

OWN = "innsight"  # the source of what is posted here
EXPIRED_UNTIL = "points_expired_until"  # the setting that says until which day everything that was due has expired
# Lots whose end follows from the rules in force at their issue. An opening balance is of unknown age: it ends only where its source says when.
DATED = ("earn", "adjust")


@dataclass(frozen=True)
class Movement(Entry):
    """A row of the ledger, or (id 0) one that is to become one; `points` is the member's side, in `kind`'s own sign.

    `reverses` names what a reversal takes back by its number in the same source, where its id is not known. `lot_on` and `expires_on` of what
    is earned follow from the day and the rules where they are not told.
    """

    membership_id: int = 0
    source: str = OWN
    external_id: str | None = None
    counter: str = ""
    spend: str = ""
    amount_minor: int | None = None
    currency: str | None = None
    stay_id: int | None = None
    reason: str | None = None
    actor: str = ""
    batch_id: int | None = None
    row_hash: bytes | None = None
    reverses: str | None = None

    @property
    def key(self) -> tuple[str, str | None]:
        return self.source, self.external_id

    @property
    def content(self) -> tuple:
        """What must be the same where a row comes in again under its number."""
        return (self.membership_id, self.posted_on, self.kind, self.points, self.amount_minor, self.currency, self.spend, self.reference)


COLUMNS = tuple(field.name for field in fields(Movement) if field.name != "reverses")  # in the order in which a Movement takes them
KEPT = tuple(sa.func.coalesce(points_entry.c[name], "") if name == "reference" else points_entry.c[name] for name in COLUMNS)


@dataclass
class Account:
    """A membership as the ledger needs it, with all its rows. `joined`: the account it was joined to, for the how-manieth time."""

    id: int
    programme_id: int | None
    currency: str | None
    versions: tuple[Version, ...]
    enrolled_on: dt.date | None
    closed_on: dt.date | None
    entries: list[Movement]
    joined: tuple[int, int] | None = None

    def reversed(self) -> set[int]:
        """Return the ids of rows that were taken back."""
        return {entry.reverses_id for entry in self.entries if entry.reverses_id is not None}


class Books:
    """The accounts that a change touches: read once, added to in memory, and written at the end.

    Nothing is posted for later than `as_of`. What is due expires `until` that day, or until the one by which all points of the store expired.
    """

    def __init__(self, change: Change, as_of: dt.date | None = None):
        self.change, self.connection = change, change.connection
        self.as_of = as_of or today(change.connection)
        self.until = max(self.as_of, expired_until(change.connection) or self.as_of)
        self.accounts: dict[int, Account] = {}
        self.added: list[Movement] = []
        self._versions = versions_of(change.connection)
        self._next = next_id(change.connection, points_entry)

    def open(self, ids: Iterable[int]) -> None:
        """Read these accounts with their rows, where that was not done yet; those that do not exist stay away."""
        new = sorted(set(ids) - set(self.accounts))
        if not new:
            return
        entries, m = entries_of(self.connection, new), membership.c
        rows = self.connection.execute(
            select(m.id, m.programme_id, programme.c.currency, m.enrolled_on, m.closed_on)
            .select_from(membership.outerjoin(programme, programme.c.id == m.programme_id)).where(among(self.connection, m.id, new)))
        for id_, programme_id, currency, enrolled_on, closed_on in rows:
            self.accounts[id_] = Account(id_, programme_id, currency, self._versions.get(programme_id, ()), enrolled_on, closed_on,
                                         entries[id_], closed_on and joined_to(id_, entries[id_]))

    def number(self) -> int:
        """Return the next free id: rows know theirs before they are written, for others to name them."""
        self._next += 1
        return self._next - 1

    def completed(self, row: Movement, account: Account) -> Movement:
        """Return a row with its id, the programme's side, and the end of the lot that it opens."""
        ends = row.expires_on
        if ends is None and row.points > 0 and row.kind in DATED:
            issued = row.lot_on or row.posted_on
            rules = in_force(account.versions, issued)
            ends = rules and expires_on(rules, issued)
        return replace(row, id=row.id or self.number(), counter=row.counter or COUNTERS.get(row.kind, ""), expires_on=ends)

    def take(self, rows: dict[int, list[Movement]]) -> None:
        """Add rows to their accounts, by membership."""
        for id_, some in rows.items():
            self.accounts[id_].entries.extend(some)
            self.added.extend(some)

    def write(self) -> int:
        """Write what was added and return how many rows that is."""
        # What is reversed must stand before its reversal refers to it.
        rows = sorted(self.added, key=lambda row: (row.reverses_id is not None, row.id))
        insert(self.connection, points_entry, COLUMNS, (tuple(map(_stored, (getattr(row, name) for name in COLUMNS))) for row in rows),
               revision=self.change.revision)
        self.added = []
        return len(rows)


def _stored(value):
    return value.isoformat() if isinstance(value, dt.date) else value


def today(connection: Connection) -> dt.date:
    """Return the day that the store lives on: the as-of date that was set, else the calendar's."""
    said = connection.execute(select(setting.c.value).where(setting.c.key == "as_of")).scalar()
    return dt.date.fromisoformat(said) if said else dt.date.today()


def expired_until(connection: Connection) -> dt.date | None:
    """Return the day by which everything that was due has expired; None where nobody has looked yet."""
    said = connection.execute(select(setting.c.value).where(setting.c.key == EXPIRED_UNTIL)).scalar()
    return dt.date.fromisoformat(said) if said else None


def versions_of(connection: Connection) -> dict[int, tuple[Version, ...]]:
    """Return the versions of the rules of every programme, by its id."""
    found, r = defaultdict(tuple), programme_rules.c
    for id_, number, from_on, rules in connection.execute(select(r.programme_id, r.number, r.from_on, r.rules).order_by(r.number)):
        found[id_] += (Version(number, from_on, parse(json.loads(rules))),)
    return dict(found)


def entries_of(connection: Connection, ids: Iterable[int]) -> dict[int, list[Movement]]:
    """Return the ledger of memberships, in the order of posting here."""
    found = defaultdict(list)
    rows = connection.execute(select(*KEPT).where(among(connection, points_entry.c.membership_id, ids)).order_by(points_entry.c.id))
    for row in rows.all():  # all at once: one by one takes twice as long
        one = Movement(*row)
        found[one.membership_id].append(one)
    return found


def joined_to(account: int, entries: list[Movement]) -> tuple[int, int] | None:
    """Return the account that one was joined to, and for the how-manieth time; None where it was not, or was parted from it again."""
    for entry in reversed(entries):
        words = entry.reference.split("/")
        if entry.kind == "transfer" and entry.source == OWN and words[:2] in (["join", str(account)], ["part", str(account)]):
            return (int(words[2]), int(words[3])) if words[0] == "join" else None
    return None


def by_number(connection: Connection, rows: Iterable[Movement]) -> dict[tuple, Movement]:
    """Return the rows that stand under the numbers of others, by (source, number)."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.external_id is not None:
            numbers[row.source].add(row.external_id)
    e, found = points_entry.c, {}
    for source, some in numbers.items():
        for row in connection.execute(sa.select(*KEPT).where(e.source == source, among(connection, e.external_id, some))).all():
            one = Movement(*row)
            found[one.key] = one
    return found
