"""Lessons written here stand beside those that come with the program, which nothing overwrites; a file of them comes in whole or not at all."""
import json

import pytest
import sqlalchemy as sa

from crm_core.association import lesson_files, lessons
from crm_core.records.lessons import (
    archive_lesson,
    change_lesson,
    export_lessons,
    import_lessons,
    lesson_card,
    lesson_list,
    preview_lessons,
    restore_lesson,
    save_lesson,
)
from crm_core.records.registry import Refused, Stale
from crm_core.schema import lesson
from crm_core.store.audit import Entry

OWN = {"code": "own", "title": {"en": "Our lesson"}, "question": {"en": "Why?"}, "notice": {"en": "Look at the number of cases."}, "page": "value",
       "params": {"kpi": "adr"}, "minutes": 10}
SHIPPED = tuple(one.code for one in lessons.shipped())


def file_of(*forms: dict) -> bytes:
    return lesson_files.dumps(lessons.parse(form) for form in forms)


def own(store, view) -> dict[str, str]:
    """The lessons that are not shipped: code → English title."""
    return {row["code"]: row["lesson"].title["en"] for row in lesson_list(store, view()) if not row["is_shipped"]}


def test_own_lessons_follow_the_fourteen_that_come_with_the_program(store, view):
    made = save_lesson(store, view(), form=OWN)
    found = lesson_list(store, view())
    assert len(SHIPPED) == 14
    assert tuple(row["code"] for row in found) == (*SHIPPED, "own")
    assert [(row["id"], row["is_shipped"], row["problems"]) for row in found[-2:]] == [(None, True, []), (made, False, [])]
    assert lesson_card(store, view(), code="own")["lesson"].params == {"kpi": "adr"}
    assert lesson_card(store, view(), code=SHIPPED[0])["is_shipped"]
    assert lesson_card(store, view(), code="nowhere") is None


def test_a_lesson_is_changed_put_away_and_brought_back(sqlite_store, view):
    made = save_lesson(sqlite_store, view(), form=OWN)
    assert change_lesson(sqlite_store, view(), id=made, version=1, form=OWN | {"title": {"en": "Better"}}) == 2
    with pytest.raises(Stale):
        change_lesson(sqlite_store, view(), id=made, version=1, form=OWN)
    with pytest.raises(Refused, match="stays as it is"):
        change_lesson(sqlite_store, view(), id=made, version=2, form=OWN | {"code": "other"})
    with pytest.raises(Refused, match="no such lesson"):
        change_lesson(sqlite_store, view(), id=99, version=1, form=OWN)
    archive_lesson(sqlite_store, view(), id=made, version=2)
    assert own(sqlite_store, view) == {}
    assert [row["lesson"].title["en"] for row in lesson_list(sqlite_store, view(), archived=True)] == ["Better"]
    restore_lesson(sqlite_store, view(), id=made, version=3)
    assert own(sqlite_store, view) == {"own": "Better"}


@pytest.mark.parametrize(("wrong", "said"), [
    ({"code": SHIPPED[0]}, "comes with the program"), ({"page": "nowhere"}, "does not exist here"), ({"params": {"kpi": "happiness"}}, "happiness"),
    ({"title": {"si": "x"}}, "in English"), ({"minutes": 0}, "minutes"), ({"title": {"en": "half \ud800"}}, "signs that cannot be shown")])
def test_a_lesson_that_could_not_be_taught_is_not_saved(sqlite_store, view, wrong, said):
    with pytest.raises(Refused, match=said) as told:
        save_lesson(sqlite_store, view(), form=OWN | wrong)
    str(told.value).encode()
    assert own(sqlite_store, view) == {}


def test_a_code_is_taken_even_by_a_lesson_that_was_put_away(sqlite_store, view):
    archive_lesson(sqlite_store, view(), id=save_lesson(sqlite_store, view(), form=OWN), version=1)
    with pytest.raises(Refused, match="of this code"):
        save_lesson(sqlite_store, view(), form=OWN)


