"""Journeys on their pages: counted numbers, examples that are saved and started, drafts that are checked, tried and saved, and files of what is due."""
import datetime as dt
import json

import pytest
import sqlalchemy as sa

from crm_core import jobs, schema
from crm_core.refresh import refresh
from crm_core.store import record
from tests.pages.visiting import Visits, copied, everything, fine

ABSENT, BEFORE = 1, 2  # the journeys' ids
MARKETING = {"trigger": {"on": "lapsed", "days": 365}, "steps": [{"wait": 0, "message": "what_is_new"}, {"wait": 31, "message": "invitation"}],
             "exit": ["booked", "unsubscribed", "complained"], "holdout_bp": 5000, "purpose": "marketing", "channel": "email", "once_per": {"days": 365}}
SERVICE = {"trigger": {"on": "pre_arrival", "days": 70}, "steps": [{"wait": 0, "message": "soon"}], "exit": ["cancelled"], "holdout_bp": 0,
           "purpose": "transactional", "channel": "email", "once_per": "stay"}


@pytest.fixture(scope="module")
def at_first(mailed_at_first, tmp_path_factory):
    """Two journeys at the house that writes to its guests.

    1 "Long absent" runs. On 12 January its first message came up for 260 guests: 120 were written to (1–120, of whom 30 booked by 11 February), 120 held
    out (241–360, 12 booked), 20 left (121–132 without an address, 133–140 unsubscribed). On 12 February the second one: 90 written to (31–120), 30
    left because they had booked (1–30). Today it is due for guests 2, 4 and 6, and guest 8 is held out.
    2 "Before June", 70 days ahead of arrival, is stopped: 60 guests are booked for 10 June, so the 1 April is its day.
    """
    here = copied(mailed_at_first, tmp_path_factory.mktemp("journeys"))
    store = record.open_store(here)
    everywhere = json.dumps([1, 2])
    with store.changing(record.audit.Entry("test", "journeys", "journey")) as change:
        add = lambda table, rows: change.connection.execute(sa.insert(table), rows)  # noqa: E731
        add(schema.journey, [
            {"id": id_, "name": name, "kind": rules["trigger"]["on"], "properties": everywhere, "actor": "ana", "created_at": change.at, "is_active": active}
            for id_, name, rules, active in ((ABSENT, "Long absent", MARKETING, 1), (BEFORE, "Before June", SERVICE, 0))])
        add(schema.journey_version, [{"journey_id": id_, "number": 1, "rules": json.dumps(rules), "from_on": dt.date(2025, 1, 1), "actor": "ana", "at": change.at}
                                     for id_, rules in ((ABSENT, MARKETING), (BEFORE, SERVICE))])
        add(schema.journey_due, [row | {"revision": change.revision, "at": change.at} for row in _dues()])
        add(schema.segment, [{"id": 1, "name": "Stayed before", "note": "", "properties": everywhere, "actor": "ana", "created_at": change.at}])
        add(schema.segment_version, [{"segment_id": 1, "number": 1, "rule": '{"field": "stays", "is": "at_least", "value": 1}', "actor": "ana", "at": change.at}])
    refresh(here)
    store.engine.dispose()
    return here


def _dues() -> list[dict]:
    first, second, today = dt.date(2025, 1, 12), dt.date(2025, 2, 12), dt.date(2025, 4, 1)
    rows = [_due(i, 1, first, state="exported") for i in range(1, 121)] + [_due(i, 1, first, arm="held_out") for i in range(241, 361)]
    rows += [_due(i, 1, first, state="left", why="no_address" if i <= 132 else "unsubscribed") for i in range(121, 141)]
    rows += [_due(i, 2, second, state="left", why="booked") for i in range(1, 31)] + [_due(i, 2, second, state="exported") for i in range(31, 121)]
    return rows + [_due(i, 1, today, "stay:today") for i in (2, 4, 6)] + [_due(8, 1, today, "stay:today", arm="held_out")]


def _due(guest: int, step: int, day: dt.date, occasion: str = "stay:first", arm: str = "contact", state: str = "due", why: str = "") -> dict:
    return {"journey_id": ABSENT, "number": 1, "guest_id": guest, "property_id": 1, "occasion": occasion, "step": step, "due_on": day, "arm": arm, "state": state,
            "why": why}


@pytest.fixture
def visits(monkeypatch, at_first, tmp_path) -> Visits:
    """Visits to a copy, which a test may change; a refresh is asked for and not made."""
    monkeypatch.setattr(jobs, "start_refresh", lambda _settings: None)
    return Visits(monkeypatch, copied(at_first, tmp_path))


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def text(at) -> str:
    return " ".join(m.value for m in at.markdown).replace("\\", "")


