"""A link opens a form once: what is answered becomes a review of the stay, and what cannot be is refused without a trace."""
import json

import pytest
import sqlalchemy as sa

from crm_core.records.questionnaire import answered, parse, shipped
from crm_core.records.registry import Refused
from crm_core.records.survey_answers import Closed, NotOpen, answer, open_invitation
from crm_core.records.surveys import close_survey, invite, save_survey
from crm_core.schema import audit, invitation, profile, review

POST_STAY, IN_STAY = shipped()
CARD = "4111 1111 1111 1111"


@pytest.fixture
def asked(filled, view):
    """The survey after the stay, and the token of Ana's stay 2 in Lisbon."""
    save_survey(filled.store, view(), **POST_STAY)
    (link,) = invite(filled.store, view(), id=1, stays=[2]).links
    return filled, link.token


def said(**changes) -> dict:
    return {"recommend": 9, "satisfied": 4, **changes}


def reviews(hotel) -> list:
    with hotel.store.reading() as connection:
        return [dict(row) for row in connection.execute(sa.select(review).order_by(review.c.id)).mappings()]


def test_the_form_names_the_house_and_its_questions_and_no_guest(asked):
    hotel, token = asked
    form = open_invitation(hotel.store, token)
    assert (form.property, form.survey, form.kind, len(form.questions)) == ("Lisbon", "After the stay", "post_stay", 6)
    assert "Ana" not in repr(form)


def test_answers_become_a_review_of_the_stay(asked):
    hotel, token = asked
    hotel.set(profile, 1, language="pt")
    given = said(easy=6, purpose="work", liked=" The kind\x00 team ", disliked=f"My card {CARD} was copied")
    assert answer(hotel.store, token, given, "de") == 1
    (row,) = reviews(hotel)
    assert {name: row[name] for name in ("property_id", "profile_id", "stay_id", "kind", "platform", "nps", "csat_bp", "ces", "score_bp", "floor_bp")} == {
        "property_id": 1, "profile_id": 1, "stay_id": 2, "kind": "survey", "platform": "survey", "nps": 9, "csat_bp": 8000, "ces": 6,
        "score_bp": 8000, "floor_bp": 2000}
    assert (row["text"], row["liked"], row["disliked"], row["words"]) == (None, "The kind team", "My card •••• 1111 was copied", 9)
    assert (row["language"], row["country"], row["stay_month"], row["invitation_id"], row["reviewed_at"] is None) == ("de", "PT", "2025-03", 1, False)
    assert json.loads(row["answers"])["recommend"] == 9 and CARD not in row["answers"]


def test_a_link_takes_one_answer(asked):
    hotel, token = asked
    answer(hotel.store, token, said())
    with pytest.raises(NotOpen) as told:
        answer(hotel.store, token, said(recommend=0))
    assert (told.value.reason, open_invitation(hotel.store, token)) == ("answered", Closed("answered"))
    assert [row["nps"] for row in reviews(hotel)] == [9]


def test_of_two_answers_at_the_same_moment_one_is_kept(asked, monkeypatch):
    """The second one has seen an open link, twice, when it comes to write."""
    from crm_core.records import survey_answers
    hotel, token = asked
    with hotel.store.reading() as connection:
        stale = survey_answers._find(connection, token)
    answer(hotel.store, token, said())
    monkeypatch.setattr(survey_answers, "_find", lambda connection, token: stale)
    before = hotel.store.revision()
    with pytest.raises(NotOpen):
        answer(hotel.store, token, said())
    assert (hotel.store.revision(), len(reviews(hotel))) == (before, 1)


@pytest.mark.parametrize("token", ["", "x", "é\ud800", "x" * 10_000])
def test_an_unknown_token_opens_nothing(asked, token):
    hotel, _ = asked
    assert open_invitation(hotel.store, token) == Closed("unknown")
    with pytest.raises(NotOpen, match="no answer any more"):
        answer(hotel.store, token, said())


def test_a_link_ends_with_its_days_and_with_its_survey(asked, view):
    hotel, token = asked
    close_survey(hotel.store, view(), id=1, version=1)
    assert open_invitation(hotel.store, token) == Closed("expired")
    close_survey(hotel.store, view(), id=1, version=2, reopen=True)
    assert not isinstance(open_invitation(hotel.store, token), Closed)
    hotel.set(invitation, 1, expires_at="2025-04-01T00:00:00+00:00")
    assert open_invitation(hotel.store, token) == Closed("expired")
    with pytest.raises(NotOpen):
        answer(hotel.store, token, said())


def test_the_audit_says_that_a_guest_answered_which_questions_and_not_what(asked):
    hotel, token = asked
    answer(hotel.store, token, said(liked="Secretword"))
    with hotel.store.reading() as connection:
        row = connection.execute(sa.select(audit).order_by(audit.c.sequence.desc()).limit(1)).mappings().one()
    assert (row["actor"], row["verb"], row["kind"], row["object"], row["property_id"]) == ("guest", "answer", "invitation", "1", 1)
    assert json.loads(row["fields"]) == ["liked", "recommend", "satisfied"]


@pytest.mark.parametrize("given", [
    {}, {"recommend": 9}, said(recommend=11), said(recommend=-1), said(recommend=9.0), said(recommend=True), said(recommend="9"), said(satisfied=0),
    said(satisfied=6), said(easy=0), said(easy=8), said(purpose="war"), said(liked="x" * 5001), said(liked=3), said(unknown=1),
])  # fmt: skip
def test_what_cannot_be_an_answer_is_refused_and_the_link_stays_open(asked, given):
    hotel, token = asked
    before = hotel.store.revision()
    with pytest.raises(Refused):
        answer(hotel.store, token, given)
    assert (reviews(hotel), hotel.store.revision(), isinstance(open_invitation(hotel.store, token), Closed)) == ([], before, False)


def test_a_rating_is_the_score_where_one_is_given_and_other_texts_share_a_box():
    questions = parse(IN_STAY["questions"])
    assert answered(questions, {"satisfied": 2, "room": 4, "wish": "a kettle", "contact": "yes"}).columns == {
        "nps": None, "ces": None, "csat_bp": 4000, "score_bp": 8000, "floor_bp": 2000, "text": "a kettle", "liked": None, "disliked": None, "words": 2}
    assert answered(questions, {"satisfied": 2}).columns["score_bp"] == 4000
    ten = parse([{"key": "all", "kind": "rating", "best": 10, "text": {"en": "?"}}])
    assert {name: answered(ten, {"all": 7}).columns[name] for name in ("score_bp", "floor_bp")} == {"score_bp": 7000, "floor_bp": 1000}
