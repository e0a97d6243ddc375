"""Who of a block is on the list of which campaign, in which arm; whom greetings reach on which day; and who left a list on the way, and why."""
from collections import Counter
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import campaign_parameters as c
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.campaign_bookings import Bookers, Owed, in_window, proxied
from crm_core.ingest.demo.campaign_plans import AUDIENCES, LESSONS, PLANS, SMS, Plan
from crm_core.ingest.demo.campaign_reach import Reach, words
from crm_core.ingest.demo.feedback_quota import Quota
from crm_core.ingest.demo.greetings import Greetings, greetings
from crm_core.ingest.demo.hotels import Profile
from crm_core.ingest.demo.people import ANY, OWN, WORKING, People
from crm_core.ingest.demo.records import NOBODY, Records, bounces
from crm_core.ingest.demo.stays import CHECKED_OUT, CONFIRMED, IN_HOUSE, Stays
from crm_core.ingest.demo.streams import Streams

UNKNOWN = -1
STEPS = ("has_address", "valid_address", "consent", "not_suppressed", "not_held_out")
WHYS = (("has_address", "no_address"), ("valid_address", "placeholder"), ("valid_address", "relay"), ("valid_address", "bounced"), ("valid_address", "invalid"),
        ("consent", "withdrawn"), ("consent", "no_word"), ("consent", "no_proof"), ("not_suppressed", "in_other_campaign"),
        ("not_held_out", "global_holdout"))  # fmt: skip


@dataclass(frozen=True)
class List:
    """The people of a block on a campaign's list: the arm, the cell by its place among the plan's, who of the held-out was written to by mistake, and
    whether the message was opened (1, 0, UNKNOWN: left to chance)."""

    number: int
    person: np.ndarray
    treated: np.ndarray
    cell: np.ndarray
    mistaken: np.ndarray
    opened: np.ndarray

    @property
    def plan(self) -> Plan:
        """The campaign."""
        return PLANS[self.number - 1]


@dataclass(frozen=True)
class Outreach:
    """Whom the hotels write to in a block: `machine` is who has a mail program that opens messages by itself; `left` has (record, place in WHYS) by
    the number of a campaign."""

    reach: Reach
    machine: np.ndarray
    lists: tuple[List, ...]
    greetings: Greetings
    left: dict[int, tuple[np.ndarray, np.ndarray]]
    books: dict[str, Bookers]


def outreach(streams: Streams, profile: Profile, owed: Owed, quota: Quota, reach: Reach, books: dict[str, Bookers], who: People, kept: Records,
             stays: Stays, ids: range) -> Outreach:
    """Return whom the hotels write to: the lessons' lists first, then greetings, which keep away from them, then all other campaigns."""
    free = np.ones(len(who), bool)
    for those in books.values():
        free[those.person] = False
    lists, left = {}, {}
    for number, plan in enumerate(PLANS, 1):
        if plan.side:
            lists[number] = _ordinary(streams, profile, owed, quota, reach, number, reach.at(plan.number) & free, kept, stays)
        elif plan.lesson in books:
            aside = _on(lists.get(number - 1), len(who))
            lists[number] = _lesson(streams, owed, reach, number, books[plan.lesson], stays, aside)
            left[number] = _left(streams, reach, number, lists[number], aside, who, kept)
    found = greetings(reach, {number: lists[number].person for number in left}, kept, stays, ids)
    reach = reach.left_earlier(found.person[found.leaves], found.day[found.leaves])
    for number, plan in enumerate(PLANS, 1):
        if plan.is_sent and number not in lists:
            lists[number] = _ordinary(streams, profile, owed, quota, reach, number, _reachable(streams, plan, reach, who, kept), kept, stays)
    return Outreach(reach, proxied(streams, len(who), books), tuple(lists[number] for number in sorted(lists)), found, left, books)


def _on(one: List | None, persons: int) -> np.ndarray:
    found = np.zeros(persons, bool)
    if one is not None:
        found[one.person] = True
    return found


def _reachable(streams: Streams, plan: Plan, reach: Reach, who: People, kept: Records) -> np.ndarray:
    if plan.medium != SMS:
        return reach.at(plan.number)
    has_phone = np.array([first != NOBODY and bool(kept.known[first].phone) for first in kept.first_of.tolist()], bool)
    return (words(streams, who).u[1] < p.SMS_CONSENT) & has_phone & ~reach.held & (reach.since < plan.number)


# --- lists ---------------------------------------------------------------------------------------------------------------------
def _ordinary(streams: Streams, profile: Profile, owed: Owed, quota: Quota, reach: Reach, number: int, may: np.ndarray, kept: Records,
              stays: Stays) -> List:
    """A list drawn by lot among all whom one may write to; who leaves by its link was written to."""
    plan = PLANS[number - 1]
    u, booked = streams.draw(f"campaign {number}", 3, len(may)), _books(stays, reach, kept, plan.number)
    leaving = reach.leaving(plan.number) if plan.medium != SMS and not plan.side else np.zeros(len(may), bool)
    wanted = owed.due(number, plan.people * c.MAILS[profile.name])
    person = _chosen(may, leaving, u[0], wanted)
    owed.did(number, len(person))
    held, cell, mistaken = np.zeros(len(person), bool), np.zeros(len(person), int), np.zeros(len(person), bool)
    for books in (False, True):  # dealt apart, so that no arm books more by luck
        free = np.flatnonzero(~leaving[person] & (booked[person] == books))
        held[free] = quota.some(("held", number, books), (plan.held_bp or 0) / 10_000, u[1][person[free]])
        if plan.cells:
            rows = np.flatnonzero(~held & (booked[person] == books))
            cell[rows] = quota.deal(("cells", number, books), [1] * len(plan.cells), u[2][person[rows]])
    if plan.mistaken:
        mistaken[held] = quota.some("mistaken", c.MISTAKEN, u[2][person[held]])
    return List(number, person, ~held, cell, mistaken, np.full(len(person), UNKNOWN))