def column(at, name: str) -> list:
    return next(d.value for d in at.dataframe if name in d.value)[name].tolist()


def press(at, label: str):
    return fine(next(b for b in at.button if b.label == label).click().run())


def field(at, label: str):
    return next(one for one in [*at.text_input, *at.number_input, *at.selectbox, *at.multiselect] if one.label == label)


def rows(visits: Visits, table: sa.Table) -> list:
    with record.open_store(visits.settings).reading() as connection:
        return connection.execute(sa.select(table).order_by(*table.primary_key)).all()


# --- the list -------------------------------------------------------------------------------------------------------------------------
def test_the_list_tells_who_was_written_to_and_what_came_of_it(visits):
    at = fine(visits.open("journeys"))
    assert titles(at)[:2] == ["1 of 2 journeys run; “Long absent” wrote to the most people: 3", "Causes bookings: “Long absent”"]
    assert column(at, "Begins") == ["70 days before arrival", "365 days without a stay"]
    assert column(at, "State") == ["stopped", "runs"]
    assert column(at, "Booked, difference") == ["nothing fell due", "+15.0 (5.4 to 24.4)"]
    assert "Long absent: 30 of 120 written to and 12 of 120 held out booked" in text(at)


def test_a_filter_moves_the_difference(visits):
    assert column(fine(visits.open("journeys", period="1m")), "Booked, difference") == ["nothing fell due", "nothing fell due"]


def test_a_house_without_journeys_begins_with_an_example_that_is_stopped(mailed):
    at = fine(mailed.open("journeys"))
    assert titles(at)[:2] == ["There is no journey yet", "What journeys cause cannot be told yet"]
    at = fine(field(at, "Example").set_value("lapsed").run())
    assert "20% are held out by lot and get nothing: so its effect can be told." in text(at)
    press(fine(field(at, "Name").set_value("We miss you").run()), "Save, not started yet")
    kept = rows(mailed, schema.journey)[0]
    assert (kept.name, kept.kind, kept.is_active) == ("We miss you", "lapsed", 0)


def test_a_name_that_is_taken_is_refused(visits):
    at = fine(visits.open("journeys"))
    at = press(fine(field(at, "Name").set_value("Long absent").run()), "Save, not started yet")
    assert at.error[0].value.startswith("There is a journey of this name")


# --- one journey ------------------------------------------------------------------------------------------------------------------------
def test_a_journey_tells_its_rules_steps_reasons_and_effect(visits):
    at = fine(visits.open("journeys", journey=str(ABSENT)))
    assert titles(at)[:5] == ["Long absent", "Of 380 messages that came up 210 were to be sent: 55%", "About 18 extra bookings, between 6 and 29",
                              "Most left for: booked (30 of 50)", "3 messages fell due today"]
    sent = text(at)
    assert "31 days later: “invitation”." in sent
    assert "At most 4 messages in 30 days to a guest, those of other journeys and campaigns included. That is the limit of the house." in sent
    assert "1. what_is_new: 30 of 120 booked within 30 days" in sent
    assert "Of those held out 10.0% booked as well (12 of 120)." in sent
    assert column(at, "What became of it") == ["to be sent", "to be sent", "to be sent", "held out by lot"]
    assert column(at, "Guest")[0] == "Given2 Family2"


def test_a_journey_is_tried_on_past_days_before_it_is_saved(visits):
    """Of 200 guests who left in March 2024 thirty have booked since: 170 came up, of whom ten have no address, six never consented, eight are held out of
    "Spring walk" at this moment, and one each has unsubscribed and complained."""
    at = fine(visits.open("journeys", journey=str(ABSENT)))
    at = fine(field(at, "Held out by lot, %").set_value(0.0).run())
    at = press(at, "Show whom it would have written to")
    assert "Would have written to 144 people in the last 30 days" in text(at)
    assert "Not due: no address 10 · in another campaign 8 · never consented 6 · complained about a message 1 · unsubscribed 1." in text(at)
    at = fine(field(at, "Days without a stay").set_value(366).run())
    assert "The rules have changed since it was tried" in text(at)


