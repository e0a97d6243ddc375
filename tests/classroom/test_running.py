"""A class runs from the lobby to its score sheet: answers count once, late ones not, and a key is told only when it is revealed."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from crm_core import settings as settings_
from crm_core.classroom import keys as keys_
from crm_core.classroom import running, sheet, store, taking_part
from crm_core.classroom.words import answer_words, key_words
from crm_core.ingest.demo import truth
from crm_core.records.registry import Refused
from tests.classroom.teaching import KEYS, L02, L05, LESSONS, LIFT, SHARE, VERDICT


@pytest.fixture
def here(tmp_path) -> settings_.Settings:
    return settings_.at(tmp_path)


def started(here, mode: str = "follow") -> str:
    return running.start(here, LESSONS, KEYS, title=" Galle  2025 ", seed="7", mode=mode)


def sit(here, code: str, name: str = "Ana") -> str:
    return taking_part.join(here, code, name)


def seat(here, code: str, token: str) -> taking_part.Seat:
    return taking_part.seat(here, running.find(here, code), token)


def answer(here, code: str, token: str, **given: str) -> None:
    """Answer by the questions' keys."""
    places = {"lift": LIFT, "verdict": VERDICT, "share": SHARE}
    taking_part.answer(here, running.find(here, code), seat(here, code, token), {places[key]: said for key, said in given.items()})


def at(here, code: str, kind: str, question: str | None = None) -> int:
    """The place of a screen."""
    steps = running.find(here, code).steps
    return next(i for i, s in enumerate(steps) if s.kind == kind and (question is None or s.question.key == question))


def test_a_class_has_one_idea_on_each_screen(here):
    shown = running.find(here, started(here))
    assert [step.kind for step in shown.steps] == [
        "lobby", "title", "view", "quiz", "revealed", "quiz", "revealed", "notice", "title", "view", "quiz", "revealed", "notice", "end"]  # fmt: skip
    assert (shown.title, shown.seed, shown.step.kind, shown.lessons) == ("Galle 2025", "7", "lobby", LESSONS)


def test_a_code_has_six_letters_that_nobody_takes_for_others_and_is_found_however_it_is_typed(here):
    code = started(here)
    assert (len(code), set(code) - set("ABCDEFHJKLMNPRTUVWXY")) == (6, set())
    assert running.find(here, f" {code.lower()} ").code == code
    assert running.find(here, "AAAAAA") is None
    assert running.latest(here).code == code


def test_a_class_without_lessons_or_without_right_answers_does_not_start(here):
    with pytest.raises(Refused, match="at least one"):
        running.start(here, (), {})
    with pytest.raises(Refused, match="sealed with the demo"):
        running.start(here, LESSONS, {"L05": KEYS["L05"], "L02": {"verdict": "no"}})


@pytest.mark.parametrize(("name", "why"), [("  ", "Write a name"), ("x" * 41, "too long"), ("Ana\u202e", "cannot be shown")])
def test_a_name_is_needed_and_short(here, name, why):
    with pytest.raises(Refused, match=why):
        sit(here, started(here), name)


def test_names_in_every_script_may_join_and_two_may_have_one_name(here):
    code = started(here)
    for name in ("Ana", " Ana ", "ሰላም", "ශ්‍රී", "Արամ", "<b>Bo</b>"):
        sit(here, code, name)
    assert running.participants(here, code) == ["Ana", "Ana", "ሰላም", "ශ්‍රී", "Արամ", "<b>Bo</b>"]


def test_a_token_opens_its_seat_in_its_class_only_and_is_not_kept(here):
    code, other = started(here), started(here)
    token = sit(here, code)
    assert seat(here, code, token).name == "Ana"
    assert seat(here, other, token) is None
    assert seat(here, code, "") is None
    assert token.encode() not in b"".join(path.read_bytes() for path in here.home.glob("class.db*"))


def test_an_answer_may_be_changed_until_the_key_is_told_and_not_after(here):
    code = started(here)
    token = sit(here, code)
    answer(here, code, token, lift="3")
    answer(here, code, token, lift="1,9")
    running.go(here, code, at(here, code, "revealed", "lift"))
    with pytest.raises(Refused, match="too late"):
        answer(here, code, token, lift="2")
    assert dict(seat(here, code, token).answers) == {LIFT: "1,9"}
    assert seat(here, code, token).score(running.find(here, code)) == (1, 1)


def test_who_works_alone_answers_once(here):
    code = started(here, "alone")
    token = sit(here, code)
    answer(here, code, token, lift="3", verdict="yes")
    answer(here, code, token, lift="1.96")
    assert dict(seat(here, code, token).answers) == {LIFT: "3", VERDICT: "yes"}
    assert seat(here, code, token).has_answered(L02)
    running.reveal(here, code, "L02")
    assert dict(seat(here, code, token).told) == {LIFT: 1.9618, VERDICT: "no"}


@pytest.mark.parametrize("said", ["", "many", "1 or 2", "9" * 300])
def test_what_is_no_number_is_not_kept(here, said):
    code = started(here)
    token = sit(here, code)
    with pytest.raises(Refused, match="one number"):
        answer(here, code, token, lift=said)
    with pytest.raises(Refused, match="Choose one"):
        answer(here, code, token, lift="2", verdict="maybe")
    assert dict(seat(here, code, token).answers) == {}


