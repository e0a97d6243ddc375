"""An enquiry is taken down, moved, taken back and closed on the pages; words are found and written down; nothing typed is lost."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import jobs, schema, settings
from crm_core.refresh import refresh
from crm_core.store import record
from tests.hotel import lisbon_and_addis
from tests.pages.visiting import Visits, copied, everything, fine

HOSTILE = "<script>x</script> **bold** [a](http://evil.test) :red[R]"


@pytest.fixture(scope="module")
def at_first(tmp_path_factory):
    """Settings of Lisbon and Addis with two open leads and a word that waits, before anybody's visit."""
    here = settings.at(tmp_path_factory.mktemp("leads"))
    hotel = lisbon_and_addis(record.open_store(here))
    hotel.lead("LIS", "2025-03-20T10:00", name="Mira Keller", email="ana@example.com", owner="ana", due_on=dt.date(2025, 3, 25), guest_id=None)
    hotel.lead("ADD", "2025-03-21T10:00", name=HOSTILE, company="Novak", currency="ETB", via="phone")
    hotel.said("LIS", "2025-03-20T10:00", "in", lead_id=1, subject="May", text=HOSTILE)
    refresh(here)
    hotel.store.engine.dispose()
    return here


@pytest.fixture
def visits(monkeypatch, at_first, tmp_path) -> Visits:
    """Visits to a copy, which a test may change; a refresh is asked for and not made."""
    monkeypatch.setattr(jobs, "start_refresh", lambda _settings: None)
    return Visits(monkeypatch, copied(at_first, tmp_path))


def rows(visits: Visits, table: sa.Table) -> list:
    with record.open_store(visits.settings).reading() as connection:
        return connection.execute(sa.select(table).order_by(*table.primary_key)).all()


def press(at, label: str):
    return fine(next(b for b in at.button if b.label == label).click().run())


def test_the_board_counts_what_is_open_and_overdue(visits):
    """Two leads are worth 500 each, one of them in birr at 0.01."""
    at = fine(visits.open("leads"))
    assert [m.value for m in at.metric] == ["2", "€505", "1", "–"]
    sent = everything(at)
    assert "Mira Keller" in sent
    assert "due 25 Mar" in sent


def test_the_table_is_a_link_and_can_be_taken_home(visits):
    files = visits.downloads()
    at = fine(visits.open("leads", show="table", stage="all"))
    assert at.dataframe[0].value["Lead"].tolist() == ["Mira Keller", HOSTILE]
    assert b"Mira Keller" in files[0]
    assert [a.verb for a in rows(visits, schema.audit)][-2:] == ["export", "export"]


def test_one_click_moves_a_lead_and_one_takes_it_back(visits):
    at = press(visits.open("leads"), "→ Qualified")
    assert [(row.stage, row.version) for row in rows(visits, schema.lead)] == [("qualified", 2), ("enquiry", 1)]
    assert "Mira Keller is now in “Qualified”" in everything(at).replace("\\", "")
    press(at, "Undo")
    assert [step.stage for step in rows(visits, schema.lead_step) if step.lead_id == 1] == ["enquiry", "qualified", "enquiry"]


def test_a_lost_lead_needs_a_reason(visits):
    at = press(visits.open("lead", lead="1"), "→ Lost")
    at = fine(at.button(key="save_closing").click().run())
    assert [e.value[:18] for e in at.error] == ["Say why it was los"]
    assert rows(visits, schema.lead)[0].stage == "enquiry"


def test_a_lost_lead_keeps_its_reason(visits):
    at = press(visits.open("lead", lead="1"), "→ Lost")
    at.selectbox(key="lost_reason").set_value("price")
    fine(at.button(key="save_closing").click().run())
    assert next((row.stage, row.lost_reason) for row in rows(visits, schema.lead)) == ("lost", "price")


def test_a_won_lead_names_its_booking(visits):
    at = press(visits.open("lead", lead="1"), "→ Won")
    at.text_input(key="won_number").set_value("L2")
    fine(at.button(key="save_closing").click().run())
    assert next((row.stage, row.stay_id) for row in rows(visits, schema.lead)) == ("won", 2)


