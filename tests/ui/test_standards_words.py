"""The page of standards names the weakest section, what guests contradict and why there is no score, in plain sentences."""
import datetime as dt
import math

from crm_core.association import standards
from crm_core.ui import standards_words as words

HOUSE = standards.parse({"code": "house", "name": {"en": "House rules"}, "release": "1", "sections": [
    {"code": "rooms", "name": {"en": "Rooms"}, "items": [{"code": "R1", "text": {"en": "Rooms are clean"}, "weight": 2},
                                                         {"code": "R2", "text": {"en": "Doors close"}}]},
    {"code": "desk", "name": {"en": "Desk"}, "items": [{"code": "D1", "text": {"en": "Guests are greeted"}}]}]})
EVIDENCE = {"item": "R1", "aspect": "cleanliness", "case_kind": "", "department": "", "aspect_n": 30, "aspect_share": 1 / 3, "aspect_low": .1923,
            "aspect_high": .5122, "house_share": .588, "cases": math.nan, "stays": math.nan, "per_100": math.nan, "per_100_low": math.nan,
            "per_100_high": math.nan, "all_per_100": math.nan, "aspect_contradicts": True, "cases_contradict": False}
LOUD = EVIDENCE | {"item": "D1", "aspect": "", "case_kind": "noise", "aspect_n": math.nan, "cases": 15, "stays": 30, "per_100": 50.0, "per_100_low": 33.15,
                   "per_100_high": 66.85, "all_per_100": 25.0, "aspect_contradicts": False, "cases_contradict": True}


def title(**results: str) -> str:
    return words.sections_title(HOUSE, standards.score(HOUSE, results), standards.by_section(HOUSE, results))


def test_the_weakest_section_is_named_beside_the_whole():
    assert title(R1="met", R2="not_met", D1="met") == "Rooms is the weakest section: 67%, and 75% overall"
    assert title(R1="met", R2="met", D1="not_applicable") == "Everything that applies is met"
    assert title(R1="met", R2="met") == "Too much was left out for a score"


def test_a_score_says_why_there_is_none():
    assert words.score(standards.score(HOUSE, {"R1": "met", "R2": "partly", "D1": "met"})) == "88%"
    assert words.score(standards.score(HOUSE, {"R1": "met"})) == "no score: 50% not assessed"
    assert words.score(standards.score(HOUSE, dict.fromkeys(("R1", "R2", "D1"), "not_applicable"))) == "nothing applies"


def test_an_assessment_is_told_with_who_made_it_where_that_may_be_known():
    row = {"kind": "audit", "on_day": dt.date(2025, 2, 11), "assessor": "Ana Silva"}
    assert words.held(row) == "Audit, 11 Feb 2025, by Ana Silva"
    assert words.held(row | {"assessor": None, "kind": "self"}) == "Self-assessment, 11 Feb 2025"


def test_the_score_through_time_is_told_from_the_last_two_that_there_are():
    assert words.trend_title([.5, math.nan, .72, .86]) == "The score rose from 72% to 86%"
    assert words.trend_title([.86, .72]) == "The score fell from 86% to 72%"
    assert words.trend_title([.861, .859]) == "The score stayed at 86%"
    assert words.trend_title([math.nan, .86]) == "The first score is 86%"
    assert words.trend_title([math.nan]) == "No assessment has a score yet"


def test_houses_are_told_from_the_lowest_to_the_highest():
    assert words.houses_title({"Galle": .86, "Kandy": .85, "Lisbon": math.nan, "Yerevan": .88}) == "From 85% at Kandy to 88% at Yerevan"
    assert words.houses_title({"Galle": .86}) == "Houses by their latest score"


def test_what_guests_contradict_is_counted_and_quiet_guests_are_no_approval():
    assert words.said_title(27, 20, 3) == "You ticked it; your guests say otherwise: 3 of 27 items"
    assert words.said_title(27, 1, 0) == "Guests contradict none of what you ticked: 1 item can be told"
    assert words.said_title(27, 0, 0) == "Guests say too little of what you ticked"


def test_evidence_bears_its_interval_and_its_n_and_the_contradiction_comes_first():
    assert words.evidence(EVIDENCE) == ["Cleanliness in reviews: 33% of 30 mentions are good (19–51), 59% over all aspects"]
    assert words.evidence(LOUD) == ["Noise: 50.0 complaints per 100 stays (33.2–66.9), 25.0 at all houses"]
    both = LOUD | {"aspect": "noise", "aspect_n": 29}
    assert words.evidence(both) == ["Noise: 50.0 complaints per 100 stays (33.2–66.9), 25.0 at all houses", "Noise in reviews: too few to tell, 29 of 30 mentions"]
    assert words.evidence(LOUD | {"all_per_100": math.nan, "stays": 29}) == ["Noise, complaints: too few stays to tell"]


def test_a_house_alone_and_few_mentions_tell_nothing():
    assert words.is_told(EVIDENCE)
    assert words.is_told(LOUD)
    assert not words.is_told(LOUD | {"all_per_100": math.nan})
    assert not words.is_told(EVIDENCE | {"aspect_n": 29})


def test_items_that_the_same_words_contradict_stand_together():
    found = words.by_evidence([EVIDENCE, LOUD, EVIDENCE | {"item": "R2"}])
    assert [[row["item"] for row in rows] for rows in found] == [["R1", "R2"], ["D1"]]


def test_completing_says_what_it_comes_to():
    assert words.left_out(standards.score(HOUSE, {"R1": "met", "R2": "met", "D1": "not_met"})) == "It comes to 75%."
    assert words.left_out(standards.score(HOUSE, {"R1": "met", "R2": "met"})) == "It gets no score: 25% of the weight has no answer, and a tenth is the most."
    large = standards.parse(standards.form(HOUSE) | {"sections": [{"code": "a", "name": {"en": "A"}, "items": [
        {"code": "A1", "text": {"en": "A1"}, "weight": 19}, {"code": "A2", "text": {"en": "A2"}}]}]})
    assert words.left_out(standards.score(large, {"A1": "met"})) == "It comes to 95%; 1 item stays without an answer and counts as not met."


def test_the_plan_says_how_much_is_overdue():
    late, later, done = ({"done_on": None, "is_overdue": True}, {"done_on": None, "is_overdue": False}, {"done_on": dt.date(2025, 3, 8), "is_overdue": False})
    assert words.plan_title([late, later, done]) == "2 improvements are to be done, 1 of them overdue"
    assert words.plan_title([later]) == "1 improvement is to be done"
    assert words.plan_title([done]) == "All that was planned is done"
    assert words.plan_title([]) == "Nothing is planned"
    assert words.due(late | {"due_on": dt.date(2025, 3, 26)}) == ":red-badge[overdue since 26 Mar 2025]"
    assert words.due(later | {"due_on": None}) == ":gray-badge[no day set]"


def test_a_long_text_is_cut_at_a_word():
    assert words.short("Every departure room is cleaned", 20) == "Every departure …"
    assert words.short("Short", 20) == "Short"
