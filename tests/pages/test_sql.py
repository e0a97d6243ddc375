"""A question in SQL is asked on its page, answered within the visitor's view, and written to the audit without its words."""
import hashlib
import json

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.sandbox import child, views
from crm_core.scope import Scope, default_period
from crm_core.store import warehouse
from crm_core.store.record import open_store
from crm_core.ui.sql_page import EXAMPLES
from tests.pages.visiting import Visits, everything, fine

KOLIBRI = 1


@pytest.fixture
def visits(monkeypatch, lisbon_to_change) -> Visits:
    """Visits to Lisbon and Addis where questions in SQL are switched on."""
    monkeypatch.setenv("CRM_SQL", "1")
    return Visits(monkeypatch, lisbon_to_change)


def run(page, question: str):
    """The page after a question was typed and asked."""
    fine(page.text_area(key="sql_question").input(question).run())
    return fine(page.button(key="sql_run").click().run())


def audited(visits) -> list[tuple]:
    a = schema.audit.c
    with open_store(visits.settings).reading() as connection:
        found = connection.execute(sa.select(a.actor, a.kind, a.object, a.fields).where(a.verb == "sql").order_by(a.sequence)).all()
    return [(actor, kind, what, json.loads(fields)) for actor, kind, what, fields in found]


def digest(question: str) -> str:
    return hashlib.sha256(question.encode()).hexdigest()[:16]


def answered(page):
    return page.dataframe[0].value


def titles(page) -> list[str]:
    return [element.value.replace("\\", "") for element in page.subheader]


def test_a_question_is_answered_and_audited_by_its_hash(visits):
    question = "SELECT channel, sum(nights) AS nights FROM stays GROUP BY ALL ORDER BY 2 DESC"
    page = run(visits.open("sql"), question)
    assert "3 rows" in titles(page)
    assert answered(page).values.tolist() == [["own_site", 10], ["ota", 6], ["corporate", 2]]
    assert "groups of fewer than five guests show as they are" in everything(page).replace("\\", "")
    assert audited(visits) == [("local", "question", digest(question), ["answered=1", "id", "rows=3"])]


def test_a_mistake_keeps_the_question_and_says_where_it_is(visits):
    page = run(visits.open("sql"), "SELECT nihgts\nFROM stays")
    assert page.text_area(key="sql_question").value == "SELECT nihgts\nFROM stays"
    assert "does not understand" in page.error[0].value
    assert "LINE 1: SELECT nihgts\n               ^" in page.code[0].value
    assert audited(visits)[0][3] == ["answered=0", "id", "rows=0"]
    assert "1 row" in titles(run(page, "SELECT count(*) AS n FROM stays"))


def test_a_refused_question_says_why_and_is_audited_too(visits):
    page = run(visits.open("sql"), "FROM mart_stays")
    assert "none of the tables that are listed here" in page.error[0].value
    assert len(page.code) == 0
    assert audited(visits) == [("local", "question", digest("FROM mart_stays"), ["answered=0", "id", "rows=0"])]


def test_a_long_answer_says_that_there_is_more(visits):
    page = run(visits.open("sql"), "FROM range(20000)")
    assert "10,000 rows" in titles(page)
    assert "There are more rows" in page.warning[0].value
    assert len(answered(page)) == 500


def test_an_answer_without_rows_says_what_to_look_at(visits):
    page = run(visits.open("sql"), "FROM stays WHERE channel = 'OTA'")
    assert "0 rows" in titles(page)
    assert "no row fits it" in everything(page)


def test_all_rows_go_into_the_files_and_a_formula_is_made_harmless(visits):
    files = visits.downloads()
    run(visits.open("sql"), "SELECT i, '=1+1' AS word FROM range(600) t(i)")
    text = files[0].decode("utf-8-sig")
    assert text.splitlines()[:2] == ["i,word", "0,'=1+1"]
    assert len(text.splitlines()) == 601
    assert len(files) == 3


def test_a_guests_number_opens_the_guest_and_goes_into_the_files_as_a_number(visits):
    files = visits.downloads()
    page = run(visits.open("sql"), "SELECT guest_id, count(*) AS n FROM stays GROUP BY ALL ORDER BY 1")
    assert answered(page)["guest_id"].tolist()[:2] == ["guest?guest=1&store=demo", "guest?guest=2&store=demo"]
    assert files[0].decode("utf-8-sig").splitlines() == ["guest_id,n", "1,4", "2,3", ",2"]
    page = run(page, "SELECT 'nobody' AS guest_id")
    assert answered(page)["guest_id"].tolist() == ["nobody"]


def test_an_example_is_put_into_the_field_and_not_asked_by_itself(visits):
    page = fine(fine(visits.open("sql")).button(key="sql_example_1").click().run())
    assert page.text_area(key="sql_question").value == EXAMPLES[1][1]
    assert audited(visits) == []


@pytest.mark.parametrize(("label", "question"), EXAMPLES)
def test_every_example_is_answered(lisbon, label, question):
    version = warehouse.current(lisbon)
    view = Scope("local", (1, 2), default_period(version.version.as_of), version.version.as_of, chain=(1, 2))
    child.answer(str(version.path), views.statements(view), False, question)


def test_the_tables_are_listed_with_grain_and_columns(visits):
    page = fine(visits.open("sql"))
    page = fine(page.selectbox(key="sql_table").select("nights").run())
    assert "One row per room night that was spent or is on the books" in everything(page).replace("\\", "")
    assert ["night_on", "date"] in page.dataframe[-1].value.values.tolist()


def test_who_sees_one_house_asks_of_one_house(monkeypatch, houses):
    monkeypatch.setenv("CRM_SQL", "1")
    visits = Visits(monkeypatch, houses).as_("local", (KOLIBRI,))
    page = run(visits.open("sql"), "SELECT DISTINCT property_id, country FROM stays")
    assert answered(page).values.tolist() == [[1, "PT"]]
    page = run(page, "SELECT room_type::INTEGER FROM stays")
    assert "Zeisig" not in everything(page)


def test_where_it_is_switched_off_the_page_says_how_to_switch_it_on(monkeypatch, lisbon):
    page = fine(Visits(monkeypatch, lisbon).open("sql"))
    assert "CRM_SQL=1 make run" in page.code[0].value
    assert len(page.text_area) == 0


@pytest.mark.parametrize("role", ["manager", "group", "trainer"])
def test_no_other_role_may_ask(visits, role):
    page = fine(visits.as_(role).open("sql"))
    assert "not open to your role" in everything(page)
    assert len(page.text_area) == 0
