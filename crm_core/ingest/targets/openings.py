"""Opening balances: what members' system shows of their points enters an empty ledger, and is compared with one that has movements."""
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.ingest.lookup import among, in_chunks
from crm_core.ingest.targets.landing import TOGETHER, Landing, on
from crm_core.records.movements import Movement, by_number, today
from crm_core.records.posting import Outcome, post_batch
from crm_core.schema import membership, points_entry

SHOWN_ON = "balance/"  # begins the reference of an opening balance; the day for which the points were shown follows


class Shown(NamedTuple):
    """The points that a file shows of a member, at the end of a day."""

    number: str
    points: int
    day: str


class Opening(NamedTuple):
    """An opening balance that stands in the ledger; the movements up to the day on which it was shown are in it already."""

    id: int
    membership_id: int
    posted_on: dt.date
    points: int
    external_id: str
    enrolled_on: dt.date | None
    shown_on: dt.date


# --- a file of members ----------------------------------------------------------------------------------------------------
def open_or_compare(landing: Landing, shown: list[Shown]) -> None:
    """Let points enter the ledger of members without movements; count those of whom the ledger says another number.

    An opening balance counts from the day of enrolment, since nobody knows from when on the points were there; its lot is of unknown age.
    """
    last = today(landing.connection)
    for some in in_chunks(shown, TOGETHER):
        members, ledger = _members(landing, some), {}
        for day in {one.day for one in some}:
            ledger |= {(id_, day): points for id_, points in _balances(landing.connection, members, some, day)}
        new = []
        for one in some:
            id_, enrolled = members[one.number]
            if (id_, one.day) not in ledger and one.points > 0:
                new.append(_opening(landing, id_, min(enrolled or last, on(one.day), last), one.points, on(one.day), 1))
            else:
                landing.counts["points_differ"] += ledger.get((id_, one.day), 0) != one.points
        opened = [outcome.what == "added" for outcome in post_batch(landing.change, new)]
        landing.counts["points_opened"] += sum(opened)
        landing.counts["points_differ"] += len(opened) - sum(opened)


def _opening(landing: Landing, membership_id: int, posted_on: dt.date, points: int, shown_on: dt.date, nth: int) -> Movement:
    return Movement(0, posted_on, "opening", points, reference=f"{SHOWN_ON}{shown_on}", membership_id=membership_id, source=landing.source,
        external_id=f"opening/{membership_id}/{nth}", actor=landing.actor, batch_id=landing.batch)


def _members(landing: Landing, some: Iterable[Shown]) -> dict[str, tuple[int, dt.date | None]]:
    m, numbers = membership.c, [one.number for one in some]
    asked = sa.select(m.external_id, m.id, m.enrolled_on).where(m.source == landing.source, among(landing.connection, m.external_id, numbers))
    return {number: (id_, enrolled) for number, id_, enrolled in landing.connection.execute(asked)}


def _balances(connection: Connection, members: dict, some: list[Shown], day: str) -> Iterable[tuple[int, int]]:
    """Return the points of the members shown on a day at its end; those without any movement, at whatever time, are left out."""
    e, ids = points_entry.c, [members[one.number][0] for one in some if one.day == day]
    known = sa.func.coalesce(sa.func.sum(sa.case((e.posted_on <= on(day), e.points))), 0)
    return connection.execute(sa.select(e.membership_id, known).where(among(connection, e.membership_id, ids)).group_by(e.membership_id))


# --- a file of movements --------------------------------------------------------------------------------------------------
def post_with(landing: Landing, new: list[Movement]) -> list[Outcome]:
    """Post movements and return what became of each.

    Those from before a member's opening balance was shown are in it already: as they come in, it is taken back and posted anew without them.
    """
    standing = _standing(landing.connection, {one.membership_id for one in new})
    inside = [one for one in new if one.membership_id in standing and one.posted_on <= standing[one.membership_id].shown_on]
    known = by_number(landing.connection, inside)
    inside = [one for one in inside if one.key not in known]
    changed, outcomes = _post(landing, _corrected(landing, standing, inside), new)
    refused = {one.key for one, outcome in zip(new, outcomes, strict=True) if outcome.rule}
    if out := [replace(one, points=-one.points) for one in inside if one.key in refused]:  # the opening balance holds these after all
        standing = _standing(landing.connection, {one.membership_id for one in out})
        changed |= _post(landing, _corrected(landing, standing, out), [])[0]
    landing.counts["points_corrected"] += len(changed)
    return outcomes


def _post(landing: Landing, corrected: list[list[Movement]], new: list[Movement]) -> tuple[set[int], list[Outcome]]:
    """Post corrections of opening balances together with movements; return the members corrected, and what became of the movements."""
    first = list(chain.from_iterable(corrected))
    outcomes = post_batch(landing.change, [*first, *new])
    done, changed = dict(zip((one.key for one in first), outcomes, strict=False)), set()
    for back, *anew in corrected:
        if not done[back.key].rule:
            changed.add(back.membership_id)
        elif anew and done[anew[0].key].id:  # the old balance had to stay, so the new one goes: the two never stand together
            post_batch(landing.change, [replace(back, points=-anew[0].points, reverses_id=done[anew[0].key].id,
                external_id=f"{anew[0].external_id}/back")])
    return changed, outcomes[len(first):]


def _standing(connection: Connection, members: Iterable[int]) -> dict[int, Opening]:
    """Return the opening balance of each of these members that came of a file and was not taken back."""
    e, back = points_entry.c, points_entry.alias("back")
    asked = sa.select(e.id, e.membership_id, e.posted_on, e.points, e.external_id, membership.c.enrolled_on, e.reference).join_from(
        points_entry, membership).where(
        among(connection, e.membership_id, members), e.kind == "opening", e.reference.startswith(SHOWN_ON),
        ~sa.exists().where(back.c.reverses_id == e.id)).order_by(e.id)
    return {row.membership_id: Opening(*row[:6], dt.date.fromisoformat(row.reference.removeprefix(SHOWN_ON)))
            for row in connection.execute(asked)}


def _corrected(landing: Landing, standing: dict[int, Opening], inside: list[Movement]) -> list[list[Movement]]:
    """Return for each opening balance its reversal and, where points are left, the balance without the movements that it held."""
    held: dict[int, list[Movement]] = defaultdict(list)
    for one in inside:
        held[one.membership_id].append(one)
    return [_anew(landing, standing[id_], some) for id_, some in held.items() if id_ in standing and sum(one.points for one in some)]


def _anew(landing: Landing, was: Opening, held: list[Movement]) -> list[Movement]:
    stem, nth = was.external_id.rsplit("/", 1)
    back = Movement(0, was.posted_on, "reverse", -was.points, None, None, was.id, membership_id=was.membership_id, source=landing.source,
        external_id=f"{stem}/{nth}/back", actor=landing.actor, batch_id=landing.batch)
    points = was.points - sum(one.points for one in held)
    day = was.posted_on if was.enrolled_on else min(was.posted_on, *(one.posted_on for one in held))
    return [back, *([_opening(landing, was.membership_id, day, points, was.shown_on, int(nth) + 1)] if points > 0 else [])]