def test_a_lead_is_recognised_as_a_guest_by_its_address(visits):
    at = fine(visits.open("lead", lead="1"))
    fine(at.button(key="link_1").click().run())
    assert rows(visits, schema.lead)[0].guest_id == 1


def test_an_enquiry_is_taken_down_and_the_form_is_ready_for_the_next(visits):
    at = fine(visits.open("enquiry", source="email"))
    assert at.selectbox(key="lead_via_new_0").value == "email"
    at.text_input(key="lead_name_new_0").set_value("Jonas Lind")
    at.number_input(key="lead_value_new_0").set_value(420.5)
    at = press(at, "Save the enquiry")
    made = rows(visits, schema.lead)[-1]
    assert (made.name, made.via, made.value_minor, made.stage) == ("Jonas Lind", "email", 42_050, "enquiry")
    assert "Saved: Jonas Lind" in everything(at).replace("\\", "")
    assert at.text_input(key="lead_name_new_1").value == ""


def test_an_enquiry_of_nobody_is_refused_and_what_was_typed_stays(visits):
    at = fine(visits.open("enquiry"))
    at.text_area(key="lead_note_new_0").set_value("Two rooms in May")
    at = press(at, "Save the enquiry")
    assert [e.value[:18] for e in at.error] == ["A lead needs a nam"]
    assert at.text_area(key="lead_note_new_0").value == "Two rooms in May"
    assert len(rows(visits, schema.lead)) == 2


def test_a_plan_that_somebody_else_changed_is_not_overwritten(visits):
    first, second = visits.open("lead", lead="1"), visits.open("lead", lead="1")
    for at, step in ((first, "Call back"), (second, "Send the offer")):
        next(field for field in at.text_input if field.label == "Next step").set_value(step)
    saved = [next(b for b in at.button if b.label == "Save" and "plan_" in b.form_id) for at in (first, second)]
    fine(saved[0].click().run())
    assert [w.value[:13] for w in fine(saved[1].click().run()).warning] == ["Somebody else"]
    assert rows(visits, schema.lead)[0].next_step == "Call back"
    assert second.text_input(key="plan_step_1").value == "Send the offer"
    press(second, "Save")
    assert rows(visits, schema.lead)[0].next_step == "Send the offer"


def test_a_word_of_a_guest_is_shown_as_it_was_written(visits):
    for page in ("lead", "interactions"):
        sent = everything(fine(visits.open(page, lead="1")))
        assert "\\\\[a\\\\]" in sent
        assert "[a](http" not in sent


def test_a_talk_is_written_down_on_a_lead_and_on_a_guest(visits):
    for page, link in (("lead", {"lead": "1"}), ("guest", {"guest": "1"})):
        at = fine(visits.open(page, **link))
        at.text_area(key="log_text_0").set_value(f"Talked on the {page} page")
        fine(next(b for b in at.button if b.label == "Save" and "log_form" in b.form_id).click().run())
    said = rows(visits, schema.interaction)[1:]
    assert [(one.text, one.lead_id, one.guest_id, one.property_id) for one in said] == [
        ("Talked on the lead page", 1, None, 1), ("Talked on the guest page", None, 1, 1)]


def test_words_are_found_and_who_waits_is_named(visits):
    at = fine(visits.open("interactions"))
    assert "These guests wait for an answer" in [s.value for s in at.subheader]
    assert [m.value for m in at.metric] == ["1", "–", "–", "1"]
    at.text_input(key="said_text").set_value("nothing like it")
    assert "Nothing fits" in everything(fine(at.run()))


@pytest.mark.parametrize("asked", ["99", "abc", "", "-1", "9" * 400])
def test_a_lead_that_does_not_exist_is_told_so(visits, asked):
    at = fine(visits.open("lead", lead=asked))
    assert [s.value for s in at.subheader] == ["There is no such lead"]


def test_a_lead_of_another_house_is_told_of_like_one_that_does_not_exist(visits):
    visits.as_("local", (2,))
    assert everything(fine(visits.open("lead", lead="1"))) == everything(fine(visits.open("lead", lead="99")))


def test_who_may_not_read_names_sees_figures_only(visits):
    visits.as_("group")
    for page in ("leads", "interactions", "lead", "enquiry"):
        sent = everything(fine(visits.open(page, lead="1")))
        assert "Mira" not in sent
        assert "bold" not in sent
