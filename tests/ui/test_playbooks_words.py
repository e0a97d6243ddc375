"""Playbooks in words: what calls for one with its numbers, why another waits, and how one under way stands."""
import datetime as dt
import math

import pytest

from crm_core.association.playbooks import Expect, Holding, Stop, Trigger
from crm_core.metrics import metric
from crm_core.ui import playbooks_words as words
from crm_core.ui.playbooks_words import Standing

NAN = math.nan
DIRECT = Trigger("loop_closed_rate", "<", "value", 0.25, 30)


def at(state: str, by: float | None, value=0.18, low=0.16, high=0.20, n=412.0, place="Riverside", **more) -> Standing:
    return Standing(1, place, Holding(state, by), value, low, high, n, **more)


def test_what_calls_for_a_playbook_is_told_with_value_interval_and_threshold():
    assert words.evidence(DIRECT, at("holds", -0.07), "EUR") == "Riverside: Loop closed 18.0% (16.0–20.0), below 25.0%"


@pytest.mark.parametrize(("standing", "said"), [
    (at("noise", -0.01, 0.24, 0.2, 0.28), "Riverside: Loop closed 24.0% (20.0–28.0), below 25.0%, but the interval reaches it: it may be chance"),
    (at("not", 0.06, 0.31, 0.29, 0.33), "Riverside: Loop closed 31.0% (29.0–33.0), not below 25.0%"),
    (at("few", None, NAN, NAN, NAN, 12.0), "Riverside: too few to tell: 12 of 30 needed"),
    (at("few", None, NAN, NAN, NAN, NAN), "Riverside: too few to tell: 0 of 30 needed"),
    (at("unknown", None, NAN, NAN, NAN, NAN), "Riverside: Loop closed is not known"),
])
def test_why_another_waits_is_said_too(standing, said):
    assert words.evidence(DIRECT, standing, "EUR") == said


def test_what_a_threshold_comes_from_stands_beside_it():
    rising = Trigger("loop_closed_rate", ">", "last_year", 0.2, 30)
    assert words.evidence(rising, at("holds", 0.06, reference=0.1), "EUR") == "Riverside: Loop closed 18.0% (16.0–20.0), above 12.0% (a year before: 10.0%)"
    pooled = Trigger("loop_closed_rate", "<", "benchmark", 0.0, 30)
    standing = at("holds", -0.12, reference=0.3, set_name="Lantern 2025")
    assert words.evidence(pooled, standing, "EUR") == "Riverside: Loop closed 18.0% (16.0–20.0), below 30.0% (Lantern 2025: 30.0%)"
    assert words.evidence(pooled, at("unknown", None), "EUR") == "Riverside: no set of hotels is here to hold Loop closed against"
    assert words.evidence(rising, at("unknown", None), "EUR") == "Riverside: Loop closed has no year before to compare with"


def test_the_title_names_up_to_two_houses_and_counts_more():
    three = [at("holds", -0.1, place=place) for place in ("A", "B", "C")]
    assert words.called_title("Ask", three[:2]) == "Ask: called for at A and B"
    assert words.called_title("Ask", three) == "Ask: called for at 3 properties"


def test_a_playbook_stands_as_the_most_pressing_of_its_properties():
    assert words.state_of([at("not", 0.1), at("holds", -0.1)]) == "holds"
    assert words.state_of([at("unknown", None), at("few", None)]) == "few"
    assert words.state_of([]) == "unknown"


@pytest.mark.parametrize(("expect", "said"), [
    (Expect(3.0, "points", 180), "Loop closed: +3.0 pp within 180 days"),
    (Expect(-0.25, "relative", 1), "Loop closed: −25% within 1 day"),
    (Expect(2, "absolute", 30), "Loop closed: +2 within 30 days")])
def test_what_is_expected_is_told_in_its_unit(expect, said):
    assert words.expectation(expect, "loop_closed_rate") == said


def test_the_stop_rule_is_a_value_or_a_change_against_the_start():
    assert words.stopping(Stop({"en": "x"}, "complaint_rate", ">", 0.003, None, 60), "EUR") == "Complaint rate above 0.30%, within 60 days"
    assert words.stopping(Stop({"en": "x"}, "occupancy", "<", None, -0.1, 90), "EUR") == "Occupancy below −10% against the start, within 90 days"
    assert words.stopping(Stop({"en": "x"}, "gone", "<", 5, None, 90), "EUR") == "gone below 5.0, within 90 days"


@pytest.mark.parametrize(("state", "tone", "said"), [
    ("holds", "red", "Stop: Complaint rate 0.50% (0.40–0.60) is beyond 0.30%."),
    ("noise", "orange", "Look closely: Complaint rate 0.50% (0.40–0.60) is beyond 0.30%, though it may be chance."),
    ("unknown", "gray", "Stop rule: Complaint rate cannot be told yet.")])
def test_a_stop_rule_says_whether_to_stop(state, tone, said):
    rule = Stop({"en": "x"}, "complaint_rate", ">", 0.003, None, 60)
    assert words.stop_said(rule, Holding(state, 0.002), (0.005, 0.004, 0.006), "EUR") == (tone, said)


def test_one_under_way_says_what_was_what_is_expected_and_what_came_so_far():
    k, row = metric("loop_closed_rate"), {"was": 0.18, "was_low": 0.16, "was_high": 0.2, "expected": 0.21}
    assert words.so_far(k, row, (0.19, 0.15, 0.23), "EUR") == "Loop closed was 18.0% (16.0–20.0), 21.0% is expected, so far 19.0% (15.0–23.0)"
    assert words.so_far(k, row, (None, None, None), "EUR").endswith("so far too few to tell")


def test_the_day_of_a_decision_stops_at_its_end():
    row = {"from_on": dt.date(2025, 1, 1), "due_on": dt.date(2025, 1, 31)}
    assert [words.day_of(row, day) for day in (dt.date(2025, 1, 11), dt.date(2025, 6, 1))] == [(10, 30), (30, 30)]
