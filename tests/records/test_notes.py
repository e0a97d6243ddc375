"""Notes are added and edited by several people, and nobody's words are lost."""
import threading

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records.notes import LONGEST, add_note, edit_note, notes
from crm_core.records.registry import Refused, Stale

PAIRS = 100


def test_a_note_belongs_to_the_property_that_knows_the_guest(filled, view):
    add_note(filled.store, view(1, user="carla"), guest_id=1, text=" Likes the quiet side. ")
    found = notes(filled.store, view(), guest_id=1)
    assert [(n["text"], n["author"], n["property_id"], n["version"], n["edited_at"]) for n in found] == [
        ("Likes the quiet side.", "carla", 1, 1, None)]


def test_a_note_written_where_the_guest_only_stayed_stays_there(filled, view):
    add_note(filled.store, view(2), guest_id=1, text="Asked for injera.")
    assert [n["property_id"] for n in notes(filled.store, view(), guest_id=1)] == [2]
    assert notes(filled.store, view(1), guest_id=1) == []


def test_the_newest_note_comes_first(filled, view):
    for text in ("first", "second"):
        add_note(filled.store, view(), guest_id=1, text=text)
    assert [n["text"] for n in notes(filled.store, view(), guest_id=1)] == ["second", "first"]


def test_an_edit_raises_the_version(filled, view):
    note = add_note(filled.store, view(), guest_id=1, text="first")
    assert edit_note(filled.store, view(), id=note, version=1, text="better") == 2
    found = notes(filled.store, view(), guest_id=1)[0]
    assert (found["text"], found["version"]) == ("better", 2)
    assert found["edited_at"] is not None


def test_the_second_of_two_editors_is_told_and_shown_what_stands_there(filled, view):
    note = add_note(filled.store, view(), guest_id=1, text="first")
    edit_note(filled.store, view(), id=note, version=1, text="hers")
    with pytest.raises(Stale) as told:
        edit_note(filled.store, view(), id=note, version=1, text="his")
    assert (told.value.current["text"], told.value.current["version"]) == ("hers", 2)
    assert notes(filled.store, view(), guest_id=1)[0]["text"] == "hers"


def test_of_a_hundred_pairs_of_editors_one_wins_and_one_is_told(filled, view):
    note, told = add_note(filled.store, view(), guest_id=1, text="v1"), []
    barrier = threading.Barrier(2)

    def edit(name: str) -> None:
        for version in range(1, PAIRS + 1):
            barrier.wait()
            try:
                edit_note(filled.store, view(), id=note, version=version, text=f"{name} {version}")
            except Stale:
                told.append(version)
            barrier.wait()
    editors = [threading.Thread(target=edit, args=(name,)) for name in ("ana", "ben")]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    assert sorted(told) == list(range(1, PAIRS + 1))
    assert notes(filled.store, view(), guest_id=1)[0]["version"] == PAIRS + 1
    with filled.store.reading() as connection:
        edits = sa.select(sa.func.count()).select_from(schema.audit).where(schema.audit.c.verb == "edit", schema.audit.c.kind == "note")
        assert connection.execute(edits).scalar_one() == PAIRS


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * (LONGEST + 1)])
def test_a_note_without_words_or_without_end_is_refused(small, view, text):
    with pytest.raises(Refused):
        add_note(small.store, view(), guest_id=1, text=text)


def test_markup_is_kept_as_it_was_written(filled, view):
    text = "<script>alert(1)</script> [a](javascript:b) | ` \\ 'quoted' \"twice\" 🛎"
    add_note(filled.store, view(), guest_id=1, text=text)
    assert notes(filled.store, view(), guest_id=1)[0]["text"] == text


@pytest.mark.parametrize("guest_id", [2, 99])
def test_there_is_no_note_about_a_guest_one_cannot_see(small, view, guest_id):
    with pytest.raises(Refused):
        add_note(small.store, view(2), guest_id=guest_id, text="hello")
