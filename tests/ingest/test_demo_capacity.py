"""Rooms of the demo: a hotel of one or two rooms, counted by hand."""
from dataclasses import replace

import numpy as np
import pytest

from crm_core.ingest.demo.capacity import NONE, Rooms, settle
from crm_core.ingest.demo.hotels import GROUP, room_number


@pytest.fixture
def rooms():
    """Hotel 0 has one room, hotel 1 has two."""
    return Rooms((replace(GROUP[0], rooms=1), replace(GROUP[1], rooms=2)))


def test_a_stay_takes_the_room_it_begins_to_look_at(rooms):
    assert rooms.place(1, 10, 2, 0, 1) == (10, 1)


def test_a_full_night_moves_the_second_stay_to_the_day_after(rooms):
    rooms.place(0, 10, 1, 0, 0)
    assert rooms.place(0, 10, 1, 0, 0) == (11, 0)


def test_a_stay_moves_by_three_days_at_most(rooms):
    rooms.place(0, 7, 7, 0, 0)
    assert rooms.place(0, 10, 1, 0, 0) == (10, NONE)
    assert rooms.place(0, 11, 1, 0, 0) == (14, 0)


def test_a_stay_needs_one_room_for_all_its_nights(rooms):
    rooms.place(1, 10, 1, 0, 0)
    rooms.place(1, 11, 1, 0, 1)
    assert rooms.place(1, 10, 2, 10, 0) == (11, 0)


def test_a_guest_keeps_a_free_night_between_two_stays(rooms):
    guest, hotel, arrival, nights = np.array([5, 5]), np.array([0, 1]), np.array([10, 11]), np.array([2, 1])
    days, found = settle(rooms, guest, hotel, arrival, nights, np.array([True, True]), np.zeros(2))
    assert days.tolist() == [10, 13]
    assert found.tolist() == [0, 0]


def test_day_use_and_cancelled_bookings_take_no_room(rooms):
    guest, hotel, arrival, nights = np.array([1, 2]), np.array([0, 0]), np.array([10, 10]), np.array([0, 2])
    days, found = settle(rooms, guest, hotel, arrival, nights, np.array([True, False]), np.zeros(2))
    assert days.tolist() == [10, 10]
    assert found.tolist() == [NONE, NONE]
    assert rooms.place(0, 10, 2, 10, 0) == (10, 0)


@pytest.mark.parametrize(("index", "door"), [(0, "101"), (11, "112"), (12, "201"), (24, "301"), (59, "512")])
def test_a_room_number_begins_with_its_floor(index, door):
    assert room_number(index) == door
