"""Surveys: a questionnaire is begun, guests are asked by one-time links, wordings are edited, a survey is closed."""
import csv
import io

from crm_core.records.surveys import surveys
from crm_core.store import record
from tests.pages.test_feedback import SCOPE, at_first, pick, reviewed, text  # noqa: F401
from tests.pages.test_retention import metrics, titles
from tests.pages.visiting import fine


def begun(visits):
    """Return the page after a survey was begun from the first shipped questionnaire."""
    at = fine(visits.open("surveys"))
    at.button(key="survey_new").click()
    return fine(at.run())


def kept(visits) -> list[dict]:
    return surveys(record.open_store(visits.settings), SCOPE, closed=True)


def test_a_house_without_surveys_begins_one_from_what_is_shipped(reviewed):  # noqa: F811
    at = fine(reviewed.open("surveys"))
    assert metrics(at)["Survey response"] == "–"
    assert "There is no open survey: begin with one below" in text(at)
    at.text_input(key="survey_new_name").set_value("How was it")
    at.button(key="survey_new").click()
    fine(at.run())
    assert [(one["name"], one["is_active"]) for one in kept(reviewed)] == [("How was it", 1)]


def test_who_would_be_asked_is_counted_before_links_are_made(reviewed):  # noqa: F811
    at = begun(reviewed)
    assert "guests would be asked" in text(at)
    assert at.button(key="survey_invite").label == "Make 0 links"  # Cora left on 22 March, before the week that is offered first
    assert at.button(key="survey_invite").disabled
    at = pick(at, "survey_days", (SCOPE.as_of.replace(month=3), SCOPE.as_of))
    assert at.button(key="survey_invite").label == "Make 1 link"


def test_the_links_are_shown_once_as_a_file(reviewed):  # noqa: F811
    files = reviewed.downloads()
    at = pick(begun(reviewed), "survey_days", (SCOPE.as_of.replace(month=3), SCOPE.as_of))
    at.button(key="survey_invite").click()
    fine(at.run())
    rows = list(csv.DictReader(io.StringIO(files[-1].decode("utf-8-sig"))))
    assert [(row["name"], row["email"]) for row in rows] == [("Cora Lind", "cora@example.com")]
    assert rows[0]["link"].startswith("https://survey.example/survey/")


def test_a_survey_is_closed_and_opened_again(reviewed):  # noqa: F811
    at = begun(reviewed)
    id = kept(reviewed)[0]["id"]
    for still in (0, 1):
        at = pick(at, "survey_picked", f"{id}")
        at.button(key=f"survey_close_{id}").click()
        at = fine(at.run())
        assert kept(reviewed)[0]["is_active"] == still


def test_who_may_not_ask_guests_sees_the_figures_only(reviewed):  # noqa: F811
    at = fine(reviewed.as_("group").open("surveys"))
    assert "Ask guests" not in titles(at)
    assert "Who answers" in titles(at)
