"""Whom members recommend the house to: codes, invitations, and the guests who came by them."""
from typing import NamedTuple

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, iso
from crm_core.ingest.demo.streams import pick

WITHIN = 180  # days from an invitation to the stay
SETTLED = 30  # days after joining from which members have a code
SEASON = 700  # days within which the invitations of a code go out
CHANNELS = tuple(p.INVITE_CHANNELS)
CODES = ("id", "membership_id", "code", "issued_on", "ended_on", "actor", "version", "revision")
REFERRALS = ("id", "referral_code_id", "profile_id", "source", "external_id", "batch_id", "invited_on", "channel", "revision")


class Invited(NamedTuple):
    """An invitation: the number of its code in the block, its day, its channel, and the person who came (None: nobody)."""

    code: int
    day: int
    channel: str
    person: int | None


def write(block, writer) -> None:
    """Write the block's codes and invitations."""
    codes = _codes(block)
    code_ids, cards = writer.take(schema.referral_code, len(codes)), block.members.number
    writer.rows(schema.referral_code, CODES, (
        (number, block.membership_ids[at], f"FRIEND-{cards[block.accounts[at].person][2:]}", day, None, "demo", 1, writer.revision)
        for number, at, day in zip(code_ids, codes, iso(np.fromiter(codes.values(), int)), strict=True)))
    sent = _invited(block, list(codes.values()))
    days, ids = iso(np.array([one.day for one in sent], int)), writer.take(schema.referral, len(sent))
    writer.rows(schema.referral, REFERRALS, (
        (number, code_ids[one.code], None if one.person is None else block.profile_ids[block.records.first_of[one.person]], "demo",
         f"F{number:07d}", 1, day, one.channel, writer.revision) for number, one, day in zip(ids, sent, days, strict=True)))


def _codes(block) -> dict[int, int]:
    """Account → day of its code; members who have left by then have none."""
    who = np.array([account.person for account in block.accounts], int)
    u = block.streams.draw("code", 2, len(block.people))[:, who]
    day = block.members.enrolled[who] + SETTLED + (u[1] ** 2 * 365).astype(int)
    has = (u[0] < p.REFERRERS) & (day < np.minimum(DAYS, block.members.closed[who]))
    return dict(zip(np.flatnonzero(has).tolist(), day[has].tolist(), strict=True))


def _invited(block, issued: list[int]) -> list[Invited]:
    """The invitations by day; as many of them as the share says are followed by a first stay of somebody who had not booked before."""
    u = block.streams.draw("invited", 4, len(issued), len(p.INVITES))
    many = 1 + pick(block.streams.draw("invitations", len(issued)), p.INVITES)
    sent = sorted((day + int(u[0, k, i] * SEASON), k, i) for k, day in enumerate(issued) for i in range(many[k]))
    free, found = _newcomers(block), []
    for day, k, i in sent:
        if day < DAYS:
            person = _comes(free, day, u[2, k, i]) if u[1, k, i] < p.INVITED_COME else None
            found.append(Invited(k, day, CHANNELS[int(pick(u[3, k, i], tuple(p.INVITE_CHANNELS.values())))], person))
    return found


def _newcomers(block) -> list[tuple[int, int, int]]:
    """(first arrival, first booking, person) of guests who stayed, and are known by the record that their first booking opened."""
    stays, kept = block.stays, block.records
    rows = np.flatnonzero(stays.realised)
    guests, at = np.unique(stays.guest[rows], return_index=True)
    arrival = stays.arrival[rows][at]
    booked = np.full(len(block.people), DAYS)
    np.minimum.at(booked, stays.guest, stays.booked)
    known = kept.first_of[guests] >= 0
    return list(zip(arrival[known].tolist(), booked[guests[known]].tolist(), guests[known].tolist(), strict=True))


def _comes(free: list[tuple[int, int, int]], day: int, u: float) -> int | None:
    """Somebody, whom nobody else invited, who books after the day and arrives within half a year of it."""
    able = [one for one in free if one[1] >= day and day < one[0] <= day + WITHIN]
    if not able:
        return None
    chosen = able[int(u * len(able))]
    free.remove(chosen)
    return chosen[2]
