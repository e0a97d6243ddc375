"""Surveys are data that is checked; guests are asked once for each stay by links of which only a hash is kept, and never who refused."""
import datetime as dt
import hashlib

import pytest
import sqlalchemy as sa

from crm_core.records.questionnaire import dump, parse, shipped, wording
from crm_core.records.registry import Refused, Stale
from crm_core.records.surveys import (
    close_survey,
    invitable,
    invite,
    reissue,
    save_survey,
    surveys,
    waiting_invitation_count,
    waiting_invitations,
)
from crm_core.schema import invitation, profile, stay
from crm_core.scope import NotAllowed

SHIPPED = {one["code"]: one for one in shipped()}
MARCH = {"since": dt.date(2025, 3, 1), "until": dt.date(2025, 4, 1)}


def question(**changes) -> dict:
    return {"key": "q", "kind": "csat", "text": {"en": "How was it?"}, **changes}


def saved(hotel, view, which: str = "post_stay", **changes) -> int:
    return save_survey(hotel.store, view(), **SHIPPED[which] | changes)


# --- questionnaires -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["post_stay", "in_stay"])
def test_the_questionnaires_to_begin_with_are_sound_and_speak_six_languages(code):
    questions = parse(SHIPPED[code]["questions"])
    assert {tuple(sorted(q.text)) for q in questions} == {("am", "de", "en", "fr", "hy", "si")}
    assert parse([dump(q) for q in questions]) == questions
    assert (wording(questions[0].text, "de")[:3], wording(questions[0].text, "ja")[:3], wording({"fr": "Oui"}, "en")) in [("Wie", "How", "Oui")]


@pytest.mark.parametrize(("questions", "problem"), [
    ([], "1 to 20"), ([question()] * 21, "1 to 20"), ("text", "1 to 20"), ([3], "needs a kind"), ([question(kind="stars")], "needs a kind"),
    ([question(key="Q 1")], "small letters"), ([question(key=None)], "small letters"), ([question(), question(kind="text")], "same key"),
    ([question(), question(key="r")], "once at most"), ([question(text={})], "at least one language"), ([question(text={"english": "x"})], "language code"),
    ([question(text={"en": " "})], "1 to 300"), ([question(text={"en": "x" * 301})], "1 to 300"), ([question(kind="rating", best=7)], "5 or 10"),
    ([question(required="yes")], "required or not"), ([question(kind="choice")], "2 to 12"), ([question(kind="choice", options=[1, 2])], "2 to 12"),
    ([question(kind="choice", options=[{"key": "a", "text": {"en": "A"}}] * 2)], "same key"),
])  # fmt: skip
def test_questions_that_cannot_be_asked_are_refused(small, view, questions, problem):
    with pytest.raises(Refused, match=problem):
        save_survey(small.store, view(), name="Stay", kind="post_stay", questions=questions)
    assert surveys(small.store, view(), closed=True) == []


def test_a_survey_is_saved_changed_under_a_lock_and_closed(small, view):
    assert saved(small, view) == 1
    assert save_survey(small.store, view(), name="After your stay", kind="post_stay", questions=[question()], days_open=7) == 2
    assert [(s["code"], s["days_open"], s["version"], len(s["questions"])) for s in surveys(small.store, view())] == [
        ("post_stay", 21, 1, 6), ("after_your_stay", 7, 1, 1)]
    assert save_survey(small.store, view(), name="After", kind="post_stay", questions=[question()], id=2, version=1) == 2
    with pytest.raises(Stale):
        close_survey(small.store, view(), id=2, version=1)
    with pytest.raises(Refused, match="another key"):
        save_survey(small.store, view(), name="After", kind="post_stay", questions=[question(kind="text")], id=2, version=2)
    close_survey(small.store, view(), id=2, version=2)
    assert ([s["id"] for s in surveys(small.store, view())], [s["id"] for s in surveys(small.store, view(), closed=True)]) == ([1], [1, 2])


@pytest.mark.parametrize("values", [{"code": "post_stay"}, {"kind": "weekly"}, {"days_open": 0}, {"days_open": True}, {"name": " "}, {"id": 9, "version": 1}])
def test_a_survey_that_cannot_be_kept_is_refused(small, view, values):
    saved(small, view)
    with pytest.raises(Refused):
        saved(small, view, **{"code": "other"} | values)


# --- asking ---------------------------------------------------------------------------------------------------------------
def test_guests_who_left_in_march_are_asked_once_for_each_stay(filled, view):
    """Ana's stays 2 and 5, Ben's stay 3; stay 4 is nobody's, and the others did not end in March or at all."""
    saved(filled, view)
    assert invitable(filled.store, view(), id=1, **MARCH) == {"asked": 3, "nobody": 1}
    made = invite(filled.store, view(), id=1, **MARCH)
    assert [(one.stay_id, one.guest_id, one.name, one.email) for one in made.links] == [
        (2, 1, "Ana Silva", "ana@example.com"), (3, 2, "Ben Okafor", "ben@example.org"), (5, 1, "Ana Silva", "ana@example.com")]
    assert [one.language for one in made.links] == ["pt", "en", "pt"]
    again = invite(filled.store, view(), id=1, **MARCH)
    assert (again.links, again.left_out) == ([], {"already_asked": 3, "nobody": 1})


