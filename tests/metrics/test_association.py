"""Standards and certificates as they stand today, counted by hand."""
import math
from dataclasses import replace

import pytest

from crm_core import queries

WEIGHTS = {"R1": 2, "R2": 1, "D1": 1}


def rows(made, scope, key: str, by: str | None = None):
    frame = queries.run(made, scope, "kpi_values", keys=(key,), by=by)
    return frame[frame["period"] == "now"].set_index("group") if by else frame[frame["period"] == "now"].iloc[0]


def test_the_standards_score_is_the_weight_met_in_the_latest_assessment(hotel, rebuilt, scope):
    """Lisbon: 2 of 2, 0.5 of 1, and one that does not apply; before that nothing was met. Addis: 1 of 4. Together 3.5 of 7."""
    standard = hotel.standard()
    hotel.assessment("LIS", standard, "2024-03-10", dict.fromkeys(WEIGHTS, "not_met"), weights=WEIGHTS)
    hotel.assessment("LIS", standard, "2025-03-10", {"R1": "met", "R2": "partly", "D1": "not_applicable"}, weights=WEIGHTS)
    hotel.assessment("ADD", standard, "2025-01-10", {"R1": "not_met", "R2": "met", "D1": "not_met"}, weights=WEIGHTS)
    made = rebuilt()
    whole = rows(made, scope, "standards_score")
    assert (whole["value"], whole["n"], whole["few"]) == (pytest.approx(3.5 / 7), 5, False)
    assert rows(made, scope, "standards_score", "property")["value"].to_dict() == pytest.approx({1: 2.5 / 3, 2: 1 / 4})
    assert rows(made, scope, "standards_score", "section")["value"].to_dict() == pytest.approx({"d": 0 / 1, "r": 3.5 / 6})


def test_an_assessment_with_too_much_unanswered_has_no_score(hotel, rebuilt, scope):
    hotel.assessment("LIS", hotel.standard(), "2025-03-10", {"R1": "met", "R2": "not_assessed"}, weights=WEIGHTS)
    found = rows(rebuilt(), scope, "standards_score")
    assert math.isnan(found["value"])
    assert found["few"]


def test_certificates_that_hold_and_those_that_soon_will_not(hotel, rebuilt, scope):
    """Of two people and two courses, one of them for the spa only: two of three are valid, one of them until May."""
    fire, water = hotel.course("fire"), hotel.course("water", ("spa",))
    desk, spa = hotel.staff("LIS"), hotel.staff("ADD", "spa")
    hotel.certificate(desk, fire, "2024-05-01", "2025-05-01")
    hotel.certificate(spa, water, "2024-05-01")
    made = rebuilt()
    valid = rows(made, scope, "certificates_valid")
    assert (valid["value"], valid["n"]) == (pytest.approx(2 / 3), 3)
    assert rows(made, scope, "certificates_valid", "course")["value"].to_dict() == {"fire": 0.5, "water": 1.0}
    assert rows(made, scope, "certificates_expiring_90d")["value"] == 1
    assert rows(made, replace(scope, properties=(2,)), "certificates_expiring_90d")["value"] == 0
