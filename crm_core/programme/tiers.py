"""The tier of a member on every day, from activity and rules: what a member has reached, keeps, and falls to.

`climbing` has the law. A tier given by hand stands in the place of the member's own while it lasts; the law goes on below it. Before a programme
has rules, the tier is what the source tells. Days up to and including the one asked for are known, so that what is said of a day never changes.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from crm_core.programme.climbing import WHYS
from crm_core.programme.rules import Version
from crm_core.programme.spells import SPELL
from crm_core.programme.standings import STANDING, many

__all__ = ["SPELL", "STANDING", "WHYS", "Spell", "Standing", "many", "spells", "standing"]

Did = tuple[dt.date, int, int, int]  # day, nights, stays, points
Override = tuple[str, dt.date, dt.date]  # tier, from a day on, until before another


@dataclass(frozen=True)
class Spell:
    """A time in one tier: from a day on, until before another (None: still); `why` it began, one of WHYS."""

    tier: str
    rank: int  # from the lowest, 0, up, in the rules of its beginning
    from_on: dt.date
    until_on: dt.date | None
    why: str


@dataclass(frozen=True)
class Standing:
    """Where a member stands on a day, what the next tier still wants, and what becomes of this one if nothing more happens.

    `measure` is the one in which the member is nearest to the next tier, in the highest tier that in which it is nearest to be kept. Of the
    window that ends on the day the member `has` so many; the next tier `wants` so many. A tier that will be lost `falls_to` another on
    `until_on`; `keeps_with` so many more it would be kept, 0 where what was done is enough.
    """

    tier: str
    rank: int
    from_on: dt.date
    until_on: dt.date | None  # None: the lowest tier is never over
    by_hand: bool
    next_tier: str | None
    measure: str | None
    has: int | None
    wants: int | None
    missing: int | None
    falls_to: str | None
    keeps_with: int | None


def spells(activity: Iterable[Did], versions: Iterable[Version], enrolled_on: dt.date, closed_on: dt.date | None, overrides: Iterable[Override],
           until: dt.date, told: str = "") -> list[Spell]:  # fmt: skip
    """The tiers of one member in order, from enrolment until the end of a day; `told` is what the source says, for a time without rules."""
    found, _ = _of_one(activity, versions, enrolled_on, closed_on, overrides, until, told)
    rows = zip(*(found[name].tolist() for name in SPELL[1:]), strict=True)
    return [Spell(*row) for row in rows]


def standing(activity: Iterable[Did], versions: Iterable[Version], enrolled_on: dt.date, closed_on: dt.date | None, overrides: Iterable[Override],
             on: dt.date, told: str = "") -> Standing | None:  # fmt: skip
    """Where one member stands at the end of a day; None for who was not enrolled yet, or left by then."""
    _, found = _of_one(activity, versions, enrolled_on, closed_on, overrides, on, told)
    values = [found[name].tolist()[0] for name in STANDING[1:]]
    return None if values[0] is None else Standing(*(None if value == -1 else value for value in values))


def _of_one(activity, versions, enrolled_on, closed_on, overrides, until, told) -> tuple[dict, dict]:
    member = {"member": [0], "enrolled_on": [enrolled_on], "closed_on": [closed_on], "tier": [told]}
    activity, overrides = sorted(activity), list(overrides)
    did = dict(zip(("day", "nights", "stays", "points"), zip(*activity, strict=True) if activity else [()] * 4, strict=True))
    given = dict(zip(("tier", "from_on", "until_on"), zip(*overrides, strict=True) if overrides else [()] * 3, strict=True))
    return many(member, did | {"member": [0] * len(activity)}, versions, given | {"member": [0] * len(overrides)}, until)
