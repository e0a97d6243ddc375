"""Assessments with their weights doubled, and who holds the certificates that the department asks for."""
from crm_core import schema
from tests.looking import ask

WEIGHTS = {"R1": 2, "R2": 1, "D1": 1}
ASSESSED = "SELECT item, earned, applicable, unassessed, is_scored, is_latest FROM mart_assessed ORDER BY assessment_id, item"
HELD = "SELECT staff_id, course, is_valid, expires_on, is_expiring, was_held FROM mart_credentials ORDER BY staff_id, course"


def test_what_is_partly_met_earns_half_and_what_does_not_apply_is_left_out(hotel, rebuilt):
    hotel.assessment("LIS", hotel.standard(), "2025-03-10", {"R1": "partly", "R2": "met", "D1": "not_applicable"}, weights=WEIGHTS)
    assert ask(rebuilt(), ASSESSED) == [("D1", 0, 0, 0, 1, 1), ("R1", 2, 4, 0, 1, 1), ("R2", 2, 2, 0, 1, 1)]


def test_above_a_tenth_of_the_weight_without_a_result_there_is_no_score(hotel, rebuilt):
    standard, weights = hotel.standard(), {"R1": 9, "R2": 1, "D1": 10}
    for result in ("met", "not_assessed"):  # 1 of 20, then 11 of 20
        hotel.assessment("LIS", standard, "2025-03-10", {"R1": "met", "R2": "not_assessed", "D1": result}, weights=weights)
    hotel.assessment("LIS", standard, "2025-03-10", {"R1": "met", "R2": "not_assessed"}, weights=weights)  # 1 of 10
    hotel.assessment("LIS", standard, "2025-03-10", {"R1": "not_applicable"}, weights=weights)  # nothing applies
    found = ask(rebuilt(), "SELECT DISTINCT assessment_id, is_scored, is_latest FROM mart_assessed ORDER BY 1")
    assert found == [(1, 1, 0), (2, 0, 0), (3, 1, 0), (4, 0, 1)]


def test_the_latest_of_a_property_and_standard_up_to_the_as_of_date_counts_and_drafts_do_not(hotel, rebuilt):
    house, desk = hotel.standard(), hotel.standard("desk")
    for at, standard, on, details in (("LIS", house, "2025-04-01", {}), ("LIS", house, "2025-03-01", {}), ("LIS", desk, "2024-03-01", {}),
                                      ("ADD", house, "2025-03-01", {"kind": "audit"}),
                                      ("LIS", house, "2025-04-02", {}), ("LIS", house, "2025-03-31", {"state": "draft"})):
        hotel.assessment(at, standard, on, {"R1": "met"}, **details)
    found = ask(rebuilt(), "SELECT assessment_id, property_id, standard, assessed_by, is_latest FROM mart_assessed ORDER BY 1")
    assert found == [(1, 1, "house", "self", 1), (2, 1, "house", "self", 0), (3, 1, "desk", "self", 1), (4, 2, "house", "audit", 1)]


def test_everybody_on_the_staff_has_the_courses_of_the_department(hotel, rebuilt):
    """A department's code is looked for whole: front is not front_desk."""
    hotel.course("fire")
    hotel.course("desk", ("front_desk", "spa"))
    archived = hotel.course("old")
    hotel.set(schema.course, archived, archived_at="2025-01-01T00:00:00+00:00")
    for department, days in (("front_desk", {}), ("front", {}), ("spa", {"left_on": "2025-03-31"}), ("spa", {"left_on": "2025-04-01"}),
                             ("spa", {"joined_on": "2025-04-01"})):
        hotel.staff("LIS", department, **days)
    assert [row[:2] for row in ask(rebuilt(), HELD)] == [(1, "desk"), (1, "fire"), (2, "fire"), (4, "desk"), (4, "fire")]


def test_a_certificate_holds_until_it_expires_and_the_longest_counts(hotel, rebuilt):
    fire = hotel.course("fire")
    for certificates in ([("2024-05-01", "2025-04-01")], [("2024-05-01", "2025-03-31")], [("2024-05-01", None), ("2024-06-01", "2025-05-01")],
                         [("2024-05-01", "2025-06-29"), ("2023-01-01", "2025-04-05")], [("2024-05-01", "2025-06-30")], [("2025-04-01", "2026-04-01")], []):
        one = hotel.staff("LIS")
        for earned, expires in certificates:
            hotel.certificate(one, fire, earned, expires)
    assert [(valid, expires and str(expires), soon, held) for _, _, valid, expires, soon, held in ask(rebuilt(), HELD)] == [
        (1, "2025-04-01", 1, 1), (0, "2025-03-31", 0, 1), (1, None, 0, 1), (1, "2025-06-29", 1, 1), (1, "2025-06-30", 0, 1), (0, None, 0, 0), (0, None, 0, 0)]


