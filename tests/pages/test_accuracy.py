"""Accuracy: what was measured, own labels drawn at random and counted, and a scorer that is fitted only with enough of them."""
import pytest

from crm_core import jobs
from crm_core.records.corrections import correct_review, corrections_for_accuracy, to_label
from crm_core.sentiment import evaluating
from crm_core.store import record
from crm_core.ui import accuracy_labels
from tests.pages.test_feedback import SCOPE, at_first, reviewed, text  # noqa: F401
from tests.pages.test_retention import drawn, titles
from tests.pages.visiting import fine


def labelled(visits) -> int:
    return sum(row["n"] for row in corrections_for_accuracy(record.open_store(visits.settings), SCOPE))


def press(at, key: str):
    at.button(key=key).click()
    return fine(at.run())


def test_the_figures_are_called_an_order_of_magnitude(reviewed):  # noqa: F811
    at = fine(reviewed.open("accuracy"))
    assert "Read these figures as an order of magnitude" in titles(at)
    assert "written and labelled by a language model for this project. Nobody has checked them" in text(at)
    assert len(drawn(at, "accuracy_languages")["layout"]["yaxis"]["ticktext"]) == 14


def test_without_measurements_the_page_says_how_to_make_them(monkeypatch, reviewed):  # noqa: F811
    monkeypatch.setattr(evaluating, "table", lambda: None)
    at = fine(reviewed.open("accuracy"))
    assert titles(at)[0] == "The scorer has not been measured here yet"
    assert "python -m crm_core sentiment evaluate" in text(at)


def test_a_label_is_kept_and_the_scorers_is_told_afterwards(reviewed):  # noqa: F811
    at = fine(reviewed.open("accuracy"))
    assert "0 of 100 labelled" in text(at)
    at = press(at, "judge_neutral")
    assert labelled(reviewed) == 1
    assert "1 of 100 labelled" in text(at)
    assert "The last one: you say Neutral or mixed, the scorer said" in text(at)


def test_the_marks_stay_hidden_while_a_review_is_judged(reviewed):  # noqa: F811
    assert "background[" not in text(fine(reviewed.open("accuracy")))


def test_a_review_that_is_passed_is_not_labelled_and_gives_way_to_the_next(reviewed):  # noqa: F811
    draw = to_label(record.open_store(reviewed.settings), SCOPE, count=2, seed=accuracy_labels.SEED)
    at = press(fine(reviewed.open("accuracy")), "judge_pass")
    assert labelled(reviewed) == 0
    press(at, "judge_negative")
    assert to_label(record.open_store(reviewed.settings), SCOPE, count=50, seed=accuracy_labels.SEED)[0] == draw[0]
    assert draw[1] not in to_label(record.open_store(reviewed.settings), SCOPE, count=50, seed=accuracy_labels.SEED)


def test_agreement_is_told_once_thirty_are_judged(reviewed):  # noqa: F811
    """27 of 30 English reviews that praise the staff are confirmed: 90%."""
    store = record.open_store(reviewed.settings)
    for review in range(1, 31):
        correct_review(store, SCOPE, review_id=review, label="positive" if review > 3 else "negative")
    at = fine(reviewed.open("accuracy"))
    assert "Your people agree with 90% of its labels (74–97)" in titles(at)
    assert drawn(at, "accuracy_here")["data"][0]["x"] == [pytest.approx(90)]


def test_a_fit_is_asked_for_only_with_a_hundred_labels(monkeypatch, reviewed):  # noqa: F811
    at = fine(reviewed.open("accuracy"))
    assert at.button(key="fit_own").disabled
    monkeypatch.setattr(accuracy_labels.words, "WANTED", 1)
    at = press(press(at, "judge_neutral"), "fit_own")
    assert [(job.kind, job.store) for job in jobs.recent(reviewed.settings)] == [("fit", reviewed.settings.store)]
    assert "Being fitted" in text(at)


def test_the_shipped_scorer_can_be_had_back(reviewed):  # noqa: F811
    head = reviewed.settings.home / f"head-{reviewed.settings.store}.npz"
    head.write_bytes(b"-")
    at = fine(reviewed.open("accuracy"))
    assert "In use: your own" in text(at)
    at = press(at, "fit_back")
    assert not head.exists()
    assert [job.kind for job in jobs.recent(reviewed.settings)] == ["score"]
    assert "In use: the shipped one" in text(at)


def test_who_may_not_read_texts_sees_the_figures_only(reviewed):  # noqa: F811
    at = fine(reviewed.as_("group").open("accuracy"))
    assert "Which languages are read" in titles(at)
    assert "Label 100 of your own reviews" not in titles(at)
    assert "staff were kind" not in text(at)
