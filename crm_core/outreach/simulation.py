"""Which messages of a journey are due on which day: for a span that is past, to see what would have been sent, and for today, to send it."""
import datetime as dt
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_core.i18n import N_
from crm_core.outreach.draw import held
from crm_core.outreach.journeys import EXITS, STANDING, Journey

COLUMNS = ("guest_id", "property_id", "occasion", "step", "due_on", "arm", "state", "why")
CONTACT, HELD_OUT = "contact", "held_out"
DUE, LEFT = "due", "left"
MESSAGE = "message"  # the kind of an event: somebody else's message to the guest
# Why a message is not due. After an exit, or where the guest was on the journey lately, nothing follows.
WHYS = {
    "booked": N_("Booked"), "cancelled": N_("Cancelled"), "unsubscribed": N_("Unsubscribed"), "complained": N_("Complained"),
    "once": N_("On this journey lately"), "not_meant": N_("Not meant by the rule"), "frequency_cap": N_("Enough messages lately"),
}  # fmt: skip
FINAL = (*EXITS, "once")
NEVER = 10**7  # days since 1970


@dataclass(frozen=True)
class Simulated:
    """One row per occasion and step that came up (COLUMNS), and what they come to; held-out guests are in none but `held_out`."""

    rows: pd.DataFrame
    people: int  # who would get at least one message
    twice: int  # who would get two or more
    messages: int
    held_out: int  # held-out guests for whom a message would have been due
    left: dict[str, int]  # messages that are not due, by reason


def simulate(journey: Journey, occasions: pd.DataFrame, events: pd.DataFrame, from_on: dt.date, to_on: dt.date, salt: str,
             already: pd.DataFrame | None = None, *, since: dt.date | None = None, meets: Mapping[int, Collection[int]] | None = None) -> Simulated:
    """Return what of a journey comes up on the days from `from_on` until before `to_on`.

    occasions: guest_id, property_id, occasion (its name, once per guest), on (the date of Kind.date) and, if there is one, known_on: what was
    not known on the due day is not written. events: guest_id, kind (EXITS, or "message" for one that is not of this journey), on and, if there is
    one, occasion ("" for all of the guest's). An exit counts before the due day: if it is of the occasion, if it is STANDING, or from the
    day on which the journey or its occasion began (a next stay that was booked before that ends it only as an event of the occasion). The
    cap counts all messages of its last days, today's included.

    already: rows of earlier runs. since: when the journey began to run (`from_on` if not said); an occasion that began before and is not in
    `already` is left alone. Run day by day with the rows of the days before, it says the same as once for all of them.
    meets: by the number of a step (from 1), the guests whom its rule means; a step with a rule must be there.
    A held-out guest's days are reckoned as if the messages were sent, so that both arms are alike.
    """
    span = [_day(from_on), _day(to_on)]
    came = _came_up(journey, occasions, span, _day(since or from_on), already)
    came = _with_exits(came, journey, events).sort_values(["due", "guest_id", "property_id", "occasion", "step"], ignore_index=True)
    came["others"] = _others(came, journey, events)
    came["meant"] = _meant(came, journey, meets or {})
    came["why"] = list(_reasons(came, journey, _Past(already, journey)))
    return _simulated(came[came.why.notna()], journey, salt)


def _day(day: dt.date) -> int:
    return int(np.datetime64(day, "D").astype(int))


def _days(days: pd.Series) -> np.ndarray:
    """Days since 1970 of a column of dates; NEVER where there is none."""
    found = pd.to_datetime(days).to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(found), NEVER, found.astype(np.int64))


# --- what comes up ------------------------------------------------------------------------------------------------------
def _came_up(journey: Journey, occasions: pd.DataFrame, span: list[int], since: int, already: pd.DataFrame | None) -> pd.DataFrame:
    """One row per occasion and step whose due day lies in the span: guest_id, property_id, occasion, began, due, step."""
    o = occasions[["guest_id", "property_id", "occasion"]].assign(on=_days(occasions["on"]))
    o["known"] = _days(occasions["known_on"]) if "known_on" in occasions else -NEVER
    o = o[o.on < NEVER].sort_values(["guest_id", "occasion", "on", "property_id"]).drop_duplicates(["guest_id", "occasion"])
    o["began"] = o.on + min(journey.begins(), 0)
    o = o[(np.maximum(o.on + journey.due()[0], o.known) >= since) | _among(o, already)]
    steps = [o.assign(step=step, due=o.on + days) for step, days in enumerate(journey.due(), 1)]
    every = pd.concat([one[(one.due >= span[0]) & (one.due < span[1]) & (one.known <= one.due)] for one in steps], ignore_index=True)
    return every[~_among(every, already, ["guest_id", "occasion", "step"])]


def _among(rows: pd.DataFrame, already: pd.DataFrame | None, names: Iterable[str] = ("guest_id", "occasion")) -> np.ndarray:
    if already is None or already.empty or rows.empty:
        return np.zeros(len(rows), bool)
    names = list(names)
    return pd.MultiIndex.from_frame(rows[names]).isin(pd.MultiIndex.from_frame(already[names]))


# --- what ends it, and what else was written ----------------------------------------------------------------------------
def _with_exits(came: pd.DataFrame, journey: Journey, events: pd.DataFrame) -> pd.DataFrame:
    """With `exit`, the kind of the first exit before the due day, "" for none; of one day the first of EXITS."""
    first, kind = np.full(len(came), NEVER), np.full(len(came), "", object)
    for one in journey.exit:
        on = _first_exit(came, one, events[(events["kind"] == one).to_numpy()])
        kind, first = np.where(on < first, one, kind), np.minimum(first, on)
    return came.assign(exit=np.where(first < came.due.to_numpy(), kind, ""))


