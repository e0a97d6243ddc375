"""Opening balances: what members' system shows of their points enters an empty ledger, and is compared with one that has movements."""
import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.ingest.lookup import among, in_chunks
from crm_core.ingest.targets.landing import TOGETHER, Landing, on
from crm_core.schema import COUNTERS, membership, points_entry

SHOWN_ON = "balance/"  # begins the reference of an opening balance; the day for which the points were shown follows


class Shown(NamedTuple):
    """The points that a file shows of a member, at the end of a day."""

    number: str
    points: int
    day: str


class Opening(NamedTuple):
    """An opening balance that stands in the ledger, and the last day whose movements it holds already."""

    id: int
    membership_id: int
    posted_on: dt.date
    points: int
    shown_on: dt.date


def open_or_compare(landing: Landing, shown: list[Shown]) -> None:
    """Let points enter the ledger of members without movements; count those of whom the ledger says another number.

    An opening balance counts from the day of enrolment, since nobody knows from when on the points were there; its lot is of unknown age.
    """
    for some in in_chunks(shown, TOGETHER):
        members, ledger = _members(landing, some), {}
        for day in {one.day for one in some}:
            ledger |= {(id_, day): points for id_, points in _balances(landing.connection, members, some, day)}
        rows = []
        for one in some:
            id_, enrolled = members[one.number]
            if (id_, one.day) in ledger:
                landing.counts["points_differ"] += ledger[id_, one.day] != one.points
            elif one.points > 0:
                rows.append(opening_row(landing, id_, min(enrolled or on(one.day), on(one.day)), one.points, one.day))
            else:
                landing.counts["points_differ"] += one.points < 0
        if rows:
            landing.connection.execute(sa.insert(points_entry), rows)
            landing.counts["points_opened"] += len(rows)


def opening_row(landing: Landing, membership_id: int, posted_on: dt.date, points: int, shown_on: str, nth: int = 1) -> dict:
    """Return the ledger's row of an opening balance."""
    return {"membership_id": membership_id, "source": landing.source, "external_id": f"opening/{membership_id}/{nth}", "posted_on": posted_on,
            "kind": "opening", "points": points, "counter": COUNTERS["opening"], "reference": f"{SHOWN_ON}{shown_on}", "actor": landing.actor,
            "batch_id": landing.batch, "revision": landing.change.revision}


def _members(landing: Landing, some: Iterable[Shown]) -> dict[str, tuple[int, dt.date | None]]:
    m, numbers = membership.c, [one.number for one in some]
    asked = sa.select(m.external_id, m.id, m.enrolled_on).where(m.source == landing.source, among(landing.connection, m.external_id, numbers))
    return {number: (id_, enrolled) for number, id_, enrolled in landing.connection.execute(asked)}


def _balances(connection: Connection, members: dict, some: list[Shown], day: str) -> Iterable[tuple[int, int]]:
    """Return the points of the members shown on a day at its end; those without any movement, at whatever time, are left out."""
    e, ids = points_entry.c, [members[one.number][0] for one in some if one.day == day]
    known = sa.func.coalesce(sa.func.sum(sa.case((e.posted_on <= on(day), e.points))), 0)
    return connection.execute(sa.select(e.membership_id, known).where(among(connection, e.membership_id, ids)).group_by(e.membership_id))


def standing(connection: Connection, members: Iterable[int]) -> dict[int, Opening]:
    """Return the opening balance of each of these members that stands and came of a file, the newest where there are several."""
    e, back = points_entry.c, points_entry.alias("back")
    asked = sa.select(e.id, e.membership_id, e.posted_on, e.points, e.reference).where(
        among(connection, e.membership_id, members), e.kind == "opening", e.reference.startswith(SHOWN_ON),
        ~sa.exists().where(back.c.reverses_id == e.id)).order_by(e.id)
    return {row.membership_id: Opening(*row[:4], dt.date.fromisoformat(row.reference.removeprefix(SHOWN_ON)))
            for row in connection.execute(asked)}
