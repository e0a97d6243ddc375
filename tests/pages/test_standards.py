"""Standards: what was ticked and guests contradict, the walk through the house that is saved tap by tap, and the plan."""
import csv
import datetime as dt
import io
import json

import pytest
import sqlalchemy as sa

from crm_core import jobs, schema
from crm_core import settings as settings_
from crm_core.records.assessments import answer_item, assessment_card, assessments
from crm_core.records.improvements import improvements
from crm_core.refresh import refresh
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.hotel import AS_OF, Hotel
from tests.pages.visiting import Visits, copied, everything, fine

WHOLE = Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))
FORM = {"code": "house", "name": {"en": "House rules"}, "release": "1", "sections": [
    {"code": "r", "name": {"en": "Rooms"}, "items": [{"code": "R1", "text": {"en": "Rooms are clean"}, "weight": 2, "aspect": "cleanliness"},
                                                         {"code": "R2", "text": {"en": "Drains are clean"}, "aspect": "cleanliness"}]},
    {"code": "d", "name": {"en": "Desk"}, "items": [{"code": "D1", "text": {"en": "Nights are quiet"}, "case_kind": "noise", "kpi": "alos"}]}]}


@pytest.fixture(scope="module")
def assessed(tmp_path_factory):
    """Lisbon and Addis, thirty stays each; Lisbon ticked all but the drains. Of its thirty reviews ten praise how clean it is, all praise the food twice,
    and fifteen guests complain about noise. Addis was not assessed."""
    settings = settings_.at(tmp_path_factory.mktemp("assessed"))
    hotel = Hotel(record.open_store(settings)).open()
    for at, name in (("LIS", "House Lisbon"), ("ADD", "House Addis")):
        hotel.property(at, 10, name=name)
    for i in range(30):
        stay = hotel.stay("LIS", f"2025-03-{1 + i % 20:02d}", 1, 100)
        hotel.stay("ADD", f"2025-03-{1 + i % 20:02d}", 1, 100)
        hotel.scored(hotel.review(stay, 7.0, kind="review", reviewed_on="2025-03-25", text="Said of it", language="en"), "positive", .5,
                     ("cleanliness", "positive" if i < 10 else "negative"), ("food", "positive"), ("food", "positive"))
        if i < 15:
            hotel.case(stay, "noise", opened_at="2025-03-10T10:00:00+00:00", department="front_desk")
    standard = hotel.standard()
    hotel.set(schema.standard, standard, form=json.dumps(FORM))
    for on, drains in (("2024-03-01", "not_met"), ("2025-03-01", "partly")):
        hotel.assessment("LIS", standard, on, {"R1": "met", "R2": drains, "D1": "met"}, weights={"R1": 2})
    refresh(settings)
    hotel.store.engine.dispose()
    return settings


@pytest.fixture
def visits(monkeypatch, assessed, tmp_path) -> Visits:
    """Visits to a copy, which a test may change; a refresh is asked for and not made."""
    monkeypatch.setattr(jobs, "start_refresh", lambda _settings: None)
    return Visits(monkeypatch, copied(assessed, tmp_path))


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def text(at) -> str:
    return everything(at).replace("\\", "")


def store(visits: Visits):
    return record.open_store(visits.settings)


def begun(visits: Visits):
    """Begin an assessment of Lisbon on the page, and return the page with its walk."""
    at = fine(visits.open("standards", house="1"))
    at.text_input(key="walk_assessor").set_value("Ana Silva")
    return fine(at.button(key="walk_begin").click().run())


def draft(visits: Visits) -> dict:
    row = next(row for row in assessments(store(visits), WHOLE) if row["state"] == "draft")
    return assessment_card(store(visits), WHOLE, id=row["id"])


def tap(at, item: str, result: str | None):
    key = f"_{item}"
    next(one for one in at.segmented_control if one.key.endswith(key)).set_value(result)
    return fine(at.run())


def test_what_was_ticked_and_guests_contradict_stands_first_with_its_evidence(visits):
    """Clean: 10 of 30 mentions, 70 of 90 over all aspects. Noise: 15 of 30 stays, none of Addis's 30."""
    at = fine(visits.open("standards", house="1"))
    assert titles(at)[:3] == ["You ticked it; your guests say otherwise: 3 of 3 items", "Rooms is the weakest section: 83%, and 88% overall",
                              "The score rose from 75% to 88%"]
    assert "Cleanliness in reviews: 33% of 30 mentions are good (19–51), 78% over all aspects" in text(at)
    assert "Noise: 50.0 complaints per 100 stays (33.2–66.8), 25.0 at all houses" in text(at)
    opened = fine(at.button(key="said_R1").click().run())
    assert "The newest texts of House Lisbon that name it" in text(opened)


def test_another_house_is_another_page(visits):
    at = fine(visits.open("standards", house="1"))
    at.selectbox(key="choose_house").set_value("2")
    there = fine(at.run())
    assert titles(there)[0] == "House Addis was not assessed by this checklist yet"
    assert there.query_params["house"] == "2"


def test_days_without_reviews_contradict_nobody(visits):
    at = fine(visits.open("standards", house="1", period="ly"))
    assert titles(at)[0] == "Guests say too little of what you ticked"


