"""Who sleeps where: every night a room is free or taken; a stay that finds none moves by up to three days or falls through."""
import numpy as np

from crm_core.ingest.demo.hotels import HORIZON, Hotel

SHIFTS = (0, 1, -1, 2, -2, 3, -3)
NONE = -1


class Rooms:
    """The free rooms of every hotel and night, one bit a room: a few hundred kilobytes that all blocks share."""

    def __init__(self, hotels: tuple[Hotel, ...]):
        self._free = [[(1 << h.rooms) - 1] * (HORIZON + 40) for h in hotels]
        self.sizes = np.array([h.rooms for h in hotels])

    def place(self, hotel: int, arrival: int, nights: int, earliest: int, wish: int) -> tuple[int, int]:
        """Take a room that is free for all the nights and return (arrival, room), the room the first free one from `wish` on.

        The arrival is never before `earliest`, and at most three days off; (arrival, NONE) where there is no room.
        """
        wanted = max(arrival, earliest)
        for shift in SHIFTS:
            start = wanted + shift
            if start >= earliest and (free := self._free_for(hotel, start, nights)):
                room = self._first_from(free, wish)
                self._take(hotel, start, nights, room)
                return start, room
        return wanted, NONE

    def _free_for(self, hotel: int, start: int, nights: int) -> int:
        calendar = self._free[hotel]
        free = calendar[start]
        for night in range(start + 1, start + nights):
            free &= calendar[night]
        return free

    @staticmethod
    def _first_from(free: int, wish: int) -> int:
        above = free >> wish
        return wish + _lowest(above) if above else _lowest(free)

    def _take(self, hotel: int, start: int, nights: int, room: int) -> None:
        calendar = self._free[hotel]
        for night in range(start, start + nights):
            calendar[night] &= ~(1 << room)


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def settle(rooms: Rooms, guest, hotel, arrival, nights, wants, wish) -> tuple[np.ndarray, np.ndarray]:
    """Return (arrival, room) of rows ordered by guest and arrival; rows that want no room keep their arrival and get NONE.

    Day use takes no night and no room. Two stays of one guest keep a free night between them. `wish` is where each begins to look, 0 to 1.
    """
    days, found = arrival.copy(), np.full(len(arrival), NONE)
    first = (wish * rooms.sizes[hotel]).astype(int)
    held = np.flatnonzero(wants & (nights > 0))
    last, earliest = None, 0
    for i, *row in zip(held.tolist(), *(column[held].tolist() for column in (guest, hotel, arrival, nights, first)), strict=True):
        who, where, day, length, begin = row
        earliest = earliest if who == last else 0
        days[i], found[i] = rooms.place(where, day, length, earliest, begin)
        last, earliest = who, days[i] + length + 1 if found[i] != NONE else earliest
    return days, found
