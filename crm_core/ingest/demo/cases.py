"""Service cases: what guests complained of, how soon it was solved, and who came back after it (lesson L14: fast cases are the small ones)."""
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import feedback_parameters as f
from crm_core.ingest.demo.hotels import DAYS
from crm_core.ingest.demo.lead_rows import STAFF, moment
from crm_core.ingest.demo.records import NOBODY
from crm_core.ingest.demo.stays import CHECKED_OUT, ROOM_NUMBERS
from crm_core.ingest.demo.streams import normal, pick

COLUMNS = ("id", "property_id", "profile_id", "stay_id", "source", "external_id", "batch_id", "kind", "severity", "status", "opened_at", "answered_at",
           "closed_at", "reopened", "text", "resolution", "compensation_minor", "currency", "room", "owner", "version", "revision", "aspect", "department",
           "priority", "opened_from", "answer_due_at", "due_at", "told_at", "root_cause")
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


@dataclass(frozen=True)
class Cases:
    """One row per case: the stay (a row of the block's), the class of speed, whether it is major, the kind; moments in days (DAYS: not yet)."""

    stay: np.ndarray
    speed: np.ndarray
    major: np.ndarray
    kind: np.ndarray
    opened: np.ndarray
    answered: np.ndarray
    closed: np.ndarray


def open_targets(writer, profile) -> None:
    """Write within how many hours each hotel means to answer and solve, by priority."""
    rows = [(h, priority, *hours) for h in range(1, len(profile.hotels) + 1) for priority, hours in DUE.items()]
    writer.rows(schema.service_target, ("id", "property_id", "priority", "answer_hours", "solve_hours", "version"), (
        (number, *row, 1) for number, row in zip(writer.take(schema.service_target, len(rows)), rows, strict=True)))


def write(block, writer) -> None:
    """Write the block's cases and their steps."""
    rows = _cases(block, writer)
    numbers = writer.take(schema.service_case, len(rows.stay))
    u = block.streams.draw("case work", 5, len(rows.stay)).T.tolist()
    again = [x[4] < f.REOPENED[k] for x, k in zip(u, rows.speed.tolist(), strict=True)]
    steps: list[tuple] = []
    writer.rows(schema.service_case, COLUMNS, [
        _row(block, rows, i, numbers[i], u[i], again[i], steps, writer.revision) for i in range(len(rows.stay))])
    writer.rows(schema.case_step, STEP, ((number, *step, 1, writer.revision) for number, step in zip(writer.take(schema.case_step, len(steps)), steps, strict=True)))


def _cases(block, writer) -> Cases:
    """Which stays have a case: first stays of known guests, so many in each class that later came back as the lesson plants it."""
    stays = block.stays
    u = block.streams.draw("case", 5, len(stays.guest))
    first, came = _first_and_back(stays)
    over = (stays.status == CHECKED_OUT) & (stays.nights > 0)
    due = int(writer.quota.some("cases", f.CASES, u[0][over]).sum())
    ripe = stays.departure < DAYS - YEAR
    pools = {cell: list(np.flatnonzero(over & first & (block.records.of_stay != NOBODY) & mask)[::-1]) for cell, mask in (
        ("back", ripe & came), ("gone", ripe & ~came), ("young", ~ripe))}
    for pool in pools.values():
        pool.sort(key=lambda s: u[0][s])
    ripe_share = float((over & ripe).sum() / max(over.sum(), 1))
    found = list(_dealt(writer, due, ripe_share, pools))
    stay = np.array([s for s, *_ in found], int)
    speed, major = (np.array([one[k] for one in found], int) for k in (1, 2))
    return _timed(block, stay, speed, major.astype(bool), writer)


def _first_and_back(stays) -> tuple[np.ndarray, np.ndarray]:
    """Which stays are their guest's first, and which were followed by another one within a year."""
    first, came = np.zeros(len(stays.guest), bool), np.zeros(len(stays.guest), bool)
    held = np.flatnonzero(stays.realised & (stays.nights > 0))
    held = held[np.lexsort((stays.arrival[held], stays.guest[held]))]
    same = stays.guest[held][1:] == stays.guest[held][:-1]
    first[held] = np.concatenate([[True], ~same]) if len(held) else False
    came[held[:-1]] = same & (stays.arrival[held][1:] - stays.departure[held][:-1] <= YEAR)
    return first, came


