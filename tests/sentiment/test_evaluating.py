"""The table of accuracy, counted by hand with a judge whose answers are known."""
import pytest

from crm_core.sentiment import evaluating
from crm_core.sentiment.evaluating import Labelled
from crm_core.sentiment.protocol import ASPECTS, Judged, Tier


class Stub:
    """Praise where a clause says "lovely" (sure) or "nice" (not sure), blame elsewhere; all speak of noise."""

    name, version = "stub", "stub-1"

    def supports(self, lang):
        return Tier.VALIDATED if lang == "en" else Tier.NONE

    def judge(self, clauses):
        noise = tuple(0.9 if a == "noise" else 0.0 for a in ASPECTS)
        return [Judged(0.9 if "lovely" in c.words else 0.7 if "nice" in c.words else 0.1, 0.0, noise) for c in clauses]


def said(text: str, label: str, *aspects: str, lang: str = "en") -> Labelled:
    return Labelled(text, label, frozenset(aspects), lang)


SET = [said("We had a lovely quiet evening at this place", "positive", "noise"), said("They were nice to us all the time there", "positive", "staff"),
       said("It was a very bad evening for all of us", "negative", "noise"), said("Some people said that the place was nice enough", "negative", "noise"),
       said("They were here and there and that was it", "neutral")]


@pytest.fixture(scope="module")
def english() -> dict:
    return evaluating.evaluate(Stub(), SET)["languages"]["en"]


def test_neutral_reviews_are_left_out_of_the_tone(english):
    assert (english["n"], english["polar"], english["not_scored"], english["tier"]) == (5, 4, 0, "validated")


def test_three_of_four_tones_are_right(english):
    assert english["accuracy"] == 0.75
    assert english["macro_f1"] == round((0.8 + 2 / 3) / 2, 4)  # praise: 2 right of 3 said and 2 true; blame: 1 of 1 said and 2 true
    assert (english["low"], english["high"]) == (0.3006, 0.9544)  # Wilson 3/4


def test_sure_answers_are_counted_apart_and_held_against_their_confidence(english):
    assert (english["sure"], english["sure_accuracy"]) == (0.5, 1.0)
    assert english["ece"] == pytest.approx(0.5 * 0.1 + 0.5 * 0.2)  # at .9: all right; at .7: half of them


def test_aspects_are_counted_over_all_reviews(english):
    assert (english["aspect_precision"], english["aspect_recall"]) == (0.6, 0.75)  # noise is said of five, true of three; staff is never found


def test_a_language_is_measured_before_it_may_be_scored():
    table = evaluating.evaluate(Stub(), [said("Das Zimmer war leider sehr laut und kalt", "negative", "noise", lang="de")])
    assert (table["languages"]["de"]["tier"], table["languages"]["de"]["accuracy"]) == ("not_scored", 1.0)


def test_of_nothing_there_is_no_figure():
    table = evaluating.evaluate(Stub(), [said("They were here and there and that was it", "neutral")])
    assert table["languages"]["en"]["accuracy"] is None
    assert table["languages"]["en"]["low"] is None
