"""What is typed on a page is kept, refused with a reason, or told to be somebody else's turn; it never vanishes."""

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.store import record
from tests.pages.visiting import Visits, everything, fine

ANA = "1"


@pytest.fixture
def visits(monkeypatch, lisbon_to_change) -> Visits:
    """Visits to Lisbon and Addis, which a test may change."""
    return Visits(monkeypatch, lisbon_to_change)


def rows(visits: Visits, table: sa.Table) -> list:
    with record.open_store(visits.settings).reading() as connection:
        return connection.execute(sa.select(table).order_by(*table.primary_key)).all()


def note(at, text: str):
    at.text_area(key="new_note_text").set_value(text)
    return fine(next(b for b in at.button if b.label == "Add note").click().run())


def test_a_note_is_added_and_shown(visits):
    at = note(visits.open("guest", guest=ANA), "Likes room 12")
    assert [n.text for n in rows(visits, schema.note)] == ["Likes room 12"]
    assert "Likes room 12" in everything(fine(visits.open("guest", guest=ANA)))
    assert fine(at.run()).text_area(key="new_note_text").value in ("", None)


def test_an_empty_note_is_refused_with_a_reason(visits):
    at = note(visits.open("guest", guest=ANA), "   ")
    assert [e.value for e in at.error] == ["A note needs some text."]
    assert rows(visits, schema.note) == []


def test_the_second_of_two_editors_is_told_and_loses_nothing(visits):
    note(visits.open("guest", guest=ANA), "Likes room 12")
    first, second = visits.open("guest", guest=ANA), visits.open("guest", guest=ANA)
    for editor, text in ((first, "Likes room 14"), (second, "Likes tea")):
        fine(editor.button(key="note_1_edit").click().run())
        editor.text_area(key="note_1_text").set_value(text)
    fine(first.button(key="note_1_save").click().run())
    fine(second.button(key="note_1_save").click().run())
    assert [w.value[:13] for w in second.warning] == ["Somebody else"]
    assert second.text_area(key="note_1_text").value == "Likes tea"
    assert [x.value for x in second.text] == ["Likes room 14"]
    assert [n.text for n in rows(visits, schema.note)] == ["Likes room 14"]
    fine(second.button(key="note_1_save").click().run())
    assert [(n.text, n.version) for n in rows(visits, schema.note)] == [("Likes tea", 3)]


def edit(at, table: str, row: int, **values):
    """Change a cell of a table in Settings and save it."""
    at.session_state[f"edit_{table}_0"] = {"edited_rows": {row: values}, "added_rows": [], "deleted_rows": []}
    fine(at.run())
    at.session_state[f"edit_{table}_0"] = {"edited_rows": {row: values}, "added_rows": [], "deleted_rows": []}
    return fine(at.button(key=f"save_{table}").click().run())


def test_an_exchange_rate_is_changed_and_audited(visits):
    before = len(rows(visits, schema.audit))
    edit(visits.open("settings"), "exchange_rate", 0, rate=0.012)
    assert [(r.currency, r.rate, r.version) for r in rows(visits, schema.exchange_rate)] == [("ETB", 0.012, 2)]
    assert [(a.verb, a.kind) for a in rows(visits, schema.audit)[before:]] == [("edit", "exchange_rate")]


def test_a_rate_that_cannot_be_is_refused_and_stays_as_it_was(visits):
    at = edit(visits.open("settings"), "exchange_rate", 0, rate=-1.0)
    assert [e.value for e in at.error] == ["A rate is a number above 0, for example 0.0068."]
    assert [r.rate for r in rows(visits, schema.exchange_rate)] == [0.01]


def test_the_second_editor_of_a_row_is_told_and_may_then_insist(visits):
    first, second = visits.open("settings"), visits.open("settings")
    waiting = {"edited_rows": {0: {"name": "Firm"}}, "added_rows": [], "deleted_rows": []}
    second.session_state["edit_channel_0"] = waiting
    fine(second.run())
    edit(first, "channel", 0, name="Company")
    for warned, named in ((1, "Company"), (0, "Firm")):
        second.session_state["edit_channel_0"] = waiting
        fine(second.button(key="save_channel").click().run())
        assert len(second.warning) == warned
        assert [c.name for c in rows(visits, schema.channel) if c.code == "corporate"] == [named]


def test_the_as_of_date_is_fixed_and_derived_again(visits):
    at = visits.open("settings")
    at.date_input(key="as_of_day").set_value("2025-03-15")
    fine(at.run())
    fine(at.button(key="as_of_fix").click().run())
    assert {s.key: s.value for s in _settings(visits)}["as_of"] == "2025-03-15"
    fine(at.button(key="as_of_derive").click().run())
    assert "as_of" not in {s.key for s in _settings(visits)}


def _settings(visits: Visits) -> list:
    with record.open_store(visits.settings).reading() as connection:
        return connection.execute(sa.select(schema.setting)).all()


@pytest.mark.parametrize("role", ["manager", "group", "trainer"])
def test_a_role_without_the_right_cannot_edit_settings(visits, role):
    at = fine(visits.as_(role).open("settings"))
    assert [editor.proto.disabled for editor in at.data_editor] == [True] * at.data_editor.len
