"""Where members stand on a day: what the next tier wants, and what becomes of theirs if nothing more happens; for many, in arrays."""

import datetime as dt
from collections.abc import Iterable

import numpy as np

from crm_core.programme.climbing import Climb
from crm_core.programme.fifo import NEVER
from crm_core.programme.measuring import NO_NUMBER, Ladder
from crm_core.programme.months import days, numbers
from crm_core.programme.rules import Version
from crm_core.programme.spells import Columns, Given, as_spells, climbed, given_by_hand, in_order, laid_over, words
from crm_core.programme.terms import MEASURES

STANDING = ("member", "tier", "rank", "from_on", "until_on", "by_hand", "next_tier", "measure", "has", "wants", "missing", "falls_to", "keeps_with")
NONE = -1


def many(members: Columns, activity: Columns, versions: Iterable[Version], overrides: Columns | None, until: dt.date) -> tuple[dict, dict]:
    """(spells, standings) of members of one programme at the end of a day: arrays under the names of SPELL and STANDING.

    Takes columns: members (member: ascending numbers, enrolled_on, closed_on, tier as told), activity (member, day, nights, stays, points;
    by member, then day), overrides (member, tier, from_on, until_on). Activity outside a membership counts for nothing; who has no day of
    enrolment is in no tier. Days come back as datetime64[D], NaT for none; a missing word is None, a missing number −1. There is one standing
    per member; its `tier` is None for who is no member on that day, and its other columns mean nothing then.
    """
    ids, last = np.asarray(members["member"], np.int64), int(numbers(until, NEVER))
    given, begun = given_by_hand(ids, overrides), [version for version in versions if version.from_on <= until]
    climb, ladder = climbed(members, activity, begun, last)
    shown = _shown(climb, given, last)
    hand = {place: lasting[-1] for place, mine in given.items() if (lasting := [one for one in mine if one[1] <= last < one[2]])}
    lower = _afterwards(members, activity, begun, {place: given[place] for place in hand}, hand, last) if hand and ladder else {}
    return as_spells(ids, shown, climb), _standings(ids, shown, climb, ladder, hand, lower, last)


def _shown(climb: Climb, given: dict[int, list[Given]], last: int) -> np.ndarray:
    """(climbing.EVENT × spells) what changed the tier that is shown."""
    happened = laid_over(in_order(climb), given, climb, last)
    return happened[:, np.diff(happened[0] * (len(climb.names) + 1) + happened[2], prepend=NONE) != 0]


def _standings(ids, shown: np.ndarray, climb: Climb, ladder: Ladder | None, hand: dict[int, Given], after: dict[int, int], last: int) -> dict:
    """The columns of STANDING; `hand`: the tiers given by hand that last, by the place of the member; `after`: the ranks that follow them."""
    members = np.arange(len(ids))
    latest = np.searchsorted(shown[0], members, "right") - 1
    here = (latest >= 0) & (climb.ends > last)
    here[here] = shown[0, latest[here]] == members[here]
    tier, begins, over = np.full(len(ids), NONE), np.full(len(ids), NEVER), np.where(here, climb.over, NEVER)
    tier[here], begins[here] = shown[2, latest[here]], shown[1, latest[here]]
    rank, given = np.where(here, np.maximum(climb.rank, 0), NONE), np.array([place for place in hand if here[place]], np.int64)
    over[given] = [hand[place][2] for place in given.tolist()]
    found = {"member": ids, "tier": words(climb.names, tier), "rank": rank, "from_on": days(begins, NEVER), "until_on": days(over, NEVER),
             "by_hand": np.isin(members, given), **{name: np.full(len(ids), NONE) for name in STANDING[6:]}}  # fmt: skip
    if ladder:
        rank[given] = [ladder.names.index(hand[at][0]) if hand[at][0] in ladder.names else rank[at] for at in given.tolist()]
        _tell(found, np.flatnonzero(here), rank[here], climb, ladder, last)
        found["falls_to"][given] = [after[at] if after[at] < rank[at] else NONE for at in given.tolist()]
        found["keeps_with"][given] = NONE
    names = ladder.names if ladder else []
    return found | {name: words(known, found[name]) for name, known in (("next_tier", names), ("falls_to", names), ("measure", MEASURES))}


