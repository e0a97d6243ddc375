"""Journeys in words: rules as sentences, findings as titles with both numbers, and nothing told where too little is known."""
import datetime as dt
import json
from dataclasses import replace

import pandas as pd
import pytest

from crm_core.outreach.journeys import SHIPPED, Journey, Step, parse
from crm_core.ui import journeys_words as words
from crm_core.ui.journeys_draft import draft_of

NAN = float("nan")
HOUSE = (4, 30)


def shipped(code: str) -> Journey:
    return next(one.journey for one in SHIPPED if one.code == code)


def lines(one: Journey) -> list[str]:
    return words.lines(one, lambda rule: json.loads(rule)["field"], HOUSE)


def row(**over) -> dict:
    usual = {"journey": "Birthday", "verdict": "shown", "treated_n": 200, "treated_booked": 40, "control_n": 100, "control_booked": 10, "waiting_for": 0,
             "lift": .1, "low": .02, "high": .17, "incremental": 20.0, "incremental_low": 4.4, "incremental_high": 34.0, "detectable": .12}
    return usual | over


# --- rules ----------------------------------------------------------------------------------------------------------------------------
def test_the_rules_of_a_journey_are_sentences():
    assert lines(shipped("lapsed")) == [
        "Begins 730 days without a stay.", "That day: “what_is_new”.", "21 days later: “invitation”.",
        "Ends as soon as the guest books, unsubscribes or complains.",
        "At most 2 messages in 30 days to a guest, those of other journeys and campaigns included.", "A guest begins it at most once in 730 days.",
        "20% are held out by lot and get nothing: so its effect can be told.", "Marketing by e-mail: only to guests who said yes, with proof."]


def test_what_belongs_to_a_stay_needs_neither_consent_nor_a_limit():
    assert lines(shipped("pre_arrival"))[3:] == ["Ends as soon as the guest cancels.", "No limit on messages.", "Every occasion begins it anew.",
                                                 "Nobody is held out.", "Belongs to a stay, by e-mail: nobody needs to have said yes."]


def test_marketing_without_a_limit_of_its_own_keeps_to_that_of_the_house_and_is_warned_without_a_held_out_part():
    said = lines(replace(shipped("birthday"), cap=None, holdout_bp=0))
    assert "At most 4 messages in 30 days to a guest, those of other journeys and campaigns included. That is the limit of the house." in said
    assert "Nobody is held out: what it causes will not be known." in said
    assert "12.5% are held out by lot and get nothing: so its effect can be told." in lines(replace(shipped("birthday"), holdout_bp=1250))


def test_a_message_for_some_guests_says_for_whom():
    one = replace(shipped("birthday"), steps=(Step(0, "card", '{"field": "members"}'), Step(1, "gift")), exit=())
    assert lines(one)[1:4] == ["That day: “card”, only to guests with members.", "1 day later: “gift”.", "Nothing ends it before its last message."]


@pytest.mark.parametrize(("on", "days", "said"), [("pre_arrival", 1, "1 day before arrival"), ("pre_arrival", 0, "on the day of arrival"),
                                                  ("in_stay", 2, "on day 2 of the stay"), ("birthday", 0, "on the birthday"),
                                                  ("ota_win_back", 30, "30 days after a stay booked at a travel site")])
def test_a_beginning_is_said_as_a_hotel_says_it(on, days, said):
    assert words.begins(on, days) == said


def test_every_kind_exit_purpose_and_channel_has_words():
    assert {one.journey.on for one in SHIPPED} == set(words.KINDS) == set(words.BEGINS)
    assert {code for one in SHIPPED for code in one.journey.exit} <= set(words.EXITS)
    assert all(lines(one.journey) for one in SHIPPED)


def test_versions_say_what_they_changed():
    before, now = lines(shipped("birthday")), lines(replace(shipped("birthday"), days=7))
    assert words.differences(before, now) == ["Begins 7 days before the birthday.", "No longer: Begins 14 days before the birthday."]
    assert words.differences(now, now) == []


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.code)
def test_a_draft_reads_as_the_journey_that_it_was_begun_with(one):
    draft = draft_of(one.journey)
    assert parse(draft.said()) == one.journey
    draft.add()
    assert draft.said()["steps"][-1] == {"wait": 7, "message": ""}
    draft.remove(draft.lines[-1].number)
    assert parse(draft.said()) == one.journey


# --- all journeys ---------------------------------------------------------------------------------------------------------------------
def test_the_list_names_the_journey_that_wrote_to_the_most():
    rows = [{"name": "Birthday", "is_active": 1, "written": 12}, {"name": "Enquiry", "is_active": 0, "written": 0}]
    assert words.list_title(rows) == "1 of 2 journeys run; “Birthday” wrote to the most people: 12"
    assert words.list_title(rows[1:]) == "0 of 1 journeys run"
    assert words.list_title([]) == "There is no journey yet"


def test_a_difference_is_told_only_where_it_is_known():
    assert words.difference(row()) == "+10.0 (2.0 to 17.0)"
    assert words.difference(row(verdict="few")) == "too few people"
    assert words.difference(row(verdict="early")) == "too early"
    assert words.difference(row(verdict="no_control")) == "not known: nobody held out"
    assert words.difference(None) == words.difference(row(treated_n=NAN)) == "nothing fell due"


