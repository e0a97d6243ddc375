"""Lessons on their pages: chosen for a class, tried alone, told to who teaches, shown large, written, handed on and brought in."""
import json
import shutil
from dataclasses import replace

import pytest
import streamlit as st

from crm_core import settings as settings_
from crm_core.association import lesson_files
from crm_core.association import lessons as lessons_
from crm_core.classroom import keys as keys_
from crm_core.classroom import running
from crm_core.records import lessons as records
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.classroom.teaching import KEYS, L02, L05, LESSONS
from tests.hotel import AS_OF
from tests.pages.visiting import Visits, copied, everything, fine

SCOPE = Scope("local", (1,), default_period(AS_OF), AS_OF)
OWN = replace(L05, code="own", page="figure", params={"kpi": "adr"})
NEW = {"new": "figure", "with": '{"kpi": "nps", "by": "month"}'}


@pytest.fixture
def here(monkeypatch, lisbon_at_first, tmp_path) -> settings_.Settings:
    """A demo of one's own with two lessons whose right answers are known."""
    monkeypatch.setattr(lessons_, "shipped", lambda: LESSONS)
    found = copied(lisbon_at_first, tmp_path / "home")
    (found.home / keys_.TRUTH).write_text("lesson,L02,0.08,0.019618,0.002,campaign,It added two points\n")
    return found


@pytest.fixture
def visits(monkeypatch, here) -> Visits:
    return Visits(monkeypatch, here)


def save(here, *lessons) -> None:
    for one in lessons:
        records.save_lesson(record.open_store(here), SCOPE, form=lessons_.form(one))


def kept(here, code: str):
    """The lesson of a code as it is in the store, None where there is none."""
    row = records.lesson_card(record.open_store(here), SCOPE, code=code)
    return row["lesson"] if row else None


def labels(at) -> list[str]:
    return [one.label for one in at.button]


def shown(at) -> str:
    """All that the page sends, without the escapes of its Markdown."""
    return everything(at).replace("\\\\", "")


# --- the shelf --------------------------------------------------------------------------------------------------------------------
def test_the_shelf_shows_each_lesson_and_says_which_were_taught(visits, here):
    at = fine(visits.open("lessons"))
    assert at.header[0].value == "2 lessons, none taught yet"
    assert "Did the campaign cause it?" in shown(at)
    assert "How much did the campaign add?" in shown(at)
    assert "SECRET" not in shown(at)
    running.end(here, running.start(here, [L02], KEYS))
    at = fine(visits.open("lessons"))
    assert at.header[0].value == "2 lessons, 1 of them taught"
    assert "green-badge[taught" in shown(at)


def test_a_class_is_begun_with_what_is_picked_and_lessons_lead_back_to_one_that_runs(visits, here):
    at = fine(visits.open("lessons"))
    assert at.button(key="lessons_class").disabled
    at.checkbox(key="lesson_pick_L02").check()
    at.checkbox(key="lesson_pick_L05").check()
    at = fine(at.run())
    assert at.button(key="lessons_class").label == "Start a class with 2 lessons"
    assert "15 minutes" in shown(at)
    at.button(key="lessons_class").click().run()
    assert at.session_state["class_lessons"] == ["L02", "L05"]
    running.start(here, LESSONS, KEYS)
    assert "Back to the class" in shown(fine(visits.open("lessons")))


def test_a_lesson_whose_view_is_gone_is_marked_and_is_not_for_a_class(visits, here):
    store = record.open_store(here)
    records.import_lessons(store, SCOPE, file=lesson_files.dumps([replace(OWN, code="old", page="yesterday")]))
    at = fine(visits.open("lessons"))
    assert "Its view “yesterday” does not exist here: choose another view for this lesson." in shown(at)
    assert [one.key for one in at.checkbox] == ["lesson_pick_L02", "lesson_pick_L05"]
    at = fine(visits.open("lesson", lesson="old"))
    assert "does not exist here" in at.warning[0].value
    assert "Open the view" not in shown(at)


def test_an_own_lesson_is_put_away_and_brought_back(visits, here):
    assert "None yet" in shown(fine(visits.open("lessons")))
    save(here, OWN)
    at = fine(fine(visits.open("lessons")).button(key="lesson_away_own").click().run())
    assert at.header[0].value.startswith("2 lessons")
    at = fine(at.button(key="lesson_back_own").click().run())
    assert at.header[0].value.startswith("3 lessons")


