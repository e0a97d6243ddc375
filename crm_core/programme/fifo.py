"""First in, first out: one membership's rows of the ledger, in whole numbers, replayed into what became of each lot.

Days are whole numbers too. The law, for any order in which the rows arrived:
- What was reversed and its reversal both vanish; every row above zero that stands opens a lot, every one below zero takes from lots.
- On a day credits come first, then what expires, then redemptions, corrections and transfers.
- The oldest lot is taken first: by the day of issue (unknown age before all), then by expiry, day of posting, size and number, so that only
  lots that look the same can change places. An expiry takes from lots that are over before any other, then from those without a fixed end;
  a transfer takes from the lot that it names by issue and expiry. All but expiries leave lots that are over for last (but for the one named):
  those points were not theirs to take, even if what expires them is posted later.
- What is taken beyond the balance waits, and is paid by the next lot on the day on which that is posted.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Sequence

KINDS = ("earn", "opening", "burn", "expire", "adjust", "transfer")
EARN, OPENING, BURN, EXPIRE, ADJUST, TRANSFER = range(len(KINDS))
CODES = {kind: code for code, kind in enumerate(KINDS)} | {"reverse": ADJUST}  # a reversal whose row is not there is a correction
FATES = ("open", "burned", "expired", "adjusted", "transferred")
OPEN, BURNED, EXPIRED, ADJUSTED, TRANSFERRED = range(len(FATES))
FATE = (ADJUSTED, ADJUSTED, BURNED, EXPIRED, ADJUSTED, TRANSFERRED)  # of what a row of each kind takes
TURN = (3, 3, 2, 1, 4, 5)  # of the kinds of debits on one day; credits have 0
UNKNOWN, NEVER = -1_000_000, 1_000_000  # days before and after all others
NONE = 0  # no row

Row = tuple[int, int, int, int, int, int]  # id, posted, kind, points, issued, expires
PartRow = tuple[int, int, int, int, int, int, int]  # lot id, issued, expires, points, fate, taken on (NEVER: open), taken by (NONE: open)
Lapse = Callable[[int], int]  # last sign of life → the day on which points without a fixed end are over


def row(number: int, posted: int, kind: int, points: int, lot_on: int | None, expires: int | None) -> Row:
    """A row as `replay` takes it: a credit with its lot's issue and end, a transfer with those of the lot it takes, other debits without."""
    if points < 0 and kind != TRANSFER:
        return number, posted, kind, points, 0, 0
    without = UNKNOWN if kind in (OPENING, TRANSFER) else posted
    return number, posted, kind, points, without if lot_on is None else lot_on, NEVER if expires is None else expires


def standing(rows: Iterable[Row], reversals: dict[int, int]) -> list[Row]:
    """The rows that count: without those reversed and their reversals. `reversals`: row → the row that it reverses."""
    known = {one[0]: one for one in rows}
    undone_by: dict[int, int] = {}
    for number, reversed_ in sorted(reversals.items()):
        if number in known and reversed_ in known:
            undone_by.setdefault(reversed_, number)
    pairing = set(undone_by.values())
    return [one for number, one in known.items() if number not in pairing and not _is_undone(number, undone_by)]


def _is_undone(number: int, undone_by: dict[int, int]) -> bool:
    """Whether a row is reversed, and the reversal not reversed itself."""
    undone = False
    while number in undone_by:
        number, undone = undone_by[number], not undone
    return undone


def replay(rows: Iterable[Row], until: int | None = None, lapse: Lapse | None = None) -> list[PartRow]:
    """What became of every lot, by what the rows say: standing rows of one membership, in any order.

    With `until`, lots end by themselves instead: rows that expire points are left out, and each lot is over on its day, or without a fixed
    one where `lapse` says so, up to and including that day.
    """
    account = _Account(lapse)
    for one in _as_one(sorted(rows, key=turn)):
        if until is not None:
            account.end(one[1])
        if until is None or one[2] != EXPIRE or one[3] > 0:
            account.post(one)
    if until is not None:
        account.end(until)
    return account.closed()