def _books(stays: Stays, reach: Reach, kept: Records, day: int) -> np.ndarray:
    """Who books something that stands under the first record, on the days that count."""
    stands = in_window(stays, day) & np.isin(stays.status, (CHECKED_OUT, IN_HOUSE, CONFIRMED)) & (kept.of_stay == reach.record[stays.guest])
    return np.bincount(stays.guest, stands, len(reach.record)) > 0


def _chosen(may: np.ndarray, sure: np.ndarray, u: np.ndarray, wanted: int) -> np.ndarray:
    rows = np.flatnonzero(may | sure)
    return rows[np.argsort(u[rows] - sure[rows], kind="stable")[:wanted]]


def _lesson(streams: Streams, owed: Owed, reach: Reach, number: int, mine: Bookers, stays: Stays, aside: np.ndarray) -> List:
    """The list of a lesson: its bookers, and people who book nothing in its window, as many as are due, so many of them held out."""
    plan, lesson = PLANS[number - 1], LESSONS[PLANS[number - 1].lesson]
    u = streams.draw(f"campaign {number}", 2, len(aside))
    quiet = (np.bincount(stays.guest, in_window(stays, plan.number), len(aside)) == 0) & ~aside & ~reach.by_journey
    leaving = reach.leaving(plan.number) & (reach.since < plan.number - c.SELECTED_BEFORE) & quiet
    wanted = owed.due(number, lesson["treated"] + lesson["held"]) - len(mine.person)
    others = _chosen(reach.at(plan.number, c.SELECTED_BEFORE) & quiet, leaving, u[0], max(wanted, 0))
    owed.did(number, len(others) + len(mine.person))
    holding = int((~mine.treated).sum())
    held = others[np.argsort(u[1][others] + leaving[others], kind="stable")[:max(owed.due((number, "held"), lesson["held"]) - holding, 0)]]
    owed.did((number, "held"), len(held) + holding)
    person = np.concatenate([mine.person, others])
    treated = np.concatenate([mine.treated, ~np.isin(others, held)])
    opened = np.concatenate([mine.opened.astype(int), np.full(len(others), UNKNOWN)])
    nobody = np.zeros(len(person), int)
    return List(number, person, treated, nobody, nobody.astype(bool), opened)


# --- who left on the way ---------------------------------------------------------------------------------------------------------
def _left(streams: Streams, reach: Reach, number: int, listed: List, aside: np.ndarray, who: People, kept: Records) -> tuple[np.ndarray, np.ndarray]:
    """(record, place in WHYS) of persons who were selected and are not on the list: the same share of them as of those who could be."""
    day = listed.plan.number
    known = reach.since < day - c.SELECTED_BEFORE
    gone = (reach.gave & ~reach.said(day)) & known
    email = np.array([first != NOBODY and bool(kept.known[first].email) for first in kept.first_of.tolist()], bool)
    bouncing = bounces(streams, who)
    checks = (~email, who.reach >= ANY, who.reach >= OWN, (who.reach >= WORKING) & bouncing, who.reach >= WORKING, gone, ~reach.gave, ~reach.has_proof,
              aside, reach.held)  # fmt: skip
    why = np.select(checks, range(len(WHYS)), UNKNOWN)
    could = int((known & (why == UNKNOWN)).sum())
    share = len(listed.person) / max(could, len(listed.person), 1)
    rows = np.flatnonzero(known & (why != UNKNOWN) & (streams.draw(f"selected {number}", len(who)) < share) & ~_on(listed, len(who)))
    return kept.first_of[rows], why[rows]


# --- in the store ------------------------------------------------------------------------------------------------------------------
def write(block, writer) -> None:
    """Write who is on the lists that were kept, and who left them."""
    ids, first = block.profile_ids.start, block.records.first_of
    for one in block.outreach.lists:
        writer.arms.update({(one.number, True): int(one.treated.sum()), (one.number, False): int((~one.treated).sum())})
        if one.number not in AUDIENCES:
            continue
        cells = ("", *one.plan.cells)
        writer.rows(schema.audience_member, ("audience_id", "guest_id", "arm", "cell"), (
            (AUDIENCES[one.number], guest, schema.ARMS[int(not treated)], cells[1 + cell] if one.plan.cells and treated else "")
            for guest, treated, cell in zip((ids + first[one.person]).tolist(), one.treated.tolist(), one.cell.tolist(), strict=True)))
    for lesson, those in block.outreach.books.items():
        writer.booked += [(lesson, *one) for one in zip(those.day.tolist(), those.treated.tolist(), strict=True)]
    for number, (record, why) in block.outreach.left.items():
        writer.fallen.update((number, *WHYS[place]) for place in why.tolist())
        writer.rows(schema.audience_left, ("audience_id", "guest_id", "step", "why"), (
            (AUDIENCES[number], guest, *WHYS[place]) for guest, place in zip((ids + record).tolist(), why.tolist(), strict=True)))


def steps(arms: Counter, fallen: Counter, number: int) -> list[list]:
    """Return [step, people left after it] of a campaign's list, from the selected to those who are written to."""
    on_list = arms[number, True] + arms[number, False]
    lost = Counter()
    for (one, step, _), count in fallen.items():
        if one == number:
            lost[step] += count
    left = on_list + sum(lost.values())
    found = [["selected", left]]
    for step in STEPS:
        left -= lost[step]
        found.append([step, left])
    found[-1][1] = arms[number, True]
    return [*found, ["to_send", arms[number, True]]]