def test_a_demo_without_sealed_truth_says_so_once(visits, here):
    (here.home / keys_.TRUTH).unlink()
    at = fine(visits.open("lessons"))
    assert [one.value.count("sealed with the demo") for one in at.warning] == [1]
    assert [one.key for one in at.checkbox] == ["lesson_pick_L05"]


# --- on the hotel's own store -----------------------------------------------------------------------------------------------------
def test_on_the_own_store_lessons_lead_to_the_demo(monkeypatch, here):
    shutil.copy(here.home / "demo.db", here.home / "innsight.db")
    shutil.copytree(here.home / "warehouse/demo", here.home / "warehouse/hotel")
    visits = Visits(monkeypatch, settings_.at(here.home, "hotel"))
    assert "Lessons use the demo" in shown(fine(visits.open("lessons")))
    at = fine(visits.open("lesson", lesson="L02"))
    assert "Lessons use the demo" in shown(at)
    assert [word for word in ("Open the view", "1.96") if word in shown(at)] == []
    assert "Present" not in labels(at)
    at = fine(at.button(key="lessons_demo").click().run())
    assert "/campaign?campaign=3&period=12m&store=demo&lang=en" in shown(at)
    assert "Present" in labels(at)


def test_a_lesson_of_the_own_store_without_sealed_answers_works_there(monkeypatch, here):
    shutil.copy(here.home / "demo.db", here.home / "innsight.db")
    shutil.copytree(here.home / "warehouse/demo", here.home / "warehouse/hotel")
    hotel = settings_.at(here.home, "hotel")
    save(hotel, OWN)
    assert "/figure?kpi=adr&store=hotel&lang=en" in shown(fine(Visits(monkeypatch, hotel).open("lesson", lesson="own")))


# --- one lesson -------------------------------------------------------------------------------------------------------------------
def test_hints_come_one_by_one(visits):
    at = fine(visits.open("lesson", lesson="L02"))
    assert "Look for people held out." not in shown(at)
    at = fine(at.button(key="lesson_hints_L02_more").click().run())
    assert "Look for people held out." in shown(at)
    assert "lesson_hints_L02_more" not in [one.key for one in at.button]


def test_the_view_opens_with_its_choices_on_the_demo(visits):
    sent = everything(fine(visits.open("lesson", lesson="L02")))
    assert "/campaign?campaign=3&period=12m&store=demo&lang=en" in sent
    assert "/attribution?campaign=3&store=demo&lang=en" in sent


def test_answers_are_judged_one_by_one(visits):
    at = fine(visits.as_("manager").open("lesson", lesson="L02"))
    at.text_input(key="lesson_answer_L02_lift").set_value("2,1")
    at.radio(key="lesson_answer_L02_verdict").set_value("yes")
    at = fine(next(one for one in at.button if one.label == "Check my answers").click().run())
    assert "Right. SECRETWHY one" in shown(at)
    assert "Not yet." in shown(at)
    assert "SECRETWHY two" not in shown(at)


LAYOUTS = ({}, {"present": "1", "screen": "3"}, {"copy": "1"})


@pytest.mark.parametrize("role", ["local", "trainer"])
def test_who_teaches_is_told_the_right_answers(visits, role):
    sent = shown(fine(visits.as_(role).open("lesson", lesson="L02")))
    assert "1.96 points (± 0.20)" in sent
    assert "SECRETWHY two" in sent
    assert "1.96 points (± 0.20)" in shown(fine(visits.open("lesson", lesson="L02", **LAYOUTS[1])))


@pytest.mark.parametrize("role", ["manager", "group", "participant"])
def test_nobody_else_is_told_them_whatever_the_address_asks_for(visits, role):
    for layout in LAYOUTS:
        sent = shown(fine(visits.as_(role).open("lesson", lesson="L02", **layout)))
        assert "How much did the campaign add?" in sent
        assert not [secret for secret in ("1.96", "SECRETWHY", "Ask for the control group") if secret in sent]


def test_who_takes_part_in_a_class_is_not_told_what_to_notice_either(visits):
    at = fine(visits.as_("participant").open("lesson", lesson="L02"))
    assert "SECRET" not in shown(at)
    assert "/attribution" not in shown(at)
    assert at.radio.len == 0
    assert "In a class everybody answers" in shown(at)


