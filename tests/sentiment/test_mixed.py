"""Texts in more than one language: each clause in its own, the review in that of most of it, and the one that is trusted less on a tie."""

import pytest

from crm_core.sentiment import evaluating, reading
from crm_core.sentiment.protocol import Clause, Judged, NotScored, Tier


class Split:
    """A judge for tests: sure of praise in every clause; German is validated, Russian an indication, Chinese not scored."""

    name, version = "split", "1"

    def supports(self, lang):
        return {"de": Tier.VALIDATED, "ru": Tier.INDICATIVE}.get(lang, Tier.NONE)

    def judge(self, clauses):
        return [Judged(0.95, 0.0) for _ in clauses]


def read(text: str) -> reading.Reading:
    return reading.read(Split(), [text], ["de"])[0]


def test_a_review_has_the_language_and_tier_of_most_of_it():
    one = read("Das Zimmer war sauber und das Personal sehr freundlich. Всё отлично.")
    assert (one.lang, one.tier) == ("de", Tier.VALIDATED)
    assert [m.lang for m in one.mentions if m.aspect == "cleanliness"] == ["de"]


def test_on_a_tie_the_language_that_is_trusted_less_counts():
    letters = "abcde fghij"
    pairs = [(Clause(0, 11, letters, lang), Judged(0.9, 0.0)) for lang in ("de", "ru")]
    assert reading._majority(pairs, Split()) == "ru"
    assert reading._majority(pairs[::-1], Split()) == "ru"


def test_a_clause_in_a_language_that_is_not_scored_is_not_judged():
    text = "Das Zimmer war sauber und das Personal sehr freundlich. 房间很干净。"
    one = read(text)
    assert one.result.label == "positive"
    assert len(one.keys) == 1


@pytest.mark.parametrize("hint", [None, "xx", "", "de_AT"])
def test_a_language_that_the_source_invents_changes_nothing(hint):
    assert reading.read(Split(), ["Das Zimmer war sauber und das Personal sehr freundlich."], [hint])[0].lang == "de"


def test_a_table_counts_by_hand_what_a_judge_says():
    said = [("The room was clean and the bed was good.", "positive"), ("The room was dirty and the bed was bad.", "negative"),
            ("The room has a bed and a desk.", "neutral")]
    found = [evaluating.Labelled(text, label, frozenset({"room"}), "en") for text, label in said]
    table = evaluating.evaluate(Split(), found)
    row = table["languages"]["en"]
    assert (row["n"], row["polar"], row["accuracy"], row["tier"]) == (3, 2, 0.5, "not_scored")
    assert (row["macro_f1"], row["sure"], row["sure_accuracy"]) == (0.3333, 1.0, 0.5)
    assert row["ece"] == pytest.approx(0.45)
    assert table["aspects"]["room"] == {"n": 3, "precision": 1.0, "recall": 1.0, "f1": 1.0}


def test_without_a_judge_the_reason_is_said():
    assert reading.read(None, ["Das Zimmer war sauber und warm."], ["de"])[0].result == NotScored("no_scorer", "de")