def turn(one: Row) -> tuple:
    """By which rows are replayed."""
    number, posted, kind, points, issued, expires = one
    return posted, TURN[kind] if points < 0 else 0, issued, expires, abs(points), number


def _as_one(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows, with what expires on one day in one."""
    waiting = None
    for one in rows:
        expires = one[2] == EXPIRE and one[3] < 0
        if waiting and expires and waiting[1] == one[1]:
            waiting = (*waiting[:3], waiting[3] + one[3], 0, 0)
            continue
        if waiting:
            yield waiting
        waiting = one if expires else None
        if not expires:
            yield one
    if waiting:
        yield waiting


def short(rows: Iterable[Row]) -> tuple[int, int] | None:
    """(day, points): the first day at whose end the balance is below zero, and how far; None where it never is."""
    days: dict[int, int] = {}
    for one in rows:
        days[one[1]] = days.get(one[1], 0) + one[3]
    balance = 0
    for day in sorted(days):
        balance += days[day]
        if balance < 0:
            return day, -balance
    return None


class _Account:
    """The open lots of a membership, oldest first, what it owes beyond them, and the parts taken so far."""

    def __init__(self, lapse: Lapse | None):
        self.lapse, self.active = lapse, UNKNOWN
        self.lots: list[list[int]] = []  # issued, expires, posted, points, id, left
        self.debts: list[list[int]] = []  # fate, by, left
        self.parts: list[PartRow] = []

    def post(self, one: Row) -> None:
        number, posted, kind, points, issued, expires = one
        if kind in (EARN, BURN):
            self.active = posted
        if points > 0:
            self._open([issued, expires, posted, points, number, points])
        elif points < 0:
            self._take(-points, posted, FATE[kind], number, self._first(kind, posted, issued, expires))

    def _open(self, lot: list[int]) -> None:
        while self.debts and lot[5]:
            debt = self.debts[0]
            debt[2] -= self._part(lot, debt[2], debt[0], lot[2], debt[1])
            if not debt[2]:
                self.debts.pop(0)
        if lot[5]:
            insort(self.lots, lot)

    def _first(self, kind: int, day: int, issued: int, expires: int) -> list[list[int]]:
        """The open lots, in the order in which a row of a kind takes from them."""
        if kind == EXPIRE:
            return sorted(self.lots, key=lambda lot: (lot[1] > day, lot[1] != NEVER))
        if kind == TRANSFER:
            return sorted(self.lots, key=lambda lot: ((lot[0], lot[1]) != (issued, expires), lot[1] <= day))
        return sorted(self.lots, key=lambda lot: lot[1] <= day)

    def _take(self, owed: int, day: int, fate: int, by: int, lots: list[list[int]]) -> None:
        for lot in lots:
            if not owed:
                break
            owed -= self._part(lot, owed, fate, day, by)
        self.lots = [lot for lot in self.lots if lot[5]]
        if owed:
            self.debts.append([fate, by, owed])

    def _part(self, lot: list[int], wanted: int, fate: int, day: int, by: int) -> int:
        taken = min(lot[5], wanted)
        lot[5] -= taken
        self.parts.append((lot[4], lot[0], lot[1], taken, fate, day, by))
        return taken

    def end(self, day: int) -> None:
        """End the lots that are over by a day."""
        for lot in self.lots:
            over = self._over(lot)
            if over <= day:
                self._part(lot, lot[5], EXPIRED, max(over, lot[2]), NONE)
        self.lots = [lot for lot in self.lots if lot[5]]

    def _over(self, lot: list[int]) -> int:
        """The day on which a lot is over: its own, or where it has none, when the account has been idle for too long."""
        return self.lapse(max(self.active, lot[2])) if self.lapse and lot[1] == NEVER else lot[1]

    def closed(self) -> list[PartRow]:
        """The parts, with those still open; where idleness ends them, with the day on which it would."""
        return self.parts + [(lot[4], lot[0], self._over(lot), lot[5], OPEN, NEVER, NONE) for lot in self.lots]
