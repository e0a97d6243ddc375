"""Cases are opened, taken, answered and closed on the pages; nothing typed is lost; figures, rules and the guest's card follow."""
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
    """Ana complained of noise in March (overdue), Ben of Wi-Fi (solved); Ben's review of 2 of 10 has no case."""
    here = settings.at(tmp_path_factory.mktemp("cases"))
    hotel = lisbon_and_addis(record.open_store(here))
    hotel.case(2, "noise", opened_at="2025-03-04T22:00:00+00:00", room="12", text=HOSTILE, due_at="2025-03-05T22:00:00+00:00", department="front_desk")
    hotel.case(3, "wifi", opened_at="2025-03-11T10:00:00+00:00", closed_at="2025-03-11T13:00:00+00:00", answered_at="2025-03-11T11:00:00+00:00",
               status="closed", due_at="2025-03-12T10:00:00+00:00", owner="Lilit", root_cause="broken", resolution="A new router")
    written = hotel.review(3, 2.0, reviewed_on="2025-03-13", text="Wifi bad! and more", platform="google", profile_id=2)
    hotel.scored(written, "negative", -0.8, ("wifi", "negative"))
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


def choose(at, move: str):
    return fine(next(g for g in at.button_group if g.label == "Move").set_value(move).run())


def typed(at, label: str, text: str):
    return fine(next(field for field in [*at.text_area, *at.text_input] if field.label == label).set_value(text).run())


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def test_the_board_says_what_is_overdue_and_shows_words_as_they_were_written(visits):
    at = fine(visits.open("cases"))
    assert titles(at) == ["1 critical review has no case", "1 case is not closed, 1 of them overdue"]
    sent = everything(at)
    assert "overdue 27 days" in sent
    assert "\\\\<script\\\\>" in sent
    assert "[a](http" not in sent


def test_a_filter_and_the_list_narrow_what_is_shown(visits):
    listed = fine(visits.open("cases", case_show="list", case_status="closed"))
    assert listed.dataframe[0].value["Case"].tolist() == ["Complaint about Wi-Fi"]
    assert listed.dataframe[0].value["Owner"].tolist() == ["Lilit"]
    assert "No case fits" in everything(visits.open("cases", case_show="list", case_kind="billing"))


def test_a_critical_review_becomes_a_case_of_the_kind_it_complains_of(visits):
    at = fine(visits.open("case", review="1"))
    assert at.header[0].value == "New case"
    assert next(field for field in at.text_area if field.label == "What happened").value == "Wifi bad!"
    press(at, "Open the case")
    made = rows(visits, schema.service_case)[-1]
    assert (made.kind, made.review_id, made.opened_from, made.stay_id, made.status) == ("wifi", 1, "review", 3, "open")
    assert titles(fine(visits.open("cases")))[0] == "2 cases are not closed, 1 of them overdue"


def test_a_new_case_at_the_desk_says_which_rule_gives_it_to_whom(visits):
    press(fine(visits.open("service")), "Begin with these rules")
    assert len(rows(visits, schema.case_rule)) >= 10
    at = press(fine(visits.open("cases")), "New case")
    assert "Noise goes to the front desk" in everything(at)
    at = typed(at, "What happened", "Music until three")
    press(at, "Open the case")
    made = rows(visits, schema.service_case)[-1]
    assert (made.text, made.department, made.kind, made.opened_from) == ("Music until three", "front_desk", "noise", "desk")


