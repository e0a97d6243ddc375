"""A block of 1,000 guests, complete: persons, stays and the ids they have in the store."""
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crm_core.ingest.demo.bookings import bookings
from crm_core.ingest.demo.capacity import Rooms
from crm_core.ingest.demo.hotels import Profile
from crm_core.ingest.demo.people import People, people
from crm_core.ingest.demo.stays import Stays, outcome
from crm_core.ingest.demo.streams import Streams
from crm_core.ingest.demo.trips import seasons, trips

SIZE = 1000


@dataclass(frozen=True)
class Block:
    """What every domain is given. Persons and stays are numbered from 0 inside the block; their ids follow from the first ones.

    `profile_of_stay` holds the id of each stay's guest profile; `profile_guest` and `profile_hotel` belong to `profile_ids`.
    """

    streams: Streams
    profile: Profile
    first_id: int
    people: People
    stays: Stays
    stay_ids: range
    profile_ids: range
    profile_guest: np.ndarray
    profile_hotel: np.ndarray
    profile_of_stay: np.ndarray


def blocks(profile: Profile, seed: int, take_stays, take_profiles) -> Iterator[Block]:
    """Yield the profile's blocks in order; `take_stays` and `take_profiles` return the next n ids of those tables."""
    clocks, rooms = seasons(profile), Rooms(profile.hotels)
    for number, begin in enumerate(range(0, profile.persons, SIZE)):
        streams = Streams(seed, profile.name, number)
        persons = min(SIZE, profile.persons - begin)
        planned = bookings(streams, profile, trips(streams, profile, clocks, persons))
        stays = outcome(streams, profile, rooms, planned)
        yield _block(streams, profile, begin + 1, stays, persons, take_stays, take_profiles)


def _block(streams: Streams, profile: Profile, first_id: int, stays: Stays, persons: int, take_stays, take_profiles) -> Block:
    pairs, place = np.unique(stays.guest * len(profile.hotels) + stays.hotel, return_inverse=True)
    profile_ids = take_profiles(len(pairs))
    return Block(
        streams, profile, first_id, people(streams, profile, stays, first_id, persons), stays, take_stays(len(stays.guest)), profile_ids,
        pairs // len(profile.hotels), pairs % len(profile.hotels), profile_ids.start + place)
