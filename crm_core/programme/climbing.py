"""The law of tiers: how members climb, keep and fall under the rules of each time; all members step by step at once.

- Who enrols has the lowest tier. On a day of activity, and on the first day of new rules, what was done in the window that ends on it counts: if
  it leads into a higher tier, the member has that at once, and if it leads into the member's own again, that is valid anew. A day is one of
  activity where something was done that a tier asks for: under rules that count nights, points alone make none.
- On the day on which a tier is over, the window that ends on it counts: what keeps the tier makes it valid again, otherwise the member falls to
  the highest lower tier that is kept so. Activity of that day counts first.
- New rules find a member's tier by its name, or, where it is gone, by its place from below.
"""

from dataclasses import dataclass, field

import numpy as np

from crm_core.programme.fifo import NEVER
from crm_core.programme.measuring import Activity, Ladder

WHYS = ("enrolled", "qualified", "kept", "fell", "by_hand", "as_told")
ENROLLED, QUALIFIED, KEPT, FELL, BY_HAND, AS_TOLD = range(len(WHYS))
EVENT = ("member", "day", "tier", "rank", "why")  # tier: a place in Climb.names


@dataclass
class Climb:
    """Members on their way: when each came and goes (NEVER: stays), the tier each has, and what has happened so far."""

    enrolled: np.ndarray
    ends: np.ndarray
    activity: Activity
    names: list[str] = field(default_factory=list)
    times: list[tuple[int, list[str]]] = field(default_factory=list)  # from which day on there were which tiers
    happened: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rank = np.full(len(self.enrolled), -1)
        self.over = np.full(len(self.enrolled), NEVER)  # the day on which the tier is over

    def through(self, ladder: Ladder, begins: int, before: int) -> None:
        """Live through the time of some rules, from a day on, until before another."""
        self.places = np.array([self.place(name) for name in ladder.names])
        start, limit = np.maximum(begins, self.enrolled), np.minimum(before, self.ends)
        here = np.flatnonzero(start < limit)
        self._translate(here[self.rank[here] >= 0], ladder, begins)
        self.times.append((begins, ladder.names))
        new = here[self.rank[here] < 0]
        self.rank[new] = 0
        self._note(new, start[new], ENROLLED)
        known = here[self.enrolled[here] < begins]
        day = np.full(len(known), begins)
        self._climb(known, ladder.reached(self.activity.between(known, *ladder.window(day))), day, ladder)
        self._live(ladder, here, limit, *self._reaches(ladder, begins, before))

    def place(self, name: str) -> int:
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def _note(self, members: np.ndarray, day: np.ndarray, why: int) -> None:
        rank = self.rank[members]
        self.happened.append(np.stack([members, day, self.places[rank], rank, np.full(len(members), why)]))

    def _translate(self, members: np.ndarray, ladder: Ladder, day: int) -> None:
        """Bring members from the rules before into these."""
        if not len(members):
            return
        before = self.times[-1][1]
        to = np.array([ladder.names.index(name) if name in ladder.names else min(at, len(ladder.names) - 1) for at, name in enumerate(before)])
        kept_name = np.array([name in ladder.names for name in before])
        was = self.rank[members]
        self.rank[members] = to[was]
        fresh = np.full(len(members), day)
        self.over[members] = np.where(to[was] == 0, NEVER, np.where(self.over[members] == NEVER, ladder.valid(fresh), self.over[members]))
        renamed = ~kept_name[was]
        self._note(members[renamed], fresh[renamed], KEPT)

    def _reaches(self, ladder: Ladder, begins: int, before: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(member, day, tier) of all activity that leads into more than the lowest tier: whoever has none is never looked at again."""
        during = np.flatnonzero((self.activity.day >= begins) & (self.activity.day < before) & self.activity.of(ladder.asked))
        member, day = self.activity.member[during], self.activity.day[during]
        reached = ladder.reached(self.activity.between(member, *ladder.window(day)))
        some = reached > 0
        return member[some], day[some], reached[some]

    def _live(self, ladder: Ladder, here: np.ndarray, limit: np.ndarray, member: np.ndarray, day: np.ndarray, reached: np.ndarray) -> None:
        """Take the next step of every member until none is left: activity, or the end of a tier, whichever comes first."""
        numbers = np.arange(len(self.rank))
        at, end = np.searchsorted(member, numbers), np.searchsorted(member, numbers, "right")
        day, reached = np.append(day, NEVER), np.append(reached, 0)
        while len(here := here[(at[here] < end[here]) | (self.over[here] < limit[here])]):
            next_ = np.where(at[here] < end[here], day[at[here]], NEVER)
            is_active = next_ <= self.over[here]
            active, done = here[is_active], here[~is_active]
            self._climb(active, reached[at[active]], next_[is_active], ladder)
            at[active] += 1
            self._end(done, ladder)

    def _climb(self, members: np.ndarray, reached: np.ndarray, day: np.ndarray, ladder: Ladder) -> None:
        has, valid = self.rank[members], ladder.valid(day)
        again, up = (reached == has) & (has > 0), reached > has
        self.over[members[again]] = np.maximum(self.over[members[again]], valid[again])
        self.over[members[up]], self.rank[members[up]] = valid[up], reached[up]
        self._note(members[up], day[up], QUALIFIED)

    def _end(self, members: np.ndarray, ladder: Ladder) -> None:
        """What becomes of members whose tier is over."""
        day, has = self.over[members], self.rank[members]
        keeps = ladder.kept(self.activity.between(members, *ladder.last_window(day)), has)
        self.rank[members] = keeps
        self.over[members] = np.where(keeps > 0, ladder.valid_again(day), NEVER)
        self._note(members[keeps == has], day[keeps == has], KEPT)
        self._note(members[keeps < has], day[keeps < has], FELL)
