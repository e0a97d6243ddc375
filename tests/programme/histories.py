"""Random histories of a membership, as a ledger keeps them, and what to compare of two."""

import datetime as dt
import os
from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from crm_core.programme.ledger import Entry

START = dt.date(2024, 1, 1)
END = START + dt.timedelta(90)
ROUNDS = int(os.environ.get("SOAK_ROUNDS", "0"))
MANY = settings(max_examples=max(20, 50 * ROUNDS), deadline=None, database=None, suppress_health_check=list(HealthCheck))

DAY = st.integers(0, 40)
POINTS = st.integers(1, 9)
LIFE = st.sampled_from([None, 3, 10, 25])
DEED = st.one_of(
    st.tuples(st.just("earn"), DAY, POINTS, LIFE, st.just(0)),
    st.tuples(st.just("earn"), DAY, POINTS, st.just(10), st.just(0)),
    st.tuples(st.just("burn"), DAY, st.integers(-9, -1), st.none(), st.just(0)),
    st.tuples(st.just("adjust"), DAY, st.sampled_from([-4, -1, 3]), LIFE, st.just(0)),
    st.tuples(st.just("opening"), DAY, POINTS, LIFE, st.just(0)),
    st.tuples(st.just("transfer"), DAY, st.sampled_from([-6, -2, 2, 6]), LIFE, st.integers(-5, 5)),
    st.tuples(st.just("reverse"), DAY, st.just(0), st.none(), st.integers(0, 20)),
)
DEEDS = st.lists(DEED, max_size=14)
WITH_EXPIRIES = st.lists(st.one_of(DEED, st.tuples(st.just("expire"), DAY, st.integers(-9, -1), st.none(), st.just(0))), max_size=14)


def after(days: int) -> dt.date:
    return START + dt.timedelta(days)


def told(deeds, order=None) -> list[Entry]:
    """The entries of deeds, numbered in the order in which they arrive (`order`: places in `deeds`)."""
    order = list(order if order is not None else range(len(deeds)))
    numbers = {place: number for number, place in enumerate(order, 1)}
    return [entry for place in order if (entry := _entry(deeds, place, numbers))]


def _entry(deeds, place, numbers) -> Entry | None:
    kind, day, points, life, extra = deeds[place]
    if kind == "reverse":
        return _reversal(deeds, place, numbers)
    lot_on = after(day + extra) if kind == "transfer" and extra else None
    return Entry(numbers[place], after(day), kind, points, lot_on, None if life is None else after(day + life))


def _reversal(deeds, place, numbers) -> Entry | None:
    """Takes back another deed on the same day or later, each at most once; None where there is none to take back."""
    targets = [other for other in range(len(deeds)) if deeds[other][0] != "reverse"]
    if not targets:
        return None
    target = targets[deeds[place][4] % len(targets)]
    if any(deeds[other][0] == "reverse" and targets[deeds[other][4] % len(targets)] == target for other in range(place)):
        return None
    day = max(deeds[place][1], deeds[target][1])
    return Entry(numbers[place], after(day), "reverse", -deeds[target][2], reverses_id=numbers[target])


def looks(parts) -> Counter:
    """Parts without the numbers of their lots: what they look like, and how many points of each look there are."""
    seen: Counter = Counter()
    for part in parts:
        seen[part.issued_on, part.expires_on, part.fate, part.taken_on] += part.points
    return seen
