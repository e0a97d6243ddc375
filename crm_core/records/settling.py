"""What follows from the rows of an account: points that expire, and points that move on where the account was joined to another.

Both are worked out anew from all rows, whenever one is added, and what stands is corrected: by a reversal on the same day, and a new row. So
rows may arrive in any order.
"""
import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from crm_core.programme import ledger
from crm_core.records.movements import OWN, Account, Books, Movement

MARK = 0  # the lot of the row without points that says of an account that it was joined, or parted again


@dataclass(frozen=True)
class Short:
    """The first day on which an account lacks points, and how many."""

    on: dt.date
    by: int


Rows = dict[int, list[Movement]]


def follow(books: Books, account: Account, added: list[Movement]) -> tuple[Rows, Short | None]:
    """Return rows that are to be added to an account with all that follows from them, by membership, and where points lack then."""
    rows, moved_on = list(added), {}
    if account.joined:
        out, moved_on = _moves(books, account, [*account.entries, *rows])
        rows += out
    rows += _expiries(books, account, [*account.entries, *rows])
    lacking = shortage([*account.entries, *rows]) if any(row.points < 0 for row in rows) else None
    found: Rows = {account.id: rows}
    for id_, some in moved_on.items():
        further, also = follow(books, books.accounts[id_], some)
        found, lacking = found | further, lacking or also
    return found, lacking


def shortage(entries: list[Movement]) -> Short | None:
    """Return the first day at whose end an account lacks points: by the rows that count, or by the plain sum of all of them."""
    undone = {entry.reverses_id for entry in entries if entry.reverses_id is not None}
    plain, standing = Counter(), Counter()
    for entry in entries:
        plain[entry.posted_on] += entry.points
        if entry.id not in undone and entry.reverses_id is None:
            standing[entry.posted_on] += entry.points
    found = [short for short in (_below_zero(standing), _below_zero(plain) if undone else None) if short]
    return min(found, key=lambda short: short.on, default=None)


def _below_zero(days: Counter) -> Short | None:
    balance = 0
    for day in sorted(days):
        balance += days[day]
        if balance < 0:
            return Short(day, -balance)
    return None


def taken_back(row: Movement, books: Books) -> Movement:
    """Return the reversal of a row that followed from others, on the same day: as if it had never been there."""
    return replace(row, id=books.number(), kind="reverse", points=-row.points, reverses_id=row.id, external_id=f"{row.external_id}/back",
                   lot_on=None, expires_on=None)


# --- expiry -------------------------------------------------------------------------------------------------------------
def is_expiry(row: Movement) -> bool:
    """Say whether a row expires a lot because its time was over."""
    return row.kind == "expire" and row.source == OWN and (row.external_id or "").startswith("expire/")


def _expiries(books: Books, account: Account, entries: list[Movement]) -> list[Movement]:
    posted = [entry for entry in entries if is_expiry(entry)]
    until = max([books.until, *(row.posted_on for row in posted)])  # whoever looks at an earlier day does not take expiries back
    wanted = {(lot, day): points for lot, day, points in due(account, entries, until)}
    gone = {entry.reverses_id for entry in entries}
    times, rows = Counter(_lot(row) for row in posted), []
    for row in posted:
        ended = _lot(row), row.posted_on
        if row.id not in gone and wanted.get(ended) != -row.points:
            rows.append(taken_back(row, books))
        elif row.id not in gone:
            del wanted[ended]
    for (lot, day), points in wanted.items():
        times[lot] += 1
        row = Movement(0, day, "expire", -points, membership_id=account.id, external_id=f"expire/{lot}/{times[lot]}")
        rows.append(books.completed(row, account))
    return rows


def _lot(row: Movement) -> int:
    return int(row.external_id.split("/")[1])