def test_a_lesson_whose_view_or_sealed_truth_is_gone_is_marked(sqlite_store, view):
    import_lessons(sqlite_store, view(), file=file_of(OWN | {"page": "yesterday", "truth": "L99"}))
    row = lesson_card(sqlite_store, view(), code="own")
    assert [("yesterday" in problem) for problem in row["problems"]] == [True]
    assert [("L99" in problem) for problem in lesson_card(sqlite_store, view(), code="own", truths=("L01",))["problems"]] == [False, True]


def test_lessons_go_out_as_a_file_and_come_in_again_as_the_same(store, view):
    save_lesson(store, view(), form=OWN)
    file = export_lessons(store, view(), codes=["own"])
    assert lesson_files.loads(file) == (lessons.parse(OWN),)
    assert [(one.code, one.name, one.change) for one in preview_lessons(store, view(), file=file).changes] == [("own", "Our lesson", "same")]
    assert import_lessons(store, view(), file=file) == 0
    assert lesson_card(store, view(), code="own")["version"] == 1


def test_a_file_replaces_lessons_only_when_that_is_asked_for(store, view):
    save_lesson(store, view(), form=OWN)
    file = file_of(OWN | {"title": {"en": "Theirs"}}, OWN | {"code": "new"})
    seen = preview_lessons(store, view(), file=file)
    assert sorted((one.code, one.change) for one in seen.changes) == [("new", "new"), ("own", "replaces")]
    assert len(seen.to_confirm) == 1
    with pytest.raises(Refused, match="“own” is here already"):
        import_lessons(store, view(), file=file)
    assert own(store, view) == {"own": "Our lesson"}
    assert import_lessons(store, view(), file=file, is_confirmed=True) == 2
    assert own(store, view) == {"own": "Theirs", "new": "Our lesson"}
    assert lesson_card(store, view(), code="own")["version"] == 2


def test_a_lesson_that_was_put_away_comes_back_with_a_file_when_that_is_asked_for(sqlite_store, view):
    archive_lesson(sqlite_store, view(), id=save_lesson(sqlite_store, view(), form=OWN), version=1)
    with pytest.raises(Refused, match="would be replaced"):
        import_lessons(sqlite_store, view(), file=file_of(OWN))
    import_lessons(sqlite_store, view(), file=file_of(OWN), is_confirmed=True)
    assert own(sqlite_store, view) == {"own": "Our lesson"}


def test_of_a_file_with_a_code_of_the_program_nothing_is_taken_even_when_confirmed(sqlite_store, view):
    file = file_of(OWN, OWN | {"code": SHIPPED[3]})
    assert len(preview_lessons(sqlite_store, view(), file=file).refused) == 1
    with pytest.raises(Refused, match="comes with the program"):
        import_lessons(sqlite_store, view(), file=file, is_confirmed=True)
    assert own(sqlite_store, view) == {}
    assert lesson_card(sqlite_store, view(), code=SHIPPED[3])["lesson"] == lessons.shipped()[3]


HALF_A_SIGN = json.dumps({"format": "innsight-lessons", "version": 1, "lessons": [OWN, {"code": "bad\ud800"}]}).encode()


@pytest.mark.parametrize("file", [b"", b"{", b"\xff\xfe", b"[]", HALF_A_SIGN])
def test_of_a_broken_file_nothing_is_taken_and_what_is_wrong_can_be_saved_and_shown(sqlite_store, view, file):
    with pytest.raises(Refused) as told:
        import_lessons(sqlite_store, view(), file=file)
    assert str(told.value).encode()
    assert own(sqlite_store, view) == {}


def test_only_own_lessons_go_out(sqlite_store, view):
    for codes, said in (([SHIPPED[0]], "need no file"), ([], "that are here"), (["nowhere"], "that are here")):
        with pytest.raises(Refused, match=said):
            export_lessons(sqlite_store, view(), codes=codes)


def test_a_lesson_that_this_version_cannot_read_stands_on_the_shelf_with_what_is_wrong(sqlite_store, view):
    made = save_lesson(sqlite_store, view(), form=OWN)
    with sqlite_store.changing(Entry("test", "spoil", "lesson")) as change:
        change.connection.execute(sa.update(lesson).where(lesson.c.id == made).values(form=json.dumps(OWN | {"minutes": 0, "future": 1})))
    row = lesson_list(sqlite_store, view())[-1]
    assert (row["code"], row["lesson"].title, len(row["problems"])) == ("own", {"en": "own"}, 2)