def test_a_walk_is_saved_tap_by_tap_and_comes_back_after_a_reload(visits):
    at = tap(begun(visits), "R1", "met")
    assert "1 of 3 items answered" in text(at)
    again = fine(visits.open("standards", assessment=str(draft(visits)["id"])))
    next(one for one in again.text_area if one.key.endswith("R1_evidence")).set_value("Seen in five rooms")
    fine(again.run())
    [given] = draft(visits)["items"].values()
    assert (given["result"], given["evidence"]) == ("met", "Seen in five rooms")
    assert draft(visits)["assessor"] == "Ana Silva"
    fine(tap(again, "R1", None))
    assert draft(visits)["items"]["R1"]["result"] == "not_assessed"
    assert draft(visits)["items"]["R1"]["evidence"] == "Seen in five rooms"


def test_an_answer_of_somebody_else_is_not_written_over_unseen(visits):
    at = begun(visits)
    answer_item(store(visits), WHOLE, id=draft(visits)["id"], item="R2", result="not_met")
    at = tap(at, "R2", "met")
    assert [one.value for one in at.toast] == ["Somebody else answered this item meanwhile: their answer stands now. Change it if yours is right."]
    assert draft(visits)["items"]["R2"]["result"] == "not_met"
    tap(at, "R2", "met")
    assert draft(visits)["items"]["R2"]["result"] == "met"


def test_the_sections_lead_to_the_end_and_a_complete_assessment_counts(visits):
    at = tap(tap(begun(visits), "R1", "met"), "R2", "not_met")
    assert "It gets no score: 25% of the weight has no answer, and a tenth is the most." in text(at)
    at = tap(fine(at.button(key="walk_next").click().run()), "D1", "met")
    assert "It comes to 75%." in text(at)
    done = fine(at.button(key="walk_complete").click().run())
    assert "assessment" not in done.query_params
    assert "Rooms is the weakest section: 67%, and 75% overall" in titles(done)
    assert [row["state"] for row in assessments(store(visits), WHOLE)] == ["complete"] * 3


def test_a_draft_is_dropped_with_its_answers(visits):
    at = tap(begun(visits), "R1", "met")
    fine(at.button(key="walk_drop").click().run())
    assert {row["state"] for row in assessments(store(visits), WHOLE)} == {"complete"}


def test_an_assessment_that_is_complete_or_nowhere_is_not_walked(visits):
    for number in ("1", "999", "x"):
        at = fine(visits.open("standards", assessment=number, house="1"))
        assert "There is no such open assessment" in text(at)
        assert titles(at)[0].startswith("You ticked it")


def test_an_improvement_is_planned_told_as_overdue_and_done(visits):
    at = fine(visits.open("standards", house="1"))
    assert "1 item that is not fully met has no improvement yet." in text(at)
    at = fine(at.button(key="plan_add").click().run())
    assert at.selectbox(key="plan_item").options[0] == "Partly: Drains are clean"
    at.text_area(key="plan_what_0").set_value("Rinse them weekly")
    at.date_input(key="plan_due_0").set_value(AS_OF - dt.timedelta(2))
    at = fine(at.button(key="plan_save").click().run())
    assert "1 improvement is to be done, 1 of them overdue" in titles(at)
    assert "overdue since 30 Mar 2025" in text(at)
    at = fine(at.button(key="plan_done_1").click().run())
    assert "All that was planned is done" in titles(at)
    assert improvements(store(visits), WHOLE)[0]["done_on"] == AS_OF


def test_what_is_to_be_done_must_be_said(visits):
    at = fine(fine(visits.open("standards", house="1")).button(key="plan_add").click().run())
    at = fine(at.button(key="plan_save").click().run())
    assert "Say what is to be done." in text(at)
    assert improvements(store(visits), WHOLE) == []


def test_the_checklist_is_taken_along_with_answers_and_what_guests_say(visits):
    files = visits.downloads()
    fine(visits.open("standards", house="1"))
    tables = [list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) for content in files if content[:3] == b"\xef\xbb\xbf"]
    table = next(rows for rows in tables if rows[0][:3] == ["Section", "Code", "Item"])
    assert [row[1:5] + row[8:] for row in table[1:]] == [
        ["R1", "Rooms are clean", "2", "Met", "yes", ""], ["R2", "Drains are clean", "1", "Partly", "yes", ""],
        ["D1", "Nights are quiet", "1", "Met", "yes", "Length of stay: 1.00"]]


def test_who_does_not_assess_reads_and_changes_nothing(visits):
    at = fine(visits.as_("group").open("standards", house="1"))
    assert titles(at)[0].startswith("You ticked it")
    assert not [button for button in at.button if button.key.startswith(("walk", "plan", "said"))]


def test_without_a_checklist_the_page_says_where_they_come_from(monkeypatch, lisbon):
    at = fine(Visits(monkeypatch, lisbon).open("standards"))
    assert titles(at) == ["No checklist yet"]


def test_a_checklist_of_another_language_stays_chosen(visits):
    with store(visits).engine.begin() as connection:
        connection.execute(sa.update(schema.standard).values(form=json.dumps(FORM | {"name": {"en": "House rules", "si": "නීති"}})))
    at = fine(visits.open("standards", checklist="house", lang="si"))
    assert at.selectbox(key="choose_checklist").options == ["නීති"]
