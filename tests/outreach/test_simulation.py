"""A journey writes on its days, stops where it must, never more often than its cap allows, and is the same day by day as at once."""
import datetime as dt
import random

import pandas as pd
import pytest

from crm_core.outreach.draw import is_held
from crm_core.outreach.journeys import Journey, Step
from crm_core.outreach.simulation import COLUMNS, simulate

DAY = dt.date(2024, 1, 1)
TWO = (Step(0, "first"), Step(10, "second"))
EXIT = ("booked", "cancelled", "unsubscribed", "complained")
ANA, BEN = 1, 2


def on(day: int) -> dt.date:
    """A day of the test: 0 is 1 January 2024."""
    return DAY + dt.timedelta(day)


def occasions(*rows):
    """(guest, occasion, day) of property 7, and the day from which it was known where one is told."""
    frame = pd.DataFrame([(guest, 7, name, on(day), on(known[0]) if known else None) for guest, name, day, *known in rows],
                         columns=["guest_id", "property_id", "occasion", "on", "known_on"])  # fmt: skip
    return frame.assign(known_on=frame.known_on.fillna(on(-9000)))


def events(*rows):
    """(guest, kind, day), and the occasion where it is of one."""
    return pd.DataFrame([(guest, kind, on(day), name[0] if name else "") for guest, kind, day, *name in rows],
                        columns=["guest_id", "kind", "on", "occasion"])  # fmt: skip


def told(found):
    """(day, guest, occasion, step, why) of each row; "" is due."""
    return [((due.date() - DAY).days, guest, occasion, step, why) for due, guest, occasion, step, why in zip(
        found.rows.due_on, found.rows.guest_id, found.rows.occasion, found.rows.step, found.rows.why)]  # fmt: skip


def run(journey, whose, what=None, first=0, last=100, **more):
    return simulate(journey, whose, events() if what is None else what, on(first), on(last), "salt", **more)


LATER = Journey("post_stay", 5, TWO, EXIT)
BEFORE = Journey("pre_arrival", 7, (Step(0, "week"), Step(6, "eve")), EXIT)


def test_messages_come_on_their_days():
    assert told(run(LATER, occasions((ANA, "a", 1)))) == [(6, ANA, "a", 1, ""), (16, ANA, "a", 2, "")]
    assert told(run(BEFORE, occasions((ANA, "a", 20)))) == [(13, ANA, "a", 1, ""), (19, ANA, "a", 2, "")]
    assert told(run(Journey("in_stay", 2, TWO[:1]), occasions((ANA, "a", 20)))) == [(21, ANA, "a", 1, "")]


def test_the_last_day_is_not_in_the_span_and_what_began_before_it_is_left_alone():
    stay = occasions((ANA, "a", 1))
    assert told(run(LATER, stay, last=16)) == [(6, ANA, "a", 1, "")]
    assert told(run(LATER, stay, first=7)) == []
    assert told(run(LATER, stay, first=7, since=on(6))) == [(16, ANA, "a", 2, "")]
    assert told(run(LATER, stay, first=7, already=run(LATER, stay, last=7).rows)) == [(16, ANA, "a", 2, "")]


def test_what_was_not_known_on_its_day_is_not_written():
    assert told(run(BEFORE, occasions((ANA, "late", 20, 14), (BEN, "in time", 20, 13)))) == [
        (13, BEN, "in time", 1, ""), (19, ANA, "late", 2, ""), (19, BEN, "in time", 2, "")]  # fmt: skip


@pytest.mark.parametrize(("what", "why"), [
    ((ANA, "booked", 1), ["booked"]), ((ANA, "booked", 5), ["booked"]), ((ANA, "booked", 6), ["", "booked"]), ((ANA, "booked", 15), ["", "booked"]),
    ((ANA, "booked", 16), ["", ""]), ((ANA, "booked", 0), ["", ""]), ((ANA, "booked", 0, "a"), ["booked"]), ((ANA, "booked", 3, "b"), ["", ""]),
    ((BEN, "booked", 5), ["", ""]), ((ANA, "complained", -500), ["complained"]), ((ANA, "unsubscribed", 7), ["", "unsubscribed"]),
    ((ANA, "message", 5), ["", ""]),
])  # fmt: skip
def test_an_exit_before_the_day_ends_the_journey(what, why):
    assert [row[-1] for row in told(run(LATER, occasions((ANA, "a", 1)), events(what)))] == why


def test_before_a_stay_only_what_happens_from_the_first_message_on_or_to_the_stay_itself_ends_it():
    stays = occasions((ANA, "a", 20))
    assert [row[-1] for row in told(run(BEFORE, stays, events((ANA, "cancelled", 12))))] == ["", ""]
    assert [row[-1] for row in told(run(BEFORE, stays, events((ANA, "cancelled", 13))))] == ["", "cancelled"]
    assert [row[-1] for row in told(run(BEFORE, stays, events((ANA, "cancelled", 2, "a"))))] == ["cancelled"]


def test_of_two_exits_the_earlier_is_told():
    found = run(LATER, occasions((ANA, "a", 1)), events((ANA, "unsubscribed", 4), (ANA, "booked", 3)))
    assert [row[-1] for row in told(found)] == ["booked"]
    assert found.left == {"booked": 1}


