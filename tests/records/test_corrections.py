"""What a person says of a mark holds, is counted beside what the scorer said, and can be fitted."""
import pytest
import sqlalchemy as sa

from crm_core.records.corrections import correct_mention, correct_review, corrections_for_accuracy, labelled_own, to_label
from crm_core.records.registry import Refused
from crm_core.records.reviews import review_card
from crm_core.schema import correction, review


@pytest.fixture
def read(filled):
    """Review 1 in Lisbon with two marks, 2 in Addis, 3 that the scorer has not read, 4 without a word."""
    filled.review(2, 8, reviewed_on="2025-03-08", title="Nice", text="Good bed! Noisy st.")
    filled.scored(1, "positive", .6, ("room", "positive"), ("noise", "negative"))
    filled.review(None, 4, at="ADD", text="Ruhig", reviewed_on="2025-03-09")
    filled.scored(2, "negative", -.6, language="de")
    filled.review(None, at="LIS", liked="ጥሩ", words=1, language="am")
    filled.review(None, 4, at="LIS")
    return filled


def noise(**changes) -> dict:
    return {"review_id": 1, "box": "text", "start": 10, "stop": 19, "aspect": "noise", "label": "neutral", **changes}


def test_a_correction_is_shown_and_the_review_is_told_of_at_the_next_refresh(read, view):
    correct_review(read.store, view(), review_id=1, label="negative")
    correct_mention(read.store, view(), **noise())
    row = review_card(read.store, view(), id=1)
    assert (row["label"], [m["label"] for m in row["mentions"]], row["version"]) == ("negative", ["positive", "neutral"], 1)
    with read.store.reading() as connection:
        assert connection.execute(sa.select(review.c.revision).where(review.c.id == 1)).scalar_one() == read.store.revision()
        assert connection.execute(sa.select(sa.func.max(correction.c.revision))).scalar_one() == read.store.revision()


def test_agreement_counts_each_thing_once_with_its_last_word(read, view):
    for label in ("negative", "positive"):
        correct_review(read.store, view(), review_id=1, label=label)
    correct_review(read.store, view(), review_id=2, label="positive")
    correct_review(read.store, view(), review_id=3, label="positive")  # not scored: nothing to agree with
    correct_mention(read.store, view(), **noise())
    found = [tuple(row.values()) for row in corrections_for_accuracy(read.store, view())]
    assert found == [("de", "review", "negative", "positive", "test", 1), ("en", "clause", "negative", "neutral", "test", 1),
                     ("en", "review", "positive", "positive", "test", 1)]  # fmt: skip
    assert [row["language"] for row in corrections_for_accuracy(read.store, view(2))] == ["de"]


def test_own_labels_come_with_the_text_that_they_are_of(read, view):
    correct_review(read.store, view(), review_id=1, label="negative")
    correct_review(read.store, view(), review_id=3, label="positive")
    correct_mention(read.store, view(), **noise(label="negative"))
    assert [(row["text"], row["language"], row["label"], row["aspect"]) for row in labelled_own(read.store, view())] == [
        ("Nice\nGood bed! Noisy st.", "en", "negative", ""), ("ጥሩ", "am", "positive", ""), ("Noisy st.", "en", "negative", "noise")]
    assert labelled_own(read.store, view(2)) == []


def test_a_sample_to_label_is_drawn_again_alike_and_leaves_out_what_was_judged(read, view):
    for _ in range(20):
        read.scored(read.review(None, 5, at="LIS", text="So so"), "neutral", 0)
    drawn = to_label(read.store, view(), count=5, seed=7)
    assert len(set(drawn)) == 5 and drawn == to_label(read.store, view(), count=5, seed=7) != to_label(read.store, view(), count=5, seed=8)
    correct_review(read.store, view(), review_id=drawn[0], label="neutral")
    assert to_label(read.store, view(), count=4, seed=7) == drawn[1:]
    assert to_label(read.store, view(2)) == to_label(read.store, view(), language="de") == [2]
    assert len(to_label(read.store, view())) == 21


@pytest.mark.parametrize(("what", "values"), [
    (correct_review, {"review_id": 1, "label": "mixed"}), (correct_review, {"review_id": 4, "label": "positive"}),
    (correct_review, {"review_id": 9, "label": "positive"}), (correct_mention, noise(label="")), (correct_mention, noise(start=11)),
    (correct_mention, noise(aspect="wifi")), (correct_mention, noise(review_id=2)),
])  # fmt: skip
def test_what_cannot_be_corrected_is_refused(read, view, what, values):
    with pytest.raises(Refused):
        what(read.store, view(), **values)
