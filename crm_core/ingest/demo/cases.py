"""Service cases: what guests complained of, how soon it was solved, and who came back after it (lesson L14: fast cases are the small ones)."""
import json
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import feedback_parameters as f
from crm_core.ingest.demo.hotels import DAYS
from crm_core.ingest.demo.lead_rows import STAFF, moment
from crm_core.ingest.demo.records import NOBODY
from crm_core.ingest.demo.stays import CHECKED_OUT, ROOM_NUMBERS
from crm_core.ingest.demo.streams import normal, pick
from crm_core.records.case_rules import shipped

COLUMNS = ("id", "property_id", "profile_id", "stay_id", "source", "external_id", "batch_id", "kind", "severity", "status", "opened_at", "answered_at",
           "closed_at", "reopened", "text", "resolution", "compensation_minor", "currency", "room", "owner", "version", "revision", "aspect", "department",
           "priority", "opened_from", "answer_due_at", "due_at", "told_at", "root_cause",
           "review_id")
STEP = ("id", "service_case_id", "kind", "actor", "at", "batch_id", "revision")
KINDS = tuple(f.CASE_KINDS)
YEAR = 365
DUE = {"urgent": (1, 4), "high": (2, 8), "normal": (4, 24), "low": (8, 72)}  # hours to the first answer and to the solution, with the desk always open
ABOUT = {  # aspect, department, root causes, what was said, what was done
    "noise": ("noise", "front_desk", ("other_guests", "building"), "Guests next door are loud after midnight.",
              "Spoke with the neighbours and offered another room."),
    "cleanliness": ("cleanliness", "housekeeping", ("too_few_staff", "staff_mistake"), "The bathroom was not cleaned.", "Room cleaned again and checked."),
    "air": ("room", "maintenance", ("broken", "worn_out"), "The air conditioning does not cool.", "Filter changed and unit tested."),
    "billing": ("value", "accounts", ("booking", "staff_mistake"), "The bill has a minibar charge that is not ours.", "Charge taken off the bill."),
    "wifi": ("wifi", "it", ("system", "building"), "No Wi-Fi in the room.", "Access point restarted."),
    "staff": ("staff", "management", ("training", "too_few_staff"), "Nobody at the desk was willing to help.", "Manager spoke with the guest and the team."),
    "food": ("food", "restaurant", ("supplier", "too_few_staff"), "Breakfast was cold and late.", "Breakfast served again with apologies."),
    "other": ("facilities", "front_desk", ("expectation", "broken"), "The lift was out of order.", "Guest was helped with the luggage."),
}


KIND_OF = {about[0]: k for k, about in enumerate(ABOUT.values())}  # of an aspect that a review blames


@dataclass(frozen=True)
class Cases:
    """One row per case: the stay (a row of the block's), the class of speed, whether it is major, the kind, the review that it was opened from
    (0: none); moments in days (DAYS: not yet)."""

    stay: np.ndarray
    speed: np.ndarray
    major: np.ndarray
    kind: np.ndarray
    review: np.ndarray
    opened: np.ndarray
    answered: np.ndarray
    closed: np.ndarray


@dataclass(frozen=True)
class Case:
    """A case as it went: who worked on it, whether it is over, was opened again, when the guest was told; chance for what it cost and came from."""

    number: int
    stay: int
    major: bool
    kind: str
    review: int | None
    opened: float
    answered: float
    closed: float
    told: float
    again: bool
    owner: str
    paid: bool
    chance: float

    @property
    def over(self) -> bool:
        """Whether it was solved by the last day of history."""
        return self.closed < DAYS

    @property
    def priority(self) -> str:
        """How soon it is due: what is serious goes first, as the rules say."""
        return "high" if self.major else "normal"


def open_desk(writer, profile) -> None:
    """Write the rules that cases are routed by, and within how many hours each hotel means to answer and solve, by priority."""
    rules = list(enumerate(shipped(), 1))
    writer.rows(schema.case_rule, ("id", "place", "name", "fits", "sets", "is_active", "version"), (
        (number, place, rule.name, json.dumps(rule.fits), json.dumps(rule.sets), 1, 1)
        for number, (place, rule) in zip(writer.take(schema.case_rule, len(rules)), rules, strict=True)))
    rows = [(h, priority, *hours) for h in range(1, len(profile.hotels) + 1) for priority, hours in DUE.items()]
    writer.rows(schema.service_target, ("id", "property_id", "priority", "answer_hours", "solve_hours", "version"), (
        (number, *row, 1) for number, row in zip(writer.take(schema.service_target, len(rows)), rows, strict=True)))


