"""The rooms of the hotels: their floors, and in the first hotel the rooms of one floor that look on the street."""
import numpy as np

from crm_core import schema
from crm_core.ingest.demo import feedback_parameters as f
from crm_core.ingest.demo.hotels import ROOMS_A_FLOOR, Profile, room_number

BLOCK = "Street side"


def open_rooms(writer, profile: Profile) -> None:
    """Write every room with its floor and block."""
    rooms = [(h + 1, room_number(i), str(i // ROOMS_A_FLOOR + 1), BLOCK if on_street(profile, h, np.array([i]))[0] else "")
             for h, hotel in enumerate(profile.hotels) for i in range(hotel.rooms)]
    numbers = writer.take(schema.room, len(rooms))
    writer.rows(schema.room, ("id", "property_id", "room", "floor", "block"), ((n, *row) for n, row in zip(numbers, rooms, strict=True)))


def on_street(profile: Profile, hotel: np.ndarray | int, room: np.ndarray) -> np.ndarray:
    """Return which rooms, counted from 0 in each hotel, lie in the noisy block (lesson L10)."""
    floor, count = f.STREET
    begin = (floor - 1) * ROOMS_A_FLOOR
    return (np.asarray(hotel) % profile.siblings == 0) & (room >= begin) & (room < begin + count)
