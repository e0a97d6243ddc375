"""The tier of a member on every day, from activity and rules: what a member has reached, keeps, and falls to."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Spell:
    """A time in one tier: from a day on, until before another (None: still); `why` it began."""

    tier: str
    rank: int
    from_on: dt.date
    until_on: dt.date | None
    why: str


@dataclass(frozen=True)
class Standing:
    """Where a member stands on a day, what the next tier still wants, and what becomes of this one if nothing more happens."""

    tier: str
    rank: int
    from_on: dt.date
    until_on: dt.date | None
    next_tier: str | None
    measure: str | None
    has: int
    wants: int
    missing: int
    falls_to: str | None
    keeps_with: int
