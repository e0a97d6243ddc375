"""Erasing a guest takes what they said of us, what was read in it and every word that only they wrote; others keep theirs."""
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core import schema, sentiment
from crm_core.records import erasure, review_search
from crm_core.records.corrections import correct_review
from crm_core.records.review_search import search_reviews
from crm_core.records.survey_answers import Closed, answer, open_invitation
from crm_core.records.surveys import invite, save_survey
from crm_core.sentiment.reading import Memory

QUESTIONS = [{"key": "all", "kind": "csat", "text": {"en": "How was it?"}}, {"key": "why", "kind": "text", "text": {"en": "Why?"}}]
# Words that nobody else writes, one for each place where Ana's words may stand.
OWN = {name: f"zq{name}xv" for name in ("title", "text", "liked", "disliked", "author", "answer", "draft", "case", "step", "why")}


def speak(filled, view):
    """Ana has written a review (1), opened a case and answered a survey (3); she is asked for another; Ben's review (2) has a sentence of hers."""
    boxes = {name: f"{OWN[name]} breakfast" for name in ("title", "text", "liked", "disliked")}
    filled.review(2, 2, reviewed_on="2025-03-08", profile_id=1, language="en", author=OWN["author"], answer=OWN["answer"], draft=OWN["draft"], **boxes)
    filled.scored(1, "negative", -.5, ("food", "negative"))
    filled.review(3, 9, reviewed_on="2025-03-15", profile_id=2, text="Lovely breakfast", language="en")
    filled.scored(2, "positive", .5, ("food", "positive"))
    case = filled.case(2, text=OWN["case"], profile_id=1, review_id=1)
    with filled.changing("step") as change:
        change.connection.execute(sa.insert(schema.case_step).values(service_case_id=case, kind="noted", text=OWN["step"], actor="nimali", at=change.at))
    correct_review(filled.store, view(), review_id=1, label="neutral")
    save_survey(filled.store, view(), name="Stay", kind="post_stay", questions=QUESTIONS)
    answer(filled.store, invite(filled.store, view(), id=1, stays=[2]).links[0].token, {"all": 3, "why": OWN["why"]})
    with filled.changing("index") as change:
        review_search.catch_up(change)
    return filled


@pytest.fixture
def spoken(filled, view):
    return speak(filled, view)


@pytest.fixture
def spoken_here(small, view):
    return speak(small, view)


def erase(hotel) -> None:
    with hotel.changing("erase") as change:
        erasure.erase(change, 1, "nimali")


def rows(hotel, table) -> list:
    with hotel.store.reading() as connection:
        return [dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings()]


def test_reviews_keep_their_figures_and_lose_what_was_said_and_read(spoken, view):
    erase(spoken)
    first, second, third = rows(spoken, schema.review)
    assert (first["score_bp"], first["words"], first["stay_id"], third["csat_bp"]) == (2000, 2, 2, 6000)
    assert {first[name] for name in ("title", "text", "liked", "disliked", "author", "answer", "draft")} == {third["answers"], third["text"]} == {None}
    assert second["text"] == "Lovely breakfast"
    assert [row["review_id"] for table in (schema.review_score, schema.mention, schema.correction) for row in rows(spoken, table)] == [2, 2]
    assert (rows(spoken, schema.service_case)[0]["kind"], rows(spoken, schema.case_step)[0]["text"]) == ("noise", None)
    assert search_reviews(spoken.store, view(), text="breakfast") == [2]
    assert [search_reviews(spoken.store, view(), text=word) for word in OWN.values()] == [[]] * len(OWN)


def test_a_link_that_waits_no_longer_opens(spoken, view):
    (link,) = invite(spoken.store, view(), id=1, stays=[5]).links
    erase(spoken)
    assert open_invitation(spoken.store, link.token) == Closed("unknown")


def test_no_word_is_left_in_the_file(spoken_here):
    assert {name for name, word in OWN.items() if word in _file(spoken_here)} == set(OWN)
    erase(spoken_here)
    assert [name for name, word in OWN.items() if word in _file(spoken_here)] == []


def _file(hotel) -> str:
    """All that the store's file holds, once its journal is written into it."""
    with hotel.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(hotel.store.engine.url.database).read_bytes().decode("latin-1")


def test_what_was_kept_of_their_clauses_goes_too(spoken):
    known = Memory()
    sentiment.read([f"{OWN['text']} breakfast", "Lovely breakfast"], ["en", "en"], known)
    if not known:
        pytest.skip("no scorer is installed here")
    with spoken.changing("keep") as change:
        change.connection.execute(sa.insert(schema.clause_reading), [{"key": key, "scorer": "test", "reading": text} for key, text in known.items()])
    erase(spoken)
    assert [row["key"] for row in rows(spoken, schema.clause_reading)] == list(known)[1:]
