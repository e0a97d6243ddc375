"""Events of the group: who registered and who came, chosen so that events bring a known number of room nights beyond what like guests sleep."""
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import community_parameters as k
from crm_core.ingest.demo.hotels import DAYS, MONTH_OF_HISTORY, PERSONS, Profile, euro, iso
from crm_core.ingest.demo.records import NOBODY
from crm_core.ingest.demo.stays import CHECKED_OUT, COMPLIMENTARY
from crm_core.ingest.demo.streams import Streams, pick, quantile

OF_ALL_BLOCKS = 999_999  # these draws are not a block's
OFFERED, LISTED = 6, 150  # guests of a block, and of all, who may register for one event without sleeping there: more than there are places
BANDS = (1, 2, 4)  # stays before, as like guests are told: 0, 1, 2 and 3, 4 and more
EVENT = ("id", "property_id", "source", "external_id", "batch_id", "name", "kind", "starts_on", "place", "capacity", "revision", "starts_time", "audience",
         "cost_minor", "currency", "register_until", "about", "actor", "cancelled_at", "version")
ATTENDANCE = ("id", "event_id", "profile_id", "source", "external_id", "batch_id", "status", "registered_on", "party", "revision", "cancelled_local", "actor",
              "version")


@dataclass(frozen=True)
class Guest:
    """Somebody who may register: the record, the nights slept there around the event, the cell of like guests, and the order of choice."""

    profile_id: int
    nights: int
    cell: tuple[str, int]
    order: float


@dataclass
class Event:
    """An event, and what is known of the guests of its hotel: who may come, how many guests of each cell there are, how many nights they sleep."""

    number: int
    hotel: int
    day: int
    called_off: bool
    about: tuple
    near: list[Guest] = field(default_factory=list)
    far: list[Guest] = field(default_factory=list)
    guests: Counter = field(default_factory=Counter)
    nights: Counter = field(default_factory=Counter)

    def expected(self, chosen: list[Guest]) -> float:
        """Return the nights that guests like these sleep there around the event."""
        return sum(self.nights[guest.cell] / self.guests[guest.cell] for guest in chosen)


def planned(profile: Profile) -> list[Event]:
    """Return the events of a profile in the order of their days."""
    count = k.EVENTS[profile.name]
    if not count:
        return []
    codes = [hotel.code for hotel in profile.hotels]
    past = np.linspace(k.FIRST_EVENT, DAYS - 12, count - len(k.TO_COME)).astype(int).tolist()
    days = [*past, *(DAYS + ahead for ahead in k.TO_COME)]
    return [Event(number, codes.index(code), day, number in k.CALLED_OFF, about) for number, day, code, about in zip(
        range(1, count + 1), days, cycle(k.WHERE.split()), cycle(k.KINDS))]


# --- who may register, block by block ----------------------------------------------------------------------------------------------
def watch(block, writer) -> None:
    """Note who of the block's guests may register for each event, and how the guests of its hotel sleep around it."""
    u = block.streams.draw("events", len(block.people))
    for event in writer.events:
        _note(block, event, u)


def _note(block, event: Event, u: np.ndarray) -> None:
    stays, persons = block.stays, len(block.people)
    here = np.flatnonzero((stays.hotel == event.hotel) & (block.records.of_stay != NOBODY))
    guest, day = stays.guest[here], event.day
    known = np.bincount(guest, minlength=persons) > 0
    over = (stays.status[here] == CHECKED_OUT) & (stays.nights[here] > 0) & (stays.departure[here] < day)
    band = np.searchsorted(BANDS, np.bincount(guest[over], minlength=persons), side="right")
    slept = np.minimum(stays.departure[here], day + 2) - np.maximum(stays.arrival[here], day - 1)
    sold = stays.realised[here] & (stays.market[here] != COMPLIMENTARY)
    nights = np.bincount(guest, np.where(sold, np.maximum(slept, 0), 0), persons).astype(int)
    cells = {n: (block.people.country[n] or "", int(band[n])) for n in np.flatnonzero(known).tolist()}
    event.guests.update(cells.values())
    for n in np.flatnonzero(nights).tolist():
        event.nights[cells[n]] += int(nights[n])
    _offer(block, event, u, here, cells, nights)


def _offer(block, event: Event, u: np.ndarray, here: np.ndarray, cells: dict, nights: np.ndarray) -> None:
    """Guests under a record that was opened before they could register: all who sleep there around the event, some of the others."""
    opened = block.records.opened[block.records.of_stay[here]]
    early = here[opened < min(event.day, DAYS) - 41]
    record = dict(zip(block.stays.guest[early].tolist(), block.records.of_stay[early].tolist(), strict=True))
    persons = np.array(list(record), int)
    if event.about[3] == "members":
        persons = persons[block.members.at(persons, np.full(len(persons), min(event.day, DAYS - 1)))]
    order = _order(u[persons], event.number, np.array([cells[n][0] == block.profile.hotels[event.hotel].country for n in persons.tolist()], bool))
    sleeping = nights[persons] > 0
    first = np.flatnonzero(~sleeping)
    first = first[np.argsort(order[first], kind="stable")[:OFFERED]]
    near, far = ([Guest(block.profile_ids[record[n]], int(nights[n]), cells[n], place) for n, place in zip(
        persons[rows].tolist(), order[rows].tolist(), strict=True)] for rows in (np.flatnonzero(sleeping), first))
    event.near += near
    event.far = sorted([*event.far, *far], key=lambda guest: guest.order)[:LISTED]


