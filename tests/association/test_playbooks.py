"""Playbooks are called for where the data show it, and stop where their rule says so."""

import copy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.association.playbooks import (
    BadPlaybook,
    Expect,
    Holding,
    Playbook,
    Stop,
    Trigger,
    expected,
    form,
    holds,
    parse,
    problems,
    stops,
)

EN = {"en": "Words"}
BELOW = Trigger("direct_share_nights", "<", "value", 0.4, 30)
ABOVE = Trigger("cases_per_100_stays", ">", "last_year", 0.2, 30)
FALL = Stop(EN, "occupancy", "<", None, -0.1, 90)
ASK = Playbook("ask", EN, EN, BELOW, (EN, {"en": "Second", "hy": "Երկրորդ"}), "direct_share_nights", Expect(3.0, "points", 180),
               Stop(EN, "complaint_rate", ">", 0.003, None, 60), EN)  # fmt: skip


@pytest.mark.parametrize("stop", [ASK.stop, FALL, Stop(EN, "occupancy", "<", 0.0, None, 90)])
def test_a_playbook_that_is_written_is_read_as_it_was(stop):
    playbook = replace(ASK, stop=stop)
    assert parse(form(playbook)) == playbook


@pytest.mark.parametrize("value, low, high, n, state", [
    (0.30, 0.25, 0.35, 100, "holds"), (0.30, 0.20, 0.42, 100, "noise"), (0.30, 0.20, 0.40, 100, "noise"), (0.45, 0.35, 0.55, 100, "not"),
    (0.40, 0.35, 0.45, 100, "not"), (0.30, None, None, 100, "holds"), (0.30, float("nan"), float("nan"), 30, "holds"),
    (0.30, 0.25, 0.35, 29, "few"), (0.30, 0.25, 0.35, None, "few"), (None, None, None, 100, "unknown"), (float("nan"), None, None, 100, "unknown")])  # fmt: skip
def test_a_trigger_holds_only_where_the_whole_interval_lies_beyond_it(value, low, high, n, state):
    assert holds(BELOW, value, low, high, n).state == state


@pytest.mark.parametrize("value, low, reference, state", [
    (13.0, 12.5, 10.0, "holds"), (13.0, 11.5, 10.0, "noise"), (12.0, 11.0, 10.0, "not"), (13.0, 12.5, None, "unknown"), (-7.0, -7.5, -10.0, "holds")])  # fmt: skip
def test_against_last_year_the_threshold_moves_by_a_part_of_it(value, low, reference, state):
    assert holds(ABOVE, value, low, 99.0, 40, reference).state == state


def test_how_far_the_value_lies_from_the_threshold_is_told():
    assert holds(BELOW, 0.30, 0.25, 0.35, 100).by == pytest.approx(-0.10)
    assert holds(ABOVE, 13.0, 12.5, 14.0, 40, 10.0) == Holding("holds", 1.0)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e3), st.floats(0, 1e3), st.floats(-1e6, 1e6))
def test_below_is_above_seen_in_a_mirror(value, down, up, threshold):
    below, above = (Trigger("k", op, "value", edge, 1) for op, edge in (("<", threshold), (">", -threshold)))
    assert holds(below, value, value - down, value + up, 9).state == holds(above, -value, -value - up, -value + down, 9).state


@pytest.mark.parametrize("stop, value, low, high, state", [
    (ASK.stop, 0.004, 0.0035, 0.005, "holds"), (ASK.stop, 0.004, 0.002, 0.005, "noise"), (FALL, 0.50, None, None, "holds"),
    (FALL, 0.56, None, None, "not")])  # fmt: skip
def test_a_stop_rule_asks_a_value_or_a_change_since_the_start(stop, value, low, high, state):
    assert stops(stop, value, low, high, started=0.6).state == state


def test_a_change_since_an_unknown_start_is_unknown():
    assert stops(FALL, 0.5, None, None, started=None) == Holding("unknown")


@pytest.mark.parametrize("change, unit, value", [(0.1, "relative", 0.55), (3, "points", 0.53), (0.02, "absolute", 0.52), (-0.1, "relative", 0.45)])
def test_what_is_expected_counts_from_the_start(change, unit, value):
    assert expected(Expect(change, unit, 90), 0.5) == pytest.approx(value)


WRONG = {
    "Playbook “ask”, trigger, “op”: choose from <, >.": lambda s: s["trigger"].update(op="<="),
    "Playbook “ask”, trigger, “least”: a whole number from 1": lambda s: s["trigger"].update(least=0),
    "Playbook “ask”, trigger, “value”: a number from": lambda s: s["trigger"].update(value=float("nan")),
    "Playbook “ask”, what to expect, “unit”: choose from relative, points, absolute.": lambda s: s["expect"].update(unit="%"),
    "Playbook “ask”, when to stop, “value”: say either the value or the change": lambda s: s["stop"].update(change=0.5),
    "Playbook “ask”, “steps”: there are 0 entries": lambda s: s.update(steps=[]),
    "Playbook “ask”, when to stop: fields with values are needed here.": lambda s: s.pop("stop"),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_what_cannot_be_meant_is_refused_with_its_place(sentence):
    said = copy.deepcopy(form(ASK))
    WRONG[sentence](said)
    with pytest.raises(BadPlaybook) as problem:
        parse(said)
    assert any(one.startswith(sentence) for one in problem.value.problems)


def test_a_kpi_that_is_gone_is_told_once():
    assert problems(ASK, {"complaint_rate"}) == ["Playbook “ask” looks at the KPI “direct_share_nights”, which does not exist here: choose another."]