def write(block, writer) -> None:
    """Write the block's cases and their steps."""
    rows = _cases(block, writer)
    cases = _each(block, rows, writer.take(schema.service_case, len(rows.stay)))
    writer.rows(schema.service_case, COLUMNS, [_row(block, case, writer.revision) for case in cases])
    steps = [step for case in cases for step in _steps(case)]
    writer.rows(schema.case_step, STEP, (
        (number, *step, 1, writer.revision) for number, step in zip(writer.take(schema.case_step, len(steps)), steps, strict=True)))


# --- which stays have a case ---------------------------------------------------------------------------------------------------
def _cases(block, writer) -> Cases:
    """Which stays have a case: first stays of known guests, so many in each class that later came back as the lesson plants it."""
    stays = block.stays
    u = block.streams.draw("case", 5, len(stays.guest))
    told = _told(writer.critical, u[1])
    over, ripe = (stays.status == CHECKED_OUT) & (stays.nights > 0), stays.departure < DAYS - YEAR
    due = int(writer.quota.some("cases", f.CASES, u[0][over]).sum())
    wanted = list(_wanted(writer, due, float((over & ripe).sum() / max(over.sum(), 1))))
    found = list(_dealt(wanted, _pools(block, over, ripe, u[0], told), u[2]))
    return _timed(block, *np.array(found, int).reshape(-1, 3).T, told)


def _told(critical: dict[int, tuple[int, float, str]], u: np.ndarray) -> dict[int, tuple[int, float, str]]:
    """Critical reviews from which a case is opened, where one is left to open and a day to do so."""
    return {s: about for s, about in critical.items() if u[s] < f.FROM_REVIEW and about[1] + 1 < DAYS}


def _pools(block, over, ripe, u, told) -> dict[str, list[int]]:
    """Stays that may have a case, by whether their guest came back within the year after; those told in a review stand first.

    Who came back under another record is left out: the planted rates then hold whether or not the hotel has merged its records.
    """
    record = block.records.of_stay
    first, came, seen = _first_and_back(block.stays, record)
    may = over & first & (record != NOBODY)
    masks = {"back": ripe & seen, "gone": ripe & ~came, "young": ~ripe}
    return {name: sorted(np.flatnonzero(may & mask).tolist(), key=lambda s: (s not in told, -u[s])) for name, mask in masks.items()}