def _order(u: np.ndarray, number: int, is_neighbour: np.ndarray) -> np.ndarray:
    """The place in the choice for one event: evenly spread over events, earlier for who lives near."""
    place = (u + number * .6180339887) % 1
    return np.where(is_neighbour, place ** (1 / k.NEIGHBOURS), place)


# --- as rows, once all guests are written --------------------------------------------------------------------------------------------
def close_events(writer, profile: Profile, seed: int) -> None:
    """Write the events, who registered and who came."""
    streams, owed, rows = Streams(seed, profile.name, OF_ALL_BLOCKS), 0., []
    writer.rows(schema.event, EVENT, (_event(event, profile, writer.revision) for event in writer.events))
    for event in writer.events:
        listed, owed = _listed(streams, profile, event, owed)
        rows += listed
    writer.rows(schema.attendance, ATTENDANCE, (
        (number, *row[:2], "demo", f"A{number:05d}", 1, *row[2:5], writer.revision, row[5], "demo", 1)
        for number, row in zip(writer.take(schema.attendance, len(rows)), rows, strict=True)))


def _event(event: Event, profile: Profile, revision: int) -> tuple:
    kind, name, place, audience, time, cost = event.about
    hotel = profile.hotels[event.hotel]
    on, until, off = iso(np.array([event.day, event.day - 1, event.day - 3]))
    cents = 100 * round(cost / euro(hotel)[MONTH_OF_HISTORY[event.day]])
    return (event.number, event.hotel + 1, "demo", f"E{event.number:03d}", 1, name, kind, on, place, k.PLACES, revision, time, audience, cents, hotel.currency,
            until, "", "demo", f"{off}T09:00:00+00:00" if event.called_off else None, 1)


def _listed(streams: Streams, profile: Profile, event: Event, owed: float) -> tuple[list[tuple], float]:
    """The registrations of an event, (event, profile, status, day, party, cancelled), and the nights that the next events have to make up for."""
    size = max(3, round(k.REGISTERED * min(1., profile.persons / PERSONS)))
    held = event.day < DAYS and not event.called_off
    came, late, away = _counts(size, event.number) if held else (round(size * k.EARLY_BOOKED), 0, 0)
    strangers, far = round(came * k.STRANGERS), iter(event.far)
    if held:
        chosen, owed = _chosen(event, far, came - strangers, owed)
    else:
        chosen = list(islice(far, came - strangers))
    others = list(islice(far, late + away + round(size * k.IN_TIME / k.REGISTERED)))
    words = [*["attended" if held else "registered"] * (len(chosen) + strangers), *["cancelled"] * late, *["no_show"] * away]
    named = [*(guest.profile_id for guest in chosen), *[None] * strangers, *(guest.profile_id for guest in others)]
    words += ["cancelled"] * max(0, len(named) - len(words))  # in time
    u = streams.draw(f"event {event.number}", 4, len(named))
    return list(_rows(event, named, words, len(chosen) + strangers + late, u)), owed


def _counts(size: int, number: int) -> tuple[int, int, int]:
    """How many of those registered came, cancelled late and stayed away; of five events in turn the first is as usual."""
    came, late = round(size * (k.CAME[0] + k.SWING[number % len(k.SWING)])), round(size * k.CAME[1])
    return came, late, size - came - late


def _chosen(event: Event, far: Iterator[Guest], count: int, owed: float) -> tuple[list[Guest], float]:
    """Who came: so many who slept there that their nights are those of like guests and what the event brought; the others did not."""
    near: list[Guest] = []
    owed += k.HALO * count
    for guest in sorted(event.near, key=lambda guest: guest.order):
        if len(near) < count and sum(one.nights for one in near) + guest.nights <= owed + event.expected(near) + .5:
            near.append(guest)
    chosen = [*near, *islice(far, count - len(near))]
    return chosen, owed + event.expected(chosen) - sum(guest.nights for guest in chosen)


def _rows(event: Event, named: list[int | None], words: list[str], timely_from: int, u: np.ndarray) -> Iterator[tuple]:
    """Registrations in the order of their days; those from `timely_from` on that are cancelled were so in time."""
    last = min(event.day, DAYS)
    days = np.minimum(event.day - quantile(u[0], k.AHEAD).astype(int), last - 1)
    parties = 1 + pick(u[1], (1 - k.PAIRS, k.PAIRS))
    before = np.where(np.arange(len(named)) < timely_from, 0, 1 + np.ceil(u[2] * np.maximum(event.day - days - 1, 1)).astype(int))
    gone = np.minimum(np.maximum(event.day - before, days), min(event.day, DAYS - 1))
    hour = event.about[4]
    at = [f"{on}T{'07:00' if on_day == event.day else hour}" for on, on_day in zip(iso(gone), gone.tolist(), strict=True)]
    for n in np.lexsort((u[3], days)).tolist():
        yield (event.number, named[n], words[n], iso(days[n:n + 1])[0], int(parties[n]), at[n] if words[n] == "cancelled" else None)
