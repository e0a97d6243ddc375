"""The ledger of many memberships at once: what `ledger.settle` says of one, in arrays.

Nearly every member's lots are posted and expire in the order of their issue, and the balance is never below zero. Then the oldest lot is taken
first just where the running sum of credits is cut by that of debits, for all members in one pass. The others are replayed row by row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from crm_core.programme import fifo
from crm_core.programme.fifo import ADJUST, BURN, CODES, EARN, EXPIRE, FATE, NEVER, OPEN, OPENING, TRANSFER, TURN, UNKNOWN
from crm_core.programme.idleness import lapse_of, lapses
from crm_core.programme.months import days, numbers
from crm_core.programme.rules import Version

AT_ONCE = 400_000  # rows, to keep what is made on the way small
PARTS = ("member", "lot_id", "issued", "expires", "points", "fate", "taken")


def parts_of(member, entry, posted, kind, points, lot_on, expires_on, reverses, versions: Iterable[Version] = ()) -> dict[str, np.ndarray]:
    """The parts of all lots of many memberships, as `ledger.settle` finds them: arrays under the names of PARTS, by member.

    Takes one array per column of the ledger, sorted by member: whole numbers, days as datetime64[D] (none: NaT), kinds as words or as their
    places in fifo.KINDS, `reverses` 0 or below where a row reverses nothing. All rows count, so leave out those that are not known yet.
    Days come back as datetime64[D]: `issued` NaT where the age is unknown, `expires` NaT for never, `taken` NaT while open; `fate` is a place
    in fifo.FATES. `versions` are the rules where points end by inactivity: then all members are of one programme.
    """
    versions, lapse = list(versions), lapse_of(versions)
    rows = _Rows(*map(np.asarray, (member, entry)), numbers(posted, NEVER), _codes(kind), np.asarray(points, np.int64),
                 numbers(lot_on, NEVER), numbers(expires_on, NEVER), np.asarray(reverses, np.int64))  # fmt: skip
    found = [_parts(rows.at(piece), versions if lapse else [], lapse) for piece in _pieces(rows.member)]
    empty = [np.empty((len(PARTS), 0), np.int64)]
    columns = dict(zip(PARTS, np.concatenate(found or empty, axis=1), strict=True))
    for name, none in (("issued", UNKNOWN), ("expires", NEVER), ("taken", NEVER)):
        columns[name] = days(columns[name], none)
    return columns


def _codes(kind) -> np.ndarray:
    kind = np.asarray(kind)
    return kind.astype(np.int8) if kind.dtype.kind in "iu" else np.fromiter(map(CODES.__getitem__, kind), np.int8, len(kind))


def _pieces(member: np.ndarray) -> Iterator[slice]:
    """Pieces of about AT_ONCE rows that hold whole members."""
    begin = 0
    while begin < len(member):
        end = int(np.searchsorted(member, member[min(begin + AT_ONCE, len(member)) - 1], "right"))
        yield slice(begin, end)
        begin = end


@dataclass(frozen=True)
class _Rows:
    """Rows of the ledger by column; days as numbers since 1970."""

    member: np.ndarray
    entry: np.ndarray
    posted: np.ndarray
    kind: np.ndarray
    points: np.ndarray
    issued: np.ndarray
    expires: np.ndarray
    reverses: np.ndarray

    def at(self, where) -> "_Rows":
        return _Rows(*(getattr(self, one.name)[where] for one in fields(self)))

    def ordered(self, *keys: np.ndarray) -> "_Rows":
        """By member, then by the keys given."""
        return self.at(np.lexsort((*keys[::-1], self.member)))


def _parts(rows: _Rows, versions: list[Version], lapse: fifo.Lapse | None) -> np.ndarray:
    """(PARTS × parts) of whole members, as numbers."""
    begins = np.append(True, rows.member[1:] != rows.member[:-1])
    members, place = rows.member[begins], np.cumsum(begins) - 1
    rows = replace(rows, member=place)
    odd = np.zeros(len(members), bool)  # whom only a replay settles
    plain = _cut(rows.at(_standing(rows, odd)), odd, versions)
    odd_ones = _replayed(rows.at(odd[place]), lapse) if odd.any() else plain[:, :0]
    found = np.concatenate([plain[:, ~odd[plain[0]]], odd_ones], axis=1)
    found = found[:, np.argsort(found[0], kind="stable")]
    found[0] = members[found[0]]
    return found


def _standing(rows: _Rows, odd: np.ndarray) -> np.ndarray:
    """Which rows stand; members whose reversals are not plain pairs are marked as odd."""
    stands, at = np.ones(len(rows.entry), bool), np.flatnonzero(rows.reverses > 0)
    if len(at):
        order = np.argsort(rows.entry, kind="stable")
        place = order[np.minimum(np.searchsorted(rows.entry, rows.reverses[at], sorter=order), len(order) - 1)]
        unclear = (rows.entry[place] != rows.reverses[at]) | (rows.member[place] != rows.member[at])
        unclear |= (rows.reverses[place] > 0) | (np.bincount(place)[place] > 1)
        odd[rows.member[at[unclear]]] = True
        stands[at] = stands[place] = False
    return stands


def _lots(rows: _Rows) -> _Rows:
    """The lots, the oldest of each member first."""
    rows = rows.at(rows.points > 0)
    without = np.where(np.isin(rows.kind, (OPENING, TRANSFER)), UNKNOWN, rows.posted)
    rows = replace(rows, issued=np.where(rows.issued == NEVER, without, rows.issued))
    return rows.ordered(rows.issued, rows.expires, rows.posted, rows.points, rows.entry)


def _debits(rows: _Rows) -> _Rows:
    """What is taken from each member, in turn and above zero; what expires on one day in one."""
    rows = rows.at(rows.points < 0)
    names = rows.kind == TRANSFER
    issued = np.where(names, np.where(rows.issued == NEVER, UNKNOWN, rows.issued), 0)
    rows = replace(rows, points=-rows.points, issued=issued, expires=np.where(names, rows.expires, 0))
    rows = rows.ordered(rows.posted, np.array(TURN)[rows.kind], rows.issued, rows.expires, rows.points, rows.entry)
    follows = np.zeros(len(rows.kind), bool)
    follows[1:] = (rows.kind[1:] == EXPIRE) & (rows.kind[:-1] == EXPIRE) & (rows.posted[1:] == rows.posted[:-1]) & (rows.member[1:] == rows.member[:-1])
    first = np.flatnonzero(~follows)
    return replace(rows.at(first), points=np.add.reduceat(rows.points, first)) if len(first) else rows


def _cut(rows: _Rows, odd: np.ndarray, versions: list[Version]) -> np.ndarray:
    """The parts of all members, by cutting running sums; a member whose rows do not allow it is marked as odd, and what is said of it is wrong."""
    lots, debits = _lots(rows), _debits(rows)
    unordered = (lots.posted[1:] < lots.posted[:-1]) | (lots.expires[1:] < lots.expires[:-1])
    odd[lots.member[1:][unordered & (lots.member[1:] == lots.member[:-1])]] = True
    odd[debits.member[_is_short(lots, debits)]] = True
    lots, debits = lots.at(~odd[lots.member]), debits.at(~odd[debits.member])
    of, by, points = _overlap(lots, debits)
    kind, taken = np.append(debits.kind, -1)[by], np.append(debits.posted, NEVER)[by]
    odd[lots.member[of[_is_unlawful(lots.at(of), kind, taken, np.append(debits.issued, 0)[by], np.append(debits.expires, 0)[by])]]] = True
    fate = np.where(kind < 0, OPEN, np.array(FATE)[kind])
    return np.stack([lots.member[of], lots.entry[of], lots.issued[of], _ends(lots, rows, len(odd), versions, of, fate), points, fate, taken])


def _is_short(lots: _Rows, debits: _Rows) -> np.ndarray:
    """Which debits take more than had been posted by their day."""
    key = lambda rows: rows.member * 10_000_000 + rows.posted - UNKNOWN  # noqa: E731
    credits_ = np.concatenate([[0], np.cumsum(lots.points)])
    had = credits_[np.searchsorted(key(lots), key(debits), "right")] - credits_[np.searchsorted(lots.member, debits.member)]
    return _spent(debits) > had


def _spent(debits: _Rows) -> np.ndarray:
    """What a member has spent with each debit, this one included."""
    sums = np.concatenate([[0], np.cumsum(debits.points)])
    return sums[1:] - sums[np.searchsorted(debits.member, debits.member)]


def _overlap(lots: _Rows, debits: _Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(lot, debit, points) of each part: on one line on which all lots lie end to end, and each member's debits from where its lots begin."""
    ends = np.cumsum(lots.points)
    until = np.concatenate([[0], ends])[np.searchsorted(lots.member, debits.member)] + _spent(debits)
    edges = np.union1d(ends, until)
    of, by = np.searchsorted(ends, edges), np.searchsorted(until, edges)
    begins = np.append(until - debits.points, np.iinfo(np.int64).max)
    return of, np.where(begins[by] < edges, by, len(until)), np.diff(edges, prepend=0)


