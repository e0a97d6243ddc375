"""Reviews that wait are read batch by batch: once, again only when they or the scorer change, and never the same words twice."""
import pytest
import sqlalchemy as sa

from crm_core import schema, sentiment
from crm_core.records import scoring
from crm_core.sentiment.protocol import Judged, Tier


class Stub:
    """A scorer that likes clauses with "good", dislikes the others, and speaks of noise; it counts what it is asked."""

    name = "stub"

    def __init__(self, version="stub-1"):
        self.version, self.asked = version, []

    def supports(self, lang):
        return Tier.VALIDATED if lang in ("en", "de") else Tier.NONE

    def judge(self, clauses):
        self.asked += [c.words for c in clauses]
        return [Judged(0.95 if "good" in c.words else 0.05, 0.0, tuple(0.9 if a == "noise" else 0.0 for a in sentiment.ASPECTS)) for c in clauses]


@pytest.fixture
def stub(monkeypatch):
    made = Stub()
    monkeypatch.setattr(sentiment, "scorer", lambda: made)
    return made


def said(hotel, text="The walls are good and thick here.", **details):
    return hotel.review(None, 8.0, "LIS", reviewed_on="2025-03-10", **{"text": text, "language": "en", **details})


def scores(store) -> list[tuple]:
    c = schema.review_score.c
    with store.reading() as connection:
        return [tuple(r) for r in connection.execute(sa.select(c.review_id, c.label, c.reason, c.tier, c.scorer).order_by(c.review_id))]


def mentions(store) -> list[tuple]:
    c = schema.mention.c
    with store.reading() as connection:
        return [tuple(r) for r in connection.execute(sa.select(c.review_id, c.box, c.aspect, c.label, c.start, c.stop).order_by(c.id))]


def test_a_review_is_read_once_and_its_clauses_have_their_places(hotel, stub):
    text = "The walls are good and thick here. But the bar was awful at night."
    review = said(hotel, text)
    assert scoring.score_all(hotel.store) == 1
    assert scores(hotel.store) == [(review, "neutral", "", "validated", sentiment.version())]
    assert [(m[2], m[3], text[m[4]:m[5]]) for m in mentions(hotel.store) if m[2] == "noise"] == [
        ("noise", "positive", "The walls are good and thick here."), ("noise", "negative", "But the bar was awful at night.")]
    assert scoring.score_all(hotel.store) == 0
    assert len(stub.asked) == 2


def test_the_same_words_in_another_review_make_no_call(hotel, stub):
    said(hotel)
    scoring.score_all(hotel.store)
    said(hotel)
    assert scoring.score_all(hotel.store) == 1
    assert len(stub.asked) == 1


def test_a_changed_review_is_read_again_and_its_former_marks_go(hotel, stub):
    review = said(hotel)
    scoring.score_all(hotel.store)
    hotel.set(schema.review, review, text="An awful night, all of it.")
    assert scoring.score_all(hotel.store) == 1
    assert [m[3] for m in mentions(hotel.store) if m[2] == "noise"] == ["negative"]
    assert [s[1] for s in scores(hotel.store)] == ["negative"]


def test_another_version_of_the_scorer_reads_all_again(hotel, stub):
    said(hotel)
    scoring.score_all(hotel.store)
    stub.version = "stub-2"
    assert scoring.score_all(hotel.store) == 1
    assert scores(hotel.store)[0][4] == sentiment.version()


def test_two_boxes_are_read_apart_and_put_together_by_their_length(hotel, stub):
    said(hotel, None, liked="The walls are good and thick here, really good.", disliked="Awful bar.", words=11)
    scoring.score_all(hotel.store)
    assert scores(hotel.store)[0][1] == "positive"
    assert {(m[1], m[3]) for m in mentions(hotel.store) if m[2] == "noise"} == {("liked", "positive"), ("disliked", "negative")}


def test_what_cannot_be_scored_says_why_and_is_not_asked_for_again(hotel, stub):
    said(hotel, "8/10 !!!", words=1)
    said(hotel, "Το δωμάτιο ήταν πολύ ωραίο και καθαρό", language="el")
    assert scoring.score_all(hotel.store) == 2
    assert [s[2] for s in scores(hotel.store)] == ["no_text", "unsupported_language"]
    assert scoring.score_all(hotel.store) == 0


def test_without_a_scorer_every_text_says_so(hotel, monkeypatch):
    monkeypatch.setattr(sentiment, "scorer", lambda: None)
    said(hotel)
    scoring.score_all(hotel.store)
    assert scores(hotel.store)[0][2] == "no_scorer"


def test_what_was_read_stands_when_it_is_stopped_and_it_goes_on_from_there(hotel, stub, monkeypatch):
    monkeypatch.setattr(scoring, "TOGETHER", 2)
    for _ in range(5):
        said(hotel)

    def stop(done, total, phase):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scoring.score_all(hotel.store, stop)
    assert len(scores(hotel.store)) == 2
    told = []
    assert scoring.score_all(hotel.store, lambda *step: told.append(step)) == 3
    assert told == [(2, 3, "scoring"), (3, 3, "scoring")]


def test_words_that_speak_of_pests_make_a_review_critical(hotel, stub):
    said(hotel, "We found bedbugs in the bed, awful.")
    scoring.score_all(hotel.store)
    with hotel.store.reading() as connection:
        assert connection.execute(sa.select(schema.review_score.c.concern)).scalar_one() == "pests"


def test_a_store_without_words_waits_for_nothing(hotel):
    hotel.review(None, 8.0, "LIS", reviewed_on="2025-03-10")
    with hotel.store.reading() as connection:
        assert scoring.waiting(connection) == 0
