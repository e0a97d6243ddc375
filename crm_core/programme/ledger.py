"""The ledger of one membership: its balance, what became of every lot of points, and what should have expired.

A row is known from its day on: every function looks at the rows posted on or before a day. `fifo` says which lot a row takes from, `bulk` does
the same for many memberships at once.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from crm_core.programme import fifo
from crm_core.programme.fifo import FATES, NEVER, UNKNOWN
from crm_core.programme.idleness import lapse_of
from crm_core.programme.rules import Version

EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Entry:
    """One movement of points, as the ledger has it: `points` is the member's side.

    A row above zero opens a lot, issued on `lot_on`; without it on the day of posting, or, opened by an opening balance or a transfer, on an
    unknown day. A transfer below zero names the lot that it takes by `lot_on` and `expires_on`. A reversal names what it takes back.
    """

    id: int
    posted_on: dt.date
    kind: str
    points: int
    lot_on: dt.date | None = None
    expires_on: dt.date | None = None
    reverses_id: int | None = None
    reference: str = ""


@dataclass(frozen=True)
class Part:
    """A part of a lot and what became of it; an open one was taken on no day and by no row."""

    lot_id: int
    issued_on: dt.date | None  # None: of unknown age
    expires_on: dt.date | None  # of an open part without a fixed day: when it is over if the member stays idle
    points: int
    fate: str  # one of fifo.FATES
    taken_on: dt.date | None = None
    taken_by: int | None = None


@dataclass(frozen=True)
class Settled:
    """A membership on a day: the parts of its lots, its balance, and the first day at whose end it lacks points, and how many."""

    parts: tuple[Part, ...]
    balance: int
    short_on: dt.date | None = None
    short_by: int = 0


def balance(entries: Iterable[Entry], on: dt.date) -> int:
    """The points of a membership at the end of a day: the plain sum of its rows."""
    return sum(entry.points for entry in entries if entry.posted_on <= on)


def settle(entries: Iterable[Entry], until: dt.date, versions: Iterable[Version] = ()) -> Settled:
    """What became of every lot by the end of a day, by the rows alone: points that are over but that no row expired are still open.

    The points of all parts of a lot add up to the lot's, and those of open parts to the balance (where that is not below zero). `versions`
    are the programme's rules: they tell when points without a fixed day would be over.
    """
    entries = list(entries)
    rows = _rows(entries, until)
    lacking = fifo.short(rows)
    parts = fifo.replay(rows, lapse=lapse_of(versions))
    return Settled(tuple(map(_part, parts)), balance(entries, until), *((_date(lacking[0]), lacking[1]) if lacking else (None, 0)))


def due(entries: Iterable[Entry], until: dt.date, versions: Iterable[Version] = ()) -> list[tuple[int, dt.date, int]]:
    """What should have expired by the end of a day, whatever was posted as expired: (lot, day, points), by day, each lot at most once a day.

    A lot is over on its own day. One without a fixed day is over when the member neither earned nor redeemed for as long as the `versions` of
    the rules say, if they do. A lot that was posted after its end is over on the day on which it was posted, and what a reversal gives back to
    one on the day of the reversal: until then those points were not there. Posting what comes back, one row of kind expire each on its day,
    and asking again gives the same.
    """
    entries, lapse, found = list(entries), lapse_of(versions), []
    over = _over(entries, until, lapse)
    for back in sorted(_late_reversals(entries, until), reverse=True):
        known = _over(entries, back - dt.timedelta(1), lapse) if over else {}
        for lot, (day, points) in over.items():
            before = min(known[lot][1], points) if lot in known else 0
            if points > before:
                found.append((lot, max(day, back), points - before))
        over = {lot: (day, min(points, over[lot][1])) for lot, (day, points) in known.items() if lot in over}
    found += ((lot, day, points) for lot, (day, points) in over.items())
    return sorted(found, key=lambda one: (one[1], one[0]))


def _over(entries: list[Entry], until: dt.date, lapse: fifo.Lapse | None) -> dict[int, tuple[dt.date, int]]:
    """{lot: (day, points)} of what is over by the end of a day, by what was known then."""
    parts = fifo.replay(_rows(entries, until), _number(until), lapse)
    return {lot: (_date(taken_on), points) for lot, _, _, points, fate, taken_on, _ in parts if fate == fifo.EXPIRED}


def _late_reversals(entries: list[Entry], until: dt.date) -> set[dt.date]:
    """The days on which a movement of an earlier day was taken back; what expired plays no part."""
    of = {entry.id: entry for entry in entries if entry.kind != "expire"}
    pairs = ((entry, of.get(entry.reverses_id)) for entry in entries if entry.reverses_id is not None and entry.posted_on <= until)
    return {entry.posted_on for entry, taken in pairs if taken and taken.posted_on < entry.posted_on}


def _rows(entries: list[Entry], until: dt.date) -> list[fifo.Row]:
    known = [entry for entry in entries if entry.posted_on <= until]
    rows = (fifo.row(e.id, _number(e.posted_on), fifo.CODES[e.kind], e.points, _number(e.lot_on), _number(e.expires_on)) for e in known)
    return fifo.standing(rows, {entry.id: entry.reverses_id for entry in known if entry.reverses_id is not None})


def _part(part: fifo.PartRow) -> Part:
    lot, issued, expires, points, fate, taken_on, taken_by = part
    return Part(lot, _date(issued), _date(expires), points, FATES[fate], _date(taken_on), taken_by or None)


def _number(day: dt.date | None) -> int | None:
    return None if day is None else day.toordinal() - EPOCH


def _date(number: int) -> dt.date | None:
    return None if number in (UNKNOWN, NEVER) else dt.date.fromordinal(number + EPOCH)