def due(account: Account, entries: Iterable[Movement], until: dt.date) -> list[tuple[int, dt.date, int]]:
    """Return what must have expired by the end of a day: (lot, day, points).

    Nothing without rules, and nothing where the source tells of what expires itself: it is believed. Points that lapsed because the account
    was closed stay gone.
    """
    entries = list(entries)
    if not account.versions or not _may_end(account, entries, until):
        return []
    told = {entry.id for entry in entries if entry.kind == "expire" and entry.source != OWN}
    back = {entry.reverses_id: entry.posted_on for entry in entries if entry.reverses_id in told}
    if told - set(back):
        return []
    kept = [replace(entry, kind="adjust") if entry.kind == "expire" and not is_expiry(entry) else entry for entry in _without(entries, told)]
    ended: Counter = Counter()
    for lot, day, points in ledger.due(kept, until, account.versions):
        ended[lot, max([day, *back.values()])] += points  # until its word was taken back the source was believed
    return [(lot, day, points) for (lot, day), points in ended.items()]


def _may_end(account: Account, entries: list[Movement], until: dt.date) -> bool:
    """Say whether anything can have ended by a day: most accounts are too young for it, and spared the replay."""
    idle = any(version.rules.expiry == "inactivity" for version in account.versions)
    return idle or any(entry.expires_on is not None and entry.expires_on <= until for entry in entries)


# --- accounts that were joined ------------------------------------------------------------------------------------------
def _moves(books: Books, account: Account, entries: list[Movement]) -> tuple[list[Movement], Rows]:
    """Return the corrections of what moved from a joined account to the other: its own rows, and those of the other by membership."""
    into, times = account.joined
    books.open([into])
    reference = f"join/{account.id}/{into}/{times}"
    gone = {entry.reverses_id for entry in entries}
    mine = [row for row in entries if row.source == OWN and row.kind == "transfer" and row.reference == reference]
    posted = {_moved(row): row for row in mine if row.id not in gone}
    wanted = {part.lot_id: part for part in _open(account, _without(entries, {row.id for row in posted.values()}))}
    arrived = {row.external_id: row for row in books.accounts[into].entries if row.source == OWN and row.reference == reference}
    out, there, counted = [], [], Counter(map(_moved, mine))
    for lot, row in posted.items():
        if lot != MARK and (lot not in wanted or wanted[lot].points != -row.points):
            out.append(taken_back(row, books))
            there.append(taken_back(arrived[row.external_id.removesuffix("out") + "in"], books))
        else:
            wanted.pop(lot, None)
    if MARK not in posted:
        wanted[MARK] = ledger.Part(MARK, None, None, 0, "open")
    lots = {entry.id: entry for entry in entries}
    for lot, part in wanted.items():
        ends = lots[lot].expires_on if lot in lots else None
        pair = transfer(books, account.id, into, f"{reference}/{lot}/{counted[lot] + 1}", account.closed_on, part.points, part.issued_on, ends)
        out.append(pair[0])
        there.append(pair[1])
    return out, {into: there} if there else {}


def _moved(row: Movement) -> int:
    return int(row.external_id.split("/")[4])


def _open(account: Account, entries: list[Movement]) -> list[ledger.Part]:
    """Return the parts of lots that were open when an account was closed, had nothing moved on."""
    day = account.closed_on
    expired = {row.id for row in entries if is_expiry(row)}
    rows = [*_without(entries, expired), *(ledger.Entry(-n, on, "expire", -points) for n, (_, on, points) in enumerate(due(account, entries, day), 1))]
    return [part for part in ledger.settle(rows, day).parts if part.fate == "open"]


def _without(entries: list[Movement], ids: set[int]) -> list[Movement]:
    return [entry for entry in entries if entry.id not in ids and entry.reverses_id not in ids]


def transfer(books: Books, from_: int, into: int, number: str, day: dt.date, points: int, lot_on: dt.date | None,
             ends: dt.date | None) -> tuple[Movement, Movement]:
    """Return the two rows that move points of one lot from an account to another; the lot keeps its issue and its end."""
    out = Movement(0, day, "transfer", -points, lot_on, ends, None, number.rsplit("/", 2)[0], membership_id=from_, external_id=f"{number}/out")
    back = replace(out, points=points, membership_id=into, external_id=f"{number}/in")
    return books.completed(out, books.accounts[from_]), books.completed(back, books.accounts[into])
