"""Who was in which tier when: the way of many members through the rules, with what was given by hand laid over it."""

from collections.abc import Iterable, Mapping

import numpy as np

from crm_core.programme.climbing import AS_TOLD, BY_HAND, WHYS, Climb
from crm_core.programme.fifo import NEVER
from crm_core.programme.measuring import Activity, Ladder
from crm_core.programme.months import days, numbers
from crm_core.programme.rules import Version, spans
from crm_core.programme.terms import MEASURES

SPELL = ("member", "tier", "rank", "from_on", "until_on", "why")

Columns = Mapping[str, object]  # one array per name: a dict, or a frame
Given = tuple[str, int, int]  # tier, from a day on, until before another


def climbed(members: Columns, activity: Columns, versions: list[Version], last: int) -> tuple[Climb, Ladder | None]:
    """Members after their way up to and including the day `last`, and the rules that are in force on it (None: none)."""
    ids = np.asarray(members["member"], np.int64)
    enrolled, ends = numbers(members["enrolled_on"], NEVER), numbers(members["closed_on"], NEVER)
    climb, ladder = Climb(enrolled, np.where(ends > last, NEVER, ends), _activity(ids, enrolled, ends, activity, last)), None
    times = [(int(numbers(begins, NEVER)), int(numbers(ends, NEVER)), rules) for begins, ends, rules in spans(versions)]
    _told(climb, members, min([last + 1, *(begins for begins, _, _ in times)]))
    for begins, before, rules in times:
        if begins <= last:
            ladder = Ladder(rules)
            climb.through(ladder, begins, min(before, last + 1))
    return climb, ladder


def _activity(ids: np.ndarray, enrolled: np.ndarray, ends: np.ndarray, activity: Columns, last: int) -> Activity:
    of, day = np.asarray(activity["member"], np.int64), numbers(activity["day"], NEVER)
    member = np.minimum(np.searchsorted(ids, of), len(ids) - 1)
    found = Activity(member, day, *(np.asarray(activity[name], np.int64) for name in MEASURES))
    counts = (ids[member] == of) & (enrolled[member] <= day) & (day < ends[member]) & (day <= last) if len(ids) else np.zeros(len(of), bool)
    return found if counts.all() else found.where(counts)


def _told(climb: Climb, members: Columns, before: int) -> None:
    """Note what the source tells of everyone who enrolled before there were rules."""
    early = np.flatnonzero((climb.enrolled < before) & (climb.enrolled < climb.ends))
    if len(early):
        names, which = np.unique([tier or "" for tier in np.asarray(members["tier"], object)[early].tolist()], return_inverse=True)
        place = np.array([climb.place(str(name)) for name in names])[which]
        climb.happened.append(np.stack([early, climb.enrolled[early], place, np.zeros(len(early), int), np.full(len(early), AS_TOLD)]))


def in_order(climb: Climb) -> np.ndarray:
    """(climbing.EVENT × n) what happened, by member and day; of several on one day the last."""
    happened = np.concatenate([np.empty((5, 0), np.int64), *climb.happened], axis=1)
    happened = happened[:, np.lexsort((happened[1], happened[0]))]
    same = (happened[0, 1:] == happened[0, :-1]) & (happened[1, 1:] == happened[1, :-1])
    return happened[:, ~np.append(same, False)[: happened.shape[1]]]


def given_by_hand(ids: np.ndarray, overrides: Columns | None) -> dict[int, list[Given]]:
    """The tiers given by hand, by the place of the member; the later one comes last, and counts."""
    found: dict[int, list[Given]] = {}
    if overrides is not None and len(overrides["member"]):
        of, begins, ends = np.asarray(overrides["member"], np.int64), numbers(overrides["from_on"], NEVER), numbers(overrides["until_on"], NEVER)
        for member, tier, begin, end in zip(of.tolist(), list(overrides["tier"]), begins.tolist(), ends.tolist(), strict=True):
            place = int(np.searchsorted(ids, member))
            if place < len(ids) and ids[place] == member and begin < end:
                found.setdefault(place, []).append((tier, begin, end))
    return {member: sorted(mine, key=lambda one: one[1]) for member, mine in sorted(found.items())}


def laid_over(happened: np.ndarray, given: dict[int, list[Given]], climb: Climb, last: int) -> np.ndarray:
    """What happened, with the tiers given by hand in the place of the law's."""
    if not given:
        return happened
    others = ~np.isin(happened[0], list(given))
    begin, end = (np.searchsorted(happened[0], list(given), side) for side in ("left", "right"))
    new = [_one_laid_over(happened[:, first:after].T.tolist(), mine, climb, last)
           for first, after, mine in zip(begin.tolist(), end.tolist(), given.values(), strict=True) if first < after]  # fmt: skip
    both = np.concatenate([happened[:, others], *(np.array(events, np.int64).T for events in new)], axis=1)
    return both[:, np.argsort(both[0], kind="stable")]


def _one_laid_over(events: list[list[int]], mine: list[Given], climb: Climb, last: int) -> list[list[int]]:
    """One member's events, with a new one on each day on which a tier given by hand begins, ends, or hides another."""
    member, ends = events[0][0], min(climb.ends[events[0][0]], last + 1)
    turns = {event[1] for event in events} | {day for _, begin, end in mine for day in (begin, end)}
    found = []
    for day in sorted(turn for turn in turns if events[0][1] <= turn < ends):
        law = [event for event in events if event[1] <= day][-1]
        hand = [tier for tier, begin, end in mine if begin <= day < end]
        found.append([member, day, *(_hand(hand[-1], day, law, climb) if hand else law[2:])])
    return found


def _hand(tier: str, day: int, law: list[int], climb: Climb) -> list[int]:
    """(tier, rank, why) of a tier given by hand; one that the rules do not know ranks as the tier that it hides."""
    known = next((names for begins, names in reversed(climb.times) if begins <= day), [])
    return [climb.place(tier), known.index(tier) if tier in known else law[3], BY_HAND]


def as_spells(ids: np.ndarray, shown: np.ndarray, climb: Climb) -> dict[str, np.ndarray]:
    """What is shown of all members, each until the next of the same member, or until the member leaves."""
    member, day, tier, rank, why = shown
    ends = climb.ends[member]
    ends[:-1] = np.where(member[1:] == member[:-1], day[1:], ends[:-1])
    return dict(zip(SPELL, (ids[member], words(climb.names, tier), rank, days(day, NEVER), days(ends, NEVER), words(WHYS, why)), strict=True))


def words(known: Iterable[str], places: np.ndarray) -> np.ndarray:
    """Words by their places; None for −1."""
    return np.array([*known, None], object)[places]