@pytest.mark.parametrize("code", ["nowhere", "", "\x00", "x" * 300, "L02; drop"])
def test_a_lesson_that_does_not_exist_is_told_of(visits, code):
    assert "There is no such lesson" in [one.value for one in fine(visits.open("lesson", lesson=code)).subheader]


# --- before a class ---------------------------------------------------------------------------------------------------------------
def test_a_lesson_is_shown_screen_by_screen_and_a_reveal_is_announced(visits):
    at = fine(visits.open("lesson", lesson="L02", present="1"))
    seen = []
    while not at.button(key="present_next").disabled:
        seen.append((at.button(key="present_next").label, "1.96" in shown(at)))
        at = fine(at.button(key="present_next").click().run())
    assert seen == [("Next", False), ("Next", False), ("Reveal", False), ("Next", True), ("Reveal", False), ("Next", False)]
    assert "SECRETNOTICE" in shown(at)
    assert "It is: 1.96 points." in shown(at)
    at = fine(at.button(key="present_end").click().run())
    assert at.header[0].value.startswith("Did the campaign cause it")


@pytest.mark.parametrize("screen", ["-1", "99", "x", "²", ""])
def test_a_screen_that_does_not_exist_is_the_nearest(visits, screen):
    at = fine(visits.open("lesson", lesson="L02", present="1", screen=screen))
    assert (at.button(key="present_back").disabled, at.button(key="present_next").disabled) == ((False, True) if screen == "99" else (True, False))


# --- the editor -------------------------------------------------------------------------------------------------------------------
def written(at, **words: str):
    """The editor after words were written into its fields."""
    for name, said in words.items():
        (at.text_input if name in ("title", "q1_a1", "q1_a2") else at.text_area)(key=f"write1_{name}_en").set_value(said)
    return fine(at.run())


def test_a_lesson_is_made_of_a_view_with_a_choice_and_saved(visits, here):
    at = fine(visits.open("lesson", **NEW))
    assert at.text_input(key="write1_view_False").value == "figure?kpi=nps&by=month"
    at = written(at, title="Did we get worse?", question="It fell.", notice="Few answers.", hints="Count.\nCompare.")
    at = fine(at.button(key="quiz_add_choice").click().run())
    at = written(at, q1_text="What now?", q1_a1="Wait", q1_a2="Panic")
    at.selectbox(key="write1_q1_right_a1_a2").set_value("a1")
    at = fine(fine(at.run()).button(key="lesson_save").click().run())
    made = kept(here, "own1")
    assert (made.title, made.page, made.params, len(made.hints)) == ({"en": "Did we get worse?"}, "figure", {"kpi": "nps", "by": "month"}, 2)
    assert (made.quiz[0].answer, made.quiz[0].options[0]) == ("a1", ("a1", {"en": "Wait"}))
    assert at.header[0].value.startswith("Did we get worse")


def test_words_of_another_language_stand_beside_the_english_ones(visits, here):
    at = written(fine(visits.open("lesson", **NEW)), title="A title", question="A question", notice="A notice")
    at.segmented_control(key="lesson_words_in").set_value("hy")
    at = fine(at.run())
    assert "Not written in Հայերեն yet: title, question, what to notice." in shown(at)
    at.text_input(key="write1_title_hy").set_value("Վերնագիր")
    fine(fine(at.run()).button(key="lesson_save").click().run())
    assert kept(here, "own1").title == {"en": "A title", "hy": "Վերնագիր"}


def test_everything_that_is_wrong_is_told_and_what_was_written_stays(visits, here):
    at = written(fine(visits.open("lesson", **NEW)), title="A title")
    at.text_input(key="write1_view_True").set_value("http://127.0.0.1/yesterday?kpi=nps")
    at = fine(fine(at.run()).button(key="lesson_save").click().run())
    said = at.error[0].value.replace("\\", "")
    assert "Not saved yet." in said
    assert said.count("write it in English") == 2
    assert "The page “yesterday” does not exist here" in shown(at)
    assert at.text_input(key="write1_title_en").value == "A title"
    assert kept(here, "own1") is None


def test_a_number_that_is_none_is_told_beside_its_field(visits):
    at = fine(fine(visits.open("lesson", **NEW)).button(key="quiz_add_number").click().run())
    at.text_input(key="write1_q1_answer").set_value("one or 2 or 3")
    at = fine(at.run())
    assert "One number is asked for" in shown(at)
    at.text_input(key="write1_q1_answer").set_value("2,5")
    assert "One number is asked for" not in shown(fine(at.run()))


