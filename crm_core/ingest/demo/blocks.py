"""A block of 1,000 guests, complete: persons, stays and the ids they have in the store."""
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import sqlalchemy as sa

from crm_core import schema
from crm_core.ingest.demo.account import Account
from crm_core.ingest.demo.bookings import bookings
from crm_core.ingest.demo.campaign_bookings import Owed, bookers
from crm_core.ingest.demo.campaign_lists import Outreach, outreach
from crm_core.ingest.demo.campaign_reach import reach
from crm_core.ingest.demo.capacity import Rooms
from crm_core.ingest.demo.feedback_quota import Quota as Shares
from crm_core.ingest.demo.hotels import Profile
from crm_core.ingest.demo.leads import Leads, leads
from crm_core.ingest.demo.ledger import accounts
from crm_core.ingest.demo.members import Members, members
from crm_core.ingest.demo.people import People, people
from crm_core.ingest.demo.records import Records, last_seen, records
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
    outreach: Outreach


def blocks(profile: Profile, seed: int, take: Callable[[sa.Table, int], range]) -> Iterator[Block]:
    """Yield the profile's blocks in order; `take` returns the next n ids of a table."""
    clocks, rooms, quota, owed = seasons(profile), Rooms(profile.hotels), Quota(), (Owed(), Shares())
    for number, begin in enumerate(range(0, profile.persons, SIZE)):
        streams = Streams(seed, profile.name, number)
        persons = min(SIZE, profile.persons - begin)
        planned = bookings(streams, profile, trips(streams, profile, clocks, persons))
        stays = outcome(streams, profile, rooms, planned)
        yield _block(streams, profile, begin + 1, stays, persons, quota, owed, take)


def _block(streams: Streams, profile: Profile, first_id: int, stays: Stays, persons: int, quota: Quota, owed: tuple[Owed, Shares], take) -> Block:
    who, joined = people(streams, profile, stays, first_id, persons), members(streams, profile, stays, first_id, persons)
    stays = stays.dearer(joined.premium(stays))
    kept = records(streams, profile, who, joined, stays)
    ids = take(schema.profile, len(kept))
    owed[0].begin(persons)
    may = reach(streams, who, kept, ids)
    stays, books = bookers(streams, profile, owed[0], may, kept, stays)
    kept = replace(kept, seen=last_seen(stays, kept.of_stay, len(kept)))
    written = outreach(streams, profile, *owed, may, books, who, kept, stays, ids)
    beside = spent(streams, profile, stays, joined)
    held = accounts(streams, stays, beside, joined, kept, quota)
    asked = leads(streams, profile, stays, kept, persons)
    return Block(
        streams, profile, first_id, who, joined, stays, take(schema.stay, len(stays.guest)), beside, kept,
        ids, held, take(schema.membership, len(held)), asked, take(schema.lead, len(asked.created)), written)
