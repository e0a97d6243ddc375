"""The survey form: opened by its link, answered once, in the guest's language, with nothing of the guest's run as code."""
import datetime as dt
import re

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from crm_core import schema
from crm_core import settings as settings_
from crm_core.records import surveys
from crm_core.records.questionnaire import shipped
from crm_core.scope import Scope, default_period
from crm_core.store import record
from crm_core.web import limiting
from crm_core.web import surveys as web
from tests.hotel import AS_OF, Hotel


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    hotel = Hotel(record.open_store(settings_.read("demo"))).open()
    hotel.property("LIS", 10, name="House <b>Lisbon</b>")
    for name in ("LOOKS", "ANSWERS"):
        monkeypatch.setattr(web, name, limiting.Limiter(20, 300.0))
    yield hotel
    record.close_all()


@pytest.fixture
def link(house):
    guest = house.guest("Ana Lima", "LIS", email="ana@example.com", language="de")
    stay = house.stay("LIS", "2025-03-03", 2, 200, guest)
    scope = Scope("local", (1,), default_period(AS_OF), AS_OF)
    one = shipped()[0]
    survey = surveys.save_survey(house.store, scope, name=one["name"], kind=one["kind"], questions=one["questions"])
    made = surveys.invite(house.store, scope, id=survey, stays=[stay])
    return f"/survey/{made.links[0].token}"


@pytest.fixture
def client(house):
    return TestClient(Starlette(routes=web.routes()))


def filled(**changes) -> dict[str, str]:
    """Every required question answered, the recommendation by 9."""
    usual = {"nps": "9", "csat": "5", "ces": "6", "rating": "8"}
    needed = {q["key"]: usual[q["kind"]] for q in shipped()[0]["questions"] if q.get("required")}
    return needed | {"lang": "en"} | changes


def reviews(house) -> list[dict]:
    with house.store.reading() as connection:
        return [dict(row) for row in connection.execute(sa.select(schema.review)).mappings()]


def test_the_form_speaks_the_guests_language_and_escapes_the_house(client, link):
    page = client.get(link)
    assert page.status_code == 200
    assert "weiterempfehlen" in page.text
    assert "<b>Lisbon</b>" not in page.text and "House &lt;b&gt;Lisbon" in page.text
    assert not re.search(r"<script|https?://|src=", page.text)
    assert page.headers["cache-control"] == "no-store"


def test_another_language_can_be_chosen(client, link):
    assert "How likely" in client.get(f"{link}?lang=en").text
    assert 'lang="am"' in client.get(f"{link}?lang=am").text


def test_an_answer_becomes_a_review_of_the_stay_and_the_link_is_used_up(client, link, house):
    done = client.post(link, data=filled())
    assert (done.status_code, "Thank you" in done.text) == (200, True)
    found, = reviews(house)
    assert (found["kind"], found["platform"], found["nps"], found["stay_id"]) == ("survey", "survey", 9, 1)
    assert client.post(link, data=filled(recommend="1")).status_code == 410
    assert client.get(link).status_code == 410
    assert len(reviews(house)) == 1


def test_a_value_outside_its_scale_is_refused_and_what_was_typed_stays(client, link, house):
    answer = client.post(link, data=filled(recommend="11", **_text(client, link, "Nice <i>pool</i>")))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "Nice &lt;i&gt;pool" in answer.text
    assert reviews(house) == []


def _text(client, link, said: str) -> dict[str, str]:
    name = re.search(r'<textarea name="(\w+)"', client.get(link).text)
    return {name.group(1): said}


def test_an_unknown_link_names_nobody(client, house):
    page = client.get("/survey/nothing-of-the-kind")
    assert page.status_code == 404
    assert "Lisbon" not in page.text


def test_an_old_link_is_closed(client, link, house):
    house.set(schema.invitation, 1, expires_at=(dt.datetime.now(dt.UTC) - dt.timedelta(1)).isoformat(timespec="seconds"))
    assert client.get(link).status_code == 410


def test_who_asks_too_often_waits(client, link, monkeypatch):
    monkeypatch.setattr(web, "LOOKS", limiting.Limiter(2, 300.0))
    assert [client.get(link).status_code for _ in range(3)] == [200, 200, 429]


def test_the_window_of_the_limit_slides():
    now = [0.0]
    limiter = limiting.Limiter(2, 10.0, lambda: now[0])
    assert [limiter.allows("a"), limiter.allows("a"), limiter.allows("a"), limiter.allows("b")] == [True, True, False, True]
    now[0] = 10.0
    assert limiter.allows("a")


def test_a_body_without_end_is_not_read(client, link):
    assert client.post(link, data={"x": "y" * 70_000}).status_code == 413


def test_letters_that_a_phone_may_lack_come_along(client, link):
    assert "/letters/ethiopic" in client.get(f"{link}?lang=am").text
    fonts = {name: client.get(f"/letters/{name}") for name in ("ethiopic", "sinhala", "armenian", "../../settings")}
    assert [(answer.status_code, answer.content[:4]) for answer in fonts.values()] == [(200, b"wOF2")] * 3 + [(404, b"Not ")]
