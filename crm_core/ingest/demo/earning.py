"""What members earn in the demo: points for joining and for every stay, at the tier on arrival; with the slips and favours of a desk."""
from collections.abc import Iterator

import numpy as np

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.account import Account, Line, date
from crm_core.ingest.demo.hotels import DAYS
from crm_core.ingest.demo.lots import twice
from crm_core.ingest.demo.members import Members
from crm_core.ingest.demo.programmes import rules
from crm_core.ingest.demo.spend import DEPARTMENTS, Spent
from crm_core.ingest.demo.stays import Stays
from crm_core.ingest.demo.streams import Streams
from crm_core.programme.rules import points_for

KINDS = ("room", *DEPARTMENTS)
BACK_WITHIN, ADJUSTED_WITHIN = 9, 30  # days
JOINING, FIRST_KIND, DESK = 1, 2, 50  # places among the lines of a day


def earn(streams: Streams, stays: Stays, spent: Spent, tiers: dict[int, str], members: Members, made: dict[int, Account]) -> None:
    """Enter what the members (by person) earn; `tiers` has the stays that earn, with the tier of each."""
    for n, account in made.items():
        account.lines.append(Line(int(members.enrolled[n]), JOINING, "earn", p.WELCOME, "welcome"))
    earned = list(_earned(stays, spent, tiers))
    chances = streams.draw("slips of the ledger", 5, len(earned)).T.tolist()
    for (n, line), u in zip(earned, chances, strict=True):
        last, lines = min(DAYS, int(members.closed[n])) - 1, made[n].lines
        back = line.day + 1 + int(u[1] * BACK_WITHIN)
        lines += [line, *(twice(line, len(lines), u[0], back) if back <= last else []), *_adjusted(line, last, *u[2:])]


def _earned(stays: Stays, spent: Spent, tiers: dict[int, str]) -> Iterator[tuple[int, Line]]:
    law, cents = rules(), _cents(stays, spent)
    for row, tier in tiers.items():
        day = int(stays.departure[row])
        for kind in np.flatnonzero(cents[row]).tolist():
            amount = int(cents[row, kind])
            if points := points_for(law, KINDS[kind], amount, 2, tier, date(day)):
                yield int(stays.guest[row]), Line(day, FIRST_KIND + kind, "earn", points, KINDS[kind], row, amount)


def _cents(stays: Stays, spent: Spent) -> np.ndarray:
    """EUR cents of each stay by kind of spend, the room first."""
    size = len(DEPARTMENTS)
    other = np.bincount(spent.stay * size + spent.department, spent.minor * stays.euro[spent.stay], len(stays.guest) * size)
    return np.rint(np.column_stack([stays.lodging * stays.euro, other.reshape(-1, size)])).astype(int)


def _adjusted(line: Line, last: int, u: float, later: float, which: float) -> list[Line]:
    """Now and then staff make something good, or put it right."""
    day, (reason, points) = line.day + 1 + int(later * ADJUSTED_WITHIN), p.ADJUSTMENTS[int(which * len(p.ADJUSTMENTS))]
    return [Line(day, DESK, "adjust", points, stay=line.stay, reason=reason)] if u < p.POINTS_ADJUSTED and day <= last else []