def _first_exit(came: pd.DataFrame, kind: str, events: pd.DataFrame) -> np.ndarray:
    """The day of the first exit of a kind that counts for each row; NEVER where there is none."""
    found = events[["guest_id"]].assign(on=_days(events["on"]), occasion=events["occasion"].fillna("") if "occasion" in events else "")
    tied = found[found.occasion != ""].groupby(["guest_id", "occasion"])["on"].min()
    own = tied.reindex(pd.MultiIndex.from_frame(came[["guest_id", "occasion"]])).fillna(NEVER).to_numpy() if len(tied) else NEVER
    since = -NEVER if kind in STANDING else came.began.to_numpy()
    return np.minimum(_next(found[found.occasion == ""], came.guest_id.to_numpy(), since), own)


def _keys(guests: np.ndarray, days: np.ndarray | int) -> np.ndarray:
    """Guest and day as one number, in the order of guests and then days."""
    return guests.astype(np.int64) * (4 * NEVER) + days + 2 * NEVER


def _next(events: pd.DataFrame, guests: np.ndarray, since: np.ndarray | int) -> np.ndarray:
    """The day of each guest's first event from a day on; NEVER where there is none."""
    keys = np.sort(_keys(events.guest_id.to_numpy(), events.on.to_numpy()))
    place = np.searchsorted(keys, _keys(guests, since))
    found = np.append(keys, np.iinfo(np.int64).max)[place] - _keys(guests, 0)
    return np.where(found < NEVER, found, NEVER)


def _others(came: pd.DataFrame, journey: Journey, events: pd.DataFrame) -> np.ndarray | int:
    """How many messages of others a guest got in the days that the cap looks back over."""
    if journey.cap is None:
        return 0
    mine = events[(events["kind"] == MESSAGE).to_numpy()]
    keys, guests, due = np.sort(_keys(mine["guest_id"].to_numpy(), _days(mine["on"]))), came.guest_id.to_numpy(), came.due.to_numpy()
    until, before = (np.searchsorted(keys, _keys(guests, due - days), "right") for days in (0, journey.cap[1]))
    return until - before


def _meant(came: pd.DataFrame, journey: Journey, meets: Mapping[int, Collection[int]]) -> np.ndarray:
    meant = np.ones(len(came), bool)
    for number, step in enumerate(journey.steps, 1):
        if step.rule:
            meant &= (came.step != number).to_numpy() | came.guest_id.isin(list(meets[number])).to_numpy()
    return meant


# --- day by day ---------------------------------------------------------------------------------------------------------
class _Past:
    """What is known of the days before: who is on the journey, who is off it, when guests began it, and when they were written to."""

    def __init__(self, already: pd.DataFrame | None, journey: Journey):
        self.on: set[tuple[int, str]] = set()
        self.off: set[tuple[int, str]] = set()
        self.began: dict[int, int] = {}
        self.sent: dict[int, deque[int]] = defaultdict(lambda: deque(maxlen=journey.cap[0] if journey.cap else 1))
        if already is not None and len(already):
            rows = already.assign(due=_days(already["due_on"]), why=already["why"].fillna("")).sort_values(["due", "guest_id"])
            for guest, occasion, due, why in zip(*(rows[name].tolist() for name in ("guest_id", "occasion", "due", "why")), strict=True):
                self.note(guest, occasion, due, why)

    def note(self, guest: int, occasion: str, due: int, why: str) -> None:
        """Keep what became of a message: "" where it was due."""
        if why in FINAL:
            self.off.add((guest, occasion))
            return
        if (guest, occasion) not in self.on:
            self.on.add((guest, occasion))
            self.began[guest] = due
        if not why:
            self.sent[guest].append(due)


def _reasons(came: pd.DataFrame, journey: Journey, past: _Past) -> Iterator[str | None]:
    """For each row, in the order of days: "" where it is due, why it is not, or None where the journey was over before."""
    columns = ("guest_id", "occasion", "due", "exit", "others", "meant")
    for guest, occasion, due, ended, others, meant in zip(*(came[name].tolist() for name in columns), strict=True):
        if (guest, occasion) in past.off:
            yield None
            continue
        why = ended or _why(guest, occasion, due, others, meant, journey, past)
        past.note(guest, occasion, due, why)
        yield why


def _why(guest: int, occasion: str, due: int, others: int, meant: bool, journey: Journey, past: _Past) -> str:
    """Why a message is not due, "" if it is; exits are seen before."""
    if journey.once_days is not None and (guest, occasion) not in past.on and due - past.began.get(guest, -NEVER) < journey.once_days:
        return "once"
    if not meant:
        return "not_meant"
    if journey.cap and others + sum(1 for day in past.sent[guest] if day > due - journey.cap[1]) >= journey.cap[0]:
        return "frequency_cap"
    return ""


# --- what it comes to ---------------------------------------------------------------------------------------------------
def _simulated(came: pd.DataFrame, journey: Journey, salt: str) -> Simulated:
    out = held(came.guest_id.unique().tolist(), salt, journey.holdout_bp)
    arm, due_on = np.where(came.guest_id.isin(list(out)), HELD_OUT, CONTACT), came.due.to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    rows = came.assign(due_on=due_on, arm=arm, state=np.where(came.why == "", DUE, LEFT))[list(COLUMNS)].reset_index(drop=True)
    due = rows[rows.state == DUE]
    each = due[due.arm == CONTACT].guest_id.value_counts()
    left = Counter(rows.why[(rows.state == LEFT) & (rows.arm == CONTACT)])
    return Simulated(rows, len(each), int((each > 1).sum()), int(each.sum()), due[due.arm == HELD_OUT].guest_id.nunique(),
                     {why: left[why] for why in WHYS if left[why]})  # fmt: skip
