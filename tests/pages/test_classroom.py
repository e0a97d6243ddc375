"""The trainer's desk: a class is started, led screen by screen and ended; while one is served, nobody meets the hotel's own store."""

import io
import shutil
from dataclasses import replace

import openpyxl
import pytest

from crm_core import settings as settings_
from crm_core.association import lessons as lessons_
from crm_core.classroom import keys as keys_
from crm_core.classroom import pristine, running, taking_part
from crm_core.records import lessons
from crm_core.scope import Scope, default_period
from crm_core.store import record
from crm_core.ui import gate
from crm_core.ui.classroom_large import bars, grouped, words
from tests.classroom.teaching import KEYS, L02, L05, LESSONS, LIFT, VERDICT
from tests.hotel import AS_OF
from tests.pages.visiting import PAGES, Visits, copied, everything, fine


@pytest.fixture
def here(monkeypatch, lisbon_at_first, tmp_path) -> settings_.Settings:
    """A demo of one's own with two lessons whose right answers are known."""
    monkeypatch.setattr(lessons_, "shipped", lambda: LESSONS)
    found = copied(lisbon_at_first, tmp_path / "home")
    (found.home / keys_.TRUTH).write_text("lesson,L02,0.08,0.019618,0.002,campaign,It added two points\n")
    return found


@pytest.fixture
def desk(monkeypatch, here) -> Visits:
    return Visits(monkeypatch, here)


def started(here, mode: str = "follow") -> str:
    return running.start(here, LESSONS, KEYS, title="Galle **2025**", mode=mode)


def html(at) -> str:
    return "\n".join(one.value for one in at.get("html") if hasattr(one, "value")) or everything(at)


def labels(at) -> list[str]:
    return [one.label for one in at.button]


def test_a_trainer_starts_a_class_with_chosen_lessons(desk, here):
    at = fine(desk.open("classroom"))
    assert at.multiselect(key="class_lessons").options == ["L02 · Did the campaign cause it?", "L05 · Who comes back"]
    assert at.button(key="class_start").disabled
    at.multiselect(key="class_lessons").set_value(["L05", "L02"])
    at.text_input(key="class_title").set_value("Galle")
    at = fine(fine(at.run()).button(key="class_start").click().run())
    shown = running.latest(here)
    assert ([one.code for one in shown.lessons], shown.title, shown.mode) == (["L05", "L02"], "Galle", "follow")
    assert shown.keys["L02"]["lift"] == pytest.approx(1.9618)
    assert at.header[0].value == "Galle"
    assert shown.code in everything(at)


def test_own_lessons_are_offered_and_those_whose_right_answers_are_not_here_are_not(desk, here):
    scope = Scope("local", (1,), default_period(AS_OF), AS_OF)
    for own in (replace(L05, code="own"), replace(L02, code="unsealed", truth="L99")):
        lessons.save_lesson(record.open_store(here), scope, form=lessons_.form(own))
    at = fine(desk.open("classroom"))
    assert [one.partition(" ")[0] for one in at.multiselect(key="class_lessons").options] == ["L02", "L05", "own"]
    (here.home / keys_.TRUTH).unlink()
    assert [one.partition(" ")[0] for one in desk.open("classroom").multiselect(key="class_lessons").options] == ["L05", "own"]


def test_a_class_is_led_from_screen_to_screen_and_a_reveal_is_announced_on_its_button(desk, here):
    code = started(here)
    at = fine(desk.open("classroom"))
    seen = []
    while not at.button(key="class_next").disabled:
        seen.append(at.button(key="class_next").label)
        at = fine(at.button(key="class_next").click().run())
    assert seen == ["Next", "Next", "Next", "Reveal", "Next", "Reveal", "Next", "Next", "Next", "Next", "Reveal", "Next", "Next"]
    assert len(running.find(here, code).revealed) == 3
    fine(at.button(key="class_end").click().run())
    assert running.latest(here) is None


def test_the_screen_shows_what_was_answered_and_the_key_only_after_the_reveal(desk, here):
    code = started(here)
    token = taking_part.join(here, code, "Ana <b>Lima</b>")
    shown = running.find(here, code)
    taking_part.answer(here, shown, taking_part.seat(here, shown, token), {LIFT: "2,1", VERDICT: "no"})
    running.go(here, code, 3)
    sent = everything(fine(desk.open("classroom")))
    assert "1 of 1 have answered" in sent and "1.96" not in sent and "SECRET" not in sent
    running.go(here, code, 4)
    sent = everything(fine(desk.open("classroom")))
    assert "1.96 points" in sent and "SECRETWHY one" in sent and "SECRETWHY two" not in sent
    running.go(here, code, 0)
    assert "<b>Lima" not in everything(fine(desk.open("classroom")))


def test_the_desk_of_a_class_that_works_alone_tells_the_keys_lesson_by_lesson(desk, here):
    code = started(here, "alone")
    at = fine(desk.open("classroom"))
    assert "class_next" not in [one.key for one in at.button]
    at = fine(at.button(key="class_reveal_L05").click().run())
    assert running.find(here, code).revealed == {("L05", "share")}
    assert at.button(key="class_reveal_L05").disabled


