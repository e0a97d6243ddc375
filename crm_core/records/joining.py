"""Accounts of one person are joined: their open points move to one of them, and go back where the person turns out to be two."""
import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.programme import ledger
from crm_core.records.guests import known
from crm_core.records.movements import OWN, Account, Books, Movement
from crm_core.records.persons import members, own_id
from crm_core.records.points import member_of
from crm_core.records.registry import Refused, Stale, action
from crm_core.records.settling import MARK, follow, transfer
from crm_core.schema import guest, membership, points_entry, profile
from crm_core.scope import Scope
from crm_core.store.bulk import among
from crm_core.store.record import Change


@action("loyalty", "join accounts", "membership")
def join_accounts(change: Change, scope: Scope, *, guest_id: int, into: int, version: int) -> int:
    """Move the open points of a person's other accounts of a programme to one of them, and close those; return how many points moved.

    Each lot keeps its day of issue and its end. Raises Stale where somebody changed the account meanwhile, Refused where there is no other.
    """
    person = known(change.connection, scope, guest_id)
    row = member_of(change.connection, scope, into)
    if row["person"] != person or row["closed_on"]:
        raise Refused(N_("Choose an open account of this guest to join the others to."))
    others = _others(change.connection, person, row)
    if not others:
        raise Refused(N_("This guest has no other open account in this programme."))
    bumped = sa.update(membership).where(membership.c.id == into, membership.c.version == version).values(version=version + 1, revision=change.revision)
    if change.connection.execute(bumped).rowcount != 1:
        raise Stale(dict(row))
    books = Books(change, scope.as_of)
    books.open([into, *others])
    moved = sum(_join(books, books.accounts[id_], into) for id_ in others)
    books.write()
    return moved


def _others(connection: Connection, person: int, row: sa.RowMapping) -> list[int]:
    m = membership.c
    theirs = (select(m.id).join(profile, profile.c.id == m.profile_id)
              .where(profile.c.guest_id.in_(members(person)), m.id != row["id"], m.closed_on.is_(None), _same_programme(row["programme_id"])))
    return list(connection.execute(theirs.order_by(m.id)).scalars())


def _same_programme(programme_id: int | None) -> sa.ColumnElement[bool]:
    return membership.c.programme_id.is_(None) if programme_id is None else membership.c.programme_id == programme_id


def _join(books: Books, account: Account, into: int) -> int:
    """Close an account and let its points move on; return how many did."""
    last = max((entry.posted_on for entry in account.entries), default=books.as_of)
    account.closed_on, account.joined = max(books.as_of, last), (into, _times(account.entries, account.id) + 1)
    _close(books.change, account.id, account.closed_on)
    rows, _ = follow(books, account, [])
    books.take(rows)
    return -sum(row.points for row in rows[account.id] if row.kind == "transfer")


def _times(entries: list[Movement], account: int) -> int:
    """Return how often an account was joined to another so far."""
    words = [entry.reference.split("/") for entry in entries if entry.source == OWN and entry.kind == "transfer"]
    return max((int(w[3]) for w in words if w[:2] == ["join", str(account)]), default=0)


def _close(change: Change, id_: int, on: dt.date | None) -> None:
    values = {"closed_on": on, "status": "closed" if on else "active", "version": membership.c.version + 1, "revision": change.revision}
    change.connection.execute(sa.update(membership).where(membership.c.id == id_).values(values))


# --- two persons again --------------------------------------------------------------------------------------------------
def part(change: Change, records: Iterable[int]) -> int:
    """Give back what is still open of points that were moved between accounts of guests who are two persons now, around these records.

    The account that was joined to the other is open again. Returns how many points went back.
    """
    joins = _apart(change.connection, set(records))
    if not joins:
        return 0
    books = Books(change)
    books.open({id_ for join in joins for id_ in join[:2]})
    moved = sum(_part(books, *join) for join in joins)
    books.write()
    return moved


def _apart(connection: Connection, records: set[int]) -> list[tuple[int, int, int]]:
    """Return the joins that stand between accounts of different persons: (account, the one it was joined to, for the how-manieth time)."""
    e, m = points_entry.c, membership.c
    here = select(m.id).join(profile, profile.c.id == m.profile_id).where(among(connection, profile.c.guest_id, records))
    told = select(e.reference).where(e.membership_id.in_(here), e.kind == "transfer", e.source == OWN, e.reference.startswith("join/")).distinct()
    named = {tuple(map(int, reference.split("/")[1:4])) for reference in connection.execute(told).scalars()}
    if not named:
        return []
    persons = _persons(connection, {id_ for join in named for id_ in join[:2]})
    return [join for join in sorted(named) if persons.get(join[0]) != persons.get(join[1]) and _stands(connection, join)]