def _tell(found: dict, members: np.ndarray, rank: np.ndarray, climb: Climb, ladder: Ladder, last: int) -> None:
    """Fill in what the next tier wants of some members, and what becomes of theirs."""
    now = climb.activity.between(members, *ladder.window(np.full(len(members), last)))
    ends = np.minimum(climb.over[members], NEVER - 1)
    then = climb.activity.between(members, *ladder.last_window(ends))
    for at in range(len(ladder.names)):
        mine = np.flatnonzero(rank == at)
        _tell_tier(found, members[mine], at, now[:, mine], then[:, mine], ladder)


def _tell_tier(found: dict, members: np.ndarray, rank: int, now: np.ndarray, then: np.ndarray, ladder: Ladder) -> None:
    """The same for members of one tier; `now` is what they did in the window of today, `then` in that on the day on which the tier is over."""
    is_last, each = rank + 1 == len(ladder.names), np.arange(len(members))
    wants = np.where(ladder.retain[rank] > 0, ladder.retain[rank], NO_NUMBER) if is_last else ladder.qualify[rank + 1]
    measure = _nearest(wants, ladder.retain[rank], then if is_last else now)
    known = measure >= 0
    found["measure"][members], found["has"][members] = measure, np.where(known, now[measure, each], NONE)
    if not is_last:
        found["next_tier"][members], found["wants"][members] = rank + 1, wants[measure]
        found["missing"][members] = np.maximum(wants[measure] - now[measure, each], 0)
    if rank:
        keeps, asked = ladder.kept(then, np.full(len(members), rank)), ladder.retain[rank][measure]
        found["falls_to"][members] = np.where(keeps < rank, keeps, NONE)
        lacking = np.where(known & (asked != NO_NUMBER), asked - then[measure, each], NONE)
        found["keeps_with"][members] = np.where(keeps == rank, 0, lacking)


def _nearest(wants: np.ndarray, keeps: np.ndarray, done: np.ndarray) -> np.ndarray:
    """The measure of which the smallest share is missing, of those by which a tier is also kept, where there are any; −1 without any."""
    asked = np.flatnonzero(wants != NO_NUMBER)
    both = [measure for measure in asked if 0 < keeps[measure] != NO_NUMBER] or list(asked)
    if not both:
        return np.full(done.shape[1], NONE)
    return np.array(both)[np.argmin([(wants[measure] - done[measure]) / wants[measure] for measure in both], axis=0)]


def _afterwards(members: Columns, activity: Columns, begun: list[Version], given: dict[int, list[Given]], hand: dict[int, Given], last: int) -> dict:
    """Member's place → rank on the day on which a tier given by hand is over, if the member does nothing more and the rules stay."""
    places = np.array(list(given))
    ids, horizon = np.asarray(members["member"], np.int64)[places], max(one[2] for one in hand.values())
    some = {name: np.asarray(members[name])[places] for name in ("member", "enrolled_on", "closed_on", "tier") if name in members}
    known = np.isin(np.asarray(activity["member"], np.int64), ids) & (numbers(activity["day"], NEVER) <= last)
    did = {name: np.asarray(activity[name])[known] for name in ("member", "day", *MEASURES)}
    climb, _ = climbed(some, did, begun, horizon)
    shown = _shown(climb, dict(enumerate(given.values())), horizon)
    by_then = {place: shown[:, (shown[0] == at) & (shown[1] <= hand[place][2])] for at, place in enumerate(given)}
    return {place: int(events[3, -1]) if events.size else 0 for place, events in by_then.items()}
