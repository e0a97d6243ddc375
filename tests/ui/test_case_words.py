"""Cases are told in words: what happened, how they stand, what was done, and who gets them by which rule."""
import pytest

from crm_core.telling import case_words as words

CASE = {"kind": "noise", "room": "318", "status": "open", "due_at": "2025-03-02T10:00:00+00:00", "answered_at": None, "overdue_minutes": 0,
        "answer_overdue_minutes": 0}
COUNTS = {"open": 2, "answered": 1, "waiting": 0, "closed": 9, "overdue": 0, "unowned": 0}
REVIEW = {"title": "", "text": "The bar was loud. The soup was cold. Music till four.", "liked": "", "disliked": "", "mentions": [
    {"box": "text", "start": 0, "stop": 17, "aspect": "noise", "label": "negative"}, {"box": "text", "start": 18, "stop": 36, "aspect": "food", "label": "negative"},
    {"box": "text", "start": 37, "stop": 53, "aspect": "noise", "label": "negative"}]}


def test_a_title_says_what_happened_and_where():
    assert words.title(CASE) == "Complaint about noise, room 318"
    assert words.title({"kind": "request", "room": ""}) == "Request"
    assert words.title({"kind": "a kind of another system", "room": ""}) == "Complaint"


@pytest.mark.parametrize(("counts", "said"), [
    ({}, "3 cases are not closed, none is overdue"), ({"overdue": 2, "unowned": 1}, "3 cases are not closed, 2 of them overdue"),
    ({"unowned": 1}, "3 cases are not closed, 1 without an owner"), ({"open": 0, "answered": 0}, "No case is open"),
    ({"open": 0, "overdue": 1}, "1 case is not closed, 1 of them overdue")])
def test_the_queue_says_first_what_is_overdue(counts, said):
    assert words.queue_title(COUNTS | counts) == said


@pytest.mark.parametrize(("case", "said"), [
    ({}, ("in time", "gray")), ({"due_at": None}, ("no due time", "gray")), ({"overdue_minutes": 45}, ("overdue 45 min", "red")),
    ({"overdue_minutes": 20 * 1440}, ("overdue 20 days", "red")), ({"overdue_minutes": 90, "status": "closed"}, ("closed 1.5 h late", "orange")),
    ({"status": "closed"}, ("in time", "green")), ({"answer_overdue_minutes": 60}, ("unanswered, 1.0 h late", "orange")),
    ({"answer_overdue_minutes": 60, "answered_at": "2025-03-01T12:00:00+00:00"}, ("in time", "gray"))])
def test_what_is_late_says_by_how_much_and_in_which_colour(case, said):
    assert words.state(CASE | case) == said


@pytest.mark.parametrize(("clock", "said"), [
    ((240, 60, False), ("3.0 h left", "of 4.0 h by desk hours", "gray")), ((240, 300, False), ("1.0 h over", "of 4.0 h by desk hours", "red")),
    ((240, 30, True), ("30 min", "of 4.0 h by desk hours", "green")), ((240, 300, True), ("5.0 h", "of 4.0 h by desk hours", "orange")),
    ((None, 30, False), ("–", "no due time", "gray")), ((None, 30, True), ("30 min", "no due time", "gray"))])
def test_a_clock_counts_what_is_left_then_what_is_over_and_stops_when_it_is_done(clock, said):
    assert words.clock(*clock) == said


@pytest.mark.parametrize(("step", "said"), [
    (("taken", "Lilit", ""), ("Taken by Lilit", "")), (("taken", "", ""), ("Given back", "")),
    (("opened", '{"department": "Noise goes to the front desk"}', ""), ("Opened", "Department: Noise goes to the front desk")),
    (("changed", '{"priority": "urgent", "room": ""}', ""), ("Changed", "Priority: Urgent · Room: –")), (("changed", "not JSON", ""), ("Changed", "")),
    (("closed", "broken", "A new lock"), ("Closed", "Something broken · A new lock")), (("closed", "", "Nothing found"), ("Closed", "Nothing found")),
    (("noted", "", "Call at noon"), ("Note", "Call at noon"))])
def test_a_step_says_what_was_done_and_why(step, said):
    assert words.done(dict(zip(("kind", "value", "text"), step, strict=True))) == said


def test_the_rules_reasons_stand_beside_what_they_set():
    found = {"priority": {"value": "urgent", "rule": "Pests at once"}, "owner": {"value": "Arman", "rule": "Nights"}}
    assert words.routed(found) == [("Priority", "Urgent", "by the rule “Pests at once”"), ("Owner", "Arman", "by the rule “Nights”")]


def test_a_case_of_a_review_is_of_the_kind_and_in_the_words_that_it_complains_of():
    assert words.kind_of(REVIEW) == "noise"
    assert words.complaint(REVIEW) == "The bar was loud. … The soup was cold. … Music till four."
    assert words.complaint(REVIEW | {"disliked": "The lift"}) == "The lift"
    assert words.complaint(REVIEW | {"text": "", "mentions": []}) == "A review without words"
    assert words.kind_of({"mentions": []}) == "other"
