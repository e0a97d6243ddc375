"""Every message to the guests of a block: of campaigns, of journeys, before arrival, and invitations to surveys."""
from dataclasses import dataclass

import numpy as np

from crm_core.ingest.demo import campaign_parameters as c
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.campaign_lists import UNKNOWN
from crm_core.ingest.demo.campaign_plans import NUMBERS, SENT_AT, SMS
from crm_core.ingest.demo.hotels import DAYS
from crm_core.ingest.demo.people import OWN, RELAY, WORKING
from crm_core.ingest.demo.records import NO_EMAILS, NOBODY, bounces
from crm_core.ingest.demo.stays import CANCELLED, TENTATIVE
from crm_core.ingest.demo.trip_rows import Columns
from crm_core.outreach.journeys import SHIPPED

BEFORE = next(one.journey for one in SHIPPED if one.code == "pre_arrival").days
NEVER = np.inf
FINE, SOFT, HARD = range(3)
STAYING, UNSUBSCRIBES, COMPLAINS = range(3)
GOOD, DEAD, NONE = range(3)  # addresses


@dataclass(frozen=True)
class Mail(Columns):
    """One row per message: the campaign's number, the record written to, the moment in days; the cell ("" for none), how it bounced, whether it was
    opened (1, 0, UNKNOWN: left to chance), when it was answered (NEVER), how the guest leaves by it, and for a journey the row of its stay."""

    campaign: np.ndarray
    record: np.ndarray
    sent: np.ndarray
    cell: np.ndarray
    bounced: np.ndarray
    opened: np.ndarray
    answered: np.ndarray
    leaves: np.ndarray


def mail(block, invited) -> Mail:
    """Return the block's messages by moment; `invited` are the invitations to surveys."""
    state = addresses(block)
    rows = [*_of_lists(block), _greeted(block), _before_arrival(block, state), _surveyed(block, invited, state)]
    every = Mail(*(np.concatenate([getattr(one, name) for one in rows]) for name in Mail.__dataclass_fields__))
    return every.take(np.lexsort((every.campaign, every.record, every.sent)))


def addresses(block) -> np.ndarray:
    """Return what each record's e-mail address is worth: messages arrive, come back, or cannot be sent."""
    kept, who = block.records, block.people
    reach, dead = who.reach[kept.person], bounces(block.streams, who)[kept.person]
    written = np.array([_is_written(known.email) for known in kept.known], bool)
    relayed = np.array([bool(known.email) and known.email.endswith(RELAY) for known in kept.known], bool)
    failing = (reach >= WORKING) & (reach < OWN) & ~relayed
    return np.select([~written | (failing & ~dead), failing], [NONE, DEAD], GOOD)


def _is_written(email: str | None) -> bool:
    return bool(email) and email not in NO_EMAILS


def _rows(campaign: int, record: np.ndarray, sent: np.ndarray, cell=None, bounced=None, opened=None, answered=None, leaves=None) -> Mail:
    size = len(record)
    usual = (np.full(size, "", object), np.full(size, UNKNOWN), np.full(size, UNKNOWN), np.full(size, NEVER), np.zeros(size, int))
    said = (usual[i] if one is None else one for i, one in enumerate((cell, bounced, opened, answered, leaves)))
    return Mail(np.full(size, campaign), record, sent, *said)


def _how(block, person: np.ndarray, leaving: np.ndarray) -> np.ndarray:
    """How guests leave by a message: most unsubscribe, some complain."""
    u = block.streams.draw("complaints", len(block.people))[person]
    return np.where(leaving, np.where(u < c.COMPLAINS, COMPLAINS, UNSUBSCRIBES), STAYING)


