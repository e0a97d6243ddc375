"""A class on a phone: joined by its code, answered in any language, with no key in any page before it is told."""
import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from crm_core import settings as settings_
from crm_core.classroom import running
from crm_core.web import classes as web
from crm_core.web import letters, limiting
from tests.classroom.teaching import KEYS, L02, LESSONS, SECRETS


@pytest.fixture
def here(tmp_path, monkeypatch) -> settings_.Settings:
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    for name in ("OF_ADDRESS", "OF_SEAT", "GUESSES"):
        monkeypatch.setattr(web, name, limiting.Limiter(100, 300.0))
    return settings_.read("demo")


@pytest.fixture
def code(here) -> str:
    return running.start(here, LESSONS, KEYS, title="Galle <i>2025</i>")


def phone(host: str = "127.0.0.1") -> TestClient:
    return TestClient(Starlette(routes=[*web.routes(), *letters.routes()]), client=(host, 50_000))


@pytest.fixture
def ana(code) -> TestClient:
    """A phone that has joined."""
    joined = phone()
    assert joined.post(f"/class/{code}", data={"name": "Ana <b>Lima</b>"}).status_code == 200
    return joined


def go(here, code: str, kind: str, question: str | None = None) -> None:
    steps = running.find(here, code).steps
    running.go(here, code, next(i for i, s in enumerate(steps) if s.kind == kind and (question is None or s.question.key == question)))


def test_a_code_typed_in_small_letters_opens_the_class(code):
    asked = phone().get("/class", params={"code": code.lower()})
    assert (asked.status_code, asked.url.path) == (200, f"/class/{code}")
    assert "Galle &lt;i&gt;2025" in asked.text
    assert "Your name" in asked.text


@pytest.mark.parametrize("path", ["/class/AAAAAA", "/class?code=AAAAAA", "/class/AAAAAA/L02", f"/class/{'x' * 300}"])
def test_an_unknown_code_is_told_so(here, path):
    page = phone().get(path)
    assert page.status_code == 404
    assert "There is no class with this code" in page.text


def test_the_seat_is_a_cookie_that_no_script_reads_and_that_only_this_class_is_sent(code):
    answer = phone().post(f"/class/{code}", data={"name": "Ana"}, follow_redirects=False)
    assert answer.status_code == 303
    assert re.fullmatch(rf"class_seat=\S+; HttpOnly; Max-Age=86400; Path=/class/{code}; SameSite=lax", answer.headers["set-cookie"])


def test_a_name_too_long_is_said_and_stays_in_the_field(code):
    page = phone().post(f"/class/{code}", data={"name": "N" * 41})
    assert page.status_code == 422
    assert "forty letters" in page.text
    assert "N" * 41 in page.text


def test_a_phone_follows_the_trainer_and_escapes_everything(ana, here, code):
    assert "You are in." in ana.get(f"/class/{code}").text
    go(here, code, "view")
    page = ana.get(f"/class/{code}").text
    assert 'href="/campaign?campaign=3&amp;period=12m&amp;store=demo&amp;lang=en"' in page
    assert 'http-equiv="refresh" content="5"' in page
    go(here, code, "quiz", "verdict")
    page = ana.get(f"/class/{code}").text
    assert "Yes &lt;b&gt;bold" in page and "Ana &lt;b&gt;Lima" in page
    assert not re.search(r"<script|https?://|src=|<b>", page)


def test_nothing_reloads_while_somebody_may_be_typing(ana, here, code):
    go(here, code, "quiz", "lift")
    assert 'http-equiv="refresh"' not in ana.get(f"/class/{code}").text
    answered = ana.post(f"/class/{code}/L02", data={"lift": "2,1"}).text
    assert 'http-equiv="refresh"' in answered and "2,1 points" in answered
    changing = ana.get(f"/class/{code}?change=1").text
    assert 'http-equiv="refresh"' not in changing and 'value="2,1"' in changing


@pytest.mark.parametrize("mode", running.MODES)
def test_no_page_holds_a_key_before_it_is_told(here, mode):
    code, given = running.start(here, LESSONS, KEYS, mode=mode), {"lift": "7", "verdict": "yes"}
    seen, one = [], phone()
    one.post(f"/class/{code}", data={"name": "Ana"})
    paths = ["/class", f"/class?code={code}", f"/class/{code}", f"/class/{code}?change=1", f"/class/{code}/L02"]
    shown = running.find(here, code)
    for place in [i for i, step in enumerate(shown.steps) if step.kind not in ("revealed", "notice", "end")]:
        running.go(here, code, place)
        seen += [one.get(path).text for path in paths]
        if mode == "follow":
            seen += [one.post(f"/class/{code}/L02", data={key: said}).text for key, said in given.items()]
    seen.append(one.post(f"/class/{code}/L02", data={"lift": "no number"}).text)
    assert [secret for secret in SECRETS if secret in "".join(seen)] == []
    if mode == "alone":
        once = one.post(f"/class/{code}/L02", data=given).text
        assert "SECRETNOTICE" in once and "1.96" not in once and "SECRETWHY" not in once


