"""The response desk: a review is opened, answered by a person, taken back; two people at once are told so."""
import pytest

from crm_core.records.review_answers import save_answer_draft
from crm_core.records.reviews import review_card
from crm_core.store import record
from tests.pages.test_feedback import SCOPE, at_first, pick, reviewed, text  # noqa: F401
from tests.pages.test_retention import metrics, titles
from tests.pages.visiting import Visits, fine

CORA = 51  # the review that is a payload


def card(visits, id: int = CORA) -> dict:
    return review_card(record.open_store(visits.settings), SCOPE, id=id)


def written(at, words: str):
    at.text_area(key=f"answer_{CORA}").set_value(words)
    return at


def test_the_queue_begins_with_what_waits_longest_among_the_critical(reviewed):  # noqa: F811
    at = fine(reviewed.open("answers"))
    queue = next(table.value for table in at.dataframe if "Waits" in table.value)
    assert queue[["Score", "Waits", "Critical"]].iloc[[0, -1]].to_numpy().tolist() == [["3.0", "31 days", "●"], ["2.0", "7 days", "●"]]
    assert {name: metrics(at)[name] for name in ("3–7", "8–30", "> 30")} == {"3–7": "1", "8–30": "9", "> 30": "1"}


def test_who_answers_is_told_with_share_by_platform(reviewed):  # noqa: F811
    at = pick(fine(reviewed.open("answers")), "answering_by", "platform")
    table = next(table.value for table in at.dataframe if "90% within" in table.value)
    assert table[["Platform", "Reviews"]].to_numpy().tolist() == [["Google", "40"], ["Booking.com", "10"], ["TripAdvisor", "1"]]


def test_a_draft_is_kept_and_an_answer_is_marked_and_taken_back(reviewed):  # noqa: F811
    at = written(fine(reviewed.open("answers", review=str(CORA))), "Dear Cora, thank you.")
    at.button(key="draft").click()
    at = fine(at.run())
    assert card(reviewed)["draft"] == "Dear Cora, thank you."
    at.button(key="mark").click()
    at = fine(at.run())
    assert (card(reviewed)["answer"], bool(card(reviewed)["answered_at"])) == ("Dear Cora, thank you.", True)
    assert "Answered" in titles(at)
    at.button(key="take_back").click()
    fine(at.run())
    assert card(reviewed)["answered_at"] is None


def test_a_template_in_the_guests_language_fills_the_text(reviewed):  # noqa: F811
    at = fine(reviewed.open("answers", review="47"))  # in German
    at.button(key="fill_47").click()
    at = fine(at.run())
    assert len(at.text_area(key="answer_47").value) > 20
    assert "Innsight never sends or posts anything" in text(at)


def test_who_was_slower_keeps_what_was_typed(reviewed):  # noqa: F811
    at = written(fine(reviewed.open("answers", review=str(CORA))), "Mine")
    save_answer_draft(record.open_store(reviewed.settings), SCOPE, id=CORA, version=card(reviewed)["version"], draft="Theirs")
    at.button(key="draft").click()
    at = fine(at.run())
    assert "Somebody else changed this" in at.warning[0].value
    assert at.text_area(key=f"answer_{CORA}").value == "Mine"
    assert "Theirs" in [one.value for one in at.text]
    assert card(reviewed)["draft"] == "Theirs"


@pytest.mark.parametrize("asked", ["9999", "9" * 15])
def test_a_review_that_does_not_exist_is_told_so(reviewed, asked):  # noqa: F811
    assert "There is no such review" in titles(fine(reviewed.open("answers", review=asked)))


@pytest.mark.parametrize("asked", ["9" * 30, "१", "-1", "51;drop"])
def test_what_is_no_number_opens_the_desk_without_a_review(reviewed, asked):  # noqa: F811
    assert titles(fine(reviewed.open("answers", review=asked)))[0] == "11 critical reviews wait longer than two days"


def test_who_may_not_read_texts_sees_no_review(reviewed):  # noqa: F811
    at = fine(reviewed.as_("group").open("answers", review=str(CORA)))
    assert at.text_area.len == 0
    assert "evil" not in text(at)


def test_a_house_without_reviews_is_told_where_they_come_from(monkeypatch, lisbon):
    assert titles(fine(Visits(monkeypatch, lisbon).open("answers"))) == ["No reviews in this view"]