def test_the_cap_counts_everybodys_messages_of_its_days():
    capped = Journey("post_stay", 5, TWO, EXIT, cap=(2, 10))
    stays = occasions((ANA, "a", 1), (ANA, "b", 3))  # on days 6, 8, 16 and 18
    assert [row[-1] for row in told(run(capped, stays))] == ["", "", "", ""]
    assert [row[-1] for row in told(run(capped, stays, events((ANA, "message", 7))))] == ["", "frequency_cap", "", ""]
    assert [row[-1] for row in told(run(capped, stays, events((ANA, "message", 8))))] == ["", "frequency_cap", "", ""]
    assert [row[-1] for row in told(run(capped, stays, events((ANA, "message", 9), (BEN, "message", 9))))] == ["", "", "frequency_cap", ""]


def test_once_in_so_many_days_counts_from_the_day_on_which_the_journey_began():
    once = Journey("post_stay", 5, TWO, EXIT, once_days=20)
    found = run(once, occasions((ANA, "a", 1), (ANA, "b", 20), (ANA, "c", 21)))
    assert told(found) == [(6, ANA, "a", 1, ""), (16, ANA, "a", 2, ""), (25, ANA, "b", 1, "once"), (26, ANA, "c", 1, ""), (36, ANA, "c", 2, "")]
    assert (found.people, found.twice, found.messages, found.left) == (1, 1, 4, {"once": 1})


def test_a_step_with_a_rule_is_for_whom_it_means():
    ruled = Journey("post_stay", 5, (Step(0, "all"), Step(10, "gold", '{"field": "tier", "is": "known"}')), EXIT)
    found = run(ruled, occasions((ANA, "a", 1), (BEN, "b", 1)), meets={2: {BEN}})
    assert [(row[1], row[-1]) for row in told(found)] == [(ANA, ""), (BEN, ""), (ANA, "not_meant"), (BEN, "")]
    with pytest.raises(KeyError):
        run(ruled, occasions((ANA, "a", 1)))


def test_an_occasion_that_is_told_twice_counts_once():
    assert told(run(LATER, occasions((ANA, "a", 1), (ANA, "a", 1), (ANA, "a", 2)))) == [(6, ANA, "a", 1, ""), (16, ANA, "a", 2, "")]


def test_the_held_out_are_reckoned_alike_and_counted_apart():
    half = Journey("post_stay", 5, TWO, EXIT, holdout_bp=5000)
    people = range(1, 101)
    found = run(half, occasions(*((guest, "a", 1) for guest in people)), events((1, "booked", 3)))
    out = {guest for guest in people if is_held(guest, "salt", 5000)}
    assert set(found.rows.guest_id[found.rows.arm == "held_out"]) == out
    assert len(found.rows) == 199
    assert (found.people + found.held_out, found.messages) == (99, 2 * found.people)
    assert sum(found.left.values()) == (1 not in out)


def test_nothing_comes_of_nothing():
    found = run(LATER, occasions())
    assert tuple(found.rows.columns) == COLUMNS
    assert (len(found.rows), found.people, found.twice, found.messages, found.held_out, found.left) == (0, 0, 0, 0, 0, {})


# --- day by day ---------------------------------------------------------------------------------------------------------
THREE = (Step(0, "a"), Step(1, "b", '{"x": 1}'), Step(3, "c"))
JOURNEYS = {
    "before": Journey("pre_arrival", 4, (Step(1, "a"), Step(2, "b")), EXIT, cap=(2, 6)),
    "during": Journey("in_stay", 2, THREE, ("booked",), cap=(1, 5), holdout_bp=3000),
    "after": Journey("post_stay", 1, THREE, EXIT, cap=(2, 6), holdout_bp=3000, once_days=9),
    "uncapped": Journey("post_stay", 3, TWO, ("complained",), once_days=4),
}


def fortnight():
    """Sixty guests with stays and events about a fortnight, by a fixed lot."""
    lot = random.Random(7)
    stays = [(guest, name, lot.randrange(-3, 15), lot.randrange(-9, 15)) for guest in range(1, 61) for name in "abc"[: lot.randrange(1, 4)]]
    what = [(lot.randrange(1, 61), lot.choice((*EXIT, "message", "message")), lot.randrange(-5, 20), lot.choice(("", "", "a", "b")))
            for _ in range(120)]  # fmt: skip
    return occasions(*stays), events(*what)


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_day_by_day_is_as_all_at_once_in_any_order(journey):
    (whose, what), more, days = fortnight(), {"since": on(0), "meets": {2: range(1, 41)}}, None
    at_once = run(journey, whose, what, last=12, **more)
    assert len(set(at_once.rows.why)) >= 2
    for day in range(12):
        found = run(journey, whose.sample(frac=1, random_state=day), what.sample(frac=1, random_state=day), day, day + 1, already=days, **more).rows
        days = found if days is None else pd.concat([days, found], ignore_index=True)
    assert days.to_dict("records") == at_once.rows.to_dict("records")
