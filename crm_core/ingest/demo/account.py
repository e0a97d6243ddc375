"""A member's account in the demo: its lines, and what became of every lot."""
import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.programmes import rules
from crm_core.programme.rules import expires_on

NONE = -1


class Line(NamedTuple):
    """One movement of points. Lines of a day are in the order of `place`; `of` is the line that this one takes back, or the lot that expires,
    by its number in the account."""

    day: int
    place: int
    kind: str
    points: int
    spend: str = ""
    stay: int = NONE
    amount: int | None = None
    of: int = NONE
    reason: str | None = None


@dataclass
class Account:
    """What a member's ledger holds by the as-of date, and the tier; `fates`: (day of issue, redeemed | expired | adjusted | open, points)."""

    person: int
    tier: str
    lines: list[Line] = field(default_factory=list)
    fates: list[tuple[int, str, int]] = field(default_factory=list)


@cache
def date(day: int) -> dt.date:
    """Return a day of history as a date."""
    return p.START + dt.timedelta(day)


@cache
def lasts_until(day: int) -> int:
    """Return the first day on which points issued on a day are no longer valid."""
    return (expires_on(rules(), date(day)) - p.START).days