def test_of_a_link_only_a_hash_is_kept(filled, view):
    saved(filled, view)
    tokens = [one.token for one in invite(filled.store, view(), id=1, **MARCH).links]
    assert len({*tokens}) == 3 and all(len(token) == 32 for token in tokens)
    with filled.store.reading() as connection:
        rows = connection.execute(sa.select(invitation).order_by(invitation.c.id)).mappings().all()
        audit = repr(connection.exec_driver_sql("SELECT * FROM audit").all())
    assert [row["token_hash"] for row in rows] == [hashlib.sha256(token.encode()).digest() for token in tokens]
    assert not [token for token in tokens if token in repr(rows) or token in audit]
    assert {row["expires_at"][:10] for row in rows} == {(dt.datetime.now(dt.UTC).date() + dt.timedelta(21)).isoformat()}


@pytest.mark.parametrize(("state", "asked"), [("given", 2), ("withdrawn", 0), ("objected", 0)])
def test_who_refused_surveys_is_never_asked(small, view, state, asked):
    saved(small, view)
    small.consent(1, "given", "2025-01-01T10:00:00+00:00", purpose="survey")
    small.consent(1, state, "2025-02-01T10:00:00+00:00", purpose="survey")
    small.consent(2, "objected", "2025-02-01T10:00:00+00:00", purpose="marketing")
    made = invite(small.store, view(), id=1, **MARCH)
    assert [one.guest_id for one in made.links].count(1) == asked
    assert ([one.guest_id for one in made.links].count(2), made.left_out.get("refused", 0)) == (1, 2 - asked)


def test_unhappy_guests_are_asked_like_all_others(small, view):
    saved(small, view)
    small.review(2, 1, reviewed_on="2025-03-07", profile_id=1, text="Awful")
    small.case(3)
    assert len(invite(small.store, view(), id=1, **MARCH).links) == 3


def test_an_address_that_does_not_work_is_not_written_to(small, view):
    saved(small, view)
    small.set(profile, 2, email_state="bounced")
    assert invitable(small.store, view(), id=1, **MARCH) == {"asked": 2, "nobody": 1, "no_email": 1}


def test_during_the_stay_those_in_the_house_are_asked(small, view):
    saved(small, view, "in_stay")
    assert [one.stay_id for one in invite(small.store, view(), id=1, **MARCH).links] == [9]


def test_chosen_stays_are_asked_if_they_took_place_here(small, view):
    saved(small, view)
    made = invite(small.store, view(1), id=1, stays=[2, 6, 8])
    assert ([one.stay_id for one in made.links], made.left_out) == ([2], {"not_stayed": 2})
    for stays in ([5], [2, 99]):
        with pytest.raises(Refused, match="no such stay"):
            invite(small.store, view(1), id=1, stays=stays)


def test_nobody_is_asked_for_a_closed_survey_or_without_days(small, view):
    saved(small, view)
    with pytest.raises(Refused, match="days"):
        invite(small.store, view(), id=1)
    close_survey(small.store, view(), id=1, version=1)
    for id_ in (1, 9):
        with pytest.raises(Refused):
            invite(small.store, view(), id=id_, **MARCH)
    with pytest.raises(NotAllowed):
        invite(small.store, view(role="group"), id=1, **MARCH)


def test_a_new_link_ends_the_old_one(filled, view):
    saved(filled, view)
    first = invite(filled.store, view(), id=1, **MARCH).links
    second = reissue(filled.store, view(), invitations=[1, 2])
    assert [(one.invitation_id, one.stay_id) for one in second.links] == [(1, 2), (2, 3)]
    with filled.store.reading() as connection:
        kept = connection.execute(sa.select(invitation.c.token_hash).order_by(invitation.c.id)).scalars().all()
    assert kept == [hashlib.sha256(one.token.encode()).digest() for one in (*second.links, first[2])]
    filled.set(invitation, 2, answered_at="2025-04-01T10:00:00+00:00")
    assert reissue(filled.store, view(), invitations=[2]).left_out == {"answered": 1}
    with pytest.raises(Refused, match="no such invitation"):
        reissue(filled.store, view(1), invitations=[3])


def test_invitations_that_wait_are_listed_the_newest_first(filled, view):
    saved(filled, view)
    invite(filled.store, view(), id=1, **MARCH)
    filled.set(invitation, 2, answered_at="2025-04-01T10:00:00+00:00")
    assert [(row["id"], row["name"]) for row in waiting_invitations(filled.store, view(), id=1)] == [(3, "Ana Silva"), (1, "Ana Silva")]
    assert [row["id"] for row in waiting_invitations(filled.store, view(1), id=1)] == [1]
    assert (waiting_invitation_count(filled.store, view(), id=1), waiting_invitation_count(filled.store, view(2), id=1)) == (2, 1)


def test_a_stay_that_is_nobodys_is_left_out(small, view):
    saved(small, view)
    small.set(stay, 3, profile_id=None)
    assert invitable(small.store, view(), id=1, **MARCH) == {"asked": 2, "nobody": 2}