def _of_lists(block):
    """Who was to be contacted, and who was by mistake."""
    reach, first = block.outreach.reach, block.records.first_of
    for one in block.outreach.lists:
        rows = one.treated | one.mistaken
        person, day = one.person[rows], one.plan.number
        cell = np.array([one.plan.cells[k] for k in one.cell[rows].tolist()], object) if one.plan.cells else None
        leaving = reach.leaving(day)[person] if one.plan.medium != SMS and not one.plan.side else np.zeros(len(person), bool)
        bounced = np.where(one.opened[rows] == UNKNOWN, UNKNOWN, FINE)
        yield _rows(one.number, first[person], np.full(len(person), day + SENT_AT / 24), cell, bounced, one.opened[rows], leaves=_how(block, person, leaving))


def _greeted(block) -> Mail:
    found = block.outreach.greetings
    found = found.take(found.sent)
    rows = _rows(0, block.records.first_of[found.person], found.day + 7 / 24, leaves=_how(block, found.person, found.leaves))
    return Mail(found.number, *(getattr(rows, name) for name in list(Mail.__dataclass_fields__)[1:]))


def before_arrival(block) -> tuple[np.ndarray, np.ndarray]:
    """Return (stay, day) of the messages due before arrivals: for bookings of known guests that were made by then."""
    stays, begin = block.stays, (c.PRE_ARRIVAL_FROM[block.profile.name] - p.START).days
    due = stays.arrival - BEFORE
    rows = (block.records.of_stay != NOBODY) & (stays.status != TENTATIVE) & (due >= max(begin, 0)) & (due < DAYS) & (stays.booked <= due)
    return np.flatnonzero(rows), due[rows]


def cancelled_by(block, stay: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return which of these bookings were cancelled on the day or earlier."""
    return (block.stays.status[stay] == CANCELLED) & (block.stays.ended[stay] <= day)


def _before_arrival(block, state: np.ndarray) -> Mail:
    """To each booking that stands; a dead address is written to once."""
    stay, day = before_arrival(block)
    record = block.records.of_stay[stay]
    rows = ~cancelled_by(block, stay, day) & (state[record] != NONE)
    stay, day, record = stay[rows], day[rows], record[rows]
    dead = state[record] == DEAD
    order = np.lexsort((day, record))
    again = np.zeros(len(record), bool)
    again[order[1:]] = record[order][1:] == record[order][:-1]
    keep = ~(dead & again)
    return _service(block, "pre_arrival", record[keep], day[keep] + 6 / 24, np.where(dead[keep], HARD, UNKNOWN))


def _surveyed(block, invited, state: np.ndarray) -> Mail:
    """The invitations that went by e-mail to an address that works."""
    record = block.records.of_stay[invited.stay]
    day = block.stays.departure[invited.stay] + 1
    rows = (state[record] == GOOD) & (day >= (c.SURVEYED_FROM[block.profile.name] - p.START).days)
    bounced = np.where(invited.bounced[rows], SOFT, FINE)
    answered = np.where(invited.answered[rows], invited.at[rows], NEVER)
    return _service(block, "survey", record[rows], day[rows] + 6 / 24, bounced, answered)


def _service(block, key: str, record: np.ndarray, sent: np.ndarray, bounced: np.ndarray, answered: np.ndarray | None = None) -> Mail:
    """Messages that need no consent: guests who gave none may unsubscribe, and those whom a lesson's count rests on open none in its window."""
    person = block.records.person[record]
    gave = block.outreach.reach.gave[person]
    u = block.streams.draw(f"leaves {key}", len(record))
    answered = np.full(len(record), NEVER) if answered is None else answered
    leaves = (u < c.LEAVES_SERVICE[key] / .6) & ~gave & (bounced != HARD) & (answered == NEVER)
    return _rows(NUMBERS[key], record, sent, None, bounced, np.where(_in_lesson(block, person, sent), 0, UNKNOWN), answered, _how(block, person, leaves))


def _in_lesson(block, person: np.ndarray, sent: np.ndarray) -> np.ndarray:
    near = np.zeros(len(person), bool)
    for one in block.outreach.lists:
        if one.plan.lesson:
            books = one.person[one.opened != UNKNOWN]
            near |= np.isin(person, books) & (sent >= one.plan.number - c.WINDOW) & (sent <= one.plan.number + c.WINDOW + 1)
    return near