def test_the_score_sheet_is_a_file_that_no_spreadsheet_is_tricked_by(desk, here):
    code = started(here)
    token = taking_part.join(here, code, "=cmd()")
    shown = running.find(here, code)
    taking_part.answer(here, shown, taking_part.seat(here, shown, token), {VERDICT: "no"})
    running.end(here, code)
    files = desk.downloads()
    fine(desk.open("classroom"))
    lines = files[0].decode("utf-8-sig").splitlines()
    assert lines[0] == "No.,Name,Lesson,Question,Answer,Right,Answered at (UTC)"
    assert lines[1] == "1,'=cmd(),L02,By how many points?,,0,"
    assert lines[2].startswith("1,'=cmd(),L02,Did it pay?,No,1,20")
    rows = list(openpyxl.load_workbook(io.BytesIO(files[1])).active.iter_rows(values_only=True))
    assert (len(rows), rows[2][:6]) == (4, (1, "'=cmd()", "L02", "Did it pay?", "No", 1))


def test_a_past_class_is_forgotten_when_the_trainer_says_so(desk, here):
    code = started(here)
    running.end(here, code)
    fine(fine(desk.open("classroom")).button(key="class_forget").click().run())
    assert running.find(here, code) is None


def test_the_demo_is_reset_after_a_second_question(desk, here, monkeypatch):
    assert "python -m crm_core demo" in everything(fine(desk.open("classroom")))
    asked = []
    monkeypatch.setattr(pristine, "kept", lambda _settings: "there")
    monkeypatch.setattr(pristine, "restore", lambda settings: asked.append(settings.store) or 0.4)
    at = fine(fine(desk.open("classroom")).button(key="class_reset").click().run())
    assert asked == []
    at = fine(at.button(key="class_reset_now").click().run())
    assert asked == ["demo"]
    assert "The demo is as it was" in everything(at)


@pytest.mark.parametrize("role", ["manager", "group", "participant", "privacy"])
def test_who_does_not_teach_has_no_desk(desk, here, role):
    code = started(here)
    assert code not in everything(fine(desk.as_(role).open("classroom")))


def test_a_trainer_may(desk, here):
    assert started(here) in everything(fine(desk.as_("trainer").open("classroom")))


def test_neighbouring_numbers_share_a_bar_where_there_are_many_and_the_people_add_up():
    found = [running.Count(f"{n}", n, n == 5) for n in range(1, 21)]
    shown = grouped(found)
    assert [(one.answer, one.people, one.is_right) for one in shown[:3]] == [("1–3", 6, False), ("4–6", 15, True), ("7–9", 24, False)]
    assert (len(shown), sum(one.people for one in shown)) == (7, 210)
    assert grouped(found[:8]) == found[:8]


def test_large_words_and_bars_are_escaped():
    assert "<i>" not in words("<i>x</i>\ny", "title", "light") and "<br>" in words("x\ny", "title", "light")
    sent = bars([("<i>no</i>", 3, True), ("yes", 0, False)], "dark")
    assert "<i>" not in sent and sent.count("✓") == 1 and "width:100.0%" in sent


# --- while a class is served ------------------------------------------------------------------------------------------------------
@pytest.fixture
def served(desk, here, houses, monkeypatch) -> Visits:
    """A class is served in a home where the hotel's own store is full of Kolibris; the environment names that store in every way."""
    shutil.copy(houses.sqlite_path, here.home / "innsight.db")
    shutil.copytree(houses.warehouse, here.home / "warehouse/hotel")
    for name, value in (("CRM_CLASS", "1"), ("CRM_STORE", "hotel"), ("CRM_STORE_URL", f"sqlite:///{here.home / 'innsight.db'}")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(gate, "is_at_this_machine", lambda: True)  # who may most: the trainer
    opened = []
    usual = record._open
    monkeypatch.setattr(record, "_open", lambda url, file: opened.append(url) or usual(url, file))
    yield desk
    assert opened and {url for url in opened if "innsight" in url} == set()


@pytest.mark.parametrize("page", [page for place, page in enumerate(PAGES) if place % 5 == 0 or page in ("data", "settings", "guests", "surveys")])
def test_no_page_opens_the_hotels_own_store_while_a_class_is_served(served, page):
    assert "kolibri" not in everything(fine(served.open(page, store="hotel", guest="1", lang="en"))).lower()


def test_a_phone_is_a_participant_and_the_machine_itself_the_trainer(served, here, monkeypatch):
    store = record.open_store(settings_.read())
    assert gate.visitor(here, store).role == "local"
    monkeypatch.setattr(gate, "is_at_this_machine", lambda: False)
    seen = gate.visitor(here, store)
    assert (seen.user, seen.role) == ("class", "participant")
    assert started(here) not in everything(fine(served.open("classroom")))


def test_nothing_is_brought_in_while_a_class_is_served(served):
    at = fine(served.open("data", store="hotel"))
    assert at.file_uploader.len == 0
    assert "Closed while a class is served" in everything(at)


def test_without_a_class_a_visitor_from_elsewhere_is_no_participant(desk, here, monkeypatch):
    monkeypatch.setattr(gate, "is_at_this_machine", lambda: False)
    assert gate.visitor(here, record.open_store(here)).role == "local"
