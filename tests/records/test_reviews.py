"""A review is shown with its guest, its stay, what was read in it and what people corrected; nothing of it outside the scope."""
import datetime as dt

import pytest

from crm_core.records.registry import Refused
from crm_core.records.reviews import guest_reviews, review_card, review_texts
from crm_core.schema import correction


@pytest.fixture
def reviewed(filled):
    """Review 1 of Ana's second stay in Lisbon with two marks, 2 of nobody in Addis, 3 of Ana's stay in Addis."""
    filled.review(2, 8, reviewed_on="2025-03-08", profile_id=1, title="Nice", text="Good beds. Noisy street!", platform="booking_com", floor_bp=1000, room="204")
    filled.scored(1, "positive", .6, ("room", "positive"), ("noise", "negative"))
    filled.review(None, at="ADD", reviewed_on="2025-03-09", text="Fine", author="K.")
    filled.review(5, 10, reviewed_on="2025-03-24", profile_id=1, kind="survey", platform="survey", answers='{"nps": 9}', nps=9)
    return filled


def test_a_review_comes_with_its_guest_stay_score_and_marks(reviewed, view):
    (row,) = review_texts(reviewed.store, view(), ids=[1])
    assert (row["property"], row["name"], row["guest_id"], row["room"], row["nights"]) == ("Lisbon", "Ana Silva", 1, "204", 3)
    assert (row["title"], row["text"], row["liked"], row["score_bp"], row["floor_bp"], row["words"]) == ("Nice", "Good beds. Noisy street!", None, 8000, 1000, 4)
    assert (row["score"]["label"], row["score"]["tier"], row["label"], row["is_corrected"]) == ("positive", "validated", "positive", False)
    assert [(m["box"], m["start"], m["stop"], m["aspect"], m["label"]) for m in row["mentions"]] == [
        ("text", 0, 9, "room", "positive"), ("text", 10, 19, "noise", "negative")]
    assert (row["case_id"], row["is_answerable"], row["answer"]) == (None, 1, None)


def test_reviews_come_in_the_order_asked_for_and_only_those_of_the_scope(reviewed, view):
    assert [row["id"] for row in review_texts(reviewed.store, view(), ids=[3, 99, 1, 3, 2])] == [3, 1, 2]
    assert [row["id"] for row in review_texts(reviewed.store, view(2), ids=[3, 1, 2])] == [3, 2]
    assert review_card(reviewed.store, view(2), id=1) is None
    with pytest.raises(Refused, match="200"):
        review_texts(reviewed.store, view(), ids=list(range(201)))


def test_a_survey_answer_cannot_be_answered_in_public(reviewed, view):
    row = review_card(reviewed.store, view(), id=3)
    assert (row["is_answerable"], row["answers"], row["score"], row["label"], row["mentions"]) == (0, {"nps": 9}, None, "", [])


def test_the_last_correction_holds(reviewed, view):
    for what, label in (({}, "neutral"), ({"box": "text", "start": 10, "aspect": "noise"}, "neutral"), ({}, "negative")):
        with reviewed.changing("correct") as change:
            reviewed._add(change, correction, review_id=1, was="positive", label=label, language="en", scorer="test", actor="ana", at=change.at, **what)
    row = review_card(reviewed.store, view(), id=1)
    assert (row["label"], row["is_corrected"], row["score"]["label"]) == ("negative", True, "positive")
    assert [(m["label"], m["is_corrected"]) for m in row["mentions"]] == [("positive", False), ("neutral", True)]


def test_a_guests_reviews_are_the_newest_first_and_only_those_at_the_scopes_properties(reviewed, view):
    assert [(row["id"], row["reviewed_on"]) for row in guest_reviews(reviewed.store, view(), guest_id=1)] == [(3, dt.date(2025, 3, 24)), (1, dt.date(2025, 3, 8))]
    assert [row["id"] for row in guest_reviews(reviewed.store, view(1), guest_id=1)] == [1]
    assert guest_reviews(reviewed.store, view(), guest_id=99) == guest_reviews(reviewed.store, view(2), guest_id=2) == []


def test_the_last_case_opened_from_a_review_is_named(reviewed, view):
    first = reviewed.case(2, review_id=1)
    assert reviewed.case(2, review_id=1) == first + 1
    assert review_card(reviewed.store, view(), id=1)["case_id"] == first + 1