def test_a_case_is_taken_answered_closed_and_opened_again(visits):
    at = fine(visits.open("case", case="1"))
    assert at.header[0].value == "Complaint about noise, room 12"
    at = press(at, "I take it")
    at = press(typed(at, "What the guest was answered", "We are sorry"), "Save: Answer")
    at = typed(choose(at, "close"), "What was done", "Another room")
    next(field for field in at.number_input if field.label.startswith("Given")).set_value(20.5)
    at.checkbox[0].check()
    press(at, "Save: Close")
    row = rows(visits, schema.service_case)[0]
    assert (row.owner != "", row.status, row.resolution, row.compensation_minor, row.told_at is not None) == (True, "closed", "Another room", 2050, True)
    at = typed(choose(fine(visits.open("case", case="1")), "reopen"), "Why it is opened again", "Loud again")
    press(at, "Save: Open again")
    assert [(step.kind, step.text) for step in rows(visits, schema.case_step)] == [
        ("taken", ""), ("answered", "We are sorry"), ("closed", "Another room"), ("told", ""), ("reopened", "Loud again")]
    assert rows(visits, schema.service_case)[0].reopened == 1


def test_the_second_of_two_sees_what_the_first_did_and_keeps_the_own_words(visits):
    mine, other = fine(visits.open("case", case="1")), fine(visits.open("case", case="1"))
    press(typed(choose(other, "note"), "What colleagues should know", "Called the bar"), "Save: Note")
    mine = press(typed(choose(mine, "note"), "What colleagues should know", "Ana sleeps in 14"), "Save: Note")
    assert "Somebody else changed this" in mine.warning[0].value
    assert "It now stands at: Open" in mine.text[0].value
    assert mine.text_area[0].value == "Ana sleeps in 14"
    press(mine, "Save: Note")
    assert [step.text for step in rows(visits, schema.case_step)] == ["Called the bar", "Ana sleeps in 14"]


def test_a_correction_of_the_priority_is_written_down(visits):
    at = choose(fine(visits.open("case", case="1")), "change")
    next(field for field in at.selectbox if field.label == "Priority").set_value("urgent").run()
    press(at, "Save")
    assert rows(visits, schema.service_case)[0].priority == "urgent"
    assert '"priority": "urgent"' in rows(visits, schema.case_step)[0].value


def test_an_action_without_words_is_refused_and_changes_nothing(visits):
    at = press(choose(fine(visits.open("case", case="1")), "note"), "Save: Note")
    assert at.error[0].value == "Write down what was said or done."
    assert rows(visits, schema.case_step) == []


def test_what_is_not_there_and_what_a_role_may_not_read_look_alike(visits):
    assert titles(fine(visits.open("case", case="99"))) == ["There is no such case"]
    assert titles(fine(visits.as_("group").open("case", case="1"))) == ["There is no such case"]
    at = fine(visits.open("cases"))
    assert "Your role sees figures" in everything(at)
    assert "New case" not in [b.label for b in at.button]
    assert HOSTILE[-8:] not in everything(at)


def test_service_says_causes_and_backlog_and_that_it_is_too_few_to_tell(visits):
    at = fine(visits.open("service"))
    told = titles(at)
    assert "Too few cases were due to tell: 2 of 30" in told
    assert "1 case is open, 1 of them overdue" in told
    assert "100% of the cases come from: Something broken" in told
    assert "Too few to tell whether guests with a fast solution come back more often" in told
    assert "This is no proof of a cause" in everything(at)


def test_desk_hours_are_saved_and_impossible_ones_refused(visits):
    at = typed(fine(visits.open("service")), "Desk opens", "09:00")
    at = typed(at, "Desk closes", "17:00")
    press(at, "Save desk hours")
    kept = {row.desk_from + row.desk_to for row in rows(visits, schema.property)}
    assert "09:0017:00" in kept
    at = press(typed(fine(visits.open("service")), "Desk opens", "noon"), "Save desk hours")
    assert at.error[0].value.startswith("Write when the desk opens and closes")


def test_the_guest_is_recognised_by_what_annoyed_and_by_the_open_case(visits):
    ana = fine(visits.open("guest", guest="1"))
    assert "1 open case" in titles(ana)
    assert "Complaint about noise, room 12, in Mar 2025; the case is still open" in everything(ana).replace("\\", "")
    ben = fine(visits.open("guest", guest="2"))
    assert "Annoyed by wi-fi" in titles(ben)
    assert "Annoyed by wi-fi in Mar 2025" in everything(ben).replace("\\", "")