def test_journeys_are_named_that_cause_bookings_beyond_chance():
    found = pd.DataFrame([row(), row(journey="Lapsed", verdict="not_shown"), row(journey="After", verdict="harm")])
    assert words.lifts_title(found) == "Causes bookings: “Birthday”"
    assert words.lifts_title(found[1:]) == "Fewer book than without it: “After”"
    assert words.lifts_title(found[1:2]) == "No journey is shown to cause bookings"
    assert words.lifts_title(found[:0]) == "What journeys cause cannot be told yet"


# --- one ------------------------------------------------------------------------------------------------------------------------------
def test_an_effect_is_told_with_its_limits_and_both_arms():
    assert words.effect_title(row()) == "About 20 extra bookings, between 4 and 34"
    assert words.effect_lines(row(waiting_for=1)) == [
        "Of those written to 20.0% booked within 30 days (40 of 200).", "Of those held out 10.0% booked as well (10 of 100).",
        "1 person more began less than 30 days ago and counts later."]
    harm = row(verdict="harm", incremental=-20.0, incremental_low=-34.0, incremental_high=-4.4)
    assert words.effect_title(harm) == "About 20 bookings fewer than without it, between 4 and 34"


def test_without_an_effect_the_least_that_could_be_seen_is_told():
    assert words.effect_title(row(verdict="not_shown")) == "No effect on bookings is shown"
    assert words.effect_lines(row(verdict="not_shown"))[-1] == "With so many people a lift of +12.0 pp or more could be seen."


def test_where_nobody_is_held_out_or_too_few_no_effect_is_told():
    nobody = row(verdict="no_control", control_n=0, control_booked=0)
    assert words.effect_title(nobody) == "Nobody is held out: what it causes is not known"
    assert words.effect_lines(nobody)[-1] == "How many of them would have come anyway nobody can tell: hold a part out by lot."
    assert words.effect_title(row(verdict="few")) == "Too few people to tell what it causes"
    assert words.effect_title(row(verdict="early", treated_n=0, control_n=0, waiting_for=9)) == "Too early to tell what it causes"
    none = row(verdict="no_control", treated_n=0, control_n=0)
    assert (words.effect_title(none), words.effect_lines(none)) == ("What it causes cannot be told yet", ["Nobody began it in this period."])


def test_steps_and_reasons_are_counted():
    found = pd.DataFrame({"step": [1, 2], "steps": [10, 6], "waiting": [1, 0], "exported": [6, 3], "left": [1, 3], "held": [2, 0], "written_ripe": [5, 0],
                          "booked": [2, 0]})
    assert words.funnel_title(found) == "Of 16 messages that came up 10 were to be sent: 63%"
    assert words.funnel_title(found[:0]) == "Nothing fell due in this period"
    first, second = found.itertuples()
    assert (words.removed(first), words.removed(second)) == ("1 left · 2 held out", "3 left")
    assert (words.booked(first), words.booked(second)) == ("2 of 5 booked within 30 days", "none is 30 days old yet")
    assert words.left_title(pd.DataFrame({"why": ["relay", "once"], "left": [3, 1]})) == "Most left for: address of a travel site (3 of 4)"
    assert words.left_title(pd.DataFrame({"why": [], "left": []})) == "Nobody left before a message"


def test_a_trial_counts_people_and_those_written_to_twice():
    found = {"people": 214, "twice": 31, "messages": 245, "held_out": 24, "left": {"relay": 2, "booked": 5}}
    assert words.tried_title(found, 30) == "Would have written to 214 people in the last 30 days, 31 of them twice or more"
    assert words.tried_title(found | {"people": 1, "twice": 0}, 30) == "Would have written to 1 person in the last 30 days"
    assert words.tried_title(found | {"people": 0}, 90) == "Would have written to nobody in the last 90 days"
    assert words.tried_lines(found) == ["245 messages. 24 people held out by lot.", "Not due: booked 5 · address of a travel site 2."]
    assert words.tried_lines(found | {"held_out": 0, "left": {}}) == ["245 messages."]


def test_a_trial_is_counted_by_step_and_leaves_out_what_held_out_guests_would_have_left():
    came = [(1, "contact", "due"), (1, "held_out", "due"), (1, "held_out", "left"), (1, "contact", "left"), (2, "contact", "due")]
    rows = [{"step": step, "arm": arm, "state": state} for step, arm, state in came]
    assert words.tried_steps(rows, 2) == [(1, 1, 1), (1, 0, 0)]


def test_what_is_due_is_told_by_day_and_by_what_became_of_it():
    due = {"state": "due", "arm": "contact", "why": ""}
    rows = [due, due | {"arm": "held_out"}, due | {"state": "exported"}, due | {"state": "left", "why": "booked"}]
    assert words.due_title("today", rows) == "2 messages fell due today"
    assert words.due_title("ahead", rows[:1]) == "About 1 message will fall due in the next 7 days"
    assert words.due_title("week", rows[1:2]) == "No message fell due in the last 7 days"
    assert [words.due_state(one) for one in rows] == ["to be sent", "held out by lot", "in a file", "left out: booked"]
    assert words.export_said(2, {"withdrawn": 1}) == ["2 messages are in the file.", "Left out at the last look: withdrew consent 1."]
    assert words.export_said(0, {}) == ["Nobody is left to be written to."]


def test_the_line_under_the_name_says_since_when_and_where():
    assert words.facts({}, 2, dt.date(2025, 4, 1), ["Lisbon House", "Addis House"]) == "version 2 in force since 1 Apr 2025 · Lisbon House and Addis House"
    assert words.facts({}, 0, None, ["A", "B", "C"]) == "3 properties"
    assert words.state({"archived_at": None, "is_active": 0}) == ("orange", "stopped")