def test_a_seat_holds_no_key_before_it_is_told(here):
    code = started(here)
    token = sit(here, code)
    answer(here, code, token, lift="2", verdict="no")
    assert dict(seat(here, code, token).told) == {}
    running.go(here, code, at(here, code, "revealed", "verdict"))
    assert dict(seat(here, code, token).told) == {VERDICT: "no"}


def test_the_counts_tell_how_many_said_what_and_only_after_the_reveal_what_is_right(here):
    code = started(here)
    for name, lift, verdict in (("Ana", "2", "yes"), ("Ben", "2,0", "no"), ("Cem", "10", "no")):
        answer(here, code, sit(here, code, name), lift=lift, verdict=verdict)
    lift, verdict = L02.quiz
    told = running.counts(here, running.find(here, code), L02, lift)
    assert [(one.answer, one.people, one.is_right) for one in told] == [("2", 2, None), ("10", 1, None)]
    running.go(here, code, at(here, code, "revealed", "verdict"))
    told = running.counts(here, running.find(here, code), L02, verdict)
    assert [(one.answer, one.people, one.is_right) for one in told] == [("yes", 1, False), ("no", 2, True), ("open", 0, False)]
    assert running.answered(here, code, "L02") == 3
    assert running.answered(here, code, "L05") == 0


def test_an_answer_given_twice_at_once_counts_once_and_sixty_at_once_all_count(here):
    code = started(here)
    tokens = [sit(here, code, f"P{i}") for i in range(60)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda token: answer(here, code, token, verdict="no"), [*tokens, *tokens]))
    assert running.counts(here, running.find(here, code), L02, L02.quiz[1])[1].people == 60


def test_sixty_who_join_at_once_have_sixty_seats(here):
    code = started(here)
    with ThreadPoolExecutor(20) as pool:
        tokens = set(pool.map(lambda i: sit(here, code, f"P{i}"), range(60)))
    assert len(tokens) == len(running.participants(here, code)) == 60
    assert sorted(seat(here, code, token).number for token in tokens) == list(range(1, 61))


def test_an_ended_class_takes_nobody_and_tells_everything(here):
    code = started(here)
    token = sit(here, code)
    running.end(here, code)
    with pytest.raises(Refused, match="has ended"):
        sit(here, code, "Late")
    with pytest.raises(Refused, match="has ended"):
        answer(here, code, token, lift="2")
    with pytest.raises(Refused, match="has ended"):
        running.go(here, code, 1)
    assert set(seat(here, code, token).told) == {LIFT, VERDICT, SHARE}
    assert running.latest(here) is None
    assert [one.code for one in running.past(here)] == [code]


def test_the_score_sheet_has_a_row_for_every_question_and_totals_that_add_up(here):
    code = started(here)
    answer(here, code, sit(here, code, "Ana"), lift="5", verdict="yes")
    answer(here, code, sit(here, code, "Ben"), lift="1.9", verdict="no", share="25 %")
    shown = running.find(here, code)
    rows = sheet.sheet(here, shown)
    assert [row[:6] for row in rows] == [
        (1, "Ana", "L02", "By how many points?", "5", 0), (1, "Ana", "L02", "Did it pay?", "Yes <b>bold</b>", 0),
        (1, "Ana", "L05", "Which share came back?", "", 0),
        (2, "Ben", "L02", "By how many points?", "1.9", 1), (2, "Ben", "L02", "Did it pay?", "No", 1),
        (2, "Ben", "L05", "Which share came back?", "25 %", 1)]  # fmt: skip
    assert sheet.totals(here, shown) == [sheet.Total(2, "Ben", 3, 3), sheet.Total(1, "Ana", 2, 0)]


def test_a_class_is_forgotten_whole_by_hand_and_after_thirty_days(here):
    gone, kept = started(here), started(here)
    for code in (gone, kept):
        answer(here, code, sit(here, code, "Zebediah"), lift="2")
    store.forget(here, gone)
    assert running.find(here, gone) is None
    assert store.forget_before(here, dt.datetime.now(dt.UTC) - dt.timedelta(30)) == 0
    assert store.forget_before(here, dt.datetime.now(dt.UTC) + dt.timedelta(1)) == 1
    assert [store.rows(here, f"SELECT count(*) FROM {table}")[0][0] for table in ("class", "participant", "answer", "reveal")] == [0] * 4


def test_a_place_beyond_the_screens_is_the_nearest(here):
    code = started(here)
    running.go(here, code, 99)
    assert running.find(here, code).step.kind == "end"
    running.go(here, code, -3)
    assert running.find(here, code).step.kind == "lobby"


def test_right_answers_are_said_with_unit_and_in_words():
    lift, verdict = L02.quiz
    assert (key_words(lift, 1.9618), key_words(verdict, "no"), answer_words(verdict, "open")) == ("1.96 points", "No", "Nobody can tell")
    assert key_words(L05.quiz[0], 24.5) == "24.5 %"


def test_the_keys_are_read_from_the_truth_that_was_sealed_with_the_demo(here, monkeypatch):
    told = {"L02": SimpleNamespace(true=0.019618, naive=0.08)}
    monkeypatch.setattr(truth, "lessons", lambda _path: told, raising=False)
    without = {"L02": {"verdict": "no"}, "L05": {"share": 24.5}}
    assert keys_.keys(here, LESSONS) == without
    (here.home / keys_.TRUTH).write_text("")
    found = keys_.keys(here, LESSONS)
    assert found["L02"]["lift"] == pytest.approx(1.9618)
    assert found == KEYS | {"L02": KEYS["L02"] | {"lift": found["L02"]["lift"]}}
