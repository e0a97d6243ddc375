"""What members did that counts for their tier, from the records as they stand: stays by the day of departure, and points that they earned."""
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.records.persons import own_id
from crm_core.schema import guest, membership, points_entry, profile, stay
from crm_core.store.bulk import among

Did = tuple[dt.date, int, int, int]  # day, nights, stays, points


@dataclass(frozen=True)
class Visit:
    """A realised stay of a person: reservations at one property without a free night between are one."""

    person: int
    property_id: int
    arrival_on: dt.date
    departure_on: dt.date
    stays: tuple[int, ...]  # the reservations' ids

    @property
    def nights(self) -> int:
        return (self.departure_on - self.arrival_on).days


def visits(connection: Connection, persons: Iterable[int], until: dt.date) -> dict[int, list[Visit]]:
    """Return the realised stays of persons that ended by a day, by person; a booker for others was no guest."""
    s = stay.c
    rows = connection.execute(
        select(own_id().label("person"), s.property_id, s.arrival_on, s.departure_on, s.id, s.status)
        .select_from(stay.join(profile, profile.c.id == s.profile_id).join(guest, guest.c.id == profile.c.guest_id))
        .where(among(connection, own_id(), persons), s.status.in_(("checked_out", "in_house")), s.rate_class != "house_use", profile.c.is_booker == 0)
        .order_by("person", s.property_id, s.arrival_on, s.departure_on, s.id)).all()
    found = defaultdict(list)
    for folios in _folded(rows):
        one = Visit(folios[0].person, folios[0].property_id, folios[0].arrival_on, max(row.departure_on for row in folios), tuple(row.id for row in folios))
        if all(row.status == "checked_out" for row in folios) and one.nights > 0 and one.departure_on <= until:
            found[one.person].append(one)
    return found


def _folded(rows: list) -> list[list]:
    folds: list[list] = []
    last = None
    for row in rows:
        whose = row.person, row.property_id
        if last and last[0] == whose and row.arrival_on <= last[1]:
            folds[-1].append(row)
            last = whose, max(last[1], row.departure_on)
        else:
            folds.append([row])
            last = whose, row.departure_on
    return folds


def activity(connection: Connection, memberships: Iterable[int], until: dt.date) -> dict[int, list[Did]]:
    """Return what members did by a day, in order, by membership; of stays, those of the whole person at any property."""
    m = membership.c
    joined = membership.join(profile, profile.c.id == m.profile_id).join(guest, guest.c.id == profile.c.guest_id)
    ids = list(memberships)
    whose = {row.id: row.person for row in connection.execute(select(m.id, own_id().label("person")).select_from(joined).where(among(connection, m.id, ids)))}
    stays, earned = visits(connection, set(whose.values()), until), _earned(connection, ids, until)
    return {id_: sorted([(one.departure_on, one.nights, 1, 0) for one in stays[person]] + earned[id_]) for id_, person in whose.items()}


def _earned(connection: Connection, ids: list[int], until: dt.date) -> dict[int, list[Did]]:
    """Return the points that members earned and that were not taken back."""
    e, found = points_entry.c, defaultdict(list)
    back = points_entry.alias("back").c
    taken = select(back.reverses_id).where(back.membership_id == e.membership_id, back.reverses_id == e.id, back.posted_on <= until)
    rows = select(e.membership_id, e.posted_on, e.points).where(
        among(connection, e.membership_id, ids), e.kind == "earn", e.posted_on <= until, ~taken.exists())
    for id_, day, points in connection.execute(rows):
        found[id_].append((day, 0, 0, points))
    return found
