"""The ledger of one membership: its balance, what became of every lot of points, and what should have expired."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One movement of points, as the ledger has it; `points` is the member's side."""

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
    """A part of a lot and what became of it; an open one was taken by nobody."""

    lot_id: int
    issued_on: dt.date | None  # None: of unknown age
    expires_on: dt.date | None
    points: int
    fate: str  # one of FATES
    taken_on: dt.date | None = None
    taken_by: int | None = None


@dataclass(frozen=True)
class Settled:
    """A membership on a day: the parts of its lots, its balance, and the first day on which it was short of points, by how many."""

    parts: tuple[Part, ...]
    balance: int
    short_on: dt.date | None = None
    short_by: int = 0