def _persons(connection: Connection, ids: set[int]) -> dict[int, int]:
    joined = membership.join(profile, profile.c.id == membership.c.profile_id).join(guest, guest.c.id == profile.c.guest_id)
    rows = connection.execute(select(membership.c.id, own_id().label("person")).select_from(joined).where(among(connection, membership.c.id, ids)))
    return {row.id: row.person for row in rows}


def _stands(connection: Connection, join: tuple[int, int, int]) -> bool:
    """Say whether a join was not ended yet: it is the last that its account knows, and the account is closed by it."""
    e, account = points_entry.c, join[0]
    last = (select(e.reference).where(e.membership_id == account, e.kind == "transfer", e.source == OWN,
                                      e.reference.startswith(f"join/{account}/") | e.reference.startswith(f"part/{account}/"))
            .order_by(e.id.desc()).limit(1))
    return connection.execute(last).scalar() == "join/" + "/".join(map(str, join))


def _part(books: Books, account: int, into: int, times: int) -> int:
    """End a join: what is open of its lots goes back from where it is now; return how many points that is."""
    here = books.accounts[account]
    here.closed_on, here.joined = None, None
    _close(books.change, account, None)
    reference, moved = f"part/{account}/{into}/{times}", 0
    for holder, lots in _holders(books, into, _arrived(books.accounts[into], f"join/{account}/{into}/{times}")).items():
        moved += _give_back(books, holder, account, reference, lots) if holder != account else 0
    _mark(books, account, into, reference)
    return moved


def _arrived(account: Account, reference: str) -> dict[int, Movement]:
    """Return the rows that stand of a join, in the account that it led to, by id."""
    gone = account.reversed()
    return {entry.id: entry for entry in account.entries if entry.source == OWN and entry.reference == reference
            and entry.kind == "transfer" and entry.points > 0 and entry.id not in gone}  # fmt: skip


def _holders(books: Books, account: int, lots: dict[int, Movement]) -> dict[int, dict[int, Movement]]:
    """Return in which accounts lots are now, by account: from one they may have moved on to others, and back to one on their way.

    What went back to an account before that one is no longer theirs.
    """
    found: dict[int, dict[int, Movement]] = {}
    waiting = {account: lots}
    while waiting:
        at, some = waiting.popitem()
        found.setdefault(at, {}).update(some)
        for row in _onwards(books, at, set(some)):
            if row.reference.startswith("part/") and row.membership_id not in found:
                continue
            waiting.setdefault(row.membership_id, {})[row.id] = row
    return found


def _onwards(books: Books, account: int, lots: set[int]) -> list[Movement]:
    """Return the rows by which lots of an account arrived elsewhere."""
    here = books.accounts[account]
    gone = here.reversed()
    left = {entry.external_id.removesuffix("out") + "in" for entry in here.entries if entry.kind == "transfer" and entry.source == OWN
            and entry.points < 0 and entry.id not in gone and int(entry.external_id.split("/")[4]) in lots}  # fmt: skip
    e = points_entry.c
    books.open(books.connection.execute(select(e.membership_id).where(e.source == OWN, among(books.connection, e.external_id, left))).scalars())
    return [entry for one in books.accounts.values() for entry in one.entries if entry.source == OWN and entry.external_id in left]


def _give_back(books: Books, holder: int, account: int, reference: str, lots: dict[int, Movement]) -> int:
    """Move what is open of these lots of one account back to another; return how many points that is."""
    entries = books.accounts[holder].entries
    day = _day(books, holder, account)
    out, back = [], []
    for one in ledger.settle(entries, day).parts:
        if one.fate == "open" and one.lot_id in lots:
            lot = lots[one.lot_id]
            pair = transfer(books, holder, account, f"{reference}/{one.lot_id}/1", day, one.points, lot.lot_on, lot.expires_on)
            out.append(pair[0])
            back.append(pair[1])
    for id_, rows in ((holder, out), (account, back)):
        if rows:
            books.take(follow(books, books.accounts[id_], rows)[0])
    return sum(row.points for row in back)


def _mark(books: Books, account: int, into: int, reference: str) -> None:
    out, back = transfer(books, into, account, f"{reference}/{MARK}/1", _day(books, into, account), 0, None, None)
    books.take({into: [out], account: [back]})


def _day(books: Books, *accounts: int) -> dt.date:
    """Return the store's day, or a later one on which a row of these accounts stands."""
    return max([books.as_of, *(entry.posted_on for id_ in accounts for entry in books.accounts[id_].entries)])
