"""A block of 1,000 guests, complete: persons, stays and the ids they have in the store."""
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from crm_core import schema
from crm_core.ingest.demo.account import Account
from crm_core.ingest.demo.bookings import bookings
from crm_core.ingest.demo.capacity import Rooms
from crm_core.ingest.demo.hotels import Profile
from crm_core.ingest.demo.leads import Leads, leads
from crm_core.ingest.demo.ledger import accounts
from crm_core.ingest.demo.members import Members, members
from crm_core.ingest.demo.people import People, people
from crm_core.ingest.demo.records import Records, records
from crm_core.ingest.demo.redeeming import Quota
from crm_core.ingest.demo.spend import Spent, spent
from crm_core.ingest.demo.stays import Stays, outcome
from crm_core.ingest.demo.streams import Streams
from crm_core.ingest.demo.trip_rows import seasons
from crm_core.ingest.demo.trips import trips

SIZE = 1000


@dataclass(frozen=True)
class Block:
    """What every domain is given. Persons, stays and records are numbered from 0 inside the block; their ids follow from the first ones.

    `profile_ids` are those of the records; a record's guest has the same number as its profile.
    """

    streams: Streams
    profile: Profile
    first_id: int
    people: People
    members: Members
    stays: Stays
    stay_ids: range
    spent: Spent
    records: Records
    profile_ids: range
    accounts: list[Account]
    membership_ids: range
    leads: Leads
    lead_ids: range


def blocks(profile: Profile, seed: int, take: Callable[[sa.Table, int], range]) -> Iterator[Block]:
    """Yield the profile's blocks in order; `take` returns the next n ids of a table."""
    clocks, rooms, quota = seasons(profile), Rooms(profile.hotels), Quota()
    for number, begin in enumerate(range(0, profile.persons, SIZE)):
        streams = Streams(seed, profile.name, number)
        persons = min(SIZE, profile.persons - begin)
        planned = bookings(streams, profile, trips(streams, profile, clocks, persons))
        stays = outcome(streams, profile, rooms, planned)
        yield _block(streams, profile, begin + 1, stays, persons, quota, take)


def _block(streams: Streams, profile: Profile, first_id: int, stays: Stays, persons: int, quota: Quota, take) -> Block:
    who, joined = people(streams, profile, stays, first_id, persons), members(streams, profile, stays, first_id, persons)
    stays = stays.dearer(joined.premium(stays))
    kept = records(streams, profile, who, joined, stays)
    beside = spent(streams, profile, stays, joined)
    held = accounts(streams, stays, beside, joined, kept, quota)
    asked = leads(streams, profile, stays, kept, persons)
    return Block(
        streams, profile, first_id, who, joined, stays, take(schema.stay, len(stays.guest)), beside, kept,
        take(schema.profile, len(kept)), held, take(schema.membership, len(held)), asked, take(schema.lead, len(asked.created)))