def test_a_preview_is_the_lesson_as_others_see_it_or_what_is_still_to_be_done(visits):
    at = fine(visits.open("lesson", **NEW))
    at.segmented_control(key="lesson_side").set_value("preview")
    at = fine(at.run())
    assert "Still to be done" in shown(at)
    at.segmented_control(key="lesson_side").set_value("write")
    at = written(fine(at.run()), title="A title", question="A question", notice="A notice")
    at.segmented_control(key="lesson_side").set_value("preview")
    assert "/figure?by=month&kpi=nps" in everything(fine(at.run()))


def test_an_own_lesson_is_changed_and_one_that_somebody_else_changed_is_told_of_first(visits, here):
    save(here, OWN)
    at = fine(visits.open("lesson", lesson="own", edit="1"))
    assert at.text_input(key="write1_code").disabled
    records.change_lesson(record.open_store(here), SCOPE, id=1, version=1, form=lessons_.form(replace(OWN, title={"en": "Theirs"})))
    at = written(at, title="Mine")
    at = fine(at.button(key="lesson_save").click().run())
    assert "Somebody else changed this lesson" in at.warning[0].value.replace("\\", "")
    assert kept(here, "own").title == {"en": "Theirs"}
    fine(at.button(key="lesson_save").click().run())
    assert kept(here, "own").title == {"en": "Mine"}


def test_a_lesson_that_comes_with_the_program_is_only_copied_and_keeps_its_sealed_answers(visits, here):
    assert "lesson_edit" not in [one.key for one in fine(visits.open("lesson", lesson="L02")).button]
    at = fine(visits.open("lesson", lesson="L02", copy="1"))
    fine(at.button(key="lesson_save").click().run())
    assert kept(here, "L02-own1") == replace(L02, code="L02-own1")


@pytest.mark.parametrize("role", ["trainer", "group", "participant"])
def test_who_keeps_no_lessons_has_no_editor(visits, here, role):
    save(here, OWN)
    for asked in (NEW, {"lesson": "own", "edit": "1"}, {"lesson": "L02", "copy": "1"}):
        assert "lesson_save" not in [one.key for one in fine(visits.as_(role).open("lesson", **asked)).button]


# --- files ------------------------------------------------------------------------------------------------------------------------
def test_own_lessons_are_handed_on_as_one_file(visits, here):
    save(here, OWN, replace(OWN, code="other"))
    files = visits.downloads()
    fine(visits.open("lessons"))
    assert [one.code for one in lesson_files.loads(files[-1])] == ["other", "own"]


def bringing(visits, monkeypatch, content: bytes):
    """The shelf while a file lies in its field."""
    monkeypatch.setattr(st, "file_uploader", lambda *_args, key, **_options: None if key != "lessons_in_0" else type("File", (), {"getvalue": lambda _: content})())
    return fine(visits.open("lessons"))


def test_a_file_is_looked_at_before_it_is_taken_and_replaces_only_when_agreed(visits, here, monkeypatch):
    save(here, OWN)
    at = bringing(visits, monkeypatch, lesson_files.dumps([replace(OWN, title={"en": "Theirs"}), replace(OWN, code="new")]))
    assert "1 new, 1 replaced, 0 here already" in shown(at)
    assert at.button(key="lessons_bring").disabled
    at.checkbox(key="lessons_agreed").check()
    at = fine(fine(at.run()).button(key="lessons_bring").click().run())
    assert "2 lessons were brought in." in shown(at)
    assert (kept(here, "own").title, kept(here, "new").title) == ({"en": "Theirs"}, L05.title)
    assert at.multiselect(key="lessons_out_1").value == ["own", "new"]


@pytest.mark.parametrize(("content", "said"), [
    (b"{", "This file"), (json.dumps({"format": "innsight-lessons", "version": 9, "lessons": []}).encode(), "newer version of Innsight"),
    (lesson_files.dumps([L02]), "has the code of one that comes with the program")])
def test_of_a_file_that_is_wrong_nothing_can_be_taken(visits, here, monkeypatch, content, said):
    at = bringing(visits, monkeypatch, content)
    assert said in shown(at)
    assert "lessons_bring" not in [one.key for one in at.button]


@pytest.mark.parametrize("role", ["trainer", "group", "participant"])
def test_who_keeps_no_lessons_has_no_files_of_them(visits, role):
    assert "Export lessons" not in shown(fine(visits.as_(role).open("lessons")))
