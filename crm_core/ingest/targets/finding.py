"""Which stay, profile and membership a row of another file belongs to: looked up for thousands of rows at once."""
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.ingest.lookup import among
from crm_core.ingest.quality import email_state
from crm_core.records.search_terms import digits, folded
from crm_core.schema import guest, membership, profile, search_term, stay
from crm_core.schema import property as property_table

NAMING = ("confirmation", "guest_ref", "email", "loyalty_number", "membership_number", "advocate_number", "phone")


class Stay(NamedTuple):
    """A stay that a row may belong to."""

    id: int
    property_id: int
    profile_id: int | None
    currency: str
    source: str


class Profile(NamedTuple):
    """A profile that a row may belong to, with its guest and the person that the guest belongs to."""

    id: int
    guest_id: int
    person: int
    source: str
    property_id: int
    name: str


class Member(NamedTuple):
    """A membership that a row may belong to, as it stands; `number` is None where its guest was erased."""

    id: int
    source: str
    external_id: str | None
    number: str | None
    programme_id: int | None
    profile_id: int | None
    tier: str
    status: str
    enrolled_on: dt.date | None
    enrolled_via: str
    expires_on: dt.date | None
    closed_on: dt.date | None
    points: int | None


class Finder:
    """Finds stays, profiles and memberships for the rows that look_up() was told of."""

    def __init__(self, connection: Connection, source: str):
        self.connection, self.source = connection, source
        self.stays: dict[str, list[Stay]] = {}
        self.by_ref: dict[str, list[Profile]] = {}
        self.by_email: dict[str, list[Profile]] = {}
        self.by_number: dict[str, list[Profile]] = {}
        self.by_phone: dict[str, list[Profile]] = {}
        self.members: dict[str, list[Member]] = {}

    def look_up(self, rows: Iterable, columns: tuple[str, ...] = NAMING) -> None:
        """Ask the store for everything that these rows name in some columns."""
        asked = defaultdict(set)
        for row in rows:
            for column in columns:
                if value := row.values.get(column):
                    asked[column].add(value)
        self.stays = self._stays(asked["confirmation"])
        self.by_ref = self._profiles(profile.c.external_id, {f"ref:{ref}" for ref in asked["guest_ref"]})
        self.by_email = self._profiles(profile.c.email, {email for email in asked["email"] if email_state(email) == "valid"})
        self.by_number = self._profiles(profile.c.loyalty_number, asked["loyalty_number"] | asked["membership_number"])
        self.members = self._members(asked["membership_number"] | asked["advocate_number"])
        self.by_phone = self._phones({number for phone in asked["phone"] if len(number := digits(phone)) > 5})

    def stay(self, row, place: int | None = None) -> Stay | None:
        """Return the row's stay by its own or the travel site's number, None where there is none or it cannot be told which."""
        found = [s for s in self.stays.get(row.values.get("confirmation") or "", ()) if place is None or s.property_id == place]
        found = [s for s in found if s.source == self.source] or found
        return found[0] if len({s.property_id for s in found}) == 1 else None

    def profile(self, row, stay: Stay | None = None) -> int | None:
        """Return the profile of a row's guest: its stay's, by number in the source, own e-mail address, member's number, phone and name."""
        if stay and stay.profile_id:
            return stay.profile_id
        return next((one.id for found in self._candidates(row) if (one := self._one(found))), None)

    def guest(self, row, stay: Stay | None = None) -> int | None:
        """Return the guest of a row's profile."""
        found = self.profile(row, stay)
        return found and self.connection.execute(sa.select(profile.c.guest_id).where(profile.c.id == found)).scalar_one()

    def member(self, number: str, programme: int | None = None) -> Member | None:
        """Return the membership of a number: the same source's, else the only one that any source has; None where it cannot be told which."""
        found = [m for m in self.members.get(number, ()) if m.number and programme in (None, m.programme_id)]
        found = [m for m in found if m.source == self.source] or found
        return found[0] if len(found) == 1 else None

    def _candidates(self, row) -> Iterable[list[Profile]]:
        values = row.values
        if ref := values.get("guest_ref"):
            yield self.by_ref.get(f"ref:{ref}", [])
        if email := values.get("email"):
            yield self.by_email.get(email, [])
        if number := values.get("loyalty_number") or values.get("membership_number"):
            yield self.by_number.get(number, [])
        name = folded(" ".join(values.get(part) or "" for part in ("given_name", "family_name")))
        if values.get("phone") and name.strip():
            yield [found for found in self.by_phone.get(digits(values["phone"]), []) if found.name == name.strip()]

    def _one(self, found: list[Profile]) -> Profile | None:
        """Return the profile where all that were found are of one person; the same source's first, then the oldest."""
        own = [p for p in found if p.source == self.source] or found
        return min(own, default=None) if len({p.person for p in own}) == 1 else None

    def _stays(self, numbers: set[str]) -> dict[str, list[Stay]]:
        found: dict[str, list[Stay]] = defaultdict(list)
        places = list(self.connection.execute(sa.select(property_table.c.id)).scalars()) if numbers else ()
        columns = (stay.c.id, stay.c.property_id, stay.c.profile_id, stay.c.currency, stay.c.source)
        for column in (stay.c.channel_ref, stay.c.external_id) if numbers else ():
            asked = sa.select(column, *columns).where(stay.c.property_id.in_(places), column.is_not(None), among(self.connection, column, numbers))
            for number, *row in self.connection.execute(asked.order_by(stay.c.id)):
                found[number].append(Stay(*row))
        return found

    def _profiles(self, column: sa.Column, keys: set[str]) -> dict[str, list[Profile]]:
        found: dict[str, list[Profile]] = defaultdict(list)
        if keys:
            for key, *row in self.connection.execute(_select(column).where(among(self.connection, column, keys))):
                found[key].append(_profile(row))
        return found

    def _members(self, numbers: set[str]) -> dict[str, list[Member]]:
        """Return the memberships of each number: the source's own, and of numbers that it has not those of others, which takes longer."""
        m, found = membership.c, defaultdict(list)
        asked = sa.select(*(m[name] for name in Member._fields)).order_by(m.id)
        for row in self.connection.execute(asked.where(m.source == self.source, among(self.connection, m.external_id, numbers))) if numbers else ():
            found[row.external_id].append(Member(*row))
        if others := numbers - found.keys():
            for row in self.connection.execute(asked.where(among(self.connection, m.number, others))):
                found[row.number].append(Member(*row))
        return found

    def _phones(self, numbers: set[str]) -> dict[str, list[Profile]]:
        if not numbers:
            return {}
        places = sa.select(property_table.c.id)
        terms = sa.select(search_term.c.guest_id).where(search_term.c.property_id.in_(places), among(self.connection, search_term.c.term, numbers))
        found: dict[str, list[Profile]] = defaultdict(list)
        for phone, *row in self.connection.execute(_select(profile.c.phone).where(profile.c.guest_id.in_(terms))):
            found[digits(phone)].append(_profile(row))
        return found


def _select(key: sa.Column) -> sa.Select:
    person = sa.func.coalesce(guest.c.merged_into, guest.c.id)
    return sa.select(key, profile.c.id, profile.c.guest_id, person, profile.c.source, profile.c.property_id, profile.c.given_name,
        profile.c.family_name).join_from(profile, guest, guest.c.id == profile.c.guest_id).where(guest.c.erased_at.is_(None))


def _profile(row: list) -> Profile:
    *facts, given, family = row
    return Profile(*facts, folded(f"{given or ''} {family or ''}"))
