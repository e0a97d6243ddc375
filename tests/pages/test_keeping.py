"""What a page shows is kept from its last row: as a view, on a board, beside the time axis; and it says what it asked."""
import pytest

from crm_core.records.annotations import annotations
from crm_core.records.boards import board_card, boards
from crm_core.records.views import saved_views
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.hotel import AS_OF
from tests.pages.visiting import Visits, everything, fine

WHOLE = Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))


@pytest.fixture
def visits(monkeypatch, lisbon_to_change) -> Visits:
    """Visits to Lisbon and Addis, which a test may change."""
    return Visits(monkeypatch, lisbon_to_change)


def store(visits: Visits):
    return record.open_store(visits.settings)


def test_a_view_is_saved_with_its_choices_in_codes_and_begins_the_first_board(visits):
    at = fine(visits.open("figure", kpi="RevPAR", by="Property", period="Last 3 months", lang="en"))
    fine(at.button(key="keep_view").click().run())
    assert at.text_input(key="keep_name").value == "RevPAR by property"
    fine(at.button(key="keep_save").click().run())
    [saved] = saved_views(store(visits), WHOLE)
    assert (saved["name"], saved["page"], dict(saved["view"].params)) == (
        "RevPAR by property", "figure", {"kpi": "revpar", "by": "property", "period": "3m"})
    [board] = boards(store(visits), WHOLE)
    assert (board["name"], board["views"]) == ("My Monday", 1)
    assert board_card(store(visits), WHOLE, id=board["id"])["views"][0]["id"] == saved["id"]


def test_a_filter_that_was_moved_is_what_is_saved(visits):
    at = fine(visits.open("retention"))
    at.selectbox(key="who").select("guests")
    fine(at.run())
    fine(at.button(key="keep_view").click().run())
    assert at.text_input(key="keep_name").value == "Who comes back"
    at.selectbox(key="keep_board").select("")
    fine(at.button(key="keep_save").click().run())
    assert [dict(row["view"].params) for row in saved_views(store(visits), WHOLE)] == [{"who": "guests"}]
    assert boards(store(visits), WHOLE) == []


def test_a_name_that_is_taken_is_told_and_what_was_typed_stays(visits):
    for _ in range(2):
        at = fine(visits.open("retention"))
        fine(at.button(key="keep_view").click().run())
        at.text_input(key="keep_name").set_value("Who comes back")
        fine(at.button(key="keep_save").click().run())
    assert "There is a view of this name" in at.error[0].value
    assert at.text_input(key="keep_name").value == "Who comes back"


def test_a_note_is_written_beside_the_time_axis(visits):
    at = fine(visits.open("explore"))
    fine(at.button(key="keep_note").click().run())
    at.text_input(key="annotate_said").set_value("New prices")
    fine(at.button(key="annotate_save").click().run())
    [note] = annotations(store(visits), WHOLE)
    assert (note["property_id"], note["on_day"], note["kind"], note["said"]) == (2, AS_OF, "price", "New prices")


def test_a_page_tells_each_question_that_it_asked_once(visits):
    at = fine(visits.open("retention"))
    fine(at.button(key="keep_queries").click().run())
    asked = at.dataframe[-1].value
    assert "kpi_values" in set(asked["Query"])
    assert not asked.duplicated().any()
    assert asked["What it answers"].str.startswith(("One row", "One row:")).all()


@pytest.mark.parametrize("page", ["guest", "settings", "glossary", "boards", "decisions"])
def test_a_page_without_filters_is_not_saved_as_a_view(visits, page):
    at = fine(visits.open(page, **({"guest": "1"} if page == "guest" else {})))
    assert "keep_view" not in [button.key for button in at.button]


@pytest.mark.parametrize(("role", "keeps"), [("local", True), ("group", True), ("participant", False), ("trainer", False)])
def test_only_who_may_keep_views_is_offered_it(visits, role, keeps):
    at = fine(visits.as_(role).open("retention"))
    keys = [button.key for button in at.button]
    assert ("keep_view" in keys) == keeps
    assert "keep_queries" in keys


def test_the_view_that_a_lesson_begins_with_stands_in_the_link_in_codes(visits):
    sent = everything(fine(visits.open("retention", period="Last 3 months")))
    assert "new=retention" in sent
    assert "%223m%22" in sent or '3m' in sent