def _is_unlawful(lots: _Rows, kind: np.ndarray, taken: np.ndarray, issued: np.ndarray, expires: np.ndarray) -> np.ndarray:
    """Which parts would not have been taken from the oldest lot: an expiry takes what is over, a transfer what it names, all others what is not over."""
    early = (kind == EXPIRE) & (lots.expires > taken) & (lots.expires != NEVER)
    late = np.isin(kind, (EARN, OPENING, BURN, ADJUST)) & (lots.expires <= taken)
    return early | late | ((kind == TRANSFER) & ((lots.issued != issued) | (lots.expires != expires)))


def _ends(lots: _Rows, rows: _Rows, members: int, versions: list[Version], of: np.ndarray, fate: np.ndarray) -> np.ndarray:
    """The day on which each part is over; open ones without a day of their own if the member stays idle from the last row on."""
    if not versions:
        return lots.expires[of]
    active, signs = np.full(members, UNKNOWN), rows.at(np.isin(rows.kind, (EARN, BURN)))
    np.maximum.at(active, signs.member, signs.posted)
    idle = lapses(versions, np.maximum(active[lots.member], lots.posted))
    return np.where((fate == OPEN) & (lots.expires[of] == NEVER), idle[of], lots.expires[of])


def _replayed(rows: _Rows, lapse: fifo.Lapse | None) -> np.ndarray:
    """The parts of members one by one, by `fifo.replay`."""
    found: list[tuple] = []
    begins = np.flatnonzero(np.diff(rows.member, prepend=-1))
    columns = [getattr(rows, one.name).tolist() for one in fields(rows)]
    for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(rows.member)], strict=True):
        mine = [column[begin:end] for column in columns]
        known = [None if day == NEVER else day for day in mine[5]]
        made = map(fifo.row, mine[1], mine[2], mine[3], mine[4], known, mine[6])
        reversals = {number: back for number, back in zip(mine[1], mine[7], strict=True) if back > 0}
        found += [(mine[0][0], *part[:6]) for part in fifo.replay(fifo.standing(made, reversals), lapse=lapse)]
    return np.array(found, np.int64).reshape(-1, len(PARTS)).T
