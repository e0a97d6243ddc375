"""The first rule that fits decides each value; causes are counted from the most frequent on."""
import tomllib
from pathlib import Path

import pytest

from crm_core.schema import CASE_KINDS, CASE_PRIORITIES
from crm_core.service import routing
from crm_core.service.causes import Part, pareto
from crm_core.service.routing import BadRule, Decided, route


def checked(name, fits, sets):
    return routing.checked(name, fits, sets, {"kind": CASE_KINDS, "priority": CASE_PRIORITIES})


STREET = checked("Street side", {"kind": ["noise"], "block": "street"}, {"department": "maintenance"})
NOISE = checked("Noise", {"kind": "noise"}, {"department": "front_desk", "priority": "high"})
REST = checked("Rest", {}, {"priority": "low", "department": "front_desk"})


def test_the_first_rule_that_fits_decides_each_value():
    found = route({"kind": "noise", "block": "Street"}, [STREET, NOISE, REST])
    assert found == {"department": Decided("maintenance", "Street side"), "priority": Decided("high", "Noise")}
    assert route({"kind": "food"}, [STREET, NOISE]) == {}


@pytest.mark.parametrize(("name", "fits", "sets", "problem"), [
    ("", {}, {"priority": "low"}, "name"), ("x" * 81, {}, {"priority": "low"}, "name"), ("x", {}, {}, "at least one"),
    ("x", {"weather": "rain"}, {"priority": "low"}, "look at"), ("x", {"kind": "rain"}, {"priority": "low"}, "there is not"),
    ("x", {"kind": []}, {"priority": "low"}, "without a value"), ("x", {}, {"priority": "soon"}, "there is not"), ("x", {}, {"due": "1"}, "set this"),
])  # fmt: skip
def test_a_rule_that_cannot_work_is_refused(name, fits, sets, problem):
    with pytest.raises(BadRule, match=problem):
        checked(name, fits, sets)


def test_the_rules_to_begin_with_find_a_department_and_a_priority_for_every_kind():
    written = tomllib.loads((Path(__file__).parents[2] / "data/service/rules.toml").read_text(encoding="utf-8"))["rule"]
    rules = [checked(rule["name"], rule.get("fits", {}), rule["sets"]) for rule in written]
    assert {kind: route({"kind": kind}, rules)["department"].value for kind in CASE_KINDS} == {
        "noise": "front_desk", "cleanliness": "housekeeping", "air": "maintenance", "billing": "accounts", "wifi": "it", "staff": "management",
        "food": "restaurant", "request": "front_desk", "other": "front_desk"}
    assert route({"kind": "food", "concern": "health", "severity": "major"}, rules)["priority"].value == "urgent"


def test_causes_are_listed_until_four_fifths_and_beyond():
    assert pareto({"broken": 6, "training": 3, "weather": 1, "system": 0}) == [
        Part("broken", 6, .6, .6, True), Part("training", 3, .3, .9, True), Part("weather", 1, .1, 1.0, False)]
    assert pareto({}) == []
