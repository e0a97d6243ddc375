"""A journey is read, refused with a sentence that says what to do, and written as it was."""
import json
from types import SimpleNamespace

import pytest

from crm_core.outreach.journeys import FOLDER, KINDS, SHIPPED, BadJourney, Journey, Step, dump, dumps, loads, parse
from crm_core.rule import BadRule

WIN_BACK = {
    "trigger": {"on": "ota_win_back", "days": 30}, "exit": ["complained", "booked", "unsubscribed"], "cap": {"messages": 3, "days": 30},
    "steps": [{"wait": 0, "message": "direct"}, {"wait": 60, "message": "reminder", "if": {"field": "stays", "is": "at_least", "value": 2}}],
    "holdout_bp": 2000, "purpose": "marketing", "channel": "email", "once_per": {"days": 365}}  # fmt: skip
FIELDS = {"stays": SimpleNamespace(name="Stays", type="number", choices=None, range=(0, 999))}


def changed(**changes):
    return WIN_BACK | changes


def test_a_journey_is_read():
    assert parse(WIN_BACK, FIELDS) == Journey(
        "ota_win_back", 30, (Step(0, "direct"), Step(60, "reminder", '{"field": "stays", "is": "at_least", "value": 2}')),
        ("booked", "unsubscribed", "complained"), (3, 30), 2000, "marketing", "email", 365)


def test_what_is_not_said_is_plain():
    said = {"trigger": {"on": "post_stay", "days": 0}, "steps": [{"message": " thanks "}], "purpose": "survey"}
    assert parse(said) == Journey("post_stay", 0, (Step(0, "thanks"),), (), None, 0, "survey", "email", None)


@pytest.mark.parametrize(("on", "days", "due"), [
    ("pre_arrival", 7, (-7, -5)), ("birthday", 14, (-14, -12)), ("in_stay", 1, (0, 2)), ("in_stay", 2, (1, 3)), ("post_stay", 0, (0, 2)),
    ("lapsed", 730, (730, 732)),
])  # fmt: skip
def test_days_are_counted_from_the_occasion(on, days, due):
    assert Journey(on, days, (Step(0, "a"), Step(2, "b"))).due() == due


@pytest.mark.parametrize("journey", [parse(WIN_BACK), *(example.journey for example in SHIPPED)], ids=lambda journey: journey.on)
def test_a_journey_that_is_written_is_read_as_it_was(journey):
    assert loads(dumps(journey)) == journey
    assert parse(json.loads(json.dumps(dump(journey)))) == journey


def test_there_is_one_journey_of_each_kind_to_begin_with():
    assert [example.journey.on for example in SHIPPED] == [example.code for example in SHIPPED] == list(KINDS)
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(KINDS)
    assert all(example.name and example.about for example in SHIPPED)


@pytest.mark.parametrize(("said", "problem"), [
    ([], "“\\[\\]” does not"), (changed(colour=1), "“colour” is not known here"),
    (changed(trigger={"on": "full_moon", "days": 1}), "“full_moon” is not known"),
    (changed(trigger={"on": "lapsed", "days": 0}), "“0” is no whole number from 1 to 3650"),
    (changed(trigger={"on": "lapsed"}), "“None” is no whole number"),
    (changed(trigger={"on": "lapsed", "days": True}), "“True” is no whole number"), (changed(steps=[]), "at least one message and at most 12"),
    (changed(steps=[{"message": "a"}] * 13), "at most 12"), (changed(steps=[{"message": "a"}, {"message": "b"}]), "on one day"),
    (changed(steps=[{"message": " "}]), "names its message"), (changed(steps=[{"message": "a", "if": "gold"}]), "by a rule"),
    (changed(exit="booked"), "is a list"), (changed(exit=["bored"]), "“bored” is not known here: choose from booked, cancelled"),
    (changed(exit=["booked", "unsubscribed"]), "unsubscribes or complains"), (changed(cap={"messages": 0, "days": 1}), "from 1 to 100"),
    (changed(cap={"messages": 1}), "“None”"), (changed(holdout_bp=5001), "from 0 to 5000"), (changed(purpose="fun"), "“fun”"),
    (changed(channel="fax"), "“fax”"),
    (changed(once_per="year"), "“year” does not"), (changed(once_per={"days": 0}), "from 1"),
    (changed(trigger={"on": "pre_arrival", "days": 7}, steps=[{"message": "a"}, {"wait": 9, "message": "b"}]),
     "2 days after the day that it comes before"),
])  # fmt: skip
def test_a_journey_that_cannot_be_meant_is_refused(said, problem):
    with pytest.raises(BadJourney, match=problem):
        parse(said)


def test_what_is_no_journey_at_all_is_refused():
    with pytest.raises(BadJourney, match="not written in JSON"):
        loads("{")
    with pytest.raises(BadRule, match="no field “colour”"):
        parse(changed(steps=[{"message": "a", "if": {"field": "colour", "is": "known"}}]), FIELDS)
