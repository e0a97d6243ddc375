"""Lots of points in the demo: they come in, expire, and leave on the member's occasions, the oldest first."""
from collections import deque
from typing import NamedTuple

import numpy as np

from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.account import NONE, Account, Line, lasts_until
from crm_core.ingest.demo.hotels import DAYS
from crm_core.ingest.demo.streams import pick

CHANCES = 9  # uniforms that an occasion asks for
REWARDS = tuple(p.REWARDS)
WHOLE = 2000  # points below which a redemption is one reward
MORNING, EVENING = 0, 99  # what expired is gone in the morning; what is redeemed goes in the evening
FORFEITED = "Account closed: the points that were left are forfeited"


class Closing(NamedTuple):
    """The day on which an account is closed, and the uniforms of its last redemption."""

    day: int
    u: list[float]


def replay(account: Account, occasions: dict[int, list[float]], closing: Closing | None) -> None:
    """Go through an account day by day, and enter what is redeemed on each occasion (day → uniforms) and what expires by the as-of date."""
    lots: deque[list[int]] = deque()  # [line, points left]
    moves = [(line.day, line.points < 0, line.points, i) for i, line in _standing(account.lines)]  # of a day's lots, the smallest goes first
    for day, _, points, i in sorted(moves + [(day, EVENING, 0, NONE) for day in occasions]):
        _expire(account, lots, day)
        if i == NONE:
            _redeem(account, lots, day, occasions[day])
        elif points > 0:
            lots.append([i, points])
        else:
            account.lines[i] = account.lines[i]._replace(points=-_take(account, lots, -points, "adjusted"))
    if closing:
        _close(account, lots, closing)
    _expire(account, lots, DAYS - 1)
    account.fates += [(account.lines[i].day, "open", left) for i, left in lots]


def credits(lines: list[Line]) -> list[Line]:
    """Return the lines that open a lot."""
    return [line for _, line in _standing(lines) if line.points > 0]


def _standing(lines: list[Line]) -> list[tuple[int, Line]]:
    """The lines that nobody took back, with their numbers."""
    taken_back = {line.of for line in lines if line.kind == "reverse"}
    return [(i, line) for i, line in enumerate(lines) if line.kind != "reverse" and i not in taken_back]


def _close(account: Account, lots: deque, closing: Closing) -> None:
    """What is left on the last day is redeemed or forfeited."""
    _expire(account, lots, closing.day)
    if closing.u[8] >= p.FORFEITED:
        _redeem(account, lots, closing.day, closing.u)
    elif total := _take(account, lots, sum(left for _, left in lots), "adjusted"):
        account.lines.append(Line(closing.day, EVENING, "adjust", -total, reason=FORFEITED))


def _expire(account: Account, lots: deque, day: int) -> None:
    while lots and (end := lasts_until(account.lines[lots[0][0]].day)) <= day:
        i, left = lots.popleft()
        account.fates.append((account.lines[i].day, "expired", left))
        account.lines.append(Line(end, MORNING, "expire", -left, of=i))


def _redeem(account: Account, lots: deque, day: int, u: list[float]) -> None:
    """All that is there goes, for one to three rewards; a few are booked twice, and taken back the same day."""
    total = _take(account, lots, sum(left for _, left in lots), "redeemed")
    parts = 1 + int(pick(np.array(u[0]), p.REWARDS_AT_ONCE)) if total >= WHOLE else 1
    ends = np.cumsum([.5 + x for x in u[1:1 + parts]])
    for points, x in zip(np.diff(np.rint(total * ends / ends[-1]).astype(int), prepend=0).tolist(), u[4:7], strict=False):
        if points:
            reward = Line(day, EVENING, "burn", -points, REWARDS[int(pick(np.array(x), tuple(p.REWARDS.values())))], amount=worth(points))
            account.lines += [reward, *twice(reward, len(account.lines), u[7], day)]


def worth(points: int) -> int:
    """Return the EUR cents of points, rounded half up."""
    return (points * p.VALUE_PER_1000 + 500) // 1000


def twice(line: Line, number: int, u: float, day: int) -> list[Line]:
    """Return a second posting of the line with this number in the account, and the line of a day that takes it back; in most cases nothing."""
    return [line, line._replace(day=day, kind="reverse", points=-line.points, of=number + 1)] if u < p.POINTS_TWICE else []


def _take(account: Account, lots: deque, points: int, fate: str) -> int:
    """Take points from the oldest lots, at most what is there; return how many."""
    wanted = points
    while lots and wanted:
        i, left = lots[0]
        part = min(left, wanted)
        account.fates.append((account.lines[i].day, fate, part))
        wanted -= part
        lots[0][1] -= part
        if not lots[0][1]:
            lots.popleft()
    return points - wanted