def _dealt(writer, due: int, ripe_share: float, pools: dict[str, list]):
    """(stay, speed, major) of each case."""
    none = np.zeros(due)
    speeds = writer.quota.deal("speed", f.SOLVED, none)
    for k in range(len(f.SOLVED)):
        n = int((speeds == k).sum())
        majors = writer.quota.some(("major", k), f.MAJOR[k], np.zeros(n))
        for major in (0, 1):
            size = int((majors == major).sum())
            ripe = int(writer.quota.some(("ripe", k, major), ripe_share, np.zeros(size)).sum())
            back = int(writer.quota.some(("back", k, major), f.BACK_AFTER_CASE[k][major], np.zeros(ripe)).sum())
            for pool, count in (("back", back), ("gone", ripe - back), ("young", size - ripe)):
                yield from ((pools[pool].pop(), k, major) for _ in range(min(count, len(pools[pool]))))


def _timed(block, stay, speed, major, writer) -> Cases:
    stays = block.stays
    u = block.streams.draw("case times", 5, len(stay))
    opened = stays.arrival[stay] + (u[0] * stays.nights[stay]).astype(int) + (7 + 14 * u[1]) / 24
    low, high = np.array(f.SOLVED_HOURS)[speed].T if len(stay) else (np.zeros(0), np.zeros(0))
    closed = opened + low * (high / low) ** u[2] / 24
    closed = np.where((opened >= DAYS - 30) & (u[3] < f.WAITS), DAYS, closed)
    median, spread = f.CASE_ANSWER
    answered = np.minimum(opened + median * np.exp(spread * normal(u[4])) / 1440, np.where(closed < DAYS, closed, np.inf))
    kind = pick(block.streams.draw("case kind", len(stay)), tuple(f.CASE_KINDS.values()))
    return Cases(stay, speed, major, kind, opened, answered, closed)


def _row(block, rows: Cases, i: int, number: int, u: list[float], again: bool, steps: list[tuple], revision: int) -> tuple:
    s, major, kind = int(rows.stay[i]), bool(rows.major[i]), KINDS[rows.kind[i]]
    aspect, department, causes, said, done = ABOUT[kind]
    hotel = block.profile.hotels[block.stays.hotel[s]]
    owner, priority = STAFF[hotel.code[:3]][number % 2], "high" if major else "normal"
    opened, answered, closed = float(rows.opened[i]), float(rows.answered[i]), float(rows.closed[i])
    over = closed < DAYS
    low, high = f.COMPENSATION
    paid = int(np.rint(100 * (low + u[1] * (high - low)) / block.stays.euro[s])) if over and major and u[0] < f.PAID_FOR else None
    told = closed + u[2] if over and u[3] < .8 else DAYS
    between = [("closed", opened + .4 * (closed - opened)), ("reopened", opened + .6 * (closed - opened))] if again and over else []
    steps += [(number, what, owner if what != "opened" else "", moment(at)) for what, at in sorted(
        [("opened", opened), ("answered", answered), *between, ("closed", closed), ("told", told)], key=lambda one: one[1]) if moment(at)]
    due = [moment_after(opened + hours / 24) for hours in DUE[priority]]
    return (number, block.stays.hotel[s].item() + 1, block.profile_ids[block.records.of_stay[s]], block.stay_ids[s], "demo", f"C{number:06d}", 1, kind,
            "major" if major else "minor", "closed" if over else "answered" if moment(answered) else "open", moment(opened), moment(answered),
            moment(closed), int(bool(between)), said, done if over else None, paid, hotel.currency if paid else None, ROOM_NUMBERS[block.stays.room[s]],
            owner, 1, revision, aspect, department, priority, "desk", *due, moment(told), causes[int(u[1] * 2)] if over else "")


def moment_after(day: float) -> str:
    """Return a day as an instant, also where it is still to come."""
    return str(np.datetime64(moment(0)[:19]) + np.timedelta64(int(day * 1440), "m")) + "+00:00"