def _first_and_back(stays, record: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which stays are their guest's first, which were followed by another one within a year, and which of these under the same record."""
    first, came, seen = (np.zeros(len(stays.guest), bool) for _ in range(3))
    held = np.flatnonzero(stays.realised & (stays.nights > 0))
    held = held[np.lexsort((stays.arrival[held], stays.guest[held]))]
    now, after = held[:-1], held[1:]
    same, gap = stays.guest[now] == stays.guest[after], stays.arrival[after] - stays.departure[now]
    first[held] = np.concatenate([[True], ~same]) if len(held) else False
    came[now] = same & (gap <= YEAR)
    seen[now] = came[now] & (gap > 0) & (record[now] == record[after])  # a stay that begins where one ends may be told as one with it
    return first, came, seen


def _wanted(writer, due: int, ripe_share: float):
    """(pool, speed, major, how many) of the cases that are due, as the lesson plants it."""
    some = lambda cell, share, size: int(writer.quota.some(cell, share, np.zeros(size)).sum())  # noqa: E731
    speeds = writer.quota.deal("speed", f.SOLVED, np.zeros(due))
    for k in range(len(f.SOLVED)):
        n = int((speeds == k).sum())
        majors = some(("major", k), f.MAJOR[k], n)
        for major, size in enumerate((n - majors, majors)):
            ripe = some(("ripe", k, major), ripe_share, size)
            back = some(("back", k, major), f.BACK_AFTER_CASE[k][major], ripe)
            yield from (("back", k, major, back), ("gone", k, major, ripe - back), ("young", k, major, size - ripe))


def _dealt(wanted, pools: dict[str, list[int]], u: np.ndarray):
    """(stay, speed, major) of each case: each pool gives its first stays, which are then shuffled, so that no class gets the reviewed ones."""
    for name, pool in pools.items():
        cells = [(k, major) for where, k, major, count in wanted if where == name for _ in range(count)]
        yield from ((s, *cell) for s, cell in zip(sorted(pool[:len(cells)], key=lambda s: u[s]), cells, strict=False))


# --- how they went ---------------------------------------------------------------------------------------------------------------
def _timed(block, stay, speed, major, told) -> Cases:
    """When each was opened (in the stay, or in the hours after a review), answered and solved, and what it was about."""
    u = block.streams.draw("case times", 5, len(stay))
    about = [told.get(s, (0, DAYS, "")) for s in stay.tolist()]
    review, written = (np.array([one[k] for one in about]) for k in (0, 1))
    here = block.stays.arrival[stay] + (u[0] * block.stays.nights[stay]).astype(int) + (7 + 14 * u[1]) / 24
    opened = np.where(review > 0, written + u[1], here)
    low, high = np.array(f.SOLVED_HOURS)[speed].T
    closed = opened + low * (high / low) ** u[2] / 24
    closed = np.where((opened >= DAYS - 30) & (u[3] < f.WAITS), DAYS, closed)
    median, spread = f.CASE_ANSWER
    answered = np.minimum(opened + median * np.exp(spread * normal(u[4])) / 1440, np.where(closed < DAYS, closed, np.inf))
    kind = pick(block.streams.draw("case kind", len(stay)), tuple(f.CASE_KINDS.values())).tolist()
    kinds = np.array([KIND_OF.get(blames, k) for (_, _, blames), k in zip(about, kind, strict=True)], int)
    return Cases(stay, speed, major.astype(bool), kinds, review, opened, answered, closed)


def _each(block, rows: Cases, numbers: range) -> list[Case]:
    """The cases one by one, with the chance that each has of being paid for, told of and opened again."""
    u = block.streams.draw("case work", 5, len(rows.stay)).T.tolist()
    codes = [hotel.code[:3] for hotel in block.profile.hotels]
    owners = [STAFF[codes[h]][number % 2] for number, h in zip(numbers, block.stays.hotel[rows.stay].tolist(), strict=True)]
    return [Case(number, s, major, KINDS[kind], review or None, opened, answered, closed, closed + after if closed < DAYS and tells < .8 else DAYS,
                 closed < DAYS and again < f.REOPENED[speed], owner, closed < DAYS and major and paid < f.PAID_FOR, chance)
            for number, owner, (paid, chance, after, tells, again), s, speed, major, kind, review, opened, answered, closed in zip(
                numbers, owners, u, *(getattr(rows, name).tolist() for name in Cases.__dataclass_fields__), strict=True)]


# --- as rows -----------------------------------------------------------------------------------------------------------------------
def _row(block, case: Case, revision: int) -> tuple:
    aspect, department, causes, said, done = ABOUT[case.kind]
    s, number, stays = case.stay, case.number, block.stays
    return (number, stays.hotel[s].item() + 1, block.profile_ids[block.records.of_stay[s]], block.stay_ids[s], "demo", f"C{number:06d}", 1, case.kind,
            "major" if case.major else "minor", "closed" if case.over else "answered" if moment(case.answered) else "open", moment(case.opened),
            moment(case.answered), moment(case.closed), int(case.again), said, done if case.over else None, *_paid(block, case),
            ROOM_NUMBERS[stays.room[s]], case.owner, 1, revision, aspect, department, case.priority, "review" if case.review else "desk",
            *(moment_after(case.opened + hours / 24) for hours in DUE[case.priority]), moment(case.told),
            causes[int(case.chance * 2)] if case.over else "", case.review)


def _paid(block, case: Case) -> tuple[int | None, str | None]:
    """The compensation in the hotel's currency."""
    if not case.paid:
        return None, None
    low, high = f.COMPENSATION
    return int(np.rint(100 * (low + case.chance * (high - low)) / block.stays.euro[case.stay])), block.profile.hotels[block.stays.hotel[case.stay]].currency


def _steps(case: Case) -> list[tuple]:
    """(case, what, who, when) of all that has happened to it, in order."""
    part = lambda share: case.answered + share * (case.closed - case.answered)  # noqa: E731
    steps = [("opened", case.opened), ("answered", case.answered), ("closed", case.closed), ("told", case.told)]
    steps += [("closed", part(.4)), ("reopened", part(.6))] if case.again else []
    return [(case.number, what, case.owner if what != "opened" else "", moment(at)) for what, at in sorted(steps, key=lambda one: one[1]) if moment(at)]


def moment_after(day: float) -> str:
    """Return a day as an instant, also where it is still to come."""
    return str(np.datetime64(moment(0)[:19]) + np.timedelta64(int(day * 1440), "m")) + "+00:00"