def test_after_the_reveal_the_own_result_stands_beside_the_right_answer_and_why(ana, here, code):
    go(here, code, "quiz", "lift")
    ana.post(f"/class/{code}/L02", data={"lift": "2.1"})
    go(here, code, "revealed", "lift")
    page = ana.get(f"/class/{code}").text
    assert "✓ Right" in page and "The answer is 1.96 points" in page and "SECRETWHY one" in page and "SECRETWHY two" not in page
    late = ana.post(f"/class/{code}/L02", data={"lift": "1.96"})
    assert (late.status_code, "came too late" in late.text) == (422, True)
    go(here, code, "notice")
    assert "SECRETNOTICE" in ana.get(f"/class/{code}").text


@pytest.mark.parametrize(("said", "why"), [("a lot", "one number"), ("9" * 300, "one number"), ("", "one number")])
def test_an_answer_that_is_no_number_is_told_so_and_stays_in_the_field(ana, here, code, said, why):
    go(here, code, "quiz", "lift")
    page = ana.post(f"/class/{code}/L02", data={"lift": said})
    assert page.status_code == 422
    assert why in page.text
    assert f'value="{said[:60]}"' in page.text


def test_a_class_that_has_ended_says_so_and_shows_the_own_result(ana, here, code):
    running.end(here, code)
    mine, stranger = ana.get(f"/class/{code}").text, phone().get(f"/class/{code}").text
    assert "This class has ended." in mine and "0 of 3 right" in mine
    assert "This class has ended." in stranger and "of 3 right" not in stranger
    late = ana.post(f"/class/{code}/L02", data={"lift": "2"})
    assert (late.status_code, "has ended" in late.text) == (410, True)
    assert phone().post(f"/class/{code}", data={"name": "Late"}).status_code == 422


def test_who_works_alone_goes_from_lesson_to_lesson(here):
    code, one = running.start(here, LESSONS, KEYS, mode="alone"), phone()
    one.post(f"/class/{code}", data={"name": "Ana"})
    assert "Did the campaign cause it?" in one.get(f"/class/{code}").text
    page = one.get(f"/class/{code}/L02").text
    assert "Open the view" in page and "Hint 1" in page and "You answer each question once." in page
    done = one.post(f"/class/{code}/L02", data={"lift": "3", "verdict": "no"})
    assert done.url.path == f"/class/{code}/L02" and "What to notice" in done.text
    assert "✓ answered" in one.get(f"/class/{code}").text
    running.reveal(here, code, "L02")
    assert "1 of 2 right so far" in one.get(f"/class/{code}").text
    assert one.get(f"/class/{code}/L99").url.path == f"/class/{code}"


def test_the_page_speaks_the_phones_language_or_the_chosen_one(ana, here, code):
    go(here, code, "title")
    page = ana.get(f"/class/{code}", headers={"accept-language": "hy-AM"}).text
    assert 'lang="hy"' in page and "Արշավի՞" in page
    ana.get(f"/class/{code}?lang=si")
    assert '<html lang="si"' in ana.get(f"/class/{code}").text
    assert "/letters/sinhala" in page
    assert ana.get("/letters/sinhala").content[:4] == b"wOF2"


def test_another_class_s_seat_opens_nothing(ana, here, code):
    other = running.start(here, (L02,), KEYS)
    assert "Your name" in ana.get(f"/class/{other}").text
    assert ana.post(f"/class/{other}/L02", data={"lift": "2"}).url.path == f"/class/{other}"
    assert running.participants(here, other) == []


def test_other_machines_come_in_only_where_a_class_is_served(here, code, monkeypatch):
    assert phone("192.168.1.7").get(f"/class/{code}").status_code == 404
    monkeypatch.setenv("CRM_CLASS", "1")
    assert phone("192.168.1.7").get(f"/class/{code}").status_code == 200


def test_who_asks_too_often_waits_and_who_guesses_codes_finds_none(here, code, monkeypatch):
    monkeypatch.setattr(web, "GUESSES", limiting.Limiter(2, 300.0))
    monkeypatch.setattr(web, "OF_ADDRESS", limiting.Limiter(4, 300.0))
    one = phone()
    assert [one.get(path).status_code for path in (f"/class/{code}", "/class/AAAAAA", f"/class/{code}", f"/class/{code}", "/class")] == [200, 404, 200, 200, 429]


def test_a_body_without_end_is_not_read(ana, code):
    assert ana.post(f"/class/{code}/L02", data={"lift": "9" * 20_000}).status_code == 413