def test_a_message_for_a_segment_only_is_tried_and_kept_with_its_rule(visits):
    at = fine(visits.open("journeys", journey=str(BEFORE)))
    choice = next(label for label in field(at, "For whom").options if label == "Only: Stayed before")
    at = fine(field(at, "For whom").select(choice).run())
    assert "only to guests with stays at least 1" in text(at).lower()
    press(at, "Save as version 2")
    assert json.loads(rows(visits, schema.journey_version)[-1].rules)["steps"] == [
        {"wait": 0, "message": "soon", "if": {"field": "stays", "is": "at_least", "value": 1}}]


def test_what_is_started_falls_due_at_once_for_whom_it_then_begins(visits):
    at = press(fine(visits.open("journeys", journey=str(BEFORE))), "Start")
    assert "60 messages fell due today" in titles(at)
    assert [b.label for b in at.button if b.label in ("Start", "Stop")] == ["Stop"]
    press(at, "Stop")
    assert rows(visits, schema.journey)[BEFORE - 1].is_active == 0


def test_the_days_to_come_are_told_by_what_is_known(visits):
    at = fine(visits.open("journeys", journey=str(BEFORE), due="ahead"))
    assert "No message is expected in the next 7 days" in titles(at)
    at = press(press(fine(field(at, "Days before arrival").set_value(66).run()), "Save as version 2"), "Start")
    assert "About 60 messages will fall due in the next 7 days" in titles(at)


def test_what_is_due_becomes_a_file_once(visits):
    found = visits.downloads()
    at = press(fine(visits.open("journeys", journey=str(ABSENT))), "Check and make the file (3)")
    assert "3 messages are in the file." in text(at)
    assert [line.split(",")[0] for line in found[-1].decode("utf-8-sig").splitlines()[1:]] == ["g2@example.com", "g4@example.com", "g6@example.com"]
    assert "Check and make" not in " ".join(b.label for b in at.button)
    assert column(at, "What became of it").count("in a file") == 3


# --- the draft --------------------------------------------------------------------------------------------------------------------------
def test_rules_are_edited_saved_as_a_version_and_told_by_what_changed(visits):
    at = fine(visits.open("journeys", journey=str(ABSENT)))
    at = press(at, "One more message")
    assert at.error[0].value.startswith("Each step names its message")
    at = fine(field(at, "Message 3").set_value("last_word").run())
    press(at, "Save as version 2")
    assert json.loads(rows(visits, schema.journey_version)[-1].rules)["steps"][2] == {"wait": 7, "message": "last_word"}
    assert "– 7 days later: “last_word”." in text(fine(visits.open("journeys", journey=str(ABSENT))))


def test_marketing_that_nobody_can_leave_is_refused(visits):
    at = fine(field(fine(visits.open("journeys", journey=str(ABSENT))), "Ends as soon as the guest").set_value(["booked"]).run())
    assert at.error[0].value.startswith("Marketing ends for whoever unsubscribes or complains")
    assert not [b for b in at.button if b.label.startswith("Save as version")]


def test_the_second_of_two_keeps_the_own_draft_and_may_save_it_again(visits):
    mine, other = (fine(visits.open("journeys", journey=str(ABSENT))) for _ in range(2))
    press(fine(field(other, "Days without a stay").set_value(400).run()), "Save as version 2")
    mine = fine(field(mine, "Days without a stay").set_value(500).run())
    assert "This journey was changed since you began: version 2 is the latest." in text(mine)
    mine = press(mine, "Save as version 3")
    assert "Somebody else changed this" in mine.warning[0].value
    press(mine, "Save as version 3")
    assert [json.loads(row.rules)["trigger"]["days"] for row in rows(visits, schema.journey_version) if row.journey_id == ABSENT] == [365, 400, 500]


# --- rights -----------------------------------------------------------------------------------------------------------------------------
def test_a_role_without_the_right_reads_figures_without_people_and_buttons(visits):
    at = fine(visits.as_("trainer").open("journeys", journey=str(ABSENT)))
    assert "About 18 extra bookings, between 6 and 29" in titles(at)
    assert {b.label for b in at.button} & {"Stop", "Start", "One more message", "Show whom it would have written to", "Look again what falls due"} == set()
    assert "Family2" not in everything(at)
    assert "Your role can read journeys, not begin them." in text(fine(visits.open("journeys")))


@pytest.mark.parametrize("asked", ["99", "x", ""])
def test_a_journey_that_is_not_there_is_told_so(visits, asked):
    assert titles(fine(visits.open("journeys", journey=asked))) == ["There is no such journey"]


def test_a_journey_of_more_properties_than_ones_own_looks_like_none(visits):
    assert titles(fine(visits.as_("manager", (1,)).open("journeys", journey=str(ABSENT)))) == ["There is no such journey"]
